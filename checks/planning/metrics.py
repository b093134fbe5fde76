"""Checks of performance: a metric in each stratum, the margin over a claim, and the gap to the training data.

A floor is planned at the vendor's claim, where there is one for the whole population; everything else, and
the claims themselves, at what the validation data show: at exactly what is claimed, a claim is demonstrated
with probability alpha.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from certify.evidence import WHOLE, Bounds, Estimate, exact
from certify.standard import Check
from certify.submission import Manifest
from certify.submission.model import ThresholdRule
from checks.objectives.distances import DISTANCES
from checks.objectives.metrics import better
from checks.planning.averages import Average, Recall
from checks.planning.case import CLAIM, VALIDATION, Case, plain_events
from checks.planning.hurdle import CannotPlan, Hurdle, hurdles
from checks.planning.means import Mean, strength_of
from checks.planning.parts import Part, Parts
from checks.planning.rates import Margin, Rate, View, itself
from checks.planning.scaled import SQUARE_ROOT, Scaled, scaled
from checks.statistics.averages import CLOPPER_PEARSON_AVERAGE, EXACT_AVERAGE
from checks.statistics.events import Events, split
from checks.statistics.means import BETTING
from checks.statistics.proportions import CLOPPER_PEARSON

_CONFUSION = "confusion.json"
_MODELS = {
    Rate: "exact binomial",
    Average: "binomial classes",
    Mean: "simulated, values as if beta-distributed",
    Scaled: SQUARE_ROOT,
}


def performance(case: Case) -> Parts:
    """The prospect of a metric over all rows and in groups."""
    metric = str(case.parameter("metric"))
    parts = []
    claimed = False
    for (statistic, stratum), hurdle in case.hurdles.items():
        part = _part(case, metric, hurdle, case.estimate(statistic, stratum), stratum)
        claim = case.assumed(metric, stratum)
        claimed = claimed or claim is not None
        parts.append(part if claim is None else _at_claim(part, claim))
    return _parts(parts, basis=CLAIM if claimed else VALIDATION)


def at_the_claim(check: Check, manifest: Manifest) -> Parts:
    """The prospect of an accuracy that is claimed, where nothing else is known; raises `CannotPlan` else."""
    asked = hurdles(check)
    parameters = check.method.parameters
    made = [claim.value for claim in manifest.objective.claims if claim.metric == "accuracy"]
    metric = parameters["metric"].value if "metric" in parameters else None
    of_all = [key for key in asked if key[1] == WHOLE]
    if check.method.name != "objectives.performance" or metric != "accuracy" or len(of_all) != len(asked):
        raise CannotPlan("there are no validation data, and no claim tells it")
    if not made:
        raise CannotPlan("there are no validation data, and no accuracy is claimed")
    parts = tuple(Rate(hurdle=hurdle, value=float(made[0]), share=1.0) for hurdle in asked.values())
    return Parts(parts=parts, basis=CLAIM)


def claims(case: Case) -> Parts:
    """The prospect of the margins over the claims; `stratum` is the metric."""
    parts = []
    for (statistic, metric), hurdle in case.hurdles.items():
        claim = case.claimed(metric)
        if claim is None:
            raise CannotPlan(f"nothing is claimed about {metric}")
        view = Margin(claim, 1 if better(metric) == "higher" else -1)
        margin = case.estimate(statistic, metric)
        parts.append(_part(case, metric, hurdle, _measured(margin, view), "all", view))
    return _parts(parts, basis=VALIDATION)


def _parts(parts: Sequence[Part], *, basis: str) -> Parts:
    models = dict.fromkeys(_MODELS[type(part)] for part in parts)
    return Parts(parts=tuple(parts), basis=basis, model="; ".join(models))


def _measured(margin: Estimate, view: Margin) -> Estimate:
    """The metric behind a margin over a claim."""

    def back(value: Decimal | None) -> Decimal | None:
        return None if value is None else view.claim + view.sign * value

    low, high = back(margin.demonstrating.lower), back(margin.demonstrating.upper)
    if view.sign < 0:
        low, high = high, low
    bounds = margin.demonstrating.model_copy(update={"lower": low, "upper": high})
    return margin.model_copy(update={"value": back(margin.value), "demonstrating": bounds})


def _part(
    case: Case, metric: str, hurdle: Hurdle, estimate: Estimate, stratum: str, view: View = itself
) -> Part:
    """A metric before it is measured, by the interval that it had on the data that stand in."""
    if any(name in estimate.interval for name in (EXACT_AVERAGE, CLOPPER_PEARSON_AVERAGE)):
        return Average(hurdle=hurdle, recalls=_recalls(case, stratum), view=view)
    if CLOPPER_PEARSON in estimate.interval:
        events = _nearly_plain(estimate) if view is not itself else plain_events(estimate)
        return Rate(hurdle=hurdle, value=events.rate, share=case.share(events.trials), view=view)
    ends = _range_of_one_value(case, metric)
    if BETTING not in estimate.interval or ends is None:
        return scaled(hurdle, estimate, case.share(estimate.n), view)
    return _mean(case, hurdle, estimate, ends, view)


def _range_of_one_value(case: Case, metric: str) -> tuple[float, float] | None:
    """Between which ends the values lie whose mean a metric is; None for one that is no plain mean."""
    if metric == "brier_score":
        return (0.0, 1.0) if isinstance(case.manifest.model.decision, ThresholdRule) else (0.0, 2.0)
    declaring = {"mean_absolute_error": tuple(DISTANCES), "log_loss": ("log_loss",)}.get(metric, ())
    ranges = {c.range for c in case.manifest.objective.claims if c.metric in declaring and c.range}
    return (float(next(iter(ranges))[0]), float(next(iter(ranges))[1])) if len(ranges) == 1 else None


def _nearly_plain(estimate: Estimate) -> Events:
    """The counts behind a rate whose bounds were shifted and rounded outwards once more."""
    events = Events(round(float(estimate.value) * estimate.n), estimate.n)
    confidence = float(estimate.demonstrating.confidence)
    again = Bounds.of(*events.bounds(confidence), confidence)
    for bound, known in (
        (again.lower, estimate.demonstrating.lower),
        (again.upper, estimate.demonstrating.upper),
    ):
        if bound is None or known is None or abs(bound - known) > Decimal("1e-9"):
            raise CannotPlan(f"{estimate.statistic} of {estimate.stratum} is no margin of a plain rate")
    return events


def _recalls(case: Case, stratum: str) -> tuple[Recall, ...]:
    """How often each class is found, from the confusion counts; an unknown label may be of any class."""
    table: Mapping[str, Any] = case.exhibits.get(_CONFUSION, {})
    if stratum not in table:
        raise CannotPlan(f"the evidence does not tell how often each class of {stratum} is found")
    names = [row["true"] for row in table[stratum] if row["true"] is not None]
    unknown = sum(row["cases"] for row in table[stratum] if row["true"] is None)
    recalls = []
    for name in dict.fromkeys(names):
        of_class = sum(row["cases"] for row in table[stratum] if row["true"] == name)
        found = sum(r["cases"] for r in table[stratum] if r["true"] == r["decided"] == name)
        recalls.append(Recall(value=found / (of_class + unknown), share=case.share(of_class + unknown)))
    return tuple(recalls)


def _mean(case: Case, hurdle: Hurdle, estimate: Estimate, ends: tuple[float, float], view: View) -> Part:
    bounds = estimate.demonstrating
    if bounds.lower is None or bounds.upper is None:
        raise CannotPlan(f"{estimate.statistic} of {estimate.stratum} has no bounds to start from")
    value, (lowest, highest) = float(estimate.value), ends
    strength = strength_of(
        value, (float(bounds.lower), float(bounds.upper)), estimate.n,
        lowest=lowest, highest=highest, confidence=float(bounds.confidence),
    )  # fmt: skip
    return Mean(
        hurdle=hurdle, value=value, lowest=lowest, highest=highest, strength=strength,
        share=case.share(estimate.n), view=view,
    )  # fmt: skip


def _at_claim(part: Part, claim: Decimal) -> Part:
    """The same at the claimed value; of an average every rate is moved alike, and none beyond 0 or 1."""
    if isinstance(part, Rate | Mean | Scaled):
        return replace(part, value=float(claim))
    if not isinstance(part, Average):
        return part
    moved = float(claim) - part.value
    recalls = tuple(replace(r, value=min(1.0, max(0.0, r.value + moved))) for r in part.recalls)
    return replace(part, recalls=recalls)


def generalisation(case: Case) -> Parts:
    """The prospect of the gap to the training data, which are known: what is left open is one rate.

    The bound of the rate on the training data is that of the method, at half of alpha; the gap is then small
    enough if the lower bound of the rate on the test data, at the other half, is high enough.
    """
    key = ("generalisation_gap", "all")
    metric = str(case.parameter("metric"))
    if metric != "accuracy" or list(case.hurdles) != [key] or case.hurdles[key].lowest is not None:
        raise CannotPlan("the gap is planned for the accuracy over all rows only")
    hurdle = case.hurdles[key]
    rows = {row["role"]: row for row in case.exhibits.get("seen-and-unseen.json", {}).get("data", [])}
    unseen = [row for role, row in rows.items() if role != "train"]
    if "train" not in rows or len(unseen) != 1:
        raise CannotPlan("the evidence does not tell the performance on the training data")
    seen = _of_row(rows["train"]).bounds(split(hurdle.confidence, 2))[1]
    needed = replace(hurdle, highest=None, lowest=exact(seen) - (hurdle.highest or 0))
    return Parts(parts=(Rate(hurdle=needed, value=_of_row(unseen[0]).rate, share=1.0, claims=2),))


def _of_row(row: Mapping[str, Any]) -> Events:
    return Events(round(float(row["value"]) * row["n"]), row["n"])
