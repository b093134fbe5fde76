"""A map of the declared domain: for each column its parts in a line, shaded by rows, holes crossed out.

A part with fewer rows than the check asks for is a hole. How many cells of two columns at once are covered is
a bar of its own; which are not is in a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from certify.evidence import WHOLE, Measurement, exact
from reports.exhibit import agrees
from reports.forms import Coverage, Pairs, Parts
from reports.language import Words
from reports.number import brief, figure
from reports.picture import (
    BAR,
    GAP,
    LABEL_COLUMNS,
    LINE,
    MOST_ROWS,
    Box,
    Key,
    Lettering,
    Line,
    Numbers,
    Panel,
    Picture,
    Stroke,
    between,
    cut,
    headed,
    middle_of,
    percent_of,
)
from reports.text import shortened

CELLS_IN_A_LINE = 10

_CELL = 24
_SHADES = (Decimal("0.01"), Decimal("0.1"), Decimal("0.5"))
_NAMED_CELLS, _SHORT = 3, 14
_THOUSAND = 1000


@dataclass(kw_only=True, slots=True)
class _Drawn:
    """What is drawn so far, from above."""

    boxes: list[Box] = field(default_factory=list)
    """Cells."""
    strokes: list[Stroke] = field(default_factory=list)
    """Crosses."""
    letterings: list[Lettering] = field(default_factory=list)
    """Text."""
    bottom: int = 0
    """Where it ends."""


def coverage(exhibit: Coverage, result: Measurement, name: str, words: Words) -> Picture | None:
    """The map; None unless the estimates say the same covered shares, of pairs and of every column."""
    shares = {f"feature={c.source}": exact(_covered(c, exhibit) / len(c.rows)) for c in exhibit.columns}
    shares[WHOLE] = exact(exhibit.pairs.covered / exhibit.pairs.cells)
    if not agrees(result, "covered_share", shares):
        return None
    columns = _with_most_holes(exhibit)
    says = words.say("picture_coverage_says", fewest=exhibit.fewest_rows)
    says += cut(len(columns), len(exhibit.columns), words)
    if exhibit.holes_not_shown:
        says += " " + words.say("picture_coverage_cut", more=exhibit.holes_not_shown)
    return Picture(
        name=name,
        title=words.say("picture_coverage"),
        says=says,
        keys=(
            Key(style="shade-4", crossed=False, text=words.say("picture_coverage_many")),
            Key(style="shade-1", crossed=False, text=words.say("picture_coverage_few")),
            Key(style="empty", crossed=True, text=words.say("picture_coverage_hole")),
        ),
        small=False,
        panels=tuple(_panels(columns, exhibit, shares[WHOLE], name, words)),
        tables=tuple(_tables(exhibit, name, words)),
    )


def _covered(column: Parts, exhibit: Coverage) -> int:
    return sum(rows >= exhibit.fewest_rows for rows in column.rows)


def _with_most_holes(exhibit: Coverage) -> list[Parts]:
    """In the given order; of too many columns those with most holes."""
    ranked = sorted(exhibit.columns, key=lambda c: _covered(c, exhibit) - len(c.rows))[:MOST_ROWS]
    kept = {column.source for column in ranked}
    return [column for column in exhibit.columns if column.source in kept]


def _panels(
    columns: Sequence[Parts], exhibit: Coverage, share: Decimal, name: str, words: Words
) -> Iterator[Panel]:
    """The parts of columns, and of pairs of columns if there is a pair."""
    yield _columns(columns, exhibit, f"{name}-1", words)
    if len(exhibit.columns) > 1:
        yield _pairs(exhibit, share, f"{name}-2", words)


def _parts(column: Parts, words: Words) -> tuple[str, ...]:
    """The parts by name, in the language of the report."""
    return tuple(between(ends, words) for ends in column.ends) or column.labels


def _columns(columns: Sequence[Parts], exhibit: Coverage, name: str, words: Words) -> Panel:
    drawn = _Drawn()
    for column in columns:
        _draw(column, exhibit, drawn, words)
    return Panel(
        name=name,
        heading=words.say("picture_coverage_columns"),
        title=words.say("picture_coverage_columns"),
        description=_description(exhibit, words),
        height=drawn.bottom,
        boxes=tuple(drawn.boxes),
        strokes=tuple(drawn.strokes),
        letterings=tuple(drawn.letterings),
    )


def _description(exhibit: Coverage, words: Words) -> str:
    """The first holes by name: all are in the table."""
    holes = [
        f"{column.source[:60]}: {label[:60]}"
        for column in exhibit.columns
        for label, rows in zip(_parts(column, words), column.rows, strict=True)
        if rows < exhibit.fewest_rows
    ]
    parts = sum(len(column.rows) for column in exhibit.columns)
    if not holes:
        return words.say("picture_coverage_none", columns=len(exhibit.columns), parts=parts)
    named = "; ".join(holes[:3])
    return words.say(
        "picture_coverage_holes", columns=len(exhibit.columns), parts=parts, holes=len(holes), named=named
    )


def _draw(column: Parts, exhibit: Coverage, drawn: _Drawn, words: Words) -> None:
    """Its name, its cells in lines, and the names of the first and last part under each line."""
    said = words.say("covered_of", covered=_covered(column, exhibit), all=len(column.rows))
    head, top = headed(column.source, said, columns=LABEL_COLUMNS, top=drawn.bottom)
    drawn.letterings += head
    across, names = min(len(column.rows), CELLS_IN_A_LINE), _parts(column, words)
    for start in range(0, len(column.rows), across):
        for place, rows in enumerate(column.rows[start : start + across]):
            _cell(rows, place, across, top, exhibit, max(column.rows), drawn)
        drawn.letterings += _names(names[start : start + across], across, top + _CELL + 13)
        top += _CELL + LINE + 4
    drawn.bottom = top + GAP


def _cell(rows: int, place: int, across: int, top: int, exhibit: Coverage, most: int, drawn: _Drawn) -> None:
    width = Decimal(100) / across
    x, end = (percent_of((width * at).quantize(Decimal("0.01"))) for at in (place, place + 1))
    hole = rows < exhibit.fewest_rows
    style = "empty" if hole else f"shade-{_shade(rows, most)}"
    box = percent_of(width.quantize(Decimal("0.01")))
    drawn.boxes.append(Box(x=x, width=box, y=top, height=_CELL, style=style))
    if hole:
        drawn.strokes.append(Stroke(start=x, end=end, top=top, bottom=top + _CELL, style="hole"))
        drawn.strokes.append(Stroke(start=x, end=end, top=top + _CELL, bottom=top, style="hole"))
        return
    x, y = middle_of(place, of=across), top + _CELL // 2 + 4
    drawn.letterings.append(Lettering(x=x, y=y, anchor="middle", style="count", text=thousands(rows)))


def _shade(rows: int, most: int) -> int:
    """From 1 to 4, by the share of the fullest part."""
    return 1 + sum(rows >= most * step for step in _SHADES)


def thousands(rows: int) -> str:
    """A count in at most four characters, rounded down, so that it fits into a cell on a small screen.

    >>> thousands(999), thousands(1250), thousands(48842), thousands(3_700_000)
    ('999', '1.2k', '48k', '3.7M')
    """
    if rows < _THOUSAND:
        return str(rows)
    power = (len(str(rows)) - 1) // 3
    tenths = rows * 10 // _THOUSAND**power
    shown = f"{tenths / 10:g}" if tenths < 100 else str(tenths // 10)
    return f"{shown}{'kMGT'[power - 1]}"


def _names(labels: Sequence[str], across: int, y: int) -> Iterator[Lettering]:
    """Each part where there are few, else the first and the last of the line; of a short line both in one."""
    if len(labels) == across <= _NAMED_CELLS:
        for place, label in enumerate(labels):
            x, text = middle_of(place, of=across), shortened(label, most=_SHORT)
            yield Lettering(x=x, y=y, anchor="middle", style="tick", text=text)
        return
    first, last = (shortened(label, most=_SHORT) for label in (labels[0], labels[-1]))
    if len(labels) == 1 or 2 * len(labels) < across:
        both = first if len(labels) == 1 else f"{first} \u2026 {last}"
        yield Lettering(x="0%", y=y, anchor="start", style="tick", text=both)
        return
    end = percent_of((Decimal(100) * len(labels) / across).quantize(Decimal("0.01")))
    yield Lettering(x="0%", y=y, anchor="start", style="tick", text=first)
    yield Lettering(x=end, y=y, anchor="end", style="tick", text=last)


def _pairs(exhibit: Coverage, share: Decimal, name: str, words: Words) -> Panel:
    """One bar: how many cells of any two columns hold enough rows."""
    pairs = exhibit.pairs
    said = words.say("covered_and_share", covered=pairs.covered, all=pairs.cells, percent=brief(share))
    length = percent_of((share * 100).quantize(Decimal("0.01")))
    return Panel(
        name=name,
        heading=words.say("picture_coverage_pairs"),
        title=words.say("picture_coverage_pairs"),
        description=said,
        height=LINE + BAR + GAP,
        boxes=(
            Box(x="0%", width="100%", y=LINE + 2, height=BAR, style="ground"),
            Box(x="0%", width=length, y=LINE + 2, height=BAR, style="data"),
        ),
        letterings=(Lettering(x="0%", y=LINE - 4, anchor="start", style="value", text=said),),
    )


def _tables(exhibit: Coverage, name: str, words: Words) -> Iterator[Numbers]:
    yield _table_of_parts(exhibit, f"{name}-columns", words)
    if len(exhibit.columns) > 1:
        yield _table_of_pairs(exhibit.pairs, f"{name}-pairs", words)
    if exhibit.holes:
        yield _table_of_holes(exhibit, f"{name}-holes", words)


def _table_of_parts(exhibit: Coverage, name: str, words: Words) -> Numbers:
    return Numbers(
        name=name,
        caption=words.say("picture_coverage_columns"),
        names=(words.say("column"), words.say("part")),
        heads=(words.say("rows"),),
        lines=tuple(
            Line(names=(column.source, label), figures=(figure(Decimal(rows)),))
            for column in exhibit.columns
            for label, rows in zip(_parts(column, words), column.rows, strict=True)
        ),
    )


def _table_of_pairs(pairs: Pairs, name: str, words: Words) -> Numbers:
    counts = (figure(Decimal(pairs.covered)), figure(Decimal(pairs.cells)))
    return Numbers(
        name=name,
        caption=words.say("picture_coverage_pairs"),
        names=(words.say("column"),),
        heads=(words.say("covered"), words.say("rows_of")),
        lines=(Line(names=(words.say("two_columns"),), figures=counts),),
    )


def _table_of_holes(exhibit: Coverage, name: str, words: Words) -> Numbers:
    return Numbers(
        name=name,
        caption=words.say("picture_coverage_list"),
        names=(words.say("part"),),
        heads=(words.say("rows"),),
        lines=tuple(_holes(exhibit, words)),
    )


def _holes(exhibit: Coverage, words: Words) -> Iterator[Line]:
    names = {
        (column.source, label): name
        for column in exhibit.columns
        for label, name in zip(column.labels, _parts(column, words), strict=True)
    }
    for hole in exhibit.holes:
        cells = "; ".join(f"{source}: {names[source, part]}" for source, part in hole.cells.items())
        yield Line(names=(cells,), figures=(figure(Decimal(hole.rows)),))
