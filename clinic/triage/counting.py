"""Numbers, units and times among the words of a message: "thirty five", "two and a half years", "since Monday", "7/10".

Works on what `clinic.triage.reading.lexicon` found; knows no language itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from clinic import clock
from clinic.settings import settings
from clinic.triage import findings
from clinic.triage.conditions import Value
from clinic.triage.lexicon import Hit
from clinic.triage.tokens import Token

DAYS = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.0, "year": 365.0}
YEARS_ONLY = ("year", "month")
YEARS = {"day": 1 / 365, "week": 7 / 365, "month": 1 / 12, "year": 1.0}
# One of a unit, which "and a half" makes longer.
HALVED = frozenset((1.0, 7.0, 30.0, 365.0))
OLDEST = 120
# Celsius, where nobody says of what the number is: with a decimal, 39.1 is hardly anything else.
COLDEST, HOTTEST, DECIMALS = 34.0, 43.0, 10
# Words before or after a number that make it an age or a duration.
NEAR = 3
# "thirty five": a multiple of ten and a smaller number after it are one.
AND = ("e", "and", "und", "и", "و")
TENS, MOST_ONES = (20, 30, 40, 50, 60, 70, 80, 90), 10
_OUT_OF_TEN = re.compile(r"(\d{1,2})(?:[.,]\d)?/10")


def is_of(hit: Hit, section: str) -> bool:
    """Whether a hit belongs to this section of the words."""
    return hit.concept.partition(" ")[0] == section


def _code(hit: Hit) -> str:
    return hit.concept.partition(" ")[2]


def numbers(message: Sequence[Token], hits: Sequence[Hit]) -> list[tuple[int, float]]:
    """(place of its last word, value) of every plain number, in digits or words; "thirty five" is one."""
    found = [
        (place, float(token.text.replace(",", ".")))
        for place, token in enumerate(message)
        if re.fullmatch(r"\d{1,4}(?:[.,]\d)?", token.text) and (not token.joined or _unit_after(hits, place))
    ]
    taken = {place for place, _ in found}
    words = {hit.last: float(_code(hit)) for hit in hits if is_of(hit, "numbers") and hit.last not in taken}
    for place in sorted(words):
        before = place - 2 if place and message[place - 1].text in AND else place - 1
        pair = {words.get(before, 0.0), words[place]}
        if before in words and pair & set(TENS) and min(pair) < MOST_ONES:  # Arabic says the ones first
            words[place] += words.pop(before)
    return sorted([*found, *words.items()])


def _unit_after(hits: Sequence[Hit], place: int) -> str:
    return next((_code(hit) for hit in hits if is_of(hit, "units") and hit.first == place + 1), "")


def _unit_before(hits: Sequence[Hit], place: int) -> str:
    return next((_code(hit) for hit in hits if is_of(hit, "units") and hit.last == place - 1), "")


def has_unit(hits: Sequence[Hit], place: int) -> bool:
    """Whether the number at this place counts days, hours or years."""
    return bool(_unit_after(hits, place) or _unit_before(hits, place))


def half_after(hits: Sequence[Hit], place: int) -> Hit | None:
    """The words "and a half", where they follow the word at `place`."""
    return next((hit for hit in hits if hit.concept == "half" and hit.first == place + 1), None)


def amounts(message: Sequence[Token], hits: Sequence[Hit]) -> list[tuple[float, str]]:
    """(value, unit) of all that an answer counts: "2 months", "two and a half years", "شهرين", "года два", "a month"."""
    halves = {place for hit in hits if hit.concept == "half" for place in hit.places}
    found = []
    for place, value in numbers(message, hits):
        half = half_after(hits, place)
        unit = _unit_after(hits, half.last if half else place)
        half = half or (half_after(hits, place + 1) if unit else None)
        unit = unit or _unit_before(hits, place)
        if unit and place not in halves:
            found.append((value + (0.5 if half else 0), unit))
    for hit in hits:
        if is_of(hit, "amounts"):
            count, unit = _code(hit).split(" ")
            found.append((float(count) + (0.5 if half_after(hits, hit.last) else 0), unit))
    if not found:
        found = [(1.5 if half_after(hits, hit.last) else 1.0, _code(hit)) for hit in hits if is_of(hit, "units")]
    return found


def possible_age(years: float) -> float | None:
    """The age in years, rounded; None of what nobody's age can be."""
    return round(years, 3) if 0 <= years <= OLDEST else None


