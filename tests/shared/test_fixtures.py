"""An extra suite: webhooks that nobody here wrote, from `../shared/fixtures/whatsapp` (never part of the project).

It runs where that folder stands beside the project and is passed over, out loud, where it does not.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clinic.models.messaging import Inbox
from connectors.whatsapp import inbound
from connectors.whatsapp.content import Media, Reaction, System, Tap, Unknown
from tests.support import databases
from tests.support.whatsapp import EchoBot, Running, rows, wait_for, webhook

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "fixtures" / "whatsapp" / "webhooks"
FILES = sorted(FOLDER.glob("*.json"))

pytestmark = pytest.mark.skipif(not FILES, reason=f"EXTRA SUITE NOT RUN: {FOLDER} does not stand beside the project")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with databases.fresh("sqlite", tmp_path_factory.mktemp("fixtures")), webhook() as running:
        yield running


def messages_of(document: Any) -> list[Any]:
    changes = [change for entry in document["entry"] for change in entry["changes"] if change["field"] == "messages"]
    return [message for change in changes for message in change["value"].get("messages", [])]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_webhook_is_accepted_and_kept(path: Path, server: Running, caplog: pytest.LogCaptureFixture) -> None:
    raw = path.read_bytes()
    assert server.post(None, raw=raw).status_code == 200
    known = {row.wamid: row for row in rows(Inbox)}
    batch = inbound.parse(json.loads(raw))
    assert len(batch.messages) == len(messages_of(json.loads(raw)))
    for message in batch.messages:
        assert message.wamid in known
        # Some examples have a placeholder such as "PHONE_NUMBER" for the sender; all name one.
        assert message.phone or message.user_id
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_each_kind_is_read_into_its_model() -> None:
    """Counted over all of them: nothing is Unknown but what says so itself, nothing is left without a place."""
    kinds, statuses, fields = Counter[str](), Counter[str](), Counter[str]()
    for path in FILES:
        batch = inbound.parse(json.loads(path.read_bytes()))
        assert batch.messages or batch.statuses or batch.news, path.name
        for message in batch.messages:
            kinds[_kind(message.content)] += 1
            if isinstance(message.content, Unknown):
                assert message.payload["type"] == "unknown", path.name
        statuses.update(status.status for status in batch.statuses)
        fields.update(news.field for news in batch.news)
    print(f"\n{len(FILES)} webhooks")
    for title, counter in (("messages", kinds), ("statuses", statuses), ("news", fields)):
        print(f"{sum(counter.values())} {title}: {dict(sorted(counter.items()))}")
    assert kinds["Unknown"] == 2
    assert inbound.UNKNOWN not in fields and inbound.MESSAGES not in fields


def _kind(content: object) -> str:
    name = type(content).__name__
    if isinstance(content, Media):
        return f"{name} {'voice' if content.voice else content.kind}"
    if isinstance(content, Tap):
        return f"{name} {content.kind}"
    if isinstance(content, Reaction):
        return name if content.emoji else f"{name} removed"
    return f"{name} {content.kind}" if isinstance(content, System) else name


def test_all_at_once_with_a_bot(tmp_path: Path) -> None:
    """Everything again, twice, into an empty database: each message once, each answered or rightly not."""
    bodies = [path.read_bytes() for path in FILES]
    expected = {m.wamid for body in bodies for m in inbound.parse(json.loads(body)).messages}
    with databases.fresh("sqlite", tmp_path), webhook(EchoBot()) as server:
        assert {server.post(None, raw=body).status_code for body in bodies * 2} == {200}
        wait_for(lambda: all(row.processed_at for row in rows(Inbox)), 60)
        kept = rows(Inbox)
    assert {row.wamid for row in kept} == expected
    assert len(kept) == len(expected)
    counts = Counter(row.kind for row in kept)
    print(f"\n{len(FILES)} webhooks, {len(kept)} messages: {dict(sorted(counts.items()))}")
    assert counts["unknown"] <= 2
