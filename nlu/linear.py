"""A linear support vector machine whose margins become probabilities by one fitted scale.

Margins on text it has not seen (cross-validation) are multiplied by the scale that makes a softmax of them most
likely: temperature scaling (Guo et al. 2017, "On Calibration of Modern Neural Networks"). Measured in
docs/decisions/0004-classifier.md.
"""

from __future__ import annotations

from typing import Any, List, Sequence, Tuple

import numpy as np
from joblib import Parallel, cpu_count, delayed
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

FOLDS = 3
# Looser than scikit-learn's 1e-4: the same answers on the fixed test set, a quarter sooner.
TOLERANCE = 0.01
# From so many numbers on, a fit takes longer than starting a process for it.
MUCH = 1_000_000


class ScaledLinearSVC(BaseEstimator, ClassifierMixin):
    """scikit-learn classifier with `predict_proba`; needs FOLDS examples of each class."""

    def __init__(self, C: float = 0.5, random_state: int = 42) -> None:
        self.C = C
        self.random_state = random_state

    def _margins(self) -> LinearSVC:
        return LinearSVC(C=self.C, class_weight="balanced", random_state=self.random_state, tol=TOLERANCE)

    def fit(self, X: Any, y: Sequence[str]) -> ScaledLinearSVC:
        """Fit the scale on held-out margins, then the model on everything."""
        labels = np.asarray(y)
        self.model_, held_out = self._fitted(X, labels)
        self.classes_ = self.model_.classes_
        true = np.searchsorted(self.classes_, labels)
        rows = np.arange(len(labels))

        def loss(scale: float) -> float:
            return float(-log_softmax(held_out * scale, axis=1)[rows, true].mean())

        self.scale_ = float(minimize_scalar(loss, bounds=(0.1, 30.0), method="bounded").x)
        return self

    def _fitted(self, X: Any, labels: Any) -> Tuple[LinearSVC, Any]:
        """The model of everything, and for each row the margins by a model that has not seen it."""
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=self.random_state).split(X, labels)
        seen, unseen = zip(*folds, strict=True)
        # Not in threads: liblinear has one stream of random numbers a process, and they would share it.
        together = Parallel(n_jobs=min(cpu_count(), FOLDS + 1) if X.size > MUCH else 1)
        whole, *parts = together(delayed(_fit)(self._margins(), X, labels, rows) for rows in (slice(None), *seen))
        margins = [_both_sides(part.decision_function(X[rows])) for part, rows in zip(parts, unseen, strict=True)]
        return whole, np.concatenate(margins)[np.argsort(np.concatenate(unseen))]

    def predict_proba(self, X: Any) -> Any:
        """Probabilities, a row each, in the order of `classes_`."""
        return softmax(_both_sides(self.model_.decision_function(X)) * self.scale_, axis=1)

    @property
    def weights(self) -> Any:
        """Labels × features; margins of them are the softmax's input."""
        return _both_sides(self.model_.coef_.T).T * self.scale_

    @property
    def bias(self) -> Any:
        """One number a label."""
        return _both_sides(self.model_.intercept_[None, :])[0] * self.scale_

    def predict(self, X: Any) -> List[str]:
        """The likeliest class of each row."""
        return list(self.model_.predict(X))


def _fit(model: LinearSVC, X: Any, labels: Any, rows: Any) -> LinearSVC:
    return model.fit(X[rows], labels[rows])


def _both_sides(margins: Any) -> Any:
    """A column for each class; of two classes scikit-learn gives the second one's alone."""
    column = margins if margins.ndim == 2 else margins[:, None]
    return np.hstack([-column, column]) if column.shape[1] == 1 else column
