"""`block | unblock`: contacts that the bot shall not answer."""

from __future__ import annotations

import argparse
from typing import Any

from clinic import clock, contacts, database, flood

ERRORS: tuple[type[Exception], ...] = (contacts.UnknownContact,)


def add_to(commands: Any) -> None:
    """Add this group's commands to the parser."""
    for name, help_, run in (
        ("block", "stop answering a contact, but for emergencies (its number stands in `handoffs show`)", _block),
        ("unblock", "answer a contact again that was blocked or slowed", _unblock),
    ):
        parser = commands.add_parser(name, help=help_)
        parser.add_argument("contact", type=int, help="the contact's number")
        parser.add_argument("--by", required=True, metavar="NAME", help="who decides that")
        parser.set_defaults(run=run)


def _block(options: argparse.Namespace) -> None:
    with database.transaction() as session:
        new = flood.block(session, options.contact, f"staff:{options.by}", clock.now())
    print(f"Contact {options.contact} is blocked{'' if new else ' already'}. Emergencies are answered all the same.")


def _unblock(options: argparse.Namespace) -> None:
    with database.transaction() as session:
        new = flood.unblock(session, options.contact, f"staff:{options.by}")
    print(f"Contact {options.contact} is answered{' again' if new else ': nothing held it back'}.")
