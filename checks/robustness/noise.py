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
from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.predictor import UNDECIDED, Inputs, classes_of
from checks.statistics.proportions import proportion
from checks.subject import Subject
from checks.table import Mask, Table


def noise_stability(subject: Subject, data: Table | None, confidence: Confidence, *, seed: int) -> Measured:
    """Estimates `decision_changed`: the share of cases that one draw of noise decides otherwise.

    A case that is undecided with or without noise counts as changed.
    """
    if data is None:
        raise CannotMeasure("stability is measured on data, and none were given")
    data.require_independent_rows()
    noisy = perturbed(subject.manifest.model.inputs, data.inputs, subject.generator(seed, "noise"))
    before, after = subject.predictor.decide(data.inputs), subject.predictor.decide(noisy)
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
    Raises `CannotMeasure` if no quantity declares noise.
    """
    noisy: dict[str, NDArray[Any]] = {}
    for entry in contract:
        values = np.array(inputs[entry.name], dtype=np.float64)
        parts = list(_noisy_parts(entry, values))
        for part, quantity, noise in parts:
            low, high = map(float, quantity.range)
            part[...] = np.clip(part + _draw(noise, part.shape, rng), low, high)
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
