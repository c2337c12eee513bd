"""The linear model: calibrated, the same every time; and the classifier's answers as Rasa wants them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu import concepts
from nlu.classifier import LinearClassifier
from nlu.linear import ScaledLinearSVC
from tests.support.surroundings import ModelFolder

# liblinear gives up on clouds that overlap; with words, of which there are thousands, it does not
impatient = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def blobs(count: int, spread: float, seed: int) -> tuple[Any, list[str]]:
    """Points around four corners, `spread` wide: the wider, the less can be known of them."""
    rng = np.random.default_rng(seed)
    corners = np.array([[0, 0], [3, 0], [0, 3], [3, 3]])
    kinds = rng.integers(0, 4, count)
    return corners[kinds] + rng.normal(0, spread, (count, 2)), [f"k{kind}" for kind in kinds]


@impatient
@pytest.mark.parametrize("spread", [0.8, 1.5, 2.5])
def test_the_confidence_is_the_share_that_is_right(spread: float) -> None:
    model = ScaledLinearSVC().fit(*blobs(600, spread, seed=1))
    points, truth = blobs(3000, spread, seed=2)
    said = model.predict_proba(points)
    right = np.array(model.classes_)[said.argmax(axis=1)] == np.array(truth)
    assert abs(said.max(axis=1).mean() - right.mean()) < 0.08
    assert np.allclose(said.sum(axis=1), 1)
    assert list(model.classes_) == ["k0", "k1", "k2", "k3"]


@impatient
def test_what_can_be_known_better_is_said_more_surely() -> None:
    sure, unsure = (
        ScaledLinearSVC().fit(*blobs(600, spread, seed=1)).predict_proba([[0, 0]]).max() for spread in (0.5, 2.5)
    )
    assert sure > 0.9 > 0.75 > unsure


@impatient
def test_the_same_data_make_the_same_model() -> None:
    first, second = (ScaledLinearSVC(random_state=7).fit(*blobs(300, 1.5, seed=3)) for _ in range(2))
    points = blobs(50, 1.5, seed=4)[0]
    assert first.scale_ == second.scale_
    assert np.array_equal(first.predict_proba(points), second.predict_proba(points))
    assert list(first.predict(points)) == [str(first.classes_[i]) for i in first.predict_proba(points).argmax(axis=1)]


SAID = {
    "book_appointment": ["I want an appointment", "book a visit please", "make me an appointment", "appointment with a doctor"],
    "greet": ["hello there", "hi", "hello you", "hi there friend", "good to see you, hello"],
    "faq/opening_hours": ["when are you open", "opening hours", "are you open today", "what are the opening times"],
    "faq/location": ["where are you", "what is the address", "the address please", "where is the clinic", "how do I find you"],
}  # fmt: skip


def examples() -> TrainingData:
    return TrainingData(
        [
            Message({TEXT: text, INTENT: label.split("/")[0], **({INTENT_RESPONSE_KEY: label} if "/" in label else {})})
            for label, texts in SAID.items()
            for text in texts
        ]
    )


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> LinearClassifier:
    """Trained on a handful, saved and loaded again."""
    storage, resource = ModelFolder(tmp_path_factory.mktemp("classifier")), Resource("classifier")
    config = {**LinearClassifier.get_default_config(), "min_df": 1, "ranking": 2}
    LinearClassifier.create(config, storage, resource, None).train(examples())  # type: ignore[arg-type]
    return LinearClassifier.load(config, storage, resource, None)  # type: ignore[arg-type]


def classified(classifier: LinearClassifier, text: str | None) -> dict[str, Any]:
    (message,) = classifier.process([Message({TEXT: text})])
    output: dict[str, Any] = message.as_dict(only_output_properties=True)
    return output


def test_an_intent_and_its_ranking(classifier: LinearClassifier) -> None:
    found = classified(classifier, "HELLO there!!")
    assert found["intent"]["name"] == "greet"
    assert found["intent"] == found["intent_ranking"][0]
    assert len(found["intent_ranking"]) == 2
    assert found["intent_ranking"][0]["confidence"] >= found["intent_ranking"][1]["confidence"]
    assert all(type(entry["confidence"]) is float for entry in found["intent_ranking"])


def test_a_start_builds_no_lexicon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage, resource, config = ModelFolder(tmp_path), Resource("classifier"), LinearClassifier.get_default_config()
    trained = LinearClassifier.create({**config, "min_df": 1}, storage, resource, None)  # type: ignore[arg-type]
    trained.train(examples())
    before = classified(trained, "I wanna see someone, apointment")
    monkeypatch.setattr(concepts, "_lexicons", {})
    monkeypatch.delattr(concepts.Lexicon, "__init__")
    loaded = LinearClassifier.load(config, storage, resource, None)  # type: ignore[arg-type]
    assert classified(loaded, "I wanna see someone, apointment") == before


def test_topics_add_up_to_their_intent(classifier: LinearClassifier) -> None:
    assert {"name": "faq"}.items() <= classified(classifier, "what is the address and are you open")["intent"].items()
    alone = classified(classifier, "where is the address")["intent"]
    assert alone["name"] == "faq"
    assert alone["confidence"] > classified(classifier, "hello address")["intent_ranking"][1]["confidence"]


def test_a_topic_has_the_shape_of_rasas_response_selector(classifier: LinearClassifier) -> None:
    selected = classified(classifier, "what is your address please")["response_selector"]
    assert selected["all_retrieval_intents"] == ["faq"]
    response = selected["faq"]["response"]
    assert response["intent_response_key"] == "faq/location"
    assert response["utter_action"] == "utter_faq/location"
    assert response["responses"] is None
    ranking = selected["faq"]["ranking"]
    assert [entry["intent_response_key"] for entry in ranking] == ["faq/location", "faq/opening_hours"]
    assert response["confidence"] == ranking[0]["confidence"]
    assert sum(entry["confidence"] for entry in ranking) == pytest.approx(1)


@pytest.mark.parametrize("text", ["", "  ", None, "\u200f"])
def test_nothing_said_has_no_intent(text: str | None, classifier: LinearClassifier) -> None:
    found = classified(classifier, text)
    assert found["intent"] == {"name": None, "confidence": 0.0}
    assert found["intent_ranking"] == []
    assert "response_selector" not in found


@pytest.mark.parametrize("text", ["👍", "???", "24.05.1985", "ℵ𝔛", "xqzw"])
def test_what_was_never_seen_is_uncertain(text: str, classifier: LinearClassifier) -> None:
    assert classified(classifier, text)["intent"]["confidence"] < 0.7


def test_an_untrained_classifier_says_nothing(tmp_path: Path) -> None:
    config = LinearClassifier.get_default_config()
    untrained = LinearClassifier.create(config, ModelFolder(tmp_path), Resource("c"), None)  # type: ignore[arg-type]
    assert classified(untrained, "hello")["intent"] == {"name": None, "confidence": 0.0}
