"""A chat given to a person and back, with everybody trying at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from clinic import clock, conversations, database, handoffs, messaging
from clinic.models import AuditLog, Handoff, Outbox
from tests.support import clinics

pytestmark = pytest.mark.usefixtures("database_url")


def ask(contact_id: int, priority: str = "normal") -> Handoff:
    return handoffs.open_handoff(contact_id, "asked", "de", "möchte einen Menschen", priority)


def state(contact_id: int) -> str | None:
    with database.read() as session:
        handoff = handoffs.current(session, contact_id)
    return handoff.status if handoff else None


def test_open_claim_close() -> None:
    contact = clinics.contact().id
    opened = ask(contact)
    assert (opened.status, opened.reason, opened.language, opened.opened_at) == ("open", "asked", "de", clock.now())
    claimed = handoffs.claim(opened.id, " Noor  Haddad ")
    assert (claimed.status, claimed.claimed_by, claimed.claimed_at) == ("claimed", "Noor Haddad", clock.now())
    assert state(contact) == "claimed"
    closed = handoffs.close(opened.id)
    assert (closed.status, closed.closed_at) == ("closed", clock.now())
    assert state(contact) is None
    assert ask(contact).id != opened.id, "a new wish is a new row"
    with database.read() as session:
        log = session.execute(select(AuditLog.action, AuditLog.actor).where(AuditLog.subject == f"handoff:{opened.id}"))
        assert [tuple(entry) for entry in log] == [
            ("handoff.opened", f"contact:{contact}"),
            ("handoff.claimed", "staff:Noor Haddad"),
            ("handoff.closed", "staff:Noor Haddad"),
        ]


def test_asking_twice_is_one_handoff_and_urgency_counts() -> None:
    contact = clinics.contact().id
    first = ask(contact)
    assert ask(contact).id == first.id
    urgent = ask(contact, "urgent")
    assert (urgent.id, urgent.priority) == (first.id, "urgent")
    assert ask(contact).priority == "urgent"
    handoffs.claim(first.id, "Noor")
    assert ask(contact).id == first.id
    with pytest.raises(ValueError, match="normal, urgent"):
        ask(contact, "whenever")


def test_a_new_reason_and_new_words_join_the_open_one() -> None:
    contact = clinics.contact().id
    first = ask(contact)
    ask(contact)
    again = handoffs.open_handoff(contact, "refill", "de", "“Rezept für Ibuprofen”")
    assert again.id == first.id and again.reason == "asked"
    assert again.summary == "möchte einen Menschen\n[refill] “Rezept für Ibuprofen”"
    assert handoffs.open_handoff(contact, "emergency", "de", "", "urgent").summary.endswith("[emergency]")
    assert len(handoffs.open_handoff(contact, "asked", "de", "x" * 9000).summary) == handoffs.MAX_SUMMARY
    with database.read() as session:
        log = session.execute(select(AuditLog.action).where(AuditLog.subject == f"handoff:{first.id}")).scalars()
        assert list(log).count("handoff.added") == 3


def test_many_wishes_at_once_are_one_row() -> None:
    contact = clinics.contact().id
    with ThreadPoolExecutor(10) as pool:
        assert len({h.id for h in pool.map(lambda _: ask(contact), range(20))}) == 1
    with database.read() as session:
        assert session.execute(select(func.count(Handoff.id))).scalar() == 1


def test_only_one_person_gets_it() -> None:
    opened = ask(clinics.contact().id)

    def claim(name: str) -> bool:
        try:
            handoffs.claim(opened.id, name)
        except handoffs.AlreadyClaimed as error:
            assert "is claimed by" in str(error)
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(claim, [f"nurse {n}" for n in range(10)])) == 1


def test_claiming_ones_own_again() -> None:
    opened = ask(clinics.contact().id)
    handoffs.claim(opened.id, "Noor")
    assert handoffs.claim(opened.id, "Noor").claimed_by == "Noor"


def test_what_can_not_be_done_says_why() -> None:
    opened = ask(clinics.contact().id)
    for call in (handoffs.claim, conversations.reply):
        with pytest.raises(handoffs.NotFound, match="there is no handoff 99"):
            call(99, "Noor")
    with pytest.raises(ValueError, match="say who"):
        handoffs.claim(opened.id, "  ")
    with pytest.raises(handoffs.NotClaimed):
        conversations.reply(opened.id, "hello")
    handoffs.close(opened.id)
    for again in (lambda: handoffs.close(opened.id), lambda: handoffs.claim(opened.id, "Noor")):
        with pytest.raises(handoffs.AlreadyClosed, match="is closed already"):
            again()
    with pytest.raises(handoffs.AlreadyClosed):
        conversations.reply(opened.id, "hello", by="Noor")


def test_the_patient_takes_it_back() -> None:
    contact = clinics.contact().id
    assert handoffs.withdraw(contact) is None
    opened = ask(contact)
    withdrawn = handoffs.withdraw(contact)
    assert withdrawn is not None
    assert (withdrawn.id, withdrawn.status) == (opened.id, "closed")
    claimed = handoffs.claim(ask(contact).id, "Noor")
    with pytest.raises(handoffs.AlreadyClaimed):
        handoffs.withdraw(contact)
    assert claimed.status == state(contact) == "claimed"


def test_the_waiting_list_is_in_order() -> None:
    first, second, urgent, claimed = (ask(clinics.contact(n).id) for n in range(4))
    handoffs.claim(claimed.id, "Noor")
    clock.freeze(clock.now() + timedelta(minutes=5))
    ask(urgent.contact_id, "urgent")
    handoffs.close(ask(clinics.contact(5).id).id)
    with database.read() as session:
        assert [h.id for h in handoffs.waiting(session)] == [urgent.id, first.id, second.id, claimed.id]


def outbox() -> list[Outbox]:
    with database.read() as session:
        return list(session.execute(select(Outbox).order_by(Outbox.id)).scalars())


def test_staff_reply_through_the_outbox() -> None:
    opened = ask(clinics.contact().id)
    conversations.reply(opened.id, " Guten Tag! ", by="Noor")
    conversations.reply(opened.id, "Wie kann ich helfen?")
    assert [(row.contact_id, row.message["text"], row.status) for row in outbox()] == [
        (opened.contact_id, "Guten Tag!", "queued"),
        (opened.contact_id, "Wie kann ich helfen?", "queued"),
    ]
    with pytest.raises(handoffs.AlreadyClaimed):
        conversations.reply(opened.id, "me too", by="Somebody")


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 4097])
def test_replies_that_can_not_be_sent(text: str) -> None:
    opened = ask(clinics.contact().id)
    with pytest.raises(conversations.InvalidReply):
        conversations.reply(opened.id, text, by="Noor")
    assert outbox() == []
    assert state(opened.contact_id) == "open", "nothing is claimed for a reply that was refused"


@pytest.mark.parametrize(("language", "word"), [("ar", "سلامة"), (None, "Salama")])
def test_closing_tells_the_patient(language: str | None, word: str) -> None:
    contact = clinics.contact()
    opened = ask(contact.id)
    with database.transaction() as session:
        session.merge(contact).language = language
        session.get(Handoff, opened.id).language = None
    handoffs.claim(opened.id, "Noor")
    conversations.close(opened.id)
    assert word in outbox()[0].message["text"]


def test_the_transcript_is_in_order_and_knows_who_spoke() -> None:
    contact = clinics.contact().id
    opened = ask(contact)
    with database.transaction() as session:
        for wamid, kind, text in (("a", "text", "hello"), ("b", "image", None)):
            messaging.receive(
                session, wamid=wamid, contact_id=contact, kind=kind, payload={}, sent_at=clock.now(), text=text
            )
        messaging.enqueue(session, contact, {"text": "Choose", "choices": [{"id": "/a", "title": "A"}]})
    clock.freeze(clock.now() + timedelta(minutes=1))
    conversations.reply(opened.id, "Good morning", by="Noor")
    with database.read() as session:
        lines = conversations.transcript(session, contact)
        assert [line.text for line in conversations.transcript(session, contact, limit=1)] == ["Good morning"]
    assert [(line.who, line.text, line.status) for line in lines] == [
        ("patient", "hello", None),
        ("patient", "[image]", None),
        ("bot", "Choose\n[A]", "queued"),
        ("staff", "Good morning", "queued"),
    ]
