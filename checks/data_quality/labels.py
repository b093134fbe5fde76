"""The share of rows of which it is not known what is true: the label is none that the submission declares.

A missing label is no class either. For a regression, which declares no classes, the label has to be a finite
number.
"""

from __future__ import annotations

from certify.digest import canonical
from certify.submission.model import IdentityRule
from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.opening import text
from checks.relation import Relation
from checks.statistics.proportions import proportion
from checks.subject import Subject
from checks.tabulation import Distribution, Tabulation


def labels(subject: Subject, data: Relation | None, confidence: Confidence) -> Measured:
    """Estimates `unknown_label_share` (all): rows whose label is no declared class, or no finite number.

    Bounds: Clopper-Pearson over the rows, taken as draws of the process that made the data; hence independent
    and unweighted rows. Where a declared class never occurs beside words that are no class, the classes are
    spelt otherwise than the labels: such labels are not counted, and `CannotMeasure` names the classes.
    """
    if data is None:
        raise CannotMeasure("labels are counted in a data set, and none was given")
    counted = subject.independent_rows(data.dataset.role)
    _require_the_same_words(subject, data, counted)
    share = proportion(counted.unknown_labels, counted.rows, confidence)
    return Measured(
        estimates=(share.estimate(statistic="unknown_label_share", confidence=confidence),),
        exhibits=(_exhibit(counted.unknown_labels, counted.rows),),
    )


def _require_the_same_words(subject: Subject, data: Relation, counted: Tabulation) -> None:
    if isinstance(subject.manifest.model.decision, IdentityRule):
        return
    found = counted.distribution(data.dataset.target)
    absent = [name for name, rows in zip(found.labels, found.counts, strict=True) if not rows]
    if found.other and absent:
        raise CannotMeasure(
            f"the column {found.source} should hold the classes {', '.join(found.labels)}; it holds "
            f"{_foreign(data, found)} in {found.other} rows, and never {', '.join(absent)}"
        )


def _foreign(data: Relation, found: Distribution) -> str:
    """The first words that are no class."""
    code, classes = data.code(found.source), ", ".join(map(text, found.labels))
    words = data.query(
        f"SELECT DISTINCT {code} AS word FROM data WHERE {code} NOT IN ({classes}) ORDER BY word LIMIT 5"  # noqa: S608
    )
    return ", ".join(repr(word) for (word,) in words)


def _exhibit(unknown: int, rows: int) -> Exhibit:
    counts = {"rows": rows, "unknown": unknown}
    return Exhibit(
        name="labels.json", media_type="application/json", visibility="public", data=canonical(counts)
    )
