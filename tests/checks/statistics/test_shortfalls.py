import numpy as np
import pytest
from scipy import stats

from checks.statistics.shortfalls import shortfall

ALPHA = 0.025


@pytest.mark.parametrize(("n", "m"), [(1, 1), (5, 20), (40, 40), (300, 80), (1500, 1500)])
def test_no_pair_of_rates_falls_short_by_more_than_alpha(n, m):
    """Exact, not simulated: the two counts are binomial."""
    short = shortfall(n, m, 1 - ALPHA)
    firsts = np.arange(n + 1)
    for p in (0.02, 0.3, 0.5, 0.9):
        for q in (0.0, 0.05, 0.5, 0.85):
            highest = np.ceil(m * (firsts / n - (p - q) + short) - 1e-9)  # seconds from here on fall short
            chance = (stats.binom.pmf(firsts, n, p) * stats.binom.sf(highest - 1, m, q)).sum()
            assert chance <= ALPHA + 1e-12, (p, q)


@pytest.mark.parametrize(("n", "m"), [(2_000, 2_000), (10_000, 10_000), (16_281, 32_561), (10**7, 10**6)])
def test_many_cases_need_little_more_than_a_normal_bound_which_has_no_guarantee(n, m):
    normal = stats.norm.ppf(1 - ALPHA) * np.sqrt(1 / n + 1 / m) / 2
    assert normal < shortfall(n, m, 1 - ALPHA) < (1.12 if n < 10_000 else 1.05) * normal


def test_few_cases_have_hoeffdings_bound():
    assert shortfall(50, 60, 1 - ALPHA) == pytest.approx(np.sqrt(np.log(1 / ALPHA) / 2 * (1 / 50 + 1 / 60)))
