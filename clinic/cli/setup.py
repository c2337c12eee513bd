"""`migrate`, `seed`, `key` and `triage`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from clinic import database, encryption, seed
from clinic.settings import settings
from clinic.triage import linter
from clinic.triage.protocols import protocols


class Unsound(Exception):
    """The triage protocols are not sound; the message says where."""


ERRORS: tuple[type[Exception], ...] = (seed.SeedError, Unsound)


def add_to(commands: Any) -> None:
    """Add this group's commands to the parser."""
    migrate = commands.add_parser("migrate", help="bring the database's tables up to date")
    migrate.set_defaults(run=_migrate)
    load = commands.add_parser("seed", help="load the demo clinic, or a clinic's own file; harmless when repeated")
    load.add_argument("--file", type=Path, help="a clinic's YAML file (default: the demo clinic)")
    load.set_defaults(run=_seed)
    key = commands.add_parser("key", help="print a new key for CLINIC_ENCRYPTION_KEY")
    key.set_defaults(run=_key)
    lint = commands.add_parser("triage", help="check the triage protocols and their texts")
    lint.set_defaults(run=_triage)


def _migrate(_options: argparse.Namespace) -> None:
    database.upgrade()
    print("The database is up to date.")


def _seed(options: argparse.Namespace) -> None:
    database.upgrade()
    counts = seed.load(options.file)
    loaded = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in counts.items())
    print(f"Loaded {options.file or 'the demo clinic'}: {loaded}.")


def _key(_options: argparse.Namespace) -> None:
    print(encryption.new_key())


def _triage(_options: argparse.Namespace) -> None:
    found = linter.problems()
    if found:
        raise Unsound("\n".join(found))
    print(f"{len(protocols())} triage protocols are sound, with their texts in {len(settings().languages)} languages.")
