"""`python -m connectors.whatsapp templates …` against an account on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clinic import database
from clinic.models import Template
from connectors.whatsapp.__main__ import main
from connectors.whatsapp.templates import mapped, registry
from connectors.whatsapp.templates.components import submission
from connectors.whatsapp.templates.repository import templates
from tests.support.databases import fresh
from tests.support.whatsapp import rows
from tests.support.whatsapp_account import ACCOUNT, TOKEN, FakeAccount, fake_account, refusal

ALL = 9 * 5
PATH = f"{ACCOUNT}/message_templates"


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAccount]:
    with fresh("sqlite", tmp_path), fake_account() as account:
        for name, value in account.env().items():
            monkeypatch.setenv(name, value)
        yield account


def approve(fake: FakeAccount, *names: str) -> None:
    for name in names or templates():
        for locale in templates()[name].wordings:
            body = submission(templates()[name], locale)
            fake.templates.append(
                {**body, "id": str(len(fake.templates)), "status": "APPROVED", "quality_score": {"score": "GREEN"}}
            )


def run(*arguments: str) -> int:
    return main(["templates", *arguments])


def test_check_asks_nobody(fake: FakeAccount, capsys: Any) -> None:
    assert run("check") == 0
    assert "9 templates are sound" in capsys.readouterr().out
    assert fake.asked == []


def test_check_wants_a_text_for_every_language(fake: FakeAccount, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHATSAPP_TEMPLATE_LOCALES", "pt=pt_PT")
    assert run("check") == 1
    assert "check_back has no text for pt_PT" in capsys.readouterr().err


def test_an_empty_account_lacks_everything(fake: FakeAccount, capsys: Any) -> None:
    assert run("compare") == 1
    said = capsys.readouterr()
    assert said.out.count("MISSING") == ALL
    assert f"{ALL} of {ALL} cannot be used" in said.err


def test_a_whole_account_is_read_page_after_page(fake: FakeAccount, capsys: Any) -> None:
    approve(fake)
    assert run("compare") == 0
    assert fake.asked.count(("GET", PATH)) == 15
    assert "MISSING" not in capsys.readouterr().out


def test_each_difference_is_named(fake: FakeAccount, capsys: Any) -> None:
    approve(fake)
    changed = {(t["name"], t["language"]): t for t in fake.templates}
    changed["check_back", "en"].update(status="REJECTED", rejected_reason="TAG_CONTENT_MISMATCH")
    changed["check_back", "de"].update(category="MARKETING")
    changed["check_back", "ru"].update(status="PAUSED", quality_score={"score": "RED"})
    changed["check_back", "ar"]["components"][0]["text"] = "مرحبا"
    assert run("compare") == 1
    out = [line for line in capsys.readouterr().out.splitlines() if line.startswith("check_back")]
    said = dict(zip(("en", "ar", "de", "pt_BR", "ru"), out, strict=True))
    assert "was refused" in said["en"]
    assert "TAG_CONTENT_MISMATCH" in said["en"]
    assert "MARKETING" in said["de"]
    assert "RED" in said["ru"]
    assert "paused" in said["ru"]
    assert "another body" in said["ar"]
    assert said["pt_BR"].endswith("ok")


def test_submit_shows_asks_and_then_submits_what_is_missing(
    fake: FakeAccount, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve(fake, *(name for name in templates() if name != "check_back"))
    before = len(fake.templates)
    monkeypatch.setattr("builtins.input", lambda words: print(words) or "n")
    assert run("submit") == 1
    said = capsys.readouterr()
    assert "How are you since yesterday?" in said.out
    assert f"Submit these 5 to the account {ACCOUNT}?" in said.out
    assert len(fake.templates) == before
    assert run("submit", "--yes") == 0
    assert [t["name"] for t in fake.templates[before:]] == ["check_back"] * 5
    assert {(row.name, row.status) for row in rows(Template)} == {("check_back", "PENDING")}
    capsys.readouterr()
    assert run("submit", "--yes") == 0
    assert "Nothing to submit" in capsys.readouterr().out


def test_submit_only_what_is_named(fake: FakeAccount, capsys: Any) -> None:
    assert run("submit", "check_back", "--yes") == 0
    assert {t["name"] for t in fake.templates} == {"check_back"}
    assert run("submit", "no_such", "--yes") == 1
    assert "no template of that name: no_such" in capsys.readouterr().err


def test_a_refused_one_does_not_stop_the_others_but_a_dead_token_does(fake: FakeAccount, capsys: Any) -> None:
    real, refused = fake.answer, []

    def answer(method: str, path: str, query: Any, body: Any, bearer: str) -> Any:
        if method == "POST" and body["language"] in refused:
            return refusal(*((190, "expired", 401) if refused == ["en"] else (100, "Invalid parameter")))
        return real(method, path, query, body, bearer)

    fake.answer = answer  # type: ignore[method-assign]
    refused.append("ar")
    assert run("submit", "check_back", "--yes") == 1
    said = capsys.readouterr()
    assert "check_back ar: refused: Invalid parameter (code 100)" in said.out
    assert "1 of 5 were refused" in said.err
    assert len(fake.templates) == 4
    refused[:] = ["en"]
    assert run("submit", "answer_waiting", "--yes") == 1
    assert "stopped" in capsys.readouterr().err
    assert len(fake.templates) == 4


def test_pull_writes_the_accounts_state_and_marks_what_is_gone(fake: FakeAccount, capsys: Any) -> None:
    approve(fake, "answer_waiting", "check_back")
    assert run("pull") == 0
    assert "10 templates in the account, 10 approved; 0 are gone" in capsys.readouterr().out
    with database.read() as session:
        assert mapped(session, {"text": "x"}, "pt") == {"template": {"name": "answer_waiting", "language": "pt_BR"}}
    fake.templates = [t for t in fake.templates if t["name"] == "check_back"]
    fake.templates[0]["status"] = "PAUSED"
    assert run("pull") == 0
    said = capsys.readouterr().out
    assert "5 templates in the account, 4 approved; 5 are gone" in said
    assert "answer_waiting is not approved" in said
    found = {(row.name, row.language): row for row in rows(Template)}
    assert found["answer_waiting", "en"].status == "DELETED"
    assert (found["check_back", "en"].status, found["check_back", "de"].quality) == ("PAUSED", "GREEN")
    with database.read() as session:
        assert mapped(session, {"text": "x"}, "en") is None
    assert run("pull") == 0
    assert "0 are gone" in capsys.readouterr().out


def test_no_answer_and_no_setting_are_said_in_words(
    fake: FakeAccount, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.refuse[PATH] = refusal(200, "Permission denied", 403)
    assert run("compare") == 1
    assert "error: Permission denied (code 200)" in capsys.readouterr().err
    monkeypatch.setenv("WHATSAPP_GRAPH_URL", "http://127.0.0.1:1")
    assert run("compare") == 1
    said = capsys.readouterr().err
    assert "no answer from http://127.0.0.1:1" in said
    assert TOKEN not in said
    monkeypatch.setenv("WHATSAPP_BUSINESS_ACCOUNT_ID", "")
    assert run("compare") == 1
    assert "WHATSAPP_BUSINESS_ACCOUNT_ID is not set" in capsys.readouterr().err


def test_a_server_that_always_says_next_comes_to_an_end(fake: FakeAccount) -> None:
    fake.refuse[PATH] = (200, {"data": [], "paging": {"cursors": {"after": "same"}, "next": "…"}})
    assert run("pull") == 0
    assert len(fake.asked) == 2


def test_an_approval_that_overtakes_the_answer_to_the_submission_stays(fake: FakeAccount) -> None:
    sent = registry.Found("check_back", "en", "PENDING", "UTILITY", "900", components=[{"type": "BODY", "text": "Hi"}])
    with database.transaction() as session:
        session.add(Template(name="check_back", language="en", status="APPROVED", category="UTILITY", channel_id="900"))
    with database.transaction() as session:
        registry.keep_submitted(session, sent)
    assert [(row.status, row.components) for row in rows(Template)] == [("APPROVED", sent.components)]
