"""The share of each required group among the rows, beside its share of the declared population.

Which groups are required belongs to the basis; how far a share may lie from the population's belongs to the
criterion. Every row and every part of the population belongs to exactly one group of an attribute: unknown or
missing values need a group of their own, in the data and in the population alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from certify.digest import canonical
from certify.evidence import Estimate, Statement
from checks.measured import CannotMeasure, Confidence, Exhibit, Interval, Measured
from checks.relation import Relation
from checks.representativeness.reference import Reference, read_reference
from checks.statistics.proportions import proportion
from checks.subject import Subject
from checks.tabulation import Tabulation

_DEFECTS_SHOWN = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class _Count:
    stratum: str
    rows: int
    of: int
    reference: float


def shares(
    subject: Subject, data: Relation | None, confidence: Confidence, *, groups: tuple[str, ...]
) -> Measured:
    """Estimates `share` and `share_ratio` (share over reference share) for each of `groups`.

    The statement `reference_sound` speaks of the reference file; where it does not hold, nothing that would
    rest on the file is estimated. Bounds: Clopper-Pearson over rows, hence independent and unweighted rows.
    The family is two claims a group (too few, too many): the two statistics are one event.
    Of each attribute that `groups` names, the file must hold the declared groups, all of them and no other: a
    share for people whom nobody counts would shrink the shares of the others.
    Raises `CannotMeasure` for a group that the submission does not declare.
    """
    if data is None or not groups:
        raise CannotMeasure("shares need a data set, and at least one group")
    path = subject.manifest.data.reference.file
    reference = _compared(read_reference(subject.files.read(path)), data, groups)
    statement = _soundness(reference)
    if reference.defects:
        return Measured(statements=(statement,))
    counted = subject.independent_rows(data.dataset.role)
    counts = [_count(stratum, counted, reference) for stratum in dict.fromkeys(groups)]
    family = confidence.over(2 * len(counts))
    return Measured(
        estimates=tuple(estimate for count in counts for estimate in _estimates(count, family)),
        statements=(statement,),
        exhibits=(_exhibit(counts),),
    )


def _compared(reference: Reference, data: Relation, groups: Sequence[str]) -> Reference:
    """The reference, with a defect for every stratum in which it departs from the declared groups."""
    wanted = {group.partition("=")[0] for group in groups}
    declared = {s for name in wanted if name in data.attributes for s in data.attributes[name].strata()}
    for group in groups:
        if group not in declared:
            raise CannotMeasure(f"the submission declares no stratum {group}")
    given = {stratum for stratum in reference.shares if stratum.partition("=")[0] in wanted}
    absent = [f"it gives no share of {stratum}" for stratum in sorted(declared - given)]
    foreign = [f"{stratum} is no declared group" for stratum in sorted(given - declared)]
    return replace(reference, defects=(*reference.defects, *absent, *foreign))


def _soundness(reference: Reference) -> Statement:
    shown = "; ".join(reference.defects[:_DEFECTS_SHOWN])
    more = len(reference.defects) - _DEFECTS_SHOWN
    defects = f"{shown}; and {more} more" if more > 0 else shown
    return Statement(
        name="reference_sound",
        subject="reference",
        holds=not reference.defects,
        kind="document",
        explanation=defects or f"{len(reference.shares)} strata; the shares of each attribute sum to 1",
    )


def _count(stratum: str, counted: Tabulation, reference: Reference) -> _Count:
    rows = counted.count(stratum)
    return _Count(stratum=stratum, rows=rows, of=counted.rows, reference=float(reference.shares[stratum]))


def _estimates(count: _Count, confidence: Confidence) -> tuple[Estimate, Estimate]:
    share = proportion(count.rows, count.of, confidence)
    ratio = _over(share, count.reference)
    return (
        share.estimate(statistic="share", stratum=count.stratum, confidence=confidence),
        ratio.estimate(statistic="share_ratio", stratum=count.stratum, confidence=confidence),
    )


def _over(share: Interval, reference: float) -> Interval:
    """A constant divides value and bounds alike: the reference share is declared, not sampled."""
    return replace(
        share,
        name=f"{share.name} / declared share",
        value=share.value / reference,
        demonstrating=(share.demonstrating[0] / reference, share.demonstrating[1] / reference),
        refuting=(share.refuting[0] / reference, share.refuting[1] / reference),
    )


def _exhibit(counts: Sequence[_Count]) -> Exhibit:
    table = [
        {"stratum": c.stratum, "count": c.rows, "n": c.of, "reference_share": c.reference} for c in counts
    ]
    return Exhibit(
        name="shares.json", media_type="application/json", visibility="public", data=canonical(table)
    )
