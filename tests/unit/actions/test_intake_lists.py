"""Lists of signs as a patient reads them: on a phone the rows stand behind a button that not everybody opens."""

from __future__ import annotations

from collections.abc import Callable

import pytest

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
