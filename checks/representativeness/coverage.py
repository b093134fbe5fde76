"""How much of the declared domain the data cover, and how often a case falls where they have none.

A model is certified for a domain that its vendor draws. Where no training row lies, what it does there was
not learnt but guessed; where no test row lies, it was not seen. What a cell is, is told in
`checks.representativeness.conditions`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certify.digest import canonical
from checks.measured import CannotMeasure, Confidence, Exhibit, Interval, Measured
from checks.relation import Relation
from checks.representativeness.conditions import (
    Axis,
    Cells,
    axes_of,
    count_cells,
    count_rows_in,
    with_elsewhere,
)
from checks.statistics.proportions import proportion
from checks.subject import Subject

HOLES_SHOWN = 100


def coverage(
    subject: Subject, data: Relation | None, confidence: Confidence, *, parts: int, fewest_rows: int
) -> Measured:
    """Estimates `covered_share`, for `all` crossings of two columns and for the parts of every column alone.

    A cell is covered that holds `fewest_rows` rows at least; each range is cut into `parts` equal parts. The
    share speaks of these very rows and infers nothing, so that its bounds are the share itself. A row outside
    the domain covers nothing. Copies cover what their original covers, and nothing more.
    """
    if data is None:
        raise CannotMeasure("coverage is counted in a data set, and none was given")
    _require_sound(parts, fewest_rows)
    cells = count_cells(data, axes_of(data, parts))
    alone = {f"feature={name}": _covered(rows, fewest_rows) for name, rows in cells.single.items()}
    strata = {"all": _covered(cells.counts, fewest_rows), **alone}
    family = confidence.over(len(strata))
    return Measured(
        estimates=tuple(
            share.estimate(statistic="covered_share", stratum=stratum, confidence=family)
            for stratum, share in strata.items()
        ),
        exhibits=(_exhibit(cells, parts, fewest_rows),),
    )


def novelty(
    subject: Subject,
    data: Relation | None,
    confidence: Confidence,
    *,
    other_role: str,
    parts: int,
    fewest_rows: int,
) -> Measured:
    """Estimates `novel_share` (all): rows with a pair of conditions of which `other_role` has too few rows.

    Too few are fewer than `fewest_rows`. Bounds: Clopper-Pearson over the rows, taken as draws of the process
    that made them, with the other data set as it is; hence independent and unweighted rows. That a value is
    missing, or outside the domain, is a condition too: where the other data hold no such row, it is new.
    """
    if data is None:
        raise CannotMeasure("new conditions are counted in a data set, and none was given")
    if other_role == data.dataset.role:
        raise CannotMeasure(f"the {other_role} data hold nothing new to themselves: name another data set")
    _require_sound(parts, fewest_rows)
    rows = subject.independent_rows(data.dataset.role).rows
    other = subject.relation(other_role)
    known = count_cells(other, with_elsewhere(axes_of(other, parts)))
    novel = count_rows_in(data, known, {pair: table < fewest_rows for pair, table in known.tables.items()})
    share = proportion(novel, rows, confidence)
    return Measured(
        estimates=(share.estimate(statistic="novel_share", confidence=confidence),),
        exhibits=(_novelty_exhibit(novel, rows, other_role),),
    )


def _require_sound(parts: int, fewest_rows: int) -> None:
    if not 2 <= parts <= 100 or fewest_rows < 1:
        raise CannotMeasure("a range is cut into 2 to 100 parts, and a covered cell holds a row at least")


def _covered(rows: NDArray[np.int64], fewest_rows: int) -> Interval:
    covered = int((rows >= fewest_rows).sum())
    share = covered / len(rows.ravel())
    return Interval(
        name="exact: every cell is counted, and none is drawn",
        value=share,
        n=rows.size,
        demonstrating=(share, share),
        refuting=(share, share),
    )


def _exhibit(cells: Cells, parts: int, fewest_rows: int) -> Exhibit:
    holes = _holes(cells, fewest_rows)
    shown = list(islice(holes, HOLES_SHOWN))
    content = {
        "parts": parts,
        "fewest_rows": fewest_rows,
        "columns": [_column(axis, cells.single[axis.source].tolist()) for axis in cells.axes],
        "pairs": {"covered": int((cells.counts >= fewest_rows).sum()), "cells": int(cells.counts.size)},
        "holes": shown,
        "holes_not_shown": sum(1 for _ in holes),
    }
    return Exhibit(
        name="coverage.json", media_type="application/json", visibility="public", data=canonical(content)
    )


def _column(axis: Axis, rows: list[int]) -> dict[str, Any]:
    """One column: `labels` name its parts in holes too, `ends` say what they mean in any language."""
    ends = [(float(low), float(high)) for low, high in axis.ends]
    return {"source": axis.source, "labels": axis.labels, "ends": ends, "rows": rows}


def _holes(cells: Cells, fewest_rows: int) -> Iterator[dict[str, Any]]:
    """Parts of one column first, then crossings whose parts are not holes themselves."""
    labels = {axis.source: axis.labels for axis in cells.axes}
    for source, rows in cells.single.items():
        for at in np.flatnonzero(rows < fewest_rows).tolist():
            yield {"cells": {source: labels[source][at]}, "rows": int(rows[at])}
    for (first, second), table in cells.crossed.items():
        alone = np.logical_and.outer(cells.single[first] >= fewest_rows, cells.single[second] >= fewest_rows)
        for a, b in np.argwhere((table < fewest_rows) & alone).tolist():
            where: Mapping[str, str] = {first: labels[first][a], second: labels[second][b]}
            yield {"cells": dict(where), "rows": int(table[a, b])}


def _novelty_exhibit(novel: int, rows: int, other_role: str) -> Exhibit:
    counts = {"rows": rows, "novel": novel, "other_role": other_role}
    return Exhibit(
        name="novelty.json", media_type="application/json", visibility="public", data=canonical(counts)
    )
