"""Health answers in the database: encrypted, with consent only; tasks are done once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from clinic import clock, consent, contacts, database, encryption, tasks
from clinic.settings import SettingsError
from clinic.triage import followups, intakes
from clinic.triage.engine import Verdict
from clinic.triage.intakes import ConsentMissing, Told

KNOWN: dict[str, bool | float | str | None] = {"headache": True, "age": 34.0, "stiff_neck": False, "severity": None}
TOLD = Told(KNOWN, Verdict("routine", "headache", ("headache/long",)), "my head hurts for weeks")


pytestmark = pytest.mark.usefixtures("database_url")


@pytest.fixture
def contact() -> int:
    with database.transaction() as session:
        return contacts.by_address(session, phone="+4915120000001").id


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    made = Fernet.generate_key().decode()
    monkeypatch.setenv(encryption.NAME, made)
    yield made


def test_a_key_is_needed_and_must_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(encryption.NAME, "")
    with pytest.raises(SettingsError, match="CLINIC_ENCRYPTION_KEY is not set"):
        encryption.encrypt({})
    monkeypatch.setenv(encryption.NAME, "short")
    with pytest.raises(SettingsError, match="python -m clinic key"):
        encryption.encrypt({})


def test_the_old_key_still_reads_and_another_does_not(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    token = encryption.encrypt({"fever": True})
    monkeypatch.setenv(encryption.NAME, f"{encryption.new_key()},{key}")
    assert encryption.decrypt(token) == {"fever": True}
    monkeypatch.setenv(encryption.NAME, encryption.new_key())
    with pytest.raises(encryption.Unreadable):
        encryption.decrypt(token)


def test_an_intake_comes_back_and_the_table_holds_no_word_of_it(contact: int, key: str) -> None:
    with database.transaction() as session:
        consent.grant(contact, intakes.PURPOSE, session)
        saved = intakes.save(session, contact, TOLD, "general_practice", "en")
        assert intakes.told(saved) == TOLD
    with database.read() as session:
        row = session.execute(text("SELECT * FROM intakes")).mappings().one()
        assert row["triage_level"] == "routine" and row["complaint"] == "headache"
        assert "hurts" not in str(dict(row)) and "stiff" not in str(dict(row))


def test_without_consent_nothing_is_kept(contact: int, key: str) -> None:
    with database.transaction() as session, pytest.raises(ConsentMissing):
        intakes.save(session, contact, TOLD, None, "en")


def test_a_task_is_taken_once(contact: int) -> None:
    with database.transaction() as session:
        task = tasks.schedule(session, contact, "x", clock.now() - timedelta(seconds=1))
        assert [one.id for one in tasks.due(session)] == [task.id]
        assert tasks.take(session, task.id) and not tasks.take(session, task.id)
        assert tasks.due(session) == []


def test_a_task_that_is_asked_for_again_moves_and_may_be_taken_back(contact: int) -> None:
    with database.transaction() as session:
        tasks.schedule(session, contact, "x", clock.now() - timedelta(hours=1))
        tasks.schedule(session, contact, "x", clock.now() + timedelta(hours=1))
        assert tasks.due(session) == [] and tasks.is_open(session, contact, "x")
        assert tasks.cancel(session, contact, "x") and not tasks.is_open(session, contact, "x")


def test_a_look_back_is_promised_after_an_intake_only(contact: int, key: str) -> None:
    with database.transaction() as session:
        assert not followups.promise(session, contact, "en")
        consent.grant(contact, intakes.PURPOSE, session)
        intakes.save(session, contact, TOLD, None, "en")
        assert followups.promise(session, contact, "en")
        assert tasks.is_open(session, contact, followups.KIND)


def test_an_intake_is_a_questionnaire_response(contact: int, key: str) -> None:
    with database.transaction() as session:
        consent.grant(contact, intakes.PURPOSE, session)
        resource = intakes.as_fhir(intakes.save(session, contact, TOLD, None, "en"))
    items = {item["linkId"]: item for item in resource["item"]}
    assert resource["resourceType"] == "QuestionnaireResponse" and resource["status"] == "completed"
    assert items["headache"]["answer"] == [{"valueBoolean": True}]
    assert items["age"]["answer"][0]["valueQuantity"] == {
        "value": 34.0,
        "unit": "a",
        "system": "http://unitsofmeasure.org",
        "code": "a",
    }
    assert "answer" not in items["severity"] and items["severity"]["extension"][0]["valueCode"] == "asked-unknown"
    assert items["triage-level"]["answer"][0]["valueCoding"]["code"] == "routine"
