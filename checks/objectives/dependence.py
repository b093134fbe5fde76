"""Whether answers move with something on which they are declared not to depend.

A code is replaced by each other declared code, one after the other; a number by that of another row. Nothing
else of the row moves, so that whatever moves in the answer was moved by this feature alone. What follows from
a feature by way of others (a proxy) is not seen: that is no dependence on the feature, and may be as bad.

Codes are tried row by row. Numbers are exchanged within pairs of rows, drawn at random, of which no two have
a row in common: so pairs are independent, and the share of rows is bounded through the share of pairs. Where
q is the chance that at least one of two rows changes, the chance of a row lies between q / 2 and q. Another
permutation would chain each row to two others, and no exact bound would hold for it.

Where several columns tell a feature, each is moved by itself, and all are exchanged together within pairs.

A row without a decision, or outside the declared contract, counts as changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from certify.digest import canonical
from certify.evidence import WHOLE, Estimate, Statement
from certify.submission.model import IdentityRule
from checks.domain import Mask
from checks.measured import CannotMeasure, Confidence, Exhibit, Interval, Measured
from checks.objectives.features import Place, differs, moved, moved_together, places_of
from checks.predictor import UNDECIDED, Inputs
from checks.statistics.proportions import clopper_pearson, proportion
from checks.subject import Subject
from checks.table import Table

PAIRS: Final = "Clopper-Pearson over disjoint pairs of rows, a row changing at most as often as its pair"


_SHOWN: Final = 20
"""So many rows are named whose decision changes."""

Pairs = NDArray[np.int64]
"""Disjoint pairs of rows, of shape [pairs, 2]."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Moves:
    """What became of each row when a feature was moved; `tried` where anything moved at all."""

    tried: Mask
    decision: Mask
    answer: Mask
    paired: bool
    """Whether rows exchanged numbers, so that only pairs are independent."""

    def and_(self, other: Moves) -> Moves:
        """What became of each row when the one or the other was moved."""
        return Moves(
            tried=self.tried | other.tried,
            decision=self.decision | other.decision,
            answer=self.answer | other.answer,
            paired=self.paired or other.paired,
        )


def dependence(
    subject: Subject, data: Table | None, confidence: Confidence, *, features: tuple[str, ...], seed: int
) -> Measured:
    """Estimates `undeclared_dependence` and `answer_moved` (all, and each feature), of the rows tried.

    The features are those of `features` and those that the manifest declares unused. States
    `no_dependence_found` of the same: one decision that changes refutes it. Raises `CannotMeasure` where no
    feature is named, one is neither a column nor an attribute, or its values never differ.
    """
    if data is None:
        raise CannotMeasure("dependence is measured on data, and none were given")
    if isinstance(subject.manifest.model.decision, IdentityRule):
        raise CannotMeasure("a number moves with what it depends on, and decides nothing")
    names = tuple(dict.fromkeys((*features, *subject.manifest.objective.unused)))
    if not names:
        raise CannotMeasure("nothing is declared unused, and the standard names no feature either")
    data.require_independent_rows()
    pairs = pairs_of(subject, data.rows, seed)
    found = moves_of(subject, data, names, pairs)
    family = confidence.over(2 * len(found))
    return Measured(
        estimates=tuple(e for name, moves in found.items() for e in _estimates(name, moves, pairs, family)),
        statements=tuple(_statement(name, moves) for name, moves in found.items()),
        exhibits=(_exhibit(found),),
    )


