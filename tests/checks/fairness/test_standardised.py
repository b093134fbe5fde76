import numpy as np
import pandas as pd
import pytest

from checks.fairness.conditional import conditional_selection_rate_gap
from checks.fairness.standardised import standardised_difference, standardised_selection_rate_gap
from checks.measured import CannotMeasure, Confidence

LEVEL = Confidence(0.975)
GROUPS = {"sex": {"women": [0], "men": [1]}, "income": {"low": [0], "high": [1]}}
BOTH, INCOMES = ("sex=women", "sex=men"), ("income=low", "income=high")


def measured(subject, given=INCOMES, replicates=4000, seed=1, groups=BOTH):
    return standardised_selection_rate_gap(
        subject, subject.table("test"), LEVEL, groups=groups, given=given, favourable="yes",
        replicates=replicates, seed=seed,
    )  # fmt: skip


def applicants(granted, sizes=(300, 300, 300, 300)):
    """Women and men of low, then of high income, of whom so many are granted."""
    chosen = np.concatenate([np.arange(n) < count for n, count in zip(sizes, granted, strict=True)])
    return pd.DataFrame({
        "x": np.where(chosen, 1, -1) * (1 + np.arange(sum(sizes)) / sum(sizes)), "label": "yes",
        "sex": np.repeat([0, 1, 0, 1], sizes), "income": np.repeat([0, 0, 1, 1], sizes),
    })  # fmt: skip


def gap_of(result):
    return next(e for e in result.estimates if e.statistic == "standardised_selection_rate_gap")


def test_the_gap_is_the_weighted_mean_of_the_gaps_within_strata(make_subject):
    """Low income: 0.2 and 0.3 of 200 each; high: 0.5 and 0.8 of 400 and 200, by hand."""
    frame = applicants((40, 60, 200, 160), (200, 200, 400, 200))
    found = gap_of(measured(make_subject(frame, attributes=GROUPS)))
    assert float(found.value) == pytest.approx(abs(0.4 * (0.2 - 0.3) + 0.6 * (0.5 - 0.8)))
    assert found.n == 1000
    assert found.interval == "multinomial bootstrap of counts, percentiles at half of alpha"


def test_it_is_the_difference_of_marginal_predictions_of_a_saturated_model():
    """Standardisation by another way: predict everybody as a woman and as a man, and compare the means."""
    frame = applicants((40, 90, 200, 150), (200, 250, 400, 160))
    chosen = (frame.x > 0).astype(float)
    design = np.column_stack([np.ones(len(frame)), frame.sex, frame.income, frame.sex * frame.income])
    fit = np.linalg.lstsq(design, chosen)[0]
    as_sex = [
        np.column_stack([design[:, 0], 0 * frame.sex + s, frame.income, s * frame.income]) for s in (0, 1)
    ]
    women, men = ((design @ fit).mean() for design in as_sex)
    counts = np.array([[[[160, 40], [200, 200]], [[160, 90], [10, 150]]]])
    assert float(standardised_difference(counts)[0]) == pytest.approx(women - men)


def test_differences_of_either_direction_cancel_here_and_not_in_the_greatest(make_subject):
    subject = make_subject(applicants((60, 180, 240, 120)), attributes=GROUPS)
    greatest = conditional_selection_rate_gap(
        subject, subject.table("test"), LEVEL, groups=BOTH, given=INCOMES, favourable="yes"
    )
    assert float(gap_of(measured(subject)).value) == pytest.approx(0, abs=1e-12)
    assert greatest.estimates[-1].demonstrating.lower > 0.3


def test_equal_treatment_has_a_small_upper_bound_and_unequal_a_large_lower_bound(make_subject):
    sizes = (1500, 1500, 1500, 1500)
    alike = gap_of(measured(make_subject(applicants((150, 150, 900, 900), sizes), attributes=GROUPS)))
    apart = gap_of(measured(make_subject(applicants((150, 450, 600, 900), sizes), attributes=GROUPS)))
    assert alike.demonstrating.upper < 0.04
    assert apart.refuting.lower > 0.15


def test_the_same_seed_gives_the_same_bounds(make_subject):
    subject = make_subject(applicants((40, 90, 150, 150)), attributes=GROUPS)
    assert measured(subject) == measured(subject)
    assert measured(subject) != measured(subject, seed=2)


def test_a_crossing_with_few_of_either_kind_is_not_measured(make_subject):
    with pytest.raises(CannotMeasure, match="of income=low & sex=women only 29 cases are selected"):
        measured(make_subject(applicants((29, 90, 150, 150)), attributes=GROUPS))
    with pytest.raises(CannotMeasure, match="of income=high & sex=men only 0 cases"):
        measured(make_subject(applicants((40, 90, 150, 300)), attributes=GROUPS))


def test_too_few_replicates_strata_that_leave_out_and_missing_attributes_are_refused(make_subject):
    subject = make_subject(applicants((40, 90, 150, 150)), attributes=GROUPS)
    with pytest.raises(CannotMeasure, match="3200 are needed"):
        measured(subject, replicates=1000)
    with pytest.raises(CannotMeasure, match="300 rows of sex=women belong to none"):
        measured(subject, given=INCOMES[:1])
    with pytest.raises(CannotMeasure, match="declares no stratum"):
        measured(subject, given=("wealth=low", "wealth=high"))
    with pytest.raises(CannotMeasure, match="needs two groups"):
        measured(subject, groups=BOTH[:1])
