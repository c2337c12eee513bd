"""Oxygen saturation as the danger screen needs it: below 90 % is an emergency (IITT), below 93 % may be one (NHS)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from clinic.triage.lexicon import Hit
from clinic.triage.tokens import Token

LOW, RATHER_LOW = "oxygen_low", "oxygen_rather_low"
# Words that only help to count. "Day", "year" and "hour" stand in every other message: nothing that a model should weigh.
WORD, NOT_PERCENT = HELPERS = ("oxygen", "not_percent")
# In percent. What is less than the least was not measured at a finger of somebody who is alive.
LEAST, LOW_BELOW, RATHER_LOW_BELOW, MOST = 50, 90, 93, 100
# How many words behind "saturation" its number may stand: "sats are down to 87".
NEAR = 4
_WHOLE = re.compile(r"\d+")


def low_oxygen(message: Sequence[Token], hits: Sequence[Hit]) -> list[Hit]:
    """Concepts `oxygen_low` and `oxygen_rather_low` where a word for saturation stands beside such a number."""
    others = {hit.first - 1 for hit in hits if hit.concept == NOT_PERCENT}
    found = []
    for word in hits:
        place = _place_of_number(message, word) if word.concept == WORD else None
        value = _percent(message[place]) if place is not None and place not in others else None
        if value is not None and LEAST <= value < RATHER_LOW_BELOW and place is not None:
            found.append(Hit(LOW if value < LOW_BELOW else RATHER_LOW, tuple(sorted((*word.places, place)))))
    return found


def _place_of_number(message: Sequence[Token], word: Hit) -> int | None:
    """The first number behind the word ("SpO2: 87", or in its clause); else one right before it ("87 % oxygen")."""
    behind = range(word.last + 1, min(word.last + 1 + NEAR, len(message)))
    clause = message[word.last].clause
    same = (place for place in behind if place == word.last + 1 or message[place].clause == clause)
    number = next((place for place in same if _percent(message[place]) is not None), None)
    if number is None and word.first and _percent(message[word.first - 1]) is not None:
        number = word.first - 1
    return number


def _percent(token: Token) -> int | None:
    """The whole percents of a number; None for words and for what is more than all."""
    whole = _WHOLE.match(token.text)
    return int(whole.group()) if whole and int(whole.group()) <= MOST else None
