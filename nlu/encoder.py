"""Sentence vectors from a multilingual encoder in a local folder: optional, off by default (docs/encoder.md).

Nothing is ever downloaded. TensorFlow runs the model, because Rasa has it loaded anyway; PyTorch is only asked to read
weights that nothing else can read. Heavy imports wait until an encoder is made: without the setting none happens.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Callable, Dict, List, Sequence

import numpy as np
import numpy.typing as npt

from clinic.settings import PROJECT, environment

VARIABLE = "CLINIC_SENTENCE_ENCODER"
INSTALL = "uv pip install --python .venv/bin/python -r pyproject.toml --extra transformers"
BATCH = 32
# Tokens: more than a chat message has, fewer than any encoder can read.
LONGEST = 256
Vectors = npt.NDArray[np.float32]
_POOLINGS = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_mean_tokens": "mean",
}
_ACTIVATIONS: Dict[str, Callable[[Vectors], Vectors]] = {"Tanh": np.tanh, "Identity": lambda vectors: vectors}


class EncoderError(Exception):
    """The encoder cannot be used; the message says what to do."""


def setting(configured: str | None) -> str:
    """What the component's configuration says, else the environment; "" when nothing asks for an encoder."""
    return (configured or environment().get(VARIABLE, "")).strip()


def folder_of(path: str) -> Path:
    """The encoder's folder, relative paths counted from the project; EncoderError when no model is in it."""
    folder = PROJECT / Path(path).expanduser()
    if not (folder / "modules.json").is_file() and not (folder / "config.json").is_file():
        what = "has no config.json" if folder.is_dir() else "is not there"
        raise EncoderError(
            f"the sentence encoder's folder {folder} {what}: {VARIABLE} (or `encoder` of LinearClassifier in config.yml) "
            "must name the folder a model was copied to; without the setting there is no encoder (docs/encoder.md)"
        )
    return folder


@dataclass(frozen=True)
class Recipe:
    """How a folder wants its vectors made."""

    transformer: Path
    pooling: str  # cls, mean, or "" where the folder does not say
    layers: List[Path]  # dense layers after the pooling
    longest: int
    prefix: str


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _pooling(folder: Path) -> str:
    config = _json(folder / "config.json")
    named = {config["pooling_mode"]} if isinstance(config.get("pooling_mode"), str) else set()
    chosen = named or {key for key, value in config.items() if key.startswith("pooling_mode_") and value is True}
    known = {_POOLINGS.get(name, name) for name in chosen}
    if len(known) != 1 or not known <= {"cls", "mean"}:
        raise EncoderError(f"{folder}/config.json asks for pooling by {sorted(chosen)}: only cls or mean are known here")
    return known.pop()


def recipe(folder: Path) -> Recipe:
    """Read what sentence-transformers wrote beside the model; a bare model has none of these files."""
    transformer, pooling, layers = folder, "", []
    modules = _json(folder / "modules.json")
    if not modules and (folder / "1_Pooling").is_dir():
        modules = [{"type": "Pooling", "path": "1_Pooling"}]
    for module in modules:
        kind, place = str(module["type"]).rsplit(".", 1)[-1], folder / module["path"]
        if kind == "Transformer":
            transformer = place
        elif kind == "Pooling":
            pooling = _pooling(place)
        elif kind == "Dense":
            layers.append(place)
        elif kind != "Normalize":  # every vector is normalised here
            raise EncoderError(f"{folder}/modules.json has a module {kind}: only Transformer, Pooling, Dense, Normalize")
    longest = _json(transformer / "sentence_bert_config.json").get("max_seq_length") or LONGEST
    prompts = _json(folder / "config_sentence_transformers.json")
    prefix = (prompts.get("prompts") or {}).get(prompts.get("default_prompt_name"), "")
    return Recipe(transformer, pooling, layers, longest, prefix)


def _dense(folder: Path) -> Callable[[Vectors], Vectors]:
    """One layer of weights that the folder wants after the pooling (LaBSE has one)."""
    config = _json(folder / "config.json")
    activation = _ACTIVATIONS.get(str(config.get("activation_function")).rsplit(".", 1)[-1])
    if activation is None:
        raise EncoderError(f"{folder}/config.json: unknown activation {config.get('activation_function')}")
    if _from_torch(folder, "model.safetensors"):
        import torch

        tensors = torch.load(folder / "pytorch_model.bin", map_location="cpu", weights_only=True)
        state = {name: tensor.numpy() for name, tensor in tensors.items()}
    else:
        from safetensors.numpy import load_file

        state = load_file(folder / "model.safetensors")
    matrix, bias = state["linear.weight"].T, state.get("linear.bias", np.float32(0))
    return lambda vectors: activation(vectors @ matrix + bias)


