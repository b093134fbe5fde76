"""One check before its data are opened: what it asks, what stands in for its data, and what was claimed.

The methods themselves measured what is here, on data that stand in for those that will decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from certify.evidence import WHOLE, Bounds, Estimate, Measurement, Statement
from certify.standard import Check, Holds
from certify.submission import Manifest
from checks.planning.hurdle import CannotPlan, Hurdle, hurdles
from checks.statistics.events import Events
from checks.statistics.proportions import CLOPPER_PEARSON, clopper_pearson

Assumption = Literal["claims", "validation"]

VALIDATION, CLAIM = "validation data", "claim"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A check, what its method said about the `rows` rows that stand in, and the manifest."""

    check: Check
    measured: Measurement
    exhibits: Mapping[str, Any]
    """The JSON of the evidence, by name."""
    manifest: Manifest
    rows: int
    assume: Assumption = "claims"
    """Whether a claim, where there is one, says more than what was measured."""

    @cached_property
    def hurdles(self) -> Mapping[tuple[str, str], Hurdle]:
        """What the criterion asks of numbers, by statistic and stratum."""
        return hurdles(self.check)

    def parameter(self, name: str) -> Any:
        """The value of a parameter of the method."""
        return self.check.method.parameters[name].value

    def estimate(self, statistic: str, stratum: str) -> Estimate:
        """What was measured; raises `CannotPlan` where nothing was."""
        for estimate in self.measured.estimates:
            if (estimate.statistic, estimate.stratum) == (statistic, stratum):
                return estimate
        raise CannotPlan(f"the {VALIDATION} give no {statistic} of {stratum}")

    def events(self, statistic: str, stratum: str) -> Events:
        """The counts behind a plain rate; raises `CannotPlan` for an estimate of another kind."""
        return plain_events(self.estimate(statistic, stratum))

    def share(self, trials: int) -> float:
        """What part of the rows so many cases were."""
        return trials / self.rows

    def claimed(self, metric: str) -> Decimal | None:
        """What the vendor claims of a metric; None where nothing is claimed."""
        made = (claim.value for claim in self.manifest.objective.claims if claim.metric == metric)
        return next(made, None)

    def assumed(self, metric: str, stratum: str) -> Decimal | None:
        """The claim at which to plan: for the whole population, where claims are to be assumed."""
        return self.claimed(metric) if self.assume == "claims" and stratum == WHOLE else None

    @property
    def unmet(self) -> Statement | None:
        """The first statement that the criterion needs and that does not hold; None where all do."""
        needed = {c.statement for c in self.check.criterion.all if isinstance(c, Holds)}
        return next((s for s in self.measured.statements if s.name in needed and not s.holds), None)


def plain_events(estimate: Estimate) -> Events:
    """The counts behind a plain rate with exact bounds; raises `CannotPlan` for any other estimate.

    The name of an interval may be inherited by what is computed from a rate, so the bounds are made again.
    """
    if CLOPPER_PEARSON not in estimate.interval or not 0 <= estimate.value <= 1:
        raise CannotPlan(f"{estimate.statistic} of {estimate.stratum} is no plain rate")
    events = Events(round(float(estimate.value) * estimate.n), estimate.n)
    confidence = float(estimate.demonstrating.confidence)
    again = Bounds.of(*clopper_pearson(events.count, events.trials, confidence), confidence)
    if again != estimate.demonstrating:
        raise CannotPlan(f"{estimate.statistic} of {estimate.stratum} is no plain rate")
    return events
