"""`appointments`: what stands in the book."""

from __future__ import annotations

import argparse
from datetime import date, time, timedelta
from typing import Any

from clinic import clock, database, directory
from clinic.cli.table import local, one_line, table
from clinic.scheduling import booking
from clinic.scheduling.localtime import instant
from clinic.settings import settings

ERRORS: tuple[type[Exception], ...] = ()
DAYS = 7


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date: write 2026-11-24") from None


def add_to(commands: Any) -> None:
    """Add this group's command to the parser."""
    parser = commands.add_parser("appointments", help=f"list appointments (default: today and {DAYS - 1} days more)")
    parser.add_argument("--from", dest="first", type=_date, metavar="DATE", help="first day (default: today)")
    parser.add_argument("--to", dest="last", type=_date, metavar="DATE", help="last day, included")
    parser.set_defaults(run=_list)


def _list(options: argparse.Namespace) -> None:
    first = options.first or directory.today()
    last = options.last or max(first, directory.today()) + timedelta(days=DAYS - 1)
    if last < first:
        raise ValueError(f"--to {last} lies before --from {first}")
    zone = settings().time_zone
    with database.read() as session:
        found = booking.between(session, instant(first, time(), zone), instant(last + timedelta(days=1), time(), zone))
    language = settings().default_language
    now = clock.now()
    rows = [
        (
            a.id,
            local(a.starts_at),
            a.practitioner.name,
            directory.location_name(a.location, language),
            one_line(a.patient.name, 40) if a.patient else "-",
            "expired" if a.held_until is not None and a.held_until <= now else a.status,
        )
        for a in found
    ]
    if not rows:
        print(f"No appointments from {first} to {last}.")
        return
    print(table(("id", "time", "practitioner", "location", "patient", "status"), rows))
