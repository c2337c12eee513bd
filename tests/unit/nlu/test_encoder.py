"""The optional sentence encoder, with the real loading code and a tiny random model that is made here."""

from __future__ import annotations

import json
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import read_yaml

from clinic.settings import PROJECT
from nlu import encoder as encoders
from nlu.classifier import FILE, LinearClassifier
from nlu.encoder import VARIABLE, EncoderError, SentenceEncoder, folder_of
from nlu.kept import kept
from nlu.textmodel import EncoderPart
from scripts import train
from tests.support.surroundings import ModelFolder

SIZE = 16
WORDS = "[PAD] [UNK] [CLS] [SEP] [MASK] hello hi there you friend when are open opening hours i need an appointment book visit please ? врач query :"
TEXTS = ["hello there", "when are you open?", "I need an appointment", "", "врач", "hi " * 100, "an unknown word"]


@pytest.fixture(autouse=True)
def _no_encoder_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of two layers with random weights, as somebody would have copied it."""
    transformers = pytest.importorskip("transformers", reason="the extra `transformers` is not installed")
    import tensorflow as tf

    folder = tmp_path_factory.mktemp("encoders") / "tiny"
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(WORDS.split()) + "\n", encoding="utf-8")
    transformers.BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=40).save_pretrained(folder)
    tf.keras.utils.set_random_seed(1)
    model = transformers.TFBertModel(config(transformers))
    model(model.dummy_inputs)
    model.save_pretrained(folder)
    return folder


def config(transformers: Any) -> Any:
    return transformers.BertConfig(
        vocab_size=len(WORDS.split()),
        hidden_size=SIZE,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=40,
        initializer_range=0.5,
    )


@pytest.fixture(scope="module")
def bare(made: Path) -> SentenceEncoder:
    """Loaded from a folder that says nothing about pooling, as LaBSE's first was."""
    return SentenceEncoder(folder_of(str(made)))


def with_pooling(made: Path, folder: Path, modules: list[str] | None = None, **pooling: bool | str) -> Path:
    """A copy as sentence-transformers saves it: the pooling in a folder of its own."""
    shutil.copytree(made, folder)
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({"word_embedding_dimension": SIZE, **pooling}))
    if modules is not None:
        kinds = {"": "Transformer", "1_Pooling": "Pooling", "2_Dense": "Dense", "3_Normalize": "Normalize"}
        listed = [{"path": path, "type": f"sentence_transformers.models.{kinds.get(path, path)}"} for path in modules]
        (folder / "modules.json").write_text(json.dumps(listed))
    return folder


def by_hand(made: Path, text: str) -> tuple[Any, Any, Any]:
    """Hidden states, attention mask and pooler output, straight from transformers."""
    from transformers import AutoTokenizer, TFAutoModel

    tokens = AutoTokenizer.from_pretrained(made)([text, "hello " * 9], padding=True, return_tensors="tf")
    output = TFAutoModel.from_pretrained(made)(tokens)
    mask = tokens["attention_mask"].numpy()[0].astype(bool)
    return output.last_hidden_state.numpy()[0], mask, output.pooler_output.numpy()[0]


def unit(vector: Any) -> Any:
    return vector / np.linalg.norm(vector)


def test_a_row_of_length_one_for_every_text(bare: SentenceEncoder) -> None:
    rows = bare.encode(TEXTS)
    assert rows.shape == (len(TEXTS), SIZE) == (len(TEXTS), bare.size)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert bare.encode([]).shape == (0, SIZE)
    assert bare.name == "tiny"


def test_the_same_text_has_the_same_vector_alone_and_among_others(bare: SentenceEncoder) -> None:
    together = bare.encode(TEXTS * 12)  # several batches
    assert np.allclose(together[: len(TEXTS)], together[-len(TEXTS) :], atol=1e-5)
    for text, row in zip(TEXTS, together, strict=False):
        assert np.allclose(bare.encode([text])[0], row, atol=1e-5), text
    assert np.array_equal(bare.encode(["hello"]), bare.encode(["hello"]))


def test_other_words_have_another_vector(bare: SentenceEncoder) -> None:
    likeness = bare.encode(TEXTS) @ bare.encode(TEXTS).T
    assert (likeness[~np.eye(len(TEXTS), dtype=bool)] < 0.999).all()


def test_without_a_pooling_it_is_the_models_own(bare: SentenceEncoder, made: Path) -> None:
    assert np.allclose(bare.encode(["hello there"])[0], unit(by_hand(made, "hello there")[2]), atol=1e-5)


@pytest.mark.parametrize("modules", [None, ["", "1_Pooling", "3_Normalize"]])
def test_pooling_as_the_folder_says(made: Path, tmp_path: Path, modules: list[str] | None) -> None:
    hidden, mask, _ = by_hand(made, "hello there")
    mean = with_pooling(
        made, tmp_path / "mean", modules, pooling_mode_mean_tokens=True, pooling_mode_cls_token=False, include_prompt=True
    )
    cls = with_pooling(made, tmp_path / "cls", modules, pooling_mode="cls")
    assert np.allclose(SentenceEncoder(mean).encode(["hello there"])[0], unit(hidden[mask].mean(axis=0)), atol=1e-5)
    assert np.allclose(SentenceEncoder(cls).encode(["hello there"])[0], unit(hidden[0]), atol=1e-5)


