"""The declared loss on the declared training data, of models whose loss can be reckoned by hand."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from checks.measured import CannotMeasure, Confidence, Measured
from checks.objectives.reproduction import reproduction
from checks.subject import Subject

Make = Callable[..., Subject]
SURE = Confidence(0.975)
ENTROPY = {"term": "binary_cross_entropy", "weight": 1}


def table(size: int = 400) -> pd.DataFrame:
    random = np.random.default_rng(5)
    x = random.standard_normal((size, 2)).round(4)
    true = random.random(size) < 1 / (1 + np.exp(-(x @ [2, -1] + 0.3)))
    return pd.DataFrame({"x0": x[:, 0], "x1": x[:, 1], "label": np.where(true, "yes", "no")})


def measured(subject: Subject, role: str = "train") -> Measured:
    return reproduction(subject, subject.table(role), SURE)


def discrepancy(subject: Subject) -> float:
    (estimate,) = measured(subject).estimates
    assert (estimate.statistic, estimate.stratum, estimate.kind) == ("loss_discrepancy", "all", "document")
    assert estimate.demonstrating.lower <= estimate.value <= estimate.demonstrating.upper
    return float(estimate.value)


def declaring(make: Make, value: float, frame: Any = None, **objective: Any) -> Subject:
    said = {"loss": [ENTROPY], "reduction": "mean", "answer": "probability", "reached": value, **objective}
    frame = table() if frame is None else frame
    return make(frame, role="train", weights=[2, -1], bias=[0.3], change={"objective": said})


def by_hand(frame: pd.DataFrame, weights: Any = None) -> float:
    chances = 1 / (1 + np.exp(-(frame[["x0", "x1"]].to_numpy() @ [2, -1] + 0.3)))
    return float(log_loss(frame["label"] == "yes", chances, sample_weight=weights))


def test_the_loss_of_a_fitted_model_is_that_of_scikit_learn(make_subject: Make) -> None:
    frame, penalty = table(), 0.05
    inputs, true = frame[["x0", "x1"]].to_numpy(), frame["label"] == "yes"
    fitted = LogisticRegression(C=1 / (2 * len(frame) * penalty), tol=1e-12).fit(inputs, true)
    value = log_loss(true, fitted.predict_proba(inputs)) + penalty * np.sum(fitted.coef_**2)
    said = {
        "loss": [ENTROPY, {"term": "l2_weights", "weight": penalty}],
        "reduction": "mean", "reached": float(value),
    }  # fmt: skip
    ours = make_subject(
        frame, role="train", weights=fitted.coef_.T, bias=fitted.intercept_, change={"objective": said}
    )
    assert discrepancy(ours) < 1e-6


def test_a_value_that_is_off_by_a_tenth_is_found_to_be(make_subject: Make) -> None:
    assert discrepancy(declaring(make_subject, 1.1 * by_hand(table()))) == pytest.approx(1 / 11, rel=1e-5)
    assert discrepancy(declaring(make_subject, 0.9 * by_hand(table()))) == pytest.approx(0.1, rel=1e-5)


def test_a_loss_does_not_vanish_beside_a_least_size(make_subject: Make) -> None:
    """Weights of next to nothing, and zero declared: whatever the formula, a difference of 1e-18 is all."""
    nothing = {"loss": [{**ENTROPY, "weight": "1E-18"}]}
    assert discrepancy(declaring(make_subject, 0, **nothing)) == 1
    assert discrepancy(declaring(make_subject, f"{1e-18 * by_hand(table()):.6E}", **nothing)) < 1e-5


@pytest.mark.parametrize("weight", ["1E+6", "1E+18"])
def test_a_loss_does_not_vanish_beside_a_penalty_either(make_subject: Make, weight: str) -> None:
    """The penalty of weights 2 and -1 is five times its weight. At 1E+18 a float holds nothing beside it."""
    said = {"loss": [ENTROPY, {"term": "l2_weights", "weight": weight}]}
    penalty = 5 * Decimal(weight)
    assert discrepancy(declaring(make_subject, f"{penalty:f}", **said)) == 1
    assert discrepancy(declaring(make_subject, f"{penalty + 7:f}", **said)) > 0.9
    assert discrepancy(declaring(make_subject, f"{penalty + Decimal(by_hand(table())):f}", **said)) < 1e-5


@pytest.mark.parametrize(
    ("objective", "factor"),
    [
        ({"reduction": "sum"}, 400),
        ({"loss": [{**ENTROPY, "weight": 3}]}, 3),
        ({"loss": [ENTROPY, ENTROPY]}, 2),
        ({"loss": [{**ENTROPY, "class_weights": [2, 2]}]}, 2),
        ({"loss": [{**ENTROPY, "class_weights": [2, 2]}], "reduction": "weighted_mean"}, 1),
    ],
)
def test_weights_and_reduction_are_as_declared(make_subject: Make, objective: Any, factor: float) -> None:
    assert discrepancy(declaring(make_subject, factor * by_hand(table()), **objective)) < 1e-6


def test_another_formula_does_not_meet_the_number(make_subject: Make) -> None:
    """A class weight of 1.01 on top moves the loss by a few thousandths."""
    changed = {"loss": [{**ENTROPY, "class_weights": [1, "1.01"]}]}
    assert discrepancy(declaring(make_subject, by_hand(table()), **changed)) > 0.001


def test_penalties_are_those_of_the_weights_in_the_graph(make_subject: Make) -> None:
    value = by_hand(table())
    for term, penalty in (("l1_weights", 3), ("l2_weights", 5)):
        loss = [ENTROPY, {"term": term, "weight": 0.1}]
        assert discrepancy(declaring(make_subject, value + 0.1 * penalty, loss=loss)) < 1e-6
    named = [ENTROPY, {"term": "l2_weights", "weight": 1, "tensors": ["bias", "weights"]}]
    assert discrepancy(declaring(make_subject, value + 5.09, loss=named)) < 1e-6


def test_a_penalty_of_a_large_tensor_does_not_hide_the_loss_of_the_rows(make_subject: Make) -> None:
    """5 million of penalty; the loss of the rows is declared a tenth too small."""
    penalty = {"term": "l2_weights", "weight": 1_000_000, "tensors": ["weights"]}
    said = 0.9 * by_hand(table()) + 5_000_000
    found = discrepancy(declaring(make_subject, said, loss=[ENTROPY, penalty]))
    assert found == pytest.approx(0.1, rel=1e-5)


@pytest.mark.parametrize("reduction", ["mean", "sum", "weighted_mean"])
def test_the_loss_of_rows_that_all_weigh_nothing_is_not_measured(make_subject: Make, reduction: str) -> None:
    recipe = {"optimiser": "none", "converged": False, "sample_weights": "nothing"}
    said = {"reduction": reduction, "training": recipe}
    with pytest.raises(CannotMeasure, match="add up to nothing"):
        measured(declaring(make_subject, 0, table().assign(nothing=0), **said))
    said = {"reduction": reduction, "loss": [{**ENTROPY, "class_weights": [0, 0]}]}
    with pytest.raises(CannotMeasure, match="add up to nothing"):
        measured(declaring(make_subject, 0, **said))


def test_a_clip_that_makes_every_answer_alike_is_no_declared_loss(make_subject: Make) -> None:
    """Every probability between 0.4999 and 0.5001: each model has ln 2 up to a few thousandths of it."""
    with pytest.raises(CannotMeasure, match=r"a clip above 0\.01"):
        measured(declaring(make_subject, np.log(2), clip=0.4999))


def test_rows_weigh_what_the_recipe_says(make_subject: Make) -> None:
    frame = table().assign(importance=np.tile([1, 3], 200))
    recipe = {"optimiser": "none", "converged": False, "sample_weights": "importance"}
    said = {"reduction": "weighted_mean", "training": recipe}
    assert discrepancy(declaring(make_subject, by_hand(frame, frame["importance"]), frame, **said)) < 1e-6


def test_a_number_is_evaluated_too(make_subject: Make) -> None:
    frame = pd.DataFrame({"x": [1.0, 2.0, 4.0], "label": [1.5, 2.0, 3.0]})
    said = {"loss": [{"term": "mean_squared_error", "weight": 1}], "reduction": "mean", "reached": 1.25 / 3}
    assert (
        discrepancy(make_subject(frame, task="regression", role="train", change={"objective": said})) < 1e-9
    )


def test_rows_outside_the_contract_count_as_well(make_subject: Make) -> None:
    """The model was trained on them, whatever is promised."""
    frame = pd.DataFrame({"x": [1.0, 50.0], "label": [2.0, 51.0]})
    said = {"loss": [{"term": "mean_absolute_error", "weight": 1}], "reduction": "sum", "reached": 2}
    assert discrepancy(make_subject(frame, task="regression", role="train", change={"objective": said})) == 0


def test_an_infinite_loss_is_not_measured_and_a_clip_makes_it_finite(make_subject: Make) -> None:
    frame = table().assign(x0=9.0, x1=-9.0)
    with pytest.raises(CannotMeasure, match="no finite number") as refusal:
        measured(declaring(make_subject, 1, frame))
    assert "`clip`" in refusal.value.explanation
    wrong = float((frame["label"] == "no").mean())
    expected = wrong * -np.log(0.001) + (1 - wrong) * -np.log(0.999)
    assert discrepancy(declaring(make_subject, expected, frame, clip=0.001)) < 1e-6


@pytest.mark.parametrize(
    ("objective", "why"),
    [
        ({"reached": None}, "no value of the loss is declared"),
        ({"reduction": None}, "averaged or added up"),
        ({"loss": [ENTROPY, {"term": "other_declared", "weight": 1, "note": "Taste."}]}, "in words only"),
        ({"loss": [{"term": "cross_entropy", "weight": 1, "class_weights": [1, 2, 3]}]}, "3 class weights"),
        ({"loss": [ENTROPY, {"term": "l2_weights", "weight": 1, "tensors": ["w9"]}]}, "no tensor w9"),
        ({"training": {"optimiser": "x", "converged": True, "sample_weights": "gone"}}, "no column gone"),
        ({"training": {"optimiser": "x", "converged": True, "sample_weights": "label"}}, "no finite numbers"),
    ],
)
def test_what_cannot_be_evaluated_is_not_measured(make_subject: Make, objective: Any, why: str) -> None:
    with pytest.raises(CannotMeasure, match=why):
        measured(declaring(make_subject, 1, **objective))


def test_rows_without_a_label_or_an_answer_leave_no_loss(make_subject: Make) -> None:
    with pytest.raises(CannotMeasure, match="2 training rows have no known label"):
        measured(declaring(make_subject, 1, table().assign(label=["maybe"] * 2 + ["no", "yes"] * 199)))
    with pytest.raises(CannotMeasure, match="on 400 training rows the model gives no finite answer"):
        measured(declaring(make_subject, 1, table().assign(x0=np.nan)))


def test_only_the_training_data_will_do(make_subject: Make) -> None:
    ours = make_subject(table(), role="test")
    for data in (None, ours.table("test")):
        with pytest.raises(CannotMeasure, match="on the training data"):
            reproduction(ours, data, SURE)
