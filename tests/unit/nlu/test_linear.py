"""The support vector machine: the same numbers, however many processes fit it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from nlu import linear
from nlu.linear import ScaledLinearSVC


def some(labels: int) -> tuple[sparse.csr_matrix, np.ndarray]:
    """Rows of 60 features, three of which tell the label."""
    chance = np.random.default_rng(7)
    y = np.array([f"label {number % labels}" for number in range(240)])
    x = chance.random((240, 60), dtype=np.float32) * (chance.random((240, 60)) < 0.2)
    for row, number in enumerate(range(240)):
        x[row, number % labels * 3 : number % labels * 3 + 3] += chance.random(3)
    return sparse.csr_matrix(x.astype(np.float32)), y


@pytest.mark.parametrize("labels", [2, 5])
def test_in_processes_as_one_after_the_other(labels: int, monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = some(labels)
    alone = ScaledLinearSVC().fit(x, y)
    monkeypatch.setattr(linear, "MUCH", 0)
    together = ScaledLinearSVC().fit(x, y)
    assert together.scale_ == alone.scale_
    assert np.array_equal(together.weights, alone.weights) and np.array_equal(together.bias, alone.bias)


@pytest.mark.parametrize("labels", [2, 5])
def test_margins_are_those_of_rows_not_seen(labels: int) -> None:
    x, y = some(labels)
    machine = ScaledLinearSVC()
    _, held_out = machine._fitted(x, y)
    folds = StratifiedKFold(linear.FOLDS, shuffle=True, random_state=machine.random_state)
    expected = cross_val_predict(machine._margins(), x, y, cv=folds, method="decision_function")
    assert np.allclose(held_out, linear._both_sides(expected))
    assert np.array_equal(machine.fit(x, y).predict(x)[:5], y[:5])