def _from_torch(folder: Path, *others: str) -> bool:
    """Whether the weights are only PyTorch's own; EncoderError when there are none that can be read."""
    if any((folder / name).is_file() for name in others):
        return False
    if not (folder / "pytorch_model.bin").is_file():
        raise EncoderError(f"{folder} has no weights: {', '.join(others)} or pytorch_model.bin, in one piece")
    if find_spec("torch") is None:
        raise EncoderError(
            f"{folder} has only PyTorch's pytorch_model.bin, and PyTorch is not installed: put the same weights there as "
            f"{' or '.join(others)}, or install torch"
        )
    return True


class SentenceEncoder:
    """Unit vectors of texts, by the model in one folder."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.resolve().name
        self._recipe = recipe(folder)
        self._layers = [_dense(layer) for layer in self._recipe.layers]
        self._load(self._recipe.transformer)
        self.size: int = self._vectors(["?"]).shape[1]  # the first call is slow: not while the first patient waits

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row of length 1 a text."""
        rows = np.empty((len(texts), self.size), dtype=np.float32)
        by_length = sorted(range(len(texts)), key=lambda place: len(texts[place]))  # short ones wait for no long one
        for start in range(0, len(texts), BATCH):
            places = by_length[start : start + BATCH]
            rows[places] = self._vectors([texts[place] for place in places])
        return rows

    def _load(self, folder: Path) -> None:
        from_torch = _from_torch(folder, "model.safetensors", "tf_model.h5")
        try:
            from transformers import AutoTokenizer, TFAutoModel
            from transformers.utils import logging
        except ImportError as error:
            raise EncoderError(f"a sentence encoder needs the extra `transformers` ({error}): {INSTALL}") from error
        logging.set_verbosity_error()
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            model, info = TFAutoModel.from_pretrained(
                folder, local_files_only=True, from_pt=from_torch, output_loading_info=True
            )
        except (OSError, ValueError, ImportError, NotImplementedError) as error:
            raise EncoderError(f"the sentence encoder in {folder} cannot be read: {error}") from error
        missing = [name for name in info["missing_keys"] if "pooler" not in name]
        if missing:
            raise EncoderError(f"weights are missing in {folder}: {', '.join(sorted(missing)[:3])}, {len(missing)} in all")
        has_pooler = getattr(model.config, "model_type", "") == "bert" and not info["missing_keys"]
        self._inputs: List[str] = self._tokenizer.model_input_names
        self._run = _graph(model, self._recipe.pooling or ("pooler" if has_pooler else "mean"), self._inputs)
        self._longest = min(self._recipe.longest, self._tokenizer.model_max_length)

    def _vectors(self, texts: List[str]) -> Vectors:
        prefixed = [self._recipe.prefix + text for text in texts]
        tokens = self._tokenizer(prefixed, padding=True, truncation=True, max_length=self._longest, return_tensors="np")
        vectors: Vectors = self._run({name: tokens[name].astype(np.int32) for name in self._inputs}).numpy()
        for layer in self._layers:
            vectors = layer(vectors)
        length = np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors / np.maximum(length, 1e-9)).astype(np.float32)


def _graph(model: Any, pooling: str, inputs: List[str]) -> Any:
    """The model with its pooling, traced once for any number and length of texts: three times as quick as eager or more."""
    import tensorflow as tf

    def pooled(tokens: Dict[str, Any]) -> Any:
        output = model(tokens, training=False)
        if pooling == "pooler":
            return output.pooler_output
        if pooling == "cls":
            return output.last_hidden_state[:, 0]
        mask = tf.cast(tokens["attention_mask"], output.last_hidden_state.dtype)[..., tf.newaxis]
        return tf.reduce_sum(output.last_hidden_state * mask, axis=1) / tf.maximum(tf.reduce_sum(mask, axis=1), 1)

    signature = {name: tf.TensorSpec([None, None], tf.int32, name=name) for name in inputs}
    return tf.function(pooled, input_signature=[signature])


def for_training(configured: str | None) -> SentenceEncoder | None:
    """The encoder that is set, if one is."""
    path = setting(configured)
    return SentenceEncoder(folder_of(path)) if path else None


def trained_with(name: str, configured: str | None) -> SentenceEncoder:
    """The encoder a saved model was trained with; the model knows its name only."""
    path = setting(configured)
    if not path:
        raise EncoderError(
            f"the model was trained with the sentence encoder {name}: set {VARIABLE} to its folder, or train without it"
        )
    encoder = SentenceEncoder(folder_of(path))
    if encoder.name != name:
        raise EncoderError(f"the model was trained with the sentence encoder {name}, not {encoder.name}: train again")
    return encoder
