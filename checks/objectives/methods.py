"""The methods of this area, as the catalogue lists them."""

from __future__ import annotations

from typing import Final

from checks.method import Method, method

METHODS: Final[tuple[tuple[str, Method], ...]] = (
    method(
        "checks.objectives.claims:claims",
        "Each claimed metric measured again, as the margin over the claim.",
        parameters={"metrics": "list"},
    ),
    method(
        "checks.objectives.performance:performance",
        "One metric, over all cases and in each group.",
        parameters={"metric": "text", "groups": "list"},
    ),
    method(
        "checks.objectives.generalisation:generalisation",
        "How much worse one metric is on the data than on the training data.",
        parameters={"metric": "text"},
    ),
    method(
        "checks.objectives.baseline:baseline_gain",
        "The accuracy of the model minus that of the best constant answer.",
    ),
    method(
        "checks.objectives.savings:error_saved",
        "How much of the mean absolute error of the best constant number the model saves.",
    ),
    method(
        "checks.objectives.last_value:error_saved_over_last_value",
        "How much of the error of repeating the last value, or class, the model saves.",
    ),
    method(
        "checks.objectives.reproduction:reproduction",
        "How far the declared loss, evaluated on the training data, lies from its declared value.",
    ),
    method(
        "checks.objectives.hidden_terms:hidden_terms",
        "The weight that the mean score of a group had in the loss for which the weights lie still.",
        parameters={"groups": "list", "rows": "integer", "seed": "integer"},
        imports=("torch",),
    ),
    method(
        "checks.objectives.reading:reading",
        "How far the loss for which the weights lie still is from the declared one.",
        parameters={"deviations": "list", "rows": "integer", "seed": "integer"},
        imports=("torch",),
    ),
    method(
        "checks.objectives.dependence:dependence",
        "The share of cases whose decision, or answer, moves with what it is declared not to depend on.",
        parameters={"features": "list", "seed": "integer"},
    ),
    method(
        "checks.objectives.operating_point:operating_point",
        "The share of recorded decisions that the declared rule does not give.",
    ),
    method(
        "checks.objectives.traceability:traceability",
        "Whether something is claimed, each claim is measured, and each printed figure is claimed.",
        parameters={"metrics": "list"},
    ),
)
