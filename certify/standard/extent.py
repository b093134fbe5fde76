"""How much a criterion compares: at least something, and no more than anybody can look at.

A list of groups grows by one, its pairs by all that are there: 1,000 groups are 499,500 pairs, each with a
bound, a ruling and a line of the report. No limit gets easier by that, but nobody could read it, and a basis
that was meant to be strict would stop the machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from certify.errors import Unfit
from certify.standard.criterion import Condition, Criterion, Strata
from certify.standard.parameter import Parameter

MOST_STRATA: Final = 5_000
"""Over all conditions of one criterion: the pairs of a hundred groups."""


def strata_of_lists(criterion: Criterion) -> Iterator[tuple[int, Condition, Strata, str]]:
    """Each condition that takes its strata from a parameter: its place, its strata, the parameter."""
    for place, condition in enumerate(criterion.all):
        strata: Strata | None = getattr(condition, "for_every", None)
        if strata is not None and strata.source:
            yield place, condition, strata, strata.source


def require_extent(criterion: Criterion, parameters: Mapping[str, Parameter]) -> None:
    """Raise `Unfit`, at the parameter, for lists that make no stratum at all, or more than can be judged.

    A parameter that is still open is left alone.
    """
    total = 0
    for place, condition, strata, name in strata_of_lists(criterion):
        value = parameters[name].value
        if not isinstance(value, tuple):
            continue
        size = strata.size(len(value))
        total += size
        if size == 0:
            raise Unfit(
                f"at least two elements of {name}, since criterion.all[{place}] compares pairs of them",
                at=("method", "parameters", name, "value"),
                found=f"{len(value)}: {', '.join(map(str, value))}",
                remedy="Name another group to compare with.",
            )
        if total > MOST_STRATA:
            raise Unfit(
                f"at most {MOST_STRATA} strata in all conditions together",
                at=("method", "parameters", name, "value"),
                found=f"{total} so far: {len(value)} elements of {name} in criterion.all[{place}], "
                f"{condition.require}",
                remedy="Name fewer groups, or compare each of them alone (`each_of`) instead of in pairs.",
            )
