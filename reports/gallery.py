"""Which exhibits of which methods are drawn, and by what: a visible list.

Only what everybody may see is drawn. What cannot be read, or contradicts the signed estimates, is not drawn,
and a sentence says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from certify.digest import Digest
from certify.dossier import Dossier
from certify.evidence import EvidenceItem, Measurement
from certify.verdict import Finding
from reports.columns import changed, missingness, outside
from reports.corruptions import corrupted
from reports.coverage import coverage
from reports.drift import drift
from reports.exhibit import Form, read
from reports.forms import Completeness, Corrupted, Coverage, Domain, Drift, Evaded, Strata
from reports.language import Words
from reports.picture import Picture
from reports.pyramid import crossing, shares

Evidence = Mapping[Digest, bytes]
Draw = Callable[..., Picture | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Drawing:
    """How an exhibit is read and drawn."""

    form: type[Form]
    """The form of the exhibit."""
    draw: Draw
    """What makes a picture of it, or None if the estimates say otherwise."""
    by_groups: bool = False
    """Whether the declared attributes are needed for it."""


_DRAWINGS: Mapping[tuple[str, str], _Drawing] = {
    ("data_quality.completeness", "completeness.json"): _Drawing(form=Completeness, draw=missingness),
    ("robustness.evasion", "evaded.json"): _Drawing(form=Evaded, draw=changed),
    ("representativeness.domain", "domain.json"): _Drawing(form=Domain, draw=outside),
    ("representativeness.coverage", "coverage.json"): _Drawing(form=Coverage, draw=coverage),
    ("representativeness.drift", "drift.json"): _Drawing(form=Drift, draw=drift),
    ("robustness.common_corruptions", "corrupted-accuracy.json"): _Drawing(form=Corrupted, draw=corrupted),
    ("representativeness.shares", "shares.json"): _Drawing(form=Strata, draw=shares, by_groups=True),
    ("representativeness.distance", "distance.json"): _Drawing(form=Strata, draw=crossing, by_groups=True),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Gallery:
    """The pictures of a finding."""

    pictures: tuple[Picture, ...]
    """What is drawn."""
    notes: tuple[str, ...]
    """Why something is not."""


def gallery(finding: Finding, dossier: Dossier, evidence: Evidence, name: str, words: Words) -> Gallery:
    """The pictures of what a finding measured; `evidence` holds the bytes by digest, as the archive does."""
    result = finding.result
    items = result.evidence if isinstance(result, Measurement) else ()
    pictures: list[Picture] = []
    notes: list[str] = []
    for item in items:
        drawing = _DRAWINGS.get((result.method, item.name))
        if drawing is None or item.visibility != "public":
            continue
        if sum(other.name == item.name for other in items) > 1:
            return Gallery(pictures=(), notes=(words.say("picture_twice", file=item.name),))
        assert isinstance(result, Measurement)
        drawn = _drawn(drawing, item, evidence, result, dossier, f"{name}-picture-{len(pictures)}", words)
        if isinstance(drawn, Picture):
            pictures.append(drawn)
        else:
            notes.append(words.say(drawn, file=item.name))
    return Gallery(pictures=tuple(pictures), notes=tuple(notes))


def _drawn(
    drawing: _Drawing,
    item: EvidenceItem,
    evidence: Evidence,
    result: Measurement,
    dossier: Dossier,
    name: str,
    words: Words,
) -> Picture | str:
    """The picture, or the key of the text that says why there is none."""
    data = evidence.get(item.digest)
    if data is None:
        return "picture_absent"
    exhibit = read(item, data, drawing.form)
    if exhibit is None:
        return "picture_unreadable"
    groups: tuple[Any, ...] = (dossier.manifest.data.attributes,) if drawing.by_groups else ()
    return drawing.draw(exhibit, result, *groups, name, words) or "picture_contradicts"
