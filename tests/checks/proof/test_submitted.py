"""Claims about submitted models, against every declared case of small domains."""

from __future__ import annotations

import itertools

import numpy as np
import onnx
import pandas as pd
import pytest
import torch
from onnx import parser
from tree_graphs import forest_graph

from checks.measured import CannotMeasure
from checks.proof.claims import indifferent, keeps, never_lost, twins_of
from checks.proof.folding import folded
from checks.proof.linear_map import Dense
from checks.proof.network import Affine, Network
from checks.proof.property import Region
from checks.proof.submitted import submitted
from checks.proof.submitted_network import _is_read

CODES = (0.0, 1.0, 3.0)
PAIRS = tuple(itertools.permutations(CODES, 2))


def net_graph(rng, hidden=6):
    """Two layers of random weights over three numbers, and a sigmoid."""

    def numbers(*shape):
        return ", ".join(f"{v:.4f}" for v in rng.normal(size=shape).ravel())

    model = parser.parse_model(
        f"""<ir_version: 9, opset_import: ["": 17]> net (float[n, 3] input) => (float[n, 1] probability)
        <float[3, {hidden}] a = {{{numbers(3, hidden)}}}, float[{hidden}] b = {{{numbers(hidden)}}},
         float[{hidden}, 1] c = {{{numbers(hidden)}}}, float[1] d = {{{numbers(1)}}}>
        {{ e = Gemm(input, a, b)
           f = Relu(e)
           g = Gemm(f, c, d)
           probability = Sigmoid(g) }}"""
    )
    return model.SerializeToString()


def subject(make, graph, **more):
    """x0 holds codes, x1 and x2 whole numbers from -4 to 4: 243 cases in all."""
    frame = pd.DataFrame({"x0": [0, 1], "x1": [1, -1], "x2": [0, 2], "label": ["no", "yes"]})
    keywords = {"coded": {"x0": [0, 1, 3]}, "step": 1, "quantity": {"range": (-4, 4)}} | more
    return make(frame, graph=graph, **keywords)


EVERYBODY = np.array(list(itertools.product(CODES, range(-4, 5), range(-4, 5))), np.float32)


def decided(of):
    return of.predictor.decide({"input": EVERYBODY}).reshape(3, 9, 9)


@pytest.mark.parametrize("seed", range(12))
def test_verdicts_on_twins_are_those_of_every_declared_case(make_subject, seed):
    of = subject(make_subject, net_graph(np.random.default_rng(seed)))
    model, answers = submitted(of), decided(of)
    alike = indifferent(model.domain, of.predictor, 0, PAIRS)
    found = model.prove_twins(alike, 20_000, np.random.default_rng(0))
    assert found.verdict == ("holds" if (answers == answers[0]).all() else "violated")
    steps = tuple(itertools.pairwise(map(float, range(-4, 5))))
    kept = never_lost(model.domain, of.predictor, 1, steps)
    found = model.prove_twins(kept, 20_000, np.random.default_rng(0))
    assert found.verdict == ("holds" if (np.diff(answers, axis=1) >= 0).all() else "violated")
    if found.counterexample is not None:
        first, second = twins_of(found.counterexample[None], 1)
        assert set(map(tuple, np.concatenate([first, second]))) <= set(map(tuple, EVERYBODY.astype(float)))


@pytest.mark.parametrize("seed", range(8))
def test_what_is_said_to_be_kept_in_a_region_is_kept_at_every_point_that_is_tried(make_subject, seed):
    rng = np.random.default_rng(seed)
    of = subject(make_subject, net_graph(rng))
    model = submitted(of)
    centre = np.array([1.0, *rng.integers(-3, 4, 2)])
    reach = np.array([0.0, 0.5, 0.5])
    region = Region(centre - reach, centre + reach)
    before = int(of.predictor.decide(model.domain.fed(centre[None]))[0])
    answer = model.prove(keeps(model.domain, of.predictor, region, before), 5000, rng)
    points = rng.uniform(region.lower, region.upper, (500, 3))
    same = of.predictor.decide(model.domain.fed(points)) == before
    assert answer.verdict == "violated" if not same.all() else answer.verdict in ("holds", "violated")
    if answer.counterexample is not None:
        assert region.contains(answer.counterexample)
        assert of.predictor.decide(model.domain.fed(answer.counterexample[None]))[0] != before


