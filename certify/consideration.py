"""A dossier together with the papers beside it: what reviewers judged, and what an authority excepted.

Only papers by keys that the verifier names count. What no file can show, such as a review that somebody left
out, is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from certify import deviation, review
from certify.deviation import Deviation, open_deviation
from certify.dossier import Dossier
from certify.envelope import open_seal
from certify.errors import Tampered
from certify.key import PublicKey
from certify.review import Review, Sealed, open_review
from certify.verification import Verification

Signed = TypeVar("Signed", Review, Deviation)

WITHHELD = (
    "that no other review was withheld: there is no register of reviews",
    "competence and independence of the reviewers, which are their own words",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Paper:
    """A signed file beside a dossier, such as a review, and the keys that are believed for it."""

    source: str
    data: bytes
    keys: tuple[PublicKey, ...]


def consider(
    verification: Verification, *, reviews: Iterable[Paper], deviations: Iterable[Paper], now: datetime
) -> Verification:
    """The dossier together with what people decided about it.

    Raises `Tampered` for a paper that no believed key signed, or that speaks of something else: it was meant
    to count, so that leaving it out in silence would mislead.
    """
    sealed = Sealed(name=verification.signer.name, key=verification.key)
    facts: dict[str, Any] = {"sealed": sealed, "now": now}
    dossier = verification.dossier
    opened = tuple(_believed(open_review, review.KIND, paper, dossier, facts) for paper in reviews)
    granted = tuple(_believed(open_deviation, deviation.KIND, paper, dossier, facts) for paper in deviations)
    in_force = (f"{len(granted)} deviations are in force",) if granted else ()
    unkept = ("a review is signed with a development key",) if opened else ()
    return replace(
        verification,
        reviews=opened,
        deviations=granted,
        obstacles=(*verification.obstacles, *unkept, *in_force),
        not_checked=(*verification.not_checked, *(WITHHELD if opened else ())),
        checked=(
            *verification.checked,
            *(f"the review of {r.check} by {r.reviewer.name}" for r in opened),
            *(f"the deviation from {d.check} until {d.expires} by {d.granted_by}" for d in granted),
        ),
    )


def _believed(
    opening: Callable[..., Signed], kind: str, paper: Paper, dossier: Dossier, facts: dict[str, Any]
) -> Signed:
    """The paper under whichever of its keys signed it; raises what is wrong with it, or with every key."""
    refusal = Tampered(f"{paper.source}: no key was given to check its signature")
    for key in paper.keys:
        try:
            open_seal(paper.data, key, source=paper.source, kind=kind)
        except Tampered as error:
            refusal = error
        else:
            return opening(paper.data, key, dossier, source=paper.source, **facts)
    raise refusal