def spans(hits: Sequence[Hit]) -> list[float]:
    """Words that tell a time back: yesterday, this morning, Monday, "a month and a half"."""
    found = []
    for hit in hits:
        if is_of(hit, "spans"):
            code = _code(hit)
            told = _since_weekday(int(code.removeprefix("weekday"))) if code.startswith("weekday") else float(code)
            found.append(told * 1.5 if told in HALVED and half_after(hits, hit.last) else told)
    return found


def _since_weekday(weekday: int) -> float:
    today = clock.now().astimezone(settings().time_zone).weekday()
    return float((today - weekday) % 7 or 7)


def _has_near(hits: Sequence[Hit], section: str, low: int, high: int) -> bool:
    return any(is_of(hit, section) and low <= hit.last and hit.first <= high for hit in hits)


def _is_lasting(message: Sequence[Token], hits: Sequence[Hit], place: int) -> bool:
    """Whether words around the number make it a duration ("for 3 weeks", "3 days ago"); "since Monday, I'm 24" is none."""
    mine = [hit for hit in hits if message[hit.last].clause == message[place].clause]
    return _has_near(mine, "since", place - NEAR, place - 1) or _has_near(mine, "ago", place + 1, place + NEAR)


def _has_cue(hits: Sequence[Hit], place: int) -> bool:
    """Whether an age's cue holds the number ("she is 4") or ends right before it."""
    return any(is_of(hit, "age") and (place in hit.places or hit.last == place - 1) for hit in hits)


def age_in(message: Sequence[Token], hits: Sequence[Hit]) -> float | None:
    """An age that was said unasked: with "old", after an age's cue, or years that are no duration."""
    for place, value in numbers(message, hits):
        unit = _unit_after(hits, place)
        lasting = _is_lasting(message, hits, place)
        if unit in YEARS and not lasting:
            if _is_age(hits, place, unit) or (unit == "year" and value >= 1):
                return possible_age(value * YEARS[unit])
        elif not unit and not lasting and any(is_of(hit, "age") and place in hit.places for hit in hits):
            return possible_age(value)
    return None


def _often(hits: Sequence[Hit]) -> set[int]:
    """Places of words for how often: "only every 4 days" is no four days."""
    return {place for hit in hits if is_of(hit, "often") for place in hit.places}


def _times(message: Sequence[Token], hits: Sequence[Hit]) -> list[tuple[int, float, str, bool]]:
    """(place, days, unit, whether words say that it has lasted) of every time that is counted."""
    often = _often(hits)
    return [
        (place, value * DAYS[unit], unit, _is_lasting(message, hits, place))
        for place, value in numbers(message, hits)
        if (unit := _unit_after(hits, place)) in DAYS and place not in often
    ]


def days_in(message: Sequence[Token], hits: Sequence[Hit]) -> float | None:
    """How long it has lasted, said unasked; a count is surer than any other word: "four days now, all the time"."""
    counted = {place + step for place, _ in numbers(message, hits) for step in (0, 1)}
    often = _often(hits)
    told = spans([hit for hit in hits if (not counted & set(hit.places) or len(hit.places) > 2) and hit.last not in often])
    found = [
        days
        for place, days, unit, lasting in _times(message, hits)
        if (lasting or unit in ("minute", "hour", "day", "week")) and not _is_age(hits, place, unit)
        if unit not in YEARS_ONLY or not _of_an_illness(message, hits, place)
    ]
    return max(found or told, default=None)


def _of_an_illness(message: Sequence[Token], hits: Sequence[Hit], place: int) -> bool:
    """Whether what is told nearest to a time is an illness of years: "diabetic for 10 years, a cough since Monday"."""
    clause = message[place].clause
    told = (hit for hit in hits if is_of(hit, "findings") or is_of(hit, "symptom"))
    away = [(abs(hit.last - place), hit) for hit in told if message[hit.last].clause == clause]
    nearest = min((distance for distance, _ in away), default=0)
    return any(
        distance == nearest and is_of(hit, "findings") and _code(hit) in findings.lasting() for distance, hit in away
    )


