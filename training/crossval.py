"""Cross-validation of the classifier alone: every training example judged by a model that has not seen it."""

from __future__ import annotations

from collections.abc import Sequence

from sklearn.model_selection import StratifiedKFold

from nlu.classifier import LinearClassifier, read
from nlu.textmodel import TextModel
from training.examples import Example
from training.measure import Prediction, from_scores

FOLDS = 5


def cross_validate(examples: Sequence[Example], folds: int = FOLDS) -> list[Prediction]:
    """One prediction per example; folds keep the share of every label and language."""
    config = LinearClassifier.get_default_config()
    readings = [read(example.text, str(example.language), bool(config["concepts"])) for example in examples]
    strata = [f"{example.label} {example.language}" for example in examples]
    chooser = StratifiedKFold(folds, shuffle=True, random_state=config["random_state"])
    predictions: list[Prediction] = []
    for trained, tested in chooser.split(readings, strata):
        model = TextModel(config).fit([readings[i] for i in trained], [examples[i].label for i in trained])
        for i in tested:
            scores = dict(zip(model.classes_, map(float, model.probabilities(readings[i])), strict=True))
            predictions.append(from_scores(examples[i], scores))
    return predictions
