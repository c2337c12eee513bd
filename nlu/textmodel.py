"""The linear text model: words, characters and concepts as TF-IDF, one weight per feature and label; where a sentence
encoder is set (docs/encoder.md), its vector too.

Trained with scikit-learn; read back as plain arrays, because scikit-learn's own path costs more for one message than the
arithmetic itself (docs/decisions/0011-quick-turns.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Sequence, Tuple

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from nlu.encoder import EncoderError, SentenceEncoder
from nlu.linear import ScaledLinearSVC

STEPS = 127
# Words whose features are known by heart, for each part of a model.
REMEMBERED = 5_000

# What is read of a message: its normal words, the names of the concepts in it, each with blanks between, and itself.
Reading = Tuple[str, str, str]
Array = npt.NDArray[Any]


@dataclass
class Part:
    """One kind of feature: how it is taken from a reading, and what each is worth."""

    field: int
    vectorizer: TfidfVectorizer
    weight: float = 1.0

    def __post_init__(self) -> None:
        # Both are made anew at every access by scikit-learn, which costs more than all the rest.
        self._analyzer: Callable[[str], List[str]] | None = None
        self._idf: Array | None = None
        self._seen: Dict[str, List[int]] = {}

    def __getstate__(self) -> Dict[str, Any]:
        return {**self.__dict__, "_analyzer": None, "_idf": None, "_seen": {}}

    @property
    def size(self) -> int:
        """How many features there are."""
        return len(self.vectorizer.vocabulary_)

    def fit(self, readings: Sequence[Sequence[str]]) -> Any:
        """The weighted matrix of the training readings."""
        return self.vectorizer.fit_transform([reading[self.field] for reading in readings]) * self.weight

    def row(self, reading: Sequence[str]) -> Tuple[Array, Array]:
        """Feature places and values of one reading, as `fit`'s matrix has them."""
        if self._analyzer is None or self._idf is None:
            self._analyzer, self._idf = self.vectorizer.build_analyzer(), np.asarray(self.vectorizer.idf_, dtype=np.float32)
        found = self._found(reading[self.field], self._analyzer)
        if not found:
            return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.float32)
        places, times = _counted(np.asarray(found, dtype=np.intp))
        values = (1 + np.log(times)) * self._idf[places]
        return places, (self.weight / np.sqrt(values @ values)) * values

    def _found(self, text: str, analyzer: Callable[[str], List[str]]) -> List[int]:
        """The places of all known features of a text, as often as they occur."""
        known = self.vectorizer.vocabulary_
        if self.vectorizer.analyzer != "char_wb":
            return [known[term] for term in analyzer(text) if term in known]
        # Characters are taken inside words, and the same words come again and again.
        found: List[int] = []
        for word in text.split():
            places = self._seen.get(word)
            if places is None:
                if len(self._seen) >= REMEMBERED:
                    self._seen.clear()
                places = self._seen[word] = [known[term] for term in analyzer(word) if term in known]
            found += places
        return found


def _counted(found: Array) -> Tuple[Array, Array]:
    """What np.unique says, in a third of its time: each number once, and how often it is there. At least one is."""
    found.sort()
    is_first = np.empty(len(found) + 1, dtype=bool)
    is_first[0] = is_first[-1] = True
    np.not_equal(found[1:], found[:-1], out=is_first[1:-1])
    begins = is_first.nonzero()[0]
    return found[begins[:-1]], (begins[1:] - begins[:-1]).astype(np.float32)


def softmax(scores: Array) -> Array:
    """One probability a label. scipy's checks its argument longer than it counts."""
    shifted: Array = np.exp(scores - scores.max())
    return shifted / shifted.sum()


