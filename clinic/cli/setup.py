"""`migrate` and `seed`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from clinic import database, seed

ERRORS: tuple[type[Exception], ...] = (seed.SeedError,)


def add_to(commands: Any) -> None:
    """Add this group's commands to the parser."""
    migrate = commands.add_parser("migrate", help="bring the database's tables up to date")
    migrate.set_defaults(run=_migrate)
    load = commands.add_parser("seed", help="load the demo clinic, or a clinic's own file; harmless when repeated")
    load.add_argument("--file", type=Path, help="a clinic's YAML file (default: the demo clinic)")
    load.set_defaults(run=_seed)


def _migrate(_options: argparse.Namespace) -> None:
    database.upgrade()
    print("The database is up to date.")


def _seed(options: argparse.Namespace) -> None:
    database.upgrade()
    counts = seed.load(options.file)
    loaded = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in counts.items())
    print(f"Loaded {options.file or 'the demo clinic'}: {loaded}.")
