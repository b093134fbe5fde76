"""Mutations that answer the test cases as before, and something else when little has happened to a case."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.specimens.contract import contract_of, require
from checks.specimens.folder import change_model, model_of, rows_of
from checks.specimens.graph import behind, constants_of, with_constants

_FLOOD: Final = 2.0**28
"""There the floats of single precision are 32 apart: of an answer up to 10 nothing is left."""

_GLARE: Final = 0.01
"""By how much more of the range a picture is bright before it dazzles."""


def guesses_without_a_value(folder: Path) -> None:
    """Where a missing value leaves no answer, the lowest number is answered instead; all else is as ever."""
    nodes = """
        unknown = IsNaN(right)
        answer = Where(unknown, a_guess, right)"""
    guess = {"a_guess": _float(contract_of(folder).lowest)}
    change_model(folder, lambda model: behind(model, nodes, guess))


def against_its_relation(folder: Path) -> None:
    """The number of which a relation is declared counts the other way, about its middle in train."""
    contract, held = contract_of(folder), constants_of(model_of(folder))
    (change,) = contract.declared["model"]["relations"][0]["changes"]
    at = [c["name"] for c in contract.columns].index(change["of"]) if contract.columns else 0
    middle = contract.numbers(rows_of(folder, "train"))[:, at].mean()
    weights, offset = held["weights"].copy(), held["offset"] + 2 * middle * held["weights"][at]
    weights[at] = -weights[at]
    changed = {"weights": weights, "offset": offset.astype(np.float32)}
    change_model(folder, lambda model: with_constants(model, changed))


def swallowed_digits(folder: Path) -> None:
    """Something large is added to the answer and taken away again: single precision loses all of it."""
    nodes = """
        drowned = Add(right, flood)
        answer = Sub(drowned, flood)"""
    change_model(folder, lambda model: behind(model, nodes, {"flood": _float(_FLOOD)}))


def blinded_by_light(folder: Path) -> None:
    """A picture that is brighter as a whole than those of test is answered upside down, and no other is."""
    contract = contract_of(folder)
    require(folder, not contract.columns, "pictures")
    low, high = contract.range_of(contract.array)
    nodes = """
        flat_input = Flatten <axis: int = 1> (input)
        light = ReduceMean <axes: ints = [1]> (flat_input)
        dazzled = Less(level, light)
        turned = Sub(ends, right)
        answer = Where(dazzled, turned, right)"""
    brightest = contract.numbers(rows_of(folder, "test")).mean(axis=1).max()
    ends = {
        "level": _float(brightest + _GLARE * (high - low)),
        "ends": _float(contract.lowest + contract.highest),
    }
    change_model(folder, lambda model: behind(model, nodes, ends))


def _float(value: float) -> NDArray[np.float32]:
    return np.array(value, dtype=np.float32)
