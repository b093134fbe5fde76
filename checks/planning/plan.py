"""A plan: what is certain already, how probable the rest is, and how many rows would make it probable.

Pure: made of what was measured without the test data. The joint chance is over the checks that can be
planned; those that are certain to refuse and those that cannot be planned are listed beside it, with their
reasons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from certify.standard import Check
from checks.planning.chance import Chance, Prospect, at_least, enough_rows, together

WANTED: Final = 0.9
"""The joint power that sample sizes are given for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """A check whose outcome the test data do not change: whether it refuses, and in which words."""

    check: Check
    refuses: bool
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Unplanned:
    """A check of which nothing honest can be said beforehand."""

    check: Check
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """A check, its chance on the rows at hand, and the rows for the wanted chance (None: no number does)."""

    check: Check
    chance: Chance
    enough: int | None
    basis: str
    model: str
    hopeless: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """Everything that `certify plan` prints."""

    rows: int
    settled: tuple[Settled, ...]
    planned: tuple[Planned, ...]
    unplanned: tuple[Unplanned, ...]
    enough: int | None
    """About how many rows give all planned checks together the wanted chance, taken as independent."""

    @property
    def refusing(self) -> tuple[Settled, ...]:
        """Checks that are certain to refuse, whatever the test data say."""
        return tuple(s for s in self.settled if s.refuses)

    @property
    def joint(self) -> Chance:
        """Of all planned checks together, taken as independent."""
        return together(p.chance for p in self.planned)

    @property
    def joint_at_least(self) -> float:
        """The same however the checks depend on each other (Bonferroni)."""
        return at_least(p.chance for p in self.planned)

    @property
    def likeliest(self) -> Planned | None:
        """The planned check that will most probably refuse; None where none is planned."""
        return min(self.planned, key=lambda p: p.chance.value, default=None)


def make_plan(
    prospects: Sequence[tuple[Check, Prospect]],
    *,
    rows: int,
    settled: Sequence[Settled],
    unplanned: Sequence[Unplanned],
) -> Plan:
    """The chances on `rows` rows, and the numbers of rows for the wanted chance, alone and together."""
    planned = tuple(_planned(check, prospect, rows) for check, prospect in prospects)
    return Plan(
        rows=rows,
        settled=tuple(settled),
        planned=planned,
        unplanned=tuple(unplanned),
        enough=enough_rows([p for _, p in prospects], WANTED, known=rows) if prospects else None,
    )


def _planned(check: Check, prospect: Prospect, rows: int) -> Planned:
    return Planned(
        check=check,
        chance=prospect.chance(rows),
        enough=enough_rows([prospect], WANTED, known=rows),
        basis=prospect.basis,
        model=prospect.model,
        hopeless=prospect.hopeless,
    )
