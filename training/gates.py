"""What the model must reach on the fixed test sets before anybody may use it (CI: tests/integration/understanding/)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from training import measure
from training.measure import Prediction
from training.understanding import predictions

INTENTS, TOPICS, STRANGERS, FALSE_ALARMS, TIMES, LANGUAGES = 0.93, 0.90, 0.85, 0.03, 0.95, 0.98


@dataclass(frozen=True)
class Gate:
    """One figure and what it must reach."""

    name: str
    value: float
    least: float

    @property
    def open(self) -> bool:
        """Whether the figure is reached."""
        return self.value >= self.least


def _share(cases: Sequence[bool]) -> float:
    return sum(cases) / max(1, len(cases))


def intent_accuracy(found: Sequence[Prediction]) -> float:
    """The share of messages with the right intent; which topic a faq has does not matter here."""
    return _share([one.label.split("/")[0] == one.example.label.split("/")[0] for one in found])


def topic_accuracy(found: Sequence[Prediction]) -> float:
    """The share of questions about the clinic that get the right topic."""
    return measure.accuracy([one for one in found if "/" in one.example.label])


def time_is_right(case: Mapping[str, Any]) -> bool:
    """Whether a time was read exactly: both bounds and the grain."""
    return list(case["found"]) == [case["begins"], case["ends"], case["grain"]]


def gates(found: Mapping[str, Any]) -> list[Gate]:
    """All gates, from what `training.measured` wrote."""
    messages = predictions(found["messages"])
    by_language = measure.by(messages, lambda one: one.example.language)
    result = [Gate(f"intents {code}", intent_accuracy(group), INTENTS) for code, group in by_language.items()]
    result += [Gate(f"faq topics {code}", topic_accuracy(group), TOPICS) for code, group in by_language.items()]
    result.append(
        Gate("out of scope, recall", measure.out_of_scope_recall(messages, FALSE_ALARMS), STRANGERS),
    )
    for code in by_language:
        cases = [time_is_right(case) for case in found["times"] if case["language"] == code]
        result.append(Gate(f"times {code}", _share(cases), TIMES))
    for code in [*by_language, None]:  # None: those that the clinic does not speak
        cases = [
            case["found"] == case["language"]
            for case in found["languages"]
            if case["long"] and (case["language"] == code if code else case["language"] not in by_language)
        ]
        result.append(Gate(f"language {code or 'foreign'}", _share(cases), LANGUAGES if code else 0.9))
    return result
