"""Ensembles against every cell of their thresholds, asked of onnxruntime one by one, and against a MILP."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize, sparse
from sklearn.datasets import make_classification
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier
from tree_graphs import asked, cut_at, forest_graph, session_of, sklearn_tree

from checks.measured import CannotMeasure
from checks.proof.property import Case, Condition, Property, Region
from checks.proof.trees.ensemble import read_ensemble
from checks.proof.trees.prover import prove_trees, require_agreement
from checks.proof.trees.search import Forest, least

DATA = os.environ.get("CERTIFY_DATA")
needs_data = pytest.mark.skipif(DATA is None, reason="CERTIFY_DATA does not name the folder with real data")
MODES = ("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ")
CUTS = (-1.0, 0.0, 0.1, 0.5, 2.0)


def random_tree(rng, depth, features, scores):
    if depth == 0 or rng.random() < 0.15:
        return tuple(float(v) for v in rng.normal(size=scores).astype(np.float32))
    yes, no = (random_tree(rng, depth - 1, features, scores) for _ in range(2))
    return str(rng.choice(MODES)), int(rng.integers(features)), float(np.float32(rng.choice(CUTS))), yes, no


def every_cell(features, lower, upper):
    """A point of every cell between the cuts, and every cut, as far as they lie in the region."""
    cuts = [float(np.float32(cut)) for cut in CUTS]
    between = [-5.0, -0.5, 0.05, 0.3, 1.0, 5.0]
    near = [float(np.nextafter(np.float32(c), np.float32(d))) for c in cuts for d in (-9, 9)]
    axes = []
    for low, high in zip(lower, upper, strict=True):
        axes.append([v for v in {*cuts, *between, *near, low, high} if low <= v <= high])
    return np.asarray(list(itertools.product(*axes)), dtype=np.float32)


def answering(data, name="scores", dtype=np.float32):
    session = session_of(data)
    entry = session.get_inputs()[0].name

    def answers(points):
        return np.asarray(session.run([name], {entry: points.astype(dtype)})[0], np.float64).reshape(
            len(points), -1
        )

    return answers


def at_most(place, limit, outputs):
    return Condition(rows=np.eye(outputs)[place][None], limits=np.array([limit]))


@pytest.mark.parametrize("seed", range(30))
def test_verdicts_and_least_values_are_those_of_every_cell_that_onnxruntime_is_asked(seed):
    """All six comparisons, regions that end at thresholds, and limits on both sides of the truth."""
    rng = np.random.default_rng(seed)
    trees = [random_tree(rng, 4, 3, 2) for _ in range(int(rng.integers(1, 6)))]
    data = forest_graph(trees, kind="Regressor", features=3, outputs=2)
    forest, answers = Forest(read_ensemble(data, "scores"), [None] * 3), answering(data)
    ends = np.sort(rng.choice([*map(float, np.float32(CUTS)), -5.0, 5.0, 0.3, 1.0], (2, 3)), axis=0)
    region, cells = Region(ends[0], ends[1]), every_cell(3, *ends)
    truth = answers(cells)[:, 0].min()
    found = least(forest, region, np.array([1.0, 0.0]), 100_000)
    assert found.bound == found.reached == pytest.approx(truth, abs=1e-5)
    for limit, expected in ((truth - 1e-4, "holds"), (truth + 1e-4, "violated")):
        answer = prove_trees(
            forest, Property("p", (Case(region, (at_most(0, limit, 2),)),)),
            answers=answers, most_boxes=100_000, generator=rng,
        )  # fmt: skip
        assert answer.verdict == expected
        if expected == "violated":
            point = answer.counterexample
            assert region.contains(point)
            assert answers(point[None])[0, 0] <= limit


@pytest.mark.parametrize("transform", ["NONE", "LOGISTIC"])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_two_classes_of_one_score_are_answered_as_onnxruntime_does(transform, sign):
    tree = ("BRANCH_LEQ", 0, 0.5, (0.25 * sign,), ("BRANCH_LT", 1, 0.1, (0.75,), (0.5,)))
    data = forest_graph([tree, tree], features=2, outputs=2, ids=[0], transform=transform)
    points = np.random.default_rng(0).normal(size=(300, 2)).astype(np.float32)
    ensemble = read_ensemble(data, "scores")
    assert np.abs(ensemble.answers(points) - asked(data, points, "scores")).max() < 1e-6


@pytest.mark.parametrize(
    ("transform", "classes"), [("NONE", 3), ("SOFTMAX", 3), ("SOFTMAX", 2), ("LOGISTIC", 2)]
)
@pytest.mark.parametrize("seed", range(4))
def test_after_a_transform_verdicts_are_those_of_every_cell(transform, classes, seed):
    rng = np.random.default_rng(seed)
    trees = [random_tree(rng, 3, 2, classes) for _ in range(3)]
    data = forest_graph(trees, features=2, outputs=classes, transform=transform)
    forest, answers = Forest(read_ensemble(data, "scores"), [None] * 2), answering(data)
    region, cells = Region(np.full(2, -5.0), np.full(2, 5.0)), every_cell(2, (-5.0,) * 2, (5.0,) * 2)
    given = answers(cells)
    if transform == "SOFTMAX" and classes == 3:
        conditions = [Condition(rows=np.array([[1.0, -1.0, 0.0]]), limits=np.zeros(1))]
        expected = ["violated" if (given[:, 0] <= given[:, 1]).any() else "holds"]
    else:
        levels = np.quantile(given[:, 0], [0.3, 0.7])
        levels = [given[:, 0].min() - 1e-3, *levels]
        conditions = [at_most(0, level, classes) for level in levels]
        conditions += [Condition(rows=-c.rows, limits=-c.limits - 1e-3) for c in conditions]
        expected = [
            "violated" if ((given @ c.rows.T) <= c.limits).all(1).any() else "holds" for c in conditions
        ]
    for condition, verdict in zip(conditions, expected, strict=True):
        property_ = Property("p", (Case(region, (condition,)),))
        answer = prove_trees(forest, property_, answers=answers, most_boxes=100_000, generator=rng)
        assert answer.verdict == verdict


def test_values_that_a_feature_cannot_take_are_no_counterexample():
    """Between 0.5 and 1 the tree answers 0, and a whole number never lies there."""
    tree = ("BRANCH_LEQ", 0, 0.5, (1.0,), ("BRANCH_LT", 0, 1.0, (0.0,), (1.0,)))
    data = forest_graph([tree], kind="Regressor", features=1, outputs=1)
    property_ = Property("p", (Case(Region(np.zeros(1), np.full(1, 9.0)), (at_most(0, 0.5, 1),)),))
    for lattice, expected in (([None], "violated"), ([np.arange(10.0)], "holds")):
        answer = prove_trees(
            Forest(read_ensemble(data, "scores"), lattice), property_, answers=answering(data),
            most_boxes=100, generator=np.random.default_rng(0),
        )  # fmt: skip
        assert answer.verdict == expected


def test_a_single_number_of_single_precision_between_two_thresholds_is_found():
    """One unit in the last place above 0.1 the answer is 0: random points do not meet it."""
    at = np.float32(0.1)
    next_ = np.nextafter(at, np.float32(1))
    tree = ("BRANCH_LEQ", 0, at, (1.0,), ("BRANCH_LEQ", 0, next_, (0.0,), (1.0,)))
    data = forest_graph([tree], kind="Regressor", features=1, outputs=1)
    region = Region(np.array([-1e3]), np.array([1e3]))
    forest = Forest(read_ensemble(data, "scores"), [None])
    found = least(forest, region, np.ones(1), 100)
    assert (found.reached, found.point[0]) == (0.0, float(next_))


def test_no_number_of_single_precision_between_neighbours_is_no_counterexample():
    """Above 0.1 and below the next number there is none: the leaf cannot be reached."""
    at = np.float32(0.1)
    next_ = np.nextafter(at, np.float32(1))
    tree = ("BRANCH_LEQ", 0, at, (1.0,), ("BRANCH_LT", 0, next_, (0.0,), (1.0,)))
    data = forest_graph([tree], kind="Regressor", features=1, outputs=1)
    found = least(
        Forest(read_ensemble(data, "scores"), [None]), Region(-np.ones(1), np.ones(1)), np.ones(1), 100
    )
    assert found.bound == found.reached == 1.0


def test_double_precision_inputs_lie_between_neighbours_of_single_precision():
    at = np.float32(0.1)
    next_ = np.nextafter(at, np.float32(1))
    tree = ("BRANCH_LEQ", 0, at, (1.0,), ("BRANCH_LT", 0, next_, (0.0,), (1.0,)))
    data = forest_graph([tree], kind="Regressor", features=1, outputs=1, double=True)
    found = least(
        Forest(read_ensemble(data, "scores"), [None]), Region(-np.ones(1), np.ones(1)), np.ones(1), 100
    )
    assert found.reached == 0.0
    assert answering(data, dtype=np.float64)(found.point[None])[0, 0] == 0.0


def test_an_answer_at_the_limit_that_only_rounding_decides_is_unknown():
    """0.1 + 0.2 + 0.3 against the float next to what single precision makes of it."""
    data = forest_graph([(0.1,), (0.2,), (0.3,)], kind="Regressor", features=1, outputs=1)
    given = float(asked(data, np.zeros((1, 1), np.float32), "scores")[0, 0])
    limit = float(np.nextafter(np.float32(given), np.float32(-1)))
    answer = prove_trees(
        Forest(read_ensemble(data, "scores"), [None]),
        Property("p", (Case(Region(np.zeros(1), np.ones(1)), (at_most(0, limit, 1),)),)),
        answers=answering(data), most_boxes=100, generator=np.random.default_rng(0),
    )  # fmt: skip
    assert (answer.verdict, "rounding" in answer.reason) == ("unknown", True)


def test_of_a_region_without_a_number_of_the_input_nothing_is_proved():
    """0.3 is no number of single precision: of a box that holds it alone everything would be true."""
    data = forest_graph([(1.0,)], kind="Regressor", features=1, outputs=1)
    property_ = Property("p", (Case(Region(np.array([0.3]), np.array([0.3])), (at_most(0, 0.5, 1),)),))
    with pytest.raises(CannotMeasure, match="holds no number of the model's input"):
        prove_trees(
            Forest(read_ensemble(data, "scores"), [None]), property_, answers=answering(data),
            most_boxes=100, generator=np.random.default_rng(0),
        )  # fmt: skip


def test_too_few_boxes_leave_it_unknown():
    rng = np.random.default_rng(1)
    data = forest_graph(
        [random_tree(rng, 5, 3, 1) for _ in range(8)], kind="Regressor", features=3, outputs=1
    )
    forest, answers = Forest(read_ensemble(data, "scores"), [None] * 3), answering(data)
    region = Region(np.full(3, -5.0), np.full(3, 5.0))
    truth = least(forest, region, np.ones(1), 100_000)
    property_ = Property("p", (Case(region, (at_most(0, truth.bound - 1e-3, 1),)),))
    keywords = {"answers": answers, "generator": rng}
    assert prove_trees(forest, property_, most_boxes=3, **keywords).verdict == "unknown"
    assert prove_trees(forest, property_, most_boxes=100_000, **keywords).verdict == "holds"
    early = least(forest, region, np.ones(1), 3)
    assert early.bound <= truth.bound <= early.reached


def test_a_model_that_answers_otherwise_than_its_trees_is_refused():
    data = forest_graph([(1.0,)], kind="Regressor", features=1, outputs=1)
    with pytest.raises(CannotMeasure, match="otherwise than they were read"):
        require_agreement(
            read_ensemble(data, "scores"), lambda points: np.zeros((len(points), 1)), np.zeros((2, 1))
        )


@pytest.mark.parametrize(
    ("keywords", "sentence"),
    [
        ({"transform": "PROBIT"}, "probit|PROBIT"),
        ({"transform": "SOFTMAX_ZERO"}, "SOFTMAX_ZERO"),
        ({"base": [0.1, 0.2]}, "base values"),
    ],
)
def test_what_onnxruntime_adds_up_in_another_way_is_refused(keywords, sentence):
    data = forest_graph([(0.5, -0.5)], features=1, outputs=2, **keywords)
    with pytest.raises(CannotMeasure, match=sentence):
        read_ensemble(data, "scores")


def test_the_least_value_of_a_boosted_ensemble_is_that_of_a_mixed_integer_programme():
    """Kantchelian, Tygar and Joseph (ICML 2016): a binary for each threshold and each leaf, by HiGHS."""
    x, y = make_classification(400, 6, random_state=0)
    fitted = GradientBoostingRegressor(n_estimators=12, max_depth=3, random_state=0).fit(x, x[:, 0] * y)
    trees = [sklearn_tree(tree[0], 0.1, classes=False) for tree in fitted.estimators_]
    data = forest_graph(trees, kind="Regressor", features=6, outputs=1)
    forest = Forest(read_ensemble(data, "scores"), [None] * 6)
    centre = x[3]
    region = Region(centre - 0.7, centre + 0.7)
    found = least(forest, region, np.ones(1), 100_000)
    assert found.bound == found.reached == pytest.approx(_programme(trees, region), abs=1e-6)


def _programme(trees, region):
    """min sum of leaves; p[f, t] = 1 iff x[f] <= t, in order of t; a leaf needs the comparisons before it."""
    cuts: dict[tuple[int, float], int] = {}
    leaves: list[list[tuple[list[tuple[int, float, bool]], float]]] = []

    def walk(node, path, into):
        if not isinstance(node[0], str):
            into.append((path, node[0]))
            return
        _, feature, threshold, yes, no = node
        cuts.setdefault((feature, threshold), 0)
        walk(yes, [*path, (feature, threshold, True)], into)
        walk(no, [*path, (feature, threshold, False)], into)

    for tree in trees:
        leaves.append([])
        walk(tree, [], leaves[-1])
    order = sorted(cuts)
    place = {cut: at for at, cut in enumerate(order)}
    flat = [leaf for tree in leaves for leaf in tree]
    n = len(order) + len(flat)
    rows, low, high = [], [], []

    def constrain(entries, least_, most):
        rows.append(entries)
        low.append(least_)
        high.append(most)

    for a, b in itertools.pairwise(order):
        if a[0] == b[0]:
            constrain({place[a]: 1, place[b]: -1}, -np.inf, 0)
    at = len(order)
    for tree in leaves:
        constrain({at + i: 1 for i in range(len(tree))}, 1, 1)
        for path, _ in tree:
            for feature, threshold, yes in path:
                if yes:
                    constrain({at: 1, place[feature, threshold]: -1}, -np.inf, 0)
                else:
                    constrain({at: 1, place[feature, threshold]: 1}, -np.inf, 1)
            at += 1
    matrix = sparse.dok_array((len(rows), n))
    for i, entries in enumerate(rows):
        for j, value in entries.items():
            matrix[i, j] = value
    first = np.zeros(n)
    last = np.ones(n)
    for (feature, threshold), at in place.items():
        first[at] = float(region.upper[feature] <= threshold)
        last[at] = float(region.lower[feature] <= threshold)
    cost = np.concatenate([np.zeros(len(order)), [value for _, value in flat]])
    solved = optimize.milp(
        cost, integrality=np.ones(n), bounds=optimize.Bounds(first, last),
        constraints=optimize.LinearConstraint(matrix.tocsr(), low, high),
    )  # fmt: skip
    return solved.fun


def test_a_random_forest_is_robust_where_every_neighbour_says_so():
    x, y = make_classification(300, 4, n_informative=3, n_redundant=1, random_state=1)
    fitted = RandomForestClassifier(n_estimators=7, max_depth=4, random_state=0).fit(x, y)
    trees = [sklearn_tree(tree, 1 / 7) for tree in fitted.estimators_]
    data = forest_graph(trees, features=4, outputs=2)
    forest, answers = Forest(read_ensemble(data, "scores"), [None] * 4), answering(data)
    rng = np.random.default_rng(0)
    sampled = answers(x.astype(np.float32))
    assert (np.abs(sampled - fitted.predict_proba(x.astype(np.float32))) < 1e-5).all()
    seen = set()
    for case in x[:40].astype(np.float32).astype(np.float64):
        chosen = int(answers(case[None])[0].argmax())
        region = Region(case - 0.15, case + 0.15)
        row = np.eye(2)[chosen] - np.eye(2)[1 - chosen]
        property_ = Property("robust", (Case(region, (Condition(rows=row[None], limits=np.zeros(1)),)),))
        answer = prove_trees(forest, property_, answers=answers, most_boxes=20_000, generator=rng)
        seen.add(answer.verdict)
        if answer.verdict == "holds":
            near = rng.uniform(region.lower, region.upper, (2000, 4))
            assert (answers(near).argmax(1) == chosen).all()
        else:
            assert answer.verdict == "violated"
    assert seen == {"holds", "violated"}


@needs_data
def test_the_published_diabetes_tree_has_the_answers_of_its_leaves_over_its_domain():
    """diabetes.onnx: a tree made by others whose leaves are all pure: it answers 0 or 1 everywhere."""
    assert DATA is not None
    whole = (Path(DATA) / "diabetes_tree/diabetes.onnx").read_bytes()
    data = cut_at(whole, "probabilities")
    rows = np.loadtxt(Path(DATA) / "diabetes_tree/pima-indians-diabetes.csv", delimiter=",", skiprows=1)[
        :, :8
    ]
    forest = Forest(read_ensemble(data, "probabilities"), [None] * 8)
    region = Region(rows.min(0), rows.max(0))
    answers = answering(data, "probabilities")
    require_agreement(forest.ensemble, answers, rows.astype(np.float32))
    assert least(forest, region, np.array([1.0]), 10_000).reached == 0
    assert least(forest, region, np.array([-1.0]), 10_000).reached == -1


@needs_data
@pytest.mark.parametrize(
    ("folder", "name"), [("xgboost_classifier_tree", "probabilities"), ("xgboost_regressor_tree", "variable")]
)
def test_ensembles_made_by_others_are_read_as_onnxruntime_reads_them(folder, name):
    assert DATA is not None
    data = (Path(DATA) / f"tract_cases/{folder}/model.onnx").read_bytes()
    ensemble = read_ensemble(data, name)
    points = np.random.default_rng(0).normal(scale=3, size=(500, 13)).astype(np.float32)
    require_agreement(ensemble, answering(data, name), points)
    row = np.eye(ensemble.matrix.shape[1])[0]
    found = least(Forest(ensemble, [None] * 13), Region(np.full(13, -9.0), np.full(13, 9.0)), row, 20_000)
    reached = ensemble.base + sum(_leaf(tree, found.point) for tree in ensemble.trees)
    assert found.bound == pytest.approx(float(row @ reached), abs=1e-9)


def _leaf(tree, point):
    from checks.proof.trees.ensemble import _score

    return _score(tree, point)


@needs_data
def test_a_graph_that_writes_its_trees_in_other_operators_is_refused():
    assert DATA is not None
    data = (Path(DATA) / "tract_cases/lgbm_classifier_tensor/model.onnx").read_bytes()
    with pytest.raises(CannotMeasure, match="not made by a tree ensemble"):
        read_ensemble(data, "probabilities")


def test_a_tree_of_two_nodes_by_hand():
    fitted = DecisionTreeClassifier(max_depth=1).fit([[0.0], [1.0]], [0, 1])
    data = forest_graph([sklearn_tree(fitted, 1)], features=1, outputs=2)
    assert asked(data, np.array([[0.4], [0.6]], np.float32), "scores").tolist() == [[1, 0], [0, 1]]
