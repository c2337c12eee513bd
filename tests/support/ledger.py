"""The bookkeeping of a fault run: what the patients' telephones saw, held against what the clinic's database says.

    verdict = judge(read(transcript, database_url))
    assert verdict.clean, verdict.report()

The telephones are the simulator's; a row of the outbox and a bubble on a telephone are one thing when the row's id
(`opaque`, which travels as callback data) or the channel's id is on both.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from clinic import database
from clinic.models import Inbox, Outbox

ARRIVED = ("sent", "delivered", "read")
PENDING = ("queued", "sending")
# What an echoing bot says.
ECHO = "echo: "
# A message that was on its way while a later one was being thought about may be answered after that one.
THINKING = timedelta(seconds=30)
SHOWN_AT_MOST = 12


@dataclass(frozen=True)
class Written:
    """A patient has written this. `text` is theirs alone, or None when the checker shall not look at words."""

    wamid: str
    phone: str
    text: str | None = None


@dataclass(frozen=True)
class Bubble:
    """What came from the clinic to a telephone; `shown` is False for what WhatsApp took and failed to deliver."""

    seq: int
    phone: str
    wamid: str
    opaque: str | None
    text: str = ""
    shown: bool = True


@dataclass(frozen=True)
class Received:
    """A row of the inbox."""

    id: int
    wamid: str
    contact: int | None
    sent_at: datetime
    received_at: datetime
    processed_at: datetime | None


@dataclass(frozen=True)
class Said:
    """A row of the outbox."""

    id: int
    contact: int
    opaque: str
    status: str
    wamid: str | None = None
    in_reply_to: str | None = None
    position: int = 0


@dataclass(frozen=True)
class Ledger:
    """Both sides. `undelivered` are webhooks that the simulator still keeps."""

    written: Sequence[Written]
    bubbles: Sequence[Bubble]
    inbox: Sequence[Received]
    outbox: Sequence[Said]
    undelivered: int = 0


@dataclass
class Verdict:
    """What went wrong, in words; four empty lists are what everybody wants."""

    conversations: int = 0
    messages_in: int = 0
    messages_out: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Every message once, in order, and nothing left to do."""
        return not (self.lost or self.doubled or self.disordered or self.pending)

    def summary(self, **more: object) -> str:
        """One line of numbers."""
        counted = {
            "conversations": self.conversations,
            "in": self.messages_in,
            "out": self.messages_out,
            **more,
            "lost": len(self.lost),
            "doubled": len(self.doubled),
            "disordered": len(self.disordered),
            "pending": len(self.pending),
        }
        return " · ".join(f"{name} {value}" for name, value in counted.items())

    def report(self) -> str:
        """The summary, and the first cases of each kind."""
        lines = [self.summary()]
        for name in ("lost", "doubled", "disordered", "pending"):
            found: list[str] = getattr(self, name)
            lines += [f"  {name}: {case}" for case in found[:SHOWN_AT_MOST]]
            if len(found) > SHOWN_AT_MOST:
                lines.append(f"  {name}: … and {len(found) - SHOWN_AT_MOST} more")
        return "\n".join(lines)


Answered = Callable[[Written], bool]


def judge(
    ledger: Ledger,
    *,
    echoes: bool = False,
    answered: Answered = lambda written: True,
    thinking: timedelta = THINKING,
) -> Verdict:
    """Hold both sides against each other.

    `echoes`: the bot repeats words, so the bubbles are also counted by what they say, whatever the database thinks.
    `answered`: which messages must have an answer (all of them, unless told otherwise).
    `thinking`: what arrived so late before the answer to a later message may be answered after it.
    """
    verdict = Verdict(len({each.phone for each in ledger.written}), len(ledger.written))
    verdict.messages_out = sum(bubble.shown for bubble in ledger.bubbles)
    _what_came_in(ledger, verdict, answered)
    _what_went_out(ledger, verdict)
    _order_of_answers(ledger, verdict, thinking)
    _order_of_bubbles(ledger, verdict)
    if echoes:
        _words(ledger, verdict)
    return verdict


def _what_came_in(ledger: Ledger, verdict: Verdict, answered: Answered) -> None:
    """Each message is stored once, processed, and answered."""
    stored = Counter(row.wamid for row in ledger.inbox)
    verdict.doubled += [f"{wamid} is stored {times} times" for wamid, times in stored.items() if times > 1]
    processed = {row.wamid for row in ledger.inbox if row.processed_at is not None}
    answers = {row.in_reply_to for row in ledger.outbox}
    for written in ledger.written:
        if written.wamid not in stored:
            verdict.lost.append(f"{written.wamid} of {written.phone} was never stored")
        elif written.wamid not in processed:
            verdict.pending.append(f"{written.wamid} of {written.phone} waits in the inbox")
        elif answered(written) and written.wamid not in answers:
            verdict.lost.append(f"{written.wamid} of {written.phone} has no answer")
    turns = Counter((row.in_reply_to, row.position) for row in ledger.outbox if row.in_reply_to)
    verdict.doubled += [f"{wamid} is answered {times} times" for (wamid, _), times in turns.items() if times > 1]
    if ledger.undelivered:
        verdict.pending.append(f"{ledger.undelivered} webhooks were never taken")


