"""What triage may know about a patient: `findings.yml`, and what follows from what is known."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from clinic import yamlfile
from clinic.triage.conditions import Known, Value

FILE = Path(__file__).with_name("findings.yml")
FEVER_FROM = 38.0


@lru_cache(maxsize=1)
def _content() -> Mapping[str, Any]:
    content: Mapping[str, Any] = yamlfile.load(FILE)
    return content


def signs() -> frozenset[str]:
    """Names of what is there or not."""
    return frozenset(_content()["signs"])


def danger() -> frozenset[str]:
    """The signs below which no verdict may be less than urgent."""
    return frozenset(name for name, entry in _content()["signs"].items() if entry.get("danger"))


@lru_cache(maxsize=1)
def lasting() -> frozenset[str]:
    """Illnesses and medicines that people have for years: since when tells nothing of what brings them."""
    return frozenset(name for name, entry in _content()["signs"].items() if entry.get("lasts"))


@lru_cache(maxsize=1)
def _parts() -> Mapping[str, str]:
    """A sign → the one that it is a form of."""
    return {name: entry["part_of"] for name, entry in _content()["signs"].items() if entry.get("part_of")}


def words() -> Mapping[str, str]:
    """A sign → the entry of texts/<language>/aid.yml that is said to who tells of it."""
    return {name: entry["words"] for name, entry in _content()["signs"].items() if entry.get("words")}


def numbers() -> Mapping[str, str]:
    """Name of a number → its unit."""
    return {name: entry["unit"] for name, entry in _content()["numbers"].items()}


def choices() -> Mapping[str, tuple[str, ...]]:
    """Name of a choice → its codes."""
    return {name: tuple(codes) for name, codes in _content()["choices"].items()}


def unfit(known: Known, kind: str) -> frozenset[str]:
    """Signs (`kind` "signs") or protocols that cannot be meant, by the sex and the age that are known."""
    sex, age = known.get("sex"), known.get("age")
    years = float(age) if isinstance(age, (int, float)) and not isinstance(age, bool) else None
    found: set[str] = set()
    for rule in _content()["only"]:
        of_others = "sex" in rule and sex is not None and sex != rule["sex"]
        out_of_age = years is not None and not rule.get("from", 0) <= years < rule.get("below", float("inf"))
        if of_others or out_of_age:
            found.update(rule.get(kind) or ())
    return frozenset(found)


@lru_cache(maxsize=1)
def of_small_children() -> frozenset[str]:
    """Signs that only small children have."""
    of_the_small = (rule for rule in _content()["only"] if "below" in rule and "from" not in rule)
    return frozenset(name for rule in of_the_small for name in rule.get("signs") or ())


def completed(known: Known) -> dict[str, Value]:
    """`known` with what follows: a measured fever, and what cannot be so at this age or of this sex."""
    full = dict(known)
    temperature = full.get("temperature")
    if isinstance(temperature, (int, float)) and not isinstance(temperature, bool):
        full["fever"] = temperature >= FEVER_FROM or full.get("fever") is True
    if "systolic" in full and full["systolic"] is None:  # nobody has measured it
        full.setdefault("diastolic", None)
    for sign in unfit(full, "signs"):
        full.setdefault(sign, False)
    for sign, whole in _parts().items():
        if full.get(whole) is False:  # "I have no belly pain" is no severe one
            full.setdefault(sign, False)
    if full.get("pregnancy_week") or full.get("waters_broke") is True:
        full["pregnant"] = True
    if full.get("pregnant") is True:
        full.setdefault("sex", "female")
    return full
