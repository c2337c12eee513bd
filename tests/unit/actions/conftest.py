"""The actions with the demo clinic on SQLite: Sunday 22 November 2026, 10:00 in Berlin, closed; Monday is tomorrow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clinic import clock, consent, contacts, database
from clinic.triage.intakes import PURPOSE
from tests.support import databases, surroundings
from tests.support.conversations import Conversation


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield from surroundings.documented(monkeypatch)


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[str]:
    with databases.demo(tmp_path) as url:
        clock.freeze(clock.parse_instant(surroundings.SUNDAY))
        yield url


@pytest.fixture
def meet(clinic: str) -> Callable[..., Conversation]:
    """Makes conversations, each of a contact of its own."""
    count = iter(range(1, 100))

    def new(language: str = "en", agreed: bool = True) -> Conversation:
        with database.transaction() as session:
            contact_id = contacts.by_address(session, phone=f"+4915200000{next(count):03d}").id
            if agreed:
                consent.grant(contact_id, session=session)
        return Conversation(contact_id, language)

    return new


@pytest.fixture
def chat(meet: Callable[..., Conversation]) -> Conversation:
    """One conversation in English, of a contact who agreed to the booking."""
    return meet()


@pytest.fixture
def agreed(meet: Callable[..., Conversation]) -> Callable[..., Conversation]:
    """Conversations of contacts who agreed to questions about their health."""

    def new(language: str = "en") -> Conversation:
        chat = meet(language)
        with database.transaction() as session:
            consent.grant(chat.contact_id, PURPOSE, session=session)
        return chat

    return new
