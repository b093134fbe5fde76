"""Right decisions on corrupted pictures: a small plot for each corruption, the share against the severity.

Drawn from what the method left, and only if the signed estimates say the same. A dashed line shows the share
on clean pictures; strokes through the points are the one-sided bounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from certify.evidence import Measurement
from reports.exhibit import NEAR
from reports.forms import Corrupted, CorruptedShare
from reports.language import Words
from reports.number import Figure, brief, figure, lower_bound, percent, upper_bound
from reports.picture import Curve, Key, Lettering, Line, Numbers, Panel, Picture, Stroke, apart, percent_of

_TOP, _HEIGHT = 12, 90
_FLOOR = _TOP + _HEIGHT
_LEFT, _WIDTH = Decimal(16), Decimal(80)
_FRAME, _MOST = 1000, 5
_STATISTIC: Final = "accuracy_under_corruption"
_CLEAN: Final = "corruption=none"


def corrupted(exhibit: Corrupted, result: Measurement, name: str, words: Words) -> Picture | None:
    """None unless the estimates say the same shares and bounds."""
    if not _agrees(exhibit, result):
        return None
    courses = sorted(exhibit.corruptions.items())
    return Picture(
        name=name,
        title=words.say("picture_corrupted"),
        says=words.say("picture_corrupted_says", rows=exhibit.rows),
        keys=(
            Key(style="proof", crossed=False, text=words.say("picture_corrupted_key")),
            Key(style="attack", crossed=False, text=words.say("picture_corrupted_clean")),
        ),
        small=True,
        panels=tuple(
            _panel(corruption, points, exhibit.clean.share, f"{name}-{place}", words)
            for place, (corruption, points) in enumerate(courses, start=1)
        ),
        tables=(_table(exhibit, f"{name}-numbers", words),),
    )


def _agrees(exhibit: Corrupted, result: Measurement) -> bool:
    signed = {e.stratum: e for e in result.estimates if e.statistic == _STATISTIC}
    said = {
        f"corruption={corruption} & severity={point.severity}": point
        for corruption, points in exhibit.corruptions.items()
        for point in points
    }
    return all(
        (estimate := signed.get(stratum)) is not None
        and abs(estimate.value - point.share) <= NEAR
        and _near(estimate.demonstrating.lower, point.lower)
        and _near(estimate.demonstrating.upper, point.upper)
        for stratum, point in {**said, _CLEAN: exhibit.clean}.items()
    )


def _near(signed: Decimal | None, said: Decimal) -> bool:
    return signed is not None and abs(signed - said) <= NEAR


def _panel(
    corruption: str, points: Sequence[CorruptedShare], clean: Decimal, name: str, words: Words
) -> Panel:
    title = words.term(corruption)
    first, last = points[0], points[-1]
    strokes, letterings = apart([*_axes(words), *_bounds(points), _last(last, words)])
    return Panel(
        name=name,
        heading=title,
        title=title,
        description=words.say(
            "picture_corrupted_desc", clean=brief(clean), first=first.severity, start=brief(first.share),
            last=last.severity, end=brief(last.share),
        ),
        height=_FLOOR + 24,
        curves=(_level(clean), _curve(points)),
        strokes=strokes,
        letterings=letterings,
    )  # fmt: skip


def _across(severity: int) -> Decimal:
    return _LEFT + _WIDTH * (severity - 1) / (_MOST - 1)


def _down(share: Decimal) -> int:
    return int(_TOP + (1 - share) * _HEIGHT)


def _curve(points: Sequence[CorruptedShare]) -> Curve:
    places = [(_across(p.severity) * _FRAME / 100, (1 - p.share) * _FRAME) for p in points]
    return _drawn(places, "proof")


def _level(clean: Decimal) -> Curve:
    height = (1 - clean) * _FRAME
    return _drawn([(_across(end) * _FRAME / 100, height) for end in (1, _MOST)], "attack")


def _drawn(places: Sequence[tuple[Decimal, Decimal]], style: str) -> Curve:
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    return Curve(y=_TOP, height=_HEIGHT, frame=f"0 0 {_FRAME} {_FRAME}", path=f"M{path}", style=style)


def _axes(words: Words) -> Iterator[Stroke | Lettering]:
    left, right = percent_of(_LEFT), percent_of(_LEFT + _WIDTH)
    yield Stroke(start=left, end=right, top=_FLOOR, bottom=_FLOOR, style="axis")
    yield Stroke(start=left, end=left, top=_TOP, bottom=_FLOOR, style="axis")
    for share in (Decimal(0), Decimal(1)):
        text = words.say("percent", percent=brief(share))
        yield Lettering(x=percent_of(_LEFT - 1), y=_down(share) + 4, anchor="end", style="tick", text=text)
    for severity in range(1, _MOST + 1):
        x = percent_of(_across(severity))
        yield Lettering(x=x, y=_FLOOR + 16, anchor="middle", style="tick", text=str(severity))


def _last(point: CorruptedShare, words: Words) -> Lettering:
    """The share at the greatest severity, below its point where there is room."""
    y = _down(point.share) + (18 if point.share > Decimal("0.3") else -8)
    text = words.say("percent", percent=brief(point.share))
    return Lettering(x=percent_of(_across(point.severity)), y=y, anchor="end", style="value", text=text)


def _bounds(points: Sequence[CorruptedShare]) -> Iterator[Stroke]:
    for point in points:
        x = percent_of(_across(point.severity))
        yield Stroke(start=x, end=x, top=_down(point.upper), bottom=_down(point.lower), style="bound")


def _table(exhibit: Corrupted, name: str, words: Words) -> Numbers:
    heads = ("share_percent", "lower_bound_of_it", "upper_bound_of_it", "rows_of")
    rows = figure(Decimal(exhibit.rows))
    clean = (words.say("picture_corrupted_clean"), "", exhibit.clean)
    lines = [
        clean,
        *(
            (words.term(corruption), str(point.severity), point)
            for corruption, points in sorted(exhibit.corruptions.items())
            for point in points
        ),
    ]
    return Numbers(
        name=name,
        caption=words.say("picture_corrupted_numbers"),
        names=(words.say("picture_corrupted_name"), words.say("picture_corrupted_severity")),
        heads=tuple(map(words.say, heads)),
        lines=tuple(
            Line(names=(corruption, severity), figures=(*_figures(share), rows))
            for corruption, severity, share in lines
        ),
    )


def _figures(share: CorruptedShare) -> tuple[Figure, Figure, Figure]:
    lower, upper = share.lower.scaleb(2), share.upper.scaleb(2)
    return percent(share.share), lower_bound(lower), upper_bound(upper)
