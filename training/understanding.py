"""How the trained model understands the fixed test sets (`python -m training.measured MODEL --understood FILE`).

The whole pipeline reads them as it is served, with the clock at `fixed.SAID_AT`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from training import fixed
from training.examples import Example
from training.measure import Prediction, from_parse


def _bounds(parse: Mapping[str, Any]) -> tuple[str | None, str | None, str | None]:
    """(from, to, grain) of the first time in a message, as wall-clock minutes."""
    for entity in parse["entities"]:
        if entity["entity"] == "time":
            found = entity["resolved"]
            begins, ends = (found[side][:16] if found[side] else None for side in ("from", "to"))
            return begins, ends, found["grain"]
    return None, None, None


async def understood(agent: Any) -> dict[str, Any]:
    """What Rasa's agent finds in every fixed message, time and sentence: the JSON that `gates` and `report` read."""
    await agent.parse_message("warm up")
    seconds: list[float] = []

    async def parse(text: str) -> dict[str, Any]:
        began = time.perf_counter()
        found: dict[str, Any] = await agent.parse_message(text)
        seconds.append(time.perf_counter() - began)
        return found

    messages = [(example, from_parse(example, await parse(example.text))) for example in fixed.messages()]
    times = [(case, _bounds(await parse(case.text))) for case in fixed.times()]
    languages = [(case, (await parse(case.text))["language"]["code"]) for case in fixed.languages()]
    return {
        "parse_ms": sorted(seconds)[len(seconds) // 2] * 1000,
        "messages": [
            {
                **{key: getattr(one, key) for key in ("label", "confidence", "in_scope", "language")},
                "text": example.text,
                "truth": example.label,
                "spoken": example.language,
            }
            for example, one in messages
        ],
        "times": [{**asdict(case), "found": found} for case, found in times],
        "languages": [{**asdict(case), "found": found} for case, found in languages],
    }


def predictions(found: Sequence[Mapping[str, Any]]) -> list[Prediction]:
    """The messages of the JSON file as predictions."""
    return [
        Prediction(
            Example(Path("tests/nlu"), one["truth"], one["spoken"], one["text"]),
            one["label"],
            one["confidence"],
            one["in_scope"],
            one["language"],
        )
        for one in found
    ]
