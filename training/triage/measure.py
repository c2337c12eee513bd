"""Figures of a triage: accuracy, emergencies caught with an exact interval, under- and over-triage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import beta

from clinic.triage.engine import rank
from clinic.triage.protocols import LEVELS

CONFIDENCE = 0.95
# Semigran's 45 vignettes: accuracy, emergencies caught, under-triage, over-triage (shared/facts/health-safety.md).
PUBLISHED = (
    ("23 symptom checkers, 2015", 0.57, 0.80, None, None),
    ("22 symptom checkers, 2020, pooled", 0.562, 0.568, 0.187, 0.251),
    ("Ada, 2020", 0.644, 0.867, 0.044, 0.311),
    ("best vendor claim, 2025", 0.876, 0.920, 0.071, 0.053),
    ("always “emergency”", 0.333, 1.0, 0.0, 0.667),
)
TARGETS = {"emergencies": 0.95, "under": 0.03, "over": 0.15, "accuracy": 0.85}


@dataclass(frozen=True)
class Outcome:
    """A vignette's level, the level that was found, the questions asked and the rules that fired."""

    id: str
    language: str
    level: str
    found: str
    questions: int
    protocol: str
    fired: tuple[str, ...]
    transcript: tuple[str, ...] = ()


def exact_interval(hits: int, of: int) -> tuple[float, float]:
    """Clopper and Pearson's interval (1934) of a share."""
    low = 0.0 if hits == 0 else float(beta.ppf((1 - CONFIDENCE) / 2, hits, of - hits + 1))
    high = 1.0 if hits == of else float(beta.ppf((1 + CONFIDENCE) / 2, hits + 1, of - hits))
    return low, high


def accuracy(found: Sequence[Outcome]) -> float:
    """Share with the right level."""
    return sum(one.found == one.level for one in found) / len(found)


def under(found: Sequence[Outcome]) -> float:
    """Share with a less urgent level than right."""
    return sum(rank(one.found) < rank(one.level) for one in found) / len(found)


def over(found: Sequence[Outcome]) -> float:
    """Share with a more urgent level than right."""
    return sum(rank(one.found) > rank(one.level) for one in found) / len(found)


def emergencies(found: Sequence[Outcome]) -> tuple[int, int]:
    """Caught, and all."""
    those = [one for one in found if one.level == LEVELS[-1]]
    return sum(one.found == LEVELS[-1] for one in those), len(those)


def confusion(found: Sequence[Outcome]) -> Counter[tuple[str, str]]:
    """(right level, found level) → how often."""
    return Counter((one.level, one.found) for one in found)
