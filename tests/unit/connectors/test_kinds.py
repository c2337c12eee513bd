"""Messages without words, and words that come with a photo or in a voice note."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clinic import clock, encryption
from clinic.texts import text
from connectors.whatsapp import kinds
from connectors.whatsapp.turn import Answer, Incoming, Turn
from connectors.whatsapp.turns import answer
from tests.support import databases, surroundings
from tests.support.whatsapp import EchoBot, message

BASE = Incoming(
    inbox_id=1,
    contact_id=7,
    wamid="wamid.1",
    kind="image",
    text=None,
    payload={},
    attempts=0,
    language="en",
    introduced=True,
    handoff_id=None,
    handoff_claimed=False,
    told_to_wait=False,
)
QUESTION: Any = {
    "text": "Since when?",
    "choices": [{"id": '/inform{"answer": "1"}', "title": "Today"}, {"id": '/inform{"answer": "2"}', "title": "Longer"}],
}


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(encryption.NAME, encryption.new_key())
    yield from surroundings.documented(monkeypatch)


def sent(kind: str, **fields: Any) -> Incoming:
    return replace(BASE, kind=kind, payload=message(kind, **fields))


def photo(caption: str | None = None, kind: str = "image") -> Incoming:
    return sent(kind, **{kind: {"id": "1", **({"caption": caption} if caption else {})}})


def ask(incoming: Incoming, bot: EchoBot | None = None) -> Answer:
    return asyncio.run(answer(bot or EchoBot(), incoming))


def texts(given: Answer) -> list[str]:
    return [part["text"] for part in given.messages if "text" in part]


@pytest.mark.parametrize("kind", kinds.THANKED)
def test_a_photo_or_file_is_thanked_for_once(kind: str) -> None:
    given = ask(photo(kind=kind))
    assert texts(given) == [text("utter_media_thanks", "en")]
    assert given.tag == kinds.TAG
    assert texts(ask(replace(photo(kind=kind), thanked=True))) == []


def test_nobody_is_told_that_it_is_kept_when_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(encryption.NAME, "")
    for kind in ("image", "audio"):
        assert texts(ask(photo(kind=kind))) == ["utter_please_write"]
    assert texts(ask(photo("hello"))) == ["echo: hello"]


def test_a_caption_is_answered_like_typed_words() -> None:
    bot = EchoBot()
    assert texts(ask(photo("/restart"), bot)) == [text("utter_media_thanks", "en") + "\n\necho: restart"]
    assert bot.turns == [(7, "restart")]
    assert texts(ask(replace(photo("and this"), thanked=True), bot)) == ["echo: and this"]


def test_what_is_urgent_stands_without_thanks() -> None:
    class Alarmed(EchoBot):
        async def turn(self, contact_id: int, text: str, message_id: str, fallback: str | None) -> Turn:
            return Turn([{"text": "Call 112", "metadata": {"introduction": "later"}}], "en")

    assert texts(ask(photo("he does not breathe"), Alarmed())) == ["Call 112"]


def test_danger_in_a_caption_is_heard_while_a_person_has_the_chat() -> None:
    claimed = replace(photo("danger"), handoff_id=3, handoff_claimed=True)
    assert texts(ask(claimed)) == ["echo: danger"]
    assert texts(ask(replace(photo(), handoff_id=3, handoff_claimed=True))) == []
    voice = replace(sent("audio", audio={"id": "1"}), heard="danger", handoff_id=3, handoff_claimed=True)
    assert texts(ask(voice)) == ["echo: danger"]


def test_the_question_of_an_open_form_is_asked_again() -> None:
    bot = EchoBot()
    bot.open_form = "booking_form"
    [said] = ask(replace(photo(), question=QUESTION), bot).messages
    assert said["text"] == text("utter_media_thanks", "en") + "\n\nSince when?"
    assert said["choices"] == QUESTION["choices"]
    bot.open_form = kinds.INTAKE
    [said] = ask(replace(photo(), question=QUESTION), bot).messages
    assert said["text"] == text("utter_media_intake", "en") + "\n\nSince when?"
    assert texts(ask(replace(photo(), question=QUESTION))) == [text("utter_media_thanks", "en")]


def test_a_voice_note_is_answered_when_somebody_listened() -> None:
    voice = sent("audio", audio={"id": "1", "voice": True})
    assert texts(ask(replace(voice, heard="/book me in"))) == ["echo: book me in"]
    for heard in (None, ""):
        assert texts(ask(replace(voice, heard=heard))) == [text("utter_media_voice", "en")]


def test_a_sticker_is_answered_only_when_somebody_may_wait() -> None:
    sticker = sent("sticker", sticker={"id": "1"})
    assert ask(sticker).messages == []
    given = ask(replace(sticker, introduced=False))
    assert texts(given) == ["utter_introduction\n\n" + text("utter_media_sticker", "en")]
    assert given.introduced
    bot = EchoBot()
    bot.open_form = "booking_form"
    assert texts(ask(replace(sticker, question=QUESTION), bot)) == [text("utter_media_sticker", "en") + "\n\nSince when?"]


def test_a_photo_does_not_decide_the_language() -> None:
    assert ask(replace(photo(), language=None)).language is None
    assert texts(ask(replace(photo(), language="ar"))) == [text("utter_media_thanks", "ar")]


def test_others_numbers_are_not_written_to() -> None:
    card = {"name": {"formatted_name": "Eva"}, "phones": [{"phone": "+49 151 00000009"}]}
    assert texts(ask(sent("contacts", contacts=[card]))) == [text("utter_media_contact", "en")]


@pytest.mark.parametrize("kind", ["unsupported", "unknown", "order"])
def test_anything_else_is_asked_to_be_written(kind: str) -> None:
    assert texts(ask(replace(BASE, kind=kind))) == ["utter_please_write"]


@pytest.mark.parametrize("language", ["en", "ar", "de", "pt", "ru"])
def test_a_place_on_the_map_finds_the_nearest_branch(tmp_path: Path, language: str) -> None:
    with databases.demo(tmp_path):
        clock.freeze(clock.parse_instant("2026-11-23T09:00:00+01:00"))
        here = replace(sent("location", location={"latitude": 52.53, "longitude": 13.4}), language=language)
        said, pin = ask(here).messages
        other = replace(here, payload=message("location", location={"latitude": 52.40, "longitude": 13.2}))
        far = ask(other).messages[1]
    assert "{" not in said["text"] and set(pin) == {"location"}
    assert pin["location"]["name"] in said["text"] and pin["location"]["address"] in said["text"]
    assert far["location"] != pin["location"]


@pytest.mark.parametrize("place", [{}, {"latitude": 99, "longitude": 0}, {"latitude": "x", "longitude": "y"}])
def test_a_place_that_is_none_is_asked_to_be_written(tmp_path: Path, place: dict[str, Any]) -> None:
    assert texts(ask(sent("location", location=place))) == ["utter_please_write"]
