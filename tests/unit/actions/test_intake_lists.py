"""Lists of signs as a patient reads them: on a phone the rows stand behind a button that not everybody opens."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.emergency import Emergency
from clinic import encryption
from clinic.settings import SUPPORTED_LANGUAGES
from clinic.texts import text
from clinic.triage import texts
from clinic.triage.protocols import protocols
from connectors.whatsapp.outbound import BODY_WITH_CHOICES
from tests.support.conversations import Conversation
from tests.support.intakes import begin, intake


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_the_rows_are_in_the_message_and_have_numbers(agreed: Callable[..., Conversation], language: str) -> None:
    chat = begin(agreed(language), "40", complaints={"back_pain": 0.9}).answers("40")
    asked = intake(chat).question
    assert asked is not None and asked.kind == "which" and len(asked.names) > 2
    titles = [str(texts.of_finding(name, language)["title"]) for name in asked.names]
    numbered = [line for line in chat.text.splitlines() if line.partition(".")[0].isdigit()]
    assert numbered == [f"{place}. {title}" for place, title in enumerate(titles, 1)]
    chat.answers("2")
    assert intake(chat).known[asked.names[1]] is True


def test_two_lists_in_a_row_are_not_the_same_words(agreed: Callable[..., Conversation]) -> None:
    chat = begin(agreed("pt"), "40", complaints={"cough": 0.95}).answers("40")
    first = intake(chat).question
    before = chat.text
    chat.answers("nada disso")
    second = intake(chat).question
    assert first is not None and second is not None and first.kind == second.kind == "which"
    assert chat.text != before


BLOOD_AND_LEG = "it hurts when I breathe in, coughed up a little blood, and my left calf is fatter for 3 days"


@pytest.mark.parametrize("no", ["no", "nah not pressure, just a stab in the side when I breathe in"])
def test_a_typed_no_to_danger_answers_no_list(
    agreed: Callable[..., Conversation], no: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINIC_ENCRYPTION_KEY", encryption.new_key())
    chat = begin(agreed(), "short of breath since last night, I am 34", complaints={"breathlessness": 0.95})
    chat.answers("none of these")
    asked = intake(chat).question
    assert asked is not None and {"coughing_blood", "one_leg_swollen"} < set(asked.names)
    chat.hears(BLOOD_AND_LEG, "report_symptom", danger=["heart_attack"], level="likely", suspicion=0.6).run(Emergency())
    chat.hears(no, "deny", suspicion=0.3).run(Emergency())
    known = intake(chat).known
    assert known["coughing_blood"] is known["one_leg_swollen"] is known["pain_on_breathing"] is True
    chat.goes_on()
    assert chat.loop is None and "112" in chat.text


def test_nor_does_it_refuse_the_consent_of_a_booking(chat: Conversation) -> None:
    chat.opens("a dermatologist please", specialty="dermatology")
    asked = chat.asked
    chat.hears("my face hangs", "report_symptom", danger=["stroke"], level="likely", suspicion=0.6).run(Emergency())
    chat.hears("no", "deny").run(Emergency())
    chat.goes_on()
    assert chat.rejected and chat.asked == asked


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_every_list_fits_into_one_message(language: str) -> None:
    above = [text("utter_intake_noted", language), text("utter_intake_which", language, rows="")]
    for protocol in protocols().values():
        about = text("utter_intake_about", language, complaint=texts.complaint(protocol.name, language))
        for question in protocol.questions:
            if question.kind == "which":
                rows = [
                    f"{place}. {texts.of_finding(name, language)['title']}" for place, name in enumerate(question.names)
                ]
                assert len("\n\n".join([*above, about, *rows])) < BODY_WITH_CHOICES
