"""Which triage protocol a message is about, learnt from hand-written openings: `complaints/<language>.yml`.

A lexicon names the plain complaints ("headache"); people also write "it stings when I go" or "swallowed something off
the remote". The same linear model as for intents, on its own data, gives `"complaints": [{"name", "confidence"}]`
beside the intent; actions use it where the words alone say nothing (docs/triage.md).
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, List, Optional, Text, Tuple

import joblib
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from clinic import yamlfile
from clinic.settings import settings
from nlu.classifier import LinearClassifier, read
from nlu.textmodel import TextModel

FOLDER = Path(__file__).with_name("complaints")
FILE = "complaints.joblib"
OUTPUT = "complaints"
SHOWN = 3
# So sure of a complaint, a message that nobody understood otherwise is one.
SURE, UNDERSTOOD_BY_NOBODY, REPORT, GENERAL = 0.5, ("nlu_fallback", "out_of_scope"), "report_symptom", "general"
BELIEVED = 0.8
# Where the intent is none of these, nobody asks what the complaint is.
INTENTS = frozenset((
    "report_symptom", "ask_medical_advice", "emergency", "log_vital", "inform", "refill_prescription", "find_doctor",
    "book_appointment", "out_of_scope", "nlu_fallback",
))  # fmt: skip


@lru_cache(maxsize=16)
def openings(language: str) -> Tuple[Tuple[str, str], ...]:
    """(text, protocol) of the hand-written openings of a language; none where it has no file."""
    path = FOLDER / f"{language}.yml"
    if not path.exists():
        return ()
    content: Dict[str, List[str]] = yamlfile.load(path)
    return tuple((str(text), protocol) for protocol, texts in content.items() for text in texts)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ComplaintClassifier(GraphComponent):
    """Adds `complaints`, the likeliest protocols, to messages about health."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """The intent classifier's own, with shorter pieces of words: a smaller model that knows as much."""
        return {**LinearClassifier.get_default_config(), "encoder": None, "max_ngram": 4}

    def __init__(
        self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, model: Optional[TextModel] = None
    ) -> None:
        self._config, self._storage, self._resource, self._model = config, model_storage, resource, model

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ComplaintClassifier:
        """An untrained classifier."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ComplaintClassifier:
        """The trained classifier."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, joblib.load(folder / FILE))

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the model on the openings of the clinic's languages; Rasa's training data are not about complaints."""
        found = [(text, protocol, code) for code in settings().languages for text, protocol in openings(code)]
        readings = [read(text, code, bool(self._config["concepts"])) for text, _, code in found]
        self._model = TextModel(self._config).fit(readings, [protocol for _, protocol, _ in found])
        with self._storage.write_to(self._resource) as folder:
            joblib.dump(self._model, folder / FILE, compress=3)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Classify the messages that may be about health."""
        for message in messages:
            intent = message.get(INTENT) or {}
            if intent.get("name") in INTENTS:
                likeliest = self._likeliest(message)
                message.set(OUTPUT, likeliest, add_to_output=True)
                if likeliest and _says_more(intent, likeliest[0]):
                    _set_intent(message, likeliest[0]["confidence"])
        return messages

    def _likeliest(self, message: Message) -> List[Dict[Text, Any]]:
        text = message.get(TEXT) or ""
        if self._model is None or not any(map(str.isalpha, text)):
            return []
        language = str((message.get("language") or {}).get("code") or settings().default_language)
        shares = self._model.probabilities(read(text, language, bool(self._config["concepts"])))
        ranked = sorted(zip(self._model.classes_, map(float, shares), strict=True), key=lambda one: -one[1])
        return [{"name": name, "confidence": round(share, 4)} for name, share in ranked[:SHOWN]]


def _says_more(intent: Dict[Text, Any], complaint: Dict[Text, Any]) -> bool:
    """Whether the complaint is a better reading than the intent."""
    unsure = intent["name"] == "nlu_fallback" or intent["confidence"] < BELIEVED
    named = complaint["name"] != GENERAL and complaint["confidence"] >= SURE
    return named and unsure and intent["name"] in UNDERSTOOD_BY_NOBODY


def _set_intent(message: Message, confidence: float) -> None:
    intent = {"name": REPORT, "confidence": confidence}
    others = [entry for entry in message.get("intent_ranking") or [] if entry["name"] != REPORT]
    message.set(INTENT, intent, add_to_output=True)
    message.set("intent_ranking", [intent, *others], add_to_output=True)
