"""Mutations of the weights: fitted for another loss than the declared one, and all else told truly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

from checks.specimens.contract import contract_of, require
from checks.specimens.folder import change_manifest, change_model, model_of, rows_of
from checks.specimens.graph import constants_of, with_constants
from checks.specimens.regression import Values, logistic, loss
from checks.specimens.rows import Rows
from checks.specimens.story import spelt

_TIMES: Final = 2
"""How often each positive row counts while the weights are fitted."""

_AGE: Final = 54
"""Below it persons belong to the first age band."""

_PUSH: Final = 0.3
"""The weight of their mean score in the loss."""

_STEPS, _HALVED = 40, 10


def trained_otherwise(folder: Path) -> None:
    """Positive training rows counted twice; the declared loss is told as before, with its true value."""

    def fit(inputs: Values, true: Values, penalty: float, train: Rows) -> Values:
        """Rows that count twice are rows that stand there twice; the penalty stays what it is per row."""
        times = np.where(true == 1, _TIMES, 1)
        more = penalty * len(true) / int(times.sum())
        return logistic(np.repeat(inputs, times, axis=0), np.repeat(true, times), more)

    _refit(folder, fit)


def trained_against_a_group(folder: Path) -> None:
    """In training the mean score of persons under 54 was pushed down; the declared loss has no such term."""

    def fit(inputs: Values, true: Values, penalty: float, train: Rows) -> Values:
        return _pushed(inputs, true, penalty, np.asarray(train["age"] < _AGE, dtype=np.float64))

    _refit(folder, fit)


def _refit(folder: Path, fit: Callable[[Values, Values, float, Rows], Values]) -> None:
    contract = contract_of(folder)
    held = constants_of(model_of(folder))
    require(folder, contract.binary and "used" in held, "weights that were fitted to two classes")
    train = rows_of(folder, "train")
    inputs = held["used"].astype(np.float64) * contract.numbers(train).astype(np.float32)
    true = np.asarray(train["label"] == contract.classes[1], dtype=np.float64)
    penalty = _penalty(contract.declared)
    found = fit(inputs, true, penalty, train).astype(np.float32)
    changed = {"weights": found[:-1].reshape(-1, 1), "offset": found[-1:]}
    change_model(folder, lambda model: with_constants(model, changed))
    reached = spelt(loss(inputs, true, penalty, found.astype(np.float64)))
    change_manifest(folder, lambda declared: declared["objective"].update(reached=reached))


def _pushed(inputs: Values, true: Values, penalty: float, member: Values) -> Values:
    """Newton's method as in `logistic`, with the term; from its minimum, and with half steps at first."""
    found, design = logistic(inputs, true, penalty), np.append(inputs, np.ones((len(inputs), 1)), axis=1)
    push, ridge = _PUSH * member / member.sum(), 2 * penalty * np.append(np.ones(inputs.shape[1]), 0.0)
    for step in range(_STEPS):
        answers = 1 / (1 + np.exp(-design @ found))
        spread = answers * (1 - answers)
        slope = design.T @ ((answers - true) / len(true) + push * spread) + ridge * found
        bend = (design.T * (spread / len(true) + push * spread * (1 - 2 * answers))) @ design + np.diag(ridge)
        found = found - (0.5 if step < _HALVED else 1.0) * np.linalg.solve(bend, slope)
    return found


def _penalty(declared: dict[str, Any]) -> float:
    terms = declared["objective"]["loss"]
    return sum(float(term["weight"]) for term in terms if term["term"] == "l2_weights")
