import json
from collections.abc import Callable
from decimal import Decimal

import pandas as pd
import pytest
from scipy.stats import binomtest

from certify.evidence import Estimate
from checks.measured import CannotMeasure, Confidence, Measured
from checks.representativeness.shares import shares
from checks.subject import Subject

CONFIDENCE = Confidence(0.975)
GROUPS = ("sex=female", "sex=male")
ATTRIBUTES = {"sex": {"female": [0], "male": [1]}}
REFERENCE = {"sex=female": "0.5", "sex=male": "0.5"}


def people(females: int, males: int, unknown: int = 0) -> pd.DataFrame:
    sex = [0] * females + [1] * males + [9] * unknown
    return pd.DataFrame({"x": 1.0, "sex": sex, "label": "yes"})


def measure(subject: Subject, groups: tuple[str, ...] = GROUPS) -> Measured:
    return shares(subject, subject.relation("test"), CONFIDENCE, groups=groups)


def estimate(measured: Measured, statistic: str, stratum: str) -> Estimate:
    return next(e for e in measured.estimates if (e.statistic, e.stratum) == (statistic, stratum))


@pytest.fixture
def subject_of(make_subject: Callable[..., Subject]) -> Callable[..., Subject]:
    def make(frame: pd.DataFrame, reference: object = REFERENCE, **more: object) -> Subject:
        return make_subject(frame, attributes=ATTRIBUTES, reference=reference, **more)

    return make


def test_shares_like_the_populations_have_ratios_whose_bounds_hold_one(
    subject_of: Callable[..., Subject],
) -> None:
    measured = measure(subject_of(people(1010, 990)))
    ratio = estimate(measured, "share_ratio", "sex=female").demonstrating
    assert measured.statements[0].holds
    assert ratio.lower is not None
    assert ratio.upper is not None
    assert Decimal("0.9") < ratio.lower < 1 < ratio.upper < Decimal("1.1")


def test_a_group_that_is_hardly_there_has_a_ratio_whose_upper_bound_is_far_below_one(
    subject_of: Callable[..., Subject],
) -> None:
    ratio = estimate(measure(subject_of(people(20, 1980))), "share_ratio", "sex=female")
    assert ratio.refuting.upper is not None
    assert ratio.refuting.upper < Decimal("0.05")


def test_a_group_that_is_absent_is_measured_as_absent(subject_of: Callable[..., Subject]) -> None:
    share = estimate(measure(subject_of(people(0, 100))), "share", "sex=female")
    assert (share.value, share.demonstrating.lower, share.n) == (0, 0, 100)


@pytest.mark.parametrize(("females", "males"), [(3, 17), (250, 1750), (40, 0)])
def test_bounds_are_scipys_exact_ones_and_the_ratio_is_the_share_divided(
    subject_of: Callable[..., Subject], females: int, males: int
) -> None:
    subject = subject_of(people(females, males), {"sex=female": "0.4", "sex=male": "0.6"})
    measured = measure(subject)
    share = estimate(measured, "share", "sex=female")
    ratio = estimate(measured, "share_ratio", "sex=female")
    exact = binomtest(females, females + males).proportion_ci(0.95, method="exact")
    assert float(share.demonstrating.lower or 0) == pytest.approx(exact.low, abs=1e-11)
    assert float(share.demonstrating.upper or 0) == pytest.approx(exact.high, abs=1e-11)
    assert float(ratio.demonstrating.lower or 0) == pytest.approx(exact.low / 0.4, abs=1e-11)
    assert float(ratio.demonstrating.upper or 0) == pytest.approx(exact.high / 0.4, abs=1e-11)
    assert float(ratio.value) == pytest.approx(females / (females + males) / 0.4)


def test_refuting_is_corrected_for_two_claims_a_group(subject_of: Callable[..., Subject]) -> None:
    share = estimate(measure(subject_of(people(50, 50))), "share", "sex=male")
    exact = binomtest(50, 100).proportion_ci(1 - 2 * 0.025 / 4, method="exact")
    assert float(share.refuting.lower or 0) == pytest.approx(exact.low, abs=1e-11)
    assert float(share.refuting.confidence) == pytest.approx(1 - 0.025 / 4)


