"""How far the data are from the reference population: over the cells of some attributes, all crossed.

The shares of single groups may all be right while their crossings are wrong, and many small departures add
up. The total variation distance is the share of rows that would have to be of another cell; that it is small
is demonstrated by an upper bound below a margin, and never by a test that found no difference. The margin
belongs to the criterion, the attributes to the basis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product

import numpy as np

from certify.digest import canonical
from certify.evidence import WHOLE
from certify.submission.data import Attribute
from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.relation import Relation
from checks.representativeness.population import reference_of
from checks.representativeness.reference import Reference
from checks.representativeness.shares import sound_for, soundness
from checks.statistics.distances import distance_to
from checks.stratum import crossing
from checks.subject import Subject
from checks.tabulation import Tabulation

MOST_CELLS = 5_000


def distance(
    subject: Subject, data: Relation | None, confidence: Confidence, *, attributes: tuple[str, ...]
) -> Measured:
    """Estimates `distance` (all): total variation of data and reference over the crossing of `attributes`.

    Bounds: see `checks.statistics.distances`, valid for every number of independent rows of equal weight; a
    cell that the data lack counts with its whole share. Counted in SQL; nothing is sampled. The statement
    `reference_sound` also fails where there are rows in cells of which the population has nobody: one of the
    two is wrong then. Where it does not hold, nothing is estimated.
    Raises `CannotMeasure` for attributes that the submission does not declare, for a reference that does not
    tell them together, and for rows that are weighted, clustered or repeated.
    """
    if data is None or not attributes:
        raise CannotMeasure("a distance needs a data set, and at least one attribute")
    attributes = tuple(sorted(set(attributes)))
    cells = _cells(data.attributes, attributes)
    counted = subject.tabulation(data.dataset.role)  # a wrong reference is said of these very data
    reference = sound_for(reference_of(subject), data, cells)
    if reference.defects:
        return Measured(statements=(soundness(reference),))
    _require_equal_draws(data, counted)
    subject.independent_rows(data.dataset.role)
    counts = _counts(counted, attributes, cells)
    reference = _without_inhabited_voids(reference, counts)
    if reference.defects:
        return Measured(statements=(soundness(reference),))
    shares = [float(reference.share(cell)) for cell in cells]
    found = distance_to(np.array([*counts.values()]), np.array(shares), confidence)
    return Measured(
        estimates=(found.estimate(statistic="distance", stratum=WHOLE, confidence=confidence),),
        statements=(soundness(reference),),
        exhibits=(_exhibit(attributes, counts, shares, counted),),
    )


def _cells(declared: Mapping[str, Attribute], attributes: Sequence[str]) -> tuple[str, ...]:
    unknown = [name for name in attributes if name not in declared]
    if unknown:
        raise CannotMeasure(f"the submission declares no attribute {', '.join(unknown)}")
    each = [[(name, group.name) for group in declared[name].groups] for name in attributes]
    number = int(np.prod([len(groups) for groups in each]))
    if number > MOST_CELLS:
        raise CannotMeasure(f"{' and '.join(attributes)} have {number} cells, and {MOST_CELLS} are compared")
    return tuple(crossing(pairs) for pairs in product(*each))


def _counts(counted: Tabulation, attributes: Sequence[str], cells: Sequence[str]) -> dict[str, int]:
    """How many rows each cell has; raises `CannotMeasure` for rows of no group or of several."""
    counts = dict.fromkeys(cells, 0)
    counted.members(cells[0])  # refuses what belongs to no cell
    places = [(name, counted.attributes.index(name)) for name in attributes]
    for cell in counted.cells:
        counts[crossing((name, str(cell.groups[place])) for name, place in places)] += cell.rows
    return counts


def _require_equal_draws(data: Relation, counted: Tabulation) -> None:
    """The sentence names what fits: for sums over many cells no bound by unit is here."""
    if data.dataset.weights is not None or counted.clustered:
        raise CannotMeasure(
            "rows that are weighted, or several of one unit, have no bound of a distance here; "
            "representativeness.shares has bounds for each of their groups and crossings"
        )


def _without_inhabited_voids(reference: Reference, counts: Mapping[str, int]) -> Reference:
    defects = tuple(
        f"it counts nobody in {cell}, where the data have {rows} rows"
        for cell, rows in counts.items()
        if rows and not reference.share(cell)
    )
    return replace(reference, defects=(*reference.defects, *defects))


def _exhibit(
    attributes: Sequence[str], counts: Mapping[str, int], shares: Sequence[float], counted: Tabulation
) -> Exhibit:
    """What a picture of data against population is drawn from: one entry for each cell."""
    cells = [
        {
            "stratum": cell,
            "count": rows,
            "n": counted.rows,
            "share": rows / counted.rows,
            "reference_share": share,
        }
        for (cell, rows), share in zip(counts.items(), shares, strict=True)
    ]
    table = {"attributes": [*attributes], "cells": cells}
    return Exhibit(
        name="distance.json", media_type="application/json", visibility="public", data=canonical(table)
    )
