from itertools import product

import pytest
from scipy.stats import binom

from checks.fairness.comparison import GAP, MOST_CASES, MOST_PAIRS, RATIO, compared
from checks.measured import CannotMeasure, Confidence
from checks.statistics.differences import (
    CLOPPER_PEARSON_DIFFERENCE,
    EXACT_DIFFERENCE,
    absolute_difference,
    independent_absolute_difference,
)
from checks.statistics.events import Events
from checks.statistics.ratios import CLOPPER_PEARSON_RATIO, EXACT_RATIO

LEVEL = Confidence(0.975)


def said(rates, by=GAP):
    result = compared(rates, LEVEL, rate="rate", between="between", by=by)
    return {e.stratum: e for e in result.estimates if e.statistic == "between"}


def test_every_unordered_pair_is_compared_once():
    rates = {name: Events(1, 2) for name in ("a=x", "a=y", "a=z")}
    result = compared(rates, LEVEL, rate="rate", between="gap", by=GAP)
    pairs = [e.stratum for e in result.estimates if e.statistic == "gap"]
    assert pairs == ["a=x ~ a=y", "a=x ~ a=z", "a=y ~ a=z"]
    assert {float(e.refuting.confidence) for e in result.estimates} == {1 - 0.025 / 6}


@pytest.mark.parametrize(
    ("by", "exact", "union"),
    [(GAP, EXACT_DIFFERENCE, CLOPPER_PEARSON_DIFFERENCE), (RATIO, EXACT_RATIO, CLOPPER_PEARSON_RATIO)],
)
def test_the_estimate_names_the_bound_that_is_valid_for_its_pair(by, exact, union):
    found = said({name: Events(20, 50) for name in ("sex=f", "sex=m", "age=old", "age=old & sex=m")}, by)
    assert {pair: estimate.interval for pair, estimate in found.items()} == {
        "sex=f ~ sex=m": exact,
        "sex=f ~ age=old": union,
        "sex=f ~ age=old & sex=m": exact,
        "sex=m ~ age=old": union,
        "sex=m ~ age=old & sex=m": union,
        "age=old ~ age=old & sex=m": union,
    }


def test_exact_bounds_show_a_gap_of_a_tenth_with_fewer_than_half_the_cases():
    """Equal rates of 0.9: the union bound needs 198 cases in each group, the exact one about 100."""
    enough = {}
    for compare in (absolute_difference, independent_absolute_difference):
        sizes = range(60, 260, 10)
        clears = (n for n in sizes if _upper(compare, n) <= 0.1)
        enough[compare] = next(clears)
    assert enough[independent_absolute_difference] * 1.5 < enough[absolute_difference]


def _upper(compare, n):
    return compare(Events(round(0.9 * n), n), Events(round(0.9 * n), n), LEVEL).demonstrating[1]


def test_very_large_and_very_many_groups_have_union_bounds():
    large = MOST_CASES // 2 + 1
    found = said({"sex=f": Events(large // 2, large), "sex=m": Events(large // 2, large)})
    assert found["sex=f ~ sex=m"].interval == CLOPPER_PEARSON_DIFFERENCE
    many = {f"site=s{i:02}": Events(3, 7) for i in range(21)}
    assert len(many) * (len(many) - 1) / 2 > MOST_PAIRS
    assert {e.interval for e in said(many).values()} == {CLOPPER_PEARSON_DIFFERENCE}


@pytest.mark.parametrize(("p", "q"), [(0.3, 0.4), (0.05, 0.2), (0.5, 0.5)])
def test_the_bounds_that_are_used_miss_no_more_often_than_they_say(p, q):
    """All samples of 6 and 7 cases are tried, each with its probability: no simulation error."""
    missed = 0.0
    for x, y in product(range(7), range(8)):
        gap = said({"sex=f": Events(x, 6), "sex=m": Events(y, 7)})["sex=f ~ sex=m"].demonstrating
        missed += binom.pmf(x, 6, p) * binom.pmf(y, 7, q) * (float(gap.upper) < abs(p - q))
    assert missed <= 0.025


def test_a_pair_that_cannot_be_compared_is_named():
    with pytest.raises(CannotMeasure, match="sex=f ~ sex=m: both rates are zero"):
        said({"sex=f": Events(0, 9), "sex=m": Events(0, 9)}, RATIO)
