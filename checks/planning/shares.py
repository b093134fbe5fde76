"""The shares of groups among the rows, before they are counted.

Each row belongs to one group of an attribute, so that more of one are fewer of another: shares do not rise
together, and the product of their chances would promise too much. Given is one minus the sum of the risks.
"""

from __future__ import annotations

from dataclasses import dataclass

from checks.planning.case import VALIDATION, Case
from checks.planning.chance import Chance, at_least
from checks.planning.hurdle import CannotPlan, Hurdle
from checks.planning.parts import Part, first_beyond
from checks.planning.rates import Over, Rate, View, between, itself


@dataclass(frozen=True, kw_only=True, slots=True)
class Shares:
    """Shares, and numbers of rows, that must all clear their limits."""

    rates: tuple[Part, ...]
    basis: str = VALIDATION
    model: str = "exact binomial, sum of risks over groups"

    @property
    def hopeless(self) -> str | None:
        """The first group whose share lies beyond its limit."""
        return first_beyond(self.rates)

    def chance(self, rows: int) -> Chance:
        """A number below which the joint chance does not lie."""
        return Chance(value=at_least(rate.chance(rows) for rate in self.rates))

    def rough(self, rows: int) -> float:
        """The same."""
        return self.chance(rows).value


@dataclass(frozen=True, kw_only=True, slots=True)
class Members:
    """How many of all rows are of a stratum, against the fewest that are asked for."""

    hurdle: Hurdle
    value: float
    hopeless: bool = False

    def chance(self, rows: int) -> Chance:
        """That there are so many."""
        return Chance(value=between(self.hurdle.fewest, rows, rows, self.value))


def shares_of_groups(case: Case) -> Shares:
    """The prospect of `share`, of `share_ratio` (the share over a declared constant) and of `cases`."""
    return Shares(rates=tuple(_rate(case, *key) for key in case.hurdles))


def _rate(case: Case, statistic: str, stratum: str) -> Part:
    events = case.events("share", stratum)
    if statistic == "cases":
        return Members(hurdle=case.hurdles[statistic, stratum], value=events.rate)
    view: View = itself if statistic == "share" else Over(_reference(case, stratum))
    return Rate(hurdle=case.hurdles[statistic, stratum], value=events.rate, share=1.0, view=view)


def _reference(case: Case, stratum: str) -> float:
    table = case.exhibits.get("shares.json", [])
    found = next((entry["reference_share"] for entry in table if entry["stratum"] == stratum), None)
    if found is None:
        raise CannotPlan(f"the evidence does not tell the declared share of {stratum}")
    return float(found)
