"""Corruptions of sharpness: out of focus, behind frosted glass, in motion, on the way towards.

Constants: see `checks.robustness.shades`. There, kernels are built on the grid of pixels and vanish in small
pictures; here a blurred pixel is the mean of what lies around it, read between pixels, at places that are
shares of the side. Glass takes each pixel from a place nearby instead of swapping whole pixels.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.robustness.picture import Pictures
from checks.robustness.warping import in_pixels, looked_up

_FOCUS: Final = ((0.3, 0.4), (0.4, 0.5), (0.5, 0.6), (1, 0.2), (1.5, 0.1))
"""Radius of the disc, and spread of the normal blur that smooths it."""

_GLASS: Final = ((0.05, 1, 1), (0.25, 1, 1), (0.4, 1, 1), (0.25, 1, 2), (0.4, 1, 2))
"""Spread of the blur before and after, greatest shift, and how often it is shifted."""

_MOTION: Final = ((6, 1), (6, 1.5), (6, 2), (8, 2), (9, 2.5))
"""Longest way, and spread along it."""

_ZOOM: Final = (1.06, 1.11, 1.16, 1.21, 1.26)
"""Up to below which factor, in steps of a hundredth."""


def defocus_blur(pictures: Pictures, severity: int, rng: np.random.Generator) -> Pictures:
    """Each point spread over a disc, which is itself a little soft."""
    radius, soft = (in_pixels(pictures) * length for length in _FOCUS[severity - 1])
    step = _step(pictures)
    steps = step * np.arange(-(radius // step), radius // step + 1)
    places = [(y, x) for y in steps for x in steps if y * y + x * x <= radius**2 * (1 + 1e-9)]
    spread = [looked_up(pictures, np.array(y), np.array(x)) for y, x in places]
    return softened(np.mean(spread, axis=0), soft)


def _step(pictures: Pictures) -> float:
    """How far apart in pixels the places are of which a blur is the mean: as in the source, or a pixel."""
    return min(1.0, in_pixels(pictures))


def softened(pictures: Pictures, spread: float) -> Pictures:
    """A normal blur with a spread in pixels, down and then across."""
    step = _step(pictures)
    reach = int(np.ceil(3 * spread / step))
    places = step * np.arange(-reach, reach + 1)
    weights = np.exp(-0.5 * (places / spread) ** 2)
    blurred, still = pictures, np.array(0.0)
    for axis in range(2):
        ways = [(place, still) if axis == 0 else (still, place) for place in places]
        parts = [weight * looked_up(blurred, *way) for weight, way in zip(weights, ways, strict=True)]
        blurred = np.asarray(np.sum(parts, axis=0) / weights.sum(), dtype=np.float64)
    return blurred


def glass_blur(pictures: Pictures, severity: int, rng: np.random.Generator) -> Pictures:
    """Each pixel taken from a random place nearby, once or twice, between two soft blurs."""
    spread, shift, times = _GLASS[severity - 1]
    size = in_pixels(pictures)
    shaken = softened(pictures, size * spread)
    for _ in range(times):
        down, across = rng.uniform(-shift * size, shift * size, (2, *pictures.shape[:3]))
        shaken = looked_up(shaken, down, across)
    return softened(shaken, size * spread)


def motion_blur(pictures: Pictures, severity: int, rng: np.random.Generator) -> Pictures:
    """The camera moved in a direction within 45 degrees of level, and slowed down."""
    way, spread = _MOTION[severity - 1]
    angles = rng.uniform(-np.pi / 4, np.pi / 4, len(pictures))
    return moved(pictures, way * in_pixels(pictures), spread * in_pixels(pictures), angles)


def moved(pictures: Pictures, way: float, spread: float, angles: NDArray[np.float64]) -> Pictures:
    """What a point leaves behind: half a normal distribution along a way, at an angle for each case."""
    steps = np.arange(0, way + _step(pictures) / 2, _step(pictures))
    weights = np.exp(-0.5 * (steps / spread) ** 2)
    down, across = (part[:, np.newaxis, np.newaxis] for part in (np.sin(angles), np.cos(angles)))
    blurred = sum(
        weight * looked_up(pictures, step * down, step * across)
        for step, weight in zip(steps, weights / weights.sum(), strict=True)
    )
    return np.asarray(blurred, dtype=np.float64)


def zoom_blur(pictures: Pictures, severity: int, rng: np.random.Generator) -> Pictures:
    """The camera moved towards the middle of the picture: the mean over all sizes, and the sharp one."""
    height, width = pictures.shape[1:3]
    rows, columns = np.indices((height, width)) - np.array([height - 1, width - 1]).reshape(2, 1, 1) / 2
    factors = np.arange(1, _ZOOM[severity - 1], 0.01)
    nearer = [looked_up(pictures, rows * (1 / f - 1), columns * (1 / f - 1)) for f in factors]
    return np.asarray((pictures + np.sum(nearer, axis=0)) / (len(factors) + 1), dtype=np.float64)
