"""How many decisions are still right when every number is moved at random, more and more.

This is the mildest of three questions about what surrounds a case. A random neighbour is one of many, an
attack looks for the worst, a proof speaks of all. What is right under an attack is at least as rare as under
chance, and what is proved is rarer still: the report draws the three in one picture.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from certify.submission.model import Input
from checks.domain import Mask
from checks.measured import CannotMeasure, Confidence, Measured
from checks.predictor import UNDECIDED, Inputs
from checks.robustness.neighbourhood import Neighbourhood, as_fed, neighbourhood, strengths_of, tried_rows
from checks.statistics.proportions import proportion
from checks.subject import Subject
from checks.table import Table

MOVED = 0.25
"""The part of the measured numbers that must move in the type that the model is fed, or nothing is tried."""


def random_neighbours(
    subject: Subject, data: Table | None, confidence: Confidence, *, strengths: tuple[str, ...], rows: int,
    seed: int,
) -> Measured:  # fmt: skip
    """Estimates `accuracy_under_noise` (each strength): cases decided rightly at one random neighbour.

    Every measured number is drawn evenly from within `strength` times its declared range of where it lies,
    and within that range. So many `rows` are tried, drawn at random, the same at every strength. A case
    outside the contract, of unknown label or undecided counts as wrong. Raises `CannotMeasure` where nothing
    moves.
    """
    if data is None:
        raise CannotMeasure("accuracy is measured on data, and none were given")
    data.require_independent_rows()
    shares = strengths_of(strengths)
    which = tried_rows(subject, data, rows, seed)
    cases = {name: values[which] for name, values in data.inputs.items()}
    answerable = data.inside[which] & (data.labels[which] != UNDECIDED)
    family = confidence.over(len(shares))
    estimates = []
    for name, strength in shares.items():
        neighbours = _drawn(subject, cases, strength, subject.generator(seed, name))
        right = answerable & (subject.predictor.decide(neighbours) == data.labels[which])
        interval = proportion(int(np.count_nonzero(right)), len(which), family)
        estimates.append(interval.estimate(statistic="accuracy_under_noise", stratum=name, confidence=family))
    return Measured(estimates=tuple(estimates))


def _drawn(subject: Subject, cases: Inputs, strength: float, rng: np.random.Generator) -> Inputs:
    contract = subject.manifest.model.inputs
    around = neighbourhood(contract, cases, strength)
    drawn = {entry.name: _between(around, entry, rng) for entry in contract}
    _require_movement(around, cases, drawn, strength)
    return drawn


def _between(around: Neighbourhood, entry: Input, rng: np.random.Generator) -> NDArray[Any]:
    low, high = around.lower[entry.name], around.upper[entry.name]
    return as_fed(low + rng.random(low.shape) * (high - low), entry)


def _require_movement(around: Neighbourhood, cases: Inputs, drawn: Inputs, strength: float) -> None:
    """Of the numbers that have room, a part must move: a type may swallow what is smaller than its steps."""
    room = {name: _differ(around.lower[name], around.upper[name]) for name in drawn}
    moved = sum(int(np.count_nonzero(_differ(cases[name], drawn[name]))) for name in drawn)
    there = sum(int(np.count_nonzero(mask)) for mask in room.values())
    if not there or moved < MOVED * there:
        raise CannotMeasure(
            f"{moved} of {there} measured numbers move when they are drawn within {strength:g} of their "
            "range: that is too little to test anything"
        )


def _differ(one: NDArray[Any], other: NDArray[Any]) -> Mask:
    """Where two numbers differ; NaN differs from nothing."""
    return np.asarray((one != other) & np.isfinite(one) & np.isfinite(other))
