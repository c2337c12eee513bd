"""A message of nothing but data is `inform`; one word more and the model's answer stands."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.data_alone import CONFIDENCE, DataAlone, is_data_alone


def entity(text: str, part: str, kind: str = "time") -> dict[str, Any]:
    start = text.index(part)
    return {"entity": kind, "start": start, "end": start + len(part), "value": part}


@pytest.mark.parametrize(
    ("language", "text", "parts"),
    [
        ("en", "5 May 1949", {"5 May 1949": "time"}),
        ("pt", "61 anos", {}),
        ("ar", "58 سنة", {}),
        ("en", "Thursday at 3, with Dr Keller please", {"Thursday at 3": "time", "Keller": "practitioner"}),
        ("de", "für meine Tochter, Donnerstag", {"meine Tochter": "relation", "Donnerstag": "time"}),
        ("pt", "pro meu filho, quinta-feira por favor", {"meu filho": "relation", "quinta-feira": "time"}),
        ("ru", "в 9:20, пожалуйста", {"в 9:20": "time"}),
        ("ar", "أمراض القلب لوالدي", {"أمراض القلب": "specialty", "لوالدي": "relation"}),
    ],
)
def test_data_alone(language: str, text: str, parts: dict[str, str]) -> None:
    assert is_data_alone(text, language, [entity(text, part, kind) for part, kind in parts.items()])


@pytest.mark.parametrize(
    ("language", "text", "parts"),
    [
        ("en", "are you open on Thursday", {"on Thursday": "time"}),
        ("en", "Thursday?", {"Thursday": "time"}),
        ("en", "please", {}),
        ("de", "23 Jahre?", {}),
        ("de", "Arabisch", {"Arabisch": "language"}),
        ("de", "ich kann Donnerstag nicht", {"Donnerstag": "time"}),
        ("ru", "отмените четверг", {"четверг": "time"}),
        ("ar", "الخميس مفتوح", {"الخميس": "time"}),
    ],
)
def test_more_than_data(language: str, text: str, parts: dict[str, str]) -> None:
    assert not is_data_alone(text, language, [entity(text, part, parts[part]) for part in parts])


def processed(intent: str, confidence: float, text: str = "5 May 1949") -> Message:
    guess = {"name": intent, "confidence": confidence}
    ranking = [guess, {"name": "inform", "confidence": 0.1}]
    message = Message({TEXT: text, INTENT: guess, "intent_ranking": ranking, "language": {"code": "en"}})
    message.set(ENTITIES, [entity(text, "5 May 1949")])
    DataAlone().process([message])
    return message


def test_the_ranking_begins_with_inform() -> None:
    message = processed("faq", 0.5)
    assert message.get(INTENT) == {"name": "inform", "confidence": CONFIDENCE}
    assert [entry["name"] for entry in message.get("intent_ranking")] == ["inform", "faq"]


def test_a_sure_answer_stands() -> None:
    assert processed("goodbye", 0.97).get(INTENT)["name"] == "goodbye"
    assert processed("faq", 0.5, "since 5 May 1949").get(INTENT)["name"] == "faq"
