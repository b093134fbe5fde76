"""At which member of a family of losses do given weights lie still? The answer, and how sure it is.

A loss that is linear in its own parameters, L(w) = L0(w) + sum of a_k L_k(w), has at the weights w the
gradient g0 + sum of a_k g_k. Where training came to rest on that loss it is zero: p equations, one for each
weight, for the few unknown a_k. They are solved by least squares. What no a_k explains is what training left
undone: noise of small batches, an early stop, rounding. It is the only yardstick that the delivered weights
hold, and the bounds are built on it, in two ways, of which the wider counts.

The equations come in the unit in which single rows pull, and are turned to the principal axes of the
gradients of these rows, along which what is left undone in one direction tells nothing of the next. They are
not weighted: weights by the spread along the axes were tried, and lean towards the flat directions, which are
those that training finishes last. The variance is
that of MacKinnon and White (Journal of Econometrics 29, 1985, 305-325, HC3), which grants every equation a
spread of its own, with Student's t at the effective number of equations (Satterthwaite, Biometrics Bulletin
2, 1946, 110-114): where one direction decides alone there is one. That takes what is left undone to spread
over all directions alike. It does not: an optimiser that still wavers does so most where the loss is steep,
and there classes are weighed. Hence the allowance: what pulls unseen along a deviation may be `UNSEEN` times
as long as all that is seen across it. Neither is a theorem; how often both fail together, over optimisers,
early stops and widths, is counted in tests/checks/objectives/test_reading_campaign.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.measured import CannotMeasure

FEWEST_SPARE: Final = 2
"""So many equations more than unknowns, at least."""

UNSEEN: Final = 2.0
"""How much longer the part of what is left undone that looks like a deviation may be than all the rest."""

LEAST_APART: Final = 0.05
"""The least singular value of the scaled directions: below, two deviations pull almost alike."""

_LEAST_FREE: Final = 0.01
"""A leverage is never taken closer to 1 than by this."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One parameter of the loss as the weights tell it.

    `value`, its standard error and degrees of freedom, and the `allowance` below which no bound is trusted.
    """

    value: float
    error: float
    freedom: float
    allowance: float
    doubt: float = 0.0
    """By how much it may be off besides, for a weight that is pulled at unexplained: see `felt`."""

    def bounds(self, confidence: float) -> tuple[float, float]:
        """One-sided bounds, each at `confidence`."""
        from scipy.stats import t

        half = max(float(t.ppf(confidence, self.freedom)) * self.error, self.allowance) + self.doubt
        return self.value - half, self.value + half


@dataclass(frozen=True, kw_only=True, slots=True)
class Solution:
    """The readings in the order of the directions, and the norm of the gradient that none explains."""

    readings: tuple[Reading, ...]
    unexplained: float
    apart: float
    """The least singular value of the directions, each scaled to length 1."""


def solve(at_rest: Floats, directions: Floats, rows: Floats, names: Sequence[str]) -> Solution:
    """Solve g0 + G a = 0.

    `at_rest` is g0 of shape [p], `directions` is G of shape [p, k], `rows` are gradients of single rows,
    [r, p], which only say along which axes to look. Raises `CannotMeasure` where the equations do not tell
    the unknowns apart; `names` are what it calls them.
    """
    equations = int(np.linalg.matrix_rank(rows))
    _require_equations(equations, names)
    axes = np.linalg.eigh(rows.T @ rows)[1]
    target, scaled, lengths = -axes.T @ at_rest, axes.T @ directions, np.linalg.norm(directions, axis=0)
    _require_pull(lengths, names)
    scaled = scaled / lengths
    apart = _require_apart(scaled, names)
    orthogonal, triangle = np.linalg.qr(scaled)
    influence = np.linalg.solve(triangle, orthogonal.T)
    values = influence @ target
    left = target - scaled @ values
    errors = _errors(influence, left, (orthogonal**2).sum(axis=1))
    freedom = np.clip(_effective(influence), 1, equations - len(names))
    unexplained = float(np.linalg.norm(left))
    allowances = UNSEEN * unexplained * np.linalg.norm(influence, axis=1)
    columns = np.stack([values / lengths, errors / lengths, freedom, allowances / lengths], axis=1)
    readings = tuple(Reading(value=v, error=e, freedom=f, allowance=a) for v, e, f, a in columns.tolist())
    return Solution(readings=readings, unexplained=unexplained, apart=apart)


def _errors(influence: Floats, left: Floats, leverage: Floats) -> Floats:
    """HC3: the residual that each equation would have if it had not been used."""
    deleted = left / np.maximum(1 - leverage, _LEAST_FREE)
    return np.asarray(np.sqrt(((influence * deleted) ** 2).sum(axis=1)))


def _effective(influence: Floats) -> Floats:
    """How many equations bear on each unknown: (sum of a^2)^2 / sum of a^4."""
    squares = influence**2
    return np.asarray(squares.sum(axis=1) ** 2 / (squares**2).sum(axis=1))


def _require_equations(equations: int, names: Sequence[str]) -> None:
    if equations < len(names) + FEWEST_SPARE:
        raise CannotMeasure(
            f"the rows pull in {equations} directions, which are too few equations for {len(names)} unknown "
            f"parts of the loss and {FEWEST_SPARE} to spare. The record of the training must stand in"
        )


def _require_pull(lengths: Floats, names: Sequence[str]) -> None:
    for length, name in zip(lengths, names, strict=True):
        if not (np.isfinite(length) and length > 0):
            raise CannotMeasure(f"the deviation {name} moves no weight: there is nothing to read it from")


def _require_apart(scaled: Floats, names: Sequence[str]) -> float:
    least = float(np.linalg.svd(scaled, compute_uv=False)[-1])
    if least < LEAST_APART:
        alike = np.abs(np.triu(scaled.T @ scaled, 1))
        first, second = divmod(int(alike.argmax()), len(names))
        raise CannotMeasure(
            f"the deviations {', '.join(names)} cannot be told apart: they pull at the weights almost alike, "
            f"{names[first]} and {names[second]} most. The record of the training must stand in"
        )
    return least
