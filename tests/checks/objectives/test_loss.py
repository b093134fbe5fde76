"""The loss of each row and its reductions; the oracles are torch and scikit-learn, in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter
from sklearn.metrics import brier_score_loss, hinge_loss, log_loss, mean_pinball_loss

from certify.submission.loss import LossTerm, Reading
from certify.submission.model import ArgmaxRule, IdentityRule, ThresholdRule
from checks.measured import CannotMeasure
from checks.objectives.loss import Answered, class_weights, reduced, row_losses

torch = pytest.importorskip("torch", reason="the oracle")
functional = torch.nn.functional

CLASSES = ("a", "b", "c", "d")
RULES = {
    "binary": ThresholdRule(
        rule="threshold", output="o", threshold=0, negative="no", positive="yes", favourable="positive"
    ),
    "multiclass": ArgmaxRule(rule="argmax", output="o", classes=CLASSES),
    "number": IdentityRule(rule="identity", output="o", unit="1", range=(-10, 10)),
}
ROWS = 500
EXACT = {"rtol": 1e-12, "atol": 1e-12}


def term(name: str, **parameters: Any) -> Any:
    return TypeAdapter[Any](LossTerm).validate_python({"term": name, "weight": 1, **parameters})


def rows(kind: str) -> tuple[Any, Any]:
    """Scores of shape [rows, numbers] and labels, far from and near to one another."""
    random = np.random.default_rng(11)
    if kind == "multiclass":
        return 4 * random.standard_normal((ROWS, 4)), random.integers(0, 4, ROWS)
    labels = random.integers(0, 2, ROWS) if kind == "binary" else 3 * random.standard_normal(ROWS)
    return 4 * random.standard_normal((ROWS, 1)), labels


def answered(kind: str, reading: Reading, clip: float | None = None) -> Answered:
    scores, labels = rows(kind)
    if reading == "probability":
        scores = torch.softmax(torch.tensor(scores), 1).numpy() if kind == "multiclass" else sigmoid(scores)
    return Answered(rule=RULES[kind], reading=reading, scores=scores, labels=labels, clip=clip)


def sigmoid(scores: Any) -> Any:
    return 1 / (1 + np.exp(-scores))


def found(name: str, kind: str, reading: Reading, **parameters: Any) -> Any:
    return row_losses(term(name, **parameters), answered(kind, reading))


@pytest.mark.parametrize("reading", ["log_odds", "probability"])
@pytest.mark.parametrize("smoothing", [0, 0.1])
@pytest.mark.parametrize("weights", [None, (1, 2, 0.5, 0)])
def test_cross_entropy_is_that_of_torch(reading: Reading, smoothing: float, weights: Any) -> None:
    scores, labels = (torch.tensor(array) for array in rows("multiclass"))
    expected = functional.cross_entropy(
        scores, labels, reduction="none", label_smoothing=smoothing,
        weight=None if weights is None else torch.tensor(weights, dtype=torch.float64),
    )  # fmt: skip
    said = None if weights is None else tuple(str(w) for w in weights)
    ours = found("cross_entropy", "multiclass", reading, label_smoothing=str(smoothing), class_weights=said)
    np.testing.assert_allclose(ours, expected.numpy(), **EXACT)


@pytest.mark.parametrize("weights", [(1, 2, 3, 4), (0.5, 0, 1, 1)])
def test_the_weighted_mean_is_that_of_torch(weights: tuple[float, ...]) -> None:
    scores, labels = (torch.tensor(array) for array in rows("multiclass"))
    expected = functional.cross_entropy(scores, labels, weight=torch.tensor(weights, dtype=torch.float64))
    ours, seen = (
        term("cross_entropy", class_weights=tuple(map(str, weights))),
        answered("multiclass", "log_odds"),
    )
    value = reduced(row_losses(ours, seen), np.ones(ROWS), class_weights(ours, seen), "weighted_mean")
    assert value == pytest.approx(expected.item(), rel=1e-12)


@pytest.mark.parametrize("reading", ["log_odds", "probability"])
def test_binary_cross_entropy_is_that_of_torch(reading: Reading) -> None:
    scores, labels = (torch.tensor(array, dtype=torch.float64) for array in rows("binary"))
    expected = functional.binary_cross_entropy_with_logits(
        scores[:, 0], labels, pos_weight=torch.tensor(3.0, dtype=torch.float64), reduction="none"
    ).numpy()
    by_weight = found("binary_cross_entropy", "binary", reading, positive_weight=3)
    by_class = found("cross_entropy", "binary", reading, class_weights=(1, 3))
    tolerance = EXACT if reading == "log_odds" else {"rtol": 1e-9, "atol": 1e-12}  # 1 - p loses digits
    np.testing.assert_allclose(by_weight, expected, **tolerance)
    np.testing.assert_array_equal(by_weight, by_class)


def test_log_loss_of_weighted_rows_is_that_of_scikit_learn() -> None:
    weights = np.random.default_rng(3).uniform(0, 2, ROWS)
    seen = answered("binary", "probability")
    losses = row_losses(term("binary_cross_entropy"), seen)
    expected = log_loss(seen.labels, seen.scores[:, 0], sample_weight=weights)
    assert reduced(losses, weights, np.ones(ROWS), "weighted_mean") == pytest.approx(expected, rel=1e-12)
    assert reduced(losses, np.ones(ROWS), np.ones(ROWS), "sum") == pytest.approx(
        log_loss(seen.labels, seen.scores[:, 0], normalize=False), rel=1e-12
    )


@pytest.mark.parametrize(
    ("name", "parameters", "oracle"),
    [
        ("mean_squared_error", {}, lambda a, b: functional.mse_loss(a, b, reduction="none")),
        ("mean_absolute_error", {}, lambda a, b: functional.l1_loss(a, b, reduction="none")),
        ("huber", {"delta": "1.5"}, lambda a, b: functional.huber_loss(a, b, reduction="none", delta=1.5)),
    ],
)
def test_losses_of_numbers_are_those_of_torch(name: str, parameters: dict[str, Any], oracle: Any) -> None:
    scores, truth = (torch.tensor(array) for array in rows("number"))
    ours = found(name, "number", "value", **parameters)
    np.testing.assert_allclose(ours, oracle(scores[:, 0], truth).numpy(), **EXACT)


@pytest.mark.parametrize("level", [0.1, 0.5, 0.95])
def test_the_quantile_loss_is_that_of_scikit_learn(level: float) -> None:
    scores, truth = rows("number")
    ours = found("quantile", "number", "value", level=str(level)).mean()
    assert ours == pytest.approx(mean_pinball_loss(truth, scores[:, 0], alpha=level), rel=1e-12)


def test_hinge_is_that_of_scikit_learn() -> None:
    scores, labels = rows("binary")
    assert found("hinge", "binary", "value").mean() == pytest.approx(
        hinge_loss(labels, scores[:, 0]), rel=1e-12
    )
    scores, labels = rows("multiclass")
    expected = hinge_loss(labels, scores, labels=range(4))
    assert found("hinge", "multiclass", "value").mean() == pytest.approx(expected, rel=1e-12)


def test_the_squared_error_of_a_probability_is_the_brier_score() -> None:
    seen = answered("binary", "probability")
    ours = row_losses(term("mean_squared_error"), seen).mean()
    assert ours == pytest.approx(brier_score_loss(seen.labels, seen.scores[:, 0]), rel=1e-12)


def test_focal_loss_by_its_formula_and_without_focus_cross_entropy() -> None:
    scores, labels = rows("binary")
    chance = np.where(labels == 1, sigmoid(scores[:, 0]), 1 - sigmoid(scores[:, 0]))
    np.testing.assert_allclose(
        found("focal", "binary", "log_odds", gamma=2), -((1 - chance) ** 2) * np.log(chance), rtol=1e-8
    )
    np.testing.assert_allclose(
        found("focal", "multiclass", "log_odds", gamma=0, class_weights=(1, 2, 3, 4)),
        found("cross_entropy", "multiclass", "log_odds", class_weights=(1, 2, 3, 4)),
        **EXACT,
    )


def test_an_impossible_truth_is_infinitely_bad_unless_it_is_clipped() -> None:
    scores, labels = np.array([[0.0], [1.0], [0.0]]), np.array([1, 1, 0])
    seen = {"rule": RULES["binary"], "reading": "probability", "scores": scores, "labels": labels}
    assert row_losses(term("binary_cross_entropy"), Answered(**seen)).tolist() == [np.inf, 0, 0]
    clipped = row_losses(term("binary_cross_entropy"), Answered(**seen, clip=1e-7))
    np.testing.assert_allclose(clipped, [-np.log(1e-7), 1e-7, 1e-7], rtol=1e-6)


def test_answers_that_are_no_probabilities_are_not_read_as_such() -> None:
    seen = Answered(
        rule=RULES["binary"], reading="probability", scores=np.array([[1.2]]), labels=np.array([1])
    )
    with pytest.raises(CannotMeasure, match="not all lie between 0 and 1"):
        row_losses(term("binary_cross_entropy"), seen)


def test_a_mean_over_rows_that_weigh_nothing_is_not_defined() -> None:
    with pytest.raises(CannotMeasure, match="add up to nothing"):
        reduced(np.ones(3), np.zeros(3), np.ones(3), "weighted_mean")


def test_scores_must_be_as_many_as_classes() -> None:
    with pytest.raises(CannotMeasure, match="3 numbers per case for 4 classes"):
        Answered(
            rule=RULES["multiclass"], reading="log_odds", scores=np.zeros((2, 3)), labels=np.array([0, 1])
        )


@pytest.mark.parametrize("name", ["l2_weights", "other_declared"])
def test_a_term_that_looks_at_no_answer_has_no_loss_of_a_row(name: str) -> None:
    with pytest.raises(CannotMeasure, match="no loss of a row"):
        row_losses(term(name), answered("binary", "log_odds"))