def _is_age(hits: Sequence[Hit], place: int, unit: str) -> bool:
    return _has_near(hits, "old", place + 1, place + 2) or (unit in YEARS_ONLY and _has_cue(hits, place))


def lasting_in(message: Sequence[Token], hits: Sequence[Hit]) -> float | None:
    """How long it has lasted, where a count stands with "since", "for" or "ago": "I stopped last week" tells nothing."""
    return max((days for _, days, _, lasting in _times(message, hits) if lasting), default=None)


def temperature_in(message: Sequence[Token], hits: Sequence[Hit]) -> float | None:
    """A temperature in °C whose unit nobody says: "39.1 this morning", "38 и 1", "39 and a half"; the highest."""
    others = {hit.first for hit in hits if is_of(hit, "no_degrees")}
    counts = {place: value for place, value in numbers(message, hits) if COLDEST <= value < HOTTEST or value < DECIMALS}
    found = []
    for place, value in counts.items():
        degrees, last = (value, place) if not value.is_integer() else _with_tenths(hits, counts, place)
        if COLDEST <= degrees < HOTTEST and last + 1 not in others and not has_unit(hits, last):
            found.append(round(degrees, 1))
    return max(found, default=None)


def _with_tenths(hits: Sequence[Hit], counts: Mapping[int, float], place: int) -> tuple[float, int]:
    """A whole number at `place` with what makes it degrees ("and a half", "и 1"), and where that ends; 0 without."""
    half = half_after(hits, place)
    if half:
        return counts[place] + 0.5, half.last
    tenth = next((spot for spot in _next_words(hits, place) if _is_tenth(counts.get(spot))), None)
    return (0.0, place) if tenth is None else (counts[place] + counts[tenth] / DECIMALS, tenth)


def _next_words(hits: Sequence[Hit], place: int) -> Sequence[int]:
    """The place after, and the one behind a "comma" or an "and" there."""
    joined = any(hit.concept == "decimal" and hit.first == place + 1 for hit in hits)
    return (place + 1, place + 2) if joined else (place + 1,)


def _is_tenth(value: float | None) -> bool:
    return value is not None and value < DECIMALS and value.is_integer()


def _near_findings(hits: Sequence[Hit], place: int) -> set[str]:
    return {_code(hit) for hit in hits if is_of(hit, "findings") and place - 1 <= hit.last and hit.first <= place + 2}


def pregnancy_in(message: Sequence[Token], hits: Sequence[Hit]) -> dict[str, Value]:
    """Weeks that are no duration: "36 weeks pregnant, bleeding since this morning"."""
    for place, value in numbers(message, hits):
        near = "pregnant" in _near_findings(hits, place)
        if _unit_after(hits, place) == "week" and (near or not _is_lasting(message, hits, place)) and 4 <= value <= 42:
            own = [hit for hit in hits if place + 1 not in hit.places]
            others = [*spans(own), *(count * DAYS[unit] for count, unit in amounts(message, hits) if unit != "week")]
            return {"pregnancy_week": value, **({"days": max(others)} if others else {"days": None})}
    return {}


def out_of_ten(message: Sequence[Token], hits: Sequence[Hit]) -> float | None:
    """How bad, in figures that say of how many: "7/10", "7 out of 10"."""
    for token in message:
        match = _OUT_OF_TEN.fullmatch(token.text)
        if match and int(match[1]) <= 10:
            return float(match[1])
    for hit in hits:
        if hit.concept == "severity number":
            digits = next(message[place].text for place in hit.places if message[place].text[0].isdigit())
            stated = float(re.sub(r"\D.*", "", digits))
            return stated if stated <= 10 else None
    return None


def severity_in(message: Sequence[Token], hits: Sequence[Hit]) -> float | None:
    """How bad, 0 to 10, said unasked: "7/10", "unbearable"."""
    stated = out_of_ten(message, hits)
    if stated is not None:
        return stated
    levels = [float(_code(hit)) for hit in hits if is_of(hit, "severity") and hit.concept != "severity number"]
    return max(levels) if levels else None
