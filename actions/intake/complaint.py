"""What it is about: the protocols that a message names, as far as anybody can be sure, and those that are to be offered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Mapping, Optional, Tuple

from actions.intake.offer import PERHAPS_UNWELL
from actions.turn import Turn
from clinic.triage import findings, listed, replies, texts
from clinic.triage.codes import COMPLAINT
from clinic.triage.conditions import Known
from clinic.triage.protocols import GENERAL, Protocol, leading, protocols
from clinic.triage.reading import Said

# How sure the model must be of a protocol by itself: from here on it is right in 19 of 20, just below in 7 of 10, and the
# words are right in half of the cases, so below it one tap more is asked for (docs/decisions/0013-triage.md). A second
# complaint counts where the words name it and the model has it among so many: it puts nearly all its weight on one.
SURE, NAMED_TOO = 0.9, 4
# Behind the list, where the answer is one of few.
LIKELY = 0.5
# Less than that is not worth a row of the list, which has ten; the last says "something else". Nor is what comes behind so
# much of the others' shares: players find far-off rows absurd. With 0.96 a patient of the practice set missed her row.
WORTH_A_ROW, ROWS, ENOUGH = 0.02, 9, 0.99


@dataclass(frozen=True)
class Heard:
    """The protocols to ask about, the most dangerous first; where there are none, names to choose from."""

    protocols: Tuple[Protocol, ...] = ()
    candidates: Tuple[str, ...] = ()


def heard(turn: Turn, told: Said, known: Known, offered: Tuple[str, ...] = ()) -> Heard:
    """What the message is about, from the model and from the words; or the row of `offered` that is meant.

    `known` is what was told before: nobody is offered what cannot be at that age or of that sex.
    """
    chosen = _chosen(turn, offered)
    if chosen is not None:
        return Heard((chosen,))
    named = [protocol for protocol in leading(list(told.complaints), list(told.parts)) if protocol.name != GENERAL]
    if turn.is_tap or not turn.complaints:
        told_or_titled = tuple(named) if told.complaints else _ordered([] if turn.is_tap else _titled(turn, offered))
        return Heard(told_or_titled) if told_or_titled else Heard(candidates=_names(named))
    shares = dict(turn.complaints)
    meant = _meant(named, shares, offered) or _titled(turn, offered)
    if meant:
        return Heard(_ordered(meant))
    agreed = [protocol for protocol in named if protocol.name in list(shares)[:NAMED_TOO] and told.complaints]
    likeliest = _likeliest(shares)
    if likeliest is not None and shares[likeliest.name] >= SURE:
        return Heard(_ordered([likeliest, *agreed]))
    # "Runny nose and cough": sure that it is what the words name, though not of which more.
    if sum(shares[protocol.name] for protocol in agreed) >= SURE:
        return Heard(_ordered(agreed))
    # Of an answer that tells of no illness the model makes rows of its own; the old ones are better.
    if offered and not named and turn.unwell < PERHAPS_UNWELL:
        return Heard()
    # "Ill" in general is the last row; what is left of the shares is the others'.
    others = max(1 - shares.get(GENERAL, 0.0), WORTH_A_ROW)
    unfit = {GENERAL, *findings.unfit({**known, **told.known}, "protocols")}
    worth = _worth([(name, share / others) for name, share in turn.complaints if name in protocols() and name not in unfit])
    first = _names(named) if told.complaints else ()
    rows = dict.fromkeys([*worth[:3], *first, *worth[3:], *_names(named)])
    return Heard(candidates=tuple(name for name in rows if name not in unfit)[:ROWS])


def _worth(shares: List[Tuple[str, float]]) -> List[str]:
    found: List[str] = []
    seen = 0.0
    for name, share in shares:
        if share < WORTH_A_ROW or seen >= ENOUGH:
            break
        found.append(name)
        seen += share
    return found


def _chosen(turn: Turn, offered: Tuple[str, ...]) -> Optional[Protocol]:
    """The protocol of the row that was tapped, or named by its number; the row after the last is "something else"."""
    if turn.is_tap:
        answer = turn.value("answer") or ""
        return protocols().get(answer.removeprefix(COMPLAINT)) if answer.startswith(COMPLAINT) else None
    rows = replies.rows(turn.text, turn.language, len(offered) + 1) if offered else ()
    return protocols()[[*offered, GENERAL][rows[0]]] if rows else None


def _meant(named: List[Protocol], shares: Mapping[str, float], offered: Tuple[str, ...]) -> List[Protocol]:
    """Of the rows on the screen, those that the words name; else the one that the model makes out of the answer."""
    rows = [protocol for protocol in named if protocol.name in offered]
    likely = [protocols()[name] for name in offered if shares.get(name, 0.0) >= LIKELY]
    return rows or likely


def _titled(turn: Turn, offered: Tuple[str, ...]) -> List[Protocol]:
    """The rows that the answer calls by a word of their own."""
    titles = [texts.complaint_title(name, turn.language) for name in offered]
    return [protocols()[offered[row]] for row in listed.of_titles(turn.text, turn.language, titles)]


def _likeliest(shares: Mapping[str, float]) -> Optional[Protocol]:
    name = max(shares, key=lambda one: shares[one])
    return protocols().get(name) if name != GENERAL else None


def _ordered(found: List[Protocol]) -> Tuple[Protocol, ...]:
    unique = {protocol.name: protocol for protocol in found}
    return tuple(sorted(unique.values(), key=lambda protocol: -protocol.rank))


def _names(found: List[Protocol]) -> Tuple[str, ...]:
    return tuple(protocol.name for protocol in found)
