"""An emergency is answered although the assistant cannot have its turn, on both databases."""

from __future__ import annotations

import pytest

from clinic import contacts
from clinic.models import Handoff
from clinic.models.messaging import Inbox, Outbox
from clinic.texts import text
from connectors.whatsapp import alarm, turns
from connectors.whatsapp.patience import TurnFailed
from tests.support.whatsapp import EchoBot, contact, message, of_messages, rows, wait_for, webhook

pytestmark = pytest.mark.usefixtures("database_url")


@pytest.mark.parametrize(
    ("body", "language", "stored"),
    # The first is known to the model alone, which the assistant still has.
    [
        ("something like danger", "en", "en"),
        ("he is not breathing", "en", "en"),
        ("er atmet nicht mehr", "de", None),
        ("er atmet nicht mehr", "de", "en"),
    ],
)
def test_an_emergency_waits_for_no_action_server(body: str, language: str, stored: str | None) -> None:
    bot = EchoBot()

    def fail(_text: str) -> None:
        raise TurnFailed("the action server cannot be reached")

    bot.fail = fail
    if stored:
        contacts.set_language(contact(), stored)
    with webhook(bot) as server:
        server.post(of_messages(message(body=body)))
        wait_for(lambda: all(row.processed_at for row in rows(Inbox)))
    first, *more = rows(Outbox)
    assert "112" in first.message["text"].splitlines()[0] and not more
    assert text("utter_emergency_told", language) in first.message["text"]
    (handoff,) = rows(Handoff)
    assert (handoff.reason, handoff.priority, handoff.language) == ("emergency", "urgent", language)
    assert (len(bot.turns), rows(Inbox)[0].attempts) == (1, 1)


def test_a_tap_whose_turn_fails_is_no_emergency() -> None:
    with webhook() as server:
        server.post(of_messages(message()))
    incoming = turns.load(contact())
    assert incoming is not None
    assert not alarm.answer(incoming.inbox_id, incoming.contact_id, '/inform{"slot": "not breathing"}')
    assert not alarm.answer(incoming.inbox_id, incoming.contact_id, "I would like an appointment")
    assert not alarm.answer(incoming.inbox_id, incoming.contact_id, None)
    assert rows(Inbox)[0].processed_at is None
