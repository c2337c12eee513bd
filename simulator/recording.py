"""A run's patients, written down line by line: who did what, and how many seconds after the start."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from simulator.chaos import ChaosSettings
from simulator.phones import Phone

Json = dict[str, Any]


#: What a person does, and what is kept of a phone.
DEEDS = ("send", "read")
OF_A_PHONE = ("phone", "name", "user_id", "language", "direction", "hides_number")


class RecordingError(Exception):
    """That is no recording."""


class Recording:
    """JSON Lines in one file beside the database; the first line has the chaos, the others what the patients did."""

    def __init__(self, database: Path) -> None:
        self.path = database.with_suffix(".recording.jsonl")
        self.on = False
        self._began = 0.0
        self._phones: set[str] = set()
        self._count = sum(f'"do": "{deed}"' in line for line in self.text().splitlines() for deed in DEEDS)

    def start(self, chaos: ChaosSettings) -> None:
        """Begin anew; what was recorded before is gone."""
        self.path.write_text(_line({"do": "chaos", "chaos": chaos.as_json()}), "utf-8")
        self._began = time.monotonic()
        self._phones.clear()
        self._count = 0
        self.on = True

    def stop(self) -> None:
        self.on = False

    def note(self, do: str, phone: Phone, wamid: str | None = None, **what: Any) -> None:
        """One deed of a patient; the phone itself is written down the first time it does something."""
        if not self.on:
            return
        lines = []
        if phone.wa_id not in self._phones:
            self._phones.add(phone.wa_id)
            own = {key: value for key, value in phone.as_json().items() if key in OF_A_PHONE}
            lines.append(_line({"do": "phone", "after": self._seconds(), **own}))
        line = {"do": do, "after": self._seconds(), "phone": f"+{phone.wa_id}", **what}
        lines.append(_line({**line, "wamid": wamid} if wamid else line))
        with self.path.open("a", encoding="utf-8") as file:
            file.write("".join(lines))
        self._count += 1

    def _seconds(self) -> float:
        return round(time.monotonic() - self._began, 3)

    def text(self) -> str:
        return self.path.read_text("utf-8") if self.path.exists() else ""

    def count(self) -> int:
        """How many deeds there are, beside chaos and phones."""
        return self._count


def parse(text: str) -> list[Json]:
    """The lines of a recording, each checked."""
    return [_checked(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def _checked(number: int, line: str) -> Json:
    try:
        document = json.loads(line)
    except ValueError as error:
        raise RecordingError(f"line {number} is not valid JSON") from error
    if not isinstance(document, dict) or document.get("do") not in ("chaos", "phone", *DEEDS):
        raise RecordingError(f"line {number} must be an object with do: chaos, phone, send or read")
    if document["do"] == "chaos":
        return document
    if not isinstance(document.get("phone"), str) or not isinstance(document.get("after"), (int, float)):
        raise RecordingError(f"line {number} needs a phone and the seconds after the start")
    if document["do"] == "send" and not isinstance(document.get("order"), dict):
        raise RecordingError(f"line {number} needs an order")
    return document


def _line(document: Json) -> str:
    return json.dumps(document, ensure_ascii=False) + "\n"