def pairs_of(subject: Subject, rows: int, seed: int) -> Pairs:
    """Every row in one pair with another; of an odd number one row stays alone."""
    order = subject.generator(seed, "pairs of rows").permutation(rows)
    return np.asarray(order[: 2 * (rows // 2)].reshape(-1, 2), dtype=np.int64)


def moves_of(subject: Subject, data: Table, names: tuple[str, ...], pairs: Pairs) -> dict[str, Moves]:
    """What became of each row, for all features together and for each; `all` comes first."""
    partner = np.arange(data.rows)
    partner[pairs] = pairs[:, ::-1]
    scores = subject.predictor.scores(data.inputs)
    before = np.where(data.inside, subject.predictor.decisions_from(scores), UNDECIDED)
    each = {name: _moves(subject, data, name, partner, scores, before) for name in names}
    whole, *others = each.values()
    for moves in others:
        whole = whole.and_(moves)
    return {WHOLE: whole, **{name: moves for name, moves in each.items() if name != WHOLE}}


def _moves(
    subject: Subject, data: Table, name: str, partner: NDArray[np.int64],
    scores: NDArray[np.float64], before: NDArray[np.int64],
) -> Moves:  # fmt: skip
    places, unscored = places_of(subject, data, name), before == UNDECIDED
    tried, decision, answer = unscored.copy(), unscored.copy(), unscored.copy()
    for inputs in _all_moves(places, data, partner):
        after = subject.predictor.scores(inputs)
        for place in places:
            tried |= differs(place, data.inputs, inputs)
        decision |= before != subject.predictor.decisions_from(after)
        answer |= (after != scores).any(axis=1)
    _require_something_tried(name, places, tried & ~unscored)
    whole = np.ones(data.rows, dtype=np.bool_)
    paired = len(places) > 1 or not all(place.coded for place in places)
    return Moves(tried=tried if places else whole, decision=decision, answer=answer, paired=paired)


def _all_moves(places: tuple[Place, ...], data: Table, partner: NDArray[np.int64]) -> Iterator[Inputs]:
    for place in places:
        yield from moved(place, data.inputs, partner)
    if len(places) > 1:
        yield moved_together(places, data.inputs, partner)


def _require_something_tried(name: str, places: tuple[Place, ...], tried: Mask) -> None:
    if places and not tried.any():
        raise CannotMeasure(f"the values of {name} never differ in these rows: nothing was tried")


def _estimates(name: str, moves: Moves, pairs: Pairs, family: Confidence) -> tuple[Estimate, ...]:
    changed = {"undeclared_dependence": moves.decision, "answer_moved": moves.answer}
    return tuple(
        _share(rows, moves, pairs, family).estimate(statistic=statistic, stratum=name, confidence=family)
        for statistic, rows in changed.items()
    )


def _share(changed: Mask, moves: Moves, pairs: Pairs, confidence: Confidence) -> Interval:
    """The share of changed rows among those tried, with exact bounds."""
    if not moves.paired:
        return proportion(_count(changed & moves.tried), _count(moves.tried), confidence)
    tried = pairs[moves.tried[pairs].any(axis=1)]
    return in_pairs(changed[tried], confidence)


def in_pairs(changed: Mask, confidence: Confidence) -> Interval:
    """The share of rows that changed, of shape [pairs, 2], where only pairs are independent.

    >>> in_pairs(np.array([[True, False], [False, False]]), Confidence(0.975)).value
    0.25
    """
    events, pairs = _count(np.any(changed, axis=1)), len(changed)

    def bounds(level: float) -> tuple[float, float]:
        lower, upper = clopper_pearson(events, pairs, level)
        return lower / 2, upper

    return Interval(
        name=PAIRS, value=_count(changed) / (2 * pairs), n=pairs,
        demonstrating=bounds(confidence.demonstrating), refuting=bounds(confidence.refuting),
    )  # fmt: skip


def _statement(name: str, moves: Moves) -> Statement:
    changed, tried = _count(moves.decision & moves.tried), _count(moves.tried)
    return Statement(
        name="no_dependence_found",
        subject=name,
        holds=changed == 0,
        kind="search",
        explanation=f"{changed} of {tried} rows were decided otherwise after a move, or not decided",
    )


def _exhibit(found: dict[str, Moves]) -> Exhibit:
    content = [
        {
            "feature": name,
            "rows_tried": _count(moves.tried),
            "decision_changed": _count(moves.decision & moves.tried),
            "answer_moved": _count(moves.answer & moves.tried),
            "exchanged_in_pairs": moves.paired,
            "first_changed": np.flatnonzero(moves.decision & moves.tried)[:_SHOWN].tolist(),
        }
        for name, moves in found.items()
    ]
    return Exhibit(
        name="moved-features.json",
        media_type="application/json",
        visibility="vendor",
        data=canonical(content),
    )


def _count(rows: Mask) -> int:
    return int(np.count_nonzero(rows))
