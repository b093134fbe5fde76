"""Bounds enclose what networks give, are never looser than intervals, and after splitting are exact.

Oracles: points of the box, intervals, and mixed integer programs solved by HiGHS.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch
from small_networks import box_around, chain, every_kind, exact_least, points_in

from checks.proof.forest import Forest, Targets
from checks.proof.network import FUNCTIONS
from checks.proof.refinement import refined
from checks.proof.relaxation import lines
from checks.proof.tightening import Bounds, tightened

KINDS = list(every_kind(0))


def least(bounds: Bounds, row: np.ndarray, rounds: int = 0) -> tuple[float, bool]:  # type: ignore[type-arg]
    """A lower bound of `row @ y`, and whether splitting went on to the end."""
    value = len(bounds.network.layers)
    forest = Forest(Targets(bounds, value, torch.from_numpy(row)[None, None], None), 60, 0.25)
    going = rounds > 0 and forest.grow(8)
    while going and rounds > 1:
        going, rounds = forest.grow(8), rounds - 1
    forest.press(200)
    return float(forest.bound.item()), not going


@pytest.mark.parametrize("shape", ["relu", "sigmoid", "tanh", "softplus"])
def test_lines_enclose_an_activation_on_every_interval(shape: str) -> None:
    rng = np.random.default_rng(3)
    middle, radius = rng.standard_normal(4000) * 4, 10.0 ** rng.uniform(-9, 1.5, 4000)
    low, high = torch.from_numpy(middle - radius), torch.from_numpy(middle + radius)
    around = lines(shape, low, high)  # type: ignore[arg-type]
    for share in np.linspace(0, 1, 101):
        at = (low + share * (high - low)).clamp(low, high)
        exact = FUNCTIONS[shape](at)
        below = around.low_slope * at + (0.0 if around.low_offset is None else around.low_offset)
        assert (below <= exact + 1e-15).all()
        assert (around.high_slope * at + around.high_offset >= exact - 1e-15).all()


def test_a_lower_line_of_relu_may_have_any_slope() -> None:
    around = lines(
        "relu", torch.tensor([-2.0, 0.0, 1.0, -3.0]).double(), torch.tensor([1.0, 2, 3, -1]).double()
    )
    assert around.free.tolist() == [True, False, False, False]
    assert around.high_slope.tolist()[1:] == around.low_slope.tolist()[1:] == [1.0, 1.0, 0.0]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("radius", [0.0, 1e-12, 0.7])
def test_bounds_enclose_every_value_at_every_point(kind: str, radius: float) -> None:
    rng = np.random.default_rng(11)
    for network in [every_kind(0)[kind]]:
        box = box_around(network, rng, radius)
        points = points_in(box, rng, 400)
        stages = [box, tightened(box, steps=0, pace=0.25), tightened(box, steps=5, pace=0.25)]
        stages.append(refined(stages[-1], rounds=2, steps=4, pace=0.25, count=lambda leaves: False))
        for bounds in stages:
            assert not bounds.empty.any()
            for value, (low, high) in zip(network.values(points), bounds.values, strict=True):
                slack = 1e-13 * (1 + value.abs())
                assert (value >= low[0] - slack).all()
                assert (value <= high[0] + slack).all()


@pytest.mark.parametrize("kind", KINDS)
def test_bounds_of_outputs_are_never_above_what_is_attained(kind: str) -> None:
    rng = np.random.default_rng(5)
    for seed in range(2):
        network = every_kind(seed)[kind]
        bounds = tightened(box_around(network, rng, 0.5), steps=10, pace=0.25)
        row = rng.standard_normal(network.outputs)
        attained = float((network.forward(points_in(bounds, rng, 2000)).numpy() @ row).min())
        assert least(bounds, row)[0] <= attained + 1e-12
        assert least(bounds, row, rounds=1)[0] <= attained + 1e-12


@pytest.mark.parametrize("kind", KINDS)
def test_each_stage_is_at_least_as_tight_as_the_one_before(kind: str) -> None:
    rng = np.random.default_rng(7)
    network = every_kind(1)[kind]
    box = box_around(network, rng, 0.5)
    stages = [box, tightened(box, steps=0, pace=0.25), tightened(box, steps=20, pace=0.25)]
    for place in box.activations:
        widths = [float((bounds.entering(place)[1] - bounds.entering(place)[0]).sum()) for bounds in stages]
        assert widths[1] <= widths[0]
        assert widths[2] <= widths[0]


@pytest.mark.parametrize("seed", range(2))
def test_splitting_to_the_end_finds_the_exact_least(seed: int) -> None:
    rng = np.random.default_rng(seed)
    network = chain(rng, 3, 6, 5, 4, 2)
    box = box_around(network, rng, 0.7)
    row = rng.standard_normal(2)
    exact = exact_least(box, row)
    # a row may stop at zero: it is lifted so that its least is negative
    shifted = network.then(np.array([row]), np.array([-exact - 0.5]))
    bounds = tightened(Bounds.of(shifted, *box.values[0]), steps=20, pace=0.25)
    found, ended = least(bounds, np.array([1.0]), rounds=200)
    assert ended
    assert found == pytest.approx(-0.5, abs=5e-3)
    assert found <= -0.5 + 1e-6  # HiGHS keeps constraints within 1e-6


@pytest.mark.parametrize("seed", range(3))
def test_bounds_before_splitting_are_below_the_exact_least(seed: int) -> None:
    rng = np.random.default_rng(100 + seed)
    network = chain(rng, 3, 6, 6, 2)
    box = box_around(network, rng, 1.0)
    row = rng.standard_normal(2)
    for bounds in (box, tightened(box, steps=0, pace=0.25), tightened(box, steps=30, pace=0.25)):
        assert least(bounds, row)[0] <= exact_least(box, row) + 1e-6


def test_backward_bounds_of_a_perceptron_are_tens_of_times_tighter_than_intervals() -> None:
    """Measured with auto_LiRPA on 784-256-256-10: 26 to 57 times, of plain backward bounds."""
    network = chain(np.random.default_rng(0), 784, 256, 256, 10)
    box = box_around(network, np.random.default_rng(1), 0.01)
    rows = torch.cat([torch.eye(10), -torch.eye(10)]).double()[:, None]
    tight = tightened(box, steps=0, pace=0.25)
    forest = Forest(Targets(tight, len(network.layers), rows, None), 0, 0.25)
    width = -(forest.bound[:10] + forest.bound[10:])
    low, high = box.values[-1]
    assert 10 < float(((high - low)[0, 0] / width).mean()) < 100
