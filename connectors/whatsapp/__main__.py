"""`python -m connectors.whatsapp doctor | templates …`: looks at a real WhatsApp account."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from sqlalchemy.exc import OperationalError, ProgrammingError

from clinic.settings import SettingsError
from connectors.whatsapp.doctor import cli as doctor
from connectors.whatsapp.templates import cli as templates

OK, FAILED = 0, 1
EXPECTED: tuple[type[Exception], ...] = (*templates.ERRORS, SettingsError)


def parser() -> argparse.ArgumentParser:
    """All commands; every one sets `run`, which takes the parsed arguments and may return an exit code."""
    made = argparse.ArgumentParser(prog="python -m connectors.whatsapp", description="The clinic's WhatsApp account.")
    commands = made.add_subparsers(title="commands", required=True, metavar="command")
    doctor.add_to(commands)
    templates.add_to(commands)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 when all is well, 1 when it is not (the reason goes to stderr), 2 on wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    options = parser().parse_args(arguments)
    try:
        return options.run(options) or OK
    except (OperationalError, ProgrammingError) as error:
        reason = str(error.orig).strip().splitlines()[0]
        print(f"error: the clinic's database cannot be used ({reason}): python -m clinic migrate?", file=sys.stderr)
    except EXPECTED as error:
        print(f"error: {error}", file=sys.stderr)
    return FAILED


if __name__ == "__main__":
    sys.exit(main())
