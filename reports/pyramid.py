"""The data against the reference population: a pyramid where age is crossed with two groups, else two sides.

In a pyramid the two sides are the two groups, bars are of the data and outlines over them of the reference.
Elsewhere the left side is of the data and the right one of the reference, stratum by stratum.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from certify.evidence import WHOLE, Measurement
from certify.submission.data import Attribute
from reports.exhibit import NEAR, agrees
from reports.forms import Strata, Stratum
from reports.language import Words
from reports.number import brief, figure, percent
from reports.picture import Axis, Key, Line, Numbers, Picture, cut
from reports.sides import Bar, Row, Sides, panel_of

_MOST_PANELS = 12
_AND = re.compile(r" & (?=[a-z][a-z0-9_]*=)")


def shares(
    strata: Strata, result: Measurement, attributes: Sequence[Attribute], name: str, words: Words
) -> Picture | None:
    """Shares by stratum; None unless the estimates say the same, of the data and beside the reference."""
    said = agrees(result, "share", {cell.stratum: cell.share for cell in strata.cells})
    if not said or not _agree_on_ratios(strata.cells, result):
        return None
    return _picture(strata.cells, attributes, name, words)


def _agree_on_ratios(cells: Sequence[Stratum], result: Measurement) -> bool:
    """A stratum of which the population has nobody has no ratio."""
    ratios = {cell.stratum: cell.share / cell.reference_share for cell in cells if cell.reference_share}
    signed = {e.stratum for e in result.estimates if e.statistic == "share_ratio"}
    return signed == ratios.keys() and agrees(result, "share_ratio", ratios)


def crossing(
    strata: Strata, result: Measurement, attributes: Sequence[Attribute], name: str, words: Words
) -> Picture | None:
    """Shares by cell of a crossing; None unless each is its count over the rows and the signed distance fits.

    What is signed is what is drawn less the part of it that is noise, and so never more.
    """
    if any(abs(cell.share * cell.n - cell.count) > Decimal("0.001") for cell in strata.cells):
        return None
    drawn = sum(map(_apart, strata.cells), Decimal(0)) / 2
    signed = [e.value for e in result.estimates if (e.statistic, e.stratum) == ("distance", WHOLE)]
    if not signed or max(signed) > drawn + NEAR:
        return None
    return _picture(strata.cells, attributes, name, words)


def _picture(cells: Sequence[Stratum], attributes: Sequence[Attribute], name: str, words: Words) -> Picture:
    sides = [side for group in _together(cells).values() for side in _sides(group, attributes, words)]
    says = words.say("picture_shares_says")
    if any(side.two and not side.close for side in sides):
        says += " " + words.say("picture_pyramid_says")
    if any(side.close for side in sides):
        says += " " + words.say("picture_pyramid_close")
    rows = sum(len(side.rows) for side in sides)
    drawn = sum(len(side.drawn) for side in sides[:_MOST_PANELS])
    axis = Axis.over([value for cell in cells for value in (cell.share, cell.reference_share)])
    return Picture(
        name=name,
        title=words.say("picture_shares"),
        says=says + cut(drawn, rows, words),
        keys=(
            Key(style="data", crossed=False, text=words.say("picture_data")),
            Key(style="reference", crossed=False, text=words.say("picture_reference")),
        ),
        small=False,
        panels=tuple(
            panel_of(side, axis, f"{name}-{place}", words)
            for place, side in enumerate(sides[:_MOST_PANELS], start=1)
        ),
        tables=(_numbers(cells, f"{name}-numbers", words),),
    )


def _together(cells: Sequence[Stratum]) -> Mapping[tuple[str, ...], list[Stratum]]:
    """Cells by the attributes that they speak of, in the order in which these come first."""
    found: dict[tuple[str, ...], list[Stratum]] = {}
    for cell in cells:
        found.setdefault(tuple(_groups(cell)), []).append(cell)
    return found


def _groups(cell: Stratum) -> dict[str, str]:
    """The group of each attribute that a stratum names."""
    return {name: group for name, _, group in (p.partition("=") for p in _AND.split(cell.stratum))}


def _sides(cells: Sequence[Stratum], attributes: Sequence[Attribute], words: Words) -> Iterator[Sides]:
    two = _age_and_two(cells, {attribute.name: attribute for attribute in attributes})
    if two is None:
        yield _mirrored(cells, words)
        return
    yield _pyramid(cells, *two, words)


def _age_and_two(
    cells: Sequence[Stratum], attributes: Mapping[str, Attribute]
) -> tuple[Attribute, Attribute] | None:
    """An attribute of ranges and one of two groups, if the cells are all of their crossings."""
    known = [attributes[name] for name in _groups(cells[0]) if name in attributes]
    if len(known) != 2 or len(_groups(cells[0])) != 2:
        return None
    for ages, two in (known, known[::-1]):
        ranges = all(group.from_ is not None for group in ages.groups)
        if ranges and len(two.groups) == 2 and len(cells) == 2 * len(ages.groups):
            wanted = {(a.name, t.name) for a in ages.groups for t in two.groups}
            found = {(_groups(cell)[ages.name], _groups(cell)[two.name]) for cell in cells}
            return (ages, two) if wanted == found else None
    return None


def _pyramid(cells: Sequence[Stratum], ages: Attribute, two: Attribute, words: Words) -> Sides:
    """The oldest stand on top."""
    place = {(_groups(cell)[ages.name], _groups(cell)[two.name]): cell for cell in cells}
    left, right = (group.name for group in two.groups)
    order = sorted(ages.groups, key=lambda group: group.from_ or 0, reverse=True)
    rows = tuple(_both(age.name, place[age.name, left], place[age.name, right], words) for age in order)
    title = words.say("picture_pyramid", ages=ages.name, two=two.name)
    farthest = _farthest(cells, words)
    return Sides(
        title=title,
        left=f"{two.name}={left}",
        right=f"{two.name}={right}",
        rows=rows,
        description=words.say("picture_pyramid_desc", left=left, right=right, farthest=farthest),
        two=True,
    )


def _both(label: str, left: Stratum, right: Stratum, words: Words) -> Row:
    bars = [
        Bar(value=value, left=cell is left, style=style)
        for cell in (left, right)
        for value, style in ((cell.share, "data"), (cell.reference_share, "reference"))
    ]
    texts = [
        words.say("share_and_reference", share=brief(c.share), reference=brief(c.reference_share))
        for c in (left, right)
    ]
    return Row(label=label, left=texts[0], right=texts[1], bars=tuple(bars))


def _mirrored(cells: Sequence[Stratum], words: Words) -> Sides:
    rows = tuple(
        Row(
            label=" & ".join(_groups(cell).values()),
            left=words.say("percent", percent=brief(cell.share)),
            right=words.say("percent", percent=brief(cell.reference_share)),
            bars=(
                Bar(value=cell.share, left=True, style="data"),
                Bar(value=cell.reference_share, left=False, style="reference"),
            ),
        )
        for cell in cells
    )
    return Sides(
        title=" & ".join(_groups(cells[0])),
        left=words.say("picture_data"),
        right=words.say("picture_reference"),
        rows=rows,
        description=words.say("picture_mirrored_desc", farthest=_farthest(cells, words)),
        two=False,
    )


def _apart(cell: Stratum) -> Decimal:
    return abs(cell.share - cell.reference_share)


def _farthest(cells: Sequence[Stratum], words: Words) -> str:
    cell = max(cells, key=_apart)
    share, reference = brief(cell.share), brief(cell.reference_share)
    return words.say("picture_farthest", stratum=cell.stratum[:80], share=share, reference=reference)


def _numbers(cells: Sequence[Stratum], name: str, words: Words) -> Numbers:
    heads = ("rows", "rows_of", "data_percent", "reference_percent")
    return Numbers(
        name=name,
        caption=words.say("picture_shares"),
        names=(words.say("stratum"),),
        heads=tuple(map(words.say, heads)),
        lines=tuple(
            Line(
                names=(cell.stratum,),
                figures=(
                    figure(Decimal(cell.count)),
                    figure(Decimal(cell.n)),
                    percent(cell.share),
                    percent(cell.reference_share),
                ),
            )
            for cell in cells
        ),
    )
