"""How much evidence would have been enough: advice to whoever was refused, never part of the judgement.

For a proportion the number is exact at the present estimate; for everything else the distance from
estimate to bound is taken to shrink with the square root of the number of cases, and the advice says
"about". Planning sees limits, and therefore measures nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from certify.dossier import Advice
from certify.evidence import Bounds, Estimate, Measurement
from certify.protocol import Protocol
from certify.ruling import Outcome
from certify.standard import AtLeast, AtMost, Check, Count
from certify.verdict import Finding, judge
from checks.statistics.proportions import CLOPPER_PEARSON, clopper_pearson

MOST_CASES = 10_000_000


def advise(finding: Finding, protocol: Protocol) -> Iterator[Advice]:
    """For every stratum of a refused finding whose bound or number of cases does not clear its limit."""
    if not isinstance(finding.result, Measurement):
        return
    if judge(finding, protocol=protocol).outcome is Outcome.DEMONSTRATED:
        return
    required = _required_cases(finding.check)
    advised = set()
    for condition in finding.check.criterion.all:
        if isinstance(condition, AtMost | AtLeast):
            for estimate in _estimates(finding, condition):
                for advice in _advice(finding.check, condition, estimate, required.get(estimate.stratum, 0)):
                    advised.add(advice.stratum)
                    yield advice
    for condition in finding.check.criterion.all:
        if isinstance(condition, Count):
            for estimate in _estimates(finding, condition):
                needed = required[estimate.stratum]
                if estimate.stratum not in advised and estimate.n < needed:
                    note = f"{needed} cases are required, {estimate.n} now"
                    yield Advice(check=finding.check.id, stratum=estimate.stratum, cases=needed, note=note)


def _required_cases(check: Check) -> dict[str, int]:
    """The number of cases that the criterion asks for in each stratum, where it asks for any."""
    required: dict[str, int] = {}
    for condition in check.criterion.all:
        if isinstance(condition, Count):
            needed = math.ceil(check.limit(condition.limit))
            for stratum in condition.for_every.resolve(check.method.parameters):
                required[stratum] = max(needed, required.get(stratum, 0))
    return required


def _estimates(finding: Finding, condition: AtMost | AtLeast | Count) -> Iterator[Estimate]:
    assert isinstance(finding.result, Measurement)
    strata = condition.for_every.resolve(finding.check.method.parameters)
    for estimate in finding.result.estimates:
        if estimate.statistic == condition.statistic and estimate.stratum in strata:
            yield estimate


def _advice(check: Check, condition: AtMost | AtLeast, estimate: Estimate, required: int) -> Iterator[Advice]:
    limit = check.limit(condition.limit)
    at_most = isinstance(condition, AtMost)
    bound = estimate.demonstrating.upper if at_most else estimate.demonstrating.lower
    if bound is not None and (bound <= limit if at_most else bound >= limit):
        return
    if estimate.value >= limit if at_most else estimate.value <= limit:
        note = "the estimate itself does not clear the limit: more evidence will not help, another model may"
        yield Advice(check=check.id, stratum=estimate.stratum, note=note)
        return
    enough = _enough(estimate, float(limit), at_most=at_most)
    cases = None if enough is None else max(enough, required)
    note = "more than can be named" if cases is None else f"about {cases} cases in all, {estimate.n} now"
    yield Advice(check=check.id, stratum=estimate.stratum, cases=cases, note=note)


def _enough(estimate: Estimate, limit: float, *, at_most: bool) -> int | None:
    confidence = float(estimate.demonstrating.confidence)
    value = float(estimate.value)
    if _is_plain_proportion(estimate) and 0 <= limit <= 1:
        return proportion_cases(value, limit, confidence, at_most=at_most, known=estimate.n)
    bound = estimate.demonstrating.upper if at_most else estimate.demonstrating.lower
    if bound is None or not estimate.n:
        return None
    try:
        cases = math.ceil(estimate.n * ((float(bound) - value) / (limit - value)) ** 2)
    except ArithmeticError:  # numbers of absurd size: advice has nothing to say, the judgement stands
        return None
    return cases if cases <= MOST_CASES else None


def _is_plain_proportion(estimate: Estimate) -> bool:
    """A share itself, and not a margin over a claim that inherits its interval."""
    if estimate.interval != CLOPPER_PEARSON or not 0 <= estimate.value <= 1:
        return False
    events = round(float(estimate.value) * estimate.n)
    confidence = float(estimate.demonstrating.confidence)
    known = Bounds.of(*clopper_pearson(events, estimate.n, confidence), confidence)
    return known == estimate.demonstrating


def proportion_cases(
    value: float, limit: float, confidence: float, *, at_most: bool, known: int = 1
) -> int | None:
    """The fewest cases at which the exact bound clears `limit` if the share stays at `value`."""
    from scipy.special import betaincinv  # heavy: only where advice is given

    def clears(cases: int) -> bool:
        events = value * cases
        if at_most:
            return events >= cases or bool(betaincinv(events + 1, cases - events, confidence) <= limit)
        return events > 0 and bool(betaincinv(events, cases - events + 1, 1 - confidence) >= limit)

    return _first(clears, known)


def _first(clears: Callable[[int], bool], known: int) -> int | None:
    """The smallest number from `known` on that clears, given that larger ones do as well."""
    low, high = max(known, 1), max(known, 1)
    while not clears(high):
        if high >= MOST_CASES:
            return None
        low, high = high, min(2 * high, MOST_CASES)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if clears(middle) else (middle + 1, high)
    return high
