"""Which of the words that were found count: of a time, a fever, a course, a person not all that is named is meant."""

from __future__ import annotations

from collections.abc import Sequence

from clinic.triage import context, counting
from clinic.triage.lexicon import Hit
from clinic.triage.tokens import Token

# Of these sections the longest expression at a place counts; complaints and parts of the body share theirs.
_KINDS = {"symptom": "complaint", "part": "complaint", "findings": "finding", "severity": "severity", "spans": "span"}
FEVER = ("findings fever", "symptom fever")
UNBEARABLE = 9.0


def longest(hits: Sequence[Hit]) -> list[Hit]:
    """Without those that stand inside a longer one of their kind: "headache" is no ache of a head."""
    kept = []
    for hit in hits:
        kind = _KINDS.get(hit.concept.partition(" ")[0])
        rivals = (other for other in hits if kind and _KINDS.get(other.concept.partition(" ")[0]) == kind)
        if not any(set(hit.places) < set(other.places) for other in rivals):
            kept.append(hit)
    return kept


def without_thermometer(hits: Sequence[Hit]) -> list[Hit]:
    """Without "temperature" as a word for fever: beside 37.2 it is none."""
    measured = {place for hit in hits if hit.concept == "thermometer" for place in hit.places}
    return [hit for hit in hits if hit.concept not in FEVER or not set(hit.places) <= measured]


def without_past(hits: Sequence[Hit]) -> list[Hit]:
    """Without times at which something else was: "my period was last week"."""
    past = {place for hit in hits if hit.concept == f"{context.PREFIX}{context.PAST}" for place in hit.places}
    return [hit for hit in hits if not counting.is_of(hit, "spans") or not set(hit.places) <= past]


def course(message: Sequence[Token], hits: Sequence[Hit], there: context.Context) -> str | None:
    """Better or worse than it was; "better when I eat" tells nothing of that, nor "and if it gets worse?"."""
    conditional = {message[hit.first].clause for hit in hits if hit.concept == "whenever"}
    found = [hit for hit in hits if counting.is_of(hit, "course") and message[hit.first].clause not in conditional]
    against = (context.NEGATED, context.HYPOTHETICAL)
    return code([hit for hit in found if there.against(hit.places) not in against], "course")


def severity(message: Sequence[Token], hits: Sequence[Hit], there: context.Context) -> float | None:
    """How bad, 0 to 10; "not unbearable" and "unbearable, no" are not, and "I can stand it no more" is itself a no."""
    words = [hit for hit in hits if counting.is_of(hit, "severity") and len(hit.places) == 1]
    denied = [hit for hit in words if there.against(hit.places) == context.NEGATED]
    return counting.severity_in(message, [hit for hit in hits if hit not in denied])


def worth(severity: float | None, figure: float | None) -> float | None:
    """How bad it is, unasked: "a bit" and "so bad" may be said of anything, a figure and "I cannot stand it" may not."""
    return figure if figure is not None or severity is None or severity < UNBEARABLE else severity


def sex(hits: Sequence[Hit]) -> str | None:
    """Of the first word for a person; but who is spoken to ("ya ibni"), or named beside ("my wife says"), is not ill."""
    spoken_to = {hit.last + 1 for hit in hits if hit.concept == "vocative"}
    beside = {place for hit in hits if hit.concept == "beside" for place in (*hit.places, hit.first - 1, hit.last + 1)}
    persons = [hit for hit in hits if hit.first not in spoken_to and not beside & set(hit.places)]
    return code(hits, "own_sex") or code(persons, "sex")


def code(hits: Sequence[Hit], section: str) -> str | None:
    """The first code of a section."""
    return next((hit.concept.partition(" ")[2] for hit in hits if counting.is_of(hit, section)), None)
