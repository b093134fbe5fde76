"""Violations that others found (VNN-COMP): how many the attack finds again, and how soon.

Every find is decided once more by onnxruntime, alone, and has to lie in the box of the property.
"""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

from certify.submission.model import TensorInput
from checks.attacks.engine import SlopeEngine
from checks.attacks.gradient import descend
from checks.attacks.reach import boxed
from checks.attacks.slopes import SlopeGraph
from checks.attacks.space import Space, space_of
from checks.proof.property import Case, Condition
from checks.proof.vnnlib import read_vnnlib

pytestmark = pytest.mark.skipif("CERTIFY_DATA" not in os.environ, reason="set CERTIFY_DATA")
STEPS, STARTS, ROUNDS = 60, 512, 25


@dataclass(frozen=True)
class Unsafe:
    """The answer meets one of the conditions."""

    conditions: tuple[Condition, ...]

    @property
    def aims(self) -> tuple[str, ...]:
        return ("margin",)

    def of(self, rows: Any) -> Unsafe:
        return self

    def towards(self, name: str, scores: Any) -> Unsafe:
        return self

    def margins(self, scores: Any) -> Any:
        return self.aim("margin", scores)[0]

    def aim(self, name: str, scores: Any) -> tuple[Any, Any]:
        """The nearest condition's most violated row. Zero meets it: hence the last digit."""
        each = np.arange(len(scores))
        over = [scores @ c.rows.T - c.limits for c in self.conditions]
        nearest = np.stack([o.max(axis=1) for o in over], axis=1).argmin(axis=1)
        worst = np.stack([o.argmax(axis=1) for o in over], axis=1)[each, nearest]
        slope = np.stack(
            [c.rows[w] for c, w in zip((self.conditions[n] for n in nearest), worst, strict=True)]
        )
        value = np.array([over[n][i, w] for i, n, w in zip(each, nearest, worst, strict=True)])
        return value - 1e-9, slope.astype(scores.dtype)


def searched(data: bytes, case: Case) -> Any:
    """A violation in float32, or None."""
    model = onnx.load_from_string(data)
    held = {t.name for t in model.graph.initializer}
    (source,) = [v for v in model.graph.input if v.name not in held]
    shape = tuple(d.dim_value for d in source.type.tensor_type.shape.dim)
    fixed = shape[0] == 1 and int(np.prod(shape)) == len(case.region.lower)
    graph = SlopeGraph(
        data, model.graph.output[0].name, shape[1:] if fixed else shape, np.float32, bare=False
    )
    engine = SlopeEngine(graph=graph, squash="")
    random = np.random.default_rng(1)
    alone = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    space, lower, upper = _space(case), case.region.lower, case.region.upper
    middle = np.tile(((lower + upper) / 2).astype(np.float32), (STARTS, 1))
    reach = boxed(space, middle, *(np.tile(end, (STARTS, 1)) for end in (lower, upper)))
    for _ in range(ROUNDS):
        part = random.random(middle.shape, dtype=np.float32)
        starts = reach.lower + part * (reach.upper - reach.lower)
        found = descend(engine, Unsafe(case.unsafe), reach, aim="margin", steps=STEPS, start=starts)
        for place in found.places[found.margins < 0]:
            answer = alone.run(None, {source.name: place.reshape(shape)})[0].reshape(1, -1)
            if case.region.contains(place.astype(np.float64)) and any(c.met(answer)[0] for c in case.unsafe):
                return place
    return None


def _space(case: Case) -> Space:
    low, high = float(case.region.lower.min()), float(case.region.upper.max())
    said = {"unit": "1", "range": [repr(low - 1), repr(high + 1)]}
    shape = [len(case.region.lower)]
    entry = {
        "kind": "tensor",
        "name": "x",
        "dtype": "float32",
        "shape": shape,
        "array": "x",
        "elements": said,
    }
    return space_of((TensorInput.from_json(entry),))


def instances(family: str, verdicts: tuple[str, ...]) -> Iterator[tuple[Path, Path, str]]:
    folder = Path(os.environ["CERTIFY_DATA"]) / family
    with (folder / "known_verdicts.csv").open() as file:
        for row in csv.DictReader(file):
            if row["verdict"] in verdicts:
                yield folder / row["onnx"], folder / row["vnnlib"], row["verdict"]


def violated(net: Path, text: Path) -> bool:
    return any(
        searched(net.read_bytes(), case) is not None
        for case in read_vnnlib(text.read_bytes(), text.name).cases
    )


def test_a_violation_that_others_found_is_found() -> None:
    net, text, _ = next(iter(instances("acasxu", ("sat",))))
    assert violated(net, text)


@pytest.mark.qualify
@pytest.mark.parametrize("family", ["acasxu", "mnist_fc"])
def test_how_many_known_violations_are_found_and_how_soon(family: str) -> None:
    took, missed = [], []
    for net, text, verdict in instances(family, ("sat", "sat?")):
        started = time.process_time()
        found = violated(net, text)
        took.append(time.process_time() - started)
        if not found:
            missed.append(f"{net.stem} {text.stem} ({verdict})")
    soon = sorted(took)
    median, late = soon[len(soon) // 2], soon[int(0.95 * len(soon))]
    print(
        f"\n{family}: {len(took) - len(missed)} of {len(took)} found; seconds: median {median:.2f}, "
        f"95th percentile {late:.2f}, all {sum(took):.1f}; missed: {', '.join(missed) or 'none'}"
    )
    assert len(missed) < len(took) / 2


@pytest.mark.qualify
def test_nothing_is_found_where_all_verifiers_proved_that_nothing_is() -> None:
    for net, text, _ in (
        list(instances("acasxu", ("unsat",)))[::8] + list(instances("mnist_fc", ("unsat",)))[::8]
    ):
        assert not violated(net, text)
