"""`handoffs list | show | claim | reply | close`: people answering patients."""

from __future__ import annotations

import argparse
from typing import Any

from clinic import clock, contacts, conversations, database, handoffs
from clinic.cli.table import lasting, local, one_line, plain, table
from clinic.models import Handoff
from clinic.texts import TextError

ERRORS: tuple[type[Exception], ...] = (handoffs.HandoffError, conversations.InvalidReply, TextError)
_WHO = {"patient": "patient", "bot": "Salama", "staff": "staff"}


def add_to(commands: Any) -> None:
    """Add this group's commands to the parser."""
    group = commands.add_parser("handoffs", help="chats that wait for a person").add_subparsers(
        title="commands", required=True, metavar="command"
    )
    listing = group.add_parser("list", help="what is not closed, the most urgent first")
    listing.set_defaults(run=_list)
    show = _with_id(group, "show", "the conversation", _show)
    show.add_argument("--limit", type=int, default=50, help="how many messages (default: 50)")
    claim = _with_id(group, "claim", "take the chat; the bot keeps quiet until it is closed", _claim)
    claim.add_argument("--by", required=True, metavar="NAME", help="who answers")
    reply = _with_id(group, "reply", "write to the patient", _reply)
    reply.add_argument("text", help='what to say, in quotes: "Good morning, …"')
    reply.add_argument("--by", metavar="NAME", help="claims the chat first when nobody has")
    _with_id(group, "close", "give the chat back to the bot, which tells the patient", _close)


def _with_id(group: Any, name: str, help_: str, run: Any) -> Any:
    parser = group.add_parser(name, help=help_)
    parser.add_argument("id", type=int, help="the handoff's number")
    parser.set_defaults(run=run)
    return parser


def _status(handoff: Handoff) -> str:
    return f"claimed by {handoff.claimed_by}" if handoff.status == "claimed" else handoff.status


def _list(_options: argparse.Namespace) -> None:
    now = clock.now()
    with database.read() as session:
        found = handoffs.waiting(session)
    if not found:
        print("Nobody is waiting.")
        return
    rows = [
        (
            h.id,
            lasting(now - h.opened_at),
            h.priority,
            _status(h),
            h.language or "-",
            h.reason,
            one_line(h.summary, 70),
        )
        for h in found
    ]
    print(table(("id", "waiting", "priority", "status", "language", "reason", "summary"), rows))


def _show(options: argparse.Namespace) -> None:
    with database.read() as session:
        handoff = handoffs.get(session, options.id)
        address = contacts.address_of(session, handoff.contact_id)
        lines = conversations.transcript(session, handoff.contact_id, max(1, options.limit))
    print(f"Handoff {handoff.id}: {_status(handoff)}, {handoff.priority}, {handoff.reason}")
    print(f"Contact {handoff.contact_id}: {address['phone'] or address['user_id'] or '-'}, {handoff.language or '-'}")
    print(f"Opened {local(handoff.opened_at)}")
    if handoff.summary:
        print(f"Summary: {plain(handoff.summary)}")
    print()
    for line in lines:
        mark = f" ({line.status})" if line.status in conversations.UNDELIVERED else ""
        text = plain(line.text).replace("\n", "\n" + " " * 27)
        print(f"{local(line.at)}  {_WHO[line.who]:7}  {text}{mark}")


def _claim(options: argparse.Namespace) -> None:
    handoff = handoffs.claim(options.id, options.by)
    print(f"Handoff {handoff.id} is {_status(handoff)}. The bot keeps quiet until you close it.")


def _reply(options: argparse.Namespace) -> None:
    try:
        conversations.reply(options.id, options.text, options.by)
    except handoffs.NotClaimed as error:
        raise handoffs.NotClaimed(
            f"{error}: run `python -m clinic handoffs claim {options.id} --by NAME` first, or add --by NAME"
        ) from None
    print("The reply is on its way.")


def _close(options: argparse.Namespace) -> None:
    conversations.close(options.id)
    print(f"Handoff {options.id} is closed. The bot answers again and says so.")
