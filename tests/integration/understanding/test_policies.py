"""The trained dialogue policies, read back as they are when Salama starts."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from rasa.core.policies.ted_policy import TEDPolicy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from dialogue.policies import INTENTS_FILE, ContextualTEDPolicy
from scripts import train
from scripts.demo_clinic import environment_of_demo_clinic
from tests.support.surroundings import ModelFolder

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # Rasa's and TensorFlow's own
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]
NAME = "train_dialogue.policies.ContextualTEDPolicy"


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the trained model's transformer and of its domain."""
    folder = tmp_path_factory.mktemp("ted")
    with environment_of_demo_clinic() as env:
        assert train.train(env)
    with tarfile.open(train.MODEL) as archive:
        for member in archive.getmembers():
            if member.isfile() and (NAME in member.name or member.name.endswith("domain.yml")):
                member.name = Path(member.name).name
                archive.extract(member, folder)
    return folder


def test_restored_it_says_what_rasas_own_way_of_loading_says(unpacked: Path) -> None:
    def loaded(kind: Any) -> Any:
        config = {**kind.get_default_config(), "constrain_similarities": True}
        return kind.load(config, ModelFolder(unpacked), Resource("ted"), ExecutionContext(GraphSchema({})))

    domain = Domain.from_file(str(unpacked / "domain.yml"))
    intent = json.loads((unpacked / INTENTS_FILE).read_text("utf-8"))[0]
    said = UserUttered("words", {"name": intent, "confidence": 0.9}, [])
    tracker = DialogueStateTracker.from_events("1", [ActionExecuted("action_listen"), said], domain.slots)
    restored, stock = (
        loaded(kind).predict_action_probabilities(tracker, domain) for kind in (ContextualTEDPolicy, TEDPolicy)
    )
    assert restored.max_confidence > 0
    assert restored.probabilities == pytest.approx(stock.probabilities, abs=1e-6)
