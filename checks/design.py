"""How the rows of a table were drawn, and which interval fits: independent, clustered, or weighted.

Several rows of one statistical unit (a patient, a household) are no independent trials, and rows that stand
for different numbers of cases are no equal ones. What is drawn independently then is the unit, which brings
the weights of its rows. A share or a mean is a ratio of what units bring, with the bounds of
`checks.statistics.weighted`; these rest on the most that one unit can bring in the population, which the
manifest declares (`most_rows_per_unit`, `most_weight`) and no sample shows. A metric that is neither a share
nor a mean has no such bounds here and refuses.

Weights are the vendor's word, and whoever weighs the rows on which a model errs lightly has dropped them. So
weights may take away and never give: bounds hold for the rows as they weigh and for the rows as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from certify.submission.data import Dataset
from checks.domain import Mask
from checks.independence import refuse_repetition
from checks.measured import CannotMeasure, Confidence, Interval
from checks.repetition import repetition, row_digests
from checks.statistics.averages import average
from checks.statistics.events import Events, split
from checks.statistics.means import bounded_mean, require_within
from checks.statistics.proportions import proportion
from checks.statistics.weighted import weighted_rate
from checks.table import Table

Values = NDArray[np.float64]

BOTH = "betting bound for a ratio of means, by unit, as rows weigh and as they are"
AVERAGE_BY_UNIT = "union bound of betting bounds for ratios of means, by unit, average"


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """Which rows count, among which rows; as masks over the same rows."""

    counted: Mask
    among: Mask

    @property
    def events(self) -> Events:
        """The numbers of both."""
        return Events(int(np.count_nonzero(self.counted)), int(np.count_nonzero(self.among)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Design:
    """The unit and the weight of each row, and the most that one unit can bring."""

    says: str
    units: NDArray[np.int64]
    weights: Values
    most: float
    rows_at_most: int = 1
    """The most rows that one unit can bring."""

    @property
    def independent(self) -> bool:
        """Whether each row is a unit of its own and weighs the same."""
        return self.says == INDEPENDENT

    def among(self, rows: Mask) -> Design:
        """The same for some of the rows."""
        return replace(self, units=self.units[rows], weights=self.weights[rows])

    def share(self, share: Share, confidence: Confidence) -> Interval:
        """The share of what counts, with the bounds that fit."""
        events = share.events  # raises without any row to count among
        if self.independent:
            return proportion(events.count, events.trials, confidence)
        return self._ratio(share.counted.astype(np.float64), share.among.astype(np.float64), confidence)

    def average(self, shares: tuple[Share, ...], confidence: Confidence) -> Interval:
        """The unweighted average of several shares; no row may count for two of them."""
        if self.independent:
            return average(tuple(share.events for share in shares), confidence)
        found = {level: self._together(shares, level) for level in {confidence.level, confidence.refuting}}
        return Interval(
            name=AVERAGE_BY_UNIT,
            value=fmean(one.value for one in found[confidence.level]),
            n=min(one.n for one in found[confidence.level]),
            **confidence.both(lambda level: _averaged(found[level])),
        )

    def mean(self, values: Values, lowest: float, highest: float, confidence: Confidence) -> Interval:
        """The mean of values in [lowest, highest], with the bounds that fit."""
        if self.independent:
            return bounded_mean(values, lowest, highest, confidence)
        require_within(values, lowest, highest)
        width = highest - lowest
        scaled = np.clip((values - lowest) / width, 0, 1)
        share = self._ratio(scaled, np.ones_like(scaled), confidence)
        return Interval(
            name=share.name,
            value=lowest + width * share.value,
            n=share.n,
            demonstrating=_stretched(share.demonstrating, lowest, width),
            refuting=_stretched(share.refuting, lowest, width),
        )

    def require_independent(self, metric: str, fitting: str) -> None:
        """Refuse a metric that has no bounds for other rows, naming one that has."""
        if not self.independent:
            raise CannotMeasure(f"{self.says}: for them {metric} has no bounds here, and {fitting} has")

    def _together(self, shares: tuple[Share, ...], level: float) -> list[Interval]:
        each = Confidence(split(level, len(shares)))
        return [self.share(share, each) for share in shares]

    def _ratio(self, sums: Values, sizes: Values, confidence: Confidence) -> Interval:
        """As the rows weigh, with bounds that hold as the rows are as well."""
        found = self._weighed(sums, sizes, self.weights, self.most, confidence)
        if np.ptp(self.weights) == 0:
            return found
        alike = self._weighed(sums, sizes, np.ones_like(sums), float(self.rows_at_most), confidence)
        return replace(
            found,
            name=BOTH,
            demonstrating=_around(found.demonstrating, alike.demonstrating),
            refuting=_around(found.refuting, alike.refuting),
        )

    def _weighed(
        self, sums: Values, sizes: Values, weights: Values, most: float, confidence: Confidence
    ) -> Interval:
        by_unit = [np.bincount(self.units, weights * values).astype(np.float64) for values in (sums, sizes)]
        return weighted_rate(by_unit[0], by_unit[1], most, confidence)


def _around(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    return min(one[0], other[0]), max(one[1], other[1])


def _averaged(found: list[Interval]) -> tuple[float, float]:
    lowers, uppers = zip(*(one.demonstrating for one in found), strict=True)
    return fmean(lowers), fmean(uppers)


def _stretched(bounds: tuple[float, float], lowest: float, width: float) -> tuple[float, float]:
    return lowest + width * bounds[0], lowest + width * bounds[1]


INDEPENDENT = "each row is drawn by itself"


def design_of(data: Table) -> Design:
    """As the manifest declares it.

    Raises `CannotMeasure` where a unit or a weight is missing, and where what one unit can bring at most is
    not declared or exceeded.
    """
    clustered, weighted = data.clustered, data.dataset.weights is not None
    if not clustered and not weighted:
        ones = np.ones(data.rows)
        return Design(says=INDEPENDENT, units=np.arange(data.rows), weights=ones, most=1.0)
    units = units_of(data) if clustered else np.arange(data.rows)
    largest = int(np.bincount(units).max())
    rows, weight = require_most_rows(data.dataset, largest) if clustered else 1, _most_weight(data)
    weights = _weights(data, weight) if weighted else np.ones(data.rows)
    return Design(
        says=_says(data, clustered), units=units, weights=weights, most=rows * weight, rows_at_most=rows
    )


def _says(data: Table, clustered: bool) -> str:
    several = f"there are several rows per {data.dataset.statistical_unit}"
    if data.dataset.weights is None:
        return several
    return f"{several}, and rows are weighted" if clustered else "rows are weighted"


def units_of(data: Table) -> NDArray[np.int64]:
    """The statistical unit of each row, counted from 0; raises `CannotMeasure` for a row that names none."""
    import pandas as pd

    codes, _ = pd.factorize(data.frame[str(data.dataset.unit_column)])
    missing = int((codes < 0).sum())
    if missing:
        raise CannotMeasure(f"{missing} rows say not of which {data.dataset.statistical_unit} they are")
    return np.asarray(codes, dtype=np.int64)


def require_most_rows(dataset: Dataset, largest: int) -> int:
    """The most rows that one unit can have, as declared; the most that one has here are `largest`.

    Raises `CannotMeasure` where it is not declared, or exceeded.
    """
    most, unit = dataset.most_rows_per_unit, dataset.statistical_unit
    if most is None:
        raise CannotMeasure(
            f"several rows per {unit}, and nothing bounds how many: declare most_rows_per_unit, the most "
            "that one can have in the population"
        )
    if largest > most:
        raise CannotMeasure(f"one {unit} has {largest} rows, and {most} are declared as the most")
    return most


def _most_weight(data: Table) -> float:
    if data.dataset.weights is None:
        return 1.0
    if data.dataset.most_weight is None:
        raise CannotMeasure(
            "weighted rows, and nothing bounds what one can weigh: declare most_weight, the largest weight "
            "that a row of the population can have"
        )
    return float(data.dataset.most_weight)


def _weights(data: Table, most: float) -> Values:
    import pandas as pd

    name = str(data.dataset.weights)
    if name not in data.frame:
        raise CannotMeasure(f"{data.dataset.name} has no column {name} of weights")
    weights = pd.to_numeric(data.frame[name], errors="coerce").to_numpy(dtype=np.float64)
    unsound = int((~((weights > 0) & (weights <= most))).sum())  # counts NaN as well
    if unsound:
        raise CannotMeasure(f"{unsound} rows have no weight above 0 and up to the declared {most:g}")
    return np.asarray(weights)


def require_drawn_rows(data: Table) -> None:
    """Refuse a table whose rows were not drawn as the manifest declares, or that repeats itself.

    Equal rows of one unit are one row of it: that a unit is seen again adds no unit.
    """
    design = design_of(data)
    if design.independent:
        data.require_independent_rows()
        return
    pairs = [*zip(design.units.tolist(), row_digests(data.inputs, data.labels), strict=True)]
    first = {pair: at for at, pair in reversed([*enumerate(pairs)])}
    kept = sorted(first.values())
    files = np.repeat(np.arange(len(data.parts)), data.parts)[kept]
    parts = np.bincount(files, minlength=len(data.parts)).tolist()
    defect = repetition([pairs[at][1] for at in kept], parts, fine=data.fine)
    refuse_repetition(data.dataset, defect)
