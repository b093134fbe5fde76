"""What is known of decisions beside the cases: under chance, under attack and by proof, in one plot.

Drawn from the signed estimates alone, over all findings. Of a random neighbour, of the worst one that an
attack found, and of all of them the share that is decided rightly falls in this order; between the last two
lies what nobody knows, and it is shaded. Each line has its own dashes, since no colour says anything alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Final

from certify.dossier import Dossier
from certify.evidence import Estimate, Measurement
from certify.verdict import Finding
from reports.language import Words
from reports.number import brief, figure, lower_bound, percent, upper_bound
from reports.picture import Curve, Key, Lettering, Line, Numbers, Panel, Picture, Stroke, apart, percent_of
from reports.plots import round_step

STATISTICS: Final[Mapping[str, str]] = {
    "accuracy_under_noise": "noise",
    "accuracy_under_attack": "attack",
    "certified_accuracy": "proof",
}
"""What is drawn, by the name of the statistic, from the mildest question to the hardest."""

_NAME: Final = "strength="
_TOP, _HEIGHT, _FOOTER = 30, 200, 44
_FLOOR = _TOP + _HEIGHT
_LEFT, _WIDTH = Decimal(9), Decimal(88)
_FRAME = 1000

_LEAST, _MOST_POINTS = Decimal("1e-9"), 64
"""Less is not seen, and more is not read off a drawing: the estimates stand in the findings all the same."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Course:
    """One statistic over growing strength."""

    style: str
    """Which line it is: a class of the style sheet."""
    points: tuple[tuple[Decimal, Estimate], ...]
    """What was found at each strength, the least first."""

    def at(self, strength: Decimal) -> Decimal | None:
        """The share at a strength, if it was asked there."""
        return next((e.value for s, e in self.points if s == strength), None)


def surroundings(dossier: Dossier, words: Words) -> tuple[Picture, ...]:
    """A plot for each way of measuring distance in which at least two strengths were tried."""
    findings = sorted((*dossier.reproducible, *dossier.observed), key=lambda finding: finding.check.id)
    norms = sorted({_norm(finding) for finding in findings})
    drawn = ((norm, [*_courses(f for f in findings if _norm(f) == norm)]) for norm in norms)
    return tuple(
        _picture(norm, courses, words) for norm, courses in drawn if any(len(c.points) > 1 for c in courses)
    )


def _norm(finding: Finding) -> str:
    """`linf` bounds each number by itself; a check that says otherwise has a parameter of that name."""
    parameter = finding.check.method.parameters.get("norm")
    return str(parameter.value) if parameter is not None else "linf"


def _courses(findings: Iterable[Finding]) -> Iterator[_Course]:
    """Where several checks measured the same, the one of most cases is drawn."""
    found: dict[str, dict[Decimal, Estimate]] = {style: {} for style in STATISTICS.values()}
    for estimate in _estimates(findings):
        strength = _strength(estimate.stratum)
        if strength is None:
            continue
        course = found[STATISTICS[estimate.statistic]]
        if strength not in course or course[strength].n < estimate.n:
            course[strength] = estimate
    return (_Course(style=s, points=tuple(sorted(p.items()))) for s, p in found.items() if p)


def _estimates(findings: Iterable[Finding]) -> Iterator[Estimate]:
    for finding in findings:
        if isinstance(finding.result, Measurement):
            shares = (e for e in finding.result.estimates if e.statistic in STATISTICS)
            yield from islice((e for e in shares if 0 <= e.value <= 1), _MOST_POINTS)


def _strength(stratum: str) -> Decimal | None:
    try:
        strength = Decimal(stratum.removeprefix(_NAME))
    except InvalidOperation:
        return None
    fits = stratum.startswith(_NAME) and strength.is_finite() and _LEAST <= strength <= 1
    return strength if fits else None


def _picture(norm: str, courses: Sequence[_Course], words: Words) -> Picture:
    name = f"surroundings-{norm}"
    gap = "_gap" if _gap(courses) else ""
    return Picture(
        name=name,
        title=words.say("picture_surroundings"),
        says=words.say(f"picture_surroundings_{norm}") + " " + words.say(f"picture_surroundings_says{gap}"),
        keys=tuple(_keys(courses, words, shaded=bool(gap))),
        small=False,
        panels=(_panel(courses, name, words),),
        tables=(_table(courses, f"{name}-numbers", words),),
    )


def _keys(courses: Sequence[_Course], words: Words, *, shaded: bool) -> Iterator[Key]:
    for style in [*(course.style for course in courses), *(["unknown"] if shaded else [])]:
        yield Key(style=style, crossed=False, text=words.say(f"picture_surroundings_{style}"))


def _panel(courses: Sequence[_Course], name: str, words: Words) -> Panel:
    most = max(strength for course in courses for strength, _ in course.points)
    strokes, letterings = apart([*_axes(most, words), *_bounds(courses, most)])
    return Panel(
        name=name,
        heading="",
        title=words.say("picture_surroundings"),
        description=" ".join(_said(course, words) for course in courses),
        height=_FLOOR + _FOOTER,
        curves=(*_shade(courses, most), *(_curve(course, most) for course in courses)),
        strokes=strokes,
        letterings=letterings,
    )


