"""How many readings of digits an attack leaves right, and how long it takes, beside other libraries.

All attack the same published net on the same images with the same budget in the same run, and what they find
is decided again by the submitted graph. Run with `pytest -m benchmark -s tests/benchmarks`, with
`torchattacks` or `adversarial-robustness-toolbox` (and `multiprocess`) installed beside the lock; what is not
there is left out. Nothing here asserts a time.
"""

from __future__ import annotations

import gzip
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from torch.nn import functional

from certify.submission.model import TensorInput
from checks.attacks.campaign import Budget, attack
from checks.attacks.engine import SlopeEngine
from checks.attacks.goal import OtherClass
from checks.attacks.reach import ball
from checks.attacks.slopes import SlopeGraph
from checks.attacks.space import space_of
from checks.differentiable.network import Graph

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.skipif("CERTIFY_DATA" not in os.environ, reason="needs the digits: set CERTIFY_DATA"),
]
IMAGES, STEPS, QUERIES = 128, 50, 200
SHAPE = (1, 28, 28)


class Reader:
    """The published net, the images that it reads rightly, and what each was read as."""

    def __init__(self) -> None:
        folder = Path(os.environ["CERTIFY_DATA"]) / "mnist"
        self.data = (folder / "mnist_cntk.onnx").read_bytes()
        packed = gzip.decompress((folder / "t10k-images-idx3-ubyte.gz").read_bytes())[16:]
        labels = gzip.decompress((folder / "t10k-labels-idx1-ubyte.gz").read_bytes())[8:]
        images = np.frombuffer(packed, "u1").reshape(-1, *SHAPE)[:IMAGES].astype(np.float32)
        self.alone = onnxruntime.InferenceSession(self.data, providers=["CPUExecutionProvider"])
        read = self.read(images)
        right = read == np.frombuffer(labels, "u1")[:IMAGES]
        self.images, self.own = images[right], read[right]

    def read(self, images: Any) -> Any:
        """What the graph as submitted reads, one by one."""
        asked = [self.alone.run(None, {"Input3": image[np.newaxis]})[0].argmax() for image in images]
        return np.array(asked)


class Twin(torch.nn.Module):
    """The same net in torch, for brightness between 0 and 1, as others take it."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        held = Graph(data, "net.onnx").constants.values()
        self.held = {tuple(c.shape): c.float() for c in held if c.is_floating_point()}
        self.nothing = torch.nn.Parameter(torch.zeros(1))

    def forward(self, images: Any) -> Any:
        held = self.held
        a = functional.conv2d(images * 255, held[8, 1, 5, 5], padding=2) + held[8, 1, 1]
        b = functional.max_pool2d(a.relu(), 2)
        c = functional.conv2d(b, held[16, 8, 5, 5], padding=2) + held[16, 1, 1]
        d = functional.max_pool2d(c.relu(), 3).flatten(1)
        return d @ held[16, 4, 4, 10].reshape(256, 10) + held[1, 10]


def by_us(reader: Reader, norm: Any, strength: float) -> Any:
    said = {"unit": "grey", "range": ["0", "255"]}
    entry = {"kind": "tensor", "name": "Input3", "dtype": "float32", "shape": [*SHAPE], "array": "images"}
    space = space_of((TensorInput.from_json(entry | {"elements": said}),))
    graph = SlopeGraph(reader.data, "Plus214_Output_0", SHAPE, np.float32)
    found = attack(
        SlopeEngine(graph=graph, squash=""), OtherClass(own=reader.own, classes=10),
        ball(space, reader.images.reshape(len(reader.images), -1), norm, strength),
        lambda places, rows: reader.read(places.reshape(-1, *SHAPE)) != reader.own[rows],
        image=SHAPE, budget=Budget(steps=STEPS, queries=QUERIES), random=np.random.default_rng(1),
    )  # fmt: skip
    return found.places.reshape(-1, *SHAPE)


def by_torchattacks(reader: Reader, norm: Any, strength: float) -> Any:
    library = pytest.importorskip("torchattacks")
    net, name = Twin(reader.data).eval(), {"linf": "Linf", "l2": "L2"}[norm]
    along = {"norm": name, "eps": strength, "steps": STEPS}
    attacks = [
        library.APGD(net, loss="ce", **along),
        library.APGDT(net, n_classes=10, **along),
        library.Square(net, norm=name, eps=strength, n_queries=QUERIES),
    ]
    images = torch.from_numpy(reader.images / 255)
    return library.MultiAttack(attacks)(images, torch.from_numpy(reader.own)).detach().numpy() * 255


def by_art(reader: Reader, norm: Any, strength: float) -> Any:
    evasion = pytest.importorskip("art.attacks.evasion")
    estimators = pytest.importorskip("art.estimators.classification")
    pytest.importorskip("multiprocess")
    net = estimators.PyTorchClassifier(
        Twin(reader.data).eval(), torch.nn.CrossEntropyLoss(), SHAPE, 10, clip_values=(0, 1)
    )
    said = {"norm": {"linf": np.inf, "l2": 2}[norm], "eps": strength}
    along = said | {"eps_step": 2 * strength, "max_iter": STEPS, "nb_random_init": 1, "verbose": False}
    attacks = [
        evasion.AutoProjectedGradientDescent(net, loss_type=loss, **along)
        for loss in ("cross_entropy", "difference_logits_ratio")
    ]
    attacks.append(evasion.SquareAttack(net, max_iter=QUERIES, verbose=False, **said))
    whole = evasion.AutoAttack(net, attacks=attacks, **said)
    return whole.generate(reader.images / 255, reader.own) * 255


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("attacker", [by_us, by_torchattacks, by_art])
@pytest.mark.parametrize(("norm", "strength"), [("linf", 0.05), ("linf", 0.1), ("l2", 1.0)])
def test_what_is_left_right_and_how_long_it_takes(
    norm: str, strength: float, attacker: Callable[..., Any]
) -> None:
    torch.set_num_threads(1)
    reader = Reader()
    started = time.process_time()
    found = attacker(reader, norm, strength).astype(np.float32)
    took = time.process_time() - started
    moved = (found.astype(float) - reader.images).reshape(len(found), -1) / 255
    length = np.abs(moved).max(axis=1) if norm == "linf" else np.sqrt((moved**2).sum(axis=1))
    fallen = (reader.read(found) != reader.own) & (length <= strength * (1 + 1e-5))
    left = (len(found) - fallen.sum()) / IMAGES
    print(f"\n{norm} {strength} {attacker.__name__}: {left:.4f} left right, {took:.1f} processor seconds")
