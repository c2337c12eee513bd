"""Edits replace and revokes erase what a patient wrote, in whatever order things arrive, on both databases."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from clinic import database, encryption, handoffs, media, messaging
from clinic.models import Medium
from clinic.models.messaging import Inbox, Outbox
from connectors.whatsapp import intake, turns
from tests.support.changes import SAID, edited, revoked, said
from tests.support.whatsapp import SENT_AT, EchoBot, contact, message, of_messages, of_status, rows, wait_for, webhook

pytestmark = pytest.mark.usefixtures("database_url")


def original() -> Any:
    with database.read() as session:
        return messaging.find(session, "wamid.SAID")


def everything() -> str:
    """All that the inbox holds, as text."""
    return json.dumps([[row.text, row.payload] for row in rows(Inbox)])


def test_an_edit_is_what_gets_answered() -> None:
    intake.store(of_messages(said()))
    intake.store(of_messages(edited("my number is 99999")))
    assert (original().text, original().payload["text"]) == ("my number is 99999", {"body": "my number is 99999"})
    assert original().payload["id"] == "wamid.SAID"
    assert "12345" not in everything()
    bot = EchoBot()
    with webhook(bot):
        wait_for(lambda: all(row.processed_at for row in rows(Inbox)))
    assert [text for _, text in bot.turns] == ["my number is 99999"]


def test_an_edit_of_an_answered_message_is_not_answered_again() -> None:
    bot = EchoBot()
    with webhook(bot) as server:
        server.post(of_messages(said()))
        wait_for(lambda: rows(Outbox))
        server.post(of_messages(edited("my number is 99999")))
        wait_for(lambda: all(row.processed_at for row in rows(Inbox)))
    assert [text for _, text in bot.turns] == [SAID]
    assert original().text == "my number is 99999"
    assert original().edited_at is not None
    assert len(rows(Outbox)) == 1


@pytest.mark.parametrize("reason", [None, "asked"])
def test_an_edit_that_makes_an_emergency_of_an_answered_message_is_answered(reason: str | None) -> None:
    bot = EchoBot()
    with webhook(bot) as server:
        server.post(of_messages(said()))
        wait_for(lambda: rows(Outbox))
        if reason:
            handoffs.claim(handoffs.open_handoff(contact(), reason, "en", "").id, "Mia")
        server.post(of_messages(edited("danger, he is not breathing")))
        wait_for(lambda: all(row.processed_at for row in rows(Inbox)) and len(rows(Outbox)) == 2)
        server.post(of_messages(edited("all is well", 70)))
        wait_for(lambda: all(row.processed_at for row in rows(Inbox)) and len(rows(Inbox)) == 3)
    assert [text for _, text in bot.turns] == [SAID, "danger, he is not breathing"]
    last = rows(Outbox)[-1]
    assert (last.message["text"], last.in_reply_to) == ("echo: danger, he is not breathing", "wamid.EDIT60")


def test_a_caption_that_is_edited_into_an_emergency_is_read_too() -> None:
    bot = EchoBot()
    with webhook(bot) as server:
        server.post(of_messages(message("image", wamid="wamid.SAID", image={"id": "555", "caption": "my arm"})))
        wait_for(lambda: rows(Outbox))
        caption = {"type": "image", "image": {"id": "555", "caption": "danger"}}
        change = {"original_message_id": "wamid.SAID", "message": caption}
        server.post(of_messages(message("edit", timestamp=SENT_AT + 5, edit=change)))
        wait_for(lambda: len(bot.turns) == 2 and all(row.processed_at for row in rows(Inbox)))
    assert [text for _, text in bot.turns] == ["my arm", "danger"]


def test_an_emergency_that_was_answered_as_edited_is_answered_once() -> None:
    intake.store(of_messages(said()))
    intake.store(of_messages(edited("danger")))
    bot = EchoBot()
    with webhook(bot):
        wait_for(lambda: all(row.processed_at for row in rows(Inbox)))
    assert [text for _, text in bot.turns] == ["danger"]


def test_an_edit_in_the_middle_of_the_answer_is_read_after_it() -> None:
    intake.store(of_messages(said()))
    incoming = turns.load(original().contact_id)
    assert incoming is not None
    intake.store(of_messages(edited("danger")))
    turns.save(incoming, turns.Answer(messages=[{"text": "the old answer"}]))
    after = turns.load(incoming.contact_id)
    assert after is not None and (after.kind, after.edited) == ("edit", "danger")


def test_an_edit_after_a_turn_that_was_saved_but_not_written_down_is_read() -> None:
    """The process died in between: the second attempt gets the answer to the old words."""

    class Replaying(EchoBot):
        async def turn(self, *given: Any) -> turns.Turn:
            return replace(await super().turn(*given), replayed=True)

    intake.store(of_messages(said()))
    intake.store(of_messages(edited("danger")))
    incoming = turns.load(original().contact_id)
    assert incoming is not None
    turns.save(incoming, asyncio.run(turns.answer(Replaying(), incoming)))
    after = turns.load(incoming.contact_id)
    assert after is not None and (after.kind, after.edited) == ("edit", "danger")


@pytest.mark.parametrize("order", permutations(range(3)))
def test_the_last_edit_counts_in_any_order(order: tuple[int, ...]) -> None:
    there = [said(), edited("second try", 60), edited("third try", 61)]
    for position in order:
        intake.store(of_messages(there[position]))
    assert original().text == "third try"
    assert "second try" not in everything()


@pytest.mark.parametrize("order", permutations(range(3)))
def test_what_is_taken_back_is_nowhere_in_any_order(order: tuple[int, ...]) -> None:
    there = [said(), edited("my number is 99999"), revoked()]
    bot = EchoBot()
    for position in order:
        intake.store(of_messages(there[position]))
    with webhook(bot):
        wait_for(lambda: all(row.processed_at for row in rows(Inbox)))
    assert bot.turns == []
    assert (original().text, original().revoked_at is not None) == (None, True)
    assert set(original().payload) == {"id", "type", "timestamp"}
    assert "12345" not in everything() and "99999" not in everything()


def test_all_in_one_post_and_twice() -> None:
    for _ in range(2):
        intake.store(of_messages(revoked(wamid="wamid.REVOKE"), edited("my number is 99999"), said()))
    assert original().revoked_at is not None
    assert "12345" not in everything() and "99999" not in everything()
    assert len(rows(Inbox)) == 3


def test_a_message_that_is_being_answered_when_it_is_taken_back_gets_no_answer() -> None:
    intake.store(of_messages(said()))
    waiting = original().id
    intake.store(of_messages(revoked()))
    with database.transaction() as session:
        assert not messaging.finish(session, waiting, [{"text": "you wrote 12345"}])
    assert rows(Outbox) == []


WORDS = {"usual": SAID, "short": "no", "longer than a quotation": "x" * 400, "spaces around it": " hello there, it is me "}


@pytest.mark.parametrize("words", WORDS.values(), ids=list(WORDS))
def test_what_is_taken_back_is_not_in_an_open_handoff_either(words: str) -> None:
    intake.store(of_messages({**said(), "text": {"body": words}}))
    rest = " · booking: no cardiologist"
    asked = handoffs.open_handoff(original().contact_id, "asked", "en", handoffs.quote(words) + rest)
    intake.store(of_messages(revoked()))
    with database.read() as session:
        assert handoffs.get(session, asked.id).summary == handoffs.TAKEN_BACK + rest


def test_only_the_words_go_and_only_from_what_is_open() -> None:
    intake.store(of_messages(said()))
    who = original().contact_id
    closed = handoffs.open_handoff(who, "asked", "en", handoffs.quote(SAID))
    handoffs.close(closed.id)
    alarm = handoffs.open_handoff(who, "emergency", "en", f"breathing · {handoffs.quote('help')}", "urgent")
    handoffs.open_handoff(who, "technical", "en", f"could not answer: {SAID}")
    intake.store(of_messages(revoked()))
    with database.read() as session:
        assert handoffs.get(session, closed.id).summary == f"“{SAID}”"
        left = f"breathing · “help”\n[technical] could not answer: {handoffs.TAKEN_BACK}"
        assert handoffs.get(session, alarm.id).summary == left


def test_the_words_of_a_picture_are_taken_back_from_a_handoff() -> None:
    picture = message("image", wamid="wamid.SAID", image={"id": "555", "caption": "my arm"})
    intake.store(of_messages(picture))
    asked = handoffs.open_handoff(original().contact_id, "asked", "en", handoffs.quote("my arm"))
    intake.store(of_messages(revoked()))
    with database.read() as session:
        assert handoffs.get(session, asked.id).summary == handoffs.TAKEN_BACK


def test_what_was_said_in_a_voice_note_is_taken_back_from_a_handoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(encryption.NAME, encryption.new_key())
    intake.store(of_messages(message("audio", wamid="wamid.SAID", audio={"id": "555", "voice": True})))
    with database.transaction() as session:
        [medium] = media.due(session)
        media.claim(session, medium)
        media.stored(session, medium, mime_type="audio/ogg", sha256_hex="0" * 64, size=3)
        media.keep_transcript(session, medium, SAID)
    asked = handoffs.open_handoff(original().contact_id, "asked", "en", handoffs.quote(SAID))
    intake.store(of_messages(revoked()))
    with database.read() as session:
        assert handoffs.get(session, asked.id).summary == handoffs.TAKEN_BACK


def test_nobody_changes_what_somebody_else_wrote() -> None:
    intake.store(of_messages(said()))
    intake.store(of_messages(edited("stolen", phone="4915123000099"), revoked(phone="4915123000099")))
    assert (original().text, original().revoked_at) == (SAID, None)


def test_a_picture_is_taken_back_with_its_row() -> None:
    picture = message("image", wamid="wamid.SAID", image={"id": "555", "caption": "my arm"})
    intake.store(of_messages(picture))
    (medium,) = rows(Medium)
    assert (medium.channel_id, medium.status) == ("555", "waiting")
    caption = {"type": "image", "image": {"id": "555", "caption": "my other arm"}}
    change = message("edit", timestamp=SENT_AT + 5, edit={"original_message_id": "wamid.SAID", "message": caption})
    intake.store(of_messages(change))
    assert original().payload["image"]["caption"] == "my other arm"
    intake.store(of_messages(revoked()))
    assert rows(Medium)[0].status == "erased"
    assert "arm" not in everything()


def test_a_status_says_that_the_patient_deleted_it() -> None:
    intake.store(of_messages(said()))
    intake.store(of_status(None, "wamid.SAID", "deleted"))
    intake.store(of_status(None, "wamid.NOBODY", "deleted"))
    assert original().revoked_at is not None
    assert "12345" not in everything()


def test_a_status_says_so_before_the_message_comes() -> None:
    contact()
    intake.store(of_status(None, "wamid.SAID", "deleted", timestamp=str(SENT_AT + 9)))
    intake.store(of_messages(said()))
    assert original().revoked_at is not None
    assert "12345" not in everything()


def test_a_status_about_another_person_takes_nothing_back() -> None:
    contact("4915123000777")
    intake.store(of_status(None, "wamid.SAID", "deleted", timestamp=str(SENT_AT + 9), recipient_id="4915123000777"))
    intake.store(of_messages(said()))
    assert original().revoked_at is None


def test_a_change_of_what_never_came_harms_nobody() -> None:
    """A change of a message that never came is kept, waits for nothing, and harms nobody."""
    intake.store(of_messages(edited("of nothing"), revoked(target="wamid.NEVER")))
    intake.store(of_messages(message(body="hello", timestamp=SENT_AT + 300)))
    assert [row.text for row in rows(Inbox) if row.kind == "text"] == ["hello"]


def test_messages_and_their_changes_in_the_same_moment() -> None:
    """Twelve at once over one server: whoever comes first, the words are gone and nothing is answered."""
    people = [f"4915123000{number:03d}" for number in range(20)]
    bodies = []
    for person in people:
        wamid = f"wamid.{person}"
        first = message(phone=person, wamid=wamid, body=SAID)
        bodies += [of_messages(first), of_messages(revoked(target=wamid, phone=person))]
    with webhook() as server, ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(lambda body: server.post(body).status_code, bodies[::-1] + bodies))
    assert answers == [200] * 80
    assert "12345" not in everything()
    assert len(rows(Inbox)) == 40
    assert all(row.revoked_at and row.processed_at for row in rows(Inbox) if row.kind == "text")
