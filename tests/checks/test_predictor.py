import numpy as np
import pandas as pd
import pytest
from onnx import TensorProto, helper

from checks.measured import CannotMeasure
from checks.predictor import UNDECIDED, classes_of


def inputs(*x):
    return {"input": np.array([[value] for value in x], dtype=np.float32)}


def model(nodes, inputs, outputs):
    """Bytes of a graph of float tensors; a node is (operator, inputs, outputs, attributes ...)."""
    infos = [
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in entries]
        for entries in (inputs, outputs)
    ]
    made = [helper.make_node(*node[:3], **dict(node[3:])) for node in nodes]
    graph = helper.make_graph(made, "tiny", *infos)
    opset = helper.make_opsetid("", 17)
    return helper.make_model(graph, opset_imports=[opset], ir_version=10).SerializeToString()


def test_the_threshold_itself_decides_positive(make_subject):
    """sigmoid(0) is exactly the threshold of 0.5."""
    assert make_subject().predictor.decide(inputs(-0.1, 0, 0.1)).tolist() == [0, 1, 1]


def test_another_threshold_decides_otherwise(make_subject):
    assert make_subject(threshold=0.9).predictor.decide(inputs(2.19, 2.2)).tolist() == [0, 1]


def test_the_threshold_applies_to_the_declared_column(make_subject):
    graph = model(
        [("Neg", ["input"], ["minus"]), ("Concat", ["input", "minus"], ["probability"], ("axis", 1))],
        [("input", ["n", 1])],
        [("probability", ["n", 2])],
    )
    for column, decided in [(0, [0, 1]), (1, [1, 0])]:
        subject = make_subject(graph=graph, change={"model": {"decision": {"column": column}}})
        assert subject.predictor.decide(inputs(-1, 1)).tolist() == decided


def test_the_largest_number_decides_and_ties_go_to_the_first(make_subject):
    frame = pd.DataFrame({"x0": [0.0], "x1": [0.0], "x2": [0.0], "label": ["a"]})
    subject = make_subject(frame, task="multiclass")
    scores = np.array([[1, 2, 0], [2, 2, 1], [0, 0, 5]], dtype=np.float32)
    assert subject.predictor.decide({"input": scores}).tolist() == [1, 0, 2]


def test_an_output_that_is_no_number_decides_nothing(make_subject):
    assert make_subject().predictor.decide(inputs(1, np.nan)).tolist() == [1, UNDECIDED]


def test_an_infinite_score_decides_nothing(make_subject):
    frame = pd.DataFrame({"x0": [0.0], "x1": [0.0], "x2": [0.0], "label": ["a"]})
    subject = make_subject(frame, task="multiclass")
    assert subject.predictor.decide({"input": np.array([[0, np.inf, 1]], np.float32)}).tolist() == [UNDECIDED]


def test_a_regression_answers_with_its_number_and_decides_no_class(make_subject):
    subject = make_subject(pd.DataFrame({"x": [1.0], "label": [1.0]}), task="regression")
    assert subject.predictor.values(inputs(3, -4)).tolist() == [3, -4]
    for refuse in (subject.predictor.decide, lambda _: classes_of(subject.manifest.model.decision)):
        with pytest.raises(CannotMeasure):
            refuse(inputs(3))


def test_a_classification_answers_with_no_number(make_subject):
    with pytest.raises(CannotMeasure, match="only a regression"):
        make_subject().predictor.values(inputs(1))


@pytest.mark.parametrize("batch", [1, 3, 7, 100])
def test_the_size_of_a_batch_changes_nothing(make_subject, batch):
    x = np.linspace(-3, 3, 20)
    predictor = make_subject().predictor
    whole = predictor.outputs(inputs(*x), batch=20)["probability"]
    assert np.allclose(predictor.outputs(inputs(*x), batch=batch)["probability"], whole, rtol=1e-6)


