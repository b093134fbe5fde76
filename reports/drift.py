"""Drift, column by column: two histograms over one axis, and how far they lie apart.

The filled steps are of the first table, the line over them is of the second. Columns whose bound is largest
come first, and only so many are drawn; the distances of all are in a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal

from certify.evidence import Measurement, exact
from reports.exhibit import NEAR
from reports.forms import Drift, Feature
from reports.language import Words
from reports.number import brief, figure, percent, upper_bound
from reports.picture import (
    Box,
    Curve,
    Key,
    Lettering,
    Line,
    Numbers,
    Panel,
    Picture,
    Stroke,
    between,
    cut,
    middle_of,
    percent_of,
)
from reports.text import shortened

MOST_DRAWN = 24

_WORDS_LINE, _BOUND_LINE, _TOP, _HEIGHT = 12, 26, 56, 96
_FLOOR = _TOP + _HEIGHT
_FRAME = 1000
_NAMED_LABELS, _NAMED_CHARACTERS = 6, 30
_SHORT = 16


def drift(exhibit: Drift, result: Measurement, name: str, words: Words) -> Picture | None:
    """A small drawing for each column; None unless the estimates say the same distances and bounds."""
    if not _agrees(exhibit, result):
        return None
    features = sorted(exhibit.features, key=lambda feature: (-feature.upper, feature.feature))
    shown = features[:MOST_DRAWN]
    first, second = (words.term(role) for role in exhibit.roles)
    says = words.say("picture_drift_says", first=first, second=second)
    return Picture(
        name=name,
        title=words.say("picture_drift"),
        says=says + cut(len(shown), len(features), words),
        keys=(
            Key(style="data", crossed=False, text=first),
            Key(style="reference", crossed=False, text=second),
        ),
        small=True,
        panels=tuple(
            _panel(feature, features[0].upper, f"{name}-{place}", (first, second), words)
            for place, feature in enumerate(shown, start=1)
        ),
        tables=(
            _distances(features, f"{name}-distances", words),
            _histograms(shown, f"{name}-histograms", (first, second), words),
        ),
    )


def _agrees(exhibit: Drift, result: Measurement) -> bool:
    """Whether the signed estimates have these values and these upper bounds."""
    signed = {e.stratum: e for e in result.estimates if e.statistic == "distribution_distance"}
    return all(
        (estimate := signed.get(f"feature={feature.feature}")) is not None
        and (upper := estimate.demonstrating.upper) is not None
        and abs(estimate.value - feature.distance) <= NEAR
        and abs(upper - feature.upper) <= NEAR
        for feature in exhibit.features
    )


def _panel(feature: Feature, widest: Decimal, name: str, roles: tuple[str, str], words: Words) -> Panel:
    shares = _shares(feature)
    top = max(*shares[0], *shares[1]) or Decimal(1)
    said = words.say(
        "picture_drift_distance",
        distance=figure(_places(feature.distance, ROUND_HALF_EVEN)).shown,
        upper=figure(_places(feature.upper, ROUND_CEILING)).shown,
    )
    letterings = [
        Lettering(x="0%", y=_WORDS_LINE, anchor="start", style="value", text=said),
        Lettering(
            x="0%", y=_TOP - 4, anchor="start", style="tick", text=words.say("percent", percent=brief(top))
        ),
        *_ends(feature),
        *_apart(feature, words),
    ]
    bars = len(feature.counts[0])
    return Panel(
        name=name,
        heading=feature.feature,
        title=feature.feature,
        description=words.say(
            "picture_drift_desc", first=roles[0], second=roles[1], said=said, bars=bars, most=brief(top)
        ),
        height=max(lettering.y for lettering in letterings) + 6,
        boxes=(_box(feature.distance, widest),),
        curves=tuple(
            Curve(y=_TOP, height=_HEIGHT, frame=f"0 0 {bars} {_FRAME}", path=_path(each, top), style=style)
            for each, style in zip(shares, ("data", "reference"), strict=True)
        ),
        strokes=(*_bound(feature, widest), *_axes()),
        letterings=tuple(letterings),
    )


def _places(number: Decimal, rounding: str) -> Decimal:
    """Three places for a drawing; the table has all."""
    return number.quantize(Decimal("0.001"), rounding=rounding)


def _shares(feature: Feature) -> tuple[list[Decimal], list[Decimal]]:
    """Of all rows of each table, those without a value among them."""
    one, other = (
        [exact(count / rows) for count in counts]
        for counts, rows in zip(feature.counts, feature.rows, strict=True)
    )
    return one, other


def _path(shares: Sequence[Decimal], top: Decimal) -> str:
    """Steps from the left to the right, in a frame of one unit a bar."""
    heights = [(_FRAME - share / top * _FRAME).quantize(Decimal("0.1")) for share in shares]
    steps = "".join(f"V{height}H{place}" for place, height in enumerate(heights, start=1))
    return f"M0 {_FRAME}{steps}V{_FRAME}"


def _box(distance: Decimal, widest: Decimal) -> Box:
    width = _along(distance, widest)
    return Box(x="0%", width=percent_of(width), y=_BOUND_LINE - 6, height=8, style="data")


def _bound(feature: Feature, widest: Decimal) -> Iterator[Stroke]:
    """From the distance to its bound, as in the plots of estimates."""
    start, end = (percent_of(_along(value, widest)) for value in (feature.distance, feature.upper))
    middle = _BOUND_LINE - 2
    yield Stroke(start=start, end=end, top=middle, bottom=middle, style="bound")
    yield Stroke(start=end, end=end, top=middle - 6, bottom=middle + 6, style="bound")


def _along(value: Decimal, widest: Decimal) -> Decimal:
    """On a scale that all panels share, so that they can be compared."""
    return (value / (widest or Decimal(1)) * 98).quantize(Decimal("0.01"))


def _axes() -> Iterator[Stroke]:
    yield Stroke(start="0%", end="100%", top=_FLOOR, bottom=_FLOOR, style="axis")
    yield Stroke(start="0%", end="0%", top=_TOP, bottom=_FLOOR, style="axis")


def _ends(feature: Feature) -> Iterator[Lettering]:
    """Under the axis: each code where they are few and short, else the first and the last."""
    y, labels = _FLOOR + 15, feature.labels
    if not labels or feature.labels_in_a_bar > 1 or not _all_fit(labels):
        first, last = _names(feature)
        yield Lettering(x="0%", y=y, anchor="start", style="tick", text=first)
        yield Lettering(x="100%", y=y, anchor="end", style="tick", text=last)
        return
    for place, label in enumerate(labels):
        x = middle_of(place, of=len(labels))
        yield Lettering(x=x, y=y, anchor="middle", style="tick", text=label)


def _all_fit(labels: Sequence[str]) -> bool:
    return len(labels) <= _NAMED_LABELS and max(map(len, labels)) * len(labels) <= _NAMED_CHARACTERS


def _names(feature: Feature) -> tuple[str, str]:
    if feature.labels:
        return shortened(feature.labels[0], most=_SHORT), shortened(feature.labels[-1], most=_SHORT)
    return figure(feature.ends[0][0]).shown, figure(feature.ends[-1][1]).shown


def _apart(feature: Feature, words: Words) -> Iterator[Lettering]:
    """What stands in no bar, if there is any."""
    y = _FLOOR + 31
    for key, counts in (("missing", feature.missing), ("outside", feature.outside)):
        if any(counts):
            one, other = (brief(exact(n / rows)) for n, rows in zip(counts, feature.rows, strict=True))
            text = words.say(f"picture_drift_{key}", first=one, second=other)
            yield Lettering(x="0%", y=y, anchor="start", style="value", text=text)
            y += 16


def _distances(features: Sequence[Feature], name: str, words: Words) -> Numbers:
    return Numbers(
        name=name,
        caption=words.say("picture_drift_distances"),
        names=(words.say("column"),),
        heads=(words.say("distance"), words.say("upper_bound_of_it")),
        lines=tuple(
            Line(names=(f.feature,), figures=(figure(f.distance), upper_bound(f.upper))) for f in features
        ),
    )


def _histograms(features: Sequence[Feature], name: str, roles: tuple[str, str], words: Words) -> Numbers:
    heads = [words.say(key, role=role) for role in roles for key in ("rows_in", "percent_in")]
    return Numbers(
        name=name,
        caption=words.say("picture_drift_histograms"),
        names=(words.say("column"), words.say("part")),
        heads=tuple(heads),
        lines=tuple(line for feature in features for line in _lines(feature, words)),
    )


def _lines(feature: Feature, words: Words) -> Iterator[Line]:
    """Parts in which neither table has a row are left out: there are many, and they are drawn as nothing."""
    parts = [*zip(_parts(feature, words), *feature.counts, strict=True)]
    parts.append((words.say("without_value"), *feature.missing))
    parts.append((words.say("in_no_part"), *feature.outside))
    for part, *counts in parts:
        if not any(counts):
            continue
        figures = [
            each
            for count, rows in zip(counts, feature.rows, strict=True)
            for each in (figure(Decimal(count)), percent(exact(count / rows)))
        ]
        yield Line(names=(feature.feature, part), figures=tuple(figures))


def _parts(feature: Feature, words: Words) -> Iterator[str]:
    """The bars by name: codes, or from where to where."""
    labels, size = feature.labels, feature.labels_in_a_bar
    yield from (", ".join(labels[start : start + size]) for start in range(0, len(labels), size or 1))
    yield from (between(ends, words) for ends in feature.ends)
