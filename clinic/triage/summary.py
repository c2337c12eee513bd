"""What a nurse reads in ten seconds: who, how soon, what, since when, how bad; what is there, what not, what unknown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from clinic.triage import findings, texts
from clinic.triage.conditions import Known, Value
from clinic.triage.engine import Verdict

LEVEL_MARKS = {"emergency": "🔴 EMERGENCY", "urgent": "🟠 URGENT", "routine": "🟡 ROUTINE", "self_care": "🟢 SELF-CARE"}
MONTHS_UNTIL, WEEKS_UNTIL = 2.0, 0.25


def _age(years: float) -> str:
    if years < WEEKS_UNTIL:
        return f"{round(years * 52)} w"
    return f"{round(years * 12)} mo" if years < MONTHS_UNTIL else f"{int(years)} y"


def _lasting(days: float) -> str:
    if days < 1:
        return f"{max(1, round(days * 24))} h"
    return f"{round(days)} d" if days < 14 else f"{round(days / 7)} wk"


_WRITTEN: Mapping[str, Callable[[Any], str]] = {
    "age": _age,
    "sex": str,
    "days": lambda value: f"since {_lasting(value)}",
    "severity": lambda value: f"{value:g}/10",
    "temperature": lambda value: f"{value:.1f} °C",
    "course": str,
}


def _first_line(known: Known) -> list[str]:
    return [write(known[name]) for name, write in _WRITTEN.items() if known.get(name) is not None]


def _named(known: Known, wanted: Value, language: str) -> list[str]:
    names = [name for name, value in known.items() if value is wanted and name in findings.signs()]
    dangerous = findings.danger()
    return [texts.staff(name, language) for name in sorted(names, key=lambda name: name not in dangerous)]


def in_words(known: Known, verdict: Verdict, opening: str, language: str, others: Sequence[str] = ()) -> str:
    """The summary, in the staff's language (`language`), at most a dozen short lines."""
    there = _named(known, True, language)
    not_there = _named(known, False, language)
    unclear = _named(known, None, language)
    numbers = [
        f"{texts.staff(name, language)}: {value:g} {unit}"
        for name, unit in findings.numbers().items()
        if name not in _WRITTEN and isinstance(value := known.get(name), (int, float)) and not isinstance(value, bool)
    ]
    lines = [
        f"{LEVEL_MARKS[verdict.level]} · {texts.complaint(verdict.protocol, language)}",
        " · ".join(_first_line(known)),
        f"“{opening}”" if opening else "",
        f"+ {', '.join(there)}" if there else "",
        *numbers,
        f"− {', '.join(not_there)}" if not_there else "",
        f"? {', '.join(unclear)}" if unclear else "",
        f"also: {', '.join(texts.complaint(name, language) for name in others)}" if others else "",
        f"rules: {', '.join((*verdict.fired, *(f'{name}?' for name in verdict.perhaps)))}",
    ]
    return "\n".join(line for line in lines if line)
