"""What components share that learn from files of their own beside Rasa's training data."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, Dict, Optional, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from clinic.settings import settings
from nlu.classifier import LinearClassifier
from nlu.kept import keep, kept


class TaughtComponent(GraphComponent):
    """Fits something once (`fit`), keeps it in the model as `FILE`, and has it again when loaded (`model`)."""

    FILE: ClassVar[str]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """The intent classifier's own, with shorter pieces of words: a smaller model that knows as much."""
        return {**LinearClassifier.get_default_config(), "encoder": None, "max_ngram": 4}

    def __init__(
        self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, model: Optional[Any] = None
    ) -> None:
        self._config, self._storage, self._resource, self.model = config, model_storage, resource, model

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TaughtComponent:
        """An untrained one."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TaughtComponent:
        """The trained one."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, kept(folder / cls.FILE))

    def train(self, training_data: TrainingData) -> Resource:
        """Fit and keep."""
        self.model = self.fit(training_data)
        with self._storage.write_to(self._resource) as folder:
            keep(self.model, folder / self.FILE)
        return self._resource

    @abstractmethod
    def fit(self, training_data: TrainingData) -> Any:
        """What shall be kept, learnt from the component's files and the training data."""

    @property
    def concepts(self) -> bool:
        """Whether concepts are read beside words."""
        return bool(self._config["concepts"])


def language_of(message: Message) -> str:
    """The language in which a message is read: the one that was found, where the clinic speaks it, else the clinic's own.

    A lexicon of one more language takes seconds to make, and the model was taught in none.
    """
    code = (message.get("language") or {}).get("code")
    return str(code) if code in settings().languages else settings().default_language


def words_of(message: Message) -> str:
    """The message's text; "" where it holds no word that could be judged."""
    text = str(message.get(TEXT) or "")
    return text if any(map(str.isalpha, text)) else ""
