"""Whether a message tells of something being wrong with somebody, and which triage protocol that is about.

A lexicon names the plain complaints ("headache"); people also write "it stings when I go" or "swallowed something off
the remote". Two linear models learn from hand-written openings (`complaints/<language>.yml`, docs/triage.md): one how
such messages sound beside all others (`"unwell": 0.93`), one which protocol is theirs (`"complaints": [{"name",
"confidence"}]`). Where the first is surer than the intent classifier, the message is a report_symptom.
"""

from __future__ import annotations

import random
from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Text, Tuple

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from clinic import yamlfile
from clinic.settings import settings
from nlu.classifier import read
from nlu.taught import TaughtComponent, language_of, words_of
from nlu.textmodel import Reading, TextModel

FOLDER = Path(__file__).with_name("complaints")
OUTPUT, UNWELL_OUTPUT, RANKING = "complaints", "unwell", "intent_ranking"
SHOWN = 9
UNWELL, FAQ, OTHER, REPORT = "unwell", "faq", "other", "report_symptom"
# Neither side of the question: advice is asked for with and without being ill, danger is the screen's business.
LEFT_OUT = frozenset(("ask_medical_advice", "emergency", "nlu_fallback"))
# So many examples of each intent, topic and language show what does not sound unwell.
EACH = 60
# Names and bare answers are of too many kinds for a share to show.
SHOWN_WHOLE = frozenset(("inform",))
SEED = 42
# Whatever else the words may mean, these are not read again: short answers, and what must never be swallowed.
KEPT = frozenset((
    *("affirm", "deny", "nevermind", "human_handoff", "change_language", "opt_out", "opt_in", "delete_data", "export_data"),
))  # fmt: skip
# A greeting is all that a few words say; behind more of them ("good morning doctor, the baby won't ...") may be anything.
POLITE, FEW_WORDS = frozenset(("greet", "goodbye", "thank")), 5
# These tell a complaint as they are, or beside a wish that counts more.
TOLD_ANYWAY = frozenset((
    *(REPORT, "emergency", "ask_medical_advice", "book_appointment", "log_vital", "find_doctor", "inform"),
))  # fmt: skip
# The intent gives way: at the first where it is less sure than BELIEVED, at the second however sure it is.
SOUNDS_UNWELL, SURELY_UNWELL, BELIEVED = 0.7, 0.9, 0.8
# A wish for a doctor counts more than the illness it names, unless the model doubts it: the questions end in a booking.
WISHES, DOUBTED = frozenset(("book_appointment", "find_doctor")), 0.5
# From here on the intake may be offered below the answer (actions/intake/offer.py): it begins with this very message.
PERHAPS_UNWELL = 0.2


class Models(NamedTuple):
    """What is kept in the model."""

    unwell: TextModel
    protocol: TextModel


@lru_cache(maxsize=16)
def openings(language: str) -> Tuple[Tuple[str, str], ...]:
    """(text, protocol) of the hand-written openings of a language, `<language>.yml` and `<language>_<writer>.yml`."""
    paths = sorted((*FOLDER.glob(f"{language}.yml"), *FOLDER.glob(f"{language}_*.yml")))
    written: List[Dict[str, List[str]]] = [yamlfile.load(path) for path in paths]
    return tuple((str(text), protocol) for content in written for protocol, texts in content.items() for text in texts)


def _others(training_data: TrainingData) -> List[Tuple[str, str, str]]:
    """(text, language, label) of what people write besides: a share of each intent and topic, all reports of symptoms."""
    kinds: Dict[Tuple[str, ...], List[Tuple[str, str, str]]] = defaultdict(list)
    for message in training_data.intent_examples:
        text, intent, language = message.get(TEXT), message.get(INTENT), language_of(message)
        if text and intent not in LEFT_OUT:
            label = UNWELL if intent == REPORT else FAQ if intent == FAQ else OTHER
            kinds[intent, str(message.get(INTENT_RESPONSE_KEY)), language].append((text, language, label))
    chooser = random.Random(SEED)
    shown = (kind if key[0] in SHOWN_WHOLE else chooser.sample(kind, min(EACH, len(kind))) for key, kind in kinds.items())
    return [one for kind in shown for one in kind]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ComplaintClassifier(TaughtComponent):
    """Adds `unwell`, and to what may be a complaint `complaints`, the likeliest protocols."""

    FILE = "complaints.pickle.bz2"

    def fit(self, training_data: TrainingData) -> Models:
        """Both models; which protocol is learnt from the openings of the clinic's languages alone."""
        found = [(text, code, protocol) for code in settings().languages for text, protocol in openings(code)]
        heard = [*((text, code, UNWELL) for text, code, _ in found), *_others(training_data)]
        return Models(self._fitted(heard), self._fitted(found))

    def _fitted(self, examples: Sequence[Tuple[str, str, str]]) -> TextModel:
        readings = [read(text, code, self.concepts) for text, code, _ in examples]
        return TextModel(self._config).fit(readings, [label for _, _, label in examples])

    def process(self, messages: List[Message]) -> List[Message]:
        """Judge the messages whose intent leaves it open."""
        for message in messages:
            intent = message.get(INTENT) or {}
            if self.model is not None and words_of(message) and not _is_kept(intent.get("name"), message.get(TEXT)):
                self._judge(message, intent, self.model)
        return messages

    def _judge(self, message: Message, intent: Dict[Text, Any], models: Models) -> None:
        reading = read(words_of(message), language_of(message), self.concepts)
        unwell = dict(_ranked(models.unwell, reading))[UNWELL]
        message.set(UNWELL_OUTPUT, unwell, add_to_output=True)
        # What answers a question of a form is for the form to read.
        answers = bool((message.get("metadata") or {}).get("asked"))
        gives_way = not answers and _gives_way(intent, unwell)
        may_begin_an_intake = not answers and unwell >= PERHAPS_UNWELL
        if gives_way or may_begin_an_intake or intent.get("name") in TOLD_ANYWAY:
            likeliest = [{"name": name, "confidence": share} for name, share in _ranked(models.protocol, reading)[:SHOWN]]
            message.set(OUTPUT, likeliest, add_to_output=True)
        if gives_way:
            _set_intent(message, unwell)


def _is_kept(intent: Optional[Text], text: Text) -> bool:
    return intent in KEPT or (intent in POLITE and len(text.split()) <= FEW_WORDS)


def _ranked(model: TextModel, reading: Reading) -> List[Tuple[str, float]]:
    shares = (round(float(share), 4) for share in model.probabilities(reading))
    return sorted(zip(model.classes_, shares, strict=True), key=lambda one: -one[1])


def _gives_way(intent: Dict[Text, Any], unwell: float) -> bool:
    """Whether "somebody is unwell" is a better reading than the intent."""
    if intent.get("name") in TOLD_ANYWAY:
        return intent.get("name") in WISHES and float(intent.get("confidence") or 0) < DOUBTED and unwell >= SURELY_UNWELL
    unsure = intent.get("name") == "nlu_fallback" or float(intent.get("confidence") or 0) < BELIEVED
    return unwell >= (SOUNDS_UNWELL if unsure else SURELY_UNWELL)


def _set_intent(message: Message, confidence: float) -> None:
    intent = {"name": REPORT, "confidence": confidence}
    others = [entry for entry in message.get(RANKING) or [] if entry["name"] != REPORT]
    message.set(INTENT, intent, add_to_output=True)
    message.set(RANKING, [intent, *others], add_to_output=True)
