"""The distance of data from a population: pandas as the oracle, and true distances that must be covered."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from certify.evidence import Estimate
from checks.measured import CannotMeasure, Confidence, Measured
from checks.representativeness.distance import distance
from checks.subject import Subject

CONFIDENCE = Confidence(0.975)
ATTRIBUTES = {"sex": {"female": [0], "male": [1]}, "age": {"young": (0, 40), "old": (40, 120)}}
TOLD = {
    "age=old & sex=female": 0.3, "age=old & sex=male": 0.2, "age=young & sex=female": 0.25,
    "age=young & sex=male": 0.25,
}  # fmt: skip
PLACES = {cell: ("young" not in cell, "female" not in cell) for cell in TOLD}


def people(counts: Mapping[str, int]) -> pd.DataFrame:
    cells = [PLACES[cell] for cell, count in counts.items() for _ in range(count)]
    old, male = np.array(cells).T
    return pd.DataFrame(
        {"x": np.arange(len(cells)) / 1000, "sex": male.astype(int), "age": 20 + 50 * old, "label": "yes"}
    )


@pytest.fixture
def of(make_subject: Callable[..., Subject]) -> Callable[..., Measured]:
    def run(
        rows: pd.DataFrame | Mapping[str, int], attributes: tuple[str, ...] = ("age", "sex"),
        reference: Mapping[str, Any] = TOLD, **more: Any,
    ) -> Measured:  # fmt: skip
        frame = rows if isinstance(rows, pd.DataFrame) else people(rows)
        subject = make_subject(frame, attributes=ATTRIBUTES, reference=reference, **more)
        return distance(subject, subject.relation("test"), CONFIDENCE, attributes=attributes)

    return run


def only(measured: Measured) -> Estimate:
    (estimate,) = measured.estimates
    return estimate


def test_data_like_the_population_are_within_a_small_distance(of: Callable[..., Measured]) -> None:
    found = only(of({cell: round(share * 4000) for cell, share in TOLD.items()}))
    assert (found.statistic, found.stratum, found.n) == ("distance", "all", 4000)
    assert float(found.demonstrating.upper or 1) < 0.03


def test_people_who_are_elsewhere_are_the_distance(of: Callable[..., Measured]) -> None:
    """A tenth is moved from old women to old men: of that the ages by themselves tell nothing."""
    moved = {**TOLD, "age=old & sex=female": 0.2, "age=old & sex=male": 0.3}
    counts = {cell: round(share * 4000) for cell, share in moved.items()}
    found = only(of(counts))
    assert float(found.value) == pytest.approx(0.1, abs=0.01)
    assert float(found.refuting.lower or 0) > 0.07
    single = {"sex=female": 0.55, "sex=male": 0.45, "age=old": 0.5, "age=young": 0.5}
    assert float(only(of(counts, ("age",), single)).demonstrating.upper or 1) < 0.02


def test_cells_that_the_data_lack_count_with_their_whole_share(of: Callable[..., Measured]) -> None:
    found = only(of({"age=old & sex=female": 1200, "age=young & sex=male": 1000}))
    assert float(found.value) == pytest.approx(0.45, abs=0.005)
    assert float(found.demonstrating.lower or 0) > 0.4


def test_rows_where_the_population_has_nobody_make_the_reference_unsound(of: Callable[..., Measured]) -> None:
    reference = {**TOLD, "age=old & sex=male": 0, "age=young & sex=male": 0.45}
    measured = of(dict.fromkeys(TOLD, 100), reference=reference)
    assert measured.estimates == ()
    assert not measured.statements[0].holds
    assert "nobody in age=old & sex=male, where the data have 100 rows" in measured.statements[0].explanation


def test_groups_alone_tell_no_crossing(of: Callable[..., Measured]) -> None:
    single = {"sex=female": 0.5, "sex=male": 0.5, "age=old": 0.5, "age=young": 0.5}
    measured = of(dict.fromkeys(TOLD, 100), reference=single)
    assert "does not tell age and sex together" in measured.statements[0].explanation


def test_a_true_distance_is_covered_and_a_margin_is_shown(of: Callable[..., Measured]) -> None:
    rng = np.random.default_rng(1)
    true = {**TOLD, "age=old & sex=female": 0.25, "age=young & sex=male": 0.3}  # 0.05 away
    for _ in range(5):
        counts = dict(zip(TOLD, rng.multinomial(3000, [true[cell] for cell in TOLD]).tolist(), strict=True))
        bounds = only(of(counts)).demonstrating
        assert float(bounds.lower or 0) <= 0.05 <= float(bounds.upper or 1) < 0.1


def test_the_cells_are_shown_to_everybody(of: Callable[..., Measured]) -> None:
    measured = of({cell: round(share * 400) for cell, share in TOLD.items()})
    shown = json.loads(measured.exhibits[0].data)
    assert shown["attributes"] == ["age", "sex"]
    cells = {cell.pop("stratum"): cell for cell in shown["cells"]}
    assert set(cells) == set(TOLD)
    assert cells["age=old & sex=female"] == {"count": 120, "n": 400, "share": 0.3, "reference_share": 0.3}
    assert measured.exhibits[0].visibility == "public"


def test_what_has_no_bound_here_is_not_measured_and_the_sentence_names_what_has(
    of: Callable[..., Measured], make_subject: Callable[..., Subject]
) -> None:
    rows = people(dict.fromkeys(TOLD, 50))
    with pytest.raises(CannotMeasure, match=r"representativeness\.shares has bounds"):
        of(rows.assign(w=1.0), row_weights="w")
    with pytest.raises(CannotMeasure, match=r"representativeness\.shares has bounds"):
        of(rows.assign(person=0), unit_column="person")
    with pytest.raises(CannotMeasure, match="not independent"):
        of(pd.concat([rows] * 2))
    with pytest.raises(CannotMeasure, match="no attribute size"):
        of(rows, ("size",))
    with pytest.raises(CannotMeasure, match="belong to no group of sex"):
        of(rows.replace({"sex": {1: 5}}))
    subject = make_subject(rows, attributes=ATTRIBUTES, reference=TOLD)
    with pytest.raises(CannotMeasure, match="needs a data set"):
        distance(subject, None, CONFIDENCE, attributes=("sex",))
    with pytest.raises(CannotMeasure, match="at least one attribute"):
        distance(subject, subject.relation("test"), CONFIDENCE, attributes=())


@pytest.mark.qualify
def test_detection_and_false_alarms_of_seeded_departures(of: Callable[..., Measured]) -> None:
    """A share of the rows is moved to one cell; the limit is that of the packs."""
    rng, trials = np.random.default_rng(2), 60
    print("\nmoved  true distance  shown below 0.1  refuted above 0.1  misses of the upper bound")
    for moved in (0.0, 0.05, 0.1, 0.2, 0.4):
        true = {cell: share * (1 - moved) for cell, share in TOLD.items()}
        true["age=young & sex=male"] += moved
        apart = sum(abs(true[cell] - TOLD[cell]) for cell in TOLD) / 2
        counts = [
            dict(zip(TOLD, rng.multinomial(2000, [*true.values()]).tolist(), strict=True))
            for _ in range(trials)
        ]
        found = [only(of(each)) for each in counts]
        uppers = np.array([float(each.demonstrating.upper or 1) for each in found])
        lowers = np.array([float(each.refuting.lower or 0) for each in found])
        print(
            f"{moved:5} {apart:14.4f} {np.mean(uppers <= 0.1):16.3f} {np.mean(lowers > 0.1):18.3f} "
            f"{np.mean(uppers < apart):26.3f}"
        )
        assert np.mean(uppers < apart) <= 0.1
        assert np.mean(lowers > 0.1) == 0 or apart > 0.1
