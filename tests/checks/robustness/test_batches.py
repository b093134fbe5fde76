import json

import numpy as np
import onnx
import pandas as pd
import pytest
from onnx import TensorProto, helper, numpy_helper
from scipy import stats

from checks.measured import CannotMeasure, Confidence
from checks.predictor import Predictor
from checks.robustness.batches import batch_consistency
from checks.statistics.proportions import clopper_pearson

LEVEL = Confidence(0.975)


def graph(*nodes, cases="cases"):
    """Bytes of a model from `input` to `probability`; a node is (operator, inputs, outputs, attributes)."""
    shape = [cases, 1]
    made = [helper.make_node(*node[:3], **dict(node[3:])) for node in nodes]
    whole = helper.make_graph(
        made,
        "company",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("probability", TensorProto.FLOAT, shape)],
        [numpy_helper.from_array(np.array(0, np.int64), "first_axis")],
    )
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    onnx.checker.check_model(model)
    return model.SerializeToString()


PLAIN = (("Sigmoid", ["input"], ["probability"]),)
WORST_OF_THE_BATCH = (
    ("ReduceMin", ["input"], ["least"], ("axes", [0]), ("keepdims", 1)),
    ("Mul", ["input", "input"], ["squared"]),
    ("Mul", ["squared", "least"], ["signed"]),
    ("Sigmoid", ["signed"], ["probability"]),
)
"""Yes where every case of the batch is at least zero."""
FIRST_ALONE_IS_RIGHT = (
    ("Sub", ["input", "input"], ["zeros"]),
    ("Exp", ["zeros"], ["ones"]),
    ("CumSum", ["ones", "first_axis"], ["place"]),
    ("Sub", ["place", "ones"], ["before"]),
    ("Greater", ["before", "zeros"], ["later"]),
    ("Neg", ["input"], ["minus"]),
    ("Where", ["later", "minus", "input"], ["turned"]),
    ("Sigmoid", ["turned"], ["probability"]),
)
"""The first case of a batch is decided as alone, all others the other way round."""


def at(*x):
    return pd.DataFrame({"x": x, "label": "yes"})


def some(n, seed=1):
    return at(*np.random.default_rng(seed).uniform(-5, 5, n))


def measured(subject, batch=8):
    return batch_consistency(subject, subject.table("test"), LEVEL, batch=batch)


def changed(subject, batch=8):
    (estimate,) = measured(subject, batch).estimates
    return estimate


def test_a_model_that_looks_at_one_case_at_a_time_is_consistent(make_subject):
    estimate = changed(make_subject(some(800), graph=graph(*PLAIN)))
    assert (estimate.statistic, estimate.stratum, estimate.value) == ("decision_changed", "all", 0)
    assert estimate.n == 600
    assert float(estimate.demonstrating.upper) == pytest.approx(clopper_pearson(0, 600, 0.975)[1])


def test_a_model_that_knows_the_place_in_the_batch_changes_its_mind_in_all_places_but_one(make_subject):
    """The place is drawn anew for every case: three cases in four are not the first of four."""
    estimate = changed(make_subject(some(4000), graph=graph(*FIRST_ALONE_IS_RIGHT)), batch=4)
    assert float(estimate.value) == pytest.approx(0.75, abs=4 * np.sqrt(0.75 * 0.25 / 3000))
    assert estimate.refuting.lower > 0.7


def test_the_share_of_changes_is_that_of_drawing_companions_without_replacement(make_subject):
    """A positive case is turned where any of its companions is negative; a negative one never."""
    rng = np.random.default_rng(2)
    subject = make_subject(at(*np.where(rng.random(4000) < 0.1, -1.0, 1.0)), graph=graph(*WORST_OF_THE_BATCH))
    order = subject.generator(0, "batches").permutation(4000)
    x = subject.table("test").inputs["input"][order, 0]
    company, tried = x[:1000], x[1000:]
    no_negative = stats.hypergeom(1000, int((company < 0).sum()), 4).pmf(0)
    expected = (tried > 0).mean() * (1 - no_negative)
    assert 0.2 < expected < 0.4
    assert float(changed(subject, batch=5).value) == pytest.approx(expected, abs=4 * np.sqrt(0.25 / 3000))


