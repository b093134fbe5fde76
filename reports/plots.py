"""Interval plots as plain geometry: where the template draws what. No library, and no number decided here.

One drawing per bounded condition and one row per stratum: a mark at the estimate, a bar between the
one-sided bounds, the limit as a line through all rows, and the refusing side of it shaded. Across, positions
are percentages of whatever width the page has; down, they are pixels. So text never shrinks on a small
screen, and needs no script. Everything shown stands in the table behind the plot as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from certify.evidence import WHOLE, Bounds
from certify.ruling import Outcome
from certify.standard import AtLeast, AtMost
from certify.verdict import Finding, Judgement
from reports.comparison import Compared, comparisons
from reports.language import Words
from reports.mark import Mark, mark
from reports.number import figure
from reports.text import wrapped

LABEL_COLUMNS = 44
"""Latin characters in a line of a label: what fits beside nothing on a screen of 360 pixels."""

_HEADER, _LINE, _BAR, _FOOTER = 26, 15, 22, 30
_TICKS = 4
_MARGIN = Decimal("0.06")
_HALF = Decimal(50)
_ROUND = "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z"
_CROSS = "M-5-5 5 5M-5 5 5-5"


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """A line of text."""

    y: int
    """Its baseline, in pixels from the top."""
    text: str
    """The text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """A part of a bar, from left to right."""

    start: str
    """Left end in percent."""
    end: str
    """Right end in percent."""
    style: str
    """`bounded`, or `open` where there is no bound on that side and the line only runs out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class End:
    """The end of a bar at a bound."""

    x: str
    """Where, in percent."""
    top: int
    """Upper end of the stroke, in pixels."""
    bottom: int
    """Lower end of the stroke, in pixels."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlotRow:
    """One stratum."""

    labels: tuple[Label, ...]
    """Its name, in as many lines as it takes."""
    y: int
    """Height of the bar's axis."""
    x: str
    """The estimate, in percent."""
    segments: tuple[Segment, ...]
    """The bar, left and right of the estimate."""
    ends: tuple[End, ...]
    """The bounds; the one that decides is taller."""
    mark: Mark
    """How the comparison came out."""
    outline: str
    """The shape of that at the estimate, as an SVG path around it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tick:
    """A tick of the axis."""

    x: str
    """Where, in percent."""
    label: str
    """The number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plot:
    """One drawing."""

    name: str
    """A name that no other drawing on the page has."""
    title: str
    """What is drawn, in short."""
    description: str
    """What it means, for those who do not see it."""
    height: int
    """Height in pixels."""
    rows: tuple[PlotRow, ...]
    """The strata, in the order of the criterion."""
    limit_x: str
    """The limit, in percent."""
    limit_label: str
    """The limit in words."""
    limit_anchor: str
    """On which side of the line its label stands: SVG's `text-anchor`."""
    limit_y: int
    """Baseline of that label."""
    refusing_x: str
    """Left edge of the refusing side."""
    refusing_width: str
    """Its width."""
    rows_top: int
    """Upper edge of the rows."""
    rows_height: int
    """Their height together."""
    axis_y: int
    """Height of the axis."""
    ticks: tuple[Tick, ...]
    """Its ticks."""
    tick_end: int
    """Lower end of their strokes."""
    tick_y: int
    """Baseline of the numbers under it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """From values to percentages of the width."""

    low: Decimal
    """The value at the left edge."""
    high: Decimal
    """The value at the right edge."""

    @classmethod
    def over(cls, values: Sequence[Decimal]) -> Scale:
        """A scale on which every value has room; a single value stands in the middle."""
        low, high = min(values), max(values)
        room = (high - low) * _MARGIN or abs(high) / 2 or Decimal(1)
        return cls(low=low - room, high=high + room)

    def at(self, value: Decimal) -> Decimal:
        """The position of a value, in percent with two decimals."""
        return ((value - self.low) / (self.high - self.low) * 100).quantize(Decimal("0.01"))

    def ticks(self) -> Iterator[Decimal]:
        """Round numbers on the scale, steps of 1, 2 or 5 times a power of ten."""
        step = round_step((self.high - self.low) / _TICKS)
        count = (self.low / step).to_integral_value(rounding="ROUND_CEILING")
        while count * step <= self.high:
            yield count * step
            count += 1


def round_step(rough: Decimal) -> Decimal:
    """The nearest of 1, 2, 5 and 10 times the power of ten; the bounds are their geometric means."""
    power = Decimal(1).scaleb(rough.adjusted())
    nearest = ((Decimal("1.414"), 1), (Decimal("3.162"), 2), (Decimal("7.071"), 5), (Decimal(10), 10))
    return next(power * factor for bound, factor in nearest if rough <= power * bound)


def plots(finding: Finding, judgement: Judgement, name: str, words: Words) -> tuple[Plot, ...]:
    """A drawing for each bounded condition of which something was measured."""
    compared = comparisons(finding, judgement)
    drawings = []
    for index, condition in enumerate(finding.check.criterion.all):
        rows = [c for c in compared if c.condition is condition and c.estimate]
        if isinstance(condition, AtMost | AtLeast) and rows:
            limit = finding.check.limit(condition.limit)
            drawings.append(_plot(f"{name}-plot-{index}", condition, limit, rows, words))
    return tuple(drawings)


def _plot(
    name: str, condition: AtMost | AtLeast, limit: Decimal, compared: list[Compared], words: Words
) -> Plot:
    scale = Scale.over([limit, *(value for c in compared for value in _values(c))])
    rows = tuple(_rows(compared, scale, words, at_most=isinstance(condition, AtMost)))
    bottom = rows[-1].y + _BAR // 2
    at_limit = scale.at(limit)
    shown = figure(limit).shown
    refusing_x = at_limit if isinstance(condition, AtMost) else Decimal(0)
    return Plot(
        name=name,
        title=words.say("plot_title", statistic=condition.statistic),
        description=words.say(f"plot_{condition.require}", number=len(rows), limit=shown),
        height=bottom + _FOOTER,
        rows=rows,
        limit_x=_percent(at_limit),
        limit_label=words.say("plot_limit", limit=shown),
        limit_anchor="start" if at_limit < _HALF else "end",
        limit_y=_HEADER - 12,
        refusing_x=_percent(refusing_x),
        refusing_width=_percent(100 - at_limit if isinstance(condition, AtMost) else at_limit),
        rows_top=_HEADER - 6,
        rows_height=bottom - _HEADER + 6,
        axis_y=bottom,
        ticks=tuple(Tick(x=_percent(scale.at(t)), label=figure(t).shown) for t in scale.ticks()),
        tick_end=bottom + 4,
        tick_y=bottom + 18,
    )


def _values(compared: Compared) -> list[Decimal]:
    estimate, bounds = compared.estimate, _bounds(compared)
    assert estimate is not None
    return [estimate.value, *(bound for bound in (bounds.lower, bounds.upper) if bound is not None)]


def _bounds(compared: Compared) -> Bounds:
    """The bounds by which it was decided: what is refuted, is refuted by the corrected ones."""
    assert compared.estimate is not None
    refuted = compared.ruling.outcome is Outcome.REFUTED
    return compared.estimate.refuting if refuted else compared.estimate.demonstrating


def _rows(compared: list[Compared], scale: Scale, words: Words, *, at_most: bool) -> Iterator[PlotRow]:
    top = _HEADER
    for item in compared:
        assert item.estimate is not None
        lines = wrapped(item.subject if item.subject != WHOLE else words.say("whole"), columns=LABEL_COLUMNS)
        y = top + _LINE * len(lines) + _BAR // 2
        middle, bounds = scale.at(item.estimate.value), _bounds(item)
        upper_decides = at_most is not (item.ruling.outcome is Outcome.REFUTED)
        yield PlotRow(
            labels=tuple(Label(y=top + _LINE * (i + 1) - 3, text=line) for i, line in enumerate(lines)),
            y=y,
            x=_percent(middle),
            segments=tuple(_segments(middle, bounds, scale)),
            ends=tuple(_ends(bounds, scale, y, upper_decides=upper_decides)),
            mark=mark(item.ruling.outcome, words),
            outline=_CROSS if item.ruling.outcome is Outcome.REFUTED else _ROUND,
        )
        top = y + _BAR // 2


def _segments(middle: Decimal, bounds: Bounds, scale: Scale) -> Iterator[Segment]:
    left = Decimal(0) if bounds.lower is None else scale.at(bounds.lower)
    right = Decimal(100) if bounds.upper is None else scale.at(bounds.upper)
    for start, end, bound in ((left, middle, bounds.lower), (middle, right, bounds.upper)):
        yield Segment(start=_percent(start), end=_percent(end), style="open" if bound is None else "bounded")


def _ends(bounds: Bounds, scale: Scale, y: int, *, upper_decides: bool) -> Iterator[End]:
    for bound, decides in ((bounds.lower, not upper_decides), (bounds.upper, upper_decides)):
        if bound is not None:
            half = 7 if decides else 4
            yield End(x=_percent(scale.at(bound)), top=y - half, bottom=y + half)


def _percent(position: Decimal) -> str:
    return f"{position:f}%"
