"""What happens to a message whose turn fails, on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from clinic import contacts, database, handoffs, messaging
from clinic.models import Contact, Handoff
from clinic.models.messaging import Inbox, Outbox
from clinic.texts import TextError, text
from connectors.whatsapp import consumer, turns
from connectors.whatsapp.patience import TurnFailed
from connectors.whatsapp.turns import Answer, Turn
from tests.support.whatsapp import SENT_AT, EchoBot, contact, message, of_messages, rows, wait_for, webhook

pytestmark = pytest.mark.usefixtures("database_url")

OTHER = "4915123000002"
WORDS = "secret words of the patient"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "FIRST_DELAY", 0.02)


def failing(times: int, error: Any = TurnFailed) -> EchoBot:
    """A bot whose turns about "bad" fail that many times."""
    bot = EchoBot()
    left = [times]

    def fail(text: str) -> None:
        if text == "bad" and left[0]:
            left[0] -= 1
            raise error(WORDS)

    bot.fail = fail
    return bot


def texts() -> list[str]:
    return [row.message["text"] for row in rows(Outbox)]


@pytest.mark.parametrize("error", [TurnFailed, RuntimeError])
def test_a_failed_turn_is_tried_again_and_keeps_the_order(error: Any, caplog: pytest.LogCaptureFixture) -> None:
    bot = failing(2, error)
    with webhook(bot) as server:
        server.post(of_messages(message(body="bad"), message(body="next", timestamp=SENT_AT + 1)))
        server.post(of_messages(message(body="other", phone=OTHER)))
        wait_for(lambda: len(texts()) == 3)
    mine = [text for text in texts() if "other" not in text]
    assert mine == ["utter_introduction\n\necho: bad", "echo: next"]
    assert [text for _, text in bot.turns if text != "other"] == ["bad", "bad", "bad", "next"]
    assert rows(Inbox)[0].attempts == 2
    assert error is TurnFailed or "secret" not in caplog.text


def test_after_five_attempts_a_person_takes_over() -> None:
    bot = failing(99)
    with webhook(bot) as server:
        server.post(of_messages(message(body="bad")))
        wait_for(lambda: len(texts()) == 1)
        server.post(of_messages(message(body="next", timestamp=SENT_AT + 1)))
        wait_for(lambda: len(texts()) == 2)
        server.post(of_messages(message(body="leave it", timestamp=SENT_AT + 2)))
        wait_for(lambda: len(texts()) == 3)
    assert texts() == ["utter_technical_problem", "utter_handoff_waiting", "utter_introduction\n\necho: leave it"]
    (handoff,) = rows(Handoff)
    assert (handoff.reason, handoff.status) == ("technical", "open")
    assert [text for _, text in bot.turns] == ["bad"] * 5 + ["leave it"]


def test_while_a_person_has_the_chat_messages_are_only_kept() -> None:
    who = contact()
    handoff = handoffs.open_handoff(who, "asked", "en", "wants a person")
    handoffs.claim(handoff.id, "Mia")
    bot = EchoBot()
    with webhook(bot) as server:
        server.post(of_messages(message()))
        wait_for(lambda: all(row.processed_at for row in rows(Inbox)))
        handoffs.close(handoff.id)
        server.post(of_messages(message(body="and now?")))
        wait_for(texts)
    assert texts() == ["utter_introduction\n\necho: and now?"]


def test_a_turn_is_written_once_whoever_writes_it_again() -> None:
    with webhook() as server:
        server.post(of_messages(message()))
    incoming = turns.load(contact())
    assert incoming is not None
    turns.save(incoming, Answer(messages=[{"text": "a"}, {"text": "b"}]))
    turns.save(incoming, Answer(messages=[{"text": "again"}]))
    assert [(row.message["text"], row.position, row.in_reply_to) for row in rows(Outbox)] == [
        ("a", 0, incoming.wamid),
        ("b", 1, incoming.wamid),
    ]


def test_an_answer_that_cannot_be_written_is_had_again(monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = turns.save, []

    def flaky(*arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) < 3:
            raise RuntimeError("the disk is full")
        real(*arguments)

    monkeypatch.setattr(turns, "save", flaky)
    with webhook(EchoBot()) as server:
        server.post(of_messages(message()))
        wait_for(texts)
    assert len(rows(Outbox)) == 1


def test_nothing_is_taken_up_before_the_model_is_loaded() -> None:
    class Loading(EchoBot):
        loaded = False

        def ready(self) -> bool:
            return self.loaded

    bot = Loading()
    with webhook(bot) as server:
        server.post(of_messages(message()))
        with pytest.raises(AssertionError):
            wait_for(texts, 0.4)
        Loading.loaded = True
        wait_for(texts)


def test_the_consumer_survives_a_database_that_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    real, away = messaging.waiting_contacts, [True]

    def gone(*arguments: Any, **options: Any) -> list[int]:
        if away[0]:
            raise RuntimeError("the database is away")
        return real(*arguments, **options)

    monkeypatch.setattr(messaging, "waiting_contacts", gone)
    with webhook(EchoBot()) as server:
        server.post(of_messages(message()))
        with pytest.raises(AssertionError):
            wait_for(texts, 0.4)
        away[0] = False
        wait_for(texts)


def test_a_burst_in_the_middle_of_a_turn_is_not_forgotten() -> None:
    bot = EchoBot()
    bot.delay = 0.05
    with webhook(bot) as server:
        for number in range(6):
            server.post(of_messages(message(body=str(number), timestamp=SENT_AT + number)))
        wait_for(lambda: len(texts()) == 6)
    assert [text for _, text in bot.turns] == ["0", "1", "2", "3", "4", "5"]


def test_turns_of_one_contact_never_overlap() -> None:
    class Watching(EchoBot):
        inside = 0

        async def turn(self, contact_id: int, text: str, message_id: str, fallback: str | None) -> Turn:
            assert self.inside == 0
            self.inside += 1
            try:
                return await super().turn(contact_id, text, message_id, fallback)
            finally:
                self.inside -= 1

    bot = Watching()
    bot.delay = 0.02
    with webhook(bot) as server:
        server.post(of_messages(*(message(body=str(n)) for n in range(10))))
        wait_for(lambda: len(texts()) == 10)
    with database.read() as session:
        assert messaging.waiting_contacts(session) == []


class Broken(EchoBot):
    """A conversation that cannot even be read."""

    async def render(self, contact_id: int, response: str, fallback: str | None) -> Turn:
        raise ValueError(WORDS)


@pytest.mark.parametrize("error", [TurnFailed, RuntimeError])
def test_a_conversation_that_is_broken_altogether_goes_to_a_person_too(
    error: Any, caplog: pytest.LogCaptureFixture
) -> None:
    bot = Broken()

    def fail(text: str) -> None:
        raise error(WORDS)

    bot.fail = fail
    contacts.set_language(contact(), "de")
    with webhook(bot) as server:
        server.post(of_messages(message(body="bad")))
        wait_for(lambda: len(texts()) == 1)
        bot.fail = lambda text: None
        server.post(of_messages(message(body="leave it", timestamp=SENT_AT + 1)))
        wait_for(lambda: all(row.processed_at for row in rows(Inbox)))
    assert texts()[0] == text("utter_technical_problem", "de")
    (handoff,) = rows(Handoff)
    assert (handoff.reason, handoff.status, handoff.language) == ("technical", "open", "de")
    assert error is TurnFailed or "secret" not in caplog.text


def test_not_even_words_are_needed_to_hand_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: Any, **__: Any) -> str:
        raise TextError("locales/en.yml has no utter_technical_problem")

    monkeypatch.setattr("connectors.whatsapp.turns.text", missing)
    bot = Broken()
    bot.fail = failing(99).fail
    with webhook(bot) as server:
        server.post(of_messages(message(body="bad")))
        wait_for(lambda: all(row.processed_at for row in rows(Inbox)))
    assert (texts(), [row.reason for row in rows(Handoff)]) == ([], ["technical"])


def test_a_very_long_trouble_does_not_overflow() -> None:
    assert consumer.pause(5000) == consumer.LONGEST_DELAY


def in_flight(body: str = "hello") -> turns.Incoming:
    """A message whose turn is being had."""
    with webhook() as server:
        server.post(of_messages(message(body=body)))
    incoming = turns.load(contact())
    assert incoming is not None
    return incoming


def test_a_turn_in_flight_keeps_quiet_when_a_person_has_taken_the_chat() -> None:
    incoming = in_flight()
    handoffs.claim(handoffs.open_handoff(incoming.contact_id, "asked", "en", "").id, "Mia")
    turns.save(incoming, Answer(messages=[{"text": "I am the bot"}], language="de", introduced=True))
    assert texts() == []
    assert rows(Inbox)[0].processed_at
    (who,) = rows(Contact)
    assert (who.language, who.introduced_at) == ("de", None)


def test_nor_does_a_failed_turn_speak_then() -> None:
    incoming = in_flight()
    handoffs.claim(handoffs.open_handoff(incoming.contact_id, "asked", "en", "").id, "Mia")
    turns.save_technical_problem(incoming, Answer(messages=[{"text": "sorry"}]), "why")
    assert (texts(), len(rows(Handoff))) == ([], 1)
    assert rows(Inbox)[0].processed_at


def test_what_is_urgent_is_said_whoever_has_the_chat() -> None:
    incoming = in_flight()
    handoffs.claim(handoffs.open_handoff(incoming.contact_id, "asked", "en", "").id, "Mia")
    turns.save(incoming, Answer(messages=[{"text": "Call 112"}], urgent=True))
    assert texts() == ["Call 112"]


def test_a_handoff_that_only_waits_silences_nothing() -> None:
    incoming = in_flight()
    handoffs.open_handoff(incoming.contact_id, "asked", "en", "")
    turns.save(incoming, Answer(messages=[{"text": "A person will come"}]))
    assert texts() == ["A person will come"]
