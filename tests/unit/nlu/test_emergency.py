"""How the screen's and the model's opinions become one verdict, and what becomes of the intent."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from rasa.shared.nlu.training_data.message import Message

from clinic import yamlfile
from clinic.settings import SUPPORTED_LANGUAGES
from clinic.triage.screen import CERTAIN, LIKELY, NONE, Screening
from nlu.complaints import openings
from nlu.emergency import EMERGENCY, NEAR_MISS, OPENINGS, EmergencyScreen, features, ordinary_and_not, taught, verdict


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_judged_openings_are_openings(language: str) -> None:
    written = {text for text, _ in openings(language)}
    judged = yamlfile.load(OPENINGS / f"{language}.yml")
    assert set(judged["emergency"]) | set(judged["unclear"]) <= written
    assert not set(judged["emergency"]) & set(judged["unclear"])
    labels = Counter(label for _, _, label in ordinary_and_not(language))
    assert labels[EMERGENCY] == len(judged["emergency"]) and labels["other"] > 1000


def test_a_number_alone_is_no_suspicion() -> None:
    component = EmergencyScreen(EmergencyScreen.get_default_config(), None, None)  # type: ignore[arg-type]
    component.model = Certain()  # type: ignore[assignment]
    assert component.probability("40 سنة", "ar") == 0.0
    assert component.probability("my lips are blue", "en") == 1.0


class Certain:
    """A model that takes everything for an emergency."""

    classes_ = (EMERGENCY,)

    def probabilities(self, reading: object) -> list[float]:
        return [1.0]


def screening(level: str) -> Screening:
    return Screening(level, ("stroke",) if level != NONE else (), ())


@pytest.mark.parametrize(
    ("level", "probability", "expected"),
    [
        (CERTAIN, 0.9, CERTAIN),
        (LIKELY, 0.9, LIKELY),
        (LIKELY, 0.01, NONE),
        (NONE, 0.9, LIKELY),
        (NONE, 0.01, NONE),
    ],
)
def test_the_verdict(level: str, probability: float, expected: str) -> None:
    found = verdict(screening(level), probability)
    assert found["level"] == expected
    assert bool(found["signs"]) == (expected != NONE)


def made(opinion: float) -> EmergencyScreen:
    component = EmergencyScreen(EmergencyScreen.get_default_config(), None, None)  # type: ignore[arg-type]
    component.probability = lambda text, language: opinion  # type: ignore[method-assign]
    return component


def judged(text: str, intent: str, opinion: float) -> dict[str, Any]:
    ranking = [{"name": intent, "confidence": 0.8}, {"name": "faq", "confidence": 0.1}]
    message = Message({"text": text, "intent": ranking[0], "intent_ranking": ranking, "language": {"code": "en"}})
    made(opinion).process([message])
    return dict(message.data)


def test_at_certain_the_intent_is_emergency() -> None:
    data = judged("he is not breathing", "faq", 0.9)
    assert data["emergency"]["level"] == CERTAIN and "not_breathing" in data["emergency"]["signs"]
    assert data["intent"] == {"name": "emergency", "confidence": 1.0} == data["intent_ranking"][0]


def test_a_suspicion_asks_and_leaves_the_intent() -> None:
    data = judged("something is off with grandpa today", "report_symptom", 0.9)
    assert data["emergency"] == {"level": LIKELY, "signs": ["unnamed"]} and data["intent"]["name"] == "report_symptom"


def test_what_is_none_is_no_emergency_for_the_intent_either() -> None:
    data = judged("is there an ambulance museum", "emergency", 0.0)
    assert data["emergency"] == {"level": NONE, "signs": []} and data["intent"]["name"] == "faq"


def test_features_hold_what_the_screen_saw() -> None:
    _, concepts, _ = features("my chest hurts, no fever", "en", True)
    assert "sign:chest_pain:likely" in concepts and "chest" in concepts.split()


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_every_language_is_taught_by_hand(language: str) -> None:
    labels = [label for _, _, label in taught(language)]
    texts = [text.lower() for text, _, _ in taught(language)]
    assert labels.count(EMERGENCY) >= 150 and labels.count(NEAR_MISS) >= 200
    assert len(texts) == len(set(texts))
