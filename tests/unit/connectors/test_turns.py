"""Who answers a message, and with what."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from connectors.whatsapp.turns import Answer, Incoming, Turn, answer, harmless
from tests.support.whatsapp import EchoBot, message

TEXT = Incoming(
    inbox_id=1,
    contact_id=7,
    wamid="wamid.1",
    kind="text",
    text="hello",
    payload={},
    attempts=0,
    language="de",
    introduced=True,
    handoff_id=None,
    handoff_claimed=False,
    told_to_wait=False,
)
WAITING = replace(TEXT, handoff_id=3)


def ask(incoming: Incoming, bot: EchoBot | None = None) -> Answer:
    return asyncio.run(answer(bot or EchoBot(), incoming))


def texts(given: Answer) -> list[str]:
    return [part["text"] for part in given.messages]


def tapped(identifier: str, title: str, base: Incoming = TEXT) -> Incoming:
    raw = message("interactive", interactive={"type": "button_reply", "button_reply": {"id": identifier, "title": title}})
    return replace(base, kind="interactive", text=title, payload=raw)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("hello", "hello"),
        (" hello / there ", " hello / there "),
        ("/restart", "restart"),
        ("//restart", "restart"),
        ("  \n/ / /restart", "restart"),
        ("\u200b/restart", "restart"),
        ("\u2066\ufeff/\u200d/affirm{}", "affirm{}"),
        ("\u0301/restart", "restart"),
        ("\N{FULLWIDTH SOLIDUS}restart", "restart"),
        ("/", "?"),
        (" / / ", "?"),
        ("\u200b", "?"),
        ("", "?"),
        ("1/2", "1/2"),
    ],
)
def test_typed_words_are_never_a_command(typed: str, read: str) -> None:
    assert harmless(typed) == read
    bot = EchoBot()
    ask(replace(TEXT, text=typed), bot)
    assert bot.turns == [(7, read)]
    assert not read.strip().startswith("/")


def test_a_tap_is_the_command_we_gave_it() -> None:
    assert texts(ask(tapped('/inform{"slot": "2"}', "10:30"))) == ['echo: /inform{"slot": "2"}']


@pytest.mark.parametrize("identifier", ["", "free id", "/Restart now", "/inform{broken"])
def test_any_other_tap_is_its_title(identifier: str) -> None:
    assert texts(ask(tapped(identifier, "10:30"))) == ["echo: 10:30"]
    assert texts(ask(tapped(identifier, "/restart"))) == ["echo: restart"]


def test_a_templates_quick_reply_is_a_tap() -> None:
    raw = message("button", button={"payload": "/affirm", "text": "Confirm"})
    assert texts(ask(replace(TEXT, kind="button", text="Confirm", payload=raw))) == ["echo: /affirm"]


@pytest.mark.parametrize("kind", ["image", "audio", "location", "unsupported", "unknown", "interactive", "text"])
def test_what_has_no_words_is_asked_to_be_written(kind: str) -> None:
    bot = EchoBot()
    given = ask(replace(TEXT, kind=kind, text=None), bot)
    assert texts(given) == ["utter_please_write"]
    assert (given.language, bot.turns) == ("de", [])


@pytest.mark.parametrize("kind", ["reaction", "system", "edit", "revoke", "group"])
def test_what_needs_no_answer_gets_none(kind: str) -> None:
    assert ask(replace(TEXT, kind=kind, text=None)) == Answer()


def test_a_person_who_has_the_chat_answers_alone() -> None:
    bot = EchoBot()
    claimed = replace(WAITING, handoff_claimed=True)
    assert ask(claimed, bot) == Answer()
    assert ask(tapped("/nevermind", "Carry on", claimed), bot) == Answer()
    assert bot.turns == []


def test_who_waits_for_a_person_is_told_so_once() -> None:
    bot = EchoBot()
    first = ask(WAITING, bot)
    assert (texts(first), first.tag) == (["utter_handoff_waiting"], "handoff:3")
    assert ask(replace(WAITING, told_to_wait=True), bot) == Answer()
    assert texts(ask(replace(WAITING, kind="image", text=None), bot)) == ["utter_handoff_waiting"]
    assert bot.turns == []


def test_who_was_told_to_call_for_help_is_told_again() -> None:
    called = replace(WAITING, told_to_wait=True, handoff_reason="emergency")
    assert texts(ask(called)) == ["utter_handoff_waiting_emergency"]
    assert ask(replace(called, handoff_claimed=True)) == Answer()


def test_who_waits_can_have_the_bot_back() -> None:
    told = replace(WAITING, told_to_wait=True)
    assert texts(ask(replace(told, text="leave it"))) == ["echo: leave it"]
    assert texts(ask(tapped("/nevermind", "Carry on", told))) == ["echo: /nevermind"]
    assert ask(tapped("/affirm", "Yes", told)) == Answer()
    assert ask(replace(told, text="/nevermind")) == Answer()


def test_while_a_request_waits_the_symptom_questions_go_on() -> None:
    told = replace(WAITING, told_to_wait=True, handoff_reason="refill")
    offered = tapped('/report_symptom{"about": "before"}', "Yes, ask me", told)
    assert texts(ask(offered)) == ['echo: /report_symptom{"about": "before"}']
    assert ask(told) == Answer()
    bot = EchoBot()
    bot.open_form = "intake_form"
    assert texts(ask(replace(told, text="since Monday"), bot)) == ["echo: since Monday"]
    # Who has asked for a person waits for the person.
    assert ask(replace(told, text="since Monday", handoff_reason="asked"), bot) == Answer()
    assert ask(replace(offered, handoff_reason="asked"), bot) == Answer()
    assert ask(replace(told, text="since Monday", handoff_claimed=True), bot) == Answer()


class Unsure(EchoBot):
    """Not sure that it is about going on."""

    async def intent(self, text: str) -> tuple[str, float]:
        return "nevermind", 0.69


def test_only_a_sure_word_brings_it_back() -> None:
    assert texts(ask(replace(WAITING, text="leave it"), Unsure())) == ["utter_handoff_waiting"]


class Saying(EchoBot):
    """Says what it was given."""

    def __init__(self, *responses: dict[str, Any]) -> None:
        super().__init__()
        self.responses = responses

    async def turn(self, contact_id: int, text: str, message_id: str, fallback: str | None) -> Turn:
        return Turn(self.responses, "ar")


NEW = replace(TEXT, introduced=False)


def test_the_first_answer_introduces() -> None:
    given = ask(NEW)
    assert texts(given) == ["utter_introduction\n\necho: hello"]
    assert given.introduced
    given = ask(replace(NEW, kind="audio", text=None))
    assert (texts(given), given.introduced) == (["utter_introduction\n\nutter_please_write"], True)


def test_unless_the_answer_does_so_itself_or_must_stand_alone() -> None:
    own = ask(NEW, Saying({"text": "I am Salama", "metadata": {"introduction": False}}))
    assert (texts(own), own.introduced, own.language) == (["I am Salama"], True, "ar")
    alone = ask(NEW, Saying({"text": "Call 112", "metadata": {"introduction": "later"}}))
    assert (texts(alone), alone.introduced) == (["Call 112"], False)
    assert (own.urgent, alone.urgent) == (False, True)
    assert ask(TEXT, Saying({"text": "Call 112", "metadata": {"introduction": "later"}})).urgent


def test_nothing_said_introduces_nobody(caplog: pytest.LogCaptureFixture) -> None:
    assert ask(NEW, Saying()) == Answer(messages=[], language="ar")
    assert "nothing to say" in caplog.text
