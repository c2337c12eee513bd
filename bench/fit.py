"""Trains one pipeline and lets it read a test set, in a process of its own, so that its memory is its own.

``python -m bench.fit CONFIG NLU TESTS RESULT``: TESTS is a JSON list of messages, RESULT the JSON that is written.
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from bench import sample
from clinic.settings import PROJECT
from scripts import environment
from training.examples import Example
from training.measure import Prediction, from_parse

PIPELINES = PROJECT / "bench" / "pipelines"


class Failed(Exception):
    """A pipeline could not be trained or asked; the message holds the end of what it printed."""


@dataclass(frozen=True)
class Result:
    """What a pipeline made of the test set, and what that took."""

    predictions: list[Prediction]
    train_seconds: float
    parse_ms: float
    memory_mb: float
    model_mb: float


async def _parse(model: str, texts: Sequence[str]) -> tuple[list[dict[str, Any]], list[float]]:
    from rasa.core.agent import Agent

    agent = Agent.load(model)
    await agent.parse_message("warm up")
    parses, seconds = [], []
    for text in texts:
        began = time.perf_counter()
        parses.append(await agent.parse_message(text))
        seconds.append(time.perf_counter() - began)
    return parses, seconds


def _measure(config: str, nlu: str, texts: Sequence[str]) -> dict[str, Any]:
    from rasa.model_training import train_nlu

    began = time.perf_counter()
    model = train_nlu(config, nlu, output=str(Path(config).with_suffix("")))
    trained = time.perf_counter() - began
    if model is None:
        raise Failed("Rasa made no model")
    parses, seconds = asyncio.run(_parse(model, texts))
    kept = ("intent", "intent_ranking", "language")
    return {
        "parses": [{key: parse.get(key) for key in kept} for parse in parses],
        "train_seconds": trained,
        "parse_ms": median(seconds) * 1000,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "model_mb": Path(model).stat().st_size / 1e6,
    }


def configuration(pipeline: str, epochs: int) -> str:
    """A pipeline of bench/pipelines/ with that number of epochs where it has any."""
    config = yaml.safe_load((PIPELINES / f"{pipeline}.yml").read_text("utf-8"))
    for component in config["pipeline"]:
        if "epochs" in component:
            component["epochs"] = epochs
    return yaml.safe_dump(config, sort_keys=False)


def run(pipeline: str, folder: Path, trained: Sequence[Example], tested: Sequence[Example], epochs: int) -> Result:
    """Train `pipeline` on one set and test it on another, in a process of its own; Failed when it cannot."""
    folder.mkdir(parents=True, exist_ok=True)
    config, nlu, tests, result = (folder / f"{pipeline}.{end}" for end in ("yml", "nlu.yml", "tests.json", "result.json"))
    config.write_text(configuration(pipeline, epochs), encoding="utf-8")
    sample.write_nlu(nlu, trained)
    tests.write_text(json.dumps([example.text for example in tested]), encoding="utf-8")
    command = [sys.executable, "-W", "ignore", "-m", "bench.fit", *map(str, (config, nlu, tests, result))]
    env = {**environment.build(demo=True), "RASA_CACHE_DIRECTORY": f"{folder}/{pipeline}.cache"}
    done = subprocess.run(command, cwd=PROJECT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode or not result.exists():
        raise Failed(f"{pipeline}: code {done.returncode}\n{done.stdout[-2000:]}")
    found = json.loads(result.read_text("utf-8"))
    parses = found.pop("parses")
    return Result([from_parse(example, parse) for example, parse in zip(tested, parses, strict=True)], **found)


def main() -> int:
    """Entry point."""
    config, nlu, tests, result = sys.argv[1:5]
    found = _measure(config, nlu, json.loads(Path(tests).read_text("utf-8")))
    Path(result).write_text(json.dumps(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
