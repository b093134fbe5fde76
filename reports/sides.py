"""Bars from the middle to both sides, drawn row by row; where there are many rows, close together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.language import Words
from reports.picture import (
    BAR,
    FOOTER,
    GAP,
    LINE,
    MOST_ROWS,
    Axis,
    Box,
    Lettering,
    Panel,
    Stroke,
    apart,
    labels_of,
    percent_of,
    tick_at,
)

MOST_NAMED, MOST_CLOSE = 30, 150
"""Rows of a pyramid that are named each, and that are drawn at all: nobody is known to have been older."""

_LABEL_COLUMNS = 20
_CLOSE_BAR, _CLOSE_GAP, _NAMED = 6, 1, 10
_HALF = Decimal(50)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """A bar from the middle to one side."""

    value: Decimal
    """The share."""
    left: bool
    """To which side it goes from the middle."""
    style: str
    """`data` or `reference`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """What stands at one height."""

    label: str
    """What it is of."""
    left: str
    """Its numbers at the left edge."""
    right: str
    """Its numbers at the right edge."""
    bars: tuple[Bar, ...]
    """Its bars, the lowest first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sides:
    """What is drawn in one panel."""

    title: str
    """What is shown."""
    left: str
    """What the left side is of."""
    right: str
    """What the right side is of."""
    rows: tuple[Row, ...]
    """From above."""
    description: str
    """The same for those who do not see it."""
    two: bool
    """Whether both sides hold data and reference, of two groups."""

    @property
    def close(self) -> bool:
        """Whether the rows of a pyramid, such as single years of age, are too many to be named each."""
        return self.two and len(self.rows) > MOST_NAMED

    @property
    def drawn(self) -> tuple[Row, ...]:
        """The rows that have room."""
        return self.rows[: MOST_CLOSE if self.close else MOST_ROWS]


def panel_of(sides: Sides, axis: Axis, name: str, words: Words) -> Panel:
    """One panel, on an axis that it may share with others."""
    boxes: list[Box] = []
    letterings = [*_edges(sides.left, sides.right, LINE - 4, "head")]
    draw = _draw_close if sides.close else _draw
    bottom = draw(sides.drawn, axis, boxes, letterings)
    strokes, numbers = apart(_ticks(axis, bottom, words))
    return Panel(
        name=name,
        heading=sides.title,
        title=sides.title,
        description=sides.description,
        height=bottom + FOOTER,
        boxes=tuple(boxes),
        strokes=strokes,
        letterings=(*letterings, *numbers),
    )


def _draw(rows: Sequence[Row], axis: Axis, boxes: list[Box], letterings: list[Lettering]) -> int:
    """Each row with its name and numbers; returns where it ends."""
    top = LINE + GAP
    for row in rows:
        labels = labels_of(row.label, columns=_LABEL_COLUMNS, top=top)
        letterings += [Lettering(x="50%", y=t.y, anchor="middle", style="name", text=t.text) for t in labels]
        letterings += _edges(row.left, row.right, labels[0].y, "value")
        y = top + LINE * len(labels) + 2
        boxes += [_box(bar, axis, y, BAR) for bar in row.bars]
        top = y + BAR + GAP
    return top


def _draw_close(rows: Sequence[Row], axis: Axis, boxes: list[Box], letterings: list[Lettering]) -> int:
    """Bars close together, and every tenth row named at its left: the numbers are in the table."""
    top = LINE + GAP
    for place, row in enumerate(rows):
        boxes += [_box(bar, axis, top, _CLOSE_BAR, close=True) for bar in row.bars]
        if place % _NAMED == 0:
            text = labels_of(row.label, columns=_LABEL_COLUMNS, top=0)[0].text
            letterings.append(Lettering(x="0%", y=top + _CLOSE_BAR, anchor="start", style="value", text=text))
        top += _CLOSE_BAR + _CLOSE_GAP
    return top + GAP


def _edges(left: str, right: str, y: int, style: str) -> Iterator[Lettering]:
    yield Lettering(x="0%", y=y, anchor="start", style=style, text=left)
    yield Lettering(x="100%", y=y, anchor="end", style=style, text=right)


def _box(bar: Bar, axis: Axis, y: int, height: int, *, close: bool = False) -> Box:
    length = axis.length(bar.value, of=50)
    x = _HALF - length if bar.left else _HALF
    style = f"close-{bar.style}" if close else bar.style
    return Box(x=percent_of(x), width=percent_of(length), y=y, height=height, style=style)


def _ticks(axis: Axis, y: int, words: Words) -> Iterator[Stroke | Lettering]:
    """From the middle to both sides, and the middle itself."""
    yield Stroke(start="0%", end="100%", top=y, bottom=y, style="axis")
    yield Stroke(start="50%", end="50%", top=LINE + GAP, bottom=y, style="axis")
    for tick in (axis.ticks[0], axis.ticks[-1]):
        for sign in (-1, 1) if tick else (1,):
            yield from tick_at(_HALF + sign * axis.length(tick, of=50), tick, y, words)
