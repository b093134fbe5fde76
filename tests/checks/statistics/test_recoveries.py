import numpy as np
import pytest
from scipy.stats import beta

from checks.measured import CannotMeasure, Confidence
from checks.statistics.events import Events
from checks.statistics.recoveries import defects, least_recovery

SURE = Confidence(0.975)


def test_by_hand_with_one_kind_of_defect() -> None:
    """12 of 400 suspected, 80 of 100 found: 3 % / 80 %, with scipy's exact bounds at half of alpha each."""
    found = defects(Events(12, 400), [Events(80, 100)], SURE)
    assert found.value == pytest.approx(0.03 / 0.8)
    most, least = beta.ppf(1 - 0.0125, 13, 388), beta.ppf(0.0125, 80, 21)
    assert found.demonstrating == (0.0, pytest.approx(most / least))


def test_the_kind_that_is_hardest_to_see_counts() -> None:
    planted = [Events(90, 100), Events(40, 100), Events(95, 100)]
    assert least_recovery(planted, SURE).value == 0.4
    assert defects(Events(12, 400), planted, SURE).value == pytest.approx(0.03 / 0.4)


def test_what_is_never_found_bounds_nothing() -> None:
    with pytest.raises(CannotMeasure, match="not found"):
        defects(Events(0, 400), [Events(100, 100), Events(0, 100)], SURE)


def test_a_share_is_at_most_one() -> None:
    found = defects(Events(390, 400), [Events(2, 100)], SURE)
    assert (found.value, found.demonstrating[1]) == (1, 1)


@pytest.mark.parametrize(("share", "detection"), [(0.0, 0.5), (0.03, 0.9), (0.1, 0.3)])
def test_the_bounds_hold_as_often_as_they_must(share: float, detection: float) -> None:
    """Two kinds, the harder one found with probability `detection`, and all defects are of that kind."""
    random, runs, missed = np.random.default_rng(4), 2000, np.zeros(2)
    for _ in range(runs):
        planted = [Events(int(random.binomial(150, p)), 150) for p in (detection, detection + 0.05)]
        if not planted[0].count:
            continue
        suspects = Events(int(random.binomial(500, share * detection)), 500)
        lower, upper = least_recovery(planted, SURE).demonstrating
        missed[0] += defects(suspects, planted, SURE).demonstrating[1] < share
        missed[1] += not lower <= detection <= upper
    assert (missed <= [0.025 * runs, 0.05 * runs]).all()
