"""How much of the error of repeating the last value a model saves: the rival that costs nothing in time.

What was true last is often hard to beat: the temperature of an hour ago, the state in which a machine was
seen before. Whoever is not better than that has learnt nothing of what comes. The counterpart over the best
constant answer is `checks.objectives.savings` and `baseline`.

Last is what stood before in time, of the same statistical unit where its column is declared; without such a
column all rows are one series. The first row of each unit has no rival and is compared with nothing. An error
is the distance between answer and truth of a number, and a wrong decision of classes.

Differences between rows that follow each other are not independent. What bounds them is one of two designs
of `checks.statistics.rivals`, whichever has more to count, in which no error has a say: units with one mean
each, where there are at least as many of them as moments; else the moments in their order, with the mean of
all rows of each, which asks for no independence at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from certify.digest import canonical
from certify.submission.model import IdentityRule
from checks.design import units_of
from checks.domain import Mask
from checks.measured import CannotMeasure, Confidence, Exhibit, Interval, Measured
from checks.moment import moments
from checks.objectives.answers import Answers
from checks.objectives.distances import known_errors, range_of_one_error
from checks.predictor import UNDECIDED
from checks.repetition import repetition, row_digests
from checks.statistics.rivals import saved_by_unit, saved_in_order
from checks.subject import Subject
from checks.table import Table

Values = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Succession:
    """Which row stood last before each one; `units` and `moments` of all rows."""

    units: NDArray[np.int64]
    moments: NDArray[np.int64]
    rows: NDArray[np.int64]
    """The rows that have one before them."""
    before: NDArray[np.int64]
    """The row before each of these."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Losses:
    """What the model and the last value lose on each row with a rival, `most` at most."""

    model: Values
    rival: Values
    most: float


def error_saved_over_last_value(subject: Subject, data: Table | None, confidence: Confidence) -> Measured:
    """Estimates `error_saved_over_last_value` (all): 1 for a model that is never wrong, 0 for the last value.

    `n` counts units or moments. A row without a decision is one where the model is wrong; on a row of unknown
    label, or after one, the last value is right. Raises `CannotMeasure` without a column of time, for rows of
    one unit that share a moment, where a number has no error or no declared range, for weighted rows, and
    where no row has one of its unit before it.
    """
    if data is None:
        raise CannotMeasure("what is saved is measured on data, and none were given")
    succession = _succession(data)
    losses = _losses(Answers(subject, data), succession)
    found = _saved(losses, succession, confidence)
    return Measured(
        estimates=(found.estimate(statistic="error_saved_over_last_value", confidence=confidence),),
        exhibits=(_exhibit(data, succession, found),),
    )


def _succession(data: Table) -> _Succession:
    column = data.dataset.time_column
    if column is None:
        raise CannotMeasure("which value came last nobody knows: the data set declares no time_column")
    if column not in data.frame:
        raise CannotMeasure(f"{data.dataset.name} has no column {column} of moments")
    if data.dataset.weights is not None:
        raise CannotMeasure("weighted rows have no bounds here: rows stand for themselves in a succession")
    defect = repetition(row_digests(data.inputs, data.labels), data.parts, fine=data.fine)
    if defect is not None:
        raise CannotMeasure(f"{data.dataset.name} {defect}: repeated rows succeed nothing")
    units = units_of(data) if data.dataset.unit_column else np.zeros(data.rows, dtype=np.int64)
    return _in_succession(units, moments(data.frame[column]), data.dataset.statistical_unit)


def _in_succession(units: NDArray[np.int64], at: NDArray[np.int64], unit: str) -> _Succession:
    order = np.lexsort((at, units))
    earlier, later = order[:-1], order[1:]
    same = units[earlier] == units[later]
    ties = int(np.count_nonzero(same & (at[earlier] == at[later])))
    if ties:
        raise CannotMeasure(
            f"{ties} rows share their moment with another one of the same {unit}, or of all where no "
            "unit_column is declared: which of them came last is not known"
        )
    if not same.any():
        raise CannotMeasure(f"no {unit} has two rows, so that no row has a last value before it")
    return _Succession(units=units, moments=at, rows=later[same], before=earlier[same])


def _losses(answers: Answers, succession: _Succession) -> _Losses:
    if isinstance(answers.model.decision, IdentityRule):
        return _distances(answers, succession)
    decisions, now, before = answers.decisions, succession.rows, succession.before
    known = decisions.true != UNDECIDED
    right = known & (decisions.decided == decisions.true)
    wrong = known[now] & known[before] & (decisions.true[now] != decisions.true[before])
    return _Losses(model=_ones(~right[now]), rival=_ones(wrong), most=1.0)


def _distances(answers: Answers, succession: _Succession) -> _Losses:
    every = np.ones(answers.data.rows, dtype=np.bool_)
    errors, (_, highest) = known_errors(answers, every), range_of_one_error(answers)
    truths = answers.data.labels
    steps = truths[succession.rows] - truths[succession.before]
    return _Losses(model=np.abs(errors[succession.rows]), rival=np.abs(steps), most=highest)


def _ones(happened: Mask) -> Values:
    return happened.astype(np.float64)


def _saved(losses: _Losses, succession: _Succession, confidence: Confidence) -> Interval:
    """By unit where there are as many units as moments, else in order."""
    units, moments_ = (of[succession.rows] for of in (succession.units, succession.moments))
    if len(np.unique(units)) >= len(np.unique(moments_)):
        return saved_by_unit(
            _means(losses.model, units), _means(losses.rival, units), losses.most, confidence
        )
    return saved_in_order(
        _means(losses.model, moments_), _means(losses.rival, moments_), losses.most, confidence
    )


def _means(values: Values, of: NDArray[np.int64]) -> Values:
    """The mean of all rows of one unit or moment, in the order of these."""
    _, which, rows = np.unique(of, return_inverse=True, return_counts=True)
    return np.asarray(np.bincount(which, values) / rows, dtype=np.float64)


def _exhibit(data: Table, succession: _Succession, found: Interval) -> Exhibit:
    counts = {
        "rows": data.rows,
        "compared": len(succession.rows),
        "units": len(np.unique(succession.units)),
        "moments": len(np.unique(succession.moments)),
        "bounds_count": found.n,
        "bounds": found.name,
    }
    return Exhibit(
        name="last-value.json", media_type="application/json", visibility="public", data=canonical(counts)
    )
