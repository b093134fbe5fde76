"""Two cases in one ensemble, against every pair of cells that onnxruntime is asked."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from tree_graphs import forest_graph, session_of

from certify.submission.model import ArgmaxRule, ThresholdRule
from checks.proof.decisions import both, decided_apart, decides
from checks.proof.property import Region
from checks.proof.trees.ensemble import read_ensemble
from checks.proof.trees.prover import Question, settle
from checks.proof.trees.search import Forest
from checks.proof.trees.submitted import orders_of
from checks.proof.trees.twins import paired

CUTS = (-0.5, 0.5, 1.5)
AXES = ((0.0, 1.0, 2.0), (-1.0, 0.0, 1.0, 2.0), (-1.0, 0.0, 1.0, 2.0))
"""A value of every cell: column 0 holds codes."""


def random_tree(rng, depth, scores, columns):
    if depth == 0 or rng.random() < 0.1:
        return tuple(float(v) for v in rng.normal(size=scores).astype(np.float32))
    yes, no = (random_tree(rng, depth - 1, scores, columns) for _ in range(2))
    return "BRANCH_LEQ", int(rng.choice(columns)), float(rng.choice(CUTS)), yes, no


def threshold(border, column=0):
    return ThresholdRule(
        rule="threshold", output="scores", column=column, threshold=str(border),
        negative="no", positive="yes", favourable="positive",
    )  # fmt: skip


def answering(data):
    session = session_of(data)
    return lambda points: np.concatenate(
        [session.run(["scores"], {"input": case[None].astype(np.float32)})[0] for case in points]
    ).astype(np.float64)


def settled(data, conditions, decide, values, most_boxes=100_000):
    """What the prover says, and whether any pair of cells is treated as it must not."""
    ensemble = paired(read_ensemble(data, "scores"), 0, 3)
    forest = Forest(ensemble, [np.asarray(AXES[0]), None, None, np.asarray(AXES[0])])
    alone = answering(data)

    def answers(points):
        second = points[:, :3].copy()
        second[:, 0] = points[:, 3]
        return np.hstack([alone(points[:, :3]), alone(second)])

    def violates(points):
        return decide(answers(points))

    questions = [
        Question(
            region=Region(np.array([a, -2.0, -2.0, b]), np.array([a, 3.0, 3.0, b])), condition=condition,
            never_below=orders_of(ensemble, condition),
        )
        for a, b in values
        for condition in conditions
    ]  # fmt: skip
    answer = settle(
        forest, questions, answers=answers, violates=violates, most_boxes=most_boxes,
        generator=np.random.default_rng(0),
    )  # fmt: skip
    pairs = np.array([(a, x, y, b) for a, b in values for x, y in itertools.product(*AXES[1:])])
    return answer, bool(violates(pairs).any())


OTHERS = tuple((a, b) for a in AXES[0] for b in AXES[0] if a != b)


@pytest.mark.parametrize("seed", range(16))
@pytest.mark.parametrize("transform", ["NONE", "LOGISTIC"])
def test_who_is_decided_differently_by_a_code_is_found_and_nobody_else(seed, transform):
    rng = np.random.default_rng(seed)
    border = 0.0 if transform == "NONE" else 0.5
    trees = [random_tree(rng, 3, 1, [0, 1, 2] if k < seed % 3 else [1, 2]) for k in range(4)]
    trees[0] = tuple(-abs(v) for v in trees[0]) if not isinstance(trees[0][0], str) else trees[0]
    kind = {"kind": "Regressor", "outputs": 1} if transform == "NONE" else {"ids": [0], "outputs": 2}
    data = forest_graph(trees, features=3, transform=transform, **kind)
    column = 0 if transform == "NONE" else 1
    rule, numbers = threshold(border, column), kind["outputs"]

    def decide(given):
        return (given[:, column] >= border) != (given[:, numbers + column] >= border)

    answer, truth = settled(data, decided_apart(rule, numbers, "single"), decide, OTHERS)
    assert answer.verdict == ("violated" if truth else "holds")


@pytest.mark.parametrize("seed", range(12))
def test_three_classes_are_told_apart_as_onnxruntime_tells_them(seed):
    rng = np.random.default_rng(seed)
    trees = [random_tree(rng, 2, 3, [0, 1, 2] if k < seed % 2 else [1, 2]) for k in range(3)]
    data = forest_graph(trees, features=3, outputs=3)
    rule = ArgmaxRule(rule="argmax", output="scores", classes=("a", "b", "c"))

    def decide(given):
        return given[:, :3].argmax(1) != given[:, 3:].argmax(1)

    answer, truth = settled(data, decided_apart(rule, 3, "single"), decide, OTHERS)
    assert answer.verdict == ("violated" if truth else "holds")


@pytest.mark.parametrize("seed", range(12))
def test_a_decision_that_is_lost_with_more_is_found_and_none_else(seed):
    rng = np.random.default_rng(seed)
    tree = ("BRANCH_LEQ", 0, 0.5, (-1.0,), ("BRANCH_LEQ", 0, 1.5, (0.2,), (0.7,)))
    trees = [tree, *(random_tree(rng, 3, 1, [0, 1, 2] if seed % 2 else [1, 2]) for _ in range(2))]
    data = forest_graph(trees, kind="Regressor", features=3, outputs=1)
    rule = threshold(0)
    conditions = (both(decides(rule, 1, 1, "single"), decides(rule, 0, 1, "single")),)

    def decide(given):
        return (given[:, 0] >= 0) & (given[:, 1] < 0)

    answer, truth = settled(data, conditions, decide, ((0.0, 1.0), (1.0, 2.0)))
    assert answer.verdict == ("violated" if truth else "holds")


def test_an_attribute_that_no_tree_reads_is_settled_at_once_however_many_trees_there_are():
    """Bounds of both cases apart would leave every cell beside the border open."""
    rng = np.random.default_rng(0)
    data = forest_graph(
        [random_tree(rng, 5, 1, [1, 2]) for _ in range(60)], kind="Regressor", features=3, outputs=1
    )
    rule = threshold(0)
    answer, truth = settled(
        data, decided_apart(rule, 1, "single"), lambda y: (y[:, 0] >= 0) != (y[:, 1] >= 0), OTHERS, 20
    )
    assert (answer.verdict, truth) == ("holds", False)
    assert answer.regions <= 12
