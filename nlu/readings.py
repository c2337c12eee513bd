"""What a measured value in a message says: `find_measurements(text, language)`.

A unit decides ("82 kg"), two numbers as in a blood pressure do, else the nearest cue word ("sugar 180", "39 de febre").
A value outside what a living body has is none. Bare numbers get the unit their size tells: sugar 180 is mg/dl,
sugar 7.8 mmol/l; a pressure of 12 por 8 is 120/80.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, FrozenSet, List, Optional, Sequence, Tuple

import yaml

from clinic.settings import settings
from nlu.pieces import Phrases, Piece, cut
from nlu.units import BARE, UNITS, fits, normal

CUED_UNITS = ("%", "pounds", "m", "mmHg")  # mean other things as well: a cue must stand near
SHORT_PRESSURE = {"pt": ("por", "pur", "po", "x"), "ar": ("علي", "ع", "3ala", "3la")}  # these need no cue
BEFORE, BEHIND = 8, 2
SMALLEST_BARE_HEIGHT = 65  # below it are sizes of clothes
_NOTHING = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}\.\d{1,2}\.(?!\d)|\b0\d[./]\d{1,2}\b(?!\d)|\d{1,2}\s?[:٫]\d{2}(?=\D|$)(?<!٫\d\d)"
    r"|(?<!\d)(?:1[0-2]|[1-9])\s?[ap]\.?m\b|\b(?:[23]?1st|2?2nd|2?3rd|[123]?\dth)\b|\d{1,2}(?:h|uhr)\d{0,2}\b|\+\d[\d\s()-]{6,}|\b0\d[\d\s()-]{7,}\d|\d{4,}",
    re.I,
)


@dataclass(frozen=True)
class Measurement:
    """One measured value: its place, kind, the number(s) said, their unit, and the same in the kind's normal unit."""

    start: int
    end: int
    kind: str
    value: float
    second: Optional[float]
    unit: str
    normal: float
    normal_second: Optional[float]
    normal_unit: str

    def measured(self) -> Dict[str, Any]:
        """The entity's key `measured`."""
        normalised = {"value": self.normal, "second": self.normal_second, "unit": self.normal_unit}
        return {"kind": self.kind, "value": self.value, "second": self.second, "unit": self.unit, "normalised": normalised}


class Words:
    """The words of measurements.yml for messages in one language."""

    def __init__(self, language: str) -> None:
        path = Path(__file__).with_name("measurements.yml")
        content: Dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        languages = [*(code for code in settings().languages if code != language), "all", language]
        cues = {
            str(word): kind
            for code in languages
            for kind, entries in content["cues"].items()
            for word in entries.get(code, ())
            if code in ("all", language) or len(str(word)) > 3
        }
        self.cues = Phrases(cues)
        self.units = Phrases({str(word): unit for unit, entries in content["units"].items() for word in entries})
        self.others, self.separators, self.weak, self.clock, self.links, self.halves, self.changes = (
            Phrases(dict.fromkeys(map(str, content[name]), name), clitics=False)
            for name in ("others", "separators", "weak_separators", "clock_words", "links", "halves", "changes")
        )
        self.currencies: FrozenSet[str] = frozenset(content["currencies"])


@lru_cache(maxsize=16)
def _words(language: str) -> Words:
    return Words(language)


def find_measurements(text: str, language: str) -> List[Measurement]:
    """The measurements in `text`, left to right; "" and messages without a figure have none."""
    if not re.search(r"\d", text):
        return []
    # dates, clock times, phone numbers and long figures are out of sight, their places stay
    plain = _NOTHING.sub(lambda found: "¤" * len(found.group()), text)
    return _Reader(plain, language).read()


def _is_number(piece: Piece) -> bool:
    return piece.text[0].isdigit() and not any(map(str.isalpha, piece.text))


def _number(piece: Piece) -> float:
    return float(piece.text.replace(",", ".").replace("٫", "."))


