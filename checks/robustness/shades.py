"""Corruptions of single pixels: noise of sensors, too much light, too little contrast.

Constants and formulas: Hendrycks and Dietterich, Benchmarking neural network robustness to common corruptions
and perturbations (ICLR 2019), section 4 and `make_cifar_c.py` of their repository hendrycks/robustness
(Apache-2.0), for pictures of 32 by 32. The lists hold severities 1 to 5.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from checks.robustness.picture import Pictures

_SPREAD: Final = (0.04, 0.06, 0.08, 0.09, 0.10)
_PHOTONS: Final = (500, 250, 100, 75, 50)
_STRUCK: Final = (0.01, 0.02, 0.03, 0.05, 0.07)
_LIGHT: Final = (0.05, 0.1, 0.15, 0.2, 0.3)
_CONTRAST: Final = (0.75, 0.5, 0.4, 0.3, 0.15)


def gaussian_noise(pictures: Pictures, severity: int, rng: np.random.Generator) -> Pictures:
    """A normal error on every pixel: little light."""
    return pictures + _SPREAD[severity - 1] * rng.standard_normal(pictures.shape)


def shot_noise(pictures: Pictures, severity: int, rng: np.random.Generator) -> Pictures:
    """Light counted in so many photons where it is brightest."""
    photons = _PHOTONS[severity - 1]
    return np.asarray(rng.poisson(np.clip(pictures, 0, 1) * photons) / photons, dtype=np.float64)


def impulse_noise(pictures: Pictures, severity: int, rng: np.random.Generator) -> Pictures:
    """Some pixels all dark or all bright: errors of transmission."""
    struck = rng.random(pictures.shape) < _STRUCK[severity - 1]
    return np.where(struck, rng.integers(0, 2, pictures.shape), pictures)


def brightness(pictures: Pictures, severity: int, rng: np.random.Generator) -> Pictures:
    """More light: the value of HSV is raised, hue and saturation stay."""
    value = pictures.max(axis=-1, keepdims=True)
    raised = np.clip(value + _LIGHT[severity - 1], 0, 1)
    dark = value <= 0
    lit = pictures * raised / np.where(dark, 1, value)
    return np.asarray(np.where(dark, raised, lit), dtype=np.float64)


def contrast(pictures: Pictures, severity: int, rng: np.random.Generator) -> Pictures:
    """Every pixel nearer to the mean of its picture and colour."""
    middle = pictures.mean(axis=(1, 2), keepdims=True)
    return np.asarray(middle + _CONTRAST[severity - 1] * (pictures - middle), dtype=np.float64)
