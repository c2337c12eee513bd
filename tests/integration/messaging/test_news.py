"""What a webhook brings besides messages, and who somebody is after their account changed; on both databases."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from clinic import channel_events, contacts, database, messaging
from clinic.models import AuditLog, ChannelEvent, Contact, Handoff, Template
from clinic.models.messaging import Inbox, Outbox
from connectors.whatsapp import inbound, intake
from tests.support.whatsapp import PHONE, SENT_AT, body_of, contact, message, of_messages, of_status, rows, webhook

pytestmark = pytest.mark.usefixtures("database_url")

FOLDER = Path(__file__).resolve().parents[2] / "payloads"
FILES = sorted(FOLDER.glob("*.json"))
NEW_PHONE = "4915123000002"


def own(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_bytes())


def addresses(contact_id: int) -> dict[str, str | None]:
    with database.read() as session:
        return contacts.address_of(session, contact_id)


def changed_number(**fields: Any) -> dict[str, Any]:
    told = {"type": "user_changed_number", "body": "…", "wa_id": NEW_PHONE, **fields.pop("told", {})}
    return message("system", system=told, **fields)


def test_all_payloads_of_our_own_go_through_the_webhook_twice() -> None:
    with webhook() as server:
        for path in [*FILES, *reversed(FILES)]:
            assert server.post(None, raw=path.read_bytes()).status_code == 200, path.stem
    kept = [message for path in FILES for message in inbound.parse(own(path.stem)).messages]
    deleted = {
        f"deleted:{status.wamid}"
        for path in FILES
        for status in inbound.parse(own(path.stem)).statuses
        if status.status == "deleted"
    }
    assert sorted(row.wamid for row in rows(Inbox)) == sorted({message.wamid for message in kept} | deleted)
    assert len(deleted) == 1
    fields = {row.field for row in rows(ChannelEvent)}
    assert {"account_update", "calls", "smb_message_echoes", "group_lifecycle_update", "thought_transfer"} <= fields
    assert {"messages.errors", "messages.statuses", "user_preferences", "user_id_update"} <= fields


def test_news_is_kept_once_and_nobody_is_in_it() -> None:
    for name in ("calls", "echoes", "group_lifecycle", "field_nobody_knows", "user_preferences", "user_id_update"):
        intake.store(own(name))
        intake.store(own(name))
    events = rows(ChannelEvent)
    assert len(events) == 6
    written = json.dumps([row.payload for row in events], ensure_ascii=False)
    for personal in ("5551230010", "DE.555", "Ruth", "Надя", "results", "Haddad", "nothing bad", "OWN", "sdp"):
        assert personal not in written
    (call,) = (row.payload["value"]["calls"][0] for row in events if row.field == "calls")
    assert (call["event"], call["direction"], call["timestamp"]) == ("connect", "USER_INITIATED", "1795500781")
    with database.read() as session:
        assert channel_events.counts(session)["thought_transfer"] == 1


def test_account_trouble_is_kept_whole_and_said(caplog: pytest.LogCaptureFixture) -> None:
    intake.store(own("account_update"))
    (event,) = rows(ChannelEvent)
    assert event.payload["value"]["restriction_info"][0]["restriction_type"] == "RESTRICTED_BIZ_INITIATED_MESSAGING"
    assert "account_update (ACCOUNT_RESTRICTION)" in caplog.text


def test_templates_are_what_was_last_reported_of_them() -> None:
    intake.store(own("template_quality"))
    assert rows(Template) == []
    for name in ("template_status", "template_category", "template_components"):
        intake.store(own(name))
    (row,) = rows(Template)
    assert (row.name, row.language, row.status, row.category) == (
        "appointment_reminder",
        "pt_PT",
        "APPROVED",
        "MARKETING",
    )
    assert (row.channel_id, row.reason) == ("5556600001", None)
    assert [part["type"] for part in row.components] == ["HEADER", "BODY", "FOOTER", "BUTTONS"]
    assert row.components[3]["buttons"] == [{"type": "URL", "text": "Como chegar", "url": "https://clinic.example/pt"}]


def test_a_pause_is_not_undone_by_an_older_approval() -> None:
    approved, paused = own("template_status"), own("template_status")
    paused["entry"][0]["time"] += 100
    paused["entry"][0]["changes"][0]["value"]["event"] = "PAUSED"
    intake.store(paused)
    intake.store(approved)
    assert rows(Template)[0].status == "PAUSED"


def test_no_more_marketing_and_again() -> None:
    who = contact("4955512300105")
    intake.store(own("user_preferences"))
    (row,) = rows(Contact)
    assert row.marketing_stopped_at is not None
    before, after = own("user_preferences"), own("user_preferences")
    for body, shift in ((before, -5), (after, 5)):
        preference = body["entry"][0]["changes"][0]["value"]["user_preferences"][0]
        preference.update(value="resume", timestamp=preference["timestamp"] + shift)
    intake.store(before)
    assert rows(Contact)[0].marketing_stopped_at is not None
    intake.store(after)
    assert rows(Contact)[0].marketing_stopped_at is None
    assert [event.payload["contacts"] for event in rows(ChannelEvent)] == [[who]] * 3


def test_a_new_number_is_the_same_contact() -> None:
    intake.store(of_messages(message(from_user_id="DE.1")))
    told = {"user_id": "DE.2", "previous_user_id": "DE.1"}
    for _ in range(2):
        intake.store(of_messages(changed_number(wamid="wamid.MOVED", told=told)))
    (who,) = rows(Contact)
    assert addresses(who.id) == {"phone": f"+{NEW_PHONE}", "user_id": "DE.2"}
    intake.store(of_messages(message(phone=NEW_PHONE, from_user_id="DE.2", body="it is me")))
    late = message(from_user_id="DE.1", body="sent before the change", timestamp=SENT_AT - 9)
    intake.store(of_messages(late))
    assert {row.contact_id for row in rows(Inbox)} == {who.id}
    assert addresses(who.id) == {"phone": f"+{NEW_PHONE}", "user_id": "DE.2"}


def test_a_new_number_and_the_first_message_from_it_in_one_post() -> None:
    intake.store(of_messages(message()))
    intake.store(of_messages(changed_number(), message(phone=NEW_PHONE, body="it is me")))
    (who,) = rows(Contact)
    assert addresses(who.id)["phone"] == f"+{NEW_PHONE}"


def test_whoever_gets_the_old_number_is_somebody_else() -> None:
    intake.store(of_messages(message()))
    intake.store(of_messages(changed_number()))
    intake.store(of_messages(message(body="who are you?")))
    first, second = rows(Contact)
    assert rows(Inbox)[2].contact_id == second.id != first.id


def test_who_writes_first_is_the_first_contact() -> None:
    phones = [f"49151230001{number:02d}" for number in range(20, 0, -1)]
    intake.store(of_messages(*(message(phone=phone) for phone in phones)))
    assert [addresses(contact.id)["phone"] for contact in rows(Contact)] == [f"+{phone}" for phone in phones]


def test_a_number_is_not_taken_from_somebody_who_may_be_the_same_person() -> None:
    intake.store(of_messages(message(), message(phone=NEW_PHONE)))
    intake.store(of_messages(changed_number()))
    first, second = rows(Contact)
    assert addresses(second.id)["phone"] == f"+{NEW_PHONE}"
    assert "contact.address_conflict" in [row.action for row in rows(AuditLog)]
    (handoff,) = rows(Handoff)
    assert (handoff.contact_id, handoff.priority, handoff.reason) == (second.id, "normal", "same_person")
    assert f"Same person as contact {first.id}?" in handoff.summary


def test_an_old_number_is_given_up_although_the_new_one_has_written_already() -> None:
    intake.store(of_messages(message(), message(phone=NEW_PHONE)))
    intake.store(of_messages(changed_number()))
    intake.store(of_messages(message(body="I am new at this number")))
    first, second, third = rows(Contact)
    assert addresses(first.id)["phone"] is None
    assert rows(Inbox)[3].contact_id == third.id not in (first.id, second.id)


def test_a_number_that_became_the_same_number_is_kept() -> None:
    intake.store(of_messages(message()))
    intake.store(of_messages(changed_number(told={"wa_id": PHONE})))
    (who,) = rows(Contact)
    assert addresses(who.id)["phone"] == f"+{PHONE}"
    assert rows(Handoff) == []


def test_a_number_that_user_ids_prove_to_have_changed_hands_moves() -> None:
    intake.store(of_messages(message(from_user_id="DE.1"), message(phone=NEW_PHONE, from_user_id="DE.7")))
    intake.store(of_messages(changed_number(told={"user_id": "DE.2", "previous_user_id": "DE.1"})))
    first, second = rows(Contact)
    assert addresses(first.id) == {"phone": f"+{NEW_PHONE}", "user_id": "DE.2"}
    assert addresses(second.id) == {"phone": None, "user_id": "DE.7"}


@pytest.mark.parametrize("way", ["system", "field"])
def test_a_new_user_id_is_the_same_contact(way: str) -> None:
    intake.store(of_messages(message(from_user_id="DE.1")))
    if way == "system":
        told = {"type": "user_changed_user_id", "user_id": "DE.2", "previous_user_id": "DE.1"}
        news = message("system", system=told)
        del news["from"]
        intake.store(of_messages(news))
    else:
        entry = {"wa_id": PHONE, "user_id": {"previous": "DE.1", "current": "DE.2"}}
        intake.store(body_of({"user_id_update": [entry]}, field="user_id_update"))
    (who,) = rows(Contact)
    assert addresses(who.id) == {"phone": f"+{PHONE}", "user_id": "DE.2"}


def test_news_about_a_stranger_makes_no_contact() -> None:
    intake.store(of_messages(changed_number()))
    assert rows(Contact) == []
    assert rows(Inbox)[0].processed_at is not None


def test_another_device_is_noted_with_the_new_key() -> None:
    def greeting(key: str, seconds: int) -> dict[str, Any]:
        return message(timestamp=SENT_AT + seconds, identity={"hash": key, "acknowledged": True})

    intake.store(of_messages(greeting("one", 0)))
    assert (rows(Contact)[0].identity_key, rows(Contact)[0].identity_changed_at) == ("one", None)
    told = message("system", timestamp=SENT_AT + 60, identity={"hash": "two"}, system={"type": "customer_identity_changed"})
    intake.store(of_messages(told, greeting("two", 70)))
    (who,) = rows(Contact)
    assert who.identity_key == "two"
    assert who.identity_changed_at == rows(Inbox)[0].sent_at + timedelta(seconds=60)
    assert [row.action for row in rows(AuditLog)].count("contact.identity_changed") == 1


def test_prices_are_kept_whatever_order_they_come_in() -> None:
    who = contact()
    with database.transaction() as session:
        opaque = messaging.enqueue(session, who, {"text": "hi"}).opaque
    intake.store(of_status(opaque, "wamid.OUT", "delivered"))
    price = {"billable": True, "pricing_model": "PMP", "category": "utility"}
    intake.store(of_status(opaque, "wamid.OUT", "sent", pricing=price))
    intake.store(of_status(opaque, "wamid.OUT", "read"))
    (row,) = rows(Outbox)
    assert row.status == "read"
    assert (row.price_category, row.price_model, row.billable) == ("utility", "PMP", True)
