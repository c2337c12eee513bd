"""Units of what people measure at home: their kind, what a living body can have, and the normal unit of the kind."""

from __future__ import annotations

from typing import Mapping, Tuple

# kind, bounds, normal unit, how the normal value is reckoned: factor and shift
UNITS: Mapping[str, Tuple[str, float, float, str, float]] = {
    "mg/dl": ("glucose", 20, 900, "mg/dl", 1),
    "mmol/l": ("glucose", 1, 50, "mg/dl", 18.016),
    "g/l": ("glucose", 0.4, 6, "mg/dl", 100),
    "mmHg": ("blood_pressure", 60, 280, "mmHg", 1),
    "cmHg": ("blood_pressure", 7, 28, "mmHg", 10),
    "kg": ("weight", 1, 350, "kg", 1),
    "lb": ("weight", 3, 770, "kg", 0.45359),
    "stone": ("weight", 3, 50, "kg", 6.35029),
    "cm": ("height", 30, 230, "cm", 1),
    "m": ("height", 0.5, 2.3, "cm", 100),
    "ft": ("height", 1.5, 7.5, "cm", 30.48),
    "°C": ("temperature", 33, 43.5, "°C", 1),
    "°F": ("temperature", 92, 110, "°C", 5 / 9),
    "bpm": ("pulse", 25, 250, "bpm", 1),
    "%": ("oxygen", 50, 100, "%", 1),
}
# which unit a bare number has, tried in order
BARE = {
    "glucose": ("mg/dl", "mmol/l"),
    "blood_pressure": ("mmHg",),
    "weight": ("kg",),
    "height": ("m", "cm"),
    "temperature": ("°C", "°F"),
    "pulse": ("bpm",),
    "oxygen": ("%",),
}


def fits(unit: str, value: float) -> bool:
    """Whether a living body can have this value."""
    return UNITS[unit][1] <= value <= UNITS[unit][2]


def normal(unit: str, value: float) -> float:
    """`value` in the normal unit of its kind."""
    shifted = value - 32 if unit == "°F" else value
    return round(shifted * UNITS[unit][4], 1)
