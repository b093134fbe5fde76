import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from certify.evidence import Estimate
from checks.design import Share, design_of
from checks.measured import CannotMeasure, Confidence, Measured
from checks.representativeness import units
from checks.representativeness.distance import distance
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


def test_clustered_and_weighted_rows_need_what_one_unit_can_bring(subject_of: Callable[..., Subject]) -> None:
    clustered = people(50, 50).assign(person=[0, 0, *range(98)])
    with pytest.raises(CannotMeasure, match="declare most_rows_per_unit"):
        measure(subject_of(clustered, unit_column="person"))
    with pytest.raises(CannotMeasure, match="declare most_weight"):
        measure(subject_of(people(50, 50).assign(w=1.0), row_weights="w"))
    with pytest.raises(CannotMeasure, match="one person has 3 rows, and 1 are declared"):
        measure(subject_of(clustered, unit_column="person", most={"most_rows_per_unit": 1}))
    weighted = people(50, 50).assign(w=[1.0] * 98 + [5.0, 0.0])
    with pytest.raises(CannotMeasure, match="2 rows have no weight above 0 and up to the declared 4"):
        measure(subject_of(weighted, row_weights="w", most={"most_weight": 4}))
    unnamed = people(50, 50).assign(person=[None, None, *[0, 1] * 49])
    with pytest.raises(CannotMeasure, match="2 rows say not of which person"):
        measure(subject_of(unnamed, unit_column="person", most={"most_rows_per_unit": 60}))


def survey(rows: int, seed: int) -> pd.DataFrame:
    """Women weigh 1 or 2, men 2 or 4, and some persons come more than once."""
    rng = np.random.default_rng(seed)
    sex = rng.integers(0, 2, rows)
    weight = (1.0 + sex) * rng.integers(1, 3, rows)
    person = rng.integers(0, 3 * rows, rows)
    sex = person % 2
    return pd.DataFrame(
        {"x": rng.normal(size=rows), "sex": sex, "w": weight, "person": person, "label": "yes"}
    )


@pytest.mark.parametrize(
    "how",
    [
        {"row_weights": "w", "most": {"most_weight": 4}},
        {"unit_column": "person", "most": {"most_rows_per_unit": 9}},
        {"row_weights": "w", "unit_column": "person", "most": {"most_weight": 4, "most_rows_per_unit": 9}},
    ],
    ids=["weighted", "clustered", "both"],
)
def test_weights_and_units_have_the_bounds_that_the_design_has_for_rows_held_in_memory(
    subject_of: Callable[..., Subject], how: dict[str, Any]
) -> None:
    """`checks.design` works on arrays of rows, this method on what SQL counts by unit."""
    subject = subject_of(survey(800, 3), **how)
    table = subject.table("test")
    sex = table.frame["sex"].to_numpy()
    everyone = np.ones(table.rows, dtype=bool)
    expected = design_of(table).share(Share(counted=sex == 0, among=everyone), CONFIDENCE.over(4))
    measured = estimate(measure(subject), "share", "sex=female")
    assert float(measured.value) == pytest.approx(expected.value)
    assert measured.n == expected.n
    for found, bounds in [
        (measured.demonstrating, expected.demonstrating), (measured.refuting, expected.refuting),
    ]:  # fmt: skip
        assert (float(found.lower or 0), float(found.upper or 0)) == pytest.approx(bounds, abs=1e-9)


