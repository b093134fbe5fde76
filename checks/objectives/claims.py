"""Whether the model does what its vendor claims: measured performance minus the claimed one.

The claims are the vendor's own, so no limit is seen here. A claim speaks of the population from which the
data were drawn; one metric may be claimed once.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from certify.evidence import Statement, exact
from certify.submission.objective import Claim
from checks.design import require_drawn_rows
from checks.measured import CannotMeasure, Confidence, Interval, Measured
from checks.objectives.answers import Answers
from checks.objectives.metrics import better, measure, unit_of
from checks.subject import Subject
from checks.table import Table


def claims(
    subject: Subject, data: Table | None, confidence: Confidence, *, metrics: tuple[str, ...]
) -> Measured:
    """Estimates `claim_margin` per claimed metric among `metrics`: positive is better than claimed.

    States `every_claim_checked`: no claim speaks of a metric outside `metrics`.
    """
    if data is None:
        raise CannotMeasure("claims are measured on data, and none were given")
    require_drawn_rows(data)
    made = _each_once(subject.manifest.objective.claims)
    answers = Answers(subject, data)
    checked = [claim for claim in made if claim.metric in metrics]
    family = confidence.over(max(1, len(checked)))
    return Measured(
        estimates=tuple(
            _margin(claim, answers, family).estimate(
                statistic="claim_margin", confidence=family, stratum=claim.metric, unit=claim.unit
            )
            for claim in checked
        ),
        statements=(_every_claim_checked(made, metrics),),
    )


def _each_once(made: tuple[Claim, ...]) -> tuple[Claim, ...]:
    again = [metric for metric, times in Counter(claim.metric for claim in made).items() if times > 1]
    if again:
        raise CannotMeasure(f"several claims about {', '.join(again)}: which of them to hold is not clear")
    return made


def _margin(claim: Claim, answers: Answers, confidence: Confidence) -> Interval:
    unit = unit_of(claim.metric, answers)
    if claim.unit != unit:
        raise CannotMeasure(f"{claim.metric} is claimed in {claim.unit} and measured in {unit}")
    measured = measure(claim.metric, answers, confidence)
    sign = 1 if better(claim.metric) == "higher" else -1
    return Interval(
        name=f"{measured.name}, as the margin over the claim",
        value=float(sign * (exact(measured.value) - claim.value)),
        n=measured.n,
        demonstrating=_shifted(measured.demonstrating, claim.value, sign),
        refuting=_shifted(measured.refuting, claim.value, sign),
    )


def _shifted(bounds: tuple[float, float], claimed: Decimal, sign: int) -> tuple[float, float]:
    """Bounds of the margin, in decimals: floats would lose digits where the two are close."""
    low, high = sorted(sign * (exact(bound) - claimed) for bound in bounds)
    return float(low), float(high)


def _every_claim_checked(made: tuple[Claim, ...], metrics: tuple[str, ...]) -> Statement:
    unchecked = [claim.metric for claim in made if claim.metric not in metrics]
    return Statement(
        name="every_claim_checked",
        subject="claims",
        holds=bool(made) and not unchecked,
        kind="document",
        explanation=f"not checked: {', '.join(unchecked)}"
        if unchecked
        else "every claimed metric is checked",
    )
