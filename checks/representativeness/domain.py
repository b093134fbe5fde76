"""The share of rows outside the operational domain that the submission declares.

A contract that leaves out many of the rows was not written for those who live in them. What lies inside is
decided in `checks.domain`: every number in its range, on its step and among its codes; NaN lies nowhere.
"""

from __future__ import annotations

from certify.digest import canonical
from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.relation import Relation
from checks.statistics.proportions import proportion
from checks.subject import Subject
from checks.tabulation import Tabulation


def domain(subject: Subject, data: Relation | None, confidence: Confidence) -> Measured:
    """Estimates `outside_share` (all): rows with any input outside the declared contract.

    Bounds: Clopper-Pearson over the rows, taken as draws of the process that made the data; hence independent
    and unweighted rows.
    """
    if data is None:
        raise CannotMeasure("rows outside the contract are counted in a data set, and none was given")
    counted = subject.independent_rows(data.dataset.role)
    share = proportion(counted.outside, counted.rows, confidence)
    return Measured(
        estimates=(share.estimate(statistic="outside_share", confidence=confidence),),
        exhibits=(_exhibit(counted),),
    )


def _exhibit(counted: Tabulation) -> Exhibit:
    """How many rows lie outside for the sake of each column or array; one row may do so for several."""
    each = [{"input": s.input, "source": s.source, "outside": s.outside} for s in counted.sources]
    counts = {"rows": counted.rows, "outside": counted.outside, "of_each_source": each}
    return Exhibit(
        name="domain.json", media_type="application/json", visibility="public", data=canonical(counts)
    )
