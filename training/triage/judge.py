"""What level the trained pipeline gives each labelled message: `python -m training.triage.judge MODEL OUT.json`."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from training.quiet import quiet
from training.triage import labelled


async def levels(agent: Any) -> dict[str, str]:
    """Text → level, by Rasa's agent."""
    texts = [message.text for message in labelled.messages()]
    return {text: (await agent.parse_message(text))["emergency"]["level"] for text in texts}


async def _judged(model: str) -> dict[str, str]:
    from rasa.core.agent import load_agent

    quiet()
    return await levels(await load_agent(model_path=model))


def main(arguments: Sequence[str]) -> int:
    """Entry point."""
    model, out = arguments
    Path(out).write_text(json.dumps(asyncio.run(_judged(model)), ensure_ascii=False), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
