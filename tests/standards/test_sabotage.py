"""Three sabotaged engines, and the vectors that catch each of them.

A point estimate in place of the bound, the bound on the wrong side, and bounds made at too low a confidence
are the mistakes of other tools. Every check that compares a bound must have a vector that notices each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from certify import ruling
from certify.evidence import Bounds, Estimate
from certify.pack import Pack, load_pack
from certify.proof import failures
from certify.standard import AtLeast, AtMost, Check
from certify.vector import read_vectors
from checks.catalogue import signatures

FOLDER = Path(__file__).resolve().parents[2] / "standards/packs"
PACKS = [load_pack(path, signatures()) for path in sorted(FOLDER.iterdir())]
BOUNDED = [
    (pack, check)
    for pack in PACKS
    for check in pack.checks.values()
    if any(isinstance(condition, AtMost | AtLeast) for condition in check.criterion.all)
]

Rule = Callable[[AtMost | AtLeast, Check, Estimate, Any], ruling.Ruling]
HONEST: Rule = ruling._rule_bound


def by_the_point(condition: AtMost | AtLeast, check: Check, estimate: Estimate, limit: Any) -> ruling.Ruling:
    """Decides on the estimate itself."""
    made_at = estimate.demonstrating.confidence
    point = Bounds(lower=estimate.value, upper=estimate.value, confidence=made_at)
    return HONEST(condition, check, estimate.model_copy(update={"demonstrating": point}), limit)


def by_the_wrong_side(
    condition: AtMost | AtLeast, check: Check, estimate: Estimate, limit: Any
) -> ruling.Ruling:
    """Compares the lower bound where the upper one decides, and the other way round."""
    bounds = estimate.demonstrating
    swapped = bounds.model_copy(update={"lower": bounds.upper, "upper": bounds.lower})
    return HONEST(condition, check, estimate.model_copy(update={"demonstrating": swapped}), limit)


def at_any_confidence(
    condition: AtMost | AtLeast, check: Check, estimate: Estimate, limit: Any
) -> ruling.Ruling:
    """Does not ask how sure the bounds are."""
    sure = estimate.demonstrating.model_copy(update={"confidence": check.confidence})
    return HONEST(condition, check, estimate.model_copy(update={"demonstrating": sure}), limit)


SABOTAGES: dict[str, Rule] = {
    "point estimate": by_the_point,
    "wrong side": by_the_wrong_side,
    "missing confidence": at_any_confidence,
}


@contextmanager
def sabotaged(rule: Rule) -> Iterator[None]:
    with patch.object(ruling, "_rule_bound", rule):
        yield


def caught(pack: Pack, check: Check, rule: Rule) -> list[str]:
    """The vectors of a check that come out otherwise under a sabotaged engine."""
    sets = read_vectors(pack.check_folder(check.id), check)
    with sabotaged(rule):
        return [failure.vector.name for failure in failures(check, sets)]


@pytest.mark.parametrize("name", SABOTAGES)
@pytest.mark.parametrize(("pack", "check"), BOUNDED, ids=[check.id for _, check in BOUNDED])
def test_every_check_on_a_bound_catches_every_sabotaged_engine(pack: Pack, check: Check, name: str) -> None:
    assert caught(pack, check, SABOTAGES[name])


@pytest.mark.parametrize(("pack", "check"), BOUNDED, ids=[check.id for _, check in BOUNDED])
def test_the_honest_engine_passes_every_vector(pack: Pack, check: Check) -> None:
    assert caught(pack, check, HONEST) == []


@pytest.mark.qualify
def test_print_which_vectors_catch_which_sabotage() -> None:
    print(f"\n{len(BOUNDED)} checks compare a bound")
    for name, rule in SABOTAGES.items():
        by_check = {check.id: caught(pack, check, rule) for pack, check in BOUNDED}
        kinds = sorted({vector.rsplit("-", 1)[0] for vectors in by_check.values() for vector in vectors})
        total = sum(map(len, by_check.values()))
        print(f"{name}: caught by {total} vectors in {sum(map(bool, by_check.values()))} checks: {kinds}")
        assert all(by_check.values())
