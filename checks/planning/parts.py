"""The prospect of a check that judges several quantities one by one: rates, averages or means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from checks.planning.case import VALIDATION, Case
from checks.planning.chance import Chance, together
from checks.planning.hurdle import Hurdle
from checks.planning.rates import Rate
from checks.planning.scaled import SQUARE_ROOT, scaled
from checks.statistics.proportions import CLOPPER_PEARSON


class Part(Protocol):
    """One quantity in one stratum before it is measured."""

    @property
    def hurdle(self) -> Hurdle:
        """What its bounds must clear."""

    @property
    def hopeless(self) -> bool:
        """Whether its assumed value lies beyond the limit."""

    def chance(self, rows: int) -> Chance:
        """That it clears the hurdle."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """Quantities that must all clear their limits."""

    parts: tuple[Part, ...]
    basis: str = VALIDATION
    model: str = "exact binomial"

    @property
    def hopeless(self) -> str | None:
        """The first stratum whose value lies beyond its limit."""
        return first_beyond(self.parts)

    def chance(self, rows: int) -> Chance:
        """The product over the strata; see `checks.planning.rates` for what that says of their dependence."""
        return together(part.chance(rows) for part in self.parts)

    def rough(self, rows: int) -> float:
        """The same."""
        return self.chance(rows).value


def first_beyond(parts: Iterable[Part]) -> str | None:
    """In words, the first part whose assumed value lies beyond its limit."""
    beyond = next((part.hurdle for part in parts if part.hopeless), None)
    return None if beyond is None else f"as assumed, {beyond.statistic} of {beyond.stratum} misses its limit"


def shares_of_rows(case: Case) -> Parts:
    """The prospect at what was measured: exactly for plain shares of rows, by its own bounds for the rest."""
    parts = tuple(_share(case, *key) for key in case.hurdles)
    exact = all(isinstance(part, Rate) for part in parts)
    return Parts(parts=parts, model="exact binomial" if exact else SQUARE_ROOT)


def _share(case: Case, statistic: str, stratum: str) -> Part:
    """By the exact interval, if it is a plain share of rows; else by how far its own bounds lie."""
    estimate, hurdle = case.estimate(statistic, stratum), case.hurdles[statistic, stratum]
    if estimate.interval != CLOPPER_PEARSON:
        return scaled(hurdle, estimate, case.share(estimate.n))
    events = case.events(statistic, stratum)
    return Rate(hurdle=hurdle, value=events.rate, share=case.share(events.trials))
