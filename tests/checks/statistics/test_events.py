import pytest

from checks.measured import CannotMeasure
from checks.statistics.events import Events, split
from checks.statistics.proportions import clopper_pearson


def test_a_rate_has_the_exact_bounds_of_its_counts():
    assert Events(3, 40).rate == 0.075
    assert Events(3, 40).bounds(0.975) == clopper_pearson(3, 40, 0.975)


def test_a_rate_of_nothing_is_not_measured():
    with pytest.raises(CannotMeasure, match="no trial"):
        Events(0, 0)


@pytest.mark.parametrize(("count", "trials"), [(-1, 3), (4, 3)])
def test_impossible_counts_are_an_error_of_the_caller(count, trials):
    with pytest.raises(ValueError, match="count"):
        Events(count, trials)


def test_splitting_divides_alpha():
    assert 1 - split(0.975, 5) == pytest.approx(0.005)
