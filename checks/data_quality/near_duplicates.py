"""The share of rows that nearly repeat an earlier one, beyond what rows do by chance.

What is near, and how chance is told from copies, is in `checks.data_quality.nearness`. Only what the model is
fed is compared: the same case under another label is a contradiction, and no new case.
"""

from __future__ import annotations

from checks.data_quality.copies import Lookup, look_up, reported
from checks.measured import CannotMeasure, Confidence, Measured
from checks.relation import Relation
from checks.subject import Subject


def near_duplicates(
    subject: Subject, data: Relation | None, confidence: Confidence, *, tolerance: float, rows: int, seed: int
) -> Measured:
    """Estimates the shares (all) of rows with an earlier row within `tolerance` of every declared range.

    `near_share` are all of them, equal rows included; `near_by_chance_share` those that still lie near an
    earlier row after one quantity was moved; `near_copy_share` what is left by Abbott's formula, on the
    assumption that a row is copied as often where rows are dense as where they are not.

    Bounds: `checks.statistics.excesses` and Clopper-Pearson over the rows, taken as draws of the process that
    made the data, which copies each row independently of the others, as in `checks.data_quality.duplicates`;
    or as draws from this very table. Known to err on the side of refusal: where all quantities hang together
    closely and the tolerance is coarse, moving one of them makes a row that cannot be; of UCI Adult, where
    one row in eight repeats an earlier one by chance, 1.5 % are taken for copies. Known not to see: a copy in
    which a value changed by more than the tolerance; and copies among as many others that were made a step
    apart, so that moving a row finds one of them.

    Costs: at most `rows` rows, drawn by `seed`, are looked up among all rows, which are streamed; memory does
    not grow with the table. Looking up all of 100,000 rows of 20 columns takes some seconds, and 20,000 of
    ten million about a minute of one core and less than a gigabyte. Raises `CannotMeasure` for weighted rows,
    and where chance is not known: no quantity can be moved, rows are so dense that all stay near, or rows are
    near more often once they are moved.
    """
    if data is None:
        raise CannotMeasure("near duplicates are counted in a data set, and none was given")
    if data.dataset.weights is not None:
        raise CannotMeasure("weighted rows need an interval method for survey weights")
    found = look_up(subject, data, data, Lookup(tolerance=float(tolerance), rows=rows, seed=seed))
    return reported(found, confidence, {"rows": data.rows})
