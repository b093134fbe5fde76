import numpy as np
import pytest
from scipy.stats import beta

from checks.measured import CannotMeasure, Confidence
from checks.statistics.excesses import Struck, excess

SURE = Confidence(0.975)


def struck(only_as_is: int, only_as_control: int, both: int, cases: int) -> Struck:
    return Struck(only_as_is=only_as_is, only_as_control=only_as_control, both=both, cases=cases)


def test_abbotts_own_arithmetic_comes_out() -> None:
    """Of 100 treated insects 60 die, of 100 untreated ones 20: the treatment kills half (a-b)/(1-b)."""
    assert excess(struck(60, 20, 0, 100), SURE).value == pytest.approx((0.6 - 0.2) / 0.8)


def test_without_any_control_struck_the_excess_is_the_plain_share() -> None:
    found = excess(struck(7, 0, 0, 1000), SURE)
    assert found.value == pytest.approx(0.007)
    plain = beta.ppf(0.975, 8, 993)
    assert plain < found.demonstrating[1] < 2 * plain


def test_where_every_control_is_struck_nothing_is_told() -> None:
    with pytest.raises(CannotMeasure, match="told from chance"):
        excess(struck(0, 5, 5, 10), SURE)


def test_where_nearly_every_control_is_struck_the_bounds_are_wide() -> None:
    lower, upper = excess(struck(0, 0, 995, 1000), SURE).demonstrating
    assert lower < -1
    assert upper == 1


def chosen_misses(copied: float, chance: float, *, runs: int, cases: int) -> float:
    """How often the upper bound misses if the control that was struck most often of three is counted."""
    random, missed = np.random.default_rng(9), 0
    for _ in range(runs):
        as_is = (random.random(cases) < chance) | (random.random(cases) < copied)
        controls = random.random((3, cases)) < chance
        control = controls[controls.sum(axis=1).argmax()]
        counts = (as_is & ~control).sum(), (control & ~as_is).sum(), (as_is & control).sum()
        missed += excess(struck(*map(int, counts), cases), SURE, controls=3).demonstrating[1] < copied
    return missed / runs


def test_a_control_that_the_data_chose_widens_the_bounds() -> None:
    one, three = (excess(struck(9, 4, 2, 100), SURE, controls=n).demonstrating for n in (1, 3))
    assert three[0] < one[0] < one[1] < three[1]


@pytest.mark.parametrize(("copied", "chance"), [(0.05, 0.3), (0.1, 0.05)])
def test_the_bound_holds_although_the_control_was_chosen_afterwards(copied: float, chance: float) -> None:
    assert chosen_misses(copied, chance, runs=300, cases=150) <= 0.025


def misses(copied: float, chance: float, *, runs: int, cases: int) -> np.ndarray:
    """How often the lower and the upper bound miss.

    Cases are struck of themselves, by chance as they are, and by chance as a control, all independently.
    """
    random, missed = np.random.default_rng(8), np.zeros(2)
    for _ in range(runs):
        own, control = random.random(cases) < chance, random.random(cases) < chance
        as_is = own | (random.random(cases) < copied)
        counts = (as_is & ~control).sum(), (control & ~as_is).sum(), (as_is & control).sum()
        lower, upper = excess(struck(*map(int, counts), cases), SURE).demonstrating
        missed += (lower > copied, upper < copied)
    return missed


@pytest.mark.parametrize(("copied", "chance"), [(0.02, 0.0), (0.1, 0.3)])
def test_bounds_miss_no_more_often_than_they_may(copied: float, chance: float) -> None:
    assert (misses(copied, chance, runs=100, cases=60) <= 0.025 * 100 + 3 * (0.025 * 100) ** 0.5).all()


@pytest.mark.qualify
@pytest.mark.parametrize("chance", [0.0, 0.05, 0.3, 0.6])
@pytest.mark.parametrize("copied", [0.0, 0.01, 0.02, 0.1])
def test_bounds_of_an_excess_keep_their_confidence(copied: float, chance: float) -> None:
    missed = misses(copied, chance, runs=400, cases=300)
    print(f"copied {copied}, by chance {chance}: lower and upper bound missed {missed / 400}")
    assert (missed <= 0.025 * 400 + 3 * (0.025 * 400) ** 0.5).all()
