"""Bars of columns: the share of rows that lack a value, lie outside the domain, or were changed by a search.

Columns with most such rows come first; where there are more than fit, the table has the rest. Where there is
no such row, a sentence says so, and nothing is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from certify.evidence import Measurement, exact
from reports.exhibit import agrees_on_all
from reports.forms import Completeness, Domain, Evaded
from reports.language import Words
from reports.number import brief, figure, percent
from reports.picture import (
    BAR,
    FOOTER,
    GAP,
    LABEL_COLUMNS,
    MOST_ROWS,
    Axis,
    Box,
    Key,
    Lettering,
    Line,
    Numbers,
    Panel,
    Picture,
    apart,
    cut,
    headed,
    percent_of,
    ticks_of,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Column:
    name: str
    """As the data name it."""
    rows: int
    """How many are concerned."""
    share: Decimal
    """Of all rows."""


def missingness(exhibit: Completeness, result: Measurement, name: str, words: Words) -> Picture | None:
    """The share of rows that lack a value in each column; None if the estimates say another share."""
    if not agrees_on_all(result, "incomplete_share", exact(exhibit.incomplete / exhibit.rows)):
        return None
    return _bars("missing", exhibit.missing, exhibit.rows, exhibit.incomplete, name, words)


def outside(exhibit: Domain, result: Measurement, name: str, words: Words) -> Picture | None:
    """The share of rows outside the declared domain, by column; None if the estimates say another share."""
    if not agrees_on_all(result, "outside_share", exact(exhibit.outside / exhibit.rows)):
        return None
    several = len({s.source for s in exhibit.of_each_source}) < len(exhibit.of_each_source)
    if several:
        return None
    each = {source.source: source.outside for source in exhibit.of_each_source}
    return _bars("outside", each, exhibit.rows, exhibit.outside, name, words)


def changed(exhibit: Evaded, result: Measurement, name: str, words: Words) -> Picture | None:
    """The share of cases in which each number was changed to get another answer; None if contradicted."""
    if not agrees_on_all(result, "evaded_share", exact(exhibit.evaded / exhibit.rows)):
        return None
    return _bars("changed", exhibit.changed, exhibit.rows, exhibit.found, name, words)


def _bars(
    what: str, counts: Mapping[str, int], rows: int, concerned: int, name: str, words: Words
) -> Picture:
    columns = [
        _Column(name=column, rows=count, share=exact(count / rows))
        for column, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    if not concerned:
        return _nothing(what, columns, rows, name, words)
    shown = columns[:MOST_ROWS]
    says = words.say(f"picture_{what}_says", concerned=concerned, rows=rows)
    return Picture(
        name=name,
        title=words.say(f"picture_{what}"),
        says=says + cut(len(shown), len(columns), words),
        keys=(Key(style="data", crossed=False, text=words.say(f"picture_{what}_key")),),
        small=False,
        panels=(_panel(what, shown, rows, f"{name}-1", words),),
        tables=(_numbers(columns, rows, f"{name}-numbers", words.say(f"picture_{what}"), words),),
    )


def _nothing(what: str, columns: Sequence[_Column], rows: int, name: str, words: Words) -> Picture:
    title = words.say(f"picture_{what}")
    return Picture(
        name=name,
        title=title,
        says=words.say(f"picture_{what}_none", columns=len(columns), rows=rows),
        keys=(),
        small=False,
        panels=(),
        tables=(_numbers(columns, rows, f"{name}-numbers", title, words),),
    )


def _panel(what: str, columns: Sequence[_Column], rows: int, name: str, words: Words) -> Panel:
    axis = Axis.over([column.share for column in columns])
    boxes, letterings, top = [], list[Lettering](), 0
    for column in columns:
        head, y = headed(column.name, _value(column, words), columns=LABEL_COLUMNS, top=top)
        letterings += head
        length = percent_of(axis.length(column.share))
        boxes.append(Box(x="0%", width="100%", y=y, height=BAR, style="ground"))
        boxes.append(Box(x="0%", width=length, y=y, height=BAR, style="data"))
        top = y + BAR + GAP
    strokes, numbers = apart(ticks_of(axis, top, words))
    return Panel(
        name=name,
        heading="",
        title=words.say(f"picture_{what}"),
        description=_description(what, columns, rows, words),
        height=top + FOOTER,
        boxes=tuple(boxes),
        strokes=strokes,
        letterings=(*letterings, *numbers),
    )


def _value(column: _Column, words: Words) -> str:
    return words.say("rows_and_share", rows=column.rows, percent=brief(column.share))


def _description(what: str, columns: Sequence[_Column], rows: int, words: Words) -> str:
    """The three that stand out, by name: the rest is in the table."""
    worst = [column for column in columns[:3] if column.rows]
    named = "; ".join(f"{column.name[:60]}, {_value(column, words)}" for column in worst)
    return words.say(f"picture_{what}_most", columns=len(columns), rows=rows, named=named)


def _numbers(columns: Sequence[_Column], rows: int, name: str, caption: str, words: Words) -> Numbers:
    return Numbers(
        name=name,
        caption=caption,
        names=(words.say("column"),),
        heads=(words.say("rows"), words.say("rows_of"), words.say("share_percent")),
        lines=tuple(_lines(columns, rows)),
    )


def _lines(columns: Sequence[_Column], rows: int) -> Iterator[Line]:
    for column in columns:
        counted = (figure(Decimal(column.rows)), figure(Decimal(rows)))
        yield Line(names=(column.name,), figures=(*counted, percent(column.share)))
