"""Whether the relations hold that the vendor declares between a case and a changed one.

Nobody needs to know the right answer: a heavier load is not answered with a lower strain, and the mirror
image of a picture shows the same. The test data say how often such a relation is broken. A case that the
change leaves as it was, or takes out of the declared domain, is no trial: the vendor says nothing of it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from certify.digest import canonical
from certify.evidence import exact
from certify.submission.model import IdentityRule, Input, TableInput, TensorInput
from certify.submission.relation import Change, Relation
from checks.domain import Mask, inside
from checks.measured import CannotMeasure, Confidence, Exhibit, Interval, Measured
from checks.predictor import UNDECIDED, Inputs
from checks.robustness.neighbourhood import as_fed
from checks.robustness.picture import layout_of
from checks.statistics.extremes import greatest
from checks.statistics.proportions import proportion
from checks.subject import Subject
from checks.table import Table

Numbers = NDArray[np.float64]


def declared_relations(subject: Subject, data: Table | None, confidence: Confidence) -> Measured:
    """Estimates `broken_share` (each `relation=NAME`, and the greatest: all): cases that break a relation.

    A case that has no answer before or after, or lies outside the contract, breaks it. Raises `CannotMeasure`
    where no relation is declared, and where one changes no case within the declared domain.
    """
    if data is None:
        raise CannotMeasure("relations are tried on data, and none were given")
    data.require_independent_rows()
    relations = subject.manifest.model.relations
    if not relations:
        raise CannotMeasure("the manifest declares no relation between a case and a changed one")
    family = confidence.over(len(relations))
    before = _answers(subject, data.inputs)
    broken = {relation.name: _broken(subject, data, relation, before) for relation in relations}
    shares = {
        f"relation={name}": proportion(int(np.count_nonzero(cases)), len(cases), family)
        for name, cases in broken.items()
    }
    return Measured(
        estimates=tuple(
            share.estimate(statistic="broken_share", stratum=stratum, confidence=family)
            for stratum, share in {**shares, "all": greatest([*shares.values()])}.items()
        ),
        exhibits=(_exhibit(shares),),
    )


def _answers(subject: Subject, inputs: Inputs) -> Numbers:
    """What decides, of shape [cases, numbers]; NaN where nothing does."""
    return subject.predictor.scores(inputs)


def _broken(subject: Subject, data: Table, relation: Relation, before: Numbers) -> Mask:
    """Which of the cases that are tried break the relation."""
    contract = subject.manifest.model.inputs
    inputs = changed(contract, data.inputs, relation)
    there = data.inside & inside(contract, inputs) & _moved(data.inputs, inputs)
    if not there.any():
        raise CannotMeasure(
            f"the relation {relation.name} changes no case within the declared domain: nothing was tried"
        )
    unscored = ~data.inside | ~np.isfinite(before).all(axis=1)
    after = _answers(subject, inputs)
    kept = _keeps(subject, relation, before, after)
    return np.asarray((~kept | unscored)[there | unscored], dtype=np.bool_)


def _moved(before: Inputs, after: Inputs) -> Mask:
    """Which cases have another number than before, in the type that the model is fed."""
    differs = [(after[n] != v).reshape(len(v), -1).any(axis=1) for n, v in before.items()]
    return np.asarray(np.logical_or.reduce(differs), dtype=np.bool_)


def _keeps(subject: Subject, relation: Relation, before: Numbers, after: Numbers) -> Mask:
    """Where the relation holds; never where an answer is missing."""
    rule = subject.manifest.model.decision
    finite = np.isfinite(before).all(axis=1) & np.isfinite(after).all(axis=1)
    if relation.answer == "same" and not isinstance(rule, IdentityRule):
        one, other = (subject.predictor.decisions_from(scores) for scores in (before, after))
        return np.asarray(finite & (one == other) & (one != UNDECIDED), dtype=np.bool_)
    column = getattr(rule, "column", 0)
    with np.errstate(invalid="ignore"):
        return np.asarray(finite & _holds(relation, before[:, column], after[:, column]), dtype=np.bool_)


def _holds(relation: Relation, before: Numbers, after: Numbers) -> Mask:
    within = float(relation.within)
    if relation.answer == "not_lower":
        return np.asarray(after >= before - within)
    if relation.answer == "not_higher":
        return np.asarray(after <= before + within)
    factor = float(relation.factor) if relation.factor is not None else 1.0
    return np.asarray(np.abs(after - factor * before) <= within)


def changed(contract: tuple[Input, ...], inputs: Inputs, relation: Relation) -> Inputs:
    """The inputs with every change of a relation made, in the type that the model is fed."""
    result = dict(inputs)
    for change in relation.changes:
        for entry in contract:
            if isinstance(entry, TensorInput) and entry.array == change.of:
                result[entry.name] = _picture_or_numbers(change, contract, entry, result[entry.name])
            if isinstance(entry, TableInput):
                result[entry.name] = _columns(change, entry, result[entry.name])
    return result


def _columns(change: Change, entry: TableInput, values: NDArray[Any]) -> NDArray[Any]:
    places = [at for at, column in enumerate(entry.columns) if column.name == change.of]
    matrix = np.array(values)
    for at in places:
        matrix[:, at] = _held(_number(change, values[:, at].astype(np.float64)), entry)
    return matrix


def _picture_or_numbers(
    change: Change, contract: tuple[Input, ...], entry: TensorInput, values: NDArray[Any]
) -> NDArray[Any]:
    if not change.of_pictures:
        return _held(_number(change, values.astype(np.float64)), entry)
    colours = layout_of(contract).colours
    rows, columns = (1, 2) if colours != 0 else (2, 3)
    if change.mirror is not None:
        return np.flip(values, axis=columns if change.mirror == "left_right" else rows)
    down, across = change.shift or (0, 0)
    return _shifted(_shifted(values, down, rows), across, columns)


def _number(change: Change, values: Numbers) -> Numbers:
    if change.set_to is not None:
        return np.where(np.isnan(values), np.nan, float(change.set_to))
    times = 1.0 if change.times is None else float(change.times)
    return values * times + (0.0 if change.add is None else float(change.add))


def _held(values: Numbers, entry: Input) -> NDArray[Any]:
    """In the type of the input; what that cannot hold is drawn to its end, and lies outside the range."""
    if entry.dtype.startswith("int"):
        ends = np.iinfo(entry.dtype)
        return as_fed(np.clip(values, ends.min, ends.max), entry)
    with np.errstate(over="ignore"):
        return as_fed(values, entry)


def _shifted(values: NDArray[Any], by: int, axis: int) -> NDArray[Any]:
    """Moved along an axis; what comes in is a copy of the edge."""
    at = np.clip(np.arange(values.shape[axis]) - by, 0, values.shape[axis] - 1)
    return np.take(values, at, axis=axis)


def _exhibit(shares: dict[str, Interval]) -> Exhibit:
    rows = [
        {
            "relation": stratum.removeprefix("relation="), "tried": share.n,
            "share": str(exact(share.value)), "lower": str(exact(share.demonstrating[0])),
            "upper": str(exact(share.demonstrating[1])),
        }
        for stratum, share in shares.items()
    ]  # fmt: skip
    return Exhibit(
        name="broken-relations.json",
        media_type="application/json",
        visibility="public",
        data=canonical({"relations": rows}),
    )
