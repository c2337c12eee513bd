"""The trained model on everything that is measured: it is loaded once, which takes longer than most of the sets.

`python -m training.measured MODEL [--understood FILE] [--judged FILE] [--played FILE [--every N] [--vignettes FOLDER]]`
writes what was asked for as JSON. Needs the environment of a seeded clinic with the clock at `fixed.SAID_AT`
(`scripts/demo_clinic.py`); the vignettes need its action server too (`scripts/triage_report.py`).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from training.quiet import quiet
from training.triage import vignettes
from training.triage.judge import levels
from training.triage.player import play
from training.understanding import understood


def _write(target: Path, found: Any) -> None:
    target.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


async def _measure(given: argparse.Namespace) -> None:
    from rasa.core.agent import load_agent
    from rasa.core.utils import AvailableEndpoints

    quiet()
    agent = await load_agent(model_path=given.model, endpoints=AvailableEndpoints.read_endpoints("endpoints.yml"))
    if given.understood:
        _write(given.understood, await understood(agent))
    if given.judged:
        _write(given.judged, await levels(agent))
    if given.played:
        chosen = vignettes.vignettes(given.vignettes)[:: given.every]
        _write(given.played, [asdict(await play(agent, one, number)) for number, one in enumerate(chosen)])


def main(arguments: Sequence[str]) -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m training.measured")
    parser.add_argument("model")
    parser.add_argument("--understood", type=Path, help="what is found in tests/nlu, for training.report")
    parser.add_argument("--judged", type=Path, help="the level of every labelled message, for training.triage.report")
    parser.add_argument("--played", type=Path, help="how every vignette ended, for training.triage.report")
    parser.add_argument("--every", type=int, default=1, help="every third vignette: 3")
    parser.add_argument("--vignettes", type=Path, default=vignettes.FOLDER, help="a folder of other vignettes")
    asyncio.run(_measure(parser.parse_args(arguments)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
