"""Duckling in a process of its own: one JSON request a line on stdin, one JSON answer a line on stdout.

Why a process: an error inside Duckling's Haskell code ends the process that holds it, and a patient's words can
cause one (pyduckling 0.4.0: «خليها ليوم تاني» → "Ix{Int}.index: Index (15) out of range"). Here it ends this worker
only, and `nlu.duckling_client` starts another.

Request: {"text", "language", "epoch"}: `epoch` is the wall-clock time as if it were UTC (see nlu.times).
Answer: Duckling's list of times, each with `start`, `end` (characters), `dim`, `value`.
"""

from __future__ import annotations

import json
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckling
import tzdata

# English dates are read as the world writes them (24/05), not as the US does (05/24).
LOCALES = {"en": "EN_GB", "pt": "PT_XX", "de": "DE_XX", "ru": "RU_XX", "ar": "AR_XX"}


@lru_cache(maxsize=16)
def _locale(language: str) -> Any:
    fallback = duckling.default_locale_lang(duckling.parse_lang(language))
    return duckling.parse_locale(LOCALES.get(language, language.upper()), fallback)


def main() -> None:
    """Answer until stdin ends."""
    duckling.init()
    zones = duckling.load_time_zones(str(Path(tzdata.__file__).parent / "zoneinfo"))
    dimensions = duckling.parse_dimensions(["time"])
    for line in sys.stdin:
        request = json.loads(line)
        reference = duckling.parse_ref_time(zones, "UTC", int(request["epoch"]))
        context = duckling.Context(reference, _locale(request["language"]))
        found = duckling.parse(request["text"], context, dimensions, False)
        times = [{key: result[key] for key in ("start", "end", "dim", "value")} for result in found]
        print(json.dumps([result for result in times if result["dim"] == "time"]), flush=True)


if __name__ == "__main__":
    main()
