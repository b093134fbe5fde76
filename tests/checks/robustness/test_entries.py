import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from checks.measured import CannotMeasure, Confidence
from checks.robustness.entries import faulty_entries
from checks.robustness.slips import SLIPS, written
from checks.statistics.proportions import clopper_pearson

LEVEL = Confidence(0.975)
DATA = os.environ.get("CERTIFY_DATA")
COMPLETE = {"may_be_missing": []}


def measured(subject, *corruptions, rows=100_000):
    found = faulty_entries(subject, subject.table("test"), LEVEL, corruptions=corruptions, rows=rows, seed=1)
    return {e.stratum: e for e in found.estimates}, found


def weights(n=400, low=40.0, high=120.0, **more):
    """Persons weighed in kilograms, whose case is `yes` from 80 on."""
    x = np.linspace(low, high, n)
    return pd.DataFrame({"x": x, "label": np.where(x >= 80, "yes", "no"), **more})


def in_kilograms(make_subject, frame=None, span=(30, 150), **more):
    """The tiny model decides yes from 80 on."""
    return make_subject(
        weights() if frame is None else frame, bias=[-80.0], quantity={"unit": "kg", "range": span},
        most=COMPLETE, **more,
    )  # fmt: skip


def test_pounds_for_kilograms_pass_where_they_lie_inside_the_range_and_turn_the_lighter_half(make_subject):
    """By hand: w kg is 2.20462 w lb, at most 150 up to 68.04 kg; of those, from 36.29 kg on, all turn to yes.

    Of 40 to 120 that is (68.04 - 40) / 80 = 0.3505. Milligrams, grams, ounces and tonnes lie outside.
    """
    found, _ = measured(in_kilograms(make_subject), "corruption=unit")
    assert float(found["corruption=unit & feature=x"].value) == pytest.approx(0.3505, abs=0.003)
    assert found["corruption=unit"].value == found["corruption=unit & feature=x"].value


def test_a_range_that_is_as_narrow_as_the_cases_catches_more(make_subject):
    """Up to 120 the slip passes below 54.43 kg: (54.43 - 40) / 80 = 0.18."""
    found, _ = measured(in_kilograms(make_subject, span=(40, 120)), "corruption=unit")
    assert float(found["corruption=unit"].value) == pytest.approx(0.18, abs=0.003)


def test_a_point_shifted_by_one_place_is_caught_by_a_range_of_less_than_a_decade(make_subject):
    caught, _ = measured(in_kilograms(make_subject), "corruption=decimal")
    assert float(caught["corruption=decimal"].value) == 0
    passed, _ = measured(in_kilograms(make_subject, span=(0, 150)), "corruption=decimal")
    assert float(passed["corruption=decimal"].value) == pytest.approx(0.5, abs=0.01)


def test_the_bounds_are_exact_and_those_of_the_greatest_are_corrected_on_the_far_side(make_subject):
    found, whole = measured(in_kilograms(make_subject), "corruption=unit", "corruption=decimal")
    one, top = found["corruption=unit & feature=x"], found["corruption=unit"]
    events = round(float(one.value) * 400)
    assert (float(one.demonstrating.lower), float(one.demonstrating.upper)) == pytest.approx(
        clopper_pearson(events, 400, 0.975)
    )
    assert float(top.demonstrating.upper) == pytest.approx(clopper_pearson(events, 400, 0.975)[1])
    assert float(top.demonstrating.lower) == pytest.approx(clopper_pearson(events, 400, 0.9875)[0])
    rows = json.loads(whole.exhibits[0].data)["slips"]
    assert [(row["corruption"], row["feature"]) for row in rows] == [("unit", "x"), ("decimal", "x")]


def test_a_model_that_answers_nothing_without_a_value_refuses_and_does_not_guess(make_subject):
    found, _ = measured(in_kilograms(make_subject), "corruption=missing")
    assert float(found["corruption=missing & feature=x"].value) == 0


