"""A reader of handwritten digits, as a submission: an instrument for one closed collection.

The collection is the test part of the UCI set "Optical recognition of handwritten digits" (E. Alpaydin and
C. Kaynak, 1998) as scikit-learn brings it along: 1,797 images by thirteen writers. The writers are not told
apart in the data, so images are split at random and nothing is claimed about anybody else's hand.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from torch import Tensor, nn

from certify.demo.claim import Share, share_right
from certify.demo.export import Average, Standardise, run_graph, write_graph
from certify.demo.loss import declared, mean_cross_entropy
from certify.demo.split import Rows, Split, split_at_random
from certify.demo.training import Schedule, fit_in_batches, reproducible
from certify.demo.writing import open_folder, write_arrays, write_texts

VALIDATION: Final = 200
TEST: Final = 800
SPLIT_SEED: Final = 2024
MEMBERS: Final = 2
WIDTH: Final = 32
SCHEDULE: Final = Schedule(epochs=50, batch=128, rate=0.008)

FULL_BLOCK: Final = 16.0
"""Black pixels in a block that is entirely black."""

NOISE: Final = 1.0
"""Standard deviation of one block's count, in pixels, that the manifest declares."""

DECIMALS: Final = 5
"""With 800 test images every accuracy is exact at five decimals."""

Images = NDArray[np.float32]
"""Counts of black pixels, of shape [cases, 1, 8, 8]."""


def build(folder: Path) -> None:
    """Write the whole submission into `folder`, which must be new or empty."""
    open_folder(folder)
    images, labels = collection()
    parts = split_at_random(len(labels), validation=VALIDATION, test=TEST, seed=SPLIT_SEED)
    _write_data(folder, images, labels, parts)
    graph = folder / "model" / "digits.onnx"
    reader = train(images[parts.train], labels[parts.train])
    write_graph(reader, graph, takes="image", gives="probability", example=images[parts.validation])
    claimed = _share_right(graph, images, labels, parts.validation)
    figure = _share_right(graph, images, labels, parts.test)
    answers = run_graph(graph, images[parts.train]).astype(np.float64)
    reached = declared(mean_cross_entropy(answers, labels[parts.train]))
    write_texts("digits", folder, _numbers(claimed, figure) | {"reached": reached})


def collection() -> tuple[Images, NDArray[np.int64]]:
    """All images and the digit that each shows."""
    bundled: Any = load_digits()
    images = bundled.images.astype(np.float32)[:, np.newaxis]
    return images, bundled.target.astype(np.int64)


def train(images: Images, labels: NDArray[np.int64]) -> nn.Module:
    """Small convolutional networks that differ by their seed; the reader averages their scores.

    Scores and not probabilities: up to the last operator the reader is then piecewise linear, and what it
    does beside a case can be proved.
    """
    members = [_member(seed, images, labels) for seed in range(MEMBERS)]
    return nn.Sequential(Average(members), nn.Softmax(dim=1))


def _member(seed: int, images: Images, labels: NDArray[np.int64]) -> nn.Module:
    with reproducible(seed) as generator:
        network = _network()
        fit_in_batches(
            network, torch.from_numpy(images), torch.from_numpy(labels),
            augment=_as_written_again, schedule=SCHEDULE, generator=generator,
        )  # fmt: skip
    return network


def _network() -> nn.Sequential:
    """Strides instead of maximum pooling: a missing pixel then reaches the output as missing."""
    scale = Standardise(torch.tensor(0.0), torch.tensor(FULL_BLOCK))
    return nn.Sequential(
        scale, nn.Conv2d(1, WIDTH, 3, padding=1), nn.ReLU(),
        nn.Conv2d(WIDTH, 2 * WIDTH, 3, stride=2, padding=1), nn.ReLU(),
        nn.Conv2d(2 * WIDTH, 2 * WIDTH, 3, stride=2, padding=1), nn.ReLU(),
        nn.Flatten(), nn.Linear(8 * WIDTH, 10),
    )  # fmt: skip


def _as_written_again(images: Tensor, generator: torch.Generator) -> Tensor:
    """Turned by up to 0.2 radians, resized and shifted by up to a tenth, and with the declared noise."""
    angle, size, right, down = 2 * torch.rand(4, len(images), generator=generator) - 1
    cosine, sine = (1 + size / 10) * torch.cos(angle / 5), (1 + size / 10) * torch.sin(angle / 5)
    rows = torch.stack([cosine, -sine, right / 5]), torch.stack([sine, cosine, down / 5])
    motion = torch.stack(rows).permute(2, 0, 1)
    grid = nn.functional.affine_grid(motion, list(images.shape), align_corners=False)
    moved = nn.functional.grid_sample(images, grid, align_corners=False)
    noise = NOISE * torch.randn(images.shape, generator=generator)
    return (moved + noise).clamp(0, FULL_BLOCK)


def _write_data(folder: Path, images: Images, labels: NDArray[np.int64], parts: Split) -> None:
    for role, rows in (("train", parts.train), ("validation", parts.validation), ("test", parts.test)):
        arrays: dict[str, NDArray[Any]] = {"images": images[rows], "labels": labels[rows], "position": rows}
        write_arrays(folder / "data" / f"{role}.npz", arrays)


def _share_right(graph: Path, images: Images, labels: NDArray[np.int64], rows: Rows) -> Share:
    decided = run_graph(graph, images[rows]).argmax(axis=1).astype(np.int64)
    return share_right(decided, labels[rows])


def _numbers(claimed: Share, figure: Share) -> dict[str, object]:
    return {
        "claimed": claimed.claimed,
        "validated": claimed.words(),
        "accuracy": figure.printed(DECIMALS),
        "right": figure.words(),
        "seed": SPLIT_SEED,
        "members": MEMBERS,
        "epochs": SCHEDULE.epochs,
        "batch": SCHEDULE.batch,
        "rate": SCHEDULE.rate,
    }