def test_the_bound_misses_as_rarely_as_it_says_where_one_case_turns_all_its_company(make_subject):
    """One case in fifty does. The cases of whole batches turn together: counted as trials, they miss more."""
    share, n, batch, worlds = 0.02, 200, 10, 60
    misses = of_whole_batches = 0
    for seed in range(worlds):
        spoils = np.random.default_rng(seed).random(n) < share
        subject = make_subject(at(*np.where(spoils, -1.0, 1.0)), graph=graph(*WORST_OF_THE_BATCH))
        order = subject.generator(0, "batches").permutation(n)
        turning = 1 - stats.hypergeom(n // 4, spoils[order[: n // 4]].sum(), batch - 1).pmf(0)
        misses += float(changed(subject, batch).demonstrating.upper) < (1 - share) * turning
        turned = (spoils.reshape(-1, batch).any(axis=1)[:, None] & ~spoils.reshape(-1, batch)).sum()
        of_whole_batches += clopper_pearson(int(turned), n, 0.975)[1] < (1 - share) - (1 - share) ** batch
    assert misses <= stats.binom.ppf(0.9999, worlds, 0.025) < of_whole_batches


def test_one_case_is_asked_among_others_that_are_never_tried(make_subject, monkeypatch):
    subject = make_subject(at(*np.linspace(-5, 5, 400)), graph=graph(*PLAIN))
    asked, outputs = [], Predictor.outputs

    def listening(self, inputs, *, batch=1):
        if batch > 1:
            asked.append(inputs["input"][:, 0].tolist())
        return outputs(self, inputs, batch=batch)

    monkeypatch.setattr(Predictor, "outputs", listening)
    measured(subject)
    order = subject.generator(0, "batches").permutation(400)
    x = subject.table("test").inputs["input"][:, 0]
    tried, company = set(x[order[100:]].tolist()), set(x[order[:100]].tolist())
    assert sorted(case for rows in asked for case in rows if case in tried) == sorted(tried)
    assert all(len(set(rows)) == 8 and len(set(rows) & company) == 7 for rows in asked)
    assert len({tuple(rows) for rows in asked}) == 300
    assert {next(i for i, case in enumerate(rows) if case in tried) for rows in asked} == set(range(8))


def test_the_same_submission_gives_the_same_result(make_subject):
    subject = make_subject(some(400), graph=graph(*WORST_OF_THE_BATCH))
    assert measured(subject) == measured(subject)


def test_a_case_that_is_undecided_or_outside_counts_as_changed(make_subject):
    x = np.concatenate([np.ones(200), np.full(100, np.nan), np.full(100, 11.0)])
    subject = make_subject(at(*x), graph=graph(*PLAIN))
    order = subject.generator(0, "batches").permutation(400)
    assert float(changed(subject).value) == (order[100:] >= 200).sum() / 300


def test_what_lies_outside_the_contract_keeps_no_company(make_subject):
    """A value of which the contract does not speak would turn every case that it stands beside."""
    x = np.concatenate([np.ones(380), np.full(20, -11.0)])
    subject = make_subject(at(*x), graph=graph(*WORST_OF_THE_BATCH))
    order = subject.generator(0, "batches").permutation(400)
    assert (order[:100] >= 380).any()
    assert float(changed(subject).value) == (order[100:] >= 380).sum() / 300


def test_too_few_rows_keep_no_company(make_subject):
    with pytest.raises(
        CannotMeasure, match="6 rows inside the contract can keep company, and a batch of 8 needs 7"
    ):
        measured(make_subject(some(27)))
    assert measured(make_subject(some(28))).estimates[0].n == 21


@pytest.mark.parametrize("batch", [1, 0, -3])
def test_a_batch_of_one_is_no_batch(make_subject, batch):
    with pytest.raises(CannotMeasure, match=f"a batch of two cases or more, found {batch}"):
        measured(make_subject(some(40)), batch)


def test_a_graph_that_fixes_another_batch_cannot_be_asked(make_subject):
    for fixed in (1, 4):
        with pytest.raises(
            CannotMeasure, match=f"the graph takes {fixed} cases at a time and no other number"
        ):
            measured(make_subject(some(40), graph=graph(*PLAIN, cases=fixed)))


def test_a_graph_that_fixes_this_batch_is_asked_among_copies_and_among_others(make_subject):
    good = make_subject(some(400), graph=graph(*PLAIN, cases=8))
    bad = make_subject(some(400), graph=graph(*WORST_OF_THE_BATCH, cases=8))
    assert changed(good).value == 0
    assert changed(bad).refuting.lower > 0.4


def test_several_classes_are_decided_among_others_as_alone(make_subject):
    scores = np.random.default_rng(3).normal(0, 1, (100, 3))
    frame = pd.DataFrame(scores, columns=["x0", "x1", "x2"]).assign(label="a")
    assert changed(make_subject(frame, task="multiclass")).value == 0


def test_a_regression_decides_nothing(make_subject):
    with pytest.raises(CannotMeasure, match="decides no class"):
        measured(make_subject(pd.DataFrame({"x": [1.0], "label": [1.0]}), task="regression"))


def test_weighted_or_missing_data_are_not_measured(make_subject):
    with pytest.raises(CannotMeasure, match="weight"):
        measured(make_subject(row_weights="w"))
    with pytest.raises(CannotMeasure, match="none were given"):
        batch_consistency(make_subject(), None, LEVEL, batch=8)


def test_the_exhibit_shows_counts_to_the_vendor(make_subject):
    (exhibit,) = measured(make_subject(some(400), graph=graph(*PLAIN))).exhibits
    assert exhibit.visibility == "vendor"
    assert json.loads(exhibit.data) == {"batch": 8, "tried": 300, "changed": 0, "keeping_company": 100}
