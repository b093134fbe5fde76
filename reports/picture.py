"""Pictures of data as plain geometry, like `reports.plots`: percentages across, pixels down, no library.

A picture has panels that are drawn, a key to their shapes, and a table that holds every number behind them.
No colour says anything alone: what is of the data is filled, what is of the reference is an outline, and a
hole is crossed out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from reports.language import Words
from reports.number import Figure, brief, figure
from reports.plots import Label, round_step
from reports.text import wrapped

LINE, BAR, GAP, FOOTER = 16, 14, 8, 24
"""Pixels: a line of text, a bar, what lies between two bars, the axis with its numbers."""

LABEL_COLUMNS = 26
"""Latin characters in a line of a name that stands beside its number on a small screen."""

MOST_ROWS = 60
"""Bars in one panel; the table holds all."""

_MOST_LINES_OF_A_LABEL = 3
_TICKS = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A rectangle."""

    x: str
    """Left edge in percent."""
    width: str
    """Width in percent."""
    y: int
    """Upper edge in pixels."""
    height: int
    """Height in pixels."""
    style: str
    """What it stands for: a class of the style sheet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stroke:
    """A straight line."""

    start: str
    """Where it starts, in percent."""
    end: str
    """Where it ends, in percent."""
    top: int
    """Height of its start, in pixels."""
    bottom: int
    """Height of its end, in pixels."""
    style: str
    """What it stands for: a class of the style sheet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lettering:
    """A line of text."""

    x: str
    """Its anchor, in percent."""
    y: int
    """Its baseline, in pixels."""
    anchor: str
    """Which side of it lies at `x`: SVG's `text-anchor`."""
    style: str
    """What it is: a class of the style sheet."""
    text: str
    """The text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Curve:
    """A line through many points, drawn in a frame of its own that is stretched over the panel."""

    y: int
    """Upper edge of the frame, in pixels."""
    height: int
    """Its height, in pixels."""
    frame: str
    """SVG's `viewBox`."""
    path: str
    """SVG's path, in units of the frame."""
    style: str
    """What it stands for: a class of the style sheet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """One drawing."""

    name: str
    """A name that no other drawing on the page has."""
    heading: str
    """What it shows, where the picture's title does not say it already."""
    title: str
    """What it shows, for those who hear it."""
    description: str
    """The same for those who do not see it, with what stands out."""
    height: int
    """Height in pixels."""
    boxes: tuple[Box, ...] = ()
    """Rectangles, the lowest first."""
    curves: tuple[Curve, ...] = ()
    """Lines over them."""
    strokes: tuple[Stroke, ...] = ()
    """Straight lines over those."""
    letterings: tuple[Lettering, ...] = ()
    """Text over all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """A shape and what it stands for."""

    style: str
    """The class of the style sheet."""
    crossed: bool
    """Whether it is crossed out."""
    text: str
    """What it stands for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line of the table."""

    names: tuple[str, ...]
    """What it speaks of: the first is the heading of the line."""
    figures: tuple[Figure, ...]
    """The numbers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Numbers:
    """A table behind a picture."""

    name: str
    """A name that nothing else on the page has."""
    caption: str
    """Its caption."""
    names: tuple[str, ...]
    """Headings of the columns of text."""
    heads: tuple[str, ...]
    """Headings of the columns of numbers."""
    lines: tuple[Line, ...]
    """Its lines."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """One picture with the tables behind it."""

    name: str
    """A name that nothing else on the page has."""
    title: str
    """What is shown."""
    says: str
    """How to read it, and what is not drawn."""
    keys: tuple[Key, ...]
    """The shapes."""
    small: bool
    """Whether its panels stand beside one another where there is room."""
    panels: tuple[Panel, ...]
    """The drawings."""
    tables: tuple[Numbers, ...]
    """Every number that is drawn."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Axis:
    """From 0 to a round number, which is the length of the longest bar or somewhat more."""

    top: Decimal
    """The number at its end."""
    step: Decimal
    """From tick to tick."""

    @classmethod
    def over(cls, values: Iterable[Decimal]) -> Axis:
        """One on which every value has its place; where all are 0, it ends at 1 %."""
        most = max(values) or Decimal("0.01")
        step = round_step(most / _TICKS)
        return cls(top=(most / step).to_integral_value(rounding=ROUND_CEILING) * step, step=step)

    def length(self, value: Decimal, *, of: int = 100) -> Decimal:
        """The length of a bar, in percent of the width: the whole axis takes `of`."""
        return (value / self.top * of).quantize(Decimal("0.01"))

    @property
    def ticks(self) -> tuple[Decimal, ...]:
        """The numbers under it."""
        return tuple(self.step * i for i in range(int(self.top / self.step) + 1))


