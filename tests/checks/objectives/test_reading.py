"""Reading an objective back from weights that scikit-learn and torch fitted to losses of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from onnx import numpy_helper, parser
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn
from torch.nn import functional

from certify.demo.export import write_graph
from checks.measured import CannotMeasure, Confidence
from checks.objectives import reading as module
from checks.objectives.felt import Felt
from checks.objectives.reading import largest, reading
from checks.objectives.stationarity import Reading
from checks.subject import Subject

CONFIDENCE = Confidence(0.975)
RANDOM = np.random.default_rng(20261130)
X = RANDOM.standard_normal((600, 4)).astype(np.float32).astype(np.float64)
NOISE = RANDOM.logistic(size=(600, 3))
Y = (X @ [1.0, -0.7, 0.4, 0.0] - 0.5 + NOISE[:, 0] > 0).astype(int)
GROUP = (X[:, 2] + RANDOM.standard_normal(600) > 0).astype(int)
TRIPLE = np.argmax(X[:, :3] + NOISE, axis=1)
WEIGHTS = RANDOM.integers(1, 4, 600)

Make = Callable[..., Subject]
Loss = Callable[[Tensor, Tensor], Tensor]


def frame(**more: Any) -> pd.DataFrame:
    columns = {f"x{i}": X[:, i] for i in range(4)}
    return pd.DataFrame({**columns, "group": GROUP, "label": np.where(Y == 1, "yes", "no"), **more})


def declared(*terms: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"objective": {"loss": list(terms), "reduction": "mean", **more}}


BCE = {"term": "binary_cross_entropy", "weight": 1}


def fitted(loss: Loss, true: Any = Y, outputs: int = 1) -> tuple[Any, Any]:
    """Weights and offset of one linear layer at the least of `loss`, as L-BFGS of torch finds them."""
    layer = nn.Linear(4, outputs, dtype=torch.float64)
    settle(layer, loss, true)
    return layer.weight.detach().numpy().T, layer.bias.detach().numpy()


def settle(network: nn.Module, loss: Loss, true: Any = Y, most: int = 500) -> None:
    inputs, truth = torch.from_numpy(X), torch.from_numpy(np.asarray(true))
    optimiser = torch.optim.LBFGS(
        network.parameters(),
        max_iter=most,
        tolerance_grad=1e-10,
        tolerance_change=0,
        line_search_fn="strong_wolfe",
    )

    def step() -> Tensor:
        optimiser.zero_grad()
        value = loss(network(inputs), truth)
        torch.autograd.backward(value)
        return value

    optimiser.step(step)  # type: ignore[no-untyped-call]


def bce(odds: Tensor, true: Tensor, **how: Any) -> Tensor:
    return functional.binary_cross_entropy_with_logits(odds[:, 0], true.double(), **how)


def read(subject: Subject, *deviations: str, rows: int = 200) -> dict[str, tuple[float, float, float]]:
    measured = reading(subject, subject.table("train"), CONFIDENCE, deviations=deviations, rows=rows, seed=3)
    assert {e.statistic for e in measured.estimates} == {"objective_deviation"}
    return {
        e.stratum: (float(e.refuting.lower or 0), float(e.value), float(e.demonstrating.upper or np.inf))
        for e in measured.estimates
    }


def subject_of(make: Make, weights: Any, bias: Any, *terms: dict[str, Any], **more: Any) -> Subject:
    rows = more.pop("rows", frame())
    columns = [f"x{i}" for i in range(4)]
    options = {k: more.pop(k) for k in ("task", "classes", "graph") if k in more}
    groups = {"group": {"inside": [1], "outside": [0]}}
    return make(
        rows, role="train", columns=columns, weights=weights, bias=bias, attributes=groups,
        change=declared(*(terms or (BCE,)), **more), **options,
    )  # fmt: skip


@pytest.mark.parametrize("weight", [1.0, 1.2, 1.5, 3.0])
def test_a_class_weight_of_scikit_learn_is_read_back(make_subject: Make, weight: float) -> None:
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000, class_weight={0: 1, 1: weight}).fit(X, Y)
    found = read(subject_of(make_subject, model.coef_, model.intercept_), "class_weights", "l2_weights")
    low, value, high = found["class_weights"]
    assert value == pytest.approx(weight - 1, abs=1e-3)
    assert low - 1e-4 <= weight - 1 <= high + 1e-4
    assert high < weight - 1 + 0.01
    assert found["l2_weights"][2] < 1e-3


def test_a_class_weight_that_is_declared_is_no_deviation(make_subject: Make) -> None:
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000, class_weight={0: 1, 1: 3}).fit(X, Y)
    for way in ({"class_weights": ["1", "3"]}, {"positive_weight": "3"}):
        subject = subject_of(make_subject, model.coef_, model.intercept_, {**BCE, **way})
        assert read(subject, "class_weights")["class_weights"][2] < 1e-3


def test_a_declared_class_weight_that_was_not_used_is_a_deviation(make_subject: Make) -> None:
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(X, Y)
    subject = subject_of(make_subject, model.coef_, model.intercept_, {**BCE, "positive_weight": "2"})
    low, value, _ = read(subject, "class_weights")["class_weights"]
    assert value == pytest.approx(0.5, abs=1e-3)
    assert low > 0.45


def test_the_penalty_of_scikit_learn_is_read_back(make_subject: Make) -> None:
    """Half of the squares plus C times the sum of losses: per row 1 / (2 C rows) for a square."""
    model = LogisticRegression(C=0.05, tol=1e-10, max_iter=1000).fit(X, Y)
    penalty = 1 / (2 * 0.05 * len(Y))
    hidden = read(subject_of(make_subject, model.coef_, model.intercept_), "class_weights", "l2_weights")
    assert hidden["l2_weights"][1] == pytest.approx(penalty, abs=1e-5)
    assert hidden["class_weights"][2] < 0.01
    term = {"term": "l2_weights", "weight": penalty}
    told = read(subject_of(make_subject, model.coef_, model.intercept_, BCE, term), "l2_weights")
    assert told["l2_weights"][2] < 1e-5
    summed = {**term, "weight": penalty * len(Y)}
    added = subject_of(make_subject, model.coef_, model.intercept_, BCE, summed, reduction="sum")
    assert read(added, "l2_weights")["l2_weights"][2] < 1e-5


def test_a_penalty_of_tensors_that_are_not_there_is_refused(make_subject: Make) -> None:
    term = {"term": "l2_weights", "weight": 1, "tensors": ["elsewhere"]}
    with pytest.raises(CannotMeasure, match="no weights called elsewhere"):
        read(subject_of(make_subject, np.ones((4, 1)), [0.0], BCE, term), "class_weights")


@pytest.mark.parametrize(
    ("loss", "deviation", "truth", "accuracy"),
    [
        (lambda z, y: bce(z, 0.9 * y + 0.05), "label_smoothing", 0.1, 1e-4),
        (
            lambda z, y: bce(z, y, weight=torch.from_numpy(1 + 0.5 * GROUP)),
            "weight of group=inside",
            0.5,
            1e-3,
        ),
        (
            lambda z, y: bce(z, y) + 0.2 * torch.sigmoid(z[GROUP == 1, 0]).mean(),
            "score of group=inside",
            0.2,
            1e-3,
        ),
        (lambda z, y: focal(z, y, 0.1), "focal_gamma", 0.1, 0.01),
    ],
    ids=["smoothing", "weight", "score", "gamma"],
)
def test_other_deviations_are_read_back(
    make_subject: Make, loss: Loss, deviation: str, truth: float, accuracy: float
) -> None:
    subject = subject_of(make_subject, *fitted(loss))
    assert read(subject, deviation)[deviation][1] == pytest.approx(truth, abs=accuracy)
    honest = subject_of(make_subject, *fitted(bce))
    assert read(honest, deviation)[deviation][2] < 1e-3


def focal(odds: Tensor, true: Tensor, gamma: float) -> Tensor:
    right = torch.sigmoid(torch.where(true == 1, odds[:, 0], -odds[:, 0]))
    return torch.mean(-((1 - right) ** gamma) * right.log())


def test_a_declared_focal_loss_and_declared_smoothing_are_no_deviations(make_subject: Make) -> None:
    term = {"term": "focal", "weight": 1, "gamma": 2}
    subject = subject_of(make_subject, *fitted(lambda z, y: focal(z, y, 2)), term)
    assert read(subject, "focal_gamma")["focal_gamma"][2] < 1e-3
    smooth = subject_of(
        make_subject, *fitted(lambda z, y: bce(z, 0.9 * y + 0.05)), {**BCE, "label_smoothing": "0.1"}
    )
    assert read(smooth, "label_smoothing", "class_weights")["label_smoothing"][2] < 1e-3


def test_the_weight_of_each_class_of_three_is_read_and_the_largest_deviation_told(make_subject: Make) -> None:
    def loss(scores: Tensor, true: Tensor) -> Tensor:
        return functional.cross_entropy(scores, true, weight=torch.tensor([1, 1.5, 0.8]).double())

    term = {"term": "cross_entropy", "weight": 1}
    rows = frame(label=np.array(["a", "b", "c"])[TRIPLE])
    how = {"task": "multiclass", "rows": rows, "answer": "log_odds"}
    subject = subject_of(make_subject, *fitted(loss, TRIPLE, 3), term, **how)
    low, value, high = read(subject, "class_weights")["class_weights"]
    assert value == pytest.approx(0.5, abs=1e-3)
    assert 0.45 < low < high < 0.55
    told = {**term, "class_weights": ["1", "1.5", "0.8"]}
    honest = subject_of(make_subject, *fitted(loss, TRIPLE, 3), told, **how, reduction="weighted_mean")
    assert read(honest, "class_weights")["class_weights"][2] < 1e-3


def test_declared_weights_of_rows_are_no_deviation_and_undeclared_ones_widen(make_subject: Make) -> None:
    weights = fitted(lambda z, y: bce(z, y, weight=torch.from_numpy(WEIGHTS)))
    recipe = {"optimiser": "L-BFGS", "converged": True, "sample_weights": "times"}
    told = subject_of(make_subject, *weights, rows=frame(times=WEIGHTS), training=recipe)
    assert read(told, "class_weights")["class_weights"][2] < 1e-3
    hidden = subject_of(make_subject, *weights)
    assert read(hidden, "class_weights")["class_weights"][2] > 0.01
    with pytest.raises(CannotMeasure, match="no column times"):
        read(subject_of(make_subject, *weights, training=recipe), "class_weights")


def hidden_layer(tmp_path: Any, loss: Loss) -> bytes:
    torch.manual_seed(5)
    network = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 1)).double()
    settle(network, loss, most=300)
    whole = nn.Sequential(*network, nn.Sigmoid())
    write_graph(
        whole, tmp_path / "net.onnx", takes="input", gives="probability", example=X.astype(np.float32)
    )
    return bytes((tmp_path / "net.onnx").read_bytes())


@pytest.mark.parametrize("weight", [1.0, 1.5])
@pytest.mark.parametrize("most", [1500, 20])
def test_the_class_weight_of_a_hidden_layer_is_read_back(
    make_subject: Make, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, weight: float, most: int
) -> None:
    """With `most` 20 the 37 equations are added up at random in 20 sums."""
    monkeypatch.setattr(module, "_MOST_WEIGHTS", most)
    graph = hidden_layer(tmp_path, lambda z, y: bce(z, y, pos_weight=torch.tensor(weight)))
    low, value, high = read(subject_of(make_subject, None, None, graph=graph), "class_weights")[
        "class_weights"
    ]
    assert value == pytest.approx(weight - 1, abs=0.03)
    assert high < weight - 1 + 0.3
    assert (low > 0.05) == (weight == 1.5)


def test_a_hidden_objective_on_permuted_labels_is_never_demonstrated(make_subject: Make) -> None:
    weights = fitted(bce, RANDOM.permutation(Y))
    assert read(subject_of(make_subject, *weights), "class_weights", "l2_weights")["class_weights"][2] > 0.25


@pytest.mark.parametrize("times", [1e-3, 1e3])
def test_a_weight_that_is_multiplied_behind_the_scenes_changes_nothing(
    make_subject: Make, times: float
) -> None:
    """A vendor who blew up the one equation that holds could else drown all others."""
    weights, bias = fitted(bce, RANDOM.permutation(Y))
    text = """<ir_version: 9, opset_import: ["": 17]> g (float[n, 4] input) => (float[n, 1] probability) {
        z = Gemm <beta: float = %s> (input, weights, bias)
        probability = Sigmoid(z)
    }"""
    plain, blown = (_graph(text % factor, weights, bias / factor) for factor in (1.0, times))
    one, other = (
        read(subject_of(make_subject, None, None, graph=g), "class_weights") for g in (plain, blown)
    )
    assert one["class_weights"] == pytest.approx(other["class_weights"], rel=1e-3)


def _graph(text: str, weights: Any, bias: Any) -> bytes:
    model = parser.parse_model(text)
    for name, value in (("weights", weights), ("bias", bias)):
        model.graph.initializer.append(numpy_helper.from_array(np.asarray(value, dtype=np.float32), name))
    return bytes(model.SerializeToString())


def test_the_number_of_rows_that_say_axes_and_units_moves_little(make_subject: Make) -> None:
    subject = subject_of(make_subject, *fitted(bce, RANDOM.permutation(Y)))
    few, many = (read(subject, "class_weights", rows=rows)["class_weights"][1] for rows in (30, 500))
    assert few == pytest.approx(many, rel=0.2)


def test_a_model_that_knows_its_rows_is_refused_by_name(make_subject: Make) -> None:
    rows = frame(label=np.where(X[:, 0] > 0, "yes", "no"))
    with pytest.raises(CannotMeasure, match=r"knows its training rows.*record of the training must stand in"):
        read(subject_of(make_subject, [[3000.0], [0], [0], [0]], [0.0], rows=rows), "class_weights")


def test_a_constant_answer_gives_no_equation(make_subject: Make) -> None:
    text = """<ir_version: 9, opset_import: ["": 17]> g (float[n, 4] input) => (float[n, 1] probability)
      <float[4, 1] w = {0.1, 0.1, 0.1, 0.1}, float zero = {0.0}> {
        o = MatMul(input, w)
        z = Mul(o, zero)
        probability = Sigmoid(z)
    }"""
    graph = parser.parse_model(text).SerializeToString()
    with pytest.raises(CannotMeasure, match="the rows pull in 0 directions"):
        read(subject_of(make_subject, None, None, graph=graph), "class_weights")


def test_batch_normalisation_is_refused(make_subject: Make) -> None:
    text = """<ir_version: 9, opset_import: ["": 17]> g (float[n, 4] input) => (float[n, 1] probability)
      <float[4, 1] w = {0.1, 0.1, 0.1, 0.1}, float[1] one = {1.0}, float[1] zero = {0.0}> {
        o = MatMul(input, w)
        z = BatchNormalization(o, one, zero, zero, one)
        probability = Sigmoid(z)
    }"""
    graph = parser.parse_model(text).SerializeToString()
    with pytest.raises(
        CannotMeasure, match=r"BatchNormalization, which works in another way while a model learns"
    ):
        read(subject_of(make_subject, None, None, graph=graph), "class_weights")


@pytest.mark.parametrize(
    ("terms", "more", "why"),
    [
        ([{"term": "hinge", "weight": 1}], {"answer": "log_odds"}, "has a term hinge"),
        ([BCE, {"term": "l1_weights", "weight": "0.1"}], {}, "has a term l1_weights"),
        ([BCE, {"term": "other_declared", "weight": 1}], {}, "other_declared is in words only"),
        ([BCE], {"reduction": None}, "averaged or added up"),
    ],
)
def test_a_declared_loss_of_which_no_gradient_is_taken_is_refused(
    make_subject: Make, terms: list[dict[str, Any]], more: dict[str, Any], why: str
) -> None:
    with pytest.raises(CannotMeasure, match=why):
        read(subject_of(make_subject, np.ones((4, 1)), [0.0], *terms, **more), "class_weights")


def test_what_is_no_deviation_is_refused(make_subject: Make) -> None:
    subject = subject_of(make_subject, np.ones((4, 1)), [0.0])
    with pytest.raises(CannotMeasure, match="vanity is none of the deviations class_weights"):
        read(subject, "vanity")
    with pytest.raises(CannotMeasure, match="focal loss has no smoothed labels"):
        read(subject_of(make_subject, np.ones((4, 1)), [0.0], {"term": "focal", "weight": 1, "gamma": 1}),
             "label_smoothing")  # fmt: skip


def test_unknown_labels_regressions_and_other_data_are_refused(make_subject: Make) -> None:
    labels = np.where(np.arange(600) == 7, "perhaps", np.where(Y == 1, "yes", "no"))
    with pytest.raises(CannotMeasure, match="1 training rows have no known label"):
        read(subject_of(make_subject, np.ones((4, 1)), [0.0], rows=frame(label=labels)), "class_weights")
    number = subject_of(make_subject, np.ones((4, 1)), [0.0], task="regression", rows=frame(label=X[:, 0]))
    with pytest.raises(CannotMeasure, match="a regression has none"):
        read(number, "class_weights")
    subject = make_subject(frame(), role="test", columns=["x0", "x1", "x2", "x3"], weights=np.ones((4, 1)))
    with pytest.raises(CannotMeasure, match="over the training data"):
        reading(subject, subject.table("test"), CONFIDENCE, deviations=("class_weights",), rows=9, seed=1)


def test_the_largest_deviation_is_bounded_above_by_any_and_below_with_a_split_alpha() -> None:
    one = Reading(value=-0.3, error=0.1, freedom=1e9, allowance=0.01)
    two = Reading(value=0.1, error=0.2, freedom=1e9, allowance=0.01)
    found = largest((one, two), 50, Confidence(0.975, 4))
    assert found.value == 0.3
    assert found.demonstrating[1] == pytest.approx(0.3 + 1.95996 * 0.1, abs=1e-4)
    assert found.demonstrating[0] == pytest.approx(max(0, 0.3 - 2.4977 * 0.1), abs=1e-4)
    assert found.refuting[0] < found.demonstrating[0]
    assert (found.n, one.bounds(0.975)[1]) == (50, pytest.approx(-0.3 + 0.195996, abs=1e-5))


def test_no_equation_outweighs_the_others_because_a_rare_row_was_not_drawn() -> None:
    """At the last weight no drawn row pulls, and one that was not drawn pulls a thousand times as hard."""
    drawn = Felt.nothing(3)
    for row in ([1.0, -2.0, 0.0], [-1.0, 1.0, 0.0]):
        drawn.add(np.array(row))
    pulls = np.array([[0.1, 0.5], [0.2, -0.4], [1000.0, 800.0]])
    unit = module._unit(drawn, pulls, np.zeros((3, 0)))
    assert (np.abs(pulls) <= unit[:, None]).all()
    assert unit[:2] == pytest.approx(np.sqrt([1 + 0.26, 2.5 + 0.2]))
    nobody, penalty = np.zeros((3, 1)), np.array([[0.0], [2.0], [5.0]])
    assert module._unit(drawn, nobody, penalty) == pytest.approx(np.sqrt([1, 5, 0]))
