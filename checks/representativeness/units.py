"""The shares of strata among rows that are weighted, or of which several belong to one unit.

Counted by unit in SQL, so that no row is held; the bounds are those of `checks.statistics.weighted`, which
rest on the most that one unit can bring (`most_rows_per_unit`, `most_weight`). As in `checks.design`, weights
may take away and never give: the bounds hold for the units as they weigh and for their rows as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certify.submission.data import Dataset
from checks.design import require_most_rows
from checks.domain import finely_measured
from checks.independence import refuse_repetition
from checks.measured import CannotMeasure, Confidence, Interval
from checks.relation import Relation
from checks.repetition import defect_of
from checks.statistics.weighted import lower_bound, weighted_rate
from checks.tabulation import Tabulation, input_hash

BY_UNIT = "betting bound for a ratio of means, by unit, as rows weigh and as they are"

_MOST_EXACT = 1 << 17
_GRID = 1 << 15
"""Of more rows than the former, weights are multiples of this part of the most that one unit brings."""

Values = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Units:
    """The units of a data set that are drawn independently, and the most that one of them can bring."""

    relation: Relation
    most_rows: int
    most_weight: float
    effective: float
    """How many units of equal weight would tell as much (Kish, Survey Sampling, 1965, section 8.2)."""
    number: int

    def share(self, stratum: str, confidence: Confidence) -> tuple[Interval, int]:
        """The share of the weight that a stratum has, and how many units have any row in it."""
        kinds = self._kinds(self.relation.member(stratum))
        rows, counted, times = _together(kinds["rows"], kinds["counted"], kinds["times"])
        alike = weighted_rate(counted, rows, float(self.most_rows), confidence, times)
        value = float(kinds["weight_counted"].sum() / kinds["weight"].sum())
        share = Interval(
            name=BY_UNIT,
            value=value,
            n=self.number,
            demonstrating=_around(value, _bounds(kinds, confidence.demonstrating), alike.demonstrating),
            refuting=_around(value, _bounds(kinds, confidence.refuting), alike.refuting),
        )
        return share, int(times[counted > 0].sum())

    def _kinds(self, member: str) -> dict[str, Values]:
        """Units that are alike, and how many: `size`, and of it `part` and `other`, over the most of a unit.

        Of many rows, sizes are rounded up to a grid and parts down, so that no bound is too narrow.
        """
        columns = {"size": "size", "part": "part", "other": "size - part"}
        for name, value in columns.items():
            of_most = f"({value}) / {float(self.most_rows)!r}::DOUBLE"
            rounded = f"{'ceil' if name == 'size' else 'floor'}({of_most} * {_GRID}) / {_GRID}"
            columns[name] = f"{rounded if self.relation.rows > _MOST_EXACT else of_most} AS {name}"
        sums = "count(*) AS times, sum(units.size) AS weight, sum(units.part) AS weight_counted"
        asked = ", ".join([*columns.values(), "rows", "counted", sums])
        each = _each(self.relation, self.most_weight, member)
        found = self.relation.arrays(f"SELECT {asked} FROM ({each}) AS units GROUP BY ALL ORDER BY ALL")  # noqa: S608
        return {name: np.asarray(values, dtype=np.float64) for name, values in found.items()}


def units_of(relation: Relation, counted: Tabulation) -> Units:
    """As the manifest declares them.

    Raises `CannotMeasure` where a unit or a weight is missing, where what one unit can bring at most is not
    declared or exceeded, and for a table that repeats itself.
    """
    clustered = counted.clustered
    weight = _most_weight(relation) if relation.dataset.weights is not None else 1.0
    asked = "max(rows), count(*), sum(size), sum(size * size)"
    each = _each(relation, weight)
    largest, number, all_weight, squares = relation.query(f"SELECT {asked} FROM ({each})")[0]  # noqa: S608
    rows = _most_rows(relation, int(largest)) if clustered else 1
    _require_no_repetition(relation, counted, clustered=clustered)
    return Units(
        relation=relation,
        most_rows=rows,
        most_weight=weight,
        effective=float(all_weight) ** 2 / float(squares),
        number=int(number),
    )


def _each(relation: Relation, most_weight: float, member: str = "true") -> str:
    """SQL for every unit: its weight, as a part of the most that a row weighs, its rows, and its members.

    Decimals are added up, since a sum of floats hangs on how the rows were shared out to threads.
    """
    weights, unit = relation.dataset.weights, relation.dataset.unit_column
    weight = "1"
    if weights is not None:
        weight = f"CAST({relation.number(weights)} / {most_weight!r}::DOUBLE AS DECIMAL(20, 12))"
    part = f"CASE WHEN {member} THEN {weight} ELSE 0 END"
    if unit is None:
        return f"SELECT {weight} AS size, {part} AS part, 1 AS rows, ({member})::INT AS counted FROM data"  # noqa: S608
    counts = f"count(*) AS rows, count(*) FILTER ({member}) AS counted"
    by_unit = f"FROM data GROUP BY {relation.code(unit)}"
    return f"SELECT sum({weight}) AS size, sum({part}) AS part, {counts} {by_unit}"


def _together(rows: Values, counted: Values, times: Values) -> tuple[Values, Values, Values]:
    """Kinds that differ in their weights only, as one."""
    kinds, index = np.unique(np.stack([rows, counted], axis=1), axis=0, return_inverse=True)
    return kinds[:, 0], kinds[:, 1], np.bincount(index.ravel(), times).astype(np.float64)


def _bounds(kinds: dict[str, Values], level: float) -> tuple[float, float]:
    sizes, times = np.minimum(1.0, kinds["size"]), kinds["times"]
    others = lower_bound(kinds["other"], sizes, level, times)
    return lower_bound(kinds["part"], sizes, level, times), 1 - others


def _most_weight(relation: Relation) -> float:
    dataset = relation.dataset
    if dataset.most_weight is None:
        raise CannotMeasure(
            "weighted rows, and nothing bounds what one can weigh: declare most_weight, the largest weight "
            "that a row of the population can have"
        )
    weight, most = relation.number(str(dataset.weights)), float(dataset.most_weight)
    sound = f"coalesce({weight} > 0 AND {weight} <= {most!r}, false)"
    unsound = relation.aggregate({"unsound": f"count(*) FILTER (NOT {sound})"})["unsound"]
    if unsound:
        raise CannotMeasure(f"{unsound} rows have no weight above 0 and up to the declared {most:g}")
    return most


def _most_rows(relation: Relation, largest: int) -> int:
    _require_named_units(relation, relation.dataset)
    return require_most_rows(relation.dataset, largest)


def _require_named_units(relation: Relation, dataset: Dataset) -> None:
    unit = relation.code(str(dataset.unit_column))
    missing = relation.aggregate({"missing": f"count(*) - count({unit})"})["missing"]
    if missing:
        raise CannotMeasure(f"{missing} rows say not of which {dataset.statistical_unit} they are")


def _require_no_repetition(relation: Relation, counted: Tabulation, *, clustered: bool) -> None:
    """Equal rows of one unit are one row of it: that a unit is seen again adds no unit."""
    rows, different = counted.rows, counted.repetition.different
    times = counted.repetition.times
    if clustered:
        row, unit = input_hash(relation), relation.code(str(relation.dataset.unit_column))
        each = f"SELECT DISTINCT {unit} AS unit, {row} AS row FROM data"  # noqa: S608
        again = f"SELECT count(*) AS n FROM ({each}) GROUP BY row"  # noqa: S608
        grouped: list[tuple[Any, ...]] = relation.query(f"SELECT n, count(*) FROM ({again}) GROUP BY n")  # noqa: S608
        rows, different = sum(n * k for n, k in grouped), sum(k for _, k in grouped)
        times = gcd(*(n for n, _ in grouped))
    defect = defect_of(
        rows=rows,
        different=different,
        times=times,
        files_alike=counted.repetition.files_alike,
        fine=finely_measured(relation.manifest.model.inputs),
    )
    refuse_repetition(relation.dataset, defect)


def _around(value: float, one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    return min(value, one[0], other[0]), max(value, one[1], other[1])
