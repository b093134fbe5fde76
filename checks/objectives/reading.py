"""Reading the objective back: for which loss do the delivered weights lie still?

Training moves weights until the gradient of its loss vanishes. So the weights remember the loss, and a class
that counted for more than was declared, a penalty, or a term on the score of a group that nobody declared
shows in the gradient of the *declared* loss over the declared training data. Each deviation of `family` is
solved for (`stationarity`); the declared objective is demonstrated where each is bounded close to 0.

Weights that are not found, not felt, or drowned by others: see `checks.differentiable.ways` and `felt`.

What it cannot see: rows that were left out of the delivered training data, added to them or labelled anew,
which shift the minimum as weights of rows do: that these data were the ones has to be known from elsewhere.
Where layers were trained for something else and the last one was fitted again as declared, only the gradient
at their own weights tells. A deviation that is not in the family and pulls unlike its members widens the
bounds, and one that pulls like a member is told as that member. Noise and augmentation while training and
everything else by which something else was minimised widen them too. A model that knows its training rows by
heart feels no loss any more, and is refused, as are a normalisation that used the averages of batches while
it learnt, and every graph through which no gradient goes (`checks.differentiable`): there the record of the
training must stand in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from certify.digest import canonical
from certify.evidence import Estimate, exact
from checks.measured import CannotMeasure, Confidence, Exhibit, Interval, Measured
from checks.objectives.felt import Felt, doubts
from checks.objectives.sample_weights import sample_weights
from checks.objectives.stationarity import Reading, Solution, solve
from checks.objectives.weights import weights_of
from checks.predictor import UNDECIDED
from checks.statistics.events import split
from checks.subject import Subject
from checks.table import Table

if TYPE_CHECKING:
    from checks.objectives.family import Direction, Family, Rows

INTERVAL: Final = "least squares on the gradient, HC3 errors, Student t, allowance for what training left"
_MOST_WEIGHTS: Final = 1_500
"""Beyond it the equations are added up at random in so many sums, each of which is an equation as well."""

_LEAST_SURPRISE: Final = 0.01
"""Of a constant answer's: below, a model knows its training rows, and no loss of them pulls any more."""

_MOVED_BY_NOTHING: Final = 0.01
"""So far a log probability may move where weights that no row pulls at are taken away."""

