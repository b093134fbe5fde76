"""Proposing what each clause of a criterion must refuse by itself."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from certify.standard import Among, AtLeast, AtMost, Check, Count, Holds, NothingFound
from certify.vector.passing import CLOSE, Made, distance_from, estimate_in, passing, statement_in, strata_of
from certify.vector.trial import name_of
from certify.vector.writing import expecting, vector

_FAR = Decimal("0.2")
"""How far beyond a limit a refuted estimate lies, as a share of the limit."""


def clause_vectors(check: Check) -> Iterator[Made]:
    """Vectors that one clause alone refuses, for every clause."""
    for number, condition in enumerate(check.criterion.all, start=1):
        if isinstance(condition, AtMost | AtLeast):
            yield from _bounded(check, condition, number)
        elif isinstance(condition, Count):
            yield from _too_few(check, condition, number)
        elif isinstance(condition, Among):
            yield _not_accepted(check, condition, number)
        else:
            yield from _stated(check, condition, number)


def _bounded(check: Check, condition: AtMost | AtLeast, number: int) -> Iterator[Made]:
    for place, stratum in enumerate(_ends(strata_of(check, condition)), start=1):
        said = name_of(condition)
        outside = passing(check)
        _miss(check, condition, estimate_in(outside, condition, stratum), CLOSE)
        yield vector(
            f"clause-{number}-just-outside-{place}",
            f"Of {stratum} the bound misses the limit by half a percent of it; the estimate clears it.",
            outside,
            expecting("not demonstrated", "inconclusive", said),
        )
        far = passing(check)
        _refute(check, condition, estimate_in(far, condition, stratum))
        yield vector(
            f"clause-{number}-refuted-{place}",
            f"Of {stratum} even the bound that favours the system is beyond the limit.",
            far,
            expecting("refuted", None, said),
        )
    stratum = strata_of(check, condition)[0]
    unsure = passing(check)
    estimate_in(unsure, condition, stratum)["confidence"] = str(check.confidence - Decimal("0.025"))
    yield vector(
        f"clause-{number}-unsure",
        "The bounds clear the limit, at a lower confidence than is asked for.",
        unsure,
        expecting("not demonstrated", "inconclusive", *_judging(check, condition.statistic, stratum)),
    )
    unbounded = passing(check)
    estimate = estimate_in(unbounded, condition, stratum)
    estimate["upper" if isinstance(condition, AtMost) else "lower"] = None
    yield vector(
        f"clause-{number}-unbounded",
        "The estimate clears the limit, and nothing bounds it on that side.",
        unbounded,
        expecting("not demonstrated", "inconclusive", name_of(condition)),
    )
    if len(strata_of(check, condition)) > 1:
        yield from _absent(check, condition, number)


def _absent(check: Check, condition: AtMost | AtLeast, number: int) -> Iterator[Made]:
    for place, stratum in enumerate(strata_of(check, condition), start=1):
        evidence = passing(check)
        evidence["estimates"].remove(estimate_in(evidence, condition, stratum))
        yield vector(
            f"clause-{number}-absent-{place}",
            f"Nothing was measured of {stratum}.",
            evidence,
            expecting("not demonstrated", "not measured", *_speaking(check, condition.statistic, stratum)),
        )


def _miss(check: Check, condition: AtMost | AtLeast, estimate: Made, share: Decimal) -> None:
    """The bound beyond the limit, the estimate and the other bound still on the safe side."""
    limit, distance = check.limit(condition.limit), distance_from(check, condition, share)
    if isinstance(condition, AtMost):
        estimate |= {"upper": str(limit + distance)}
    else:
        estimate |= {"lower": str(limit - distance)}


def _refute(check: Check, condition: AtMost | AtLeast, estimate: Made) -> None:
    """Everything beyond the limit, the bounds at the corrected confidence too."""
    limit, far = check.limit(condition.limit), distance_from(check, condition, _FAR)
    sign = 1 if isinstance(condition, AtMost) else -1
    middle, near = limit + sign * 2 * far, limit + sign * far
    beyond = limit + sign * 3 * far
    low, high = sorted((near, beyond))
    estimate |= {"value": str(middle), "lower": str(low), "upper": str(high)}
    estimate["refuting"] = {"lower": str(low), "upper": str(high)}


def _too_few(check: Check, condition: Count, number: int) -> Iterator[Made]:
    for place, stratum in enumerate(strata_of(check, condition), start=1):
        evidence = passing(check)
        estimate_in(evidence, condition, stratum)["n"] = int(check.limit(condition.limit)) - 1
        yield vector(
            f"clause-{number}-too-few-{place}",
            f"Of {stratum} there is one case fewer than is required.",
            evidence,
            expecting("not demonstrated", "inconclusive", name_of(condition)),
        )


def _not_accepted(check: Check, condition: Among, number: int) -> Made:
    evidence = passing(check)
    evidence["circumstances"][condition.circumstance] = "something else"
    return vector(
        f"clause-{number}-not-accepted",
        f"{condition.circumstance} is none of those that are accepted.",
        evidence,
        expecting("not demonstrated", "not measured", name_of(condition)),
    )


def _stated(check: Check, condition: Holds | NothingFound, number: int) -> Iterator[Made]:
    for place, stratum in enumerate(strata_of(check, condition), start=1):
        said = name_of(condition)
        false = passing(check)
        statement_in(false, condition, stratum)["holds"] = False
        yield vector(
            f"clause-{number}-false-{place}",
            f"It does not hold for {stratum}.",
            false,
            expecting("refuted", None, said),
        )
        silent = passing(check)
        silent["statements"].remove(statement_in(silent, condition, stratum))
        yield vector(
            f"clause-{number}-silent-{place}",
            f"Nothing is said about {stratum}.",
            silent,
            expecting("not demonstrated", "not measured", said),
        )


def _ends(strata: tuple[str, ...]) -> tuple[str, ...]:
    return strata if len(strata) < 2 else (strata[0], strata[-1])


def _judging(check: Check, statistic: str, stratum: str) -> list[str]:
    """Clauses that compare a bound of this estimate."""
    return [
        name_of(c)
        for c in check.criterion.all
        if isinstance(c, AtMost | AtLeast) and c.statistic == statistic and stratum in strata_of(check, c)
    ]


def _speaking(check: Check, statistic: str, stratum: str) -> list[str]:
    """Clauses that need this estimate at all."""
    return [
        name_of(c)
        for c in check.criterion.all
        if isinstance(c, AtMost | AtLeast | Count)
        and c.statistic == statistic
        and stratum in strata_of(check, c)
    ]
