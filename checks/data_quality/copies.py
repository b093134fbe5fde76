"""How many rows of one data set are near copies of rows of the same or of another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from certify.digest import canonical
from checks.data_quality.nearness import Queries, coordinates, is_quantity, queries, search
from checks.domain import Mask
from checks.features import drawn, features, stream
from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.relation import Relation
from checks.statistics.excesses import Struck, excess
from checks.statistics.proportions import proportion
from checks.subject import Subject

_AFTER_ALL: Final = np.iinfo(np.int64).max


@dataclass(frozen=True, kw_only=True, slots=True)
class Lookup:
    """How rows are looked up: what near means, how many rows at most, and from which seed they are drawn."""

    tolerance: float
    rows: int
    seed: int

    def __post_init__(self) -> None:
        if not 0 < self.tolerance < 1 or self.rows < 1 or self.seed < 0:
            raise CannotMeasure("looking up needs a tolerance between 0 and 1, a row, and a seed from 0")


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Which of the rows that were looked up lie near another row, as they are and as their control.

    Of `controls` that were tried it is the one of which most rows lie near another.
    """

    as_is: Mask
    as_control: Mask
    controls: int

    @property
    def struck(self) -> Struck:
        """The counts of both."""
        return Struck(
            only_as_is=int((self.as_is & ~self.as_control).sum()),
            only_as_control=int((self.as_control & ~self.as_is).sum()),
            both=int((self.as_is & self.as_control).sum()),
            cases=len(self.as_is),
        )


def look_up(subject: Subject, data: Relation, among: Relation, lookup: Lookup) -> Found:
    """Rows of `data` among all rows of `among`; among earlier ones where both are the same.

    Raises `CannotMeasure` where no quantity can be moved, so that nearness by chance is not known.
    """
    random = subject.generator(lookup.seed, f"near copies in {data.dataset.role}")
    declared = features(subject.manifest)
    cases = drawn(subject, data, lookup.rows, random)
    places = cases.places if data is among else np.full(len(cases.places), _AFTER_ALL)
    quantities = [at for at, feature in enumerate(declared) if is_quantity(feature, lookup.tolerance)]
    asked = queries(coordinates(cases.values, declared, lookup.tolerance), places, quantities, random)
    if not asked.controls:
        raise CannotMeasure(
            "no quantity of the rows has values farther apart than the tolerance: how often rows are near by "
            "chance is not known (equal rows are counted by data_quality.duplicates and overlap)"
        )
    return _found(subject, among, asked, lookup, same=data is among)


def _found(subject: Subject, among: Relation, asked: Queries, lookup: Lookup, *, same: bool) -> Found:
    declared, first = features(subject.manifest), 0
    sought: tuple[NDArray[np.float64], ...] = (asked.points, *asked.controls)
    found = [np.zeros(len(asked.points), dtype=np.bool_) for _ in sought]
    for cases in stream(subject, among):
        stored = coordinates(cases.values, declared, lookup.tolerance)
        for which, (points, near) in enumerate(zip(sought, found, strict=True)):
            open_ = np.flatnonzero(~near & (asked.places > first))
            themselves = same and which == 0
            near[open_] = search(stored, points[open_], asked.places[open_] - first, among_stored=themselves)
        first += len(stored)
    most = max(found[1:], key=lambda near: int(near.sum()))
    return Found(as_is=found[0], as_control=most, controls=len(found) - 1)


def reported(found: Found, confidence: Confidence, counts: Mapping[str, int | str]) -> Measured:
    """Estimates `near_share`, `near_by_chance_share` and `near_copy_share`, and an exhibit of the counts.

    Raises `CannotMeasure` where moved rows lie near others more often than rows do as they are: whoever
    copies rows a step apart makes nearness look like chance.
    """
    struck = found.struck
    shares = {
        "near_share": proportion(struck.only_as_is + struck.both, struck.cases, confidence),
        "near_by_chance_share": proportion(struck.only_as_control + struck.both, struck.cases, confidence),
        "near_copy_share": excess(struck, confidence, controls=found.controls),
    }
    if shares["near_copy_share"].demonstrating[1] < 0:
        raise CannotMeasure("rows lie near others more often once they are moved: chance is not known")
    numbers = {
        **counts,
        "looked_up": struck.cases,
        "near": struck.only_as_is + struck.both,
        "near_when_moved": struck.only_as_control + struck.both,
        "near_both_ways": struck.both,
    }
    exhibit = Exhibit(
        name="near.json", media_type="application/json", visibility="public", data=canonical(numbers)
    )
    return Measured(
        estimates=tuple(share.estimate(statistic=n, confidence=confidence) for n, share in shares.items()),
        exhibits=(exhibit,),
    )
