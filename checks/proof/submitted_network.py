"""A submitted network, of which claims are proved by `prover.prove`, with the values of the domain minded
here.

A prover knows boxes of real numbers. Where the domain holds codes or steps only, a counterexample is moved to
the nearest declared case and asked of the model; if the model does not confirm it there, the box is halved
between two declared values, and each half is proved. So "holds" may claim more than the domain, and never
less, and "violated" is always a case that can be declared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.differentiable.network import AGREEMENT
from checks.measured import CannotMeasure
from checks.predictor import Predictor
from checks.proof.answer import Answer
from checks.proof.budget import Budget
from checks.proof.claims import Claim, Mask, TwinClaim, Violates
from checks.proof.couples import Couples, couples_of
from checks.proof.declared import Declared
from checks.proof.linear_map import matrix_of
from checks.proof.network import Affine, Network
from checks.proof.property import Case, Condition, Property, Region
from checks.proof.prover import Model, prove, rounding_margin
from checks.proof.reading import read_network
from checks.proof.unlinked import Unlinked

F64 = NDArray[np.float64]

_DRAWN: Final = 20_000
"""So many cases are drawn from the domain and asked of the model before anything is proved."""

_AGREED: Final = 500
"""At so many cases the network is held against onnxruntime, which may differ by `AGREEMENT`."""

_ASKED: Final = 20
"""So many of those that look like a violation are asked one by one."""


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class _Search:
    """A network with its conditions, the values on its axes, and what makes a point a violation."""

    network: Network
    model: Model
    conditions: tuple[Condition, ...]
    values: tuple[F64 | None, ...]
    nearest: Callable[[F64], F64]
    point: Callable[[F64], F64]
    """What a point of the network is called as a point of the claim."""
    violates: Violates
    declared_only: bool
    """Whether only declared values count: then cases are drawn first."""
    trivial: bool = False
    """Whether the claim holds by itself, so that it is only tried."""

    def suspects(self, points: F64) -> Mask:
        """Which points violate the claim where they were moved to declared values, or where they are."""
        moved = self.violates(self.point(self.nearest(points)))
        return moved | self.met(self.model(points)) if self.declared_only else moved

    def met(self, answers: F64) -> Mask:
        """Which answers of the network meet a condition."""
        return np.asarray(np.logical_or.reduce([condition.met(answers) for condition in self.conditions]))


class SubmittedNetwork:
    """A network read from the model's graph; see `checks.proof.claims.Provable`."""

    def __init__(self, domain: Declared, predictor: Predictor, data: bytes) -> None:
        self.domain = domain
        self._path = predictor.model.file
        self._data = data
        self._networks: dict[str, tuple[Network, Unlinked]] = {}

    def cells(self, column: int) -> None:
        """There are none: between any two values the answers change."""

    def prove(self, claim: Claim, regions: int, generator: np.random.Generator) -> Answer:
        """Within the whole domain of its declared values, within a part of it of any number."""
        network, model = self._network(claim.output)
        whole = claim.region is self.domain.region
        search = _Search(
            network=network,
            model=model,
            conditions=claim.unsafe(network.outputs, model.link),
            values=self.domain.values if whole else (None,) * len(self.domain.names),
            nearest=self.domain.nearest if whole else lambda points: points,
            point=lambda points: points,
            violates=claim.violates,
            declared_only=whole,
        )
        return _settled([(search, claim.region)], regions, generator)

    def prove_twins(self, claim: TwinClaim, regions: int, generator: np.random.Generator) -> Answer:
        """All pairs of values that lie about equally far apart are proved in one network of both cases."""
        return _settled(list(self._pairs(claim)), regions, generator)

    def _pairs(self, claim: TwinClaim) -> Iterator[tuple[_Search, Region]]:
        network, model = self._network(claim.output)
        conditions = tuple(map(_with_difference, claim.unsafe(network.outputs, model.link)))
        trivial = not _is_read(network, claim.column)
        for couples in couples_of(claim):
            values = list(self.domain.values)
            values[claim.column] = None if claim.between else couples.firsts
            yield (
                _Search(
                    network=couples.network(network),
                    model=_of_both(model, couples),
                    conditions=conditions,
                    values=(*values, None),
                    nearest=partial(couples.nearest, self.domain),
                    point=partial(couples.claimed, self.domain),
                    violates=claim.violates,
                    declared_only=True,
                    trivial=trivial,
                ),
                couples.region(claim.region),
            )

    def _network(self, output: str) -> tuple[Network, Unlinked]:
        if output not in self._networks:
            model = Unlinked(self._data, output, self.domain)
            network = read_network(self._data, self._path, output=output, logits=model.link != "none")
            if network.inputs != len(self.domain.names):
                raise CannotMeasure(f"the graph takes {network.inputs} numbers, and others are declared")
            _require_agreement(network, model, self.domain)
            self._networks[output] = network, model
        return self._networks[output]


def _is_read(network: Network, column: int) -> bool:
    """False if a number meets nothing but weights of exactly zero: then it changes no answer in any
    arithmetic."""
    readers = [layer for layer in network.layers if 0 in layer.sources]
    return not all(
        isinstance(layer, Affine) and not matrix_of(layer.linear)[:, column].any() for layer in readers
    )


def _with_difference(condition: Condition) -> Condition:
    """With the sum of both rows where there are two: of what differs everywhere the difference is bounded
    best."""
    if len(condition.rows) != 2:
        return condition
    rows = np.concatenate([condition.rows, condition.rows.sum(axis=0, keepdims=True)])
    return Condition(rows=rows, limits=np.append(condition.limits, condition.limits.sum()))


