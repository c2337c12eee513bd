"""Who writes too much is slowed and told once, then not answered for an hour; danger is heard all the same."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from clinic import clock, database, flood
from clinic.cli import main
from clinic.flood import FloodSettings, Pace, flood_settings, verdict
from clinic.models import AuditLog, Contact
from clinic.models.messaging import Inbox, Outbox
from clinic.settings import SettingsError
from tests.support.whatsapp import SENT_AT, EchoBot, contact, message, of_messages, rows, wait_for, webhook, writes

pytestmark = pytest.mark.usefixtures("database_url")

OTHER = "4915123000002"


@pytest.fixture(autouse=True)
def _strict(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("MESSAGES", "3"), ("SECONDS", "60"), ("HOUR", "8"), ("PAUSE", "1")):
        monkeypatch.setenv(f"CLINIC_FLOOD_{name}", value)


def texts() -> list[str]:
    return [row.message["text"].removeprefix("utter_introduction\n\n") for row in rows(Outbox)]


def post(server: Any, *bodies: str, at: int = SENT_AT, **fields: Any) -> None:
    server.post(of_messages(*(message(body=body, timestamp=at + n, **fields) for n, body in enumerate(bodies))))


def settled() -> bool:
    return all(row.processed_at for row in rows(Inbox))


def actions() -> list[str]:
    return [row.action for row in rows(AuditLog) if row.action != "contact.created"]


def test_of_a_flood_the_newest_is_answered_and_it_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    bot = EchoBot()
    with caplog.at_level(logging.WARNING), webhook(bot) as server:
        post(server, "1", "2", "3", "4", "5", "6")
        wait_for(settled)
        post(server, "7", at=SENT_AT + 10)
        wait_for(settled)
    assert texts() == ["echo: 1", "echo: 2", "echo: 3", "utter_slow_down", "echo: 6", "echo: 7"]
    assert actions() == ["contact.slowed"]
    (who,) = rows(Contact)
    assert who.slowed_until > datetime.fromtimestamp(SENT_AT + 60, timezone.utc)
    assert who.slowed_told_at is not None
    assert caplog.text.count("writes too much") == 1


def test_a_thumb_after_the_newest_takes_no_answer_away() -> None:
    thumb = message("reaction", timestamp=SENT_AT + 4, reaction={"message_id": "wamid.OUT1", "emoji": "👍"})
    with webhook(EchoBot()) as server:
        server.post(of_messages(*(message(body=str(n), timestamp=SENT_AT + n) for n in range(4)), thumb))
        wait_for(lambda: len(rows(Inbox)) == 5 and settled())
    assert texts()[-2:] == ["utter_slow_down", "echo: 3"]


def test_what_was_sent_before_supersedes_nothing_however_late_it_comes() -> None:
    now = clock.now()
    for at in (now, now - timedelta(seconds=5), now):
        writes(at=at)
    with database.read() as session:
        assert [flood.superseded(session, row.id) for row in rows(Inbox)] == [True, True, False]
        assert not flood.superseded(session, 10_000)


def test_a_minute_later_all_is_as_before() -> None:
    bot = EchoBot()
    with webhook(bot) as server:
        post(server, "1", "2", "3", "4")
        wait_for(settled)
        began = time.monotonic()
        post(server, "5", "6", at=SENT_AT + 100)
        wait_for(settled)
    assert texts()[-2:] == ["echo: 5", "echo: 6"]
    assert time.monotonic() - began < 1


def test_danger_is_answered_at_once_wherever_it_stands() -> None:
    bot = EchoBot()
    with webhook(bot) as server:
        post(server, "1", "2", "3", "4", "danger", "5", "6", "7", "8", "9", "danger again", "10")
        wait_for(settled)
    assert [text for text in texts() if "danger" in text] == ["echo: danger", "echo: danger again"]
    assert "echo: 10" not in texts()


def test_danger_does_not_wait_for_the_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLINIC_FLOOD_PAUSE", "30")
    bot = EchoBot()
    with webhook(bot) as server:
        post(server, "1", "2", "3", "4")
        wait_for(lambda: "utter_slow_down" in texts())
        post(server, "danger", at=SENT_AT + 20)
        wait_for(lambda: "echo: danger" in texts(), 5)
        assert "echo: 4" not in texts()


def test_who_rests_takes_nobody_elses_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLINIC_FLOOD_PAUSE", "30")
    phones = [f"49151230003{n:02d}" for n in range(10)]
    with webhook(EchoBot()) as server:
        for phone in phones:
            post(server, "1", "2", "3", "4", phone=phone)
        wait_for(lambda: texts().count("utter_slow_down") == len(phones))
        post(server, "hello", phone=OTHER)
        wait_for(lambda: "echo: hello" in texts(), 5)


def test_who_goes_on_is_not_answered_for_an_hour() -> None:
    with webhook(EchoBot()) as server:
        post(server, *map(str, range(12)))
        wait_for(settled)
        before = texts()
        post(server, "please", at=SENT_AT + 300)
        wait_for(settled)
        assert texts() == before
        post(server, "sorry", at=SENT_AT + 3700)
        wait_for(lambda: "echo: sorry" in texts())
    assert actions() == ["contact.slowed", "contact.blocked_for_an_hour"]


def test_staff_blocks_and_unblocks(capsys: pytest.CaptureFixture[str]) -> None:
    who = contact()
    assert main(["block", str(who), "--by", "Mia"]) == 0
    assert main(["block", str(who), "--by", "Mia"]) == 0
    assert "blocked already" in capsys.readouterr().out
    with webhook(EchoBot()) as server:
        post(server, "hello", "danger")
        wait_for(settled)
        assert texts() == ["echo: danger"]
        assert main(["unblock", str(who), "--by", "Mia"]) == 0
        post(server, "again", at=SENT_AT + 5)
        wait_for(lambda: "echo: again" in texts())
    assert actions() == ["contact.blocked", "contact.unblocked"]
    assert main(["block", "999", "--by", "Mia"]) == 1


def test_the_verdict_does_not_depend_on_when_it_is_asked() -> None:
    """What waited during an outage was written slowly, and is no flood."""
    with webhook() as server:
        for n in range(8):
            post(server, str(n), at=SENT_AT + 100 * n)
    settings = FloodSettings(messages=2, seconds=60)
    with database.read() as session:
        assert {verdict(session, row.id, settings).pace for row in rows(Inbox)} == {Pace.NORMAL}
        assert verdict(session, 10_000, settings) is flood.CALM


def test_settings() -> None:
    assert flood_settings({}) == FloodSettings()
    assert flood_settings({"CLINIC_NOW": "2026-11-23T09:00:00+01:00"}).messages == 0
    with pytest.raises(SettingsError, match="CLINIC_FLOOD_SECONDS"):
        flood_settings({"CLINIC_FLOOD_SECONDS": "soon"})
