"""How the values of a column spread over what is declared for it: SQL that puts every row into one bin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from certify.submission.model import CodedColumn, IdentityRule, MeasuredColumn
from checks.domain import codes_of
from checks.opening import text
from checks.predictor import classes_of
from checks.relation import Relation
from checks.tabulation.contract import Source
from checks.tabulation.tabulation import Distribution

PARTS = 256
"""Equal parts of a range in which no step is declared, or more than `MOST_STEPS` of them."""

MOST_STEPS = 512

_MISSING, _BELOW, _ABOVE, _OTHER = -1, -2, -3, -4


@dataclass(frozen=True, kw_only=True, slots=True)
class Bins:
    """The bins of one column, and the SQL of the number of the bin that a row falls into."""

    source: str
    bin: str
    bins: int
    labels: tuple[str, ...] = ()
    ends: tuple[Decimal, Decimal] | None = None
    stepwise: bool = False

    def distribution(self, counted: Mapping[int, int]) -> Distribution:
        """What was counted, as a fact."""
        lowest, highest = self.ends or (None, None)
        return Distribution(
            source=self.source,
            labels=self.labels,
            lowest=lowest,
            highest=highest,
            stepwise=self.stepwise,
            counts=tuple(counted.get(index, 0) for index in range(self.bins)),
            missing=counted.get(_MISSING, 0),
            below=counted.get(_BELOW, 0),
            above=counted.get(_ABOVE, 0),
            other=counted.get(_OTHER, 0),
        )


def bins_of(source: Source) -> Bins | None:
    """Those of a column that the model is fed with; an array of several axes has none."""
    if isinstance(source.column, CodedColumn):
        return _coded(source, source.column)
    return _measured(source, source.column) if source.column is not None else None


def bins_of_target(relation: Relation) -> Bins:
    """Those of what is true: the declared classes, or parts of the declared range of a number."""
    rule, target = relation.manifest.model.decision, relation.dataset.target
    if isinstance(rule, IdentityRule):
        return _parts(target, relation.number(target), rule.range)
    classes = classes_of(rule)
    return _listed(target, relation.code(target), [text(name) for name in classes], labels=tuple(classes))


def _coded(source: Source, column: CodedColumn) -> Bins:
    suffix = "::FLOAT" if source.dtype == "float32" else "::DOUBLE"
    codes = [f"{float(code)!r}{suffix}" for code in codes_of(column, source.dtype)]
    return _listed(source.name, source.value, codes, labels=tuple(map(str, column.codes)))


def _listed(name: str, value: str, literals: Sequence[str], *, labels: tuple[str, ...]) -> Bins:
    cases = " ".join(f"WHEN {literal} THEN {index}" for index, literal in enumerate(literals))
    bin_ = f"CASE WHEN {value} IS NULL THEN {_MISSING} ELSE CASE {value} {cases} ELSE {_OTHER} END END"
    return Bins(source=name, bin=bin_, bins=len(literals), labels=labels)


def _measured(source: Source, column: MeasuredColumn) -> Bins:
    low, high = column.range
    steps = int((high - low) / column.step) + 1 if column.step is not None else None
    if steps is None or steps > MOST_STEPS:
        return _parts(source.name, f"CAST({source.value} AS DOUBLE)", column.range)
    value = f"CAST({source.value} AS DOUBLE)"
    place = f"round(({value} - {_number(low)}) / {_number(column.step or 1)})"
    bin_ = _placed(value, place, steps)
    return Bins(source=source.name, bin=bin_, bins=steps, ends=(low, high), stepwise=True)


def _parts(name: str, value: str, ends: tuple[Decimal, Decimal]) -> Bins:
    """Equal parts, each without its upper end but the last."""
    low, high = ends
    place = f"floor(({value} - {_number(low)}) / {_number(high - low)} * {PARTS})"
    inner = f"CASE WHEN {value} = {_number(high)} THEN {PARTS - 1} ELSE {place} END"
    return Bins(source=name, bin=_placed(value, inner, PARTS), bins=PARTS, ends=ends)


def _placed(value: str, place: str, bins: int) -> str:
    return (
        f"CASE WHEN {value} IS NULL THEN {_MISSING} WHEN {place} < 0 THEN {_BELOW} "
        f"WHEN {place} >= {bins} THEN {_ABOVE} ELSE {place} END"
    )


def _number(value: Decimal | int) -> str:
    return f"{float(value)!r}::DOUBLE"