def _require_agreement(network: Network, model: Model, domain: Declared) -> None:
    """Raises `CannotMeasure` unless the network that was read answers as onnxruntime does."""
    points = domain.drawn(_AGREED, np.random.default_rng(0))
    ours, theirs = network.evaluate(points), model(points)
    apart = np.abs(ours - theirs) / np.maximum(1, np.abs(ours)) if ours.shape == theirs.shape else np.inf
    if not np.all(apart <= AGREEMENT):  # false for NaN as well
        raise CannotMeasure("onnxruntime answers otherwise than the network that was read: nothing is proved")


def _of_both(model: Model, couples: Couples) -> Model:
    return lambda points: np.hstack([model(cases) for cases in couples.cases(points)])


def _settled(searches: list[tuple[_Search, Region]], regions: int, generator: np.random.Generator) -> Answer:
    """One search after the other, each until its region is covered; all share the budget."""
    spent, arithmetic, widest = 0, "any: no such answer can be given, whatever is computed", 0.0
    for search, whole in searches:
        found = _drawn(search, whole, generator)
        if found is not None:
            return _violated(found, "a case drawn from the domain violates it", spent)
        waiting = [whole] if search.conditions and not search.trivial else []
        margin = _margin(search, whole, generator) if waiting else 0.0
        while waiting:
            region = waiting.pop()
            if spent >= regions:
                return _unknown(f"{regions} parts of the domain were not enough", arithmetic, spent)
            answer = prove(
                search.network, Property("claim", (Case(region, search.conditions),)),
                budget=Budget(regions=regions - spent), generator=generator,
                confirms=search.suspects, margin=margin,
            )  # fmt: skip
            spent += max(1, answer.regions)
            if answer.verdict != "violated" and answer.margin >= widest:
                arithmetic, widest = answer.arithmetic, answer.margin
            if answer.verdict == "unknown":
                return _unknown(answer.reason.rstrip("."), answer.arithmetic, spent)
            if answer.counterexample is not None:
                point = _confirmed(search, answer.counterexample)
                if point is not None:
                    return _violated(point, "the model decides so at the counterexample", spent)
                halves = _halved(search, region, answer.counterexample)
                if not halves:
                    return _unknown("the model lies within rounding of the border", answer.arithmetic, spent)
                waiting += halves
    return Answer(
        verdict="holds", reason="shown in every part", arithmetic=arithmetic, regions=spent, margin=widest
    )


def _margin(search: _Search, whole: Region, generator: np.random.Generator) -> float:
    property_ = Property("claim", (Case(whole, search.conditions),))
    try:
        return rounding_margin(search.network, property_, search.model, generator)
    except ValueError as error:
        raise CannotMeasure(f"the model does not answer as the network that was read: {error}") from error


def _confirmed(search: _Search, found: F64) -> F64 | None:
    points = search.point(search.nearest(found[None]))
    return points[0] if search.violates(points).all() else None


def _halved(search: _Search, region: Region, found: F64) -> list[Region]:
    """The region cut between the two declared values beside the number that is farthest from any of them."""
    gaps = [_beside(values, at) for values, at in zip(search.values, found, strict=True)]
    off = [
        0.0 if gap is None else min(at - gap[0], gap[1] - at) / (gap[1] - gap[0])
        for gap, at in zip(gaps, found, strict=True)
    ]
    axis = int(np.argmax(off))
    gap = gaps[axis]
    if gap is None or off[axis] <= 0:
        return _between(search, region)
    below, above = region.upper.copy(), region.lower.copy()
    below[axis], above[axis] = gap
    return [
        Region(lower, upper)
        for lower, upper in ((region.lower, below), (above, region.upper))
        if (lower <= upper).all()
    ]


def _between(search: _Search, region: Region) -> list[Region]:
    """The region cut in the middle of the axis with the most declared values; none where each has one."""
    counts = [
        0 if v is None else int(((v >= a) & (v <= b)).sum())
        for v, a, b in zip(search.values, region.lower, region.upper, strict=True)
    ]
    axis = int(np.argmax(counts))
    values = search.values[axis]
    if values is None or counts[axis] < 2:
        return []
    inside = values[(values >= region.lower[axis]) & (values <= region.upper[axis])]
    below, above = region.upper.copy(), region.lower.copy()
    below[axis], above[axis] = inside[len(inside) // 2 - 1], inside[len(inside) // 2]
    return [Region(region.lower, below), Region(above, region.upper)]


def _beside(values: F64 | None, at: float) -> tuple[float, float] | None:
    """The declared values below and above a number; None where it is one of them, or any number is."""
    if values is None:
        return None
    place = int(np.searchsorted(values, at))
    if place in (0, len(values)) or values[place] == at:
        return None
    return float(values[place - 1]), float(values[place])


def _drawn(search: _Search, region: Region, generator: np.random.Generator) -> F64 | None:
    """A declared case of a region that violates the claim, of those that chance gives."""
    if not search.declared_only or not search.conditions:
        return None
    span = region.upper - region.lower
    points = search.nearest(region.lower + generator.random((_DRAWN, len(span))) * span)
    answers = search.model(points)
    asked = search.point(points[search.met(answers)][:_ASKED])
    confirmed = asked[search.violates(asked)] if len(asked) else asked
    return confirmed[0] if len(confirmed) else None


def _violated(point: F64, reason: str, spent: int) -> Answer:
    return Answer(
        verdict="violated", counterexample=point, reason=reason, regions=spent,
        arithmetic="that of onnxruntime, which ran the model itself",
    )  # fmt: skip


def _unknown(reason: str, arithmetic: str, spent: int) -> Answer:
    return Answer(verdict="unknown", reason=reason, arithmetic=arithmetic, regions=spent)
