"""Loads the project as Rasa does and adds `locales/*.yml` to the domain and the clinic's own topics to the data.

Stock Rasa lets one file's `utter_x` silently overwrite another's; here every language's text becomes a
variation conditioned on the slot `language`, which `nlu.responses` fills when a response is rendered.

Of `knowledge/` only the questions are trained; the answers are read when they are said (`clinic/knowledge.py`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Optional, Text, Union

from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method
from rasa.shared.utils.io import read_yaml_file

from clinic import knowledge
from clinic.topics import TOPICS

LOCALES = Path(__file__).resolve().parent.parent / "locales"


class LocaleError(Exception):
    """A file in `locales/` cannot be used; the message names the file and what is wrong."""


def responses_by_language(folder: Path = LOCALES) -> Dict[str, List[Dict[str, Any]]]:
    """All responses of `folder` as Rasa variations, each conditioned on its file's language."""
    merged: Dict[str, List[Dict[str, Any]]] = {}
    for path in sorted(folder.glob("*.yml")):
        content = read_yaml_file(path)
        if not isinstance(content, dict) or "responses" not in content:
            raise LocaleError(f"{path.name} has no `responses:`")
        condition = [{"type": "slot", "name": "language", "value": path.stem}]
        for key, variations in content["responses"].items():
            merged.setdefault(key, []).extend({**variation, "condition": condition} for variation in variations)
    if not merged:
        raise LocaleError(f"no locale found in {folder.name}/")
    return merged


def knowledge_examples() -> List[Message]:
    """The questions of `knowledge/` as examples of `faq/<topic>`, each with its language."""
    return [
        Message.build(question, intent=f"faq/{entry.topic}", intent_metadata={"language": entry.language})
        for entry in knowledge.entries()
        for question in entry.questions
    ]


def knowledge_responses() -> Dict[str, List[Dict[str, Any]]]:
    """Rasa wants a response for every topic; of those that locales/ does not know, the action brings the answer."""
    topics = dict.fromkeys(entry.topic for entry in knowledge.entries() if entry.topic not in TOPICS)
    return {f"utter_faq/{topic}": [{"text": "{answer}"}] for topic in topics}


class LocaleImporter(RasaFileImporter):
    """RasaFileImporter whose domain speaks every language of `locales/`, with the topics of `knowledge/`."""

    def __init__(
        self,
        config_file: Optional[Text] = None,
        domain_path: Optional[Text] = None,
        training_data_paths: Optional[Union[List[Text], Text]] = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(config_file, domain_path, training_data_paths)

    def get_domain(self) -> Domain:
        """The domain of `domain.yml` with the responses of all languages."""
        responses = {**responses_by_language(), **knowledge_responses()}
        return super().get_domain().merge(Domain.from_dict({"responses": responses}))

    @cached_method  # Rasa asks twice, and copies what it changes; reading it takes half a minute
    def get_nlu_data(self, language: Optional[Text] = "en") -> TrainingData:
        """The examples of `data/` and the questions of `knowledge/`."""
        return super().get_nlu_data(language).merge(TrainingData(knowledge_examples()))
