"""Whether decisions withstand the measurement noise that the vendor declares.

Each case gets one draw of noise. A case is then one independent trial, its decision either changes or not,
and the share of changes in the population has an exact bound; several draws per case would be clustered.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certify.digest import canonical
from certify.evidence import exact
from certify.submission.model import Input, MeasuredColumn, Noise, Quantity, TensorInput
from checks.domain import Mask
from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.predictor import UNDECIDED, Inputs, classes_of
from checks.statistics.proportions import proportion
from checks.subject import Subject
from checks.table import Table

MOVED = 0.25
"""The part of the numbers that noise must move. In floats any noise that is meant moves all; of integers,
rounded, normal noise of half a unit moves a third, and noise within half a unit none."""


def noise_stability(subject: Subject, data: Table | None, confidence: Confidence, *, seed: int) -> Measured:
    """Estimates `decision_changed`: the share of cases that one draw of noise decides otherwise.

    A case that is undecided with or without noise, or outside the declared contract, counts as changed.
    Raises `CannotMeasure` unless every quantity has noise that moves it, or says why it is exact.
    """
    if data is None:
        raise CannotMeasure("stability is measured on data, and none were given")
    data.require_independent_rows()
    contract = subject.manifest.model.inputs
    _require_a_word_on_noise(contract)
    noisy = perturbed(contract, data.inputs, subject.generator(seed, "noise"))
    before, after = subject.decide(data), subject.predictor.decide(noisy)
    changed = (before != after) | (before == UNDECIDED)
    interval = proportion(int(np.count_nonzero(changed)), data.rows, confidence)
    return Measured(
        estimates=(interval.estimate(statistic="decision_changed", confidence=confidence),),
        exhibits=(_by_class(subject, data, changed, seed),),
    )


def perturbed(contract: tuple[Input, ...], inputs: Inputs, rng: np.random.Generator) -> Inputs:
    """The inputs with one draw of the declared noise, kept within the declared ranges.

    Values stay between the steps of an instrument: rounding them back would hide every noise smaller than
    half a step. Only integer inputs are rounded, because their tensors hold nothing else.
    Raises `CannotMeasure` if no quantity declares noise, or if declared noise vanishes in the input's type.
    """
    noisy: dict[str, NDArray[Any]] = {}
    for entry in contract:
        values = np.array(inputs[entry.name], dtype=np.float64)
        parts = list(_noisy_parts(entry, values))
        for part, quantity, noise in parts:
            low, high = map(float, quantity.range)
            moved = part + _draw(noise, part.shape, rng)
            _require_movement(part, moved, entry)
            part[...] = np.clip(moved, low, high)
        if parts:
            noisy[entry.name] = _as_declared(values, entry)
    if not noisy:
        raise CannotMeasure("no measurement noise declared: how stable decisions are cannot be measured")
    return {**inputs, **noisy}


def _noisy_parts(
    entry: Input, values: NDArray[np.float64]
) -> Iterator[tuple[NDArray[np.float64], Quantity, Noise]]:
    """Views of what declares noise, each with its declaration."""
    if isinstance(entry, TensorInput):
        if entry.elements.noise:
            yield values, entry.elements, entry.elements.noise
        return
    for index, column in enumerate(entry.columns):
        if isinstance(column, MeasuredColumn) and column.noise:
            yield values[:, index], column, column.noise


def _require_a_word_on_noise(contract: tuple[Input, ...]) -> None:
    silent = [
        name
        for entry in contract
        for name, quantity in _quantities(entry)
        if quantity.noise is None and quantity.exact is None
    ]
    if silent:
        raise CannotMeasure(
            f"no measurement noise declared for {', '.join(silent[:20])}, nor why it is exact"
        )


def _quantities(entry: Input) -> list[tuple[str, Quantity]]:
    if isinstance(entry, TensorInput):
        return [(entry.array, entry.elements)]
    return [(column.name, column) for column in entry.columns if isinstance(column, MeasuredColumn)]


def _require_movement(before: NDArray[np.float64], after: NDArray[np.float64], entry: Input) -> None:
    """Refuse noise that the input's type swallows: of the numbers that are there, a part must move."""
    there = np.isfinite(before)
    with np.errstate(over="ignore", invalid="ignore"):  # noise beyond the type moves as well
        moves = _as_declared(after[there], entry) != _as_declared(before[there], entry)
    if np.count_nonzero(moves) < MOVED * np.count_nonzero(there):
        raise CannotMeasure(
            f"the declared noise moves {np.count_nonzero(moves)} of {np.count_nonzero(there)} numbers of "
            f"{entry.name} in {entry.dtype}: it is too small to test anything"
        )


def _draw(noise: Noise, shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float64]:
    scale = float(noise.scale)
    if noise.distribution == "normal":
        return rng.normal(0.0, scale, shape)
    return rng.uniform(-scale, scale, shape)


def _as_declared(values: NDArray[np.float64], entry: Input) -> NDArray[Any]:
    whole = np.rint(values) if entry.dtype.startswith("int") else values
    return whole.astype(entry.dtype)


def _by_class(subject: Subject, data: Table, changed: Mask, seed: int) -> Exhibit:
    """Counts per true class; None stands for rows of unknown label."""
    names = [*enumerate(classes_of(subject.manifest.model.decision)), (UNDECIDED, None)]
    members = [(name, data.labels == index) for index, name in names]
    rows = [_row(name, of_class, changed) for name, of_class in members if of_class.any()]
    return Exhibit(
        name="changed-by-class.json",
        media_type="application/json",
        visibility="vendor",
        data=canonical({"seed": seed, "classes": rows}),
    )


def _row(name: str | None, of_class: Mask, changed: Mask) -> dict[str, str | int | None]:
    cases, count = int(of_class.sum()), int((of_class & changed).sum())
    return {"class": name, "cases": cases, "changed": count, "share": str(exact(count / cases))}
