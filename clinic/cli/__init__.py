"""The clinic's command line: `python -m clinic …`. One module per group of commands."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from sqlalchemy.exc import OperationalError, ProgrammingError

from clinic.cli import appointments, contacts, handoffs, setup
from clinic.clock import now
from clinic.directory import NotSeeded
from clinic.settings import SettingsError

OK, FAILED = 0, 1
# What staff can do something about: the reason is shown without a traceback.
EXPECTED: tuple[type[Exception], ...] = (
    *setup.ERRORS,
    *appointments.ERRORS,
    *handoffs.ERRORS,
    *contacts.ERRORS,
    NotSeeded,
    SettingsError,
    ValueError,
)


def parser() -> argparse.ArgumentParser:
    """All commands; every one sets `run`, which takes the parsed arguments."""
    made = argparse.ArgumentParser(prog="python -m clinic", description="The clinic's database and chats.")
    commands = made.add_subparsers(title="commands", required=True, metavar="command")
    for group in (setup, appointments, handoffs, contacts):
        group.add_to(commands)
    return made


def _explain(error: Exception) -> str:
    """A sentence for staff; of a database's error its first line and what to do."""
    reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    if "no such table" in reason or "UndefinedTable" in type(getattr(error, "orig", None)).__name__:
        return "the database has no tables yet: run `python -m clinic migrate`"
    return f"the database at CLINIC_DATABASE_URL does not answer: {reason}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 when it did what was asked, 1 when it could not (the reason goes to stderr), 2 on wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    options = parser().parse_args(arguments)
    try:
        now()
        options.run(options)
    except (OperationalError, ProgrammingError) as error:
        print(f"error: {_explain(error)}", file=sys.stderr)
        return FAILED
    except EXPECTED as error:
        print(f"error: {error}", file=sys.stderr)
        return FAILED
    return OK
