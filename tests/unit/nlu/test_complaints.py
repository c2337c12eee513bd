"""When a message that was taken for something else is read as "somebody is unwell", and what is kept of it."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.nlu.training_data.message import Message

from actions.intake import offer
from clinic.settings import SUPPORTED_LANGUAGES
from clinic.triage.protocols import protocols
from nlu.complaints import PERHAPS_UNWELL, ComplaintClassifier, Models, openings


class Opinion:
    """A model that always says the same."""

    def __init__(self, **shares: float) -> None:
        self.classes_ = list(shares)
        self._shares = list(shares.values())

    def probabilities(self, reading: Any) -> list[float]:
        return self._shares


def judged(text: str, intent: str, confidence: float, unwell: float, asked: str | None = None) -> dict[str, Any]:
    config = ComplaintClassifier.get_default_config()
    models = Models(
        Opinion(faq=0.0, other=1 - unwell, unwell=unwell),  # type: ignore[arg-type]
        Opinion(cough=0.3, urinary=0.6, burn=0.1),  # type: ignore[arg-type]
    )
    component = ComplaintClassifier(config, None, None, models)  # type: ignore[arg-type]
    ranking = [{"name": intent, "confidence": confidence}, {"name": "greet", "confidence": 0.1}]
    found = {"text": text, "intent": ranking[0], "intent_ranking": ranking, "language": {"code": "en"}}
    message = Message({**found, "metadata": {"asked": asked}})
    component.process([message])
    return dict(message.data)


@pytest.mark.parametrize(
    ("intent", "confidence", "unwell", "becomes"),
    [
        ("faq", 0.6, 0.75, "report_symptom"),
        ("faq", 0.95, 0.75, "faq"),
        ("faq", 0.95, 0.95, "report_symptom"),
        ("refill_prescription", 0.99, 0.95, "report_symptom"),
        ("nlu_fallback", 0.9, 0.75, "report_symptom"),
        ("nlu_fallback", 0.4, 0.5, "nlu_fallback"),
        ("book_appointment", 0.5, 0.99, "book_appointment"),
        ("ask_medical_advice", 0.5, 0.99, "ask_medical_advice"),
        ("human_handoff", 0.5, 0.99, "human_handoff"),
        ("deny", 0.5, 0.99, "deny"),
        ("set_medication_reminder", 0.6, 0.95, "report_symptom"),
        ("set_medication_reminder", 0.95, 0.8, "set_medication_reminder"),
    ],
)
def test_the_intent(intent: str, confidence: float, unwell: float, becomes: str) -> None:
    data = judged("it stings when I go", intent, confidence, unwell)
    assert data["intent"]["name"] == becomes
    assert [entry["name"] for entry in data["intent_ranking"]].count(becomes) == 1


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("good morning doctor", "greet"),
        ("thanks, see you", "greet"),
        ("good morning doctor, the baby's nose is blocked and he will not feed", "report_symptom"),
    ],
)
def test_a_greeting_hides_no_illness(text: str, becomes: str) -> None:
    assert judged(text, "greet", 0.88, 0.95)["intent"]["name"] == becomes


def test_the_answer_to_a_question_stays_what_it_is() -> None:
    assert judged("Jonas Becker", "nlu_fallback", 0.4, 0.95, asked="patient_name")["intent"]["name"] == "nlu_fallback"


def test_the_likeliest_protocols_stand_in_order() -> None:
    data = judged("it stings when I go", "report_symptom", 0.9, 0.9)
    assert [entry["name"] for entry in data["complaints"]] == ["urinary", "cough", "burn"]
    assert data["unwell"] == 0.9


@pytest.mark.parametrize(
    ("unwell", "asked", "kept"), [(0.2, None, True), (0.19, None, False), (0.6, "intake_complaint", False)]
)
def test_what_may_begin_an_intake_later_keeps_its_protocols(unwell: float, asked: str | None, kept: bool) -> None:
    data = judged("it stings when I go", "refill_prescription", 0.99, unwell, asked)
    assert data["intent"]["name"] == "refill_prescription" and ("complaints" in data) is kept


def test_the_actions_offer_from_where_the_protocols_are_kept() -> None:
    assert PERHAPS_UNWELL == offer.PERHAPS_UNWELL


@pytest.mark.parametrize(("text", "intent"), [("👍", "report_symptom"), ("123", "faq"), ("yes", "affirm")])
def test_what_has_no_words_or_is_an_answer_is_left_alone(text: str, intent: str) -> None:
    assert not {"unwell", "complaints"} & set(judged(text, intent, 0.5, 0.99))


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_every_protocol_has_openings_of_several_writers(language: str) -> None:
    found = openings(language)
    assert {protocol for _, protocol in found} == set(protocols())
    counts = {name: sum(protocol == name for _, protocol in found) for name in protocols()}
    assert min(counts.values()) >= 16
    assert len({text.casefold() for text, _ in found}) >= 0.99 * len(found)
