"""How far selection rates of two groups lie apart once they are alike in a legitimate respect, on the whole.

Direct standardisation: within each stratum the rates of two groups are compared, and the differences are
weighed by how many cases of both the stratum has. One number for all strata, in which differences of either
direction may cancel: beside it stands the greatest of them (`conditional_selection_rate_gap`).

The weights are counted in the same rows, so that no exact bound exists; see `checks.statistics.resampling`.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from certify.standard import pair_of
from checks.fairness.comparison import counts_of
from checks.fairness.crossings import Cells, crossed_groups
from checks.measured import CannotMeasure, Confidence, Interval, Measured
from checks.statistics.events import Events
from checks.statistics.proportions import proportion
from checks.statistics.resampling import Counts, absolute_value
from checks.subject import Subject
from checks.table import Table

_FEWEST_OF_A_KIND: Final = 30
"""So many cases must be selected, and as many not, in every crossing: where the bootstrap was swept."""


def standardised_selection_rate_gap(
    subject: Subject,
    data: Table | None,
    confidence: Confidence,
    *,
    groups: tuple[str, ...],
    given: tuple[str, ...],
    favourable: str,
    replicates: int,
    seed: int,
) -> Measured:
    """Estimates `standardised_selection_rate_gap` per pair of `groups`, and `selection_rate` per crossing.

    Raises `CannotMeasure` for a crossing in which fewer than thirty cases are selected, or are not.
    """
    counted, cells = crossed_groups(subject, data, groups, given)
    rates = counted.selected(favourable)
    _refuse_rare(rates)
    pairs = list(combinations(cells, 2))
    family = confidence.over(len(pairs))
    selected = [
        proportion(e.count, e.trials, family).estimate(
            statistic="selection_rate", stratum=cell, confidence=family
        )
        for cell, e in rates.items()
    ]

    def gap(pair: tuple[str, str]) -> Interval:
        random = subject.generator(seed, f"standardised selection rates of {pair_of(*pair)}")
        return absolute_value(
            standardised_difference, _table(rates, cells, pair), family, replicates=replicates, random=random
        )

    gaps = [
        gap(pair).estimate(
            statistic="standardised_selection_rate_gap", stratum=pair_of(*pair), confidence=family
        )
        for pair in pairs
    ]
    return Measured(estimates=(*selected, *gaps), exhibits=(counts_of("selection_rate", rates),))


def standardised_difference(counts: Counts) -> NDArray[np.float64]:
    """From counts of shape [replicates, groups, strata, (not selected, selected)], of two groups."""
    cases = counts.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        rates = counts[..., 1] / cases
    weights = cases.sum(axis=1) / cases.sum(axis=(1, 2))[:, np.newaxis]
    return np.asarray((weights * (rates[:, 0] - rates[:, 1])).sum(axis=1), dtype=np.float64)


def _table(rates: Mapping[str, Events], cells: Cells, pair: tuple[str, str]) -> Counts:
    events = [[rates[cell] for cell in cells[group]] for group in pair]
    return np.array([[(e.trials - e.count, e.count) for e in row] for row in events])


def _refuse_rare(rates: Mapping[str, Events]) -> None:
    for cell, events in rates.items():
        fewest = min(events.count, events.trials - events.count)
        if fewest < _FEWEST_OF_A_KIND:
            raise CannotMeasure(
                f"of {cell} only {fewest} cases are selected, or are not: the bounds of a standardised gap "
                f"are known to hold from {_FEWEST_OF_A_KIND} on"
            )
