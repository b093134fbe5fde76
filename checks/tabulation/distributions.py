"""How the values of a column spread over what is declared for it: SQL that puts every row into one bin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from certify.submission.model import CodedColumn, IdentityRule, MeasuredColumn
from checks.domain import codes_of
from checks.opening import quoted
from checks.predictor import classes_of
from checks.relation import Relation
from checks.tabulation.contract import Source
from checks.tabulation.tabulation import Distribution

PARTS = 256
"""Equal parts of a range in which no step is declared, or more than `MOST_STEPS` of them."""

MOST_STEPS = 512

_BELOW, _ABOVE, _OTHER = -2, -3, -4


@dataclass(frozen=True, kw_only=True, slots=True)
class Bins:
    """The bins of one column, and SQL for that of a row: NULL where the value is missing."""

    source: str
    bin: str
    bins: int
    labels: tuple[str, ...] = ()
    ends: tuple[Decimal, Decimal] | None = None
    stepwise: bool = False

    def distribution(self, counted: Mapping[int, int], rows: int) -> Distribution:
        """What was counted among so many rows, as a fact."""
        lowest, highest = self.ends or (None, None)
        last = self.bins - 1
        counts = [counted.get(index, 0) for index in range(self.bins)]
        counts[last] += counted.get(self.bins, 0)  # the upper end of the last part, if anything
        return Distribution(
            source=self.source,
            labels=self.labels,
            lowest=lowest,
            highest=highest,
            stepwise=self.stepwise,
            counts=tuple(counts),
            missing=rows - sum(counted.values()),
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
    classes = tuple(classes_of(rule))
    place = place_of_class(relation, classes)
    bin_ = f"coalesce({place}, {_foreign(quoted(target))})"
    return Bins(source=target, bin=bin_, bins=len(classes), labels=classes)


def place_of_class(relation: Relation, classes: Sequence[str]) -> str:
    """SQL for the index of the class that a label names; NULL where it names none."""
    target = relation.dataset.target
    cases = " ".join(
        f"WHEN {relation.equals(target, [name])} THEN {index}" for index, name in enumerate(classes)
    )
    return f"CASE {cases} END"


def _coded(source: Source, column: CodedColumn) -> Bins:
    codes = codes_of(column, source.dtype).tolist()
    labels = tuple(map(str, column.codes))
    if all(code == index for index, code in enumerate(codes)):
        place = f"CASE WHEN {source.inside} THEN {source.value} ELSE {_foreign(source.value)} END"
    else:
        suffix = "::FLOAT" if source.dtype == "float32" else "::DOUBLE"
        cases = " ".join(f"WHEN {code!r}{suffix} THEN {index}" for index, code in enumerate(codes))
        place = f"CASE {source.value} {cases} ELSE {_foreign(source.value)} END"
    return Bins(source=source.name, bin=place, bins=len(labels), labels=labels)


def _foreign(value: str) -> str:
    """SQL for the bin of what is none of the declared values."""
    return f"CASE WHEN {value} IS NOT NULL THEN {_OTHER} END"


def _measured(source: Source, column: MeasuredColumn) -> Bins:
    low, high = column.range
    steps = int((high - low) / column.step) + 1 if column.step is not None else None
    if steps is None or steps > MOST_STEPS:
        return _parts(source.name, f"CAST({source.value} AS DOUBLE)", column.range)
    value, step = f"CAST({source.value} AS DOUBLE)", column.step or Decimal(1)
    place = f"round_even(({value} - {_number(low)}) / {_number(step)}, 0)"
    bin_ = _placed(value, place, low - step / 2, high + step / 2)
    return Bins(source=source.name, bin=bin_, bins=steps, ends=(low, high), stepwise=True)


def _parts(name: str, value: str, ends: tuple[Decimal, Decimal]) -> Bins:
    """Equal parts, each without its upper end but the last."""
    low, high = ends
    place = f"floor(({value} - {_number(low)}) / {_number(high - low)} * {PARTS})"
    return Bins(source=name, bin=_placed(value, place, low, high), bins=PARTS, ends=ends)


def _placed(value: str, place: str, lowest: Decimal, highest: Decimal) -> str:
    return (
        f"CASE WHEN {value} < {_number(lowest)} THEN {_BELOW} "
        f"WHEN {value} > {_number(highest)} THEN {_ABOVE} ELSE {place} END"
    )


def _number(value: Decimal | int) -> str:
    return f"{float(value)!r}::DOUBLE"
