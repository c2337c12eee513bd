"""What speaks against taking a danger sign at its word: denied, past, imagined, somebody else's, a manner of speaking.

After NegEx and ConText (Chapman 2001, Harkema 2009): short cues with a reach. The cues of a language stand in the
section `cues` of `danger/<language>.yml`:

- `negation`: `next` reaches 1 word on, `before` 2, `far` 8, `after` 2 words back, `closing` too, at the end of its clause
- `not_negation`: looks like one and is none ("not only")
- `past`, `resolved`, `elsewhere`: in the same clause, the same sentence, the same sentence
- `hypothetical`: from there to the end of its sentence
- `idioms`: words in it mean nothing dangerous
- `laughter`: makes a sign less sure
- `but`: ends every reach ("but", "now")
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from clinic.triage.lexicon import Hit
from clinic.triage.tokens import Token

NEAR_REACH, FAR_REACH = 2, 8
# Of loose words a denial that stands farther behind is another's: nobody sets commas while dictating.
LOOSE_REACH = 5
# Words on from the cue, and what ends it.
_REACHES = {"next": (1, "clause"), "before": (NEAR_REACH, "clause"), "far": (FAR_REACH, "sentence")}
NEGATED, PAST, RESOLVED, HYPOTHETICAL, ELSEWHERE, FIGURATIVE = (
    "negated", "past", "resolved", "hypothetical", "elsewhere", "figurative",
)  # fmt: skip
PREFIX = "cue "
# Cues that stand behind what they deny.
BEHIND = ("after", "closing")


def expressions(cues: Mapping[str, Any]) -> dict[str, Sequence[str]]:
    """The cues as concepts for a lexicon: "cue past" → expressions."""
    negation = {f"{PREFIX}negation {reach}": words for reach, words in (cues.get("negation") or {}).items()}
    others = {PREFIX + name: words or [] for name, words in cues.items() if name != "negation"}
    return {**negation, **others}


def denials(cues: Mapping[str, Any]) -> frozenset[str]:
    """The single words that deny: as a clause of their own they answer ("no, breathing")."""
    return frozenset(word for words in (cues.get("negation") or {}).values() for word in words if word.isalpha())


class Context:
    """The cues found in one message."""

    def __init__(self, message: Sequence[Token], hits: Sequence[Hit]) -> None:
        self._message = message
        self._cues: dict[str, list[Hit]] = {}
        for hit in hits:
            if hit.concept.startswith(PREFIX):
                self._cues.setdefault(hit.concept.removeprefix(PREFIX), []).append(hit)
        self._idiomatic = {place for hit in self._of("idioms") for place in range(hit.first, hit.last + 1)}
        # "Erbrechen nicht, nur Durst" is no "nicht nur".
        excuses = (hit for hit in self._of("not_negation") if message[hit.first].clause == message[hit.last].clause)
        self._no_negation = {place for hit in excuses for place in hit.places}

    def _of(self, name: str) -> list[Hit]:
        return self._cues.get(name, [])

    def holds_elsewhere(self, hit: Hit) -> bool:
        """Whether one of its words makes the sentence one about somebody else: "my cat" of a bite."""
        return any(place in cue.places for cue in self._of("elsewhere") for place in hit.places)

    def is_idiom(self, hit: Hit) -> bool:
        """Whether one of its words belongs to a manner of speaking."""
        return not hit.measured and any(place in self._idiomatic for place in hit.places)

    def laughs(self, place: int) -> bool:
        """Whether somebody laughs in the sentence of that word, or right after it."""
        sentence = self._message[place].sentence
        return any(0 <= self._message[hit.first].sentence - sentence <= 1 for hit in self._of("laughter"))

    def against(self, places: Collection[int]) -> str | None:
        """The reason not to take words at these places at their word; None when there is none."""
        first, last = min(places), max(places)
        if self._negated(places):
            return NEGATED
        if any(self._same(hit, first, last, "clause") for hit in self._of("past")):
            return PAST
        if any(self._same(hit, first, last, "sentence") for hit in self._of("resolved")):
            return RESOLVED
        if any(self._same(hit, first, last, "sentence") for hit in self._of("elsewhere")):
            return ELSEWHERE
        if any(hit.last < first and self._same(hit, first, last, "sentence") for hit in self._of("hypothetical")):
            return HYPOTHETICAL
        return None

    def _negated(self, places: Collection[int]) -> bool:
        return any(self._denies(cue, place, places) for place in places for cue in self._negations())

    def _negations(self) -> list[tuple[str, Hit]]:
        return [
            (reach, hit)
            for reach in ("before", "far", "after", "next", "closing")
            for hit in (*self._of(f"negation {reach}"), *self._of(f"negation {reach} asked"))
            if not any(place in self._no_negation for place in hit.places)
        ]

    def _denies(self, cue: tuple[str, Hit], place: int, places: Collection[int]) -> bool:
        reach, hit = cue
        if any(own in places for own in hit.places):  # "can't breathe": the denial is the sign
            return False
        if reach == "closing" and not self._ends_a_clause(hit.last):
            return False
        if reach in BEHIND:
            return 0 < hit.first - place <= NEAR_REACH and self._unbroken(place, hit.first, "clause")
        most, unit = _REACHES[reach]
        return 0 < place - hit.last <= most and self._unbroken(hit.last, place, unit)

    def _ends_a_clause(self, place: int) -> bool:
        return place + 1 == len(self._message) or self._message[place + 1].clause != self._message[place].clause

    def denied_in_its_clause(self, places: Collection[int], besides: Collection[int] = ()) -> bool:
        """Whether anything is denied in the clause of these words: enough for a loose word, "no lump behind the ear".

        Cues at the places `besides` are no denial of it: "the flank, the rest not".
        """
        cues = [(reach, hit) for reach, hit in self._negations() if not set(hit.places) & {*places, *besides}]
        first = min(places)
        mine = [
            hit
            for reach, hit in cues
            if (0 < hit.first - first <= LOOSE_REACH if hit.first > first else reach not in BEHIND)
        ]
        pairs = ((min(hit.first, place), max(hit.first, place)) for hit in mine for place in places)
        return any(self._unbroken(low, high, "clause") for low, high in pairs)

    def _same(self, hit: Hit, first: int, last: int, unit: str) -> bool:
        """Whether the cue stands in the clause or sentence of one of the sign's ends, with no "but" between."""
        for place in {first, last}:
            low, high = sorted((hit.first, place))
            if self._unbroken(low, high, unit):
                return True
        return False

    def _unbroken(self, low: int, high: int, unit: str) -> bool:
        if getattr(self._message[low], unit) != getattr(self._message[high], unit):
            return False
        return not any(low < hit.first < high for hit in self._of("but"))
