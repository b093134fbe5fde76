import json

import numpy as np
import pandas as pd
import pytest

from checks.measured import CannotMeasure, Confidence
from checks.robustness.relations import changed, declared_relations
from checks.statistics.proportions import clopper_pearson

LEVEL = Confidence(0.975)


def relation(*changes, name="r", answer="same", within="0", **more):
    return {"name": name, "changes": list(changes), "answer": answer, "within": within, **more}


def measured(make_subject, frame, *relations, **more):
    subject = make_subject(frame, change={"model": {"relations": list(relations) or None}}, **more)
    found = declared_relations(subject, subject.table("test"), LEVEL)
    return {e.stratum: e for e in found.estimates}, found


def line(n=200, low=-5.0, high=5.0):
    x = np.linspace(low, high, n)
    return pd.DataFrame({"x": x, "label": np.where(x >= 0, "yes", "no")})


def numbers(n=200):
    x = np.linspace(0.01, 5, n)
    return pd.DataFrame({"x": x, "label": x})


def test_the_share_of_decisions_that_a_step_turns_is_that_of_the_cases_below_the_threshold(make_subject):
    """yes from 0 on: a step of 1 upwards turns those between -1 and 0, a tenth of -5 to 5."""
    found, _ = measured(make_subject, line(), relation({"of": "x", "add": "1"}))
    assert float(found["relation=r"].value) == pytest.approx(0.1, abs=0.01)
    assert found["all"].value == found["relation=r"].value


def test_a_monotonic_model_breaks_no_order_and_the_opposite_order_everywhere(make_subject):
    up = relation({"of": "x", "add": "1"}, name="up", answer="not_lower")
    down = relation({"of": "x", "add": "1"}, name="down", answer="not_higher")
    found, whole = measured(make_subject, line(), up, down)
    assert float(found["relation=up"].value) == 0
    assert float(found["relation=down"].value) == 1
    assert float(found["all"].value) == 1
    rows = json.loads(whole.exhibits[0].data)["relations"]
    assert [(row["relation"], row["tried"]) for row in rows] == [("up", 200), ("down", 200)]


def test_the_bounds_are_exact_and_corrected_for_how_many_relations_there_are(make_subject):
    found, _ = measured(
        make_subject, line(), relation({"of": "x", "add": "1"}), relation({"of": "x", "add": "2"}, name="s")
    )
    one = found["relation=r"]
    events = round(float(one.value) * 200)
    for bounds, level in ((one.demonstrating, 0.975), (one.refuting, 0.9875)):
        assert (float(bounds.lower), float(bounds.upper)) == pytest.approx(
            clopper_pearson(events, 200, level)
        )


def test_numbers_are_the_same_within_what_is_declared_and_scaled_by_the_factor(make_subject):
    """The answer is x itself."""
    near = relation({"of": "x", "add": "0.5"}, name="near", within="0.6")
    far = relation({"of": "x", "add": "0.5"}, name="far", within="0.4")
    twice = relation({"of": "x", "times": "2"}, name="twice", answer="scaled", factor="2", within="0.001")
    thrice = relation({"of": "x", "times": "2"}, name="thrice", answer="scaled", factor="3", within="0.001")
    found, _ = measured(make_subject, numbers(), near, far, twice, thrice, task="regression")
    values = {name: float(e.value) for name, e in found.items()}
    assert values == {
        "relation=near": 0, "relation=far": 1, "relation=twice": 0, "relation=thrice": 1, "all": 1
    }  # fmt: skip


def test_a_case_that_leaves_the_domain_is_no_trial(make_subject):
    """Of -5 to 5 within [-10, 10], times three leaves two thirds in it."""
    found, _ = measured(make_subject, line(), relation({"of": "x", "times": "3"}))
    assert found["relation=r"].n == pytest.approx(200 * 2 / 3, abs=2)
    assert float(found["relation=r"].value) == 0


def test_cases_outside_the_contract_and_without_an_answer_break_every_relation(make_subject):
    frame = pd.DataFrame({"x": [1.0, 2.0, 3.0, 50.0, np.nan], "label": ["yes"] * 5})
    found, _ = measured(make_subject, frame, relation({"of": "x", "add": "1"}))
    assert (found["relation=r"].n, float(found["relation=r"].value)) == (5, pytest.approx(0.4))


