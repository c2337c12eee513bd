"""What level the trained pipeline gives each labelled message (`python -m training.measured MODEL --judged FILE`)."""

from __future__ import annotations

from typing import Any

from training.triage import labelled


async def levels(agent: Any) -> dict[str, str]:
    """Text → level, by Rasa's agent."""
    texts = [message.text for message in labelled.messages()]
    return {text: (await agent.parse_message(text))["emergency"]["level"] for text in texts}