def test_rows_of_no_group_leave_every_share_unmeasured(subject_of: Callable[..., Subject]) -> None:
    with pytest.raises(CannotMeasure, match="100 of 200 rows belong to no group of sex"):
        measure(subject_of(people(50, 50, unknown=100)))


@pytest.mark.parametrize(
    ("reference", "defect"),
    [
        ({"sex=female": "0.005", "sex=male": "0.005", "sex=unknown": "0.99"}, "sex=unknown is no declared"),
        ({"sex=female": "1"}, "it gives no share of sex=male"),
        ({"age=old": "1"}, "it gives no share of sex=female"),
    ],
)
def test_the_reference_holds_exactly_the_declared_groups(
    subject_of: Callable[..., Subject], reference: dict[str, str], defect: str
) -> None:
    """A stratum that nobody declares would take the share of the people who are missing."""
    measured = measure(subject_of(people(1, 99), reference))
    assert not measured.statements[0].holds
    assert defect in measured.statements[0].explanation
    assert not measured.estimates


def test_attributes_that_no_group_names_may_stand_in_the_reference(
    subject_of: Callable[..., Subject],
) -> None:
    measured = measure(subject_of(people(50, 50), {**REFERENCE, "age=old": "1"}))
    assert measured.statements[0].holds
    assert measured.estimates


def test_a_defective_reference_is_said_to_be_one_and_nothing_rests_on_it(
    subject_of: Callable[..., Subject],
) -> None:
    measured = measure(subject_of(people(50, 50), {"sex=female": "0.5", "sex=male": "0.6"}))
    assert measured.estimates == ()
    assert [s.holds for s in measured.statements] == [False]
    assert "sum to 1.1" in measured.statements[0].explanation


def test_a_reference_with_thousands_of_defects_is_still_described(subject_of: Callable[..., Subject]) -> None:
    reference = b"stratum,share\n" + b"x" * 200 + b",\n" + b"".join(b"%d,2\n" % n for n in range(5000))
    statement = measure(subject_of(people(50, 50), reference)).statements[0]
    assert not statement.holds
    assert "more" in statement.explanation


def test_a_group_that_neither_file_nor_submission_knows_is_not_measured(
    subject_of: Callable[..., Subject],
) -> None:
    with pytest.raises(CannotMeasure, match="declares no stratum sex=other"):
        measure(subject_of(people(50, 50)), (*GROUPS, "sex=other"))


def test_a_group_that_the_submission_does_not_know_is_not_measured(
    subject_of: Callable[..., Subject],
) -> None:
    reference = {"sex=female": "0.5", "sex=other": "0.5"}
    with pytest.raises(CannotMeasure, match="declares no stratum sex=other"):
        measure(subject_of(people(50, 50), reference), ("sex=other",))


def test_no_group_and_no_data_are_not_measured(subject_of: Callable[..., Subject]) -> None:
    subject = subject_of(people(50, 50))
    with pytest.raises(CannotMeasure):
        measure(subject, ())
    with pytest.raises(CannotMeasure):
        shares(subject, None, CONFIDENCE, groups=GROUPS)


def test_clustered_and_weighted_rows_are_not_measured(subject_of: Callable[..., Subject]) -> None:
    clustered = people(50, 50).assign(person=[0, 0, *range(98)])
    with pytest.raises(CannotMeasure, match="clustered"):
        measure(subject_of(clustered, unit_column="person"))
    with pytest.raises(CannotMeasure, match="weight"):
        measure(subject_of(people(50, 50).assign(w=1.0), row_weights="w"))


def test_the_counts_are_shown_to_everybody(subject_of: Callable[..., Subject]) -> None:
    exhibit = measure(subject_of(people(30, 70))).exhibits[0]
    assert exhibit.visibility == "public"
    assert json.loads(exhibit.data)[0] == {
        "stratum": "sex=female", "count": 30, "n": 100, "reference_share": 0.5,
    }  # fmt: skip


def test_the_reference_is_remembered_as_opened(subject_of: Callable[..., Subject]) -> None:
    subject = subject_of(people(50, 50))
    measure(subject)
    assert "reference.csv" in {opened.path for opened in subject.files.opened}