def test_a_graph_that_answers_otherwise_than_the_network_read_from_it_is_refused(make_subject, monkeypatch):
    from checks.proof import submitted_network

    of = subject(make_subject, net_graph(np.random.default_rng(0)))
    read = submitted_network.read_network
    monkeypatch.setattr(
        submitted_network, "read_network", lambda *a, **k: read(*a, **k).then(np.eye(1), np.array([0.01]))
    )
    model = submitted(of)
    with pytest.raises(CannotMeasure, match="otherwise than the network that was read"):
        model.prove_twins(indifferent(model.domain, of.predictor, 0, PAIRS), 100, np.random.default_rng(0))


def test_a_graph_that_takes_one_case_at_a_time_is_asked_case_by_case(make_subject):
    graph = net_graph(np.random.default_rng(3))
    model = onnx.load_from_string(graph)
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_value = 1
    verdicts = []
    for data in (graph, model.SerializeToString()):
        of = subject(make_subject, data)
        claim = indifferent(submitted(of).domain, of.predictor, 0, PAIRS)
        verdicts.append(submitted(of).prove_twins(claim, 5000, np.random.default_rng(0)).verdict)
    assert verdicts[0] == verdicts[1]


def test_codes_that_no_tree_looks_at_and_whole_numbers_are_minded(make_subject):
    """Between 0.2 and 0.8 the code decides, and no whole number lies there."""
    inner = ("BRANCH_LEQ", 1, 0.8, ("BRANCH_LEQ", 0, 0.5, (1.0,), (-1.0,)), (1.0,))
    graph = forest_graph([("BRANCH_LEQ", 1, 0.2, (-1.0,), inner)], kind="Regressor", features=2, outputs=1)
    output = {
        "outputs": [{"name": "scores", "content": "score"}],
        "decision": {"output": "scores", "threshold": 0},
    }
    for step, verdict in ((1, "holds"), (None, "violated")):
        frame = pd.DataFrame({"x0": [0, 1], "x1": [1, -1], "label": ["no", "yes"]})
        of = make_subject(
            frame, graph=graph, coded={"x0": [0, 1]}, step=step, quantity={"range": (-4, 4)},
            change={"model": output},
        )  # fmt: skip
        model = submitted(of)
        claim = indifferent(model.domain, of.predictor, 0, ((0.0, 1.0), (1.0, 0.0)))
        assert model.prove_twins(claim, 1000, np.random.default_rng(0)).verdict == verdict


def test_a_model_behind_another_graph_or_of_whole_numbers_is_refused(make_subject):
    of = make_subject(dtype="int64")
    with pytest.raises(CannotMeasure, match="one input of floating numbers"):
        submitted(of)
    behind = make_subject(preprocessing=net_graph(np.random.default_rng(0)))
    with pytest.raises(CannotMeasure, match="a graph runs before the model"):
        submitted(behind)


def test_a_number_that_is_added_and_taken_away_is_read_all_the_same():
    """In real numbers it changes nothing; in floats it may, and nothing holds "in any arithmetic"."""
    first = Affine(0, Dense(torch.tensor([[1e8, 1.0], [1e8, 0.0]]).double()), torch.zeros(2).double())
    last = Affine(1, Dense(torch.tensor([[1.0, -1.0]]).double()), torch.zeros(1).double())
    network = folded(Network(2, (first, last)))
    assert network.evaluate(np.array([[5.0, 3.0]])).item() == 3
    assert _is_read(network, 0)
    assert not _is_read(folded(Network(2, (Affine(0, Dense(torch.tensor([[0.0, 1.0]]).double()),
                                                  torch.zeros(1).double()),))), 0)  # fmt: skip
