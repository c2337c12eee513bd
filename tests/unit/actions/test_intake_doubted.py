"""An answer that denies and yet names what would call an ambulance: that sign is asked about by itself first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from actions.intake.state import Intake
from clinic import encryption
from clinic.triage.protocols import Question
from tests.support.conversations import Conversation
from tests.support.intakes import begin, intake

BREATHING = ("stridor", "choking", "shortness_of_breath", "wheezing")


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CLINIC_ENCRYPTION_KEY", encryption.new_key())
    yield


def asked(chat: Conversation, names: tuple[str, ...], **known: object) -> Conversation:
    """The conversation with a list of these signs on the screen."""
    now = intake(chat)
    shown = Intake(now.protocols, {**now.known, **known}, 2, Question("which", names), opening=now.opening)  # type: ignore[arg-type]
    chat.slots["intake"] = shown.kept()["value"]
    return chat


def a_cough(agreed: Callable[..., Conversation], language: str = "en") -> Conversation:
    chat = begin(agreed(language), "cough, she is 7 months", complaints={"cough": 0.97}).answers("7 months")
    return asked(chat, BREATHING, age=0.583)


def test_a_no_that_names_a_row_is_asked_about_before_anybody_calls_an_ambulance(
    agreed: Callable[..., Conversation],
) -> None:
    chat = a_cough(agreed)
    chat.answers("no, only snuffly nose, thats where the noise comes from")
    question = intake(chat).question
    assert chat.loop and question is not None and (question.kind, question.names) == ("sign", ("stridor",))
    assert "112" not in chat.text
    chat.answers("no")
    assert intake(chat).known["stridor"] is False and "112" not in chat.text


def test_a_yes_to_it_calls_the_ambulance(agreed: Callable[..., Conversation]) -> None:
    chat = a_cough(agreed)
    chat.answers("no, only snuffly nose, thats where the noise comes from").answers("yes")
    assert chat.loop is None and "112" in chat.text


@pytest.mark.parametrize("answer", ["the first one", "noise when she breathes in", "Noise when breathing in, the rest no"])
def test_who_denies_nothing_is_believed_at_once(agreed: Callable[..., Conversation], answer: str) -> None:
    chat = a_cough(agreed)
    chat.answers(answer)
    assert chat.loop is None and "112" in chat.text
