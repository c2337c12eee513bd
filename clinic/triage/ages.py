"""How old a baby is, as far as the danger screen needs it: under three months, fever is an emergency (IMCI, NICE NG143)."""

from __future__ import annotations

from collections.abc import Sequence

from clinic.triage.lexicon import Hit
from clinic.triage.tokens import Token

YOUNG_BABY = "young_baby"
# Concepts of a language that name a unit, and how many of it make three months.
UNDER_THREE_MONTHS = {"unit_days": 90, "unit_weeks": 13, "unit_months": 3}
CHILD = ("baby", "newborn", "child")
NEAR = 8


def young_baby(message: Sequence[Token], hits: Sequence[Hit]) -> list[Hit]:
    """Concept `young_baby` where a number with a unit says less than three months and a child stands near.

    A duration is no age: nothing where the concept `since` stands right before ("fever for 2 weeks").
    """
    children = [hit for hit in hits if hit.concept in CHILD or hit.concept == "old"]
    since = {hit.last for hit in hits if hit.concept == "since"}
    found = []
    for hit in hits:
        limit = UNDER_THREE_MONTHS.get(hit.concept)
        number = hit.first - 1
        if limit is None or number < 0 or not message[number].text.isdigit():
            continue
        if int(message[number].text) < limit and number - 1 not in since and _near(children, number, hit.last):
            found.append(Hit(YOUNG_BABY, (number, *hit.places)))
    dual = [hit for hit in hits if hit.concept == "under_three_months"]
    return found + [Hit(YOUNG_BABY, hit.places) for hit in dual if _near(children, hit.first, hit.last)]


def _near(children: Sequence[Hit], first: int, last: int) -> bool:
    return any(max(child.first - last, first - child.last) <= NEAR for child in children)
