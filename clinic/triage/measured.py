"""Measured values as triage counts them: from the model's entities, or from a bare number that answers a question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from clinic.triage.conditions import Value
from clinic.vocabulary import normalise

_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_PRESSURE = re.compile(r"(\d{1,3})\s*(?:/|\\|por|x|на|على|over|zu|a)\s*(\d{1,3})")
# What a body can have; a number outside is no measurement of that kind.
POSSIBLE = {
    "temperature": (30.0, 44.0), "systolic": (50.0, 300.0), "diastolic": (20.0, 200.0), "glucose": (10.0, 1500.0),
    "pulse": (20.0, 300.0), "oxygen": (50.0, 100.0), "pregnancy_week": (1.0, 45.0),
}  # fmt: skip
# Above this a temperature was read in Fahrenheit, below this sugar in mmol/l (or g/l), pressure in cmHg.
FAHRENHEIT_FROM, MMOL_BELOW, GRAMS_BELOW, CMHG_BELOW = 90.0, 36.0, 2.0, 31.0
MMOL, GRAM = 18.016, 100.0


def values(entities: Iterable[Mapping[str, Any]]) -> dict[str, Value]:
    """Findings from entities `measurement` (nlu.measurements)."""
    found: dict[str, Value] = {}
    for entity in entities:
        normalised, kind = (entity.get("measured") or {}).get("normalised") or {}, entity.get("role")
        value, second = normalised.get("value"), normalised.get("second")
        if kind == "blood_pressure" and value is not None:
            found["systolic"] = float(value)
            if second is not None:
                found["diastolic"] = float(second)
        elif kind in ("temperature", "glucose", "pulse", "oxygen") and value is not None:
            found[str(kind)] = float(value)
    return found


def bare(name: str, text: str) -> float | None:
    """The number that answers the question for `name`, in its unit; None where there is no possible one."""
    plain = normalise(text)
    pressure = _PRESSURE.search(plain)
    if pressure and name in ("systolic", "diastolic"):
        return _possible(name, float(pressure[1 if name == "systolic" else 2]))
    match = _NUMBER.search(plain)
    return _possible(name, float(match.group().replace(",", "."))) if match else None


def _possible(name: str, value: float) -> float | None:
    if name == "temperature" and value >= FAHRENHEIT_FROM:
        value = round((value - 32) / 1.8, 1)
    if name == "glucose" and value < MMOL_BELOW:
        value = round(value * (GRAM if value < GRAMS_BELOW else MMOL), 1)
    if name in ("systolic", "diastolic") and value < CMHG_BELOW:
        value *= 10
    low, high = POSSIBLE.get(name, (float("-inf"), float("inf")))
    return value if low <= value <= high else None
