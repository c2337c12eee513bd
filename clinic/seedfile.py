"""Reads a clinic's YAML file (form: `clinic/demo/clinic.yml`) and says precisely what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

import yaml

from clinic.scheduling.localtime import instant
from clinic.settings import settings

_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAYS = {form: day for day, name in enumerate(_NAMES) for form in (name, name[:3])}
_STRETCH = re.compile(r"(\d\d?):(\d\d)\s*[-–]\s*(\d\d?):(\d\d)")
_IDENTIFIER = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


class SeedError(Exception):
    """The file can not be used; the message names the place and what is expected there."""


@dataclass(frozen=True)
class Node:
    """A value of the file and where it stands ("practitioners[3].schedule[0].hours")."""

    value: Any
    where: str

    def fail(self, message: str) -> SeedError:
        """The error to raise for this place."""
        return SeedError(f"{self.where or 'the file'}: {message}")

    def mapping(self, allowed: Sequence[str]) -> Node:
        """This node, which must be a mapping with no other keys than these."""
        if not isinstance(self.value, dict):
            raise self.fail("a mapping is expected")
        unknown = [str(key) for key in self.value if key not in allowed]
        if unknown:
            raise self.fail(f"unknown {', '.join(unknown)}; known: {', '.join(allowed)}")
        return self

    def get(self, key: str) -> Node:
        """What stands under a key; its value is None where nothing does."""
        return Node(self.value.get(key), f"{self.where}.{key}" if self.where else key)

    def items(self) -> Iterator[Node]:
        """The entries of a list; none where nothing stands."""
        if self.value is None:
            return
        if not isinstance(self.value, list):
            raise self.fail("a list is expected")
        for index, value in enumerate(self.value):
            yield Node(value, f"{self.where}[{index}]")

    def text(self) -> str:
        """A text that is not empty."""
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.fail("a text is expected")
        return self.value.strip()

    def identifier(self) -> str:
        """Small Latin letters and digits, joined by - or _."""
        if not _IDENTIFIER.fullmatch(self.text()):
            raise self.fail(f"{self.value!r} is no identifier: write small letters, digits, - and _ (anna-weber)")
        return self.text()

    def texts(self, longest: int | None = None) -> dict[str, str]:
        """A text per language of the clinic; one text alone is taken for all of them."""
        languages = settings().languages
        found = dict.fromkeys(languages, self.text()) if isinstance(self.value, str) else self.other_scripts()
        missing = [code for code in languages if code not in found]
        if missing:
            raise self.fail(f"nothing for {', '.join(missing)}")
        too_long = [code for code, text in found.items() if longest and len(text) > longest]
        if too_long:
            raise self.fail(f"longer than {longest} characters in {', '.join(too_long)}")
        return found

    def other_scripts(self) -> dict[str, str]:
        """A text for any languages, perhaps none."""
        if self.value is not None and not isinstance(self.value, dict):
            raise self.fail("texts per language are expected, such as {en: …, ar: …}")
        return {str(key): self.get(key).text() for key in self.value or {}}

    def number(self, low: float, high: float) -> float:
        """A number from `low` to `high`."""
        if isinstance(self.value, bool) or not isinstance(self.value, (int, float)) or not low <= self.value <= high:
            raise self.fail(f"a number from {low:g} to {high:g} is expected")
        return self.value

    def one_of(self, known: Sequence[str]) -> str:
        """One of the given words."""
        if self.value not in known:
            raise self.fail(f"{self.value!r} is not one of {', '.join(known)}")
        return str(self.value)

    def weekdays(self) -> list[int]:
        """Days such as "tue", "mon-fri" or "mon, wed" (0 = Monday)."""
        found: list[int] = []
        for part in str(self.value or "").lower().split(","):
            ends = [end.strip() for end in part.split("-")]
            if len(ends) > 2 or any(end not in WEEKDAYS for end in ends):
                raise self.fail(f"{self.value!r} names no days: write mon-fri, or mon, wed, or sat")
            first, last = WEEKDAYS[ends[0]], WEEKDAYS[ends[-1]]
            if first > last:
                raise self.fail(f"{part.strip()} runs backwards")
            found.extend(range(first, last + 1))
        return found

    def hours(self) -> list[tuple[time, time]]:
        """Stretches such as "08:00-13:00, 14:00-18:00", in order and apart."""
        found: list[tuple[time, time]] = []
        for part in str(self.value or "").split(","):
            match = _STRETCH.fullmatch(part.strip())
            try:
                if match is None:
                    raise ValueError
                h1, m1, h2, m2 = (int(group) for group in match.groups())
                starts, ends = time(h1, m1), time(h2, m2)
            except ValueError:
                raise self.fail(f"{self.value!r} are no hours: write 08:00-13:00, 14:00-18:00") from None
            if starts >= ends or (found and starts < found[-1][1]):
                raise self.fail(f"{part.strip()} ends before it starts, or overlaps the stretch before it")
            found.append((starts, ends))
        return found

    def day(self) -> date:
        """A date such as 2026-12-24."""
        if isinstance(self.value, date) and not isinstance(self.value, datetime):
            return self.value
        try:
            return date.fromisoformat(str(self.value))
        except ValueError:
            raise self.fail(f"{self.value!r} is no date: write 2026-12-24") from None

    def optional_date(self) -> date | None:
        """A date, or nothing."""
        return None if self.value is None else self.day()

    def moment(self, *, end: bool = False) -> datetime:
        """An instant (UTC): a date is its beginning (with `end`: its end), a local time may follow ("2026-12-24 12:00")."""
        zone = settings().time_zone
        if isinstance(self.value, date) and not isinstance(self.value, datetime):
            return instant(self.value + timedelta(days=1 if end else 0), time(), zone)
        try:
            read = self.value if isinstance(self.value, datetime) else datetime.fromisoformat(str(self.value))
        except ValueError:
            raise self.fail(f"{self.value!r} is no time: write 2026-12-24 or 2026-12-24 12:00") from None
        if read.tzinfo is not None:
            return read.astimezone(timezone.utc)
        return instant(read.date(), read.time(), zone)


def read(path: Path) -> Node:
    """The file's content as a Node; SeedError when it is not there or no YAML."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SeedError(f"{path} does not exist") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SeedError(f"{path} can not be read: {error}") from None
    except yaml.YAMLError as error:
        raise SeedError(f"{path} is no YAML: {error}") from None
    sections = ("organization", "locations", "specialties", "appointment_types", "practitioners", "holidays")
    return Node(content, "").mapping(sections)