def test_a_relation_that_moves_no_row_was_not_tried(make_subject):
    for change in ({"of": "x", "add": "0"}, {"of": "x", "add": "0.000000001"}, {"of": "x", "add": "100"}):
        with pytest.raises(CannotMeasure, match="nothing was tried"):
            measured(make_subject, line(low=1.0), relation(change))


def test_a_vendor_who_declares_nothing_has_demonstrated_nothing(make_subject):
    with pytest.raises(CannotMeasure, match="declares no relation"):
        measured(make_subject, line())


def pictures(shape=(8, 8)):
    rng = np.random.default_rng(0)
    images = rng.random((60, 8, 8))
    images[:, :, :4] += np.where(rng.random((60, 1, 1)) < 0.5, 1, 0)
    left = images[:, :, :4].sum(axis=(1, 2)) >= images[:, :, 4:].sum(axis=(1, 2))
    return {"images": images.reshape(60, *shape), "label": np.where(left, "yes", "no")}


HALVES = np.tile([1.0] * 4 + [-1.0] * 4, 8).reshape(-1, 1)


def test_a_model_of_left_and_right_is_turned_by_a_mirror_and_not_upside_down(make_subject):
    sides = relation({"of": "images", "mirror": "left_right"}, name="sides")
    over = relation({"of": "images", "mirror": "top_bottom"}, name="over")
    light = relation({"of": "images", "add": "0.5"}, name="light")
    found, _ = measured(
        make_subject, pictures(), sides, over, light, tensor="images", weights=HALVES, bias=[0.0],
        quantity={"range": (-1, 4)},
    )  # fmt: skip
    values = {name: float(e.value) for name, e in found.items()}
    assert values["relation=sides"] == 1
    assert values["relation=over"] == values["relation=light"] == 0


@pytest.mark.parametrize("shape", [(8, 8), (1, 8, 8), (8, 8, 1)], ids=str)
def test_a_picture_is_moved_down_and_across_and_its_edge_copied(make_subject, shape):
    one = relation({"of": "images", "shift": [1, -2]})
    subject = make_subject(
        pictures(shape), tensor="images", weights=HALVES, change={"model": {"relations": [one]}},
        dtype="float64",
    )  # fmt: skip
    table, model = subject.table("test"), subject.manifest.model
    before = table.inputs["input"].reshape(60, 8, 8)
    after = changed(model.inputs, table.inputs, model.relations[0])["input"].reshape(60, 8, 8)
    assert (after[:, 1:, :6] == before[:, :7, 2:]).all()
    assert (after[:, 0, :6] == before[:, 0, 2:]).all()
    assert (after[:, 1:, 6] == before[:, :7, 7]).all()


def test_a_code_can_be_set_and_whole_numbers_stay_whole(make_subject):
    frame = pd.DataFrame({"x0": [1, 2, 3], "x1": [0, 1, 0], "label": ["yes"] * 3})
    one = relation({"of": "x1", "set_to": "1"}, {"of": "x0", "times": "1.4"})
    subject = make_subject(frame, dtype="int64", coded={"x1": [0, 1]}, change={"model": {"relations": [one]}})
    table, model = subject.table("test"), subject.manifest.model
    after = changed(model.inputs, table.inputs, model.relations[0])["input"]
    assert after.tolist() == [[1, 1], [3, 1], [4, 1]]
    assert declared_relations(subject, table, LEVEL).estimates[0].n == 3


def test_no_row_of_a_bound_is_lost_by_the_number_of_trials(make_subject):
    """Simulation: cases drawn evenly, a step that turns a known share of them; both bounds miss rarely."""
    missed, rng = 0, np.random.default_rng(4)
    for _ in range(40):
        x = rng.uniform(-5, 5, 80)
        frame = pd.DataFrame({"x": x, "label": "yes"})
        bounds = measured(make_subject, frame, relation({"of": "x", "add": "2"}))[0][
            "relation=r"
        ].demonstrating
        missed += not float(bounds.lower) <= 0.2 <= float(bounds.upper)
    assert missed <= 7  # of 40 trials at 0.05: 8 or more once in 1,400 times
