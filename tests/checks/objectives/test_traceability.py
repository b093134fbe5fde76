"""Claims, what a basis measures, and what documents print."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from checks.measured import CannotMeasure, Confidence
from checks.objectives.traceability import printed, traceability
from checks.subject import Subject

Make = Callable[..., Subject]
SURE = Confidence(0.975)
MEASURED = ("accuracy", "sensitivity")


def stated(
    make: Make,
    claims: Any,
    text: str = "",
    figures: Any = (),
    *,
    metrics: tuple[str, ...] = MEASURED,
    **more: Any,
) -> dict[str, bool]:
    x = np.random.default_rng(1).uniform(-5, 5, 200).round(3)
    frame = pd.DataFrame({"x": x, "label": np.where(x >= 0.2, "yes", "no")})
    document = {
        "kind": "instructions_for_use",
        "text": f"# Use\n\n{text}\n",
        "figures": list(figures),
        **more,
    }
    ours = make(frame, claims=claims, documents=[document])
    result = traceability(ours, ours.table("test"), SURE, metrics=metrics)
    return {statement.name: statement.holds for statement in result.statements}


def claim(metric: str, value: str = "0.9") -> dict[str, str]:
    return {"metric": metric, "value": value}


def figure(metric: str, value: str) -> dict[str, str]:
    return {"metric": metric, "value": value}


TRACED = {"claimed": True, "claims_covered": True, "figures_claimed": True}


def test_a_claim_that_is_measured_and_a_figure_that_is_claimed(make_subject: Make) -> None:
    found = stated(make_subject, [claim("accuracy")], "Accuracy: 0.98", [figure("accuracy", "0.98")])
    assert found == TRACED


def test_a_claim_that_the_basis_does_not_measure_is_not_covered(make_subject: Make) -> None:
    found = stated(
        make_subject,
        [claim("accuracy"), claim("specificity")],
        "Accuracy: 0.98",
        [figure("accuracy", "0.98")],
    )
    assert found == {**TRACED, "claims_covered": False}


def test_a_claim_that_cannot_be_measured_is_not_covered(make_subject: Make) -> None:
    claims = [claim("accuracy"), claim("mean_absolute_error")]
    metrics = (*MEASURED, "mean_absolute_error")
    found = stated(make_subject, claims, "Accuracy: 0.98", [figure("accuracy", "0.98")], metrics=metrics)
    assert found == {**TRACED, "claims_covered": False}


def test_a_listed_figure_of_which_nothing_is_claimed(make_subject: Make) -> None:
    figures = [figure("accuracy", "0.98"), figure("sensitivity", "1.00")]
    found = stated(make_subject, [claim("accuracy")], "Accuracy: 0.98", figures)
    assert found == {**TRACED, "figures_claimed": False}


@pytest.mark.parametrize(
    "text",
    [
        "Sensitivity: 0.991", "the sensitivity is 0.991", "| sensitivity | 0.991 |",
        "**Sensitivity** = 0.991",
        "- sensitivity: **0.991**", "Roc-auc was 0.991", "balanced  accuracy: 0.991",
    ],
)  # fmt: skip
def test_a_printed_figure_that_the_vendor_did_not_list(make_subject: Make, text: str) -> None:
    found = stated(
        make_subject, [claim("accuracy")], f"Accuracy: 0.98\n\n{text}", [figure("accuracy", "0.98")]
    )
    assert found == {**TRACED, "figures_claimed": False}


@pytest.mark.parametrize(
    "text",
    [
        "A precision of 0.01 mm", "The sensitivity of 0.5 g is that of the scale.",
        "<!-- sensitivity: 0.991 -->",
        "Sensitivity matters. Limit: 0.55", "insensitivity: 0.99", "sensitivity: 3",
    ],
)  # fmt: skip
def test_what_is_no_figure_of_a_metric_needs_no_claim(make_subject: Make, text: str) -> None:
    assert stated(make_subject, [claim("accuracy")], f"Accuracy: 0.98\n\n{text}") == TRACED


def test_a_figure_worse_than_its_claim_contradicts_it(make_subject: Make) -> None:
    found = stated(make_subject, [claim("accuracy", "0.99")], "Accuracy: 0.98")
    assert found == {**TRACED, "figures_claimed": False}
    assert stated(make_subject, [claim("accuracy", "0.98")], "Accuracy: 0.98") == TRACED


def test_an_error_is_worse_where_it_is_larger(make_subject: Make) -> None:
    claims = [{"metric": "brier_score", "value": "0.1"}]
    for printed_value, holds in (("0.09", True), ("0.11", False)):
        found = stated(make_subject, claims, f"Brier score: {printed_value}", metrics=("brier_score",))
        assert found["figures_claimed"] == holds


def test_without_a_figure_nothing_traces(make_subject: Make) -> None:
    assert stated(make_subject, [claim("accuracy")], "No number.") == {**TRACED, "figures_claimed": False}


def test_a_pdf_is_not_searched() -> None:
    assert printed(b"accuracy: 0.98", "a.pdf") == set()
    assert printed(b"\xff accuracy: 0.98", "a.md") == set()
    assert printed(b"Balanced accuracy: 0.77", "a.md") == {("balanced_accuracy", Decimal("0.77"))}


def test_without_data_nothing_is_traced(make_subject: Make) -> None:
    with pytest.raises(CannotMeasure, match="no data are given"):
        traceability(make_subject(), None, SURE, metrics=MEASURED)