class EncoderPart:
    """The message as a sentence encoder sees it; pickled without the encoder, whose name and size it remembers."""

    def __init__(self, encoder: SentenceEncoder, weight: float) -> None:
        self.name, self.size, self.weight = encoder.name, encoder.size, weight
        self._encoder: SentenceEncoder | None = encoder

    def __getstate__(self) -> Dict[str, Any]:
        return {**self.__dict__, "_encoder": None}

    def use(self, encoder: SentenceEncoder) -> None:
        """Give a part that was read back its encoder."""
        if encoder.size != self.size:
            raise EncoderError(f"{encoder.name} makes {encoder.size} numbers, not {self.size} as in training: train again")
        self._encoder = encoder

    def _vectors(self, readings: Sequence[Sequence[str]]) -> Array:
        if self._encoder is None:
            raise EncoderError(f"the sentence encoder {self.name} is not loaded")
        return self._encoder.encode([reading[2] for reading in readings]) * self.weight

    def fit(self, readings: Sequence[Sequence[str]]) -> Any:
        """The weighted matrix of the training readings; nothing is learnt here."""
        return sparse.csr_matrix(self._vectors(readings))

    def row(self, reading: Sequence[str]) -> Tuple[Array, Array]:
        """Feature places and values of one reading, as `fit`'s matrix has them."""
        return np.arange(self.size), self._vectors([reading])[0]


def make_parts(config: Dict[str, Any]) -> List[Part]:
    """Words (1–2), characters inside words, and, where their weight is not 0, concepts (1–2)."""

    def tfidf(**options: Any) -> TfidfVectorizer:
        return TfidfVectorizer(sublinear_tf=True, lowercase=False, dtype=np.float32, **options)

    between = (config["min_ngram"], config["max_ngram"])
    parts = [
        Part(0, tfidf(ngram_range=(1, 2), token_pattern=r"\S+", min_df=config["min_word_df"])),
        Part(0, tfidf(analyzer="char_wb", ngram_range=between, min_df=config["min_df"])),
    ]
    if config["concepts"]:
        concepts = tfidf(ngram_range=(1, 2), token_pattern=r"\S+", min_df=config["min_word_df"])
        parts.append(Part(1, concepts, config["concepts"]))
    return parts


@dataclass
class Weights:
    """What each feature is worth for each label, in steps of a 127th of the label's largest weight."""

    steps: npt.NDArray[np.int8]
    step: Array

    @classmethod
    def of(cls, weights: Array) -> Weights:
        """From labels × features."""
        step = np.maximum(np.abs(weights).max(axis=1, initial=0), 1e-9) / STEPS
        steps = np.rint(weights / step[:, None]).astype(np.int8)
        return cls(np.ascontiguousarray(steps.T), step.astype(np.float32))

    def scores(self, places: Array, values: Array) -> Array:
        """What some features add to each label."""
        found: Array = (values @ self.steps[places].astype(np.float32)) * self.step
        return found


class TextModel:
    """Labels of readings, with probabilities."""

    def __init__(self, config: Dict[str, Any], encoder: SentenceEncoder | None = None) -> None:
        self._config = {**config, "encoder": None}  # a model moves between machines, folders do not
        self._parts: List[Part | EncoderPart] = [*make_parts(config)]
        if encoder:
            self._parts.append(EncoderPart(encoder, config["encoder_weight"]))
        self.classes_: List[str] = []

    @property
    def encoder(self) -> EncoderPart | None:
        """The part that needs a sentence encoder, if there is one."""
        return next((part for part in self._parts if isinstance(part, EncoderPart)), None)

    def fit(self, readings: Sequence[Reading], labels: Sequence[str]) -> TextModel:
        """Train on all readings."""
        matrix = sparse.hstack([part.fit(readings) for part in self._parts], format="csr")
        machine = ScaledLinearSVC(C=self._config["C"], random_state=self._config["random_state"]).fit(matrix, labels)
        self.classes_ = [str(label) for label in machine.classes_]
        sizes = np.cumsum([part.size for part in self._parts])[:-1]
        self._weights = [Weights.of(block) for block in np.split(machine.weights, sizes, axis=1)]
        self._bias = machine.bias
        return self

    def probabilities(self, reading: Reading) -> Array:
        """One probability a label, in the order of `classes_`."""
        scores = self._bias.copy()
        for part, weights in zip(self._parts, self._weights, strict=True):
            places, values = part.row(reading)
            scores += weights.scores(places, values)
        return softmax(scores)