def test_a_dense_layer_a_prefix_and_a_length(made: Path, tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    folder = with_pooling(made, tmp_path / "e", ["", "1_Pooling", "2_Dense", "3_Normalize"], pooling_mode_cls_token=True)
    (folder / "2_Dense").mkdir()
    with pytest.raises(EncoderError, match="unknown activation None"):
        SentenceEncoder(folder)
    dense = {"in_features": SIZE, "out_features": 4, "activation_function": "torch.nn.modules.activation.Tanh"}
    (folder / "2_Dense" / "config.json").write_text(json.dumps(dense))
    with pytest.raises(EncoderError, match=r"2_Dense has no weights: model\.safetensors or pytorch_model\.bin"):
        SentenceEncoder(folder)
    matrix, bias = np.random.default_rng(1).normal(size=(4, SIZE)).astype(np.float32), np.ones(4, dtype=np.float32)
    save_file({"linear.weight": matrix, "linear.bias": bias}, folder / "2_Dense" / "model.safetensors")
    prompts = {"prompts": {"query": "query: "}, "default_prompt_name": "query"}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(prompts))
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 8}')
    encoder = SentenceEncoder(folder)
    assert encoder.size == 4
    cls = by_hand(made, "query: hello")[0][0]
    assert np.allclose(encoder.encode(["hello"])[0], unit(np.tanh(matrix @ cls + bias)), atol=1e-5)
    assert np.allclose(*encoder.encode(["hi " * 4 + "you", "hi " * 4 + "friend"]), atol=1e-6)  # cut before the last word


def test_weights_as_safetensors(bare: SentenceEncoder, made: Path, tmp_path: Path) -> None:
    from transformers import TFAutoModel

    folder = shutil.copytree(made, tmp_path / "safe", ignore=shutil.ignore_patterns("*.h5"))
    TFAutoModel.from_pretrained(made).save_pretrained(folder, safe_serialization=True)
    assert [path.name for path in folder.glob("*.safetensors")] == ["model.safetensors"]
    assert np.allclose(SentenceEncoder(folder).encode(TEXTS), bare.encode(TEXTS), atol=1e-6)


def test_a_model_without_its_own_pooling_takes_the_mean(made: Path, tmp_path: Path) -> None:
    import transformers

    folder = shutil.copytree(made, tmp_path / "poolerless", ignore=shutil.ignore_patterns("*.h5"))
    model = transformers.TFBertForMaskedLM(config(transformers))
    model(model.dummy_inputs)
    model.save_pretrained(folder)
    tokens = transformers.AutoTokenizer.from_pretrained(folder)(["hello there"], return_tensors="tf")
    mean = model.bert(tokens).last_hidden_state.numpy()[0].mean(axis=0)
    assert np.allclose(SentenceEncoder(folder).encode(["hello there"])[0], unit(mean), atol=1e-5)


def test_a_folder_that_is_not_there_and_one_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=rf"nowhere is not there: {VARIABLE} .*docs/encoder.md"):
        folder_of(str(tmp_path / "nowhere"))
    with pytest.raises(EncoderError, match=r"has no config.json"):
        folder_of(str(tmp_path))
    with pytest.raises(EncoderError, match=rf"{PROJECT}/nowhere"):
        folder_of("nowhere")


def test_no_weights_and_weights_for_pytorch_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(EncoderError, match=r"has no weights: model\.safetensors, tf_model\.h5"):
        SentenceEncoder(tmp_path)
    monkeypatch.setattr(encoders, "find_spec", lambda name: None)
    (tmp_path / "pytorch_model.bin").touch()
    with pytest.raises(EncoderError, match=r"only PyTorch's .* or install torch"):
        SentenceEncoder(tmp_path)


def test_the_extra_that_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "tf_model.h5").touch()
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(EncoderError, match=r"the extra `transformers` .*: uv pip install .* --extra transformers"):
        SentenceEncoder(tmp_path)


def test_what_cannot_be_read_says_which_folder(made: Path, tmp_path: Path) -> None:
    broken = shutil.copytree(made, tmp_path / "broken")
    (broken / "tf_model.h5").write_text("version https://git-lfs.github.com/spec/v1")
    with pytest.raises(EncoderError, match=r"the sentence encoder in .*broken cannot be read"):
        SentenceEncoder(broken)
    deeper = shutil.copytree(made, tmp_path / "deeper")
    (deeper / "config.json").write_text(
        (made / "config.json").read_text().replace('hidden_layers": 2', 'hidden_layers": 3')
    )
    with pytest.raises(EncoderError, match=r"weights are missing in .*deeper"):
        SentenceEncoder(deeper)