def test_weights_of_very_many_rows_are_rounded_to_the_safe_side(
    subject_of: Callable[..., Subject], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = survey(800, 6)
    rows = rows.assign(w=np.random.default_rng(6).uniform(0.1, 4, 800) * (1 + 3 * rows["sex"]))
    subject = subject_of(rows, row_weights="w", most={"most_weight": 16})
    fine = estimate(measure(subject), "share", "sex=male")
    monkeypatch.setattr(units, "_MOST_EXACT", 10)
    monkeypatch.setattr(units, "_GRID", 1 << 9)
    coarse = estimate(measure(subject), "share", "sex=male")
    assert float(coarse.value) == pytest.approx(float(fine.value))
    lower, upper = fine.demonstrating.lower or 0, fine.demonstrating.upper or 1
    assert lower - Decimal("0.02") < (coarse.demonstrating.lower or 0) <= lower
    assert upper <= (coarse.demonstrating.upper or 1) < upper + Decimal("0.02")


def test_the_effective_size_is_that_of_kish(subject_of: Callable[..., Subject]) -> None:
    rows = survey(500, 4)
    subject = subject_of(rows, row_weights="w", most={"most_weight": 4})
    found = estimate(measure(subject), "effective_size", "all")
    assert float(found.value) == pytest.approx(rows["w"].sum() ** 2 / (rows["w"] ** 2).sum())
    assert found.n == 500
    assert float(estimate(measure(subject_of(people(30, 70))), "effective_size", "all").value) == 100


def test_copies_of_a_weighted_table_are_refused(subject_of: Callable[..., Subject]) -> None:
    twice = pd.concat([survey(100, 5)] * 2)
    with pytest.raises(CannotMeasure, match="not independent"):
        measure(subject_of(twice, row_weights="w", most={"most_weight": 4}))
    renamed = pd.concat([survey(100, 5), survey(100, 5).assign(person=lambda rows: rows["person"] + 10_000)])
    with pytest.raises(CannotMeasure, match="not independent"):
        measure(subject_of(renamed, unit_column="person", most={"most_rows_per_unit": 9}))


def test_a_stratum_says_how_many_cases_it_has_unless_it_has_none(subject_of: Callable[..., Subject]) -> None:
    measured = measure(subject_of(people(30, 70)))
    assert (estimate(measured, "cases", "sex=female").n, estimate(measured, "cases", "sex=male").value) == (
        30,
        70,
    )
    absent = measure(subject_of(people(0, 100)))
    assert [e.stratum for e in absent.estimates if e.statistic == "cases"] == ["sex=male"]


CROSSED = {"sex": {"female": [0], "male": [1]}, "age": {"young": (0, 40), "old": (40, 120)}}
CROSSINGS = ("age=old & sex=female", "age=young & sex=male")
TOLD = {
    "age=old & sex=female": "0.3", "age=old & sex=male": "0.2", "age=young & sex=female": "0.25",
    "age=young & sex=male": "0.25",
}  # fmt: skip


@pytest.fixture
def crossed(make_subject: Callable[..., Subject]) -> Callable[..., Subject]:
    def make(reference: Mapping[str, str], old_women: int = 30, **more: Any) -> Subject:
        rows = 200
        frame = pd.DataFrame({"x": np.arange(rows) / 100, "label": "yes"})
        frame["sex"] = [0] * 100 + [1] * 100
        frame["age"] = [70] * old_women + [20] * (rows - old_women)
        return make_subject(frame, attributes=CROSSED, reference=reference, **more)

    return make


def test_a_crossing_is_compared_with_the_same_crossing_of_the_population(
    crossed: Callable[..., Subject],
) -> None:
    measured = measure(crossed(TOLD), CROSSINGS)
    exact = binomtest(30, 200).proportion_ci(0.95, method="exact")
    ratio = estimate(measured, "share_ratio", "age=old & sex=female")
    assert measured.statements[0].holds
    assert float(ratio.value) == pytest.approx(0.15 / 0.3)
    assert float(ratio.demonstrating.upper or 0) == pytest.approx(exact.high / 0.3, abs=1e-11)
    assert estimate(measured, "cases", "age=young & sex=male").n == 100


def test_a_crossing_that_is_absent_is_refuted_though_each_of_its_groups_is_there(
    crossed: Callable[..., Subject],
) -> None:
    measured = measure(crossed(TOLD, old_women=0), ("age=old & sex=female", "sex=female"))
    assert float(estimate(measured, "share_ratio", "age=old & sex=female").refuting.upper or 1) < 0.2
    assert float(estimate(measured, "share_ratio", "sex=female").demonstrating.lower or 0) > 0.7


@pytest.mark.parametrize(
    ("reference", "defect"),
    [
        ({"sex=female": "0.5", "sex=male": "0.5", "age=old": "0.5", "age=young": "0.5"}, "and sex together"),
        ({name: share for name, share in TOLD.items() if "old & sex=male" not in name}, "sum to 0.8"),
        ({**TOLD, "sex=female": "0.5", "sex=male": "0.5"}, "sex=female is 0.5 by its own line and 0.55"),
        ({**TOLD, "sex=female & age=old": "0"}, "row 6 names no stratum"),
    ],
)  # fmt: skip
def test_a_population_that_does_not_tell_the_crossing_is_not_sound_for_it(
    crossed: Callable[..., Subject], reference: dict[str, str], defect: str
) -> None:
    measured = measure(crossed(reference), CROSSINGS)
    assert not measured.statements[0].holds
    assert defect in measured.statements[0].explanation
    assert not measured.estimates


def test_of_people_who_do_not_exist_there_is_no_ratio(crossed: Callable[..., Subject]) -> None:
    reference = {**TOLD, "age=old & sex=male": "0", "age=young & sex=male": "0.45"}
    measured = measure(crossed(reference), ("age=old & sex=male",))
    assert [e.statistic for e in measured.estimates] == ["share", "effective_size"]


def test_the_counts_are_shown_to_everybody(subject_of: Callable[..., Subject]) -> None:
    exhibit = measure(subject_of(people(30, 70))).exhibits[0]
    assert exhibit.visibility == "public"
    assert json.loads(exhibit.data)[0] == {
        "stratum": "sex=female", "count": 30, "n": 100, "share": 0.3, "reference_share": 0.5,
    }  # fmt: skip


def test_the_reference_is_remembered_as_opened(subject_of: Callable[..., Subject]) -> None:
    subject = subject_of(people(50, 50))
    measure(subject)
    assert "reference.csv" in {opened.path for opened in subject.files.opened}


def test_what_is_wrong_with_a_reference_is_evidence_made_from_the_data_as_well(
    subject_of: Callable[..., Subject],
) -> None:
    """Else the finding would be one on missing evidence, and nobody would read what is wrong."""
    for method, given in ((shares, {"groups": GROUPS}), (distance, {"attributes": ("sex",)})):
        subject = subject_of(people(50, 50), {"sex=female": "0.5", "sex=male": "0.6"})
        method(subject, subject.relation("test"), CONFIDENCE, **given)
        assert {opened.path for opened in subject.files.opened} == {"reference.csv", "test.csv"}