class _Reader:
    """Reads one message."""

    def __init__(self, text: str, language: str) -> None:
        self.pieces: Sequence[Piece] = cut(text, romanised=language == "ar")
        self.language, self.words = language, _words(language)
        self.cues: List[Tuple[int, int, str]] = []
        self.claimed: Dict[int, int] = {}  # cue → last piece of the value it claimed

    def read(self) -> List[Measurement]:
        index = 0
        while index < len(self.pieces):
            cue = self.words.cues.at(self.pieces, index)
            if cue:
                self.cues.append((index, index + cue[1] - 1, cue[0]))
                index += cue[1]
            else:
                index += 1
        found, index = [], 0
        while index < len(self.pieces):
            taken = 1
            if _is_number(self.pieces[index]):
                reading, taken = self._pressure(index) or self._single(index) or (None, 1)
                if reading:
                    found.append(reading)
            index += taken
        return found

    # ── what stands around ──

    def _text(self, index: int) -> str:
        return self.pieces[index].text if 0 <= index < len(self.pieces) else ""

    def _behind_clock_word(self, index: int) -> bool:
        return index > 0 and self.words.clock.at(self.pieces[index - 1 : index], 0) is not None

    def _cue_before(self, index: int) -> Optional[Tuple[int, int, str]]:
        """The nearest cue before piece `index`, in the same sentence, near it or near what it claimed already."""
        near = [cue for cue in self.cues if cue[1] < index]
        if not near:
            return None
        cue = near[-1]
        last = max(cue[1], self.claimed.get(cue[0], 0))
        between = [piece.text for piece in self.pieces[last + 1 : index]]
        broken = len(between) > 1 and any(text in (".", "!", "?", ";", "؟", "؛") for text in between)
        return None if broken or len(between) > BEFORE else cue

    def _cue_behind(self, index: int) -> Optional[Tuple[int, int, str]]:
        """The cue behind a number ("39 de febre"), unless that cue has a number of its own."""
        place = index
        while place < index + BEHIND and self.words.links.at(self.pieces, place):
            place += 1
        cue = next((cue for cue in self.cues if cue[0] == place), None)
        if cue is None:
            return None
        after = cue[1] + (2 if self._text(cue[1] + 1) in (":", "=", "is", "war", "deu", "-", "اليوم") else 1)
        return None if after < len(self.pieces) and _is_number(self.pieces[after]) else cue

    def _something_else(self, index: int, behind: int) -> bool:
        """Whether the number at `index` is money, a dose, an age …"""
        return self._text(index - 1) in self.words.currencies or bool(self.words.others.at(self.pieces, behind))

    # ── values ──

    def _measurement(
        self, first: int, last: int, unit: str, value: float, second: Optional[float] = None
    ) -> Tuple[Measurement, int]:
        kind, _, _, normal_unit, _ = UNITS[unit]
        cue = self._cue_before(first)
        if cue:
            self.claimed[cue[0]] = last
        start, end = self.pieces[first].start, self.pieces[last].end
        paired = None if second is None else normal(unit, second)
        return (
            Measurement(start, end, kind, value, second, unit, normal(unit, value), paired, normal_unit),
            last - first + 1,
        )

    def _pressure(self, index: int) -> Optional[Tuple[Measurement, int]]:
        """Two numbers: 120/80, 12 por 8, ١٤ على ٩, and with a cue also 126-82 and 133 80."""
        strong = self.words.separators.at(self.pieces, index + 1)
        weak = self.words.weak.at(self.pieces, index + 1)
        second = index + 1 + (strong or weak or ("", 0))[1]
        if second >= len(self.pieces) or not _is_number(self.pieces[second]):
            return None
        upper, lower = _number(self.pieces[index]), _number(self.pieces[second])
        unit = (
            "mmHg" if 60 <= upper <= 280 and 30 <= lower <= 160 else "cmHg" if 7 <= upper <= 28 and 3 <= lower <= 16 else ""
        )
        if not unit or upper <= lower or self._something_else(index, second + 1):
            return None
        said = self.words.units.at(self.pieces, second + 1)
        if said and said[0] not in ("mmHg", "cmHg") and said[0] != "bpm":
            return None
        cue = self._cue_before(index) or self._cue_behind(second + 1)
        cued = cue is not None and cue[2] == "blood_pressure"
        if unit == "mmHg" and not (cued or strong):
            return None
        if unit == "cmHg" and not self._short_pressure(index, cued, strong is not None):
            return None
        # "bd 133 80"
        if not (strong or weak) and not (cued and cue and cue[1] >= index - 4):
            return None
        last = second + said[1] if said and said[0] == "mmHg" else second
        return self._measurement(index, last, unit, upper, lower)

    def _short_pressure(self, index: int, cued: bool, strong: bool) -> bool:
        """Whether a pair like 12 por 8, 14/9 is a pressure: it may be a date or a time as well."""
        separator = self._text(index + 1)
        if separator == "/" and self._behind_clock_word(index):
            return False
        if separator in SHORT_PRESSURE.get(self.language, ()):
            return True
        # 12/8 is a day in August wherever people do not say their pressure in centimetres
        return cued and (self.language in SHORT_PRESSURE or (strong and separator != "/"))

    def _single(self, index: int) -> Optional[Tuple[Measurement, int]]:
        value, last = _number(self.pieces[index]), index
        half = self.words.halves.at(self.pieces, index + 1)
        if half and value == int(value):
            value, last = value + 0.5, index + half[1]
        unit = self.words.units.at(self.pieces, last + 1)
        before = self._cue_before(index)
        if unit and before and before[1] == index - 1 and self._belongs_to_the_next(last + unit[1], unit[0], before[2]):
            unit = None  # "oxygen 98 bpm 70"
        if unit:
            return self._with_unit(index, value, unit[0], last + unit[1], before)
        if self._something_else(index, last + 1) or (
            value <= 31 and value == int(value) and self._behind_clock_word(index)
        ):
            return None
        cue = before or self._cue_behind(last + 1)
        if cue is None or cue[2] not in BARE:
            return None
        if cue[2] == "temperature" and value == int(value) and last == index and self.language == "ru":
            value, last = self._tenths(index, value)
        units: Tuple[str, ...] = BARE[cue[2]]
        if cue[2] == "glucose" and self.language == "ar" and re.search(r"[.,٫]\d\d$", self._text(index)):
            units = ("g/l",)  # the Maghreb's meters: 1,60
        elif cue[2] == "glucose" and value <= 35:
            units = ("mmol/l",)
        fitting = next((one for one in units if fits(one, value)), None)
        if fitting == "cm" and value < SMALLEST_BARE_HEIGHT:
            fitting = None
        return self._measurement(index, last, fitting, value) if fitting else None

    def _belongs_to_the_next(self, last: int, unit: str, kind: str) -> bool:
        numbered = last + 1 < len(self.pieces) and _is_number(self.pieces[last + 1])
        return numbered and unit in UNITS and UNITS[unit][0] != kind

    def _tenths(self, index: int, value: float) -> Tuple[float, int]:
        """37 и 8 is 37.8."""
        if self._text(index + 1) == "и" and re.fullmatch(r"\d", self._text(index + 2)):
            return value + int(self._text(index + 2)) / 10, index + 2
        return value, index

    def _with_unit(
        self, index: int, value: float, unit: str, last: int, before: Optional[Tuple[int, int, str]]
    ) -> Optional[Tuple[Measurement, int]]:
        cue = before or self._cue_behind(last + 1)
        kind = cue[2] if cue else ""
        if kind == "other":
            return None
        near = UNITS["lb" if unit == "pounds" else unit][0]
        if unit in CUED_UNITS and kind != near and not (unit == "m" and 1.3 <= value <= 2.05 and value % 1):
            return None
        unit = "lb" if unit == "pounds" else unit
        if kind != near and not self._plain_enough(index, last, unit, value):
            return None
        # 5 ft 11, 12 stone 4, 1 m 75, 7 kg 200
        part = {"ft": 12, "stone": 14, "m": 100, "kg": 1000}.get(unit)
        more = re.fullmatch(r"\d{3}" if unit == "kg" else r"\d\d?", self._text(last + 1))
        if more and part and int(self._text(last + 1)) < part and value == int(value):
            value, last = round(value + int(self._text(last + 1)) / part, 3), last + 1
            last += self._text(last + 1) in ("in", "inches", '"', "lb", "lbs", "pounds", "cm", "g", "gramm", "г", "граммов")
        return self._measurement(index, last, unit, value) if fits(unit, value) else None

    def _plain_enough(self, index: int, last: int, unit: str, value: float) -> bool:
        """Whether number and unit alone are a body's: no kilos lost or bought, no length of a cut."""
        if unit in ("kg", "lb", "stone"):
            around = self.pieces[max(0, index - 3) : last + 4]
            changed = any(self.words.changes.at(around, place) for place in range(len(around)))
            return value >= (25 if changed and unit == "kg" else 50 if unit == "lb" else 5 if unit == "stone" else 2)
        return value >= 120 if unit == "cm" else True