@pytest.mark.parametrize(
    ("modules", "pooling", "message"),
    [
        (["", "1_Pooling"], {"pooling_mode_max_tokens": True}, "pooling by .*max_tokens"),
        (None, {"pooling_mode_mean_tokens": True, "pooling_mode_cls_token": True}, "only cls or mean"),
        (None, {}, "only cls or mean"),
        (["", "1_Pooling", "2_CNN"], {"pooling_mode": "mean"}, "a module 2_CNN"),
    ],
)
def test_what_a_folder_may_not_ask(made: Path, tmp_path: Path, modules: Any, pooling: Any, message: str) -> None:
    with pytest.raises(EncoderError, match=message):
        SentenceEncoder(with_pooling(made, tmp_path / "odd", modules, **pooling))


LIGHT: dict[str, Any] = {**LinearClassifier.get_default_config(), "min_df": 1, "concepts": 0}
SAID = {
    "greet": ["hello there", "hi", "hello you", "hi there friend", "hello friend"],
    "ask_hours": ["when are you open", "opening hours", "are you open", "opening hours please"],
    "book_appointment": ["I need an appointment", "book a visit please", "an appointment please", "book an appointment"],
}


def trained(folder: Path, **config: Any) -> None:
    """Train a classifier on a handful and save it."""
    storage, resource = ModelFolder(folder), Resource("classifier")
    whole: Any = {**LIGHT, **config}
    examples = [Message({TEXT: text, INTENT: label}) for label, texts in SAID.items() for text in texts]
    LinearClassifier.create(whole, storage, resource, None).train(TrainingData(examples))  # type: ignore[arg-type]


def read_back(folder: Path, **config: Any) -> LinearClassifier:
    whole: Any = {**LIGHT, **config}
    return LinearClassifier.load(whole, ModelFolder(folder), Resource("classifier"), None)  # type: ignore[arg-type]


def scores(classifier: LinearClassifier, text: str) -> dict[str, float]:
    (message,) = classifier.process([Message({TEXT: text})])
    return {entry["name"]: entry["confidence"] for entry in message.get("intent_ranking")}


@pytest.fixture(scope="module")
def saved(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a classifier trained with the encoder."""
    folder = tmp_path_factory.mktemp("saved")
    trained(folder, encoder=str(made))
    return folder


def test_a_classifier_with_the_encoder_and_without(
    made: Path, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained(tmp_path)
    without, beside = read_back(tmp_path), read_back(saved, encoder=str(made))
    said = [scores(classifier, "hello, when are you open?") for classifier in (without, beside)]
    assert said[0] != pytest.approx(said[1], abs=0.001)
    assert all(sum(one.values()) == pytest.approx(1) for one in said)
    for label, texts in SAID.items():
        assert max(scores(beside, texts[0]).items(), key=lambda item: item[1])[0] == label
    monkeypatch.setenv(VARIABLE, str(made))
    assert scores(read_back(saved), "hello, when are you open?") == said[1]
    assert scores(read_back(tmp_path), "hello, when are you open?") == said[0]  # trained without: nothing is loaded


def test_fitted_rows_are_the_rows_of_messages(bare: SentenceEncoder) -> None:
    part = EncoderPart(bare, 2.0)
    readings = [("", "", text) for text in TEXTS]
    for row, reading in zip(part.fit(readings).toarray(), readings, strict=True):
        places, values = part.row(reading)
        assert np.allclose(row[places], values, atol=1e-5)
        assert np.linalg.norm(values) == pytest.approx(2, abs=1e-4)


def test_a_saved_model_knows_its_encoders_name_only(made: Path, bare: SentenceEncoder, saved: Path, tmp_path: Path) -> None:
    model = kept(saved / FILE)
    assert model.encoder.name == "tiny"
    assert str(made.parent).encode() not in pickle.dumps(model)
    with pytest.raises(EncoderError, match="tiny is not loaded"):
        model.probabilities(("hello", "", "hello"))
    with pytest.raises(EncoderError, match=rf"trained with the sentence encoder tiny: set {VARIABLE}"):
        read_back(saved)
    with pytest.raises(EncoderError, match="gone is not there"):
        read_back(saved, encoder=str(tmp_path / "gone"))
    other = shutil.copytree(made, tmp_path / "other")
    with pytest.raises(EncoderError, match="tiny, not other: train again"):
        read_back(saved, encoder=str(other))
    model.encoder.size = 3
    with pytest.raises(EncoderError, match="makes 16 numbers, not 3"):
        model.encoder.use(bare)


def test_rasa_fills_the_variable_in_its_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "/models/LaBSE")
    assert encoders.setting(read_yaml(f"encoder: ${{{VARIABLE}}}")["encoder"]) == "/models/LaBSE"
    assert encoders.setting(None) == "/models/LaBSE"
    assert encoders.setting("another") == "another"
    monkeypatch.setenv(VARIABLE, " ")
    assert encoders.setting(None) == ""
    assert encoders.for_training(None) is None


def test_another_encoder_is_another_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert len({train.fingerprint("en", name) for name in ("", "models/a", "models/b")}) == 3
    assert train.fingerprint("en") == train.fingerprint("en", "")
    assert not train.train({VARIABLE: "nowhere"})
    assert "nowhere is not there" in capsys.readouterr().err


def test_without_the_setting_nothing_heavy_is_imported() -> None:
    script = "import sys, nlu.textmodel; print([name for name in ('transformers', 'tensorflow', 'torch') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
