import json

import numpy as np
import pandas as pd
import pytest

from checks.measured import CannotMeasure, Confidence
from checks.objectives.performance import performance
from checks.robustness.slices import performance_at_places, performance_over_time
from checks.statistics.proportions import clopper_pearson

LEVEL = Confidence(0.975)


def rows(n=400, wrong=(), places=("north", "south"), **more):
    """The tiny model answers yes from 0 on; `wrong` rows have the other label. One row an hour."""
    x = np.where(np.arange(n) % 3 == 0, -1.0, 1.0) * (1 + np.arange(n) / n)
    label = np.where(x >= 0, "yes", "no")
    label[list(wrong)] = np.where(label[list(wrong)] == "yes", "no", "yes")
    at = np.datetime_as_string(np.datetime64("2026-01-01T00:00:00") + np.arange(n) * np.timedelta64(1, "h"))
    site = np.asarray(places)[np.arange(n) % len(places)]
    return pd.DataFrame({"x": x, "label": label, "at": at, "site": site, **more})


DECLARED = {"time_column": "at", "place_column": "site", "places": ["north", "south"]}


def over_time(make_subject, frame, stretches=4, most=DECLARED, metric="accuracy", **more):
    subject = make_subject(frame, most=most, **more)
    found = performance_over_time(subject, subject.table("test"), LEVEL, metric=metric, stretches=stretches)
    return {e.stratum: e for e in found.estimates}, found


def at_places(make_subject, frame, most=DECLARED, metric="accuracy", **more):
    subject = make_subject(frame, most=most, **more)
    found = performance_at_places(subject, subject.table("test"), LEVEL, metric=metric)
    return {e.stratum: e for e in found.estimates}, found


def test_a_bad_last_quarter_is_seen_and_the_worst_is_its_own(make_subject):
    found, whole = over_time(make_subject, rows(wrong=range(340, 400)))
    values = {name: float(e.value) for name, e in found.items()}
    assert values == {"stretch=1": 1, "stretch=2": 1, "stretch=3": 1, "stretch=4": 0.4, "all": 0.4}
    assert {e.n for e in found.values()} == {100}
    assert float(found["all"].demonstrating.lower) == pytest.approx(clopper_pearson(40, 100, 0.975)[0])
    assert float(found["all"].demonstrating.upper) == pytest.approx(
        clopper_pearson(40, 100, 1 - 0.025 / 4)[1]
    )
    shown = json.loads(whole.exhibits[0].data)
    assert [row["n"] for row in shown["slices"]] == [100] * 4


def test_the_order_of_the_rows_in_the_file_does_not_matter(make_subject):
    frame = rows(wrong=range(340, 400))
    shuffled = frame.sample(frac=1, random_state=1)
    one, other = (over_time(make_subject, f)[0] for f in (frame, shuffled))
    assert {k: e.value for k, e in one.items()} == {k: e.value for k, e in other.items()}


def test_rows_of_one_moment_stay_together(make_subject):
    """Three days of 200, 100 and 100 rows in two stretches: the second begins with the second day."""
    days = np.repeat(["2026-01-01", "2026-01-02", "2026-01-03"], [200, 100, 100])
    found, _ = over_time(make_subject, rows(at=days, wrong=range(200)), stretches=2)
    assert (found["stretch=1"].n, float(found["stretch=1"].value)) == (200, 0)
    late = np.repeat(["2026-01-01", "2026-01-02"], [300, 100])
    found, _ = over_time(make_subject, rows(at=late), stretches=2)
    assert (found["stretch=1"].n, found["stretch=2"].n) == (300, 100)


def test_one_moment_for_all_leaves_a_stretch_empty_and_refuses(make_subject):
    with pytest.raises(CannotMeasure, match="no row belongs to stretch=2"):
        over_time(make_subject, rows(at="2026-01-01"))


def test_whole_numbers_give_an_order_of_time(make_subject):
    found, _ = over_time(make_subject, rows(at=np.arange(400)[::-1], wrong=range(340, 400)))
    assert float(found["stretch=1"].value) == 0.4


def test_a_row_without_a_moment_and_a_set_without_a_column_refuse(make_subject):
    at = rows()["at"].to_numpy().astype(object)
    at[5] = "never"
    with pytest.raises(CannotMeasure, match="say no moment"):
        over_time(make_subject, rows(at=at))
    with pytest.raises(CannotMeasure, match="declares no time_column"):
        over_time(make_subject, rows(), most={})
    with pytest.raises(CannotMeasure, match="has no column elsewhen"):
        over_time(make_subject, rows(), most={"time_column": "elsewhen"})


@pytest.mark.parametrize("stretches", [0, 1, 401])
def test_one_stretch_is_no_comparison_and_more_than_rows_are_none(make_subject, stretches):
    with pytest.raises(CannotMeasure, match="expected two stretches or more"):
        over_time(make_subject, rows(), stretches=stretches)


def test_a_bad_place_is_seen_as_the_same_group_would_be(make_subject):
    """Oracle: the metric of an attribute with the same groups."""
    frame = rows(wrong=range(1, 200, 2))
    found, _ = at_places(make_subject, frame)
    subject = make_subject(frame, attributes={"site": {"north": ["north"], "south": ["south"]}})
    groups = performance(
        subject, subject.table("test"), LEVEL, metric="accuracy", groups=("site=north", "site=south")
    )
    by_group = {e.stratum: e for e in groups.estimates}
    for place in ("north", "south"):
        assert found[f"place={place}"].value == by_group[f"site={place}"].value
        assert found[f"place={place}"].demonstrating == by_group[f"site={place}"].demonstrating
    assert float(found["all"].value) == 0.5


def test_a_place_without_a_row_and_a_row_without_a_place_refuse(make_subject):
    with pytest.raises(CannotMeasure, match="no row belongs to place=west"):
        at_places(make_subject, rows(), most={**DECLARED, "places": ["north", "south", "west"]})
    with pytest.raises(CannotMeasure, match="200 of 400 rows come from no declared place"):
        at_places(make_subject, rows(), most={**DECLARED, "places": ["north"]})
    with pytest.raises(CannotMeasure, match="declares no place_column"):
        at_places(make_subject, rows(), most={})


def test_of_an_error_the_worst_is_the_greatest(make_subject):
    frame = rows()
    frame["label"] = frame["x"] + np.where(frame["site"] == "south", 0.5, 0.1)
    claims = [{"metric": "mean_absolute_error", "value": "1", "unit": "1", "range": ["0", "20"]}]
    found, _ = at_places(make_subject, frame, metric="mean_absolute_error", task="regression", claims=claims)
    assert float(found["all"].value) == pytest.approx(0.5, abs=1e-5)
    assert float(found["place=north"].value) == pytest.approx(0.1, abs=1e-5)


def test_four_stretches_that_are_exactly_at_the_limit_are_certified_no_more_often_than_alpha(make_subject):
    """Of 200 systems right in 90 of 100 cases in the long run, the worst bound reaches 0.9 hardly ever."""
    rng, reached = np.random.default_rng(1), 0
    for _ in range(200):
        counts = rng.binomial(100, 0.9, 4)
        reached += min(clopper_pearson(int(c), 100, 0.975)[0] for c in counts) >= 0.9
    assert reached <= 1
