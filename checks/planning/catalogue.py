"""The visible list of methods whose chances can be told beforehand, and how.

A method that is not here is listed in a plan as one that cannot be planned, with the reason, and never left
out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from checks.planning.case import Case
from checks.planning.chance import Prospect
from checks.planning.comparison import pairs_of_groups
from checks.planning.gain import gain_over_constant
from checks.planning.hurdle import CannotPlan, CertainToRefuse
from checks.planning.metrics import claims, generalisation, performance
from checks.planning.parts import shares_of_rows
from checks.planning.shares import shares_of_groups

PROSPECTS: Final[Mapping[str, Callable[[Case], Prospect]]] = {
    "representativeness.shares": shares_of_groups,
    "representativeness.distance": shares_of_rows,
    "representativeness.domain": shares_of_rows,
    "representativeness.novelty": shares_of_rows,
    "data_quality.expectations": shares_of_rows,
    "data_quality.schema": shares_of_rows,
    "data_quality.duplicates": shares_of_rows,
    "data_quality.overlap": shares_of_rows,
    "data_quality.completeness": shares_of_rows,
    "data_quality.labels": shares_of_rows,
    "data_quality.collection_period": shares_of_rows,
    "data_quality.collection_places": shares_of_rows,
    "data_quality.label_errors": shares_of_rows,
    "data_quality.near_overlap": shares_of_rows,
    "data_quality.unit_leakage": shares_of_rows,
    "objectives.claims": claims,
    "objectives.performance": performance,
    "objectives.generalisation": generalisation,
    "objectives.baseline_gain": gain_over_constant,
    "objectives.error_saved": shares_of_rows,
    "objectives.dependence": shares_of_rows,
    "objectives.operating_point": shares_of_rows,
    "robustness.noise_stability": shares_of_rows,
    "robustness.batch_consistency": shares_of_rows,
    "robustness.rounding": shares_of_rows,
    "fairness.bias_amplification": shares_of_rows,
    "fairness.calibration_gap": shares_of_rows,
    "fairness.conditional_selection_rate_gap": shares_of_rows,
    "fairness.counterfactual_flips": shares_of_rows,
    "fairness.mean_error_gap": shares_of_rows,
    "fairness.outcome_diversity": shares_of_rows,
    "fairness.standardised_selection_rate_gap": shares_of_rows,
    **{
        f"fairness.{rate}_{how}": partial(pairs_of_groups, rate=rate, between=f"{rate}_{how}")
        for rate, how in (
            ("accuracy", "gap"),
            ("error_rate", "ratio"),
            ("true_positive_rate", "gap"),
            ("true_positive_rate", "ratio"),
            ("false_positive_rate", "gap"),
            ("false_positive_rate", "ratio"),
            ("precision", "gap"),
            ("selection_rate", "gap"),
            ("selection_rate", "ratio"),
        )
    },
}

UNPLANNED: Final[Mapping[str, str]] = {
    "documents.figures": "it compares print with what the test data will give, which nobody knows yet",
    "robustness.random_neighbours": "it tries as many rows as the check says, however many there are",
    "data_quality.keys": "two rows with one key are a defect of the file and no matter of chance",
    "data_quality.identifiers": "a column of names is a defect of the file and no matter of chance",
    "energy.inference": "it depends on a clock and not on how many rows there are",
}
"""Methods of which it is known why not."""


def prospect(case: Case) -> Prospect:
    """What is known beforehand of the chances of a check; raises `CannotPlan` with the reason."""
    method = case.check.method.name
    if method in UNPLANNED:
        raise CannotPlan(UNPLANNED[method])
    if method not in PROSPECTS:
        raise CannotPlan(f"no plan is known for the method {method}")
    unmet = case.unmet
    if unmet is not None and unmet.kind == "document":
        raise CertainToRefuse(unmet.explanation)  # what is declared is the same for all data
    if unmet is not None:
        raise CannotPlan(f"on the data that stand in, {unmet.name} does not hold: {unmet.explanation}")
    if not case.hurdles:
        raise CannotPlan("it asks for no number")
    return PROSPECTS[method](case)