def swallowing(floor):
    """A graph that replaces what is no number by `floor` before it decides as the tiny model does."""
    from onnx import TensorProto, checker, helper, numpy_helper

    nodes = [
        helper.make_node("IsNaN", ["input"], ["gone"]),
        helper.make_node("Where", ["gone", "floor", "input"], ["filled"]),
        helper.make_node("Sub", ["filled", "eighty"], ["linear"]),
        helper.make_node("Sigmoid", ["linear"], ["probability"]),
    ]
    constants = [
        numpy_helper.from_array(np.array(v, dtype=np.float32), n)
        for n, v in (("floor", floor), ("eighty", 80.0))
    ]
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["cases", 1])
        for name in ("input", "probability")
    ]
    graph = helper.make_graph(nodes, "swallowing", ends[:1], ends[1:], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())


def test_a_model_that_puts_a_number_in_the_place_of_a_missing_one_guesses(make_subject):
    subject = in_kilograms(make_subject, graph=swallowing(85.0))
    found, _ = measured(subject, "corruption=missing")
    assert float(found["corruption=missing"].value) == 1


def test_where_a_value_may_be_missing_the_decision_must_stay(make_subject):
    """Filled up with 85, all who are lighter than 80 are decided otherwise: half of them."""
    subject = make_subject(
        weights(), bias=[-80.0], quantity={"unit": "kg", "range": (30, 150)}, graph=swallowing(85.0),
        most={"may_be_missing": ["x"]},
    )  # fmt: skip
    found, _ = measured(subject, "corruption=missing")
    assert float(found["corruption=missing"].value) == pytest.approx(0.5, abs=0.01)


def test_a_column_that_may_be_missing_and_leaves_no_answer_is_mishandled(make_subject):
    subject = make_subject(
        weights(), bias=[-80.0], quantity={"unit": "kg", "range": (30, 150)}, most={"may_be_missing": ["x"]}
    )
    found, _ = measured(subject, "corruption=missing")
    assert float(found["corruption=missing"].value) == 1


def test_who_says_nothing_of_missing_values_is_not_measured_for_them_and_is_for_units(make_subject):
    subject = make_subject(weights(), bias=[-80.0], quantity={"unit": "kg", "range": (30, 150)})
    with pytest.raises(CannotMeasure, match="may_be_missing"):
        measured(subject, "corruption=missing")
    assert measured(subject, "corruption=unit")[0]


def test_every_column_is_an_estimate_and_the_greatest_is_that_of_the_worst(make_subject):
    """The second column has no weight: no slip in it turns anything."""
    frame = weights(x1=np.linspace(40, 120, 400))
    frame = frame.rename(columns={"x": "x0"})
    subject = make_subject(
        frame, weights=[[1.0], [0.0]], bias=[-80.0], quantity={"unit": "kg", "range": (30, 150)},
        most=COMPLETE,
    )  # fmt: skip
    found, _ = measured(subject, "corruption=unit")
    assert float(found["corruption=unit & feature=x1"].value) == 0
    assert found["corruption=unit"].value == found["corruption=unit & feature=x0"].value > 0


def test_rows_outside_the_contract_and_undecided_ones_are_mishandled_and_those_not_moved_no_trial(
    make_subject,
):
    """Zero is zero in every unit; of six rows it is no trial, and two are worst outcomes."""
    x = [0.0, 100.0, 101.0, 102.0, 500.0, np.nan]
    frame = pd.DataFrame({"x": x, "label": ["no", "yes", "yes", "yes", "yes", "yes"]})
    subject = in_kilograms(make_subject, frame, span=(0, 150))
    found, _ = measured(subject, "corruption=unit")
    one = found["corruption=unit & feature=x"]
    assert one.n == 5
    assert float(one.value) >= 2 / 5


@pytest.mark.parametrize(
    "which", [(), ("unit",), ("corruption=upside & feature=x",), ("corruption=unit & x",)]
)
def test_what_is_no_slip_is_refused(make_subject, which):
    with pytest.raises(CannotMeasure, match="expected strata such as"):
        measured(in_kilograms(make_subject), *which)


def test_a_slip_that_changes_nothing_was_not_tried(make_subject):
    """The unit 1 is taken for no other, and whole numbers know no missing value."""
    with pytest.raises(CannotMeasure, match="nothing was tried"):
        measured(make_subject(weights(), quantity={"range": (30, 150)}, most=COMPLETE), "corruption=unit")
    frame = pd.DataFrame({"x": np.arange(40, 120), "label": "yes"})
    subject = make_subject(frame, dtype="int64", quantity={"unit": "kg", "range": (30, 150)}, most=COMPLETE)
    with pytest.raises(CannotMeasure, match="nothing was tried"):
        measured(subject, "corruption=missing")


