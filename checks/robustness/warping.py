"""Pictures looked at elsewhere: between the pixels, at other sizes, on a grid that does not depend on them.

Lengths in the published corruptions are pixels of pictures of 32 by 32. Here they are shares of the shorter
side, so that the same severity does about the same to a picture of 8 by 8 as to one of 224 by 224. Beyond its
edge a picture is mirrored, and between pixels it is read as linear. That blurs a little by itself: pictures
smaller than 32 by 32 are blurred somewhat more than in proportion.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.robustness.picture import Pictures

GRID: Final = 32
"""The side of the pictures (CIFAR-10) for which the constants were published."""

Field = NDArray[np.float64]
"""One number for each pixel of each case, or whatever broadcasts to it: [cases, height, width]."""


def in_pixels(pictures: Pictures) -> float:
    """How many pixels of these pictures make one of 32 by 32."""
    return float(min(pictures.shape[1:3])) / GRID


def looked_up(pictures: Pictures, down: Field, across: Field) -> Pictures:
    """Each pixel as it is found `down` and `across` pixels from where it stands."""
    cases, height, width, _ = pictures.shape
    rows, columns = np.indices((height, width))
    upper, lower, low_share = _between(rows + down, height)
    left, right, right_share = _between(columns + across, width)
    each = np.arange(cases)[:, np.newaxis, np.newaxis]
    top = _mixed(pictures[each, upper, left], pictures[each, upper, right], right_share)
    bottom = _mixed(pictures[each, lower, left], pictures[each, lower, right], right_share)
    return _mixed(top, bottom, low_share)


def _between(place: Field, size: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Field]:
    """The two pixels beside each place, and how far it is towards the second."""
    floor = np.floor(place)
    first = floor.astype(np.int64)
    return _mirrored(first, size), _mirrored(first + 1, size), place - floor


def _mirrored(index: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Beyond the edge the picture comes back, the edge itself once: 2 1 0 1 2."""
    period = 2 * (size - 1)
    there = np.mod(index, period)
    return np.asarray(np.minimum(there, period - there), dtype=np.int64)


def _mixed(one: Pictures, other: Pictures, share: Field) -> Pictures:
    part = share[..., np.newaxis]
    return one * (1 - part) + other * part


def resized(pictures: Pictures, height: int, width: int) -> Pictures:
    """At another size, each new pixel the mean of the area that it covers."""
    down, across = _coverage(pictures.shape[1], height), _coverage(pictures.shape[2], width)
    shrunk = np.einsum("yh,nhwc->nywc", down, pictures)
    return np.asarray(np.einsum("xw,nywc->nyxc", across, shrunk), dtype=np.float64)


def _coverage(before: int, after: int) -> NDArray[np.float64]:
    """Which share of each new pixel is covered by each old one: [after, before], rows add up to 1."""
    ends, old = np.arange(after + 1) * before / after, np.arange(before)
    overlap = np.minimum(ends[1:, np.newaxis], old + 1) - np.maximum(ends[:-1, np.newaxis], old)
    return np.asarray(np.clip(overlap, 0, None) * after / before, dtype=np.float64)
