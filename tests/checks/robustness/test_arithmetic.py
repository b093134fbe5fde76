import json

import numpy as np
import pandas as pd
import pytest
from onnx import TensorProto, checker, helper, numpy_helper

from checks.measured import CannotMeasure, Confidence
from checks.predictor import Predictor
from checks.robustness.arithmetic import arithmetic
from checks.session import Kernel
from checks.statistics.proportions import clopper_pearson

LEVEL = Confidence(0.975)
ALL = ("setting=threads", "setting=unoptimised", "setting=double")


def measured(subject, *settings, rows=100_000):
    found = arithmetic(subject, subject.table("test"), LEVEL, settings=settings or ALL, rows=rows, seed=1)
    return {(e.statistic, e.stratum): e for e in found.estimates}, found


def line(n=300, low=-3.0, high=3.0):
    x = np.linspace(low, high, n)
    return pd.DataFrame({"x": x, "label": np.where(x >= 0, "yes", "no")})


def flooded(flood):
    """probability = (x + flood) - flood: single precision rounds x to the steps of the flood."""
    nodes = [
        helper.make_node("Add", ["input", "flood"], ["drowned"]),
        helper.make_node("Sub", ["drowned", "flood"], ["probability"]),
    ]
    constant = [numpy_helper.from_array(np.array(flood, dtype=np.float32), "flood")]
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["cases", 1])
        for name in ("input", "probability")
    ]
    weights = [numpy_helper.from_array(np.eye(1, dtype=np.float32), "weights")]
    nodes.insert(0, helper.make_node("MatMul", ["input", "weights"], ["x"]))
    nodes[1].input[0] = "x"
    graph = helper.make_graph(nodes, "flooded", ends[:1], ends[1:], constant + weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())


def test_a_plain_model_decides_alike_however_it_is_reckoned(make_subject):
    found, whole = measured(make_subject(line()))
    assert {stratum: float(e.value) for (_, stratum), e in found.items()} == {
        **dict.fromkeys(ALL, 0),
        "all": 0,
    }
    assert {e.n for e in found.values()} == {300}
    assert float(json.loads(whole.exhibits[0].data)["greatest_difference"]) < 1e-6


def test_what_single_precision_swallows_is_decided_otherwise_in_double(make_subject):
    """At 2**24 floats are two apart: below 1 the number is rounded to 0, so that 0.5 to 1 is lost.

    Of 0 to 1.9 that is (1 - 0.5) / 1.9 of the cases; from 1 on it is rounded to 2, and stays above 0.5.
    """
    subject = make_subject(line(low=0.0, high=1.9), graph=flooded(2.0**24), threshold=0.5)
    found, _ = measured(subject)
    assert float(found["decision_changed", "setting=double"].value) == pytest.approx(0.5 / 1.9, abs=0.01)
    assert float(found["decision_changed", "setting=unoptimised"].value) == 0
    assert float(found["near_ties", "all"].value) == 1


def test_near_ties_are_cases_nearer_to_the_boundary_than_twice_the_difference_that_was_seen(make_subject):
    """At 2**20 floats are an eighth apart, and a number is at most a sixteenth off: an eighth is near."""
    subject = make_subject(line(low=-1.5, high=2.5), graph=flooded(2.0**20), threshold=0.5)
    found, whole = measured(subject)
    assert float(json.loads(whole.exhibits[0].data)["greatest_difference"]) == pytest.approx(1 / 16, rel=0.05)
    near = float(found["near_ties", "all"].value)
    assert near == pytest.approx(3 / 16 / 4, abs=0.02)  # 0.375, 0.5 and 0.625 after rounding, at most


def test_bounds_are_exact_and_corrected_for_all_that_is_asked(make_subject):
    found, _ = measured(make_subject(line(n=120)), "setting=unoptimised")
    one = found["decision_changed", "setting=unoptimised"]
    assert float(one.demonstrating.upper) == pytest.approx(clopper_pearson(0, 120, 0.975)[1])
    assert float(one.refuting.upper) == pytest.approx(clopper_pearson(0, 120, 0.9875)[1])


def test_undecided_cases_and_those_outside_the_contract_count_as_changed_and_near(make_subject):
    frame = pd.DataFrame({"x": [1.0, 2.0, np.nan, 50.0, -1.0], "label": ["yes", "yes", "no", "yes", "no"]})
    found, _ = measured(make_subject(frame))
    assert {float(e.value) for e in found.values()} == {0.4}


@pytest.mark.parametrize("settings", [("double",), ("setting=double", "setting=double"), ("setting=gpu",)])
def test_what_is_no_setting_is_refused(make_subject, settings):
    with pytest.raises(CannotMeasure, match="expected settings among"):
        measured(make_subject(line()), *settings)


def test_no_setting_at_all_is_refused(make_subject):
    subject = make_subject(line())
    with pytest.raises(CannotMeasure, match="expected settings among"):
        arithmetic(subject, subject.table("test"), LEVEL, settings=(), rows=10, seed=1)


def test_a_regression_is_not_measured(make_subject):
    frame = pd.DataFrame({"x": [1.0, 2.0], "label": [1.0, 2.0]})
    with pytest.raises(CannotMeasure, match="decides no class"):
        measured(make_subject(frame, task="regression"))


def test_a_kernel_is_what_the_session_was_made_with(make_subject):
    subject = make_subject(line())
    for kernel in (Kernel(), Kernel(threads=3), Kernel(optimised=False)):
        predictor = Predictor(subject.manifest.model, subject.files, np.random.default_rng(0), kernel)
        options = predictor._sessions[0].get_session_options()
        assert options.intra_op_num_threads == kernel.threads
        assert (options.graph_optimization_level.value > 0) == kernel.optimised