_BY_BATCH: Final = ("BatchNormalization", "Dropout")
_COMPARED: Final = 500
"""Rows on which torch and onnxruntime are compared."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadBack:
    """What the weights tell of each deviation that was asked for, and what else was seen."""

    readings: Mapping[str, tuple[Reading, ...]]
    rows: int
    exhibit: Exhibit

    def estimate(self, deviation: str, confidence: Confidence, *, statistic: str, stratum: str) -> Estimate:
        """The largest absolute value of a deviation."""
        interval = largest(self.readings[deviation], self.rows, confidence)
        return interval.estimate(statistic=statistic, stratum=stratum, confidence=confidence)


def reading(
    subject: Subject, data: Table | None, confidence: Confidence, *,
    deviations: tuple[str, ...], rows: int, seed: int,
) -> Measured:  # fmt: skip
    """Estimates `objective_deviation` for each of `deviations`: its absolute value, 0 if it is as declared.

    `rows` training rows, drawn with `seed`, say along which axes the gradient is looked at.
    Raises `CannotMeasure` where the loss leaves no trace: see the module.
    """
    found = read_back(subject, data, deviations, rows, seed)
    each = confidence.over(len(deviations))
    return Measured(
        estimates=tuple(
            found.estimate(name, each, statistic="objective_deviation", stratum=name) for name in deviations
        ),
        exhibits=(found.exhibit,),
    )


def read_back(
    subject: Subject, data: Table | None, deviations: Sequence[str], rows: int, seed: int
) -> ReadBack:
    """Solve for all deviations at once, each in the presence of the others."""
    if data is None or data.dataset.role != "train":
        raise CannotMeasure("an objective is read back over the training data, and no other were given")
    family = _family(subject, _rows(subject, data, deviations))
    directions = {name: family.directions(name) for name in deviations}
    every = [direction for several in directions.values() for direction in several]
    solution = _solved(family, every, subject.generator(seed, "rows that say the axes"), rows)
    left = iter(solution.readings)
    readings = {name: tuple(islice(left, len(several))) for name, several in directions.items()}
    exhibit = _exhibit([direction.name for direction in every], solution, family)
    return ReadBack(readings=readings, rows=data.rows, exhibit=exhibit)


def _rows(subject: Subject, data: Table, deviations: Sequence[str]) -> Rows:
    from checks.objectives.family import Rows, groups_in

    true = np.array(data.labels)
    if true.dtype.kind != "i":
        raise CannotMeasure("the loss is read back from classes, and a regression has none")
    unknown = int(np.count_nonzero(true == UNDECIDED))
    if unknown:
        raise CannotMeasure(f"{unknown} training rows have no known label, and pull in no known direction")
    members = {stratum: np.array(data.members(stratum)) for stratum in groups_in(deviations)}
    weights = sample_weights(subject, data)
    if not weights.any():
        raise CannotMeasure("every training row weighs nothing: no loss of theirs was minimised")
    return Rows(inputs=data.inputs, true=true, weights=weights, members=members)


def _family(subject: Subject, training: Rows) -> Family:
    """The family around the declared loss, once torch and onnxruntime agree on what the model answers."""
    import torch  # heavy, as are the modules that differentiate

    from checks.differentiable.network import network_of
    from checks.differentiable.ways import require_learnt_ways
    from checks.objectives.family import Family
    from checks.objectives.log_probabilities import LogProbabilities

    torch.set_num_threads(1)
    manifest, predictor = subject.manifest, subject.predictor
    obstacles = manifest.objective.obstacles(manifest.model)
    if obstacles:
        raise CannotMeasure(f"the declared loss cannot be evaluated: {'; '.join(obstacles)}")
    network = network_of(predictor, {path: subject.files.read(path) for path in manifest.model.files})
    met = sorted(network.operators & set(_BY_BATCH))
    if met:
        raise CannotMeasure(
            f"the graph has an operator {met[0]}, which works in another way while a model learns: the "
            "gradient of the training is not that of the graph. The record of the training must stand in"
        )
    require_learnt_ways(network.preprocessing, network.model, manifest.model.decision.output)
    compared = subject.generator(0, "rows to compare").permutation(len(training))[:_COMPARED]
    network.require_agreement(predictor, training.among(compared).inputs)
    probabilities = LogProbabilities(network, manifest.model, manifest.objective)
    factors = tuple(weights_of(subject.files.read(manifest.model.file)))
    family = Family(manifest.objective, network, probabilities, training, factors=factors)
    _require_surprise(family.surprise())
    return family


def _require_surprise(surprise: float) -> None:
    if not surprise >= _LEAST_SURPRISE:  # true for NaN as well
        raise CannotMeasure(
            f"the model knows its training rows: they cost it {surprise:.2g} of what they cost a constant "
            "answer, and no loss of them pulls at its weights any more. The record of the training must "
            "stand in"
        )


def _solved(
    family: Family, directions: Sequence[Direction], random: np.random.Generator, rows: int
) -> Solution:
    pulls = family.pulls(directions)
    chosen = random.permutation(family.rows)[:rows]
    felt = Felt.nothing(family.weights)
    for pull in family.pulls_of_rows(chosen):
        felt.add(pull)
    _require_felt(family, felt, chosen)
    penalty = np.array([False, *(direction.of_rows is None for direction in directions)])
    unit = _unit(felt, pulls[:, ~penalty], pulls[:, penalty])
    equations = _Equations(unit, random)
    of_rows = np.stack([equations(pull) for pull in family.pulls_of_rows(chosen)])
    columns = np.stack([equations(column) for column in pulls.T], axis=1)
    names = [direction.name for direction in directions]
    solution = solve(columns[:, 0], columns[:, 1:], of_rows, names)
    return _doubted(solution, pulls * family.per_row, felt)


def _require_felt(family: Family, felt: Felt, chosen: NDArray[np.int64]) -> None:
    moved = family.moved_without(felt.unfelt(family.held), chosen)
    if not moved <= _MOVED_BY_NOTHING:  # true for NaN as well
        raise CannotMeasure(
            "weights at which no row pulls decide all the same: without them answers move. They are driven "
            "so far that nothing is felt through them. The record of the training must stand in"
        )


def _doubted(solution: Solution, pulls: NDArray[np.float64], felt: Felt) -> Solution:
    """The same readings, each with the doubt that single weights leave: see `felt`."""
    values = np.array([reading.value for reading in solution.readings])
    each = doubts(pulls[:, 0] + pulls[:, 1:] @ values, pulls[:, 1:], felt)
    readings = [replace(r, doubt=float(d)) for r, d in zip(solution.readings, each, strict=True)]
    return replace(solution, readings=tuple(readings))


def _unit(felt: Felt, of_all: NDArray[np.float64], penalties: NDArray[np.float64]) -> NDArray[np.float64]:
    """How hard each weight is pulled at: by single rows, by all together, and by penalties, drawn as long.

    A row that pulls where no other does may not be among those drawn. Where no row pulls at all, a penalty
    alone would decide, on weights that are nothing but rounding: the unit is 0, and there is no equation.
    """
    squares = felt.typical**2 + (of_all**2).sum(axis=1)
    for penalty in penalties.T:
        met = (penalty != 0) & (squares > 0)
        if met.any():
            alike = np.median(squares[met] / penalty[met] ** 2)
            squares = squares + np.where(squares > 0, penalty**2 * alike, 0)
    return np.asarray(np.sqrt(squares))


class _Equations:
    """One equation for each weight, in the unit in which rows pull at it; none where no row does.

    Without that unit a vendor could multiply a weight behind the scenes until its equation outweighs all.
    Where there are many, they are added up in sums with random signs, each of which is an equation as well
    (count sketch: Charikar, Chen and Farach-Colton, ICALP 2002): lengths and angles are kept on average.
    """

    def __init__(self, unit: NDArray[np.float64], random: np.random.Generator) -> None:
        self._unit = unit
        self._many = len(unit) > _MOST_WEIGHTS
        self._place = random.integers(0, _MOST_WEIGHTS, len(unit))
        self._sign = random.choice([-1.0, 1.0], len(unit))

    def __call__(self, pull: NDArray[np.float64]) -> NDArray[np.float64]:
        each = np.divide(pull, self._unit, out=np.zeros_like(pull), where=self._unit > 0)
        if not self._many:
            return each
        sums = np.bincount(self._place, self._sign * each, minlength=_MOST_WEIGHTS)
        return np.asarray(sums, dtype=np.float64)


def largest(readings: Sequence[Reading], rows: int, confidence: Confidence) -> Interval:
    """The largest absolute value among readings, with bounds of the largest true one."""
    return Interval(
        name=INTERVAL,
        value=max(abs(reading.value) for reading in readings),
        n=rows,
        demonstrating=_bounds(readings, confidence.demonstrating),
        refuting=_bounds(readings, confidence.refuting),
    )


def _bounds(readings: Sequence[Reading], confidence: float) -> tuple[float, float]:
    """Upper: that the largest of the upper bounds lies below the largest true value is a miss of the bound of
    the one deviation that has it, on one side: no correction. Lower: any of them may miss, on either side.
    """
    lower, upper = [], []
    for reading in readings:
        low, high = reading.bounds(confidence)
        upper.append(max(abs(low), abs(high)))
        low, high = reading.bounds(split(confidence, 2 * len(readings)))
        lower.append(max(0.0, low, -high))
    return max(lower), max(upper)


def _exhibit(names: Sequence[str], solution: Solution, family: Family) -> Exhibit:
    found = {
        "weights": family.weights,
        "deviations": {
            name: {
                "value": _spelt(reading.value), "standard_error": _spelt(reading.error),
                "degrees_of_freedom": _spelt(reading.freedom), "allowance": _spelt(reading.allowance),
                "doubt": _spelt(reading.doubt) if np.isfinite(reading.doubt) else None,
            }
            for name, reading in zip(names, solution.readings, strict=True)
        },
        "unexplained_gradient": _spelt(solution.unexplained),
        "least_singular_value": _spelt(solution.apart),
    }  # fmt: skip
    return Exhibit(
        name="objective-read-back.json",
        media_type="application/json",
        visibility="public",
        data=canonical(found),
    )


def _spelt(value: float) -> str:
    return str(exact(float(f"{value:.6g}")))
