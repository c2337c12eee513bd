"""Clinical vignettes (tests/triage/vignettes) and the patient who plays one from its fact sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from clinic import yamlfile
from clinic.settings import PROJECT
from clinic.triage import codes
from clinic.triage.protocols import Question, leading

FOLDER = PROJECT / "tests" / "triage" / "vignettes"
ROWS = Path(__file__).with_name("rows.yml")
ASKED = Path(__file__).with_name("asked.yml")
# From here on pain "cannot be borne".
UNBEARABLE = 9
UNITS = {
    "en": ("hours", "days"), "de": ("Stunden", "Tage"), "pt": ("horas", "dias"), "ru": ("часов", "дней"),
    "ar": ("ساعات", "أيام"),
}  # fmt: skip
YEARS_MONTHS = {
    "en": ("{n} years", "{n} months"), "de": ("{n} Jahre", "{n} Monate"), "pt": ("{n} anos", "{n} meses"),
    "ru": ("{n} лет", "{n} месяцев"), "ar": ("{n} سنة", "{n} أشهر"),
}  # fmt: skip
UNKNOWN_TYPED = {"en": "i dont know", "de": "weiß nicht", "pt": "não sei", "ru": "не знаю", "ar": "لا أعرف"}


@dataclass(frozen=True)
class Vignette:
    """A case: what the patient writes first, what is true, and what a careful physician decides."""

    id: str
    language: str
    opening: str
    level: str
    complaint: str
    facts: Mapping[str, Any]
    says: Mapping[str, str]

    @property
    def signs(self) -> frozenset[str]:
        """The signs that are there."""
        return frozenset(self.facts.get("yes") or ())

    @property
    def rows(self) -> frozenset[str]:
        """The protocols whose row fits the complaint."""
        by_code = {protocol.name for protocol in leading([self.complaint], [])}
        return frozenset(by_code or {_rows().get(self.complaint, self.complaint)})

    @property
    def unclear(self) -> frozenset[str]:
        """The signs that the writer cannot tell."""
        return frozenset(self.facts.get("unknown") or ())


@lru_cache(maxsize=1)
def _rows() -> Mapping[str, str]:
    """Complaint → the protocol whose row it is looked for in."""
    written: Mapping[str, Sequence[str]] = yamlfile.load(ROWS)
    return {complaint: protocol for protocol, complaints in written.items() for complaint in complaints}


def vignettes(folder: Path = FOLDER) -> list[Vignette]:
    """All vignettes."""
    found = []
    for path in sorted(folder.glob("*.yml")):
        for one in yaml.safe_load(path.read_text(encoding="utf-8")):
            fields = ("id", "language", "opening", "level", "complaint", "facts")
            found.append(Vignette(**{field: one[field] for field in fields}, says=one.get("says") or {}))
    return found


def answer(vignette: Vignette, question: Question) -> str:
    """What the patient sends back: own words where the sheet has them, else a tap (`/inform{…}`) or a plain number."""
    if question.kind == "which":
        there = [name for name in question.names if name in vignette.signs]
        if there:
            return _tap(codes.SIGN + there[0])
        return _tap(codes.UNKNOWN if set(question.names) & vignette.unclear else codes.NONE)
    name = question.names[0]
    if name in vignette.says:
        return vignette.says[name]
    if question.kind == "sign":
        if name in vignette.unclear:
            return _tap(codes.UNKNOWN)
        return _tap(codes.YES if name in vignette.signs else codes.NO)
    value = vignette.facts.get(name)
    if value is None:
        return UNKNOWN_TYPED[vignette.language]
    return _tap(codes.CODE + str(value)) if question.kind == "choice" else _number(name, float(value), vignette.language)


def is_happening(vignette: Vignette, signs: Sequence[str]) -> bool:
    """The honest answer to "is it so right now?": by what the question names, not by what a physician would say."""
    asked = {finding for sign in signs for finding in _asked().get(sign, ())}
    unbearable = float(vignette.facts.get("severity") or 0) >= UNBEARABLE and {"unnamed", "severe_pain"} & set(signs)
    return bool(asked & vignette.signs or unbearable or (not asked and vignette.level == "emergency"))


@lru_cache(maxsize=1)
def _asked() -> Mapping[str, Sequence[str]]:
    asked: Mapping[str, Sequence[str]] = yamlfile.load(ASKED)
    return asked


def _tap(code: str) -> str:
    return f'/inform{{"answer": "{code}"}}'


def _number(name: str, value: float, language: str) -> str:
    if name == "age":
        years, months = YEARS_MONTHS[language]
        return years.format(n=int(value)) if value >= 1.5 else months.format(n=max(1, round(value * 12)))
    if name == "days":
        hours, days = UNITS[language]
        return f"{max(1, round(value * 24))} {hours}" if value < 1 else f"{round(value)} {days}"
    return f"{value:g}"
