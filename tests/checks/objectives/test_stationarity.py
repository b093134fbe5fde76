"""Solving for the loss at which weights lie still, against formulas written out, and coverage."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t

from checks.measured import CannotMeasure
from checks.objectives.stationarity import solve

RANDOM = np.random.default_rng(20260801)
NAMES = ("first", "second")


def made(p: int, truth: list[float], noise: float = 0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    directions = RANDOM.standard_normal((p, len(truth))) * [3.0] * 1
    at_rest = -directions @ truth + noise * RANDOM.standard_normal(p)
    return at_rest, directions, RANDOM.standard_normal((4 * p, p))


def test_weights_that_lie_still_tell_the_loss_exactly() -> None:
    solution = solve(*made(12, [0.5, -0.02]), NAMES)
    assert [r.value for r in solution.readings] == pytest.approx([0.5, -0.02], abs=1e-12)
    assert solution.unexplained == pytest.approx(0, abs=1e-12)
    low, high = solution.readings[0].bounds(0.975)
    assert high - low < 1e-10


def test_the_error_is_hc3_written_out() -> None:
    at_rest, directions, rows = made(20, [0.5, -0.2], noise=0.3)
    reading = solve(at_rest, directions, rows, NAMES).readings[0]
    axes = np.linalg.eigh(rows.T @ rows)[1]
    x, y = axes.T @ directions, -axes.T @ at_rest
    bread = np.linalg.inv(x.T @ x)
    hat = np.diag(x @ bread @ x.T)
    beta = bread @ x.T @ y
    meat = x.T @ np.diag(((y - x @ beta) / (1 - hat)) ** 2) @ x
    assert reading.value == pytest.approx(beta[0], rel=1e-10)
    assert reading.error == pytest.approx(np.sqrt((bread @ meat @ bread)[0, 0]), rel=1e-10)


def test_the_value_does_not_depend_on_how_weights_are_named_or_turned() -> None:
    at_rest, directions, rows = made(10, [0.4], noise=0.1)
    turn = np.linalg.qr(RANDOM.standard_normal((10, 10)))[0]
    one = solve(at_rest, directions, rows, ("only",)).readings[0]
    other = solve(turn @ at_rest, turn @ directions, rows @ turn.T, ("only",)).readings[0]
    assert (one.value, one.error) == pytest.approx((other.value, other.error), rel=1e-9)


@pytest.mark.parametrize("p", [10, 40])
def test_bounds_cover_when_each_direction_has_a_spread_of_its_own(p: int) -> None:
    """200 draws; 2.5 % may miss on either side, and three standard errors of that count are 9."""
    missed = 0
    for _ in range(200):
        directions, spread = RANDOM.standard_normal((p, 2)), np.exp(RANDOM.standard_normal(p))
        at_rest = -directions @ [0.3, 0.0] + spread * RANDOM.standard_normal(p)
        low, high = (
            solve(at_rest, directions, np.diag(1 + np.arange(p)) * 1.0, NAMES).readings[0].bounds(0.975)
        )
        missed += not low <= 0.3 <= high
    assert missed <= 10 + 9


def test_where_one_direction_decides_alone_there_is_one_degree_of_freedom() -> None:
    directions = np.full((30, 1), 1e-6)
    directions[4] = 1.0
    at_rest = -0.5 * directions[:, 0] + np.where(directions[:, 0] == 1, 1e-3, 1e-5)
    reading = solve(at_rest, directions, np.diag(1 + np.arange(30)) * 1.0, ("only",)).readings[0]
    assert reading.freedom == pytest.approx(1, abs=1e-6)
    low, high = reading.bounds(1 - 1e-6)
    assert (high - low) / 2 == pytest.approx(t.ppf(1 - 1e-6, 1) * reading.error, rel=1e-4)


def test_no_bound_is_narrower_than_twice_what_is_seen_across_the_deviation() -> None:
    """Of 200 equations one carries what is left, across the deviation; the others leave little."""
    directions, at_rest = np.full((200, 1), 0.1), np.full(200, -0.05)
    at_rest[0] += 1.0
    reading = solve(at_rest, directions, np.diag(1 + np.arange(200)) * 1.0, ("only",)).readings[0]
    across = at_rest + reading.value * directions[:, 0]
    assert reading.allowance == pytest.approx(2 * np.linalg.norm(across) / np.linalg.norm(directions))
    low, high = reading.bounds(0.6)
    assert (high - low) / 2 == pytest.approx(reading.allowance)


def test_deviations_that_pull_alike_are_named_and_refused() -> None:
    at_rest, directions, rows = made(20, [0.5, 0.1])
    alike = np.column_stack([directions, directions[:, 0] + 1e-3 * directions[:, 1]])
    with pytest.raises(
        CannotMeasure, match=r"cannot be told apart.*first and third most.*record of the train"
    ):
        solve(at_rest, alike, rows, (*NAMES, "third"))


def test_too_few_weights_are_refused() -> None:
    with pytest.raises(CannotMeasure, match="3 directions, which are too few equations for 2 unknown"):
        solve(*made(3, [0.5, 0.1]), NAMES)


def test_directions_in_which_no_row_pulls_are_no_equations() -> None:
    at_rest, directions, rows = made(20, [0.5, 0.1])
    rows[:, 3:] = 0
    with pytest.raises(CannotMeasure, match="the rows pull in 3 directions"):
        solve(at_rest, directions, rows, NAMES)


@pytest.mark.parametrize("pull", [0.0, np.nan])
def test_a_deviation_that_moves_no_weight_is_refused(pull: float) -> None:
    at_rest, directions, rows = made(20, [0.5, 0.1])
    with pytest.raises(CannotMeasure, match="the deviation second moves no weight"):
        solve(at_rest, directions * [1, pull], rows, NAMES)
