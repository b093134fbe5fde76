import numpy as np
import pytest

from checks.measured import CannotMeasure, Confidence
from checks.statistics.events import split
from checks.statistics.mean_differences import absolute_difference_of_means
from checks.statistics.means import bounded_mean

LEVEL = Confidence(0.975)


def difference(first, second, lowest=0.0, highest=1.0):
    return absolute_difference_of_means(np.asarray(first), np.asarray(second), lowest, highest, LEVEL)


def test_the_bounds_are_two_bounds_of_means_at_half_of_alpha():
    rng = np.random.default_rng(1)
    first, second = rng.beta(2, 5, 300), rng.beta(5, 2, 200)
    each = Confidence(split(0.975, 2))
    (low, high), (other_low, other_high) = (
        bounded_mean(values, 0, 1, each).demonstrating for values in (first, second)
    )
    found = difference(first, second)
    assert found.value == pytest.approx(second.mean() - first.mean())
    assert found.n == 200
    assert found.demonstrating[1] == max(abs(low - other_high), abs(high - other_low))


def test_equal_means_have_a_small_upper_bound_and_unequal_a_large_lower_bound():
    rng = np.random.default_rng(2)
    alike = difference(rng.beta(1, 9, 5000), rng.beta(1, 9, 5000))
    apart = difference(rng.beta(1, 9, 500), rng.beta(9, 1, 500))
    assert alike.demonstrating[0] == 0
    assert alike.demonstrating[1] < 0.02
    assert apart.demonstrating[0] > 0.7


@pytest.mark.parametrize("p", [0.02, 0.5])
def test_neither_bound_misses_more_often_than_it_says(p):
    """The worst kind of values: nothing or all."""
    rng, true = np.random.default_rng(3), 0.2
    found = [
        difference(*(rng.random((2, 40)) < [[p], [p + true]]).astype(float)).demonstrating for _ in range(100)
    ]
    lower, upper = np.array(found).T
    assert (upper < true).mean() <= 0.025
    assert (lower > true).mean() <= 0.025


def test_the_order_of_the_samples_changes_nothing():
    first, second = np.linspace(0, 1, 30), np.linspace(0.5, 1, 20)
    assert difference(first, second) == difference(second, first)


@pytest.mark.parametrize(
    ("first", "reason"), [([], "no value in the first"), ([2.0], "outside"), ([np.nan], "outside")]
)
def test_what_has_no_bounded_mean_has_no_difference(first, reason):
    with pytest.raises(CannotMeasure, match=reason):
        difference(first, [0.5])
