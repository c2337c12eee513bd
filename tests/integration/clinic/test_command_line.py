"""`python -m clinic`, as staff use it."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest

from clinic import clock, database, handoffs, messaging
from clinic.cli import main
from clinic.models import Outbox
from clinic.scheduling.booking import confirm, hold
from clinic.scheduling.slots import free_slots
from clinic.settings import PROJECT, settings
from tests.support import clinics

Captured = pytest.CaptureFixture[str]


def run(capsys: Captured, *arguments: str, code: int = 0) -> str:
    """What the command prints; its exit code is checked."""
    assert main(arguments) == code
    captured = capsys.readouterr()
    assert bool(captured.err) == (code != 0)
    return captured.err if code else captured.out


@pytest.fixture
def waiting(database_url: str) -> int:
    """A handoff that has waited for five minutes, after a hello."""
    contact = clinics.contact().id
    with database.transaction() as session:
        messaging.receive(
            session, wamid="a", contact_id=contact, kind="text", payload={}, sent_at=clock.now(), text="Hallo\x1b[2J?"
        )
    opened = handoffs.open_handoff(contact, "asked", "de", "wants a person\nabout a bill")
    clock.freeze(clock.now() + timedelta(minutes=5))
    return opened.id


def test_migrate_and_seed(database_url: str, capsys: Captured) -> None:
    assert "up to date" in run(capsys, "migrate")
    for _ in range(2):
        assert "14 practitioners" in run(capsys, "seed")
    assert "does not exist" in run(capsys, "seed", "--file", "/no/such.yml", code=1)


def test_appointments(database_url: str, capsys: Captured) -> None:
    assert run(capsys, "appointments") == "No appointments from 2026-11-22 to 2026-11-28.\n"
    clinics.doctor(days=[0])
    contact = clinics.contact()
    patient = clinics.patient(contact.id)
    with database.read() as session:
        keys = [slot.key for slot in free_slots(session, start=clock.now())]
    confirm(hold(contact.id, keys[0]).id, contact.id, patient.id)
    hold(contact.id, keys[1])
    clock.freeze(clock.now() + timedelta(hours=1))
    assert run(capsys, "appointments").splitlines() == [
        "id  time              practitioner    location  patient        status",
        "1   2026-11-23 09:00  Dr. anna-weber  main      Maria Schmidt  booked",
        "2   2026-11-23 09:20  Dr. anna-weber  main      -              expired",
    ]
    assert run(capsys, "appointments", "--from", "2026-11-24").startswith("No appointments from 2026-11-24 to")
    assert "Maria" in run(capsys, "appointments", "--from", "2026-11-23", "--to", "2026-11-23")
    assert "lies before" in run(capsys, "appointments", "--from", "2026-11-23", "--to", "2026-11-22", code=1)


def test_a_handoff_from_list_to_close(waiting: int, capsys: Captured) -> None:
    assert run(capsys, "handoffs", "list").splitlines() == [
        "id  waiting  priority  status  language  reason  summary",
        "1   5 min    normal    open    de        asked   wants a person about a bill",
    ]
    assert "add --by NAME" in run(capsys, "handoffs", "reply", "1", "Hallo", code=1)
    assert "claimed by Noor" in run(capsys, "handoffs", "claim", "1", "--by", "Noor")
    assert "claimed by Noor already" in run(capsys, "handoffs", "claim", "1", "--by", "Omar", code=1)
    assert "on its way" in run(capsys, "handoffs", "reply", "1", "Guten Tag")
    shown = run(capsys, "handoffs", "show", "1")
    assert "2026-11-22 10:00  patient  Hallo[2J?" in shown, "in the clinic's zone, and nothing a terminal obeys"
    assert "2026-11-22 10:05  staff    Guten Tag" in shown
    assert "+49152" in shown
    assert "is closed" in run(capsys, "handoffs", "close", "1")
    assert "is closed already" in run(capsys, "handoffs", "close", "1", code=1)
    assert run(capsys, "handoffs", "list") == "Nobody is waiting.\n"
    with database.read() as session:
        said = [row.message["text"] for row in session.query(Outbox).order_by(Outbox.id)]
    assert said[0] == "Guten Tag"
    assert "Salama" in said[1]
    assert len(said) == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("show", "9"), "there is no handoff 9"),
        (("claim", "9", "--by", "x"), "there is no handoff 9"),
        (("claim", "1", "--by", " "), "say who claims it"),
        (("reply", "1", " ", "--by", "x"), "the reply is empty"),
        (("reply", "1", "x" * 4097, "--by", "x"), "4097 characters"),
        (("close", "9"), "there is no handoff 9"),
    ],
)
def test_mistakes_are_explained(waiting: int, capsys: Captured, arguments: tuple[str, ...], says: str) -> None:
    assert says in run(capsys, "handoffs", *arguments, code=1)


@pytest.mark.parametrize(
    "arguments", [(), ("nonsense",), ("handoffs",), ("handoffs", "claim", "1"), ("handoffs", "show", "x")]
)
def test_wrong_usage(capsys: Captured, arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(arguments)
    assert raised.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_a_database_without_tables(tmp_path: object, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.setenv("CLINIC_DATABASE_URL", f"sqlite:///{tmp_path}/empty.db")
    settings.cache_clear()
    assert "run `python -m clinic migrate`" in run(capsys, "appointments", code=1)
    monkeypatch.setenv("CLINIC_DATABASE_URL", "postgresql://localhost:1/none")
    settings.cache_clear()
    assert "does not answer" in run(capsys, "appointments", code=1)
    monkeypatch.setenv("CLINIC_TIMEZONE", "Mars/Olympus")
    settings.cache_clear()
    assert "CLINIC_TIMEZONE" in run(capsys, "appointments", code=1)


def test_as_a_process(database_url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "clinic", "handoffs", "list"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "Nobody is waiting.\n", "")
