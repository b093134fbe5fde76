"""Methods that judge a share of rows are planned by the exact interval that judges it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from scipy.stats import binom, binomtest

from certify.standard import Check
from checks.measured import Confidence, Measured
from checks.planning.case import Case
from checks.planning.catalogue import prospect
from checks.statistics.proportions import proportion

SURE = Confidence(0.975)
SHARES = {
    "data_quality.collection_period": "outside_period_share",
    "data_quality.collection_places": "outside_places_share",
    "data_quality.unit_leakage": "known_unit_share",
    "data_quality.completeness": "incomplete_share",
    "robustness.noise_stability": "decision_changed",
}


@pytest.mark.parametrize("method", SHARES)
def test_the_chance_is_that_of_every_count_under_scipys_interval(
    method: str, asking: Callable[..., Check], make_case: Callable[..., Case]
) -> None:
    statistic = SHARES[method]
    conditions = [{"require": "at_most", "statistic": statistic, "limit": "most"}]
    check = asking(method, conditions, {"most": ("0.05", "lower")})
    found = proportion(6, 300, SURE).estimate(statistic=statistic, confidence=SURE)
    planned = prospect(make_case(check, Measured(estimates=(found,)), rows=300))
    counted = sum(
        binom.pmf(count, 500, 0.02)
        for count in range(501)
        if binomtest(count, 500).proportion_ci(0.95, "exact").high <= 0.05
    )
    assert planned.chance(500).value == pytest.approx(counted, abs=1e-12)
    assert 0.5 < counted < 1