def ticks_of(axis: Axis, y: int, words: Words) -> Iterator[Stroke | Lettering]:
    """An axis from the left to the right edge, its ticks and their numbers in percent."""
    yield Stroke(start="0%", end="100%", top=y, bottom=y, style="axis")
    for tick in axis.ticks:
        yield from tick_at(axis.length(tick), tick, y, words)


def tick_at(place: Decimal, tick: Decimal, y: int, words: Words) -> Iterator[Stroke | Lettering]:
    """One tick with its number, which stays within the width at either end."""
    x = percent_of(place)
    anchor = "start" if place <= 0 else "end" if place >= 100 else "middle"
    yield Stroke(start=x, end=x, top=y, bottom=y + 4, style="axis")
    text = words.say("percent", percent=brief(tick))
    yield Lettering(x=x, y=y + 18, anchor=anchor, style="tick", text=text)


def headed(text: str, said: str, *, columns: int, top: int) -> tuple[list[Lettering], int]:
    """A name at the left, what is said of it at the right, and where that ends below."""
    labels = labels_of(text, columns=columns, top=top)
    names = [Lettering(x="0%", y=t.y, anchor="start", style="name", text=t.text) for t in labels]
    value = Lettering(x="100%", y=labels[0].y, anchor="end", style="value", text=said)
    return [*names, value], top + LINE * len(labels) + 2


def apart(marks: Iterable[Stroke | Lettering]) -> tuple[tuple[Stroke, ...], tuple[Lettering, ...]]:
    """Lines and text, which a panel draws one after the other."""
    marks = tuple(marks)
    strokes = tuple(mark for mark in marks if isinstance(mark, Stroke))
    return strokes, tuple(mark for mark in marks if isinstance(mark, Lettering))


def cut(shown: int, of: int, words: Words) -> str:
    """What is added to the text of a picture that does not draw all."""
    return " " + words.say("picture_cut", shown=shown, all=of) if shown < of else ""


def labels_of(text: str, *, columns: int, top: int) -> tuple[Label, ...]:
    """A label in lines; a very long one is cut, since the table has it whole."""
    lines = wrapped(text, columns=columns)
    shown = lines[:_MOST_LINES_OF_A_LABEL]
    if len(lines) > len(shown):
        shown = (*shown[:-1], shown[-1][: columns - 1] + "\u2026")
    return tuple(Label(y=top + LINE * (i + 1) - 4, text=line) for i, line in enumerate(shown))


def between(ends: tuple[Decimal, Decimal], words: Words) -> str:
    """A part of a range in words, or the one value that it is."""
    low, high = (figure(end).shown for end in ends)
    return low if ends[0] == ends[1] else words.say("from_to", low=low, high=high)


def middle_of(place: int, *, of: int) -> str:
    """The middle of one of so many equal parts of the width."""
    return percent_of((Decimal(100) * (2 * place + 1) / (2 * of)).quantize(Decimal("0.01")))


def percent_of(place: Decimal) -> str:
    """A place across the width, as SVG writes it."""
    return f"{place:f}%"
