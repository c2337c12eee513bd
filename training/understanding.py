"""How the trained model understands the fixed test sets: ``python -m training.understanding MODEL FILE``.

Runs the whole pipeline as it is served, and writes what it found as JSON. Needs the environment of a seeded clinic
(`scripts/demo_clinic.py`), with the clock at `fixed.SAID_AT`.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from training import fixed
from training.examples import Example
from training.measure import Prediction, from_parse
from training.quiet import quiet


def _bounds(parse: Mapping[str, Any]) -> tuple[str | None, str | None, str | None]:
    """(from, to, grain) of the first time in a message, as wall-clock minutes."""
    for entity in parse["entities"]:
        if entity["entity"] == "time":
            found = entity["resolved"]
            begins, ends = (found[side][:16] if found[side] else None for side in ("from", "to"))
            return begins, ends, found["grain"]
    return None, None, None


async def _parse(model: str) -> dict[str, Any]:
    from rasa.core.agent import Agent

    quiet()
    agent = Agent.load(model)
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


def main() -> int:
    """Entry point."""
    model, target = sys.argv[1:3]
    found = asyncio.run(_parse(model))
    Path(target).write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
