"""Groups within the strata of a legitimate respect: each crossed with each, and nobody left out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from checks.fairness.groups import BinaryGroups, compared_groups
from checks.measured import CannotMeasure
from checks.stratum import crossed
from checks.subject import Subject
from checks.table import Table

Cells = Mapping[str, tuple[str, ...]]
"""For each group its crossings, in the order of the strata."""


def crossed_groups(
    subject: Subject, data: Table | None, groups: tuple[str, ...], given: tuple[str, ...]
) -> tuple[BinaryGroups, Cells]:
    """Decide on all rows, and tell the crossings apart.

    Raises `CannotMeasure` for fewer than two groups, without strata, for strata that overlap the groups, and
    where a row of a group belongs to none of the strata: whoever is in none is compared with nobody.
    """
    if not given or len(set(groups)) < 2:
        raise CannotMeasure("a conditional comparison needs two groups, and strata within which they meet")
    cells = {group: tuple(crossed(group, stratum) for stratum in given) for group in groups}
    counted = compared_groups(subject, data, tuple(cell for row in cells.values() for cell in row))
    _refuse_left_out(counted.data, cells)
    return counted, cells


def _refuse_left_out(data: Table, cells: Cells) -> None:
    for group, crossings in cells.items():
        within = np.sum([data.members(cell) for cell in crossings], axis=0)
        left_out = int((data.members(group) & (within != 1)).sum())
        if left_out:
            raise CannotMeasure(
                f"{left_out} rows of {group} belong to none or to several of the given strata"
            )
