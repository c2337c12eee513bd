"""What is sent when WhatsApp takes templates only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clinic import database, messaging
from clinic.models import Template
from connectors.whatsapp.templates import announces, mapped
from tests.support.databases import fresh

SAID = {"text": "Dr Keller says: come tomorrow at eight."}
REMINDER = {
    "text": "Tomorrow at nine",
    "fallback": {
        "name": "appointment_reminder",
        "parameters": {
            "body": {"patient": "Ida", "when": "Monday, 9:00", "practitioner": "Dr Keller", "location": "Lindenweg"}
        },
    },
}


@pytest.fixture(autouse=True)
def _database(tmp_path: Path) -> Iterator[None]:
    with fresh("sqlite", tmp_path):
        yield


def account_has(name: str, language: str = "en", status: str = "APPROVED", **fields: Any) -> None:
    with database.transaction() as session:
        session.add(Template(name=name, language=language, status=status, **{"category": "UTILITY", **fields}))


def instead_of(message: dict[str, Any], language: str | None = "en") -> Any:
    with database.read() as session:
        return mapped(session, message, language)


def test_without_an_approved_template_there_is_nothing() -> None:
    account_has("answer_waiting", status="PENDING")
    account_has("answer_waiting", "de", status="PAUSED")
    assert instead_of(SAID) is None
    assert instead_of(REMINDER, "de") is None


def test_any_answer_becomes_the_news_that_one_waits() -> None:
    account_has("answer_waiting")
    found = instead_of(SAID)
    assert found == {"template": {"name": "answer_waiting", "language": "en"}}
    assert announces(found)
    messaging.check(found)


def test_a_message_with_a_template_of_its_own_keeps_what_it_says() -> None:
    account_has("answer_waiting")
    account_has("appointment_reminder")
    found = instead_of(REMINDER)
    assert found["template"]["name"] == "appointment_reminder"
    assert found["template"]["parameters"] == {
        "body": REMINDER["fallback"]["parameters"]["body"],  # type: ignore[index]
        "buttons": [{"payload": "/reschedule_appointment"}, {"payload": "/cancel_appointment"}],
    }
    assert not announces(found)
    messaging.check(found)


@pytest.mark.parametrize(
    ("language", "locale"), [("pt", "pt_BR"), ("ru", "ru"), (None, "en"), ("fr", "en")], ids=["pt", "ru", "none", "foreign"]
)
def test_the_locale_is_the_contacts_or_the_clinics(language: str | None, locale: str) -> None:
    for known in ("en", "pt_BR", "pt_PT", "ru"):
        account_has("answer_waiting", known)
    assert instead_of(SAID, language)["template"]["language"] == locale


def test_portugal_is_not_brazil(monkeypatch: pytest.MonkeyPatch) -> None:
    account_has("answer_waiting", "pt_BR")
    monkeypatch.setenv("WHATSAPP_TEMPLATE_LOCALES", "pt=pt_PT")
    assert instead_of(SAID, "pt") is None
    account_has("answer_waiting", "pt_PT")
    assert instead_of(SAID, "pt")["template"]["language"] == "pt_PT"


def test_the_default_language_stands_in() -> None:
    account_has("appointment_reminder", "en")
    account_has("appointment_reminder", "de", status="REJECTED")
    assert instead_of(REMINDER, "de")["template"]["language"] == "en"


def test_what_meta_made_marketing_is_not_used() -> None:
    account_has("answer_waiting", category="MARKETING")
    assert instead_of(SAID) is None


def test_parameters_that_do_not_fit_leave_the_generic_template() -> None:
    account_has(
        "appointment_reminder", components=[{"type": "BODY", "text": "Hello {{patient}}, at {{when}} or {{never}}."}]
    )
    account_has("answer_waiting")
    assert instead_of(REMINDER)["template"]["name"] == "answer_waiting"


@pytest.mark.parametrize("bad", ["", "x" * 1100], ids=["empty", "too long"])
def test_values_that_meta_would_refuse_leave_the_generic_template(bad: str) -> None:
    account_has("appointment_reminder")
    account_has("answer_waiting")
    body = {**REMINDER["fallback"]["parameters"]["body"], "location": bad}  # type: ignore[index]
    message = {"text": "x", "fallback": {"name": "appointment_reminder", "parameters": {"body": body}}}
    assert instead_of(message)["template"]["name"] == "answer_waiting"


def test_line_breaks_in_a_value_become_spaces() -> None:
    account_has("appointment_reminder")
    body = {**REMINDER["fallback"]["parameters"]["body"], "location": "Lindenweg 5\n\n10115    Berlin"}  # type: ignore[index]
    message = {"text": "x", "fallback": {"name": "appointment_reminder", "parameters": {"body": body}}}
    assert instead_of(message)["template"]["parameters"]["body"]["location"] == "Lindenweg 5 10115 Berlin"


def test_a_button_that_must_be_given_is_never_guessed() -> None:
    body = {"patient": "Ida", "when": "9:00", "practitioner": "Dr K", "location": "L 5", "until": "8:00"}
    account_has("waitlist_offer")
    fallback: dict[str, Any] = {"name": "waitlist_offer", "parameters": {"body": body}}
    assert instead_of({"text": "x", "fallback": fallback}) is None
    payloads = [{"payload": '/affirm{"about": "offer-1"}'}, {"payload": '/deny{"about": "offer-1"}'}]
    fallback["parameters"]["buttons"] = payloads
    assert instead_of({"text": "x", "fallback": fallback})["template"]["parameters"]["buttons"] == payloads


def test_a_template_that_only_the_account_knows_can_be_used() -> None:
    account_has("flu_day", components=[{"type": "BODY", "text": "On {{1}} we vaccinate."}])
    message = {"text": "x", "fallback": {"name": "flu_day", "parameters": {"body": ["Monday"]}}}
    assert instead_of(message) == {"template": {"name": "flu_day", "language": "en", "parameters": {"body": ["Monday"]}}}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("answer_waiting", True),
        ("handoff_reply", True),
        ("document_ready", True),
        ("check_back", False),
        ("unheard_of", False),
    ],
)
def test_which_only_announce(name: str, expected: bool) -> None:
    assert announces({"template": {"name": name, "language": "en"}}) is expected
    assert not announces(SAID)
