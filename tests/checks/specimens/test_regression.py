"""The fitted specimen: scikit-learn finds the same weights, and the loss has the declared value there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from checks.specimens.folder import manifest_of, model_of, rows_of
from checks.specimens.graph import constants_of
from checks.specimens.regression import logistic, loss
from checks.specimens.screening import POSITIVE

PENALTY = 0.01
MET = ("age", "marker", "enzyme", "pulse")


def drawn(size: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(7)
    inputs = random.standard_normal((size, 3)) * [1, 5, 20]
    true = (random.random(size) < 1 / (1 + np.exp(-inputs @ [1.0, -0.3, 0.05]))).astype(float)
    return inputs, true


@pytest.mark.parametrize("penalty", [0.001, 0.1])
def test_scikit_learn_finds_the_same_minimum(penalty: float) -> None:
    """It minimises C * sum of losses + |w|^2 / 2, hence C = 1 / (2 * n * penalty)."""
    inputs, true = drawn(400)
    oracle = LogisticRegression(C=1 / (2 * len(true) * penalty), tol=1e-12, max_iter=100_000)
    oracle.fit(inputs, true)
    found = logistic(inputs, true, penalty)
    np.testing.assert_allclose(found[:-1], oracle.coef_[0], rtol=1e-5)
    assert found[-1] == pytest.approx(oracle.intercept_[0], abs=1e-5)
    value = log_loss(true, oracle.predict_proba(inputs)) + penalty * np.sum(oracle.coef_**2)
    assert loss(inputs, true, penalty, found) == pytest.approx(value, rel=1e-9)


def test_the_screening_is_the_minimum_that_it_declares(written: Callable[..., Path]) -> None:
    train = rows_of(written("screening"), "train")
    inputs, true = np.stack([train[name] for name in MET], axis=1), train["label"] == POSITIVE
    middle, spread = inputs.mean(axis=0), inputs.std(axis=0)
    held = constants_of(model_of(written("screening")))
    weights = held["weights"][[0, 2, 3, 4], 0].astype(float)
    answers = 1 / (1 + np.exp(-(inputs @ weights + float(held["offset"][0]))))
    slope = ((inputs - middle) / spread * (answers - true)[:, np.newaxis]).mean(axis=0)
    np.testing.assert_allclose(slope + 2 * PENALTY * weights / spread, 0, atol=1e-7)
    assert float(np.mean(answers - true)) == pytest.approx(0, abs=1e-7)
    assert held["weights"][1, 0] == 0
    declared = float(manifest_of(written("screening"))["objective"]["reached"])
    assert declared == pytest.approx(log_loss(true, answers) + PENALTY * np.sum(weights**2), rel=1e-6)
