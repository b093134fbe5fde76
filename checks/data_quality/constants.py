"""The share of rows in which a column that is fed to the model does not hold its most frequent value.

What nearly always is the same says nothing, and mostly stands for a slip: a join that failed, a unit that was
never set, a filter left on. Of an array with several axes whole cases are compared, since single elements, as
the corners of pictures, may be the same in all of them for good reasons.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from certify.digest import canonical
from certify.evidence import Estimate
from checks.measured import CannotMeasure, Confidence, Exhibit, Interval, Measured
from checks.relation import Relation
from checks.row_sample import some_rows
from checks.statistics.extremes import least
from checks.statistics.proportions import proportion
from checks.subject import Subject
from checks.tabulation.contract import Source, sources

_LOOKED_AT = 20_000
_TWENTIETH = 20
_TENTH = 10


def constants(subject: Subject, data: Relation | None, confidence: Confidence) -> Measured:
    """Estimates `varied_share` for every `feature=NAME` that the model is fed, and for `all` the least of
    them.

    Of a column, the rows that hold another value than the most frequent one; a missing value is no other one.
    A check cannot know the columns of a vendor, hence the least: its lower bound is the least of theirs,
    which needs no correction, and its upper bound is corrected for their number.
    Bounds: Clopper-Pearson over the rows. The lower one holds although the value was chosen after it was
    counted, for no other value was counted more often. Two scans: in the first, candidates are drawn from
    20,000 rows which the vendor cannot foresee, every value of a twentieth of these; in the second they are
    counted in all rows. A value of a tenth of all rows is among them, or the share is told as nine tenths.
    """
    if data is None:
        raise CannotMeasure("constant columns are looked for in a data set, and none was given")
    rows = subject.independent_rows(data.dataset.role).rows
    salt = int(subject.generator(0, "rows looked at for constant columns").integers(2**62))
    counted = varied(data, sources(data), salt)
    family = confidence.over(len(counted))
    shares = {name: proportion(count, rows, family) for name, count in counted.items()}
    return Measured(
        estimates=(
            *(_estimate(f"feature={name}", share, family) for name, share in shares.items()),
            _estimate("all", least([*shares.values()]), family),
        ),
        exhibits=(_exhibit(rows, counted),),
    )


def varied(data: Relation, fed: Sequence[Source], salt: int) -> Mapping[str, int]:
    """By column: the rows that hold another value than the most frequent one; nine tenths of them at most."""
    columns = {source.name: source for source in fed}
    drawn = data.aggregate(
        {name: f"histogram({source.typed})" for name, source in columns.items()},
        over=some_rows(data, _LOOKED_AT, salt),
    )
    counted = data.aggregate(
        {name: _counting(source.typed, _frequent(drawn[name] or {})) for name, source in columns.items()}
    )
    most = data.rows - -(-data.rows // _TENTH)
    return {name: min(most, values - max(each, default=0)) for name, (values, *each) in counted.items()}


def _frequent(drawn: Mapping[Any, int]) -> list[Any]:
    """The values of at least a twentieth of the rows that were drawn with a value."""
    rows = sum(drawn.values())
    return [value for value, count in drawn.items() if _TWENTIETH * count >= rows]


def _counting(value: str, candidates: Sequence[Any]) -> str:
    """SQL for a list: the rows with a value, and those with each of the candidates."""
    each = (f"count(*) FILTER ({value} = {_literal(candidate)})" for candidate in candidates)
    return f"[{', '.join([f'count({value})', *each])}]"


def _literal(candidate: Any) -> str:
    return str(candidate) if isinstance(candidate, int) else f"'{candidate!r}'::DOUBLE"


def _estimate(stratum: str, share: Interval, confidence: Confidence) -> Estimate:
    return share.estimate(statistic="varied_share", stratum=stratum, confidence=confidence)


def _exhibit(rows: int, counted: Mapping[str, int]) -> Exhibit:
    counts = {"rows": rows, "other_than_the_most_frequent": dict(counted)}
    return Exhibit(
        name="constants.json", media_type="application/json", visibility="public", data=canonical(counts)
    )
