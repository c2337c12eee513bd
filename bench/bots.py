"""Two small bots from the same data: stock Rasa as `rasa init` makes it, and ours with config.yml's components.

Every label has one text and one rule; three stories give TED something to learn. Were a label left to so few stories,
TED might never come to `action_listen`: the bot then falls silent for the rest of the session, and is quick at that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench import sample
from clinic.settings import PROJECT
from training.examples import Example

FALLBACK = "nlu_fallback"
EMERGENCY = "dialogue.emergency.EmergencyPolicy"
STORIES = (("greet", "inform"), ("find_doctor", "inform", "thank"), ("greet", "book_appointment", "goodbye"))


@dataclass(frozen=True)
class Bot:
    """A folder with config.yml and data, and how it is served."""

    name: str
    folder: Path
    endpoints: dict[str, Any]

    @property
    def model(self) -> Path:
        """Where its model is written."""
        return self.folder / "models" / "model.tar.gz"


def _turns(intents: Iterable[str]) -> list[dict[str, str]]:
    return [step for intent in intents for step in ({"intent": intent}, {"action": f"utter_{intent}"})]


def domain(labels: Sequence[str]) -> dict[str, Any]:
    """One plain text per label; our entities, which stock Rasa never finds."""
    ours = yaml.safe_load((PROJECT / "domain.yml").read_text("utf-8"))
    return {
        "version": "3.1",
        "intents": list(labels),
        "entities": ours["entities"],
        # what our responses look for
        "slots": {"language_choice": {"type": "text", "influence_conversation": False, "mappings": [{"type": "custom"}]}},
        "responses": {f"utter_{label}": [{"text": f"This answers {label}."}] for label in labels},
        "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
    }


def dialogue(labels: Sequence[str]) -> dict[str, Any]:
    """One rule per label, and three stories."""
    return {
        "version": "3.1",
        "rules": [{"rule": label, "steps": _turns([label])} for label in labels],
        "stories": [{"story": " ".join(intents), "steps": _turns(intents)} for intents in STORIES],
    }


def config(ours: bool, epochs: int | None) -> dict[str, Any]:
    """The bot's config.yml; `epochs` replaces every number of epochs in it."""
    path = PROJECT / "config.yml" if ours else PROJECT / "bench" / "stock.yml"
    content: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    content.pop("importers", None)
    # Its action needs an action server, which is not there; by itself it takes microseconds.
    content["policies"] = [policy for policy in content["policies"] if policy["name"] != EMERGENCY]
    for component in content["pipeline"] + content["policies"]:
        if epochs is not None and "epochs" in component:
            component["epochs"] = epochs
        if "core_fallback_action_name" in component:  # there is no action server here
            component["core_fallback_action_name"] = f"utter_{FALLBACK}"
    return content


def tracker_store(bot: str, folder: Path) -> dict[str, Any]:
    """endpoints.yml: SQLite for both, through each one's own store; stock Rasa's default is memory."""
    if bot == "ours":
        store = {"type": "dialogue.tracker_store.RecentTrackerStore", "url": f"sqlite:///{folder}/tracker.db"}
        return {"nlg": {"type": "nlu.responses.LocalisedResponses"}, "tracker_store": store}
    return {"tracker_store": {"type": "SQL", "dialect": "sqlite", "db": f"{folder}/tracker.db"}} if bot == "stock" else {}


def make(name: str, folder: Path, chosen: Sequence[Example], epochs: int | None) -> Bot:
    """Write a bot's files: `stock` or `ours`."""
    labels = [*sorted({example.label for example in chosen}), FALLBACK]
    (folder / "data").mkdir(parents=True)
    sample.write_nlu(folder / "data" / "nlu.yml", chosen)
    files = {
        "config.yml": config(name.startswith("ours"), epochs),
        "domain.yml": domain(labels),
        "data/dialogue.yml": dialogue(labels),
        "credentials.yml": {"rest": None},
    }
    for file, content in files.items():
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        (folder / file).write_text(text, encoding="utf-8")
    return Bot(name, folder, tracker_store(name, folder))
