"""Evidence that clears every clause of a check, each bound by half a percent of its limit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from certify.evidence import Kind
from certify.standard import Among, AtLeast, AtMost, Check, Condition, Count, Holds, NothingFound

CLOSE = Decimal("0.005")
"""How far on either side of a limit the closest vectors lie, as a share of the limit: within 1 %."""

_ENOUGH = 1000
"""Cases behind an estimate of which no clause asks for a number."""

Made = dict[str, Any]
"""A part of a vector file, as JSON."""


def strata_of(check: Check, condition: Condition) -> tuple[str, ...]:
    """The strata of which a clause speaks."""
    if isinstance(condition, Among):
        return ()
    return condition.for_every.resolve(check.method.parameters)


def passing(check: Check) -> Made:
    """The evidence of a vector that must be demonstrated."""
    estimates: dict[tuple[str, str], Made] = {}
    statements: list[Made] = []
    circumstances: dict[str, str] = {}
    for condition in check.criterion.all:
        if isinstance(condition, Among):
            accepted = check.limits[condition.limit].value
            circumstances[condition.circumstance] = str(accepted[0]) if isinstance(accepted, tuple) else ""
            continue
        for stratum in strata_of(check, condition):
            if isinstance(condition, Holds | NothingFound):
                statements.append(_statement(check, condition, stratum, holds=True))
            else:
                known = estimates.setdefault(
                    (condition.statistic, stratum), _blank(check, condition, stratum)
                )
                _clear(check, condition, known, CLOSE)
    return {
        "made_from": list(dict.fromkeys(check.evidence.groups())),
        "estimates": [_rounded(estimate) for estimate in estimates.values()],
        "statements": statements,
        "circumstances": circumstances,
    }


def _blank(check: Check, condition: AtMost | AtLeast | Count, stratum: str) -> Made:
    kind: Kind = next(
        (k for k in ("statistical", "proof") if k in check.evidence.kinds), check.evidence.kinds[0]
    )
    return {"statistic": condition.statistic, "stratum": stratum, "value": None, "n": _ENOUGH, "kind": kind}


def _statement(check: Check, condition: Holds | NothingFound, stratum: str, *, holds: bool) -> Made:
    kind = "search" if isinstance(condition, NothingFound) else _statement_kind(check)
    return {"name": condition.statement, "subject": stratum, "holds": holds, "kind": kind}


def _statement_kind(check: Check) -> str:
    order = ("document", "human", "proof", "statistical")
    return next(kind for kind in order if kind in check.evidence.kinds)


def _clear(check: Check, condition: AtMost | AtLeast | Count, estimate: Made, share: Decimal) -> None:
    """Put the bound of an estimate on the safe side of a limit, by a share of it."""
    limit = check.limit(condition.limit)
    if isinstance(condition, Count):
        estimate["n"] = int(limit)
        estimate["value"] = limit if estimate["value"] is None else estimate["value"]
        return
    distance = distance_from(check, condition, share)
    if isinstance(condition, AtMost):
        estimate["upper"] = limit - distance
        estimate["value"] = limit - 2 * distance
        estimate["lower"] = limit - 3 * distance
    else:
        estimate["lower"] = limit + distance
        estimate["value"] = limit + 2 * distance
        estimate["upper"] = limit + 3 * distance


def distance_from(check: Check, condition: AtMost | AtLeast, share: Decimal) -> Decimal:
    """A share of the limit, or of its range where the limit is zero."""
    limit = check.limits[condition.limit]
    value, (low, high) = check.limit(condition.limit), limit.range or (Decimal(0), Decimal(1))
    return share * (abs(value) or high - low)


def _rounded(estimate: Made) -> Made:
    return {key: str(value) if isinstance(value, Decimal) else value for key, value in estimate.items()}


def estimate_in(evidence: Made, condition: AtMost | AtLeast | Count, stratum: str) -> Made:
    """The estimate of a stratum in made-up evidence, to be spoilt."""
    found: Made = next(
        e for e in evidence["estimates"] if (e["statistic"], e["stratum"]) == (condition.statistic, stratum)
    )
    return found


def statement_in(evidence: Made, condition: Holds | NothingFound, stratum: str) -> Made:
    """The statement about a subject in made-up evidence, to be spoilt."""
    found: Made = next(
        s for s in evidence["statements"] if (s["name"], s["subject"]) == (condition.statement, stratum)
    )
    return found