def _across(strength: Decimal, most: Decimal) -> Decimal:
    return (_LEFT + strength / most * _WIDTH).quantize(Decimal("0.01"))


def _down(share: Decimal) -> int:
    return int(_TOP + (1 - share) * _HEIGHT)


def _curve(course: _Course, most: Decimal) -> Curve:
    return _drawn([(s, e.value) for s, e in course.points], most, course.style)


def _drawn(points: Sequence[tuple[Decimal, Decimal]], most: Decimal, style: str) -> Curve:
    places = [(_across(s, most) * _FRAME / 100, (1 - share) * _FRAME) for s, share in points]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    return Curve(y=_TOP, height=_HEIGHT, frame=f"0 0 {_FRAME} {_FRAME}", path=f"M{path}", style=style)


def _shade(courses: Sequence[_Course], most: Decimal) -> Iterator[Curve]:
    """From the attacked line down to the proved one, over the strengths at which both were asked."""
    gap = _gap(courses)
    if gap:
        around = [(s, above) for s, above, _ in gap] + [(s, below) for s, _, below in reversed(gap)]
        yield _drawn(around, most, "unknown")


def _gap(courses: Sequence[_Course]) -> list[tuple[Decimal, Decimal, Decimal]]:
    """Strength, attacked share, proved share; empty unless both were asked at two strengths or more."""
    by_style = {course.style: course for course in courses}
    if not {"attack", "proof"} <= by_style.keys():
        return []
    attack = by_style["attack"]
    both = [(s, e.value, attack.at(s)) for s, e in by_style["proof"].points]
    known = [(s, above, below) for s, below, above in both if above is not None]
    return known if len(known) > 1 else []


def _axes(most: Decimal, words: Words) -> Iterator[Stroke | Lettering]:
    left, right = percent_of(_LEFT), percent_of(_LEFT + _WIDTH)
    yield Stroke(start=left, end=right, top=_FLOOR, bottom=_FLOOR, style="axis")
    yield Stroke(start=left, end=left, top=_TOP, bottom=_FLOOR, style="axis")
    for share in (Decimal(0), Decimal("0.5"), Decimal(1)):
        text = words.say("percent", percent=brief(share))
        yield Lettering(x=percent_of(_LEFT - 1), y=_down(share) + 4, anchor="end", style="tick", text=text)
    step = round_step(most / 4)
    for tick in (step * i for i in range(int(most / step) + 1)):
        x = percent_of(_across(tick, most))
        yield Stroke(start=x, end=x, top=_FLOOR, bottom=_FLOOR + 4, style="axis")
        text = words.say("percent", percent=brief(tick))
        yield Lettering(x=x, y=_FLOOR + 18, anchor="middle", style="tick", text=text)
    yield Lettering(
        x=right, y=_FLOOR + 36, anchor="end", style="tick", text=words.say("picture_surroundings_axis")
    )


def _bounds(courses: Sequence[_Course], most: Decimal) -> Iterator[Stroke]:
    """A line between the one-sided bounds at every point; where there is none, it ends at the point."""
    for course in courses:
        for strength, estimate in course.points:
            bounds, x = estimate.demonstrating, percent_of(_across(strength, most))
            upper = estimate.value if bounds.upper is None else min(bounds.upper, Decimal(1))
            lower = estimate.value if bounds.lower is None else max(bounds.lower, Decimal(0))
            yield Stroke(start=x, end=x, top=_down(upper), bottom=_down(lower), style="bound")


def _said(course: _Course, words: Words) -> str:
    (first, start), (last, end) = course.points[0], course.points[-1]
    return words.say(
        "picture_surroundings_desc",
        line=words.say(f"picture_surroundings_{course.style}"),
        first=brief(first), start=brief(start.value), last=brief(last), end=brief(end.value),
    )  # fmt: skip


def _table(courses: Sequence[_Course], name: str, words: Words) -> Numbers:
    heads = ("picture_strength_percent", "share_percent", "lower_bound_of_it", "upper_bound_of_it", "rows_of")
    return Numbers(
        name=name,
        caption=words.say("picture_surroundings_numbers"),
        names=(words.say("picture_surroundings_question"),),
        heads=tuple(map(words.say, heads)),
        lines=tuple(_line(course, s, e, words) for course in courses for s, e in course.points),
    )


def _line(course: _Course, strength: Decimal, estimate: Estimate, words: Words) -> Line:
    bounds = estimate.demonstrating
    lower = Decimal(0) if bounds.lower is None else bounds.lower
    upper = Decimal(1) if bounds.upper is None else bounds.upper
    return Line(
        names=(words.say(f"picture_surroundings_{course.style}"),),
        figures=(
            percent(strength), percent(estimate.value), lower_bound(lower.scaleb(2)),
            upper_bound(upper.scaleb(2)), figure(Decimal(estimate.n)),
        ),
    )  # fmt: skip
