"""What it is about: the protocols that a message names, as far as anybody can be sure, and those that are to be offered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Mapping, Optional, Tuple

from actions.intake.answers import place
from actions.turn import Turn
from clinic.triage.codes import COMPLAINT
from clinic.triage.protocols import GENERAL, Protocol, leading, protocols
from clinic.triage.reading import Said

# How sure the model must be of a protocol by itself: from here on it is right in 19 of 20, just below in 7 of 10, and the
# words are right in half of the cases, so below it one tap more is asked for (docs/decisions/0013-triage.md). A second
# complaint counts where the words name it and the model has it among so many: it puts nearly all its weight on one.
SURE, NAMED_TOO = 0.9, 4
# Less than that is not worth a row of the list, which has ten; the last says "something else".
WORTH_A_ROW, ROWS = 0.015, 9


@dataclass(frozen=True)
class Heard:
    """The protocols to ask about, the most dangerous first; where there are none, names to choose from."""

    protocols: Tuple[Protocol, ...] = ()
    candidates: Tuple[str, ...] = ()


def heard(turn: Turn, told: Said, offered: Tuple[str, ...] = ()) -> Heard:
    """What the message is about, from the model and from the words; or the row of `offered` that is meant."""
    chosen = _chosen(turn, offered)
    if chosen is not None:
        return Heard((chosen,))
    named = [protocol for protocol in leading(list(told.complaints), list(told.parts)) if protocol.name != GENERAL]
    if turn.is_tap or not turn.complaints:
        return Heard(tuple(named)) if told.complaints else Heard(candidates=_names(named))
    shares = dict(turn.complaints)
    agreed = [protocol for protocol in named if protocol.name in list(shares)[:NAMED_TOO] and told.complaints]
    likeliest = _likeliest(shares)
    if likeliest is not None and shares[likeliest.name] >= SURE:
        return Heard(_ordered([likeliest, *agreed]))
    # "Ill" in general is the last row; what is left of the shares is the others'.
    others = 1 - shares.get(GENERAL, 0.0)
    worth = [
        name for name, share in turn.complaints if share >= WORTH_A_ROW * others and name in protocols() and name != GENERAL
    ]
    first = _names(named) if told.complaints else ()
    return Heard(candidates=tuple(dict.fromkeys([*worth[:3], *first, *worth[3:], *_names(named)]))[:ROWS])


def _chosen(turn: Turn, offered: Tuple[str, ...]) -> Optional[Protocol]:
    """The protocol of the row that was tapped, or named by its number; the row after the last is "something else"."""
    if turn.is_tap:
        answer = turn.value("answer") or ""
        return protocols().get(answer.removeprefix(COMPLAINT)) if answer.startswith(COMPLAINT) else None
    row = place(turn.text, len(offered) + 1) if offered else None
    return None if row is None else protocols()[[*offered, GENERAL][row]]


def _likeliest(shares: Mapping[str, float]) -> Optional[Protocol]:
    name = max(shares, key=lambda one: shares[one])
    return protocols().get(name) if name != GENERAL else None


def _ordered(found: List[Protocol]) -> Tuple[Protocol, ...]:
    unique = {protocol.name: protocol for protocol in found}
    return tuple(sorted(unique.values(), key=lambda protocol: -protocol.rank))


def _names(found: List[Protocol]) -> Tuple[str, ...]:
    return tuple(protocol.name for protocol in found)
