"""`python -m connectors.whatsapp doctor`: each thing that can be wrong is found, and named with what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sanic import Sanic

from clinic import clock
from clinic.models import ChannelEvent, Inbox
from connectors.whatsapp.__main__ import main
from connectors.whatsapp.blueprint import webhook_blueprint
from connectors.whatsapp.settings import WebhookSettings
from connectors.whatsapp.templates.components import submission
from connectors.whatsapp.templates.repository import templates
from tests.support.databases import fresh
from tests.support.whatsapp import rows, serving
from tests.support.whatsapp_account import ACCOUNT, APP, NUMBER, SECRET, TOKEN, FakeAccount, fake_account, refusal

NOW = "2026-11-23T09:00:00+01:00"
VERIFY = "test-verify-token"


@pytest.fixture(scope="module")
def hook() -> Iterator[str]:
    """Our own webhook, as somebody outside sees it."""
    app = Sanic("doctors_webhook", configure_logging=False)
    app.blueprint(webhook_blueprint(settings=WebhookSettings(SECRET, VERIFY)), url_prefix="/webhooks/whatsapp")
    with serving(app) as port:
        yield f"http://127.0.0.1:{port}/webhooks/whatsapp/webhook"


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hook: str) -> Iterator[FakeAccount]:
    """A healthy account of a clinic whose webhook is `hook`."""
    with fresh("sqlite", tmp_path), fake_account() as account:
        clock.freeze(clock.parse_instant(NOW))
        for name, value in account.env().items():
            monkeypatch.setenv(name, value)
        account.subscriptions[0]["callback_url"] = hook
        for template in templates().values():
            for locale in template.wordings:
                account.templates.append({**submission(template, locale), "status": "APPROVED"})
        yield account


@pytest.fixture
def examined(fake: FakeAccount, hook: str, capsys: Any) -> Callable[..., tuple[int, str]]:
    def examine(*arguments: str) -> tuple[int, str]:
        code = main(["doctor", *(arguments or ("--url", hook))])
        said = capsys.readouterr()
        assert said.err == ""
        for hidden in (TOKEN, SECRET, VERIFY):
            assert hidden not in said.out
        return code, said.out

    main(["templates", "pull"])
    capsys.readouterr()
    return examine


def test_a_healthy_account(examined: Any) -> None:
    code, said = examined()
    assert code == 0, said
    assert said.endswith("16 fine, 0 to fix, 0 not looked at.\n"), said
    assert rows(Inbox) == [] == rows(ChannelEvent)


def test_without_an_address_only_this_machine_is_tried(examined: Any, monkeypatch: pytest.MonkeyPatch, hook: str) -> None:
    monkeypatch.setenv("RASA_PORT", hook.split(":")[2].split("/", maxsplit=1)[0])
    code, said = examined("--url", "")
    assert code == 0, said
    assert "1 not looked at" in said


def _no_scope(fake: FakeAccount) -> None:
    fake.token["scopes"] = ["whatsapp_business_messaging"]


SICK: dict[str, tuple[Callable[[FakeAccount], Any], str, str]] = {
    "invalid token": (
        lambda f: f.token.update(is_valid=False, error={"message": "revoked"}),
        "not valid (revoked)",
        "step 4",
    ),
    "token of a day": (lambda f: f.token.update(expires_at=1_795_500_000), "expires 2026-11-24", "never expires"),
    "expired token": (lambda f: f.token.update(expires_at=1_795_000_000), "expired 2026-11-18", "never expires"),
    "scope": (_no_scope, "lacks whatsapp_business_management", "tick both"),
    "wrong number id": (
        lambda f: f.refuse.update({NUMBER: refusal(100, "does not exist")}),
        "does not exist (code 100)",
        "API Setup",
    ),
    "no permission": (lambda f: f.refuse.update({NUMBER: refusal(200, "denied", 403)}), "denied (code 200)", "as an asset"),
    "not registered": (lambda f: f.number.update(status="PENDING"), "PENDING", "finish the registration"),
    "banned": (lambda f: f.number.update(status="BANNED"), "BANNED", "request a review"),
    "name": (lambda f: f.number.update(name_status="DECLINED"), "display name is DECLINED", "Profile"),
    "quality": (lambda f: f.number.update(quality_rating="RED"), "quality RED", "Send less"),
    "other account": (lambda f: setattr(f, "numbers", ["77"]), "does not own this number", "two accounts"),
    "not subscribed": (lambda f: setattr(f, "subscribed", []), "does not tell this app", "subscribed_apps"),
    "no webhook": (lambda f: setattr(f, "subscriptions", []), "none is set", "Configuration"),
    "no field": (lambda f: f.subscriptions[0].update(fields=[]), "not subscribed to messages", "Nothing arrives"),
    "other address": (
        lambda f: f.subscriptions[0].update(callback_url="https://old.example/"),
        "Meta calls https://old",
        "That is not",
    ),
    "template refused": (
        lambda f: f.templates[0].update(status="REJECTED"),
        "answer_waiting (en) was refused",
        "compare says",
    ),
    "template missing": (lambda f: f.templates.pop(), "1 of 45 cannot be used (waitlist_offer)", "templates submit"),
    "stale table": (
        lambda f: f.templates[7].update(status="PAUSED"),
        "1 templates are not as in the account",
        "templates pull",
    ),
}


@pytest.mark.parametrize("case", SICK)
def test_each_illness_is_found_and_has_its_advice(case: str, fake: FakeAccount, examined: Any) -> None:
    make_ill, finding, advice = SICK[case]
    make_ill(fake)
    code, said = examined()
    assert code == 1
    lines = said.splitlines()
    at = next((n for n, line in enumerate(lines) if line.startswith("✗") and finding in line), None)
    assert at is not None, said
    assert any(advice in line for line in lines[at + 1 : at + 3]), said


def test_what_is_merely_worth_knowing_is_no_fault(fake: FakeAccount, examined: Any) -> None:
    fake.number["quality_rating"] = "YELLOW"
    fake.subscriptions[0]["fields"] = ["messages"]
    fake.token["expires_at"] = 1_799_000_000
    code, said = examined()
    assert code == 0
    assert "before it turns red" in said
    assert "Also useful: message_template_status_update" in said
    assert "valid until 2027-01-03" in said


def test_another_apps_secret(fake: FakeAccount, examined: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHATSAPP_APP_SECRET", "another")
    code, said = examined()
    assert code == 1
    assert f"✗ app secret: not that of the token's app {APP}" in said
    assert "✗ webhook: a signed webhook gives HTTP 401" in said


def test_another_verify_token(examined: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHATSAPP_VERIFY_TOKEN", "another")
    assert "✗ webhook: the handshake is refused" in examined()[1]


def test_a_dead_token_is_said_once(fake: FakeAccount, examined: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHATSAPP_ACCESS_TOKEN", "dead")
    code, said = examined()
    assert code == 1
    assert said.count("✗") == 1
    assert "make a new system user's token" in said


def test_no_way_to_the_graph_api(examined: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHATSAPP_GRAPH_URL", "http://127.0.0.1:1")
    code, said = examined()
    assert code == 1
    assert said.count("✗") == 1
    assert "port 443" in said


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("WHATSAPP_ACCESS_TOKEN", "", "WHATSAPP_ACCESS_TOKEN is not set"),
        ("WHATSAPP_PHONE_NUMBER_ID", "+49 30 23125 100", "WHATSAPP_PHONE_NUMBER_ID is not a number"),
    ],
)
def test_settings(examined: Any, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str) -> None:
    monkeypatch.setenv(name, value)
    code, said = examined()
    assert code == 1
    assert f"✗ {words}" in said


def test_nothing_answers_at_the_webhook(examined: Any) -> None:
    assert "does not answer (ConnectionError)" in examined("--url", "http://127.0.0.1:1/webhooks/whatsapp/webhook")[1]
    assert "Is the proxy running" in examined("--url", "http://127.0.0.1:1/webhooks/whatsapp/webhook")[1]


def test_something_else_answers_at_the_webhook(fake: FakeAccount, examined: Any, hook: str) -> None:
    assert "the path ends in /webhooks/whatsapp/webhook" in examined("--url", hook + "/x")[1]
    fake.refuse["hook"] = (200, {})
    said = examined("--url", f"{fake.url}/v1/hook")[1]
    assert "✗ webhook: takes a forged signature too" in said


def test_the_account_is_only_looked_at(fake: FakeAccount, examined: Any) -> None:
    examined()
    assert {method for method, _ in fake.asked} == {"GET"}
    assert ("GET", f"{ACCOUNT}/subscribed_apps") in fake.asked
