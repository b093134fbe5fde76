"""Counting a table: one scan for what looks at each row alone, one grouping for groups, one for copies."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from math import gcd
from typing import Any

from certify.submission.data import Attribute
from certify.submission.model import IdentityRule
from checks.measured import CannotMeasure
from checks.opening import own, part, quoted
from checks.predictor import classes_of
from checks.relation import Relation
from checks.repetition import FEWEST_DIFFERENT
from checks.tabulation.contract import Source, alike, fed_rows, out_of_type, sources
from checks.tabulation.distributions import Bins, bins_of, bins_of_target, place_of_class
from checks.tabulation.tabulation import Cell, Distribution, Repetition, SourceCount, Tabulation
from checks.tabulation.times import expressions, said, times_of

MOST_CELLS = 20_000
"""More combinations of groups than this are kept by nobody."""

_HEAVIEST = 1e9
"""The squares of ten million such weights can be added up; a heavier one counts as none."""


def tabulate(relation: Relation) -> Tabulation:
    """Count one data set; raises `CannotMeasure` where the model could not be fed with it.

    Costs one scan of all columns, one of the columns of the attributes, and one grouping by a 64-bit hash of
    each row: of ten million different rows two are taken for equal once in 400,000 tables.
    """
    fed = sources(relation)
    found = [*filter(None, map(bins_of, fed)), bins_of_target(relation)]
    bins = list({each.source: each for each in found}.values())  # a column may be fed to two inputs
    counted = relation.aggregate(_expressions(relation, fed, bins), over=_judged_rows(relation, fed, bins))
    rows = relation.rows
    _refuse_out_of_type(fed, counted)
    return Tabulation(
        role=relation.dataset.role,
        opened=relation.opened,
        rows=rows,
        missing={name: counted[f"nothing in {name}"] for name in relation.names},
        sources=tuple(_source_count(source, counted, rows) for source in fed),
        incomplete=counted["incomplete"],
        target_missing=counted["target missing"],
        outside=rows - counted["inside"],
        unknown_labels=counted["unknown labels"],
        units=counted.get("units"),
        weightless=counted.get("weightless"),
        times=times_of(counted),
        inside_places=counted.get("inside places"),
        repetition=_repetition(relation, fed),
        attributes=tuple(_present(relation)),
        cells=_cells(relation),
        distributions=tuple(_distribution(each, counted, rows) for each in bins),
    )


def _judged_rows(relation: Relation, fed: Sequence[Source], bins: Sequence[Bins]) -> str:
    """SQL for the rows with all that is said of each of them, worked out once."""
    judged = {
        **{_inside(source): source.inside for source in fed},
        **{_bin(each): f"({each.bin})::SMALLINT" for each in bins},
        _TARGET_MISSING: _target_missing(relation),
        _LABEL: _label(relation),
        **said(relation),
    }
    columns = ", ".join(f"{sql} AS {name}" for name, sql in judged.items())
    return f"(SELECT *, {columns} FROM {fed_rows(fed)})"  # noqa: S608


def _inside(source: Source) -> str:
    return own(f"inside {source.place}")


def _bin(bins: Bins) -> str:
    return own(f"bin of {bins.source}")


_TARGET_MISSING, _LABEL = own("target missing"), own("label as declared")


def _expressions(relation: Relation, fed: Sequence[Source], bins: Sequence[Bins]) -> dict[str, str]:
    incomplete = " OR ".join([*(source.missing for source in fed), _TARGET_MISSING])
    return {
        **{f"nothing in {name}": f"count(*) - count({quoted(name)})" for name in relation.names},
        **{f"missing {s.place}": _rows(s.missing) for s in fed},
        **{f"inside {s.place}": _rows(_inside(s)) for s in fed},
        **{f"out of type {s.place}": _rows(rows) for s in fed if (rows := _unfit(relation, s))},
        **{f"bins {each.source}": f"histogram({_bin(each)})" for each in bins},
        "incomplete": _rows(incomplete),
        "inside": _rows(" AND ".join(map(_inside, fed))),
        "target missing": _rows(_TARGET_MISSING),
        "unknown labels": _rows(f"{_LABEL} IS NULL"),
        **_of_the_design(relation),
        **expressions(relation),
    }


def _rows(condition: str) -> str:
    """Several times as fast as `count(*) FILTER`; a condition that is NULL does not count."""
    return f"count(CASE WHEN {condition} THEN 1 END)"


def _unfit(relation: Relation, source: Source) -> str | None:
    return out_of_type(source, relation.number(source.name)) if source.column is not None else None


def _refuse_out_of_type(fed: Sequence[Source], counted: dict[str, Any]) -> None:
    unfit = [source for source in fed if counted.get(f"out of type {source.place}")]
    for source in unfit:
        raise CannotMeasure(f"the integer input {source.input} is given values that are no {source.dtype}")


def _target_missing(relation: Relation) -> str:
    target = relation.dataset.target
    if relation.kind(target) == "number":
        return f"({quoted(target)} IS NULL)"
    blank = f"coalesce(trim({relation.code(target)}) = '', true)"
    if isinstance(relation.manifest.model.decision, IdentityRule):
        return f"({blank} OR {relation.number(target)} IS NULL)"
    return f"({blank})"


def _label(relation: Relation) -> str:
    """SQL for what is true; NULL where it is no declared class, or no finite number."""
    target, rule = relation.dataset.target, relation.manifest.model.decision
    if isinstance(rule, IdentityRule):
        number = relation.number(target)
        return f"CASE WHEN isfinite({number}) THEN {number} END"
    return place_of_class(relation, classes_of(rule))


def _of_the_design(relation: Relation) -> dict[str, str]:
    dataset, expressions = relation.dataset, {}
    if dataset.unit_column is not None:
        unit = relation.code(dataset.unit_column)
        expressions["units"] = f"count(DISTINCT {unit}) + (count(*) > count({unit}))::INT"
    if dataset.weights is not None:
        weight = relation.number(dataset.weights)
        expressions["weightless"] = _rows(f"NOT {_weighs(weight)}")
    return expressions


def _source_count(source: Source, counted: dict[str, Any], rows: int) -> SourceCount:
    return SourceCount(
        input=source.input,
        source=source.name,
        missing=counted[f"missing {source.place}"],
        outside=rows - counted[f"inside {source.place}"],
    )


def _distribution(bins: Bins, counted: dict[str, Any], rows: int) -> Distribution:
    """Of a column without any value there is no histogram."""
    return bins.distribution(counted[f"bins {bins.source}"] or {}, rows)


def _repetition(relation: Relation, fed: Sequence[Source]) -> Repetition:
    values = ", ".join([*(alike(source.typed, source) for source in fed), _label(relation)])
    row = f"hash({values})"
    grouped = relation.query(
        f"SELECT n, count(*) FROM (SELECT count(*) AS n FROM data GROUP BY {row}) GROUP BY n"  # noqa: S608
    )
    different = sum(rows for _, rows in grouped)
    return Repetition(
        different=different,
        times=reduce(gcd, (times for times, _ in grouped)),
        files_alike=_files_alike(relation, row),
    )


def _files_alike(relation: Relation, row: str) -> bool:
    """Whether two files with enough different rows hold the same: as many, with the same sums of hashes."""
    files = range(len(relation.dataset.files))
    if len(files) < 2:
        return False
    sums = f"count(*), sum({row}::HUGEINT), bit_xor({row}), count(DISTINCT {row})"
    found = [relation.query(f"SELECT {sums} FROM {part(index)}")[0] for index in files]  # noqa: S608
    large = [entry for entry in found if entry[3] >= FEWEST_DIFFERENT]
    return len(set(large)) < len(large)


def _present(relation: Relation) -> dict[str, Attribute]:
    """The attributes whose column is there; others belong to data sets of another form."""
    return {n: a for n, a in relation.attributes.items() if a.source in relation.names}


def _cells(relation: Relation) -> tuple[Cell, ...]:
    attributes = _present(relation)
    groups = [relation.group(attribute) for attribute in attributes.values()]
    weights = _weights(relation)
    asked = ", ".join([*groups, "count(*)", *weights])
    found = relation.query(f"SELECT {asked} FROM data GROUP BY ALL ORDER BY ALL LIMIT {MOST_CELLS + 1}")  # noqa: S608
    if len(found) > MOST_CELLS:
        raise CannotMeasure(
            f"the groups of {', '.join(attributes)} occur in more than {MOST_CELLS} combinations: "
            "declare fewer attributes, or wider groups"
        )
    return tuple(_cell(tuple(attributes.values()), entry, weighted=bool(weights)) for entry in found)


def _weights(relation: Relation) -> list[str]:
    if relation.dataset.weights is None:
        return []
    weight = relation.number(relation.dataset.weights)
    sound = f"CASE WHEN {_weighs(weight)} THEN {weight} ELSE 0 END"
    return [f"sum(CAST({power} AS DECIMAL(38, 12)))" for power in (sound, f"(({sound}) * ({sound}))")]


def _weighs(weight: str) -> str:
    """Decimals are added up, since a sum of floats hangs on how the rows were shared out to threads."""
    return f"coalesce({weight} > 0 AND {weight} < {_HEAVIEST!r}, false)"


def _cell(attributes: Sequence[Attribute], entry: Sequence[Any], *, weighted: bool) -> Cell:
    indices, rest = entry[: len(attributes)], entry[len(attributes) :]
    names = tuple(
        attribute.groups[index].name if index is not None else None
        for attribute, index in zip(attributes, indices, strict=True)
    )
    if not weighted:
        return Cell(groups=names, rows=rest[0])
    return Cell(groups=names, rows=rest[0], weight=rest[1], weight_squares=rest[2])
