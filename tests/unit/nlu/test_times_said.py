"""What patients say for days and times, per language (`times_said/<code>.yml`), and what each means at one instant."""

from __future__ import annotations

import time as stopwatch
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from clinic import clock
from nlu import duckling_client
from nlu.times import Time, TimeExtractor, find_times

SAID_AT = datetime.fromisoformat("2026-11-23T09:00:00+01:00")
FOLDER = Path(__file__).with_name("times_said")
LANGUAGES = ("en", "ar", "de", "pt", "ru")
# Letters of the ISO form that say something, for what begins and ends as its grain does.
SHOWN = {"day": 10, "week": 10, "month": 10, "hour": 13, "minute": 16}


def said() -> Iterator[tuple[str, str, list[str]]]:
    """(language, text, meanings) of every case."""
    for code in LANGUAGES:
        for text, meanings in yaml.safe_load((FOLDER / f"{code}.yml").read_text("utf-8")).items():
            yield code, text, meanings


def meaning(time: Time) -> str:
    """A time as the cases write it."""
    mark = "~" if time.dateless else ""
    begins, ends = (moment.isoformat()[:16].removeprefix("2026-") if moment else "…" for moment in (time.begins, time.ends))
    if time.grain == "interval":
        return f"interval {mark}{begins} {ends}"
    assert time.begins
    return f"{time.grain} {mark}{time.begins.isoformat()[: SHOWN[time.grain]].removeprefix('2026-')}"


@pytest.mark.parametrize(("language", "text", "meanings"), list(said()))
def test_what_patients_say(language: str, text: str, meanings: list[str]) -> None:
    assert [meaning(time) for time in find_times(text, language, SAID_AT)] == meanings


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_many_cases_in_each_language(language: str) -> None:
    assert sum(code == language for code, _, _ in said()) >= 60


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        *[("en", "3", "hour ~11-23T15"), ("en", "10 please", "hour ~11-23T10"), ("ar", "١٠", "hour ~11-23T10")],
        *[("de", "15", "hour ~11-23T15"), ("pt", "17", "hour ~11-23T17"), ("ru", "18", "hour ~11-23T18")],
        *[("en", "9-11", "interval ~11-23T09:00 11-23T11:00"), ("ru", "три", "hour ~11-23T15")],
        *[("en", "option 2", None), ("de", "nummer 3", None), ("ar", "رقم ٣", None), ("en", "25", None)],
    ],
)
def test_a_bare_number_is_an_hour_only_after_the_question_when(language: str, text: str, found: str | None) -> None:
    answer = find_times(text, language, SAID_AT, asked="booking_slot")
    assert [meaning(time) for time in answer] == ([found] if found else [])
    assert find_times(text, language, SAID_AT) == find_times(text, language, SAID_AT, asked="booking_name") == []


def test_the_component_knows_what_was_asked() -> None:
    clock.freeze(SAID_AT)
    message = Message({TEXT: "10", "language": {"code": "en"}, "metadata": {"asked": "booking_slot"}})
    TimeExtractor().process([message])
    (entity,) = message.get(ENTITIES)
    assert (entity["value"], entity["dateless"], entity["resolved"]["grain"]) == ("10", True, "hour")


def test_weekdays_on_their_own_day() -> None:
    """On a Thursday, "Thursday" is the next one, unless today is said."""
    thursday = datetime.fromisoformat("2026-11-26T09:00:00+01:00")
    for language, text in (("en", "Thursday"), ("de", "Donnerstag"), ("pt", "quinta"), ("ru", "четверг"), ("ar", "الخميس")):
        assert [meaning(time) for time in find_times(text, language, thursday)] == ["day 12-03"]
    assert [meaning(time) for time in find_times("today, Thursday, at 3", "en", thursday)] == ["hour 11-26T15"]


def test_a_time_of_day_that_is_over_is_tomorrows() -> None:
    evening = datetime.fromisoformat("2026-11-23T16:30:00+01:00")
    cases = {"after 3": "interval ~11-24T15:00 …", "between 2 and 4": "interval ~11-24T14:00 11-24T16:00"}
    for text, expected in cases.items():
        assert [meaning(time) for time in find_times(text, "en", evening)] == [expected]


def test_duckling_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    parse = duckling_client.parse

    def counted(text: str, language: str, wall: datetime) -> list[dict[str, Any]]:
        asked.append(text)
        return parse(text, language, wall)

    monkeypatch.setattr(duckling_client, "parse", counted)
    find_times("Could I come on Tuesday at 3, or on Thursday between 9 and 11, or at Christmas?", "en", SAID_AT)
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "seven and "),
        ("de", "märz neunzehn "),
        ("pt", "março vinte e "),
        ("ru", "двадцать марта "),
        ("ar", "خمسة و "),
    ],
)
def test_no_text_takes_long(language: str, words: str) -> None:
    find_times(words, language, SAID_AT)
    started = stopwatch.monotonic()
    find_times(words * 100, language, SAID_AT)
    assert stopwatch.monotonic() - started < 1
