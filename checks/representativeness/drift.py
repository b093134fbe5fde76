"""How far the values of each column lie apart in two data sets, such as those for training and for test.

Both are taken as samples of what made them. That they are alike is demonstrated by an upper bound on the
distance, and never by a test that found no difference.
"""

from __future__ import annotations

from collections.abc import Iterator

from certify.digest import canonical
from checks.measured import CannotMeasure, Confidence, Exhibit, Interval, Measured
from checks.relation import Relation
from checks.representativeness.bars import bars_of
from checks.representativeness.columns import Pair, Side, pairs
from checks.statistics.distances import distance_between
from checks.statistics.extremes import greatest
from checks.statistics.kolmogorov import kolmogorov
from checks.subject import Subject


def drift(subject: Subject, data: Relation | None, confidence: Confidence, *, other_role: str) -> Measured:
    """Estimates `distribution_distance` for each `feature=name`, and `largest_distribution_distance` (all).

    A feature is a column that the model is fed with, the target, or a declared attribute whose column is
    neither. Of codes, classes and groups: total variation; of numbers: the Kolmogorov distance. Bounds: see
    `checks.statistics.shortfalls`, over rows of both data sets that are independent draws. Only single
    columns are compared: what columns have in common may differ though each is alike.

    Raises `CannotMeasure` where the other data set is absent or the same one, for arrays of several axes, and
    for rows that are weighted, repeated or several of one unit.
    """
    if data is None:
        raise CannotMeasure("drift is measured between two data sets, and none was given")
    if other_role == data.dataset.role:
        raise CannotMeasure(
            f"the {other_role} data lie at no distance from themselves: name another data set"
        )
    first = Side(rows=data, counted=subject.independent_rows(data.dataset.role))
    second = Side(rows=subject.relation(other_role), counted=subject.independent_rows(other_role))
    compared = pairs(first, second)
    family = confidence.over(len(compared))
    found = {pair.name: _distance(pair, family) for pair in compared}
    distances = [
        interval.estimate(statistic="distribution_distance", stratum=f"feature={name}", confidence=family)
        for name, interval in found.items()
    ]
    largest = greatest([*found.values()])
    return Measured(
        estimates=(
            *distances,
            largest.estimate(statistic="largest_distribution_distance", confidence=family),
        ),
        exhibits=(_exhibit(first, second, found),),
    )


def _distance(pair: Pair, confidence: Confidence) -> Interval:
    if pair.spread is None:
        return distance_between(pair.first, pair.second, confidence)
    return kolmogorov(pair.first, pair.second, pair.spread, confidence)


def _exhibit(first: Side, second: Side, found: dict[str, Interval]) -> Exhibit:
    roles = [side.counted.role for side in (first, second)]
    table = {"roles": roles, "features": [*_pictures(first, second, found)]}
    return Exhibit(
        name="drift.json", media_type="application/json", visibility="public", data=canonical(table)
    )


def _pictures(first: Side, second: Side, found: dict[str, Interval]) -> Iterator[dict[str, object]]:
    """For each column both histograms, in the same bars."""
    for one in first.counted.distributions:
        other = second.counted.distribution(one.source)
        bars = bars_of(one, other)
        yield {
            "feature": one.source,
            "distance": found[one.source].value,
            "upper": found[one.source].demonstrating[1],
            "labels": list(one.labels),
            "ends": bars.ends,
            "counts": bars.counts,
            "missing": [each.missing for each in (one, other)],
            "outside": [each.below + each.above + each.other for each in (one, other)],
        }