def _what_went_out(ledger: Ledger, verdict: Verdict) -> None:
    """Each row of the outbox is one bubble, and each bubble one row."""
    bubbles = _bubbles_of(ledger)
    for row in ledger.outbox:
        seen = sum(bubble.shown for bubble in bubbles[row.id])
        if row.status in PENDING:
            verdict.pending.append(f"outbox {row.id} is {row.status}")
        elif seen == 0:
            verdict.lost.append(f"outbox {row.id} is {row.status}, and nobody saw it")
        elif row.status not in ARRIVED:
            verdict.lost.append(f"outbox {row.id} was seen, but is {row.status}")
        if seen > 1:
            verdict.doubled.append(f"outbox {row.id} was seen {seen} times")
    known = {bubble.seq for found in bubbles.values() for bubble in found}
    for bubble in ledger.bubbles:
        if bubble.shown and bubble.seq not in known:
            verdict.doubled.append(f"bubble {bubble.seq} of {bubble.phone} belongs to no row of the outbox")


def _bubbles_of(ledger: Ledger) -> Mapping[int, list[Bubble]]:
    """Outbox id → what came of it."""
    rows = {row.opaque: row.id for row in ledger.outbox}
    named = {row.wamid: row.id for row in ledger.outbox if row.wamid}
    found: dict[int, list[Bubble]] = defaultdict(list)
    for bubble in ledger.bubbles:
        row = rows.get(bubble.opaque or "", named.get(bubble.wamid))
        if row is not None:
            found[row].append(bubble)
    return found


def _order_of_bubbles(ledger: Ledger, verdict: Verdict) -> None:
    """On a telephone the rows show in the order in which they were written."""
    row_of = {bubble.seq: row for row, found in _bubbles_of(ledger).items() for bubble in found}
    shown = sorted((bubble for bubble in ledger.bubbles if bubble.shown), key=lambda bubble: bubble.seq)
    for phone in sorted({bubble.phone for bubble in shown}):
        rows = [row_of[bubble.seq] for bubble in shown if bubble.phone == phone and bubble.seq in row_of]
        for one, other in _neighbours(rows):
            if one > other:
                verdict.disordered.append(f"{phone} saw outbox {one} before {other}")


def _order_of_answers(ledger: Ledger, verdict: Verdict, thinking: timedelta) -> None:
    """A contact's messages are answered in the order of sending, as far as they had arrived."""
    first_answer: dict[str, int] = {}
    for said in sorted(ledger.outbox, key=lambda row: row.id):
        if said.in_reply_to:
            first_answer.setdefault(said.in_reply_to, said.id)
    by_contact: dict[int, list[Received]] = defaultdict(list)
    for received in ledger.inbox:
        if received.contact is not None and received.wamid in first_answer:
            by_contact[received.contact].append(received)
    for contact, rows in by_contact.items():
        rows.sort(key=lambda row: (row.sent_at, row.id))
        for number, row in enumerate(rows):
            for later in rows[number + 1 :]:
                if first_answer[later.wamid] < first_answer[row.wamid] and _was_known(row, later, thinking):
                    verdict.disordered.append(f"contact {contact}: inbox {later.id} was answered before {row.id}")


def _was_known(row: Received, later: Received, thinking: timedelta) -> bool:
    """Had `row` arrived when the bot took up `later`, which was written after it?"""
    if row.id < later.id:
        return True
    return later.processed_at is not None and row.received_at + thinking < later.processed_at


def _words(ledger: Ledger, verdict: Verdict) -> None:
    """Each message of a patient comes back to the same telephone in one bubble."""
    said = Counter((bubble.phone, bubble.text.rpartition(ECHO)[2]) for bubble in ledger.bubbles if bubble.shown)
    for written in ledger.written:
        if written.text is None:
            continue
        times = said[written.phone, written.text]
        if times > 1:
            verdict.doubled.append(f"{written.phone} heard {written.text!r} {times} times")
        elif times == 0:
            verdict.lost.append(f"{written.phone} never heard {written.text!r}")


def _neighbours(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    return zip(rows, rows[1:], strict=False)


def read(transcript: Iterable[Mapping[str, Any]], database_url: str, *, undelivered: int = 0) -> Ledger:
    """Both sides as they stand: the lines of the simulator's transcript, and the clinic's database."""
    lines = list(transcript)
    written = [
        Written(line["wamid"], line["phone"], line["text"] if line["type"] == "text" else None)
        for line in lines
        if line["direction"] == "in"
    ]
    bubbles = [
        Bubble(line["seq"], line["phone"], line["wamid"], line["callback_data"], line["text"] or "", line["shown"])
        for line in lines
        if line["direction"] == "out"
    ]
    with database.read(database_url) as session:
        inbox = [
            Received(row.id, row.wamid, row.contact_id, row.sent_at, row.received_at, row.processed_at)
            for row in session.execute(select(Inbox).order_by(Inbox.id)).scalars()
        ]
        outbox = [
            Said(row.id, row.contact_id, row.opaque, row.status, row.wamid, row.in_reply_to, row.position)
            for row in session.execute(select(Outbox).order_by(Outbox.id)).scalars()
        ]
    return Ledger(written, bubbles, inbox, outbox, undelivered)