@pytest.mark.parametrize("cases", [1, 4, 5, 9])
def test_a_graph_with_a_fixed_batch_size_runs_full_batches(make_subject, cases):
    graph = model([("Sigmoid", ["input"], ["probability"])], [("input", [4, 1])], [("probability", [4, 1])])
    decided = make_subject(graph=graph).predictor.decide(inputs(*([-1, 1] * 5)[:cases]))
    assert decided.tolist() == ([0, 1] * 5)[:cases]


def test_preprocessing_runs_before_the_model(make_subject):
    before, between, after = ([(name, ["n", 1])] for name in ("input", "flipped", "probability"))
    flip = model([("Neg", ["input"], ["flipped"])], before, between)
    main = model([("Sigmoid", ["flipped"], ["probability"])], between, after)
    subject = make_subject(graph=main, preprocessing=flip)
    assert subject.predictor.decide(inputs(-1, 1)).tolist() == [1, 0]


def test_bytes_that_are_no_model_are_refused(make_subject):
    with pytest.raises(CannotMeasure, match="onnxruntime does not load model"):
        _ = make_subject(graph=b"no model").predictor


@pytest.mark.parametrize(
    ("entries", "produced", "reason"),
    [
        ([("other", ["n", 1])], [("probability", ["n", 1])], "the graph takes other"),
        ([("input", ["n", 1])], [("score", ["n", 1])], "no output probability"),
    ],
)
def test_a_graph_that_is_not_as_declared_is_refused(make_subject, entries, produced, reason):
    graph = model([("Sigmoid", [entries[0][0]], [produced[0][0]])], entries, produced)
    with pytest.raises(CannotMeasure, match=reason):
        _ = make_subject(graph=graph).predictor


def test_a_graph_of_another_element_type_is_refused(make_subject):
    with pytest.raises(CannotMeasure, match=r"manifest declares input: tensor\(double\)"):
        _ = make_subject(change={"model": {"inputs": [double_input()]}}).predictor


def double_input():
    column = {"kind": "measured", "name": "x", "unit": "1", "range": [-10, 10]}
    return {"kind": "table", "name": "input", "dtype": "float64", "columns": [column]}


def test_as_many_numbers_as_classes_are_expected(make_subject):
    frame = pd.DataFrame({"x0": [0.0], "x1": [0.0], "label": ["a"]})
    subject = make_subject(frame, task="multiclass", weights=np.eye(2))
    with pytest.raises(CannotMeasure, match="2 numbers per case for 3 classes"):
        subject.predictor.decide(subject.table("test").inputs)


def test_a_column_that_the_output_does_not_have_is_refused(make_subject):
    subject = make_subject(change={"model": {"decision": {"column": 1}}})
    with pytest.raises(CannotMeasure, match="no column 1 among 1"):
        subject.predictor.decide(inputs(1))


def test_an_output_without_a_row_per_case_is_refused(make_subject):
    graph = model(
        [("ReduceMean", ["input"], ["probability"])], [("input", ["n", 1])], [("probability", None)]
    )
    with pytest.raises(CannotMeasure, match="no tensor with one row per case"):
        make_subject(graph=graph).predictor.outputs(inputs(1, 2, 3), batch=3)


def test_the_order_in_which_cases_are_asked_is_unknown_and_the_answers_are_in_theirs(make_subject):
    """A graph that counts how often it was asked cannot recite the answers to a table by heart."""
    predictor = make_subject().predictor
    asked, (session,) = [], predictor._sessions

    class Listening:
        get_inputs, get_outputs = session.get_inputs, session.get_outputs

        def run(self, names, feed):
            asked.extend(feed["input"][:, 0].tolist())
            return session.run(names, feed)

    predictor._sessions = [Listening()]
    cases = list(range(-50, 50))
    assert predictor.decide(inputs(*cases)).tolist() == [0] * 50 + [1] * 50
    assert sorted(asked) == cases
    assert asked != cases
