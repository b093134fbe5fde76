"""Corruptions of what is kept of a picture: bent, in fewer pixels, as JPEG.

Constants of bending, pixels and quality: see `checks.robustness.shades`. JPEG: ITU-T Rec. T.81 (1992), the
tables K.1 and K.2 of annex K, scaled by quality as the Independent JPEG Group does. Only what loses anything
is done: colours to YCbCr (JFIF), the cosine transform of blocks of 8 by 8, rounding. Colours are kept at full
size.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dctn, idctn
from scipy.ndimage import gaussian_filter

from checks.robustness.picture import Pictures
from checks.robustness.warping import GRID, in_pixels, looked_up, resized

_BENT: Final = ((0, 0, 0.08), (0.05, 0.2, 0.07), (0.08, 0.06, 0.06), (0.1, 0.04, 0.05), (0.1, 0.03, 0.03))
"""How far and how smoothly it is bent, and how far three points move: shares of the side."""

_KEPT: Final = (0.95, 0.9, 0.85, 0.75, 0.65)
_QUALITY: Final = (80, 65, 58, 50, 40)
_BLOCK: Final = 8

_LUMINANCE: Final = np.array([
    [16, 11, 10, 16, 24, 40, 51, 61], [12, 12, 14, 19, 26, 58, 60, 55], [14, 13, 16, 24, 40, 57, 69, 56],
    [14, 17, 22, 29, 51, 87, 80, 62], [18, 22, 37, 56, 68, 109, 103, 77], [24, 35, 55, 64, 81, 104, 113, 92],
    [49, 64, 78, 87, 103, 121, 120, 101], [72, 92, 95, 98, 112, 100, 103, 99],
])  # fmt: skip
_CHROMINANCE: Final = np.full((_BLOCK, _BLOCK), 99)
_CHROMINANCE[:4, :4] = [[17, 18, 24, 47], [18, 21, 26, 66], [24, 26, 56, 99], [47, 66, 99, 99]]

_TO_YCBCR: Final = np.array([
    [0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312],
])  # fmt: skip


def elastic_transform(pictures: Pictures, severity: int, rng: np.random.Generator) -> Pictures:
    """Three points are moved and the picture with them, and then it is bent here and there."""
    far, smooth, turned = _BENT[severity - 1]
    leant = looked_up(pictures, *_leaning(pictures, turned, rng))
    bends = rng.uniform(-1, 1, (2, len(pictures), GRID, GRID, 1))
    soft = gaussian_filter(bends, (0, 0, smooth * GRID, smooth * GRID, 0), mode="reflect", truncate=3)
    pixels = far * GRID * in_pixels(pictures)
    down, across = (pixels * resized(bend, *pictures.shape[1:3])[..., 0] for bend in soft)
    return looked_up(leant, down, across)


def _leaning(pictures: Pictures, turned: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Where each pixel comes from when three points about the middle move by up to a share of the side."""
    height, width = pictures.shape[1:3]
    middle, arm = np.array([height // 2, width // 2]), min(height, width) // 3
    corners = np.array([[arm, arm], [arm, -arm], [-arm, -arm]]) + middle
    far = turned * min(height, width)
    to = corners + rng.uniform(-far, far, (len(pictures), 3, 2))
    homogeneous = np.concatenate([to, np.ones((len(pictures), 3, 1))], axis=2)
    back = np.linalg.solve(homogeneous, np.broadcast_to(corners, to.shape).astype(np.float64))
    rows, columns = np.indices((height, width))
    here = np.stack([rows, columns, np.ones_like(rows)], axis=-1)
    from_where = np.einsum("yxk,nkd->dnyx", here, back)
    return np.asarray(from_where - np.stack([rows, columns])[:, np.newaxis], dtype=np.float64)


def pixelate(pictures: Pictures, severity: int, rng: np.random.Generator) -> Pictures:
    """Kept in fewer pixels, and shown at its old size: both ways as the box filter of Pillow does."""
    height, width = pictures.shape[1:3]
    kept = _KEPT[severity - 1]
    small = boxed(pictures, int(height * kept), int(width * kept))
    return boxed(small, height, width)


def boxed(pictures: Pictures, height: int, width: int) -> Pictures:
    """At another size, each new pixel the mean of the old ones whose middle it covers."""
    down, across = _covered(pictures.shape[1], height), _covered(pictures.shape[2], width)
    shrunk = np.einsum("yh,nhwc->nywc", down, pictures)
    return np.asarray(np.einsum("xw,nywc->nyxc", across, shrunk), dtype=np.float64)


def _covered(before: int, after: int) -> NDArray[np.float64]:
    """Equal shares of the old pixels for each new one: [after, before], rows add up to 1."""
    middles, wide = (np.arange(after) + 0.5) * before / after, max(before / after, 1)
    apart = (np.arange(before) + 0.5 - middles[:, np.newaxis]) / wide
    taken = (apart > -0.5) & (apart <= 0.5)
    return np.asarray(taken / taken.sum(axis=1, keepdims=True), dtype=np.float64)


def jpeg_compression(pictures: Pictures, severity: int, rng: np.random.Generator) -> Pictures:
    """Compressed and shown again."""
    return compressed(pictures, _QUALITY[severity - 1])


def compressed(pictures: Pictures, quality: int) -> Pictures:
    """As JPEG of a quality between 1 and 100, of grey or of three colours."""
    levels = np.rint(255 * np.clip(pictures, 0, 1))
    if pictures.shape[-1] == 1:
        return _rounded_in_blocks(levels - 128, quality, _LUMINANCE) / 255 + 128 / 255
    planes = np.rint(levels @ _TO_YCBCR.T - [128, 0, 0])
    brightness = _rounded_in_blocks(planes[..., :1], quality, _LUMINANCE)
    colour = _rounded_in_blocks(planes[..., 1:], quality, _CHROMINANCE)
    back = np.concatenate([brightness + 128, colour], axis=-1) @ np.linalg.inv(_TO_YCBCR).T
    return np.asarray(np.rint(np.clip(back, 0, 255)) / 255, dtype=np.float64)


def _rounded_in_blocks(planes: Pictures, quality: int, table: NDArray[np.int64]) -> Pictures:
    """Each block of 8 by 8 as its cosine transform, rounded to the steps of the table."""
    cases, height, width, colours = planes.shape
    more = [(0, -side % _BLOCK) for side in (height, width)]
    full = np.pad(planes, [(0, 0), *more, (0, 0)], mode="edge")
    blocks = full.reshape(cases, -(-height // _BLOCK), _BLOCK, -(-width // _BLOCK), _BLOCK, colours)
    steps = _steps(quality, table)[:, np.newaxis, :, np.newaxis]
    kept = np.rint(dctn(blocks, axes=(2, 4), norm="ortho") / steps) * steps
    shown = np.rint(idctn(kept, axes=(2, 4), norm="ortho")).reshape(full.shape)
    return np.asarray(np.clip(shown, -128, 127)[:, :height, :width], dtype=np.float64)


def _steps(quality: int, table: NDArray[np.int64]) -> NDArray[np.int64]:
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    return np.clip((table * scale + 50) // 100, 1, 255)
