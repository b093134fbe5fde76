"""Corruptions between the camera and what it looks at: snow, frost and fog.

Constants and formulas of snow and fog: see `checks.robustness.shades`. The frost of the source is a choice of
photographs, which are not ours to ship: here the ice is drawn, needles that grow from the edge, with the
weights of the source. It covers as much and looks different.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.robustness.blurs import moved
from checks.robustness.picture import Pictures
from checks.robustness.warping import GRID, looked_up, resized

_SNOW: Final = (
    (0.1, 0.2, 1, 0.6, 8, 3, 0.95),
    (0.1, 0.2, 1, 0.5, 10, 4, 0.9),
    (0.15, 0.3, 1.75, 0.55, 10, 4, 0.9),
    (0.25, 0.3, 2.25, 0.6, 12, 6, 0.85),
    (0.3, 0.3, 1.25, 0.65, 14, 12, 0.8),
)
"""Mean and spread of the flakes, their size, the least that is seen, way and spread of their fall, and how
much of the picture is left."""

_FROST: Final = ((1, 0.2), (1, 0.3), (0.9, 0.4), (0.85, 0.4), (0.75, 0.45))
"""How much of the picture is left, and how much ice is added."""

_FOG: Final = ((0.2, 3), (0.5, 3), (0.75, 2.5), (1, 2), (1.5, 1.75))
"""How thick it is, and how fast its unevenness fades towards small sizes."""

_RIDGES: Final = 1 / 8
"""Ice is bright where two mists are equally thick, to within this share of their difference."""


def snow(pictures: Pictures, severity: int, rng: np.random.Generator) -> Pictures:
    """Flakes that fall, twice, the second turned round, and a paler picture behind."""
    mean, spread, size, least, way, along, left = _SNOW[severity - 1]
    flakes = mean + spread * rng.standard_normal((len(pictures), GRID, GRID, 1))
    flakes = _nearer(flakes, size)
    flakes = np.clip(np.where(flakes < least, 0, flakes), 0, 1)
    fallen = moved(flakes, way, along, rng.uniform(np.pi / 4, 3 * np.pi / 4, len(pictures)))
    layer = resized(fallen, *pictures.shape[1:3])
    pale = np.maximum(pictures, _grey(pictures) * 1.5 + 0.5)
    return left * pictures + (1 - left) * pale + layer + layer[:, ::-1, ::-1]


def _nearer(layer: Pictures, factor: float) -> Pictures:
    """Seen from nearer, about its middle."""
    at = np.asarray((np.arange(GRID) - (GRID - 1) / 2) * (1 / factor - 1), dtype=np.float64)
    return looked_up(layer, at[:, np.newaxis], at[np.newaxis, :])


def _grey(pictures: Pictures) -> Pictures:
    """The luma of Rec. ITU-R BT.601, as OpenCV has it."""
    if pictures.shape[-1] == 1:
        return pictures
    return np.asarray(pictures @ np.array([[0.299], [0.587], [0.114]]), dtype=np.float64)


def frost(pictures: Pictures, severity: int, rng: np.random.Generator) -> Pictures:
    """A darker picture behind ice."""
    left, added = _FROST[severity - 1]
    first, second = (_mist(pictures, 1.6, rng) for _ in range(2))
    ice = np.exp(-0.5 * ((first - second) / _RIDGES) ** 2)
    return left * pictures + added * ice


def fog(pictures: Pictures, severity: int, rng: np.random.Generator) -> Pictures:
    """A mist that is thicker here and thinner there; the brightest stays as bright as it was."""
    thick, fade = _FOG[severity - 1]
    brightest = pictures.max(axis=(1, 2, 3), keepdims=True)
    foggy = pictures + thick * _mist(pictures, fade, rng)
    return np.asarray(foggy * brightest / (brightest + thick), dtype=np.float64)


def _mist(pictures: Pictures, fade: float, rng: np.random.Generator) -> Pictures:
    """Between 0 and 1: a plasma by diamonds and squares (Fournier and others, CACM 25(6), 1982)."""
    height, width = pictures.shape[1:3]
    drawn = _plasma(len(pictures), 1 << (max(height, width) - 1).bit_length(), fade, rng)
    drawn -= drawn.min(axis=(1, 2), keepdims=True)
    even = drawn / drawn.max(axis=(1, 2), keepdims=True)
    return np.asarray(even[:, :height, :width, np.newaxis], dtype=np.float64)


def _plasma(cases: int, side: int, fade: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """On a torus, from the whole side down to pixels; each halving divides the unevenness by `fade`."""
    land, step, rough = np.zeros((cases, side, side)), side, 1.0
    while step >= 2:
        half, corners = step // 2, land[:, ::step, ::step]
        below = np.roll(corners, -1, axis=1)
        middles = (corners + below + np.roll(corners + below, -1, axis=2)) / 4
        middles = middles + rng.uniform(-rough, rough, middles.shape)
        land[:, half::step, half::step] = middles
        beside = corners + np.roll(corners, -1, axis=2) + middles + np.roll(middles, 1, axis=1)
        land[:, ::step, half::step] = beside / 4 + rng.uniform(-rough, rough, middles.shape)
        under = corners + below + middles + np.roll(middles, 1, axis=2)
        land[:, half::step, ::step] = under / 4 + rng.uniform(-rough, rough, middles.shape)
        step, rough = half, rough / fade
    return land