def test_a_model_without_columns_and_one_that_answers_numbers_are_not_measured(make_subject):
    pictures = {"images": np.random.default_rng(0).random((20, 4)), "label": np.repeat("yes", 20)}
    with pytest.raises(CannotMeasure, match="no columns"):
        measured(make_subject(pictures, tensor="images"), "corruption=unit")
    frame = pd.DataFrame({"x": [1.0, 2.0], "label": [1.0, 2.0]})
    subject = make_subject(frame, task="regression", quantity={"unit": "kg"}, most=COMPLETE)
    with pytest.raises(CannotMeasure, match="decides no class"):
        measured(subject, "corruption=unit")


def test_a_code_has_no_unit_and_no_decimal_point():
    from certify.submission.model import CodedColumn

    column = CodedColumn(kind="coded", name="sex", codes=("0", "1"), meaning="sex")
    assert not SLIPS["unit"](column, np.ones(3))
    assert not SLIPS["decimal"](column, np.ones(3))
    assert np.isnan(SLIPS["missing"](column, np.ones(3))[0]).all()


def test_whole_numbers_are_rounded_and_what_a_type_cannot_hold_is_no_slip():
    assert written(np.array([1.6]), "int32").tolist() == [2]
    assert written(np.array([1e12]), "int32") is None
    assert written(np.array([np.nan]), "int64") is None
    assert np.isinf(written(np.array([1e300]), "float32")).all()


def _labels_alone(path):
    """Without the list of probabilities, which is no tensor."""
    import onnx

    model = onnx.load(path)
    model.graph.output.pop()
    (zipped,) = [node for node in model.graph.node if node.op_type == "ZipMap"]
    model.graph.node.remove(zipped)
    return bytes(model.SerializeToString())


PIMA = ("pregnancies", "glucose", "pressure", "skin", "insulin", "bmi", "pedigree", "age")
UNITS = {
    "glucose": ("mg/dl", [0, 400]), "pressure": ("mmHg", [0, 200]), "skin": ("mm", [0, 100]),
    "age": ("year", [18, 120]), "bmi": ("kg/m**2", [0, 70]),
}  # fmt: skip


@pytest.mark.qualify
@pytest.mark.skipif(DATA is None, reason="CERTIFY_DATA names no folder with real data")
def test_a_tree_of_others_answers_without_a_value_and_an_age_in_months_is_noticed(make_subject, capsys):
    """A TreeEnsembleClassifier sends what is no number down one branch: it guesses, as ONNX defines it."""
    folder = Path(str(DATA)) / "diabetes_tree"
    frame = pd.read_csv(folder / "pima-indians-diabetes.csv", header=None, names=[*PIMA, "label"])
    columns = [
        {
            "kind": "measured", "name": name, "unit": UNITS.get(name, ("1", None))[0],
            "range": list(map(str, UNITS.get(name, ("1", [0, 1000]))[1])),
        }
        for name in PIMA
    ]  # fmt: skip
    change = {
        "model": {
            "inputs": [{"kind": "table", "name": "float_input", "dtype": "float32", "columns": columns}],
            "outputs": [{"name": "output_label", "content": "label"}],
            "decision": {"output": "output_label", "negative": "0", "positive": "1"},
        }
    }
    subject = make_subject(
        frame, columns=list(PIMA), classes=["0", "1"], graph=_labels_alone(folder / "diabetes.onnx"),
        most=COMPLETE, change=change,
    )  # fmt: skip
    found, _ = measured(subject, "corruption=missing", "corruption=unit", "corruption=decimal")
    with capsys.disabled():
        print()
        for stratum, e in found.items():
            lower, upper = e.demonstrating.lower, e.demonstrating.upper
            print(f"{stratum:42} {float(e.value):.3f} [{float(lower):.3f}, {float(upper):.3f}] n={e.n}")
    assert float(found["corruption=missing"].value) == 1
    assert float(found["corruption=unit & feature=age"].value) == 0
    assert float(found["corruption=decimal"].value) > 0.1
