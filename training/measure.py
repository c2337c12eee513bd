"""Figures of a classifier: accuracy, calibration, out-of-scope recall. Pure functions over predictions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from training.examples import Example

OUT_OF_SCOPE = "out_of_scope"
BINS = 10


@dataclass(frozen=True)
class Prediction:
    """What was said of one example: label, its confidence, and the best confidence of anything in scope."""

    example: Example
    label: str
    confidence: float
    in_scope: float
    language: str | None = None

    @property
    def right(self) -> bool:
        """Whether the label is the example's."""
        return self.label == self.example.label


def from_scores(example: Example, scores: Mapping[str, float]) -> Prediction:
    """The prediction that label probabilities mean; topics of one retrieval intent count together, as in Rasa."""
    intents: dict[str, float] = defaultdict(float)
    for label, score in scores.items():
        intents[label.split("/")[0]] += score
    intent = max(intents, key=lambda name: intents[name])
    topics = {label: score for label, score in scores.items() if label.startswith(f"{intent}/")}
    label = max(topics, key=lambda name: topics[name]) if topics else intent
    in_scope = max((score for name, score in intents.items() if name != OUT_OF_SCOPE), default=0.0)
    return Prediction(example, label, intents[intent], in_scope)


def from_parse(example: Example, parse: Mapping[str, Any]) -> Prediction:
    """The prediction in Rasa's parse output."""
    ranking = parse.get("intent_ranking") or []
    best = (parse.get("intent") or {}).get("name") or ""
    confidence = float((parse.get("intent") or {}).get("confidence") or 0)
    real = [entry for entry in ranking if entry["name"] != "nlu_fallback"]
    if best == "nlu_fallback" and real:  # what the model would have said: the threshold is judged by the curve
        best, confidence = real[0]["name"], float(real[0]["confidence"])
    topic = ((parse.get("response_selector") or {}).get(best) or {}).get("response", {}).get("intent_response_key")
    in_scope = max((float(entry["confidence"]) for entry in real if entry["name"] != OUT_OF_SCOPE), default=0.0)
    return Prediction(example, topic or best, confidence, in_scope, (parse.get("language") or {}).get("code"))


def accuracy(predictions: Iterable[Prediction]) -> float:
    """The share that is right; 0 of nothing."""
    right = [prediction.right for prediction in predictions]
    return sum(right) / len(right) if right else 0.0


def by(predictions: Iterable[Prediction], key: Callable[[Prediction], Any]) -> dict[Any, list[Prediction]]:
    """Predictions in groups, sorted by group."""
    groups: dict[Any, list[Prediction]] = defaultdict(list)
    for prediction in predictions:
        groups[key(prediction)].append(prediction)
    return {group: groups[group] for group in sorted(groups, key=str)}


def style(prediction: Prediction) -> str:
    """How a message is written, by its length in words."""
    count = len(prediction.example.text.split())
    return "1–3 words" if count <= 3 else "4–12 words" if count <= 12 else "over 12 words"


def calibration_error(predictions: Sequence[Prediction]) -> float:
    """Expected calibration error: how far confidence and share of right answers are apart, over ten equal bins."""
    bins: dict[int, list[Prediction]] = defaultdict(list)
    for prediction in predictions:
        bins[min(BINS - 1, int(prediction.confidence * BINS))].append(prediction)
    return sum(
        abs(sum(prediction.confidence for prediction in found) - sum(prediction.right for prediction in found))
        for found in bins.values()
    ) / max(1, len(predictions))


def out_of_scope_curve(predictions: Sequence[Prediction]) -> list[tuple[float, float]]:
    """(false alarms, recall) for every threshold on "nothing in scope is likely", from strict to lax.

    A message is turned away when the best confidence of anything in scope is at most the threshold. False alarms: the
    share of messages in scope that are turned away. Recall: the share of out-of-scope messages that are.
    """
    strangers = sum(prediction.example.label == OUT_OF_SCOPE for prediction in predictions)
    patients = len(predictions) - strangers
    points, refused, turned_away = [(0.0, 0.0)], 0, 0
    for prediction in sorted(predictions, key=lambda one: one.in_scope):
        if prediction.example.label == OUT_OF_SCOPE:
            refused += 1
        else:
            turned_away += 1
        points.append((turned_away / max(1, patients), refused / max(1, strangers)))
    return points


def out_of_scope_recall(predictions: Sequence[Prediction], false_alarms: float = 0.03) -> float:
    """The highest recall of out-of-scope messages at no more than this share of false alarms."""
    return max(recall for alarms, recall in out_of_scope_curve(predictions) if alarms <= false_alarms)


def confusions(predictions: Iterable[Prediction]) -> list[tuple[str, str, int]]:
    """(label, taken for, how often), the commonest first."""
    counts = Counter((wrong.example.label, wrong.label) for wrong in predictions if not wrong.right)
    return [(label, taken, count) for (label, taken), count in counts.most_common()]


def histogram(predictions: Iterable[Prediction]) -> list[tuple[int, int]]:
    """(right, wrong) in each tenth of confidence."""
    counts = [[0, 0] for _ in range(BINS)]
    for prediction in predictions:
        counts[min(BINS - 1, int(prediction.confidence * BINS))][0 if prediction.right else 1] += 1
    return [(right, wrong) for right, wrong in counts]
