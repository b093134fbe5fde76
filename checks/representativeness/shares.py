"""The share of each required group or crossing among the rows, beside its share of the declared population.

Which strata are required belongs to the basis; how far a share may lie from the population's belongs to the
criterion. Every row and every part of the population belongs to exactly one group of an attribute: unknown or
missing values need a group of their own, in the data and in the population alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from certify.digest import canonical
from certify.evidence import Estimate, Statement
from checks.measured import CannotMeasure, Confidence, Exhibit, Interval, Measured
from checks.relation import Relation
from checks.representativeness.population import reference_of
from checks.representativeness.reference import Reference, compared
from checks.representativeness.units import units_of
from checks.statistics.proportions import proportion
from checks.stratum import parts
from checks.subject import Subject

_DEFECTS_SHOWN = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class _Share:
    """What was found of one stratum; `cases` are the rows in it, or the units with any row in it."""

    stratum: str
    cases: int
    interval: Interval
    reference: float


def shares(
    subject: Subject, data: Relation | None, confidence: Confidence, *, groups: tuple[str, ...]
) -> Measured:
    """Estimates of each stratum in `groups`, and one of all rows.

    - `share` and `share_ratio`, the share over the reference share: one event, hence a family of two claims
      a stratum (too few, too many). A stratum of which the population has nobody has no ratio.
    - `cases`: how many rows a stratum has, of which `n` is the number: a criterion may ask for a least one.
      It is not given for a stratum without any.
    - `effective_size` of all: how many units of equal weight would tell as much, Kish's (sum w)^2 / sum w^2.
      Nothing rests on it.

    The statement `reference_sound` speaks of the reference file; where it does not hold, nothing that would
    rest on the file is estimated. Bounds: Clopper-Pearson over independent rows of equal weight; for weighted
    rows or several of one unit those of `checks.representativeness.units`, and cases are then units. Counted
    in SQL; nothing is sampled. Of each attribute and crossing that `groups` name, the reference must hold the
    declared groups, all of them and no other. Raises `CannotMeasure` for a stratum that is not declared.
    """
    if data is None or not groups:
        raise CannotMeasure("shares need a data set, and at least one group")
    subject.tabulation(data.dataset.role)  # what is wrong with the reference is said of these very data
    reference = sound_for(reference_of(subject), data, groups)
    statement = soundness(reference)
    if reference.defects:
        return Measured(statements=(statement,))
    family = confidence.over(2 * len(set(groups)))
    found, effective = _found(subject, data, reference, tuple(dict.fromkeys(groups)), family)
    return Measured(
        estimates=(
            *(estimate for share in found for estimate in _estimates(share, family)),
            _fact("effective_size", "all", effective, data.rows, confidence),
        ),
        statements=(statement,),
        exhibits=(_exhibit(found),),
    )


def sound_for(reference: Reference, data: Relation, strata: Sequence[str]) -> Reference:
    """The reference, with a defect for every cell in which it departs from the declared groups.

    Raises `CannotMeasure` for a stratum that the submission does not declare.
    """
    for stratum in strata:
        for name, group in parts(stratum).items():
            attribute = data.attributes.get(name)
            if attribute is None or group not in {g.name for g in attribute.groups}:
                raise CannotMeasure(f"the submission declares no stratum {stratum}")
    wanted = dict.fromkeys(tuple(parts(stratum)) for stratum in strata)
    if reference.defects and not reference.tables:
        return reference
    return replace(reference, defects=(*reference.defects, *compared(reference, data.attributes, [*wanted])))


def soundness(reference: Reference) -> Statement:
    """The statement `reference_sound`."""
    shown = "; ".join(reference.defects[:_DEFECTS_SHOWN])
    more = len(reference.defects) - _DEFECTS_SHOWN
    defects = f"{shown}; and {more} more" if more > 0 else shown
    return Statement(
        name="reference_sound",
        subject="reference",
        holds=not reference.defects,
        kind="document",
        explanation=defects or reference.says,
    )


def _found(
    subject: Subject, data: Relation, reference: Reference, strata: tuple[str, ...], confidence: Confidence
) -> tuple[list[_Share], float]:
    """Each share by the bounds that fit, and the effective size of all."""
    references = {stratum: float(reference.share(stratum)) for stratum in strata}
    counted = subject.tabulation(data.dataset.role)
    if data.dataset.weights is not None or counted.clustered:
        units = units_of(data, counted)
        shares = {stratum: units.share(stratum, confidence) for stratum in strata}
        return [_share(stratum, *shares[stratum], references) for stratum in strata], units.effective
    subject.independent_rows(data.dataset.role)
    rows = {stratum: counted.count(stratum) for stratum in strata}
    each = {stratum: proportion(rows[stratum], counted.rows, confidence) for stratum in strata}
    return [_share(stratum, each[stratum], rows[stratum], references) for stratum in strata], counted.rows


def _share(stratum: str, interval: Interval, cases: int, references: Mapping[str, float]) -> _Share:
    return _Share(stratum=stratum, cases=cases, interval=interval, reference=references[stratum])


def _estimates(share: _Share, confidence: Confidence) -> Iterator[Estimate]:
    stratum = share.stratum
    yield share.interval.estimate(statistic="share", stratum=stratum, confidence=confidence)
    if share.reference > 0:
        ratio = _over(share.interval, share.reference)
        yield ratio.estimate(statistic="share_ratio", stratum=stratum, confidence=confidence)
    if share.cases:
        yield _fact("cases", stratum, share.cases, share.cases, confidence)


def _fact(statistic: str, stratum: str, value: float, n: int, confidence: Confidence) -> Estimate:
    """What is so of these rows, and no guess at any others: the bounds are the value."""
    found = Interval(name="count", value=value, n=n, demonstrating=(value, value), refuting=(value, value))
    return found.estimate(statistic=statistic, stratum=stratum, confidence=confidence)


def _over(share: Interval, reference: float) -> Interval:
    """A constant divides value and bounds alike: the reference share is declared, not sampled."""
    return replace(
        share,
        name=f"{share.name} / declared share",
        value=share.value / reference,
        demonstrating=(share.demonstrating[0] / reference, share.demonstrating[1] / reference),
        refuting=(share.refuting[0] / reference, share.refuting[1] / reference),
    )


def _exhibit(found: Sequence[_Share]) -> Exhibit:
    table = [
        {
            "stratum": share.stratum, "count": share.cases, "n": share.interval.n,
            "share": share.interval.value, "reference_share": share.reference,
        }
        for share in found
    ]  # fmt: skip
    return Exhibit(
        name="shares.json", media_type="application/json", visibility="public", data=canonical(table)
    )
