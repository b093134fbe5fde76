"""How many pictures are still decided rightly when they are noisy, blurred, snowed on or compressed.

The common corruptions of Hendrycks and Dietterich (ICLR 2019), all fifteen at five severities, in numpy and
scipy alone and for any size: their own code needs OpenCV, ImageMagick and photographs, and the package that
wraps it, imagecorruptions, holds files of 2020 in its newest version, 1.1.2. Each severity of a corruption
is a population of its own: the declared one, seen through it. Every case is corrupted once, so that it is one
independent trial, and a share has an exact bound.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from certify.digest import canonical
from checks.domain import Mask
from checks.measured import CannotMeasure, Confidence, Exhibit, Interval, Measured
from checks.predictor import UNDECIDED
from checks.robustness import blurs, compression, shades, weather
from checks.robustness.neighbourhood import tried_rows
from checks.robustness.picture import Layout, Pictures, layout_of
from checks.statistics.proportions import proportion
from checks.subject import Subject
from checks.table import Table

Corruption = Callable[[Pictures, int, np.random.Generator], Pictures]

CORRUPTIONS: Final[Mapping[str, Corruption]] = {
    "gaussian_noise": shades.gaussian_noise,
    "shot_noise": shades.shot_noise,
    "impulse_noise": shades.impulse_noise,
    "defocus_blur": blurs.defocus_blur,
    "glass_blur": blurs.glass_blur,
    "motion_blur": blurs.motion_blur,
    "zoom_blur": blurs.zoom_blur,
    "snow": weather.snow,
    "frost": weather.frost,
    "fog": weather.fog,
    "brightness": shades.brightness,
    "contrast": shades.contrast,
    "elastic_transform": compression.elastic_transform,
    "pixelate": compression.pixelate,
    "jpeg_compression": compression.jpeg_compression,
}

SEVERITIES: Final = (1, 2, 3, 4, 5)

CLEAN: Final = "corruption=none"
"""The stratum of the cases as they are."""

MOVED: Final = 0.1
"""The part of the cases that must not be fed as they were, or nothing is tried."""

_AT_ONCE: Final = 1 << 20
"""About so many numbers are corrupted at a time."""

_NAME: Final = re.compile(r"corruption=([a-z_]+) & severity=([1-5])")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Tried:
    """The cases that are tried, before anything is done to them."""

    subject: Subject
    layout: Layout
    fed: NDArray[Any]
    truth: NDArray[np.int64]
    answerable: Mask

    def right(self, fed: NDArray[Any]) -> int:
        """How many are decided rightly when they are fed so."""
        decided = self.subject.predictor.decide({self.layout.entry.name: fed})
        return int(np.count_nonzero(self.answerable & (decided == self.truth)))


def common_corruptions(
    subject: Subject, data: Table | None, confidence: Confidence, *, corruptions: tuple[str, ...], rows: int,
    seed: int,
) -> Measured:  # fmt: skip
    """Estimates `accuracy_under_corruption`: cases decided rightly, for each corruption at each severity.

    And of the same cases as they are: `corruption=none`.

    `corruptions` names what is asked for, such as `corruption=fog & severity=3`; of each corruption that is
    named all five severities are measured, on the same `rows`, drawn at random. A case outside the contract,
    of unknown label or undecided counts as wrong. Raises `CannotMeasure` for a model that is fed no pictures,
    and where what is asked for leaves nearly all as they were; any other severity is then left out.
    """
    if data is None:
        raise CannotMeasure("accuracy is measured on data, and none were given")
    data.require_independent_rows()
    names = _named(corruptions)
    tried = _tried(subject, data, tried_rows(subject, data, rows, seed))
    family = confidence.over(len(names) * len(SEVERITIES) + 1)
    shares = {
        (name, severity): _share(tried, name, severity, seed, family)
        for name in names
        for severity in SEVERITIES
    }
    _require_movement(corruptions, shares)
    found = {which: share for which, share in shares.items() if share is not None}
    clean = proportion(tried.right(tried.fed), len(tried.fed), family)
    strata = {**{stratum(*which): share for which, share in found.items()}, CLEAN: clean}
    return Measured(
        estimates=tuple(
            share.estimate(statistic="accuracy_under_corruption", stratum=name, confidence=family)
            for name, share in strata.items()
        ),
        exhibits=(_exhibit(clean, found),),
    )


def stratum(name: str, severity: int) -> str:
    """How one corruption at one severity is written."""
    return f"corruption={name} & severity={severity}"


def _named(strata: tuple[str, ...]) -> tuple[str, ...]:
    """The corruptions that are asked for, each once."""
    read = [_NAME.fullmatch(one) for one in strata]
    names = dict.fromkeys(match[1] for match in read if match)
    if not names or not all(read) or not set(names) <= set(CORRUPTIONS):
        raise CannotMeasure(
            "expected strata such as corruption=fog & severity=3, with a severity from 1 to 5 and one of "
            f"{', '.join(CORRUPTIONS)}; found {', '.join(strata) or 'none'}"
        )
    return tuple(names)


def _tried(subject: Subject, data: Table, which: NDArray[np.int64]) -> _Tried:
    layout = layout_of(subject.manifest.model.inputs)
    return _Tried(
        subject=subject,
        layout=layout,
        fed=data.inputs[layout.entry.name][which],
        truth=data.labels[which],
        answerable=data.inside[which] & (data.labels[which] != UNDECIDED),
    )


def _share(tried: _Tried, name: str, severity: int, seed: int, family: Confidence) -> Interval | None:
    """None where nearly all pictures stay as they were."""
    rng = tried.subject.generator(seed, stratum(name, severity))
    fed = corrupted(tried.layout, tried.fed, name, severity, rng)
    moved = np.count_nonzero((fed != tried.fed).reshape(len(fed), -1).any(axis=1))
    return proportion(tried.right(fed), len(fed), family) if moved >= MOVED * len(fed) else None


def _require_movement(asked: tuple[str, ...], shares: Mapping[tuple[str, int], Interval | None]) -> None:
    still = [stratum(*which) for which, share in shares.items() if share is None]
    if set(still) & set(asked):
        raise CannotMeasure(
            f"less than {MOVED:.0%} of the pictures are changed by {', '.join(still)}: that is too little to "
            "test anything"
        )


def corrupted(
    layout: Layout, fed: NDArray[Any], name: str, severity: int, rng: np.random.Generator
) -> NDArray[Any]:
    """The same tensor with every picture corrupted once, within the declared range and type."""
    at_once = max(1, _AT_ONCE // max(1, int(np.prod(fed.shape[1:]))))
    parts = [
        layout.fed(CORRUPTIONS[name](layout.seen(fed[start : start + at_once]), severity, rng))
        for start in range(0, len(fed), at_once)
    ]
    return np.concatenate(parts)


def _exhibit(clean: Interval, found: Mapping[tuple[str, int], Interval]) -> Exhibit:
    by_name: dict[str, list[dict[str, float]]] = {}
    for (name, severity), share in found.items():
        by_name.setdefault(name, []).append({"severity": severity, **_row(share)})
    return Exhibit(
        name="corrupted-accuracy.json",
        media_type="application/json",
        visibility="public",
        data=canonical({"rows": clean.n, "clean": _row(clean), "corruptions": by_name}),
    )


def _row(share: Interval) -> dict[str, float]:
    lower, upper = share.demonstrating
    return {"share": share.value, "lower": lower, "upper": upper}
