"""The methods of this area, as the catalogue lists them."""

from __future__ import annotations

from typing import Final

from checks.method import Method, method

METHODS: Final[tuple[tuple[str, Method], ...]] = (
    method(
        "checks.fairness.individual:individual_fairness",
        "Whether two cases of the domain that differ in a protected attribute alone are decided differently.",
        parameters={"attributes": "list", "regions": "integer", "seed": "integer"},
        observed=True,
        imports=("torch",),
    ),
    method(
        "checks.fairness.gaps:true_positive_rate_gap",
        "The true-positive rate of each group, and the gap between every two.",
        parameters={"groups": "list"},
    ),
    method(
        "checks.fairness.ratios:selection_rate_ratio",
        "The rate of favourable decisions in each group, and the ratio between every two.",
        parameters={"groups": "list", "favourable": "text"},
    ),
    method(
        "checks.fairness.ratios:selection_rate_gap",
        "The rate of favourable decisions in each group, and the gap between every two.",
        parameters={"groups": "list", "favourable": "text"},
    ),
    method(
        "checks.fairness.precisions:precision_gap",
        "How often a positive decision is right in each group, and the gap between every two.",
        parameters={"groups": "list"},
    ),
    method(
        "checks.fairness.accuracies:error_rate_ratio",
        "The rate of wrong decisions in each group, and the ratio between every two.",
        parameters={"groups": "list"},
    ),
    method(
        "checks.fairness.gaps:true_positive_rate_ratio",
        "The true-positive rate of each group, and the ratio between every two.",
        parameters={"groups": "list"},
    ),
    method(
        "checks.fairness.false_alarms:false_positive_rate_ratio",
        "The false-positive rate of each group, and the ratio between every two.",
        parameters={"groups": "list"},
    ),
    method(
        "checks.fairness.mean_errors:mean_error_gap",
        "The mean absolute error of a number in each group, and the gap between every two.",
        parameters={"groups": "list"},
    ),
    method(
        "checks.fairness.calibration:calibration_gap",
        "How far probabilities lie from what happens, in each group.",
        parameters={"groups": "list", "bins": "integer"},
    ),
    method(
        "checks.fairness.counterfactual:counterfactual_flips",
        "The share of cases decided otherwise when only a protected attribute is toggled.",
        parameters={"attributes": "list"},
    ),
    method(
        "checks.fairness.conditional:conditional_selection_rate_gap",
        "The greatest gap between the selection rates of every two groups within legitimate strata.",
        parameters={"groups": "list", "given": "list", "favourable": "text"},
    ),
    method(
        "checks.fairness.standardised:standardised_selection_rate_gap",
        "The gap between the selection rates of every two groups, as if alike in a legitimate respect.",
        parameters={
            "groups": "list",
            "given": "list",
            "favourable": "text",
            "replicates": "integer",
            "seed": "integer",
        },
    ),
    method(
        "checks.fairness.amplification:bias_amplification",
        "How much larger the gap between groups is in the decisions than in the training labels.",
        parameters={"groups": "list", "favourable": "text"},
    ),
    method(
        "checks.fairness.diversity:outcome_diversity",
        "The entropy of the decisions over that of the training labels.",
    ),
    method(
        "checks.fairness.false_alarms:false_positive_rate_gap",
        "The false-positive rate of each group, and the gap between every two.",
        parameters={"groups": "list"},
    ),
    method(
        "checks.fairness.accuracies:accuracy_gap",
        "The accuracy of each group, and the gap between every two.",
        parameters={"groups": "list"},
    ),
)
