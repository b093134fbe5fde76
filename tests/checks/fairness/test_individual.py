"""Whether anybody at all is decided otherwise for an attribute, against every case of small domains."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pandas as pd
import pytest
from tree_graphs import forest_graph

from checks.fairness.individual import individual_fairness
from checks.measured import CannotMeasure, Confidence

LEVEL = Confidence(0.975)
SEX = {"sex": {"female": [0], "male": [1]}}
OUTPUT = {
    "outputs": [{"name": "scores", "content": "score"}],
    "decision": {"output": "scores", "threshold": 0},
}


def rows(**columns):
    return pd.DataFrame({"x0": [0, 1, 0, 1], "x1": [-1, 1, 2, -2], "label": ["no", "yes"] * 2, **columns})


def subject(make, weights, bias=0.0, **more):
    """A logistic model of a code x0, which tells the sex, and a whole number x1 from -5 to 5."""
    settings = {
        "coded": {"x0": [0, 1]}, "step": 1, "quantity": {"range": (-5, 5)}, "attributes": SEX,
        "sources": {"sex": "x0"}, "weights": weights, "bias": bias,
    } | more  # fmt: skip
    return make(rows(), **settings)


def measured(of, attributes=("sex",), regions=5000):
    return individual_fairness(of, of.table("test"), LEVEL, attributes=attributes, regions=regions, seed=1)


@pytest.mark.parametrize("seed", range(12))
def test_the_statement_is_what_every_case_of_the_domain_says(make_subject, seed):
    """Eleven numbers and two sexes: the model itself is asked of all."""
    rng = np.random.default_rng(seed)
    weights, bias = np.append(rng.choice([0, 0.2, 0.6]) * rng.normal(), rng.normal()), float(rng.normal())
    of = subject(make_subject, weights, bias)
    everybody = np.array(list(itertools.product([0, 1], range(-5, 6))), np.float32)
    decided = of.predictor.decide({"input": everybody}).reshape(2, 11)
    (statement,) = measured(of).statements
    assert (statement.name, statement.subject, statement.kind) == ("decided_alike", "sex", "proof")
    assert statement.holds == (decided[0] == decided[1]).all()


def test_a_refutation_shows_two_persons_in_the_columns_of_the_vendor(make_subject):
    found = measured(subject(make_subject, [3.0, 1.0]))
    (statement,) = found.statements
    assert not statement.holds
    pair = json.loads(found.exhibits[0].data)["sex"]
    one, other = pair["persons"]
    assert one["x1"] == other["x1"]
    assert {one["x0"], other["x0"]} == {"0", "1"}
    assert set(pair["decided"]) == {"no", "yes"}
    assert found.exhibits[0].visibility == "vendor"
    assert f"with x0 {one['x0']}" in statement.explanation


def test_a_pair_that_exists_only_between_the_declared_steps_refutes_nothing(make_subject):
    """The border lies at 0.3 for the one sex and at 0.6 for the other: no whole number is between."""
    assert measured(subject(make_subject, [0.3, 1.0], -0.6)).statements[0].holds
    anywhere = subject(make_subject, [0.3, 1.0], -0.6, step=None)
    assert not measured(anywhere).statements[0].holds


def test_an_attribute_that_meets_no_weight_is_proved_to_change_nothing(make_subject):
    (statement,) = measured(subject(make_subject, [0.0, 1.0], step=None)).statements
    assert statement.holds


def test_too_few_parts_settle_nothing_and_say_so(make_subject):
    of = subject(make_subject, [0.3, 1.0], -0.6)
    with pytest.raises(CannotMeasure, match="neither proved nor refuted, sex: "):
        measured(of, regions=1)


@pytest.mark.parametrize("fair", [True, False])
def test_trees_are_proved_exactly_as_well(make_subject, fair):
    """Only who has more than 100 between 1 and 2 is decided by sex, and half a step lies there."""
    by_sex = ("BRANCH_LEQ", 0, 0.5, (1.0,), (-1.0,))
    inner = ("BRANCH_LEQ", 1, 1.5 if fair else 2.0, by_sex, (1.0,))
    trees = [("BRANCH_LEQ", 1, 1.0, (-1.0,), inner)]
    of = subject(
        make_subject, None, graph=forest_graph(trees, kind="Regressor", features=2, outputs=1),
        change={"model": OUTPUT},
    )  # fmt: skip
    assert measured(of).statements[0].holds is fair


def test_who_differs_within_a_group_is_not_compared(make_subject):
    """Codes 0 and 1 are one group: what tells them apart is not asked."""
    frame = pd.DataFrame({"x0": [0, 1, 2, 2], "x1": [-1, 1, 2, -2], "label": ["no", "yes"] * 2})
    keywords = {
        "coded": {"x0": [0, 1, 2]}, "step": 1, "quantity": {"range": (-5, 5)}, "sources": {"sex": "x0"},
    }  # fmt: skip
    tree = ("BRANCH_LEQ", 0, 0.5, (1.0,), (-1.0,))
    graph = forest_graph([tree], kind="Regressor", features=2, outputs=1)
    apart = make_subject(
        frame, graph=graph, attributes={"sex": {"a": [0], "b": [1, 2]}}, change={"model": OUTPUT}, **keywords
    )
    assert not measured(apart).statements[0].holds
    alike = ("BRANCH_LEQ", 0, 1.5, (1.0,), (1.0,))
    graph = forest_graph([alike], kind="Regressor", features=2, outputs=1)
    together = make_subject(
        frame, graph=graph, attributes={"sex": {"a": [0, 1], "b": [2]}}, change={"model": OUTPUT}, **keywords
    )
    assert measured(together).statements[0].holds


def test_what_cannot_be_asked_is_refused(make_subject):
    of = subject(make_subject, [0.0, 1.0])
    for attributes, sentence in (((), "no attribute"), (("age",), "declares no attribute age")):
        with pytest.raises(CannotMeasure, match=sentence):
            measured(of, attributes)
    with pytest.raises(CannotMeasure, match="not fed"):
        measured(subject(make_subject, [0.0, 1.0], sources={"sex": "label"}))
    half = {"sex": {"female": [0], "male": [7]}}
    with pytest.raises(CannotMeasure, match="belong"):
        measured(subject(make_subject, [0.0, 1.0], attributes=half))
    with pytest.raises(CannotMeasure, match="one input of floating numbers"):
        measured(subject(make_subject, [0.0, 1.0], dtype="int64"))
