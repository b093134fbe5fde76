"""The share of rows that nearly repeat a row of another data set, beyond what rows do by chance.

A test row that stands in the training data with a digit changed was seen in training. What is near, and how
chance is told from copies, is in `checks.data_quality.nearness`.
"""

from __future__ import annotations

from checks.data_quality.copies import Lookup, look_up, reported
from checks.measured import CannotMeasure, Confidence, Measured
from checks.relation import Relation
from checks.subject import Subject


def near_overlap(
    subject: Subject,
    data: Relation | None,
    confidence: Confidence,
    *,
    other_role: str,
    tolerance: float,
    rows: int,
    seed: int,
) -> Measured:
    """Estimates the shares (all) of rows near a row of `other_role`, with inputs alone and any label.

    `near_share`, `near_by_chance_share` and `near_copy_share` as in `near_duplicates`, and with the same
    limits to what is seen. Bounds: over the rows, taken as draws of the process that made them, with the
    other data set as it is; hence independent and unweighted rows.

    Costs: at most `rows` rows, drawn by `seed`, are looked up among all rows of the other data set, which are
    streamed. Raises `CannotMeasure` where the other data set is absent or is the same one, and where chance
    is not known.
    """
    if data is None:
        raise CannotMeasure("near overlap is counted in a data set, and none was given")
    if other_role == data.dataset.role:
        raise CannotMeasure(f"the {other_role} data overlap with themselves: name another data set")
    other = subject.relation(other_role)
    rows_at_hand = subject.independent_rows(data.dataset.role).rows
    found = look_up(subject, data, other, Lookup(tolerance=float(tolerance), rows=rows, seed=seed))
    counts: dict[str, int | str] = {"rows": rows_at_hand, "other_role": other_role, "other_rows": other.rows}
    return reported(found, confidence, counts)
