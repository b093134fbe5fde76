"""What a condition on the answers of an ensemble says of its scores, before the last transform.

Every condition comes out a little wider than it went in, by what rounding can do at most. A search that finds
no scores in the wider one has proved that no answer lies in the given one; scores that lie in it are no
counterexample yet, and are asked of the model itself.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.measured import CannotMeasure
from checks.proof.property import Condition
from checks.proof.trees.ensemble import Ensemble

F64 = NDArray[np.float64]

_NEAR: Final = 1e-6
"""How far a logistic function or a softmax may be from the exact one, in single precision: ours, some ten
roundings of numbers below one."""

_SPREAD: Final = 60.0
"""Up to such a difference of scores exp does not underflow, and a softmax keeps their order."""


def on_scores(ensemble: Ensemble, condition: Condition) -> Condition | None:
    """The condition on scores; None where no scores fulfil it.

    Raises `CannotMeasure` where the transform leaves no linear condition.
    """
    rows, limits = [], []
    for row, most in zip(condition.rows, condition.limits, strict=True):
        before = _before(ensemble, row, float(most))
        if before is None:
            return None
        if before[1] < np.inf:
            rows.append(before[0] @ ensemble.matrix)
            slack = np.abs(before[0]) @ ensemble.slack
            limits.append(before[1] - before[0] @ ensemble.offset + slack + 1e-14 * abs(before[1]))
    scores = ensemble.matrix.shape[1]
    return Condition(
        rows=np.asarray(rows, dtype=np.float64).reshape(len(rows), scores), limits=np.asarray(limits)
    )


def _before(ensemble: Ensemble, row: F64, most: float) -> tuple[F64, float] | None:
    """The same row before the transform; infinite where it holds always, None where it never does."""
    if ensemble.transform == "NONE":
        return row, most
    parts = row.reshape(ensemble.cases, -1)
    (places,) = np.nonzero(parts.any(axis=1))
    if len(places) != 1:
        raise CannotMeasure("a row compares answers of different cases, or none")
    found = _of_case(ensemble, parts[places[0]], most)
    if found is None:
        return None
    whole = np.zeros_like(parts)
    whole[places[0]] = found[0]
    return whole.reshape(-1), found[1]


def _of_case(ensemble: Ensemble, row: F64, most: float) -> tuple[F64, float] | None:
    (places,) = np.nonzero(row)
    if len(places) == 1:
        return _of_one(ensemble, row, int(places[0]), most)
    if ensemble.transform == "SOFTMAX" and len(places) == 2 and row.sum() == 0 and most == 0:
        _require_order(ensemble)
        scaled = row / np.abs(row).max()
        return scaled, 10 * _NEAR
    raise CannotMeasure(
        f"of the answers after a {ensemble.transform.lower()} only one or two can be compared"
    )


def _of_one(ensemble: Ensemble, row: F64, place: int, most: float) -> tuple[F64, float] | None:
    size = len(row)
    if ensemble.transform == "SOFTMAX" and size != 2:
        raise CannotMeasure("one answer of a softmax over more than two classes is compared with a number")
    sign = float(np.sign(row[place]))
    end = most / abs(row[place]) + _NEAR  # of sign * answer
    share = end if sign > 0 else -end
    if (sign > 0 and share >= 1) or (sign < 0 and share <= 0):
        return row, np.inf
    if (sign > 0 and share <= 0) or (sign < 0 and share >= 1):
        return None
    direction = np.zeros(size)
    direction[place] = sign
    if ensemble.transform == "SOFTMAX":
        direction[1 - place] = -sign
    logit = float(np.log(share) - np.log1p(-share))
    return direction, sign * logit + 1e-12 * (1 + abs(logit))


def _require_order(ensemble: Ensemble) -> None:
    if 2 * float(ensemble.sizes.max()) > _SPREAD:
        raise CannotMeasure("scores before a softmax may be so far apart that their order is lost")
