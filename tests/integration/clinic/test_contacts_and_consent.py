"""Contacts, their addresses, their consent and their patients."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from clinic import clock, consent, contacts, database, patients
from clinic.models import AuditLog, Consent, Contact, ContactAddress, Patient

pytestmark = pytest.mark.usefixtures("database_url")
BORN = date(1985, 3, 12)


def who(phone: str | None = None, user_id: str | None = None) -> int:
    with database.transaction() as session:
        return contacts.by_address(session, phone=phone, user_id=user_id).id


def addresses(contact_id: int) -> dict[str, str | None]:
    with database.read() as session:
        return contacts.address_of(session, contact_id)


def count(model: type) -> int:
    with database.read() as session:
        number: int = session.execute(select(func.count()).select_from(model)).scalar()
    return number


def test_the_same_phone_is_the_same_contact_however_it_is_written() -> None:
    first = who(phone="4915123456789")
    assert who(phone="+49 151 23456789") == first
    assert who(phone="4915123456780") != first
    assert addresses(first) == {"phone": "+4915123456789", "user_id": None}


def test_a_second_address_joins_the_contact() -> None:
    by_phone = who(phone="4915123456789")
    assert who(phone="4915123456789", user_id="DE.abc") == by_phone
    assert who(user_id="DE.abc") == by_phone
    by_id = who(user_id="DE.xyz")
    assert who(user_id="DE.xyz", phone="4915199999999") == by_id
    assert addresses(by_id) == {"phone": "+4915199999999", "user_id": "DE.xyz"}


def test_two_known_contacts_are_not_mixed() -> None:
    by_phone, by_id = who(phone="4915123456789"), who(user_id="DE.abc")
    assert who(phone="4915123456789", user_id="DE.abc") == by_id
    assert who(phone="4915123456789") == by_phone


def test_a_new_contact_is_blank() -> None:
    with database.transaction() as session:
        contact = contacts.by_address(session, phone="4915123456789")
    assert (contact.language, contact.time_zone, contact.introduced_at) == (None, None, None)
    assert contact.created_at == clock.now()


@pytest.mark.parametrize("address", [{}, {"phone": ""}, {"phone": "hello"}, {"user_id": "x" * 129}])
def test_no_address_no_contact(address: dict[str, str]) -> None:
    with pytest.raises(contacts.InvalidAddress):
        who(**address)
    assert count(Contact) == 0


def test_many_messages_at_once_make_one_contact() -> None:
    with ThreadPoolExecutor(12) as pool:
        found = set(pool.map(lambda _: who(phone="4915123456789", user_id="DE.abc"), range(24)))
    assert len(found) == 1
    assert (count(Contact), count(ContactAddress)) == (1, 2)


def of_senders(*senders: contacts.Sender) -> dict[contacts.Sender, int]:
    with database.transaction() as session:
        return contacts.of_senders(session, senders)


def test_many_senders_are_found_or_made_in_one_go() -> None:
    known = who(phone="4915123456789", user_id="DE.abc")
    found = of_senders(("4915123456789", "DE.abc"), ("+49 151 23456789", None), ("4915100000001", "DE.1"), (None, "DE.2"))
    new, other = found["4915100000001", "DE.1"], found[None, "DE.2"]
    assert found == {
        ("4915123456789", "DE.abc"): known,
        ("+49 151 23456789", None): known,
        ("4915100000001", "DE.1"): new,
        (None, "DE.2"): other,
    }
    assert len({known, new, other}) == 3
    assert addresses(new) == {"phone": "+4915100000001", "user_id": "DE.1"}
    assert of_senders(("4915100000001", "DE.1"), (None, "DE.2")) == {("4915100000001", "DE.1"): new, (None, "DE.2"): other}
    with database.read() as session:
        made = session.execute(select(AuditLog.subject).where(AuditLog.action == "contact.created")).scalars().all()
    assert sorted(made) == sorted(f"contact:{who}" for who in (known, new, other))


@pytest.mark.parametrize(
    "senders",
    [
        pytest.param([("4915123456789", "DE.new")], id="half known: the user id is added"),
        pytest.param([("4915123456789", "DE.b")], id="two contacts: somebody decides"),
        pytest.param([("4915100000001", "DE.1"), ("4915100000001", None)], id="new, and shared by two senders"),
        pytest.param([("4915100000001", None), ("+49 151 00000001", None)], id="new, and written in two ways"),
        pytest.param([("4915123456789", "DE.new"), ("4915100000001", "DE.new")], id="new, with the id of a known one"),
        pytest.param([("hello", None), (None, None), ("", "x" * 129)], id="no addresses"),
    ],
)
def test_who_needs_a_decision_is_left_to_by_address(senders: list[contacts.Sender]) -> None:
    who(phone="4915123456789"), who(user_id="DE.b")
    assert of_senders(*senders) == {}
    assert (count(Contact), count(ContactAddress)) == (2, 2)


def test_batches_at_once_make_each_contact_once() -> None:
    senders = [(f"49151000000{number:02d}", f"DE.{number}") for number in range(12)]

    def batch(shift: int) -> list[int]:
        mine = senders[shift:] + senders[:shift]

        def work() -> list[int]:
            with database.transaction() as session:
                found = contacts.of_senders(session, mine)
                missing = {s for s in mine if s not in found}
                made = {s: contacts.by_address(session, phone=s[0], user_id=s[1]).id for s in sorted(missing)}
                return [{**found, **made}[sender] for sender in senders]

        return database.retrying(work)

    with ThreadPoolExecutor(6) as pool:
        seen = set(map(tuple, pool.map(batch, range(6))))
    assert len(seen) == 1
    assert (count(Contact), count(ContactAddress)) == (12, 24)


def test_language() -> None:
    contact = who(phone="4915123456789")
    contacts.set_language(contact, "ar")
    with database.read() as session:
        assert contacts.get(session, contact).language == "ar"
    with pytest.raises(ValueError, match="not one of en,ar"):
        contacts.set_language(contact, "xx")
    with pytest.raises(contacts.UnknownContact):
        contacts.set_language(99, "ar")


def test_consent_is_added_never_changed() -> None:
    contact = who(phone="4915123456789")

    def state() -> tuple[bool, bool | None]:
        with database.read() as session:
            return consent.granted(session, contact), consent.answered(session, contact)

    assert state() == (False, None)
    consent.refuse(contact)
    assert state() == (False, False)
    consent.grant(contact)
    assert state() == (True, True)
    consent.refuse(contact)
    assert state() == (False, False)
    with database.read() as session:
        rows = list(session.execute(select(Consent).order_by(Consent.id)).scalars())
    assert [row.granted for row in rows] == [False, True, False]
    with pytest.raises(ValueError, match="not a purpose"):
        consent.grant(contact, "marketing")


def test_consent_to_an_older_text_no_longer_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    contact = who(phone="4915123456789")
    consent.grant(contact)
    monkeypatch.setattr(consent, "VERSION", "2030-01")
    with database.read() as session:
        assert consent.granted(session, contact) is False
        assert consent.answered(session, contact) is None


def test_an_opt_out_outlives_a_new_text(monkeypatch: pytest.MonkeyPatch) -> None:
    contact = who("+49 152 00000001")

    def out() -> bool:
        with database.read() as session:
            return consent.opted_out(session, contact)

    assert not out(), "nobody asked"
    consent.refuse(contact, "reminders")
    assert out()
    monkeypatch.setattr(consent, "VERSION", "2030-01")
    assert out(), "a no is not forgotten"
    consent.grant(contact, "reminders")
    assert not out()
    with database.read() as session:
        assert consent.answered(session, contact) is None, "the booking's consent is another matter"


def test_no_patient_without_consent() -> None:
    contact = who(phone="4915123456789")
    with pytest.raises(patients.ConsentMissing):
        patients.find_or_create(contact, "Maria Schmidt", BORN, "self")
    consent.refuse(contact)
    with pytest.raises(patients.ConsentMissing):
        patients.find_or_create(contact, "Maria Schmidt", BORN, "self")
    assert count(Patient) == 0


def test_patients_are_found_again() -> None:
    contact, other = who(phone="4915123456789"), who(phone="4915123456780")
    consent.grant(contact)
    consent.grant(other)
    maria = patients.find_or_create(contact, " Maria  Schmidt ", BORN, "self")
    assert (maria.name, maria.relation, maria.created_at) == ("Maria Schmidt", "self", clock.now())
    assert patients.find_or_create(contact, "MARIA SCHMIDT", BORN, "other").id == maria.id
    daughter = patients.find_or_create(contact, "Maria Schmidt", BORN + timedelta(days=9999), "daughter")
    stranger = patients.find_or_create(other, "Maria Schmidt", BORN, "self")
    assert len({maria.id, daughter.id, stranger.id}) == 3
    with database.read() as session:
        assert [p.id for p in patients.patients_of(session, contact)] == [maria.id, daughter.id]
        log = session.execute(select(AuditLog).where(AuditLog.action == "patient.created")).scalars()
        assert "Maria" not in str([(entry.subject, entry.details) for entry in log])


@pytest.mark.parametrize(
    ("name", "born", "relation", "error"),
    [
        ("12", BORN, "self", patients.InvalidName),
        ("Maria", date(2090, 1, 1), "self", patients.InvalidBirthDate),
        ("Maria", BORN, "cat", ValueError),
    ],
)
def test_what_is_no_patient(name: str, born: date, relation: str, error: type[Exception]) -> None:
    contact = who(phone="4915123456789")
    consent.grant(contact)
    with pytest.raises(error):
        patients.find_or_create(contact, name, born, relation)


def test_two_taps_make_one_patient() -> None:
    contact = who(phone="4915123456789")
    consent.grant(contact)
    with ThreadPoolExecutor(8) as pool:
        found = {p.id for p in pool.map(lambda _: patients.find_or_create(contact, "Ali Haddad", BORN, "son"), range(8))}
    assert len(found) == 1
    assert count(Patient) == 1


RECYCLED = "4915123456789"


def test_a_phone_that_has_passed_to_somebody_else_brings_nothing_along() -> None:
    before = who(phone=RECYCLED, user_id="DE.AAA")
    consent.grant(before)
    patients.find_or_create(before, "Maria Schmidt", BORN, "self")
    after = who(phone=RECYCLED, user_id="DE.BBB")
    assert after != before
    assert who(user_id="DE.BBB") == who(phone=RECYCLED) == after
    assert who(phone=RECYCLED, user_id="DE.BBB") == after
    assert who(user_id="DE.AAA") == before
    assert addresses(before) == {"phone": None, "user_id": "DE.AAA"}
    assert addresses(after) == {"phone": "+" + RECYCLED, "user_id": "DE.BBB"}
    with database.read() as session:
        assert patients.patients_of(session, after) == []
        (entry,) = session.execute(select(AuditLog).where(AuditLog.action == "contact.phone_moved")).scalars()
    assert (entry.subject, entry.details) == (f"contact:{before}", {"to": after})


def test_a_phone_passes_to_a_contact_that_is_known_already() -> None:
    before, known = who(phone=RECYCLED, user_id="DE.AAA"), who(phone="4915199999999", user_id="DE.BBB")
    assert who(phone=RECYCLED, user_id="DE.BBB") == known
    assert who(phone=RECYCLED) == known
    assert addresses(before)["phone"] is None
    assert addresses(known)["phone"] == "+" + RECYCLED


def test_a_phone_passes_once_however_many_messages_say_so() -> None:
    before = who(phone=RECYCLED, user_id="DE.AAA")
    with ThreadPoolExecutor(12) as pool:
        found = set(pool.map(lambda _: who(phone=RECYCLED, user_id="DE.BBB"), range(24)))
    assert len(found) == 1
    assert before not in found
    assert (count(Contact), count(ContactAddress)) == (2, 3)
