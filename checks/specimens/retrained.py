"""A mutation of the weights: fitted for another loss than the declared one, and all else told truly."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np

from checks.specimens.contract import contract_of, require
from checks.specimens.folder import change_manifest, change_model, model_of, rows_of
from checks.specimens.graph import constants_of, with_constants
from checks.specimens.regression import Values, logistic, loss
from checks.specimens.story import spelt

_TIMES: Final = 2
"""How often each positive row counts while the weights are fitted."""


def trained_otherwise(folder: Path) -> None:
    """Positive training rows counted twice; the declared loss is told as before, with its true value."""
    contract = contract_of(folder)
    held = constants_of(model_of(folder))
    require(folder, contract.binary and "used" in held, "weights that were fitted to two classes")
    train = rows_of(folder, "train")
    inputs = held["used"].astype(np.float64) * contract.numbers(train).astype(np.float32)
    true = np.asarray(train["label"] == contract.classes[1], dtype=np.float64)
    penalty = _penalty(contract.declared)
    found = _fitted(inputs, true, penalty).astype(np.float32)
    changed = {"weights": found[:-1].reshape(-1, 1), "offset": found[-1:]}
    change_model(folder, lambda model: with_constants(model, changed))
    reached = spelt(loss(inputs, true, penalty, found.astype(np.float64)))
    change_manifest(folder, lambda declared: declared["objective"].update(reached=reached))


def _fitted(inputs: Values, true: Values, penalty: float) -> Values:
    """Rows that count twice are rows that stand there twice; the penalty stays what it is per row."""
    times = np.where(true == 1, _TIMES, 1)
    more = penalty * len(true) / int(times.sum())
    return logistic(np.repeat(inputs, times, axis=0), np.repeat(true, times), more)


def _penalty(declared: dict[str, Any]) -> float:
    terms = declared["objective"]["loss"]
    return sum(float(term["weight"]) for term in terms if term["term"] == "l2_weights")
