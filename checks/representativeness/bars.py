"""The bars that a picture of one column has in two data sets: neighbouring counts joined, in both alike.

Nothing is judged by them. Every bar says from where to where it goes, so that none claims more than was
counted in it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from checks.tabulation import Distribution

MOST: Final = 64
"""So many bars a picture of a column has at most."""

Span = tuple[int, int]
"""The first count of a bar, and that after its last."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bars:
    """What is drawn: `ends` bar by bar, () for codes and classes; `counts` table by table."""

    ends: tuple[tuple[float, float], ...]
    counts: tuple[tuple[int, ...], ...]


def bars_of(*tables: Distribution) -> Bars:
    """The bars of one column in tables that were counted alike."""
    first = tables[0]
    starts = _starts(tables)
    spans = [*zip(starts, [*starts[1:], len(first.counts)], strict=True)]
    return Bars(
        ends=() if first.labels else tuple(_ends(first, span) for span in spans),
        counts=tuple(tuple(sum(table.counts[a:b]) for a, b in spans) for table in tables),
    )


def _starts(tables: Sequence[Distribution]) -> Sequence[int]:
    """Bars of as many counts each; of as many whole numbers each, where rows seem to hold nothing else.

    Whole numbers in parts of another width would look like a comb: one bar holds two of them, the next one.
    """
    parts = len(tables[0].counts)
    whole = _parts_of_whole_numbers(tables[0])
    if len(whole) > 1 and all(_stands_in(whole, table) for table in tables):
        return [0, *whole[:: -(-len(whole) // MOST)][1:]]
    return range(0, parts, -(-parts // MOST))


def _parts_of_whole_numbers(table: Distribution) -> list[int]:
    """The part in which each whole number of the range is counted; none where a part may hold several."""
    if table.lowest is None or table.highest is None or table.stepwise:
        return []
    low, high, parts = float(table.lowest), float(table.highest), len(table.counts)
    if high - low >= parts:
        return []
    numbers = range(math.ceil(low), math.floor(high) + 1)
    return [min(int((number - low) / (high - low) * parts), parts - 1) for number in numbers]


def _stands_in(parts: Sequence[int], table: Distribution) -> bool:
    return sum(table.counts[part] for part in parts) == sum(table.counts)


def _ends(table: Distribution, span: Span) -> tuple[float, float]:
    """Of parts where the first starts and the last ends; of steps the first and the last itself."""
    assert table.lowest is not None
    assert table.highest is not None
    start, end = (span[0], span[1] - 1) if table.stepwise else span
    width = (table.highest - table.lowest) / max(1, len(table.counts) - table.stepwise)
    return float(table.lowest + start * width), float(table.lowest + end * width)
