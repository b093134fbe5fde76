"""Whether a case is decided in company as it is decided alone.

Everything else here asks the model one case at a time; in use, cases come together. A normalisation over the
batch that was left in the graph makes the answer to one case depend on the others.

Cases that share a batch are no independent trials: one neighbour may turn them all, and n cases in batches of
b would be no more than n / b draws. So in each batch one case alone is tried. A quarter of the rows, drawn
beforehand, keep company and are not tried; each of the others is asked once, in a random place among
companions drawn afresh from that quarter. Given who keeps company, every case that is tried is then a trial
of its own with draws of its own, and the share of changes has an exact bound. It speaks of company like this.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from certify.digest import canonical
from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.predictor import ALONE, UNDECIDED, Predictor
from checks.statistics.proportions import proportion
from checks.subject import Subject
from checks.table import Table

COMPANY = 4
"""One row in so many keeps company. More would tell more of company and less of cases."""

Rows = NDArray[np.int64]
"""Indices of rows."""


def batch_consistency(
    subject: Subject, data: Table | None, confidence: Confidence, *, batch: int
) -> Measured:
    """Estimates `decision_changed` (all): cases decided otherwise among `batch` - 1 others than alone.

    A case that is undecided either way, or outside the declared contract, counts as changed. `n` counts the
    cases that were tried: three rows in four. Raises `CannotMeasure` where the graph does not take batches of
    this size, or too few rows lie inside the contract to fill one.
    """
    if data is None:
        raise CannotMeasure("consistency is measured on data, and none were given")
    data.require_independent_rows()
    _require_that_it_can_be_asked(subject.predictor, batch)
    decided = subject.decide(data)
    rng = subject.generator(0, "batches")
    tried, company = _parted(data, batch, rng)
    alone = decided[tried]
    among = np.array(
        [_decided_among(subject, data, case, _drawn(company, batch, rng), rng) for case in tried]
    )
    changed = (alone != among) | (alone == UNDECIDED)
    share = proportion(int(np.count_nonzero(changed)), len(tried), confidence)
    return Measured(
        estimates=(share.estimate(statistic="decision_changed", confidence=confidence),),
        exhibits=(_exhibit(batch, company, changed),),
    )


def _require_that_it_can_be_asked(predictor: Predictor, batch: int) -> None:
    """A graph that fixes another size is not asked in that size: it would be another question."""
    if batch <= ALONE:
        raise CannotMeasure(f"expected a batch of two cases or more, found {batch}")
    if predictor.fixed_batch not in (None, batch):
        raise CannotMeasure(
            f"the graph takes {predictor.fixed_batch} cases at a time and no other number, so that it cannot "
            f"be asked {batch} at a time: export it with a batch axis of any size"
        )


def _parted(data: Table, batch: int, rng: np.random.Generator) -> tuple[Rows, Rows]:
    """The rows that are tried, and those that keep company: such as the contract speaks of."""
    order = rng.permutation(data.rows)
    keeping, tried = np.split(order, [data.rows // COMPANY])
    company = keeping[data.inside[keeping]]
    if len(company) < batch - 1:
        raise CannotMeasure(
            f"{len(company)} rows inside the contract can keep company, and a batch of {batch} needs "
            f"{batch - 1}: bring about {COMPANY * (batch - 1)} rows or more"
        )
    return tried, company


def _drawn(company: Rows, batch: int, rng: np.random.Generator) -> Rows:
    return rng.choice(company, size=batch - 1, replace=False)


def _decided_among(subject: Subject, data: Table, case: int, others: Rows, rng: np.random.Generator) -> int:
    """The decision on one case, in a random place among others."""
    place = int(rng.integers(len(others) + 1))
    rows = np.insert(others, place, case)
    inputs = {name: values[rows] for name, values in data.inputs.items()}
    outputs = subject.predictor.outputs(inputs, batch=len(rows))
    return int(subject.predictor.decisions_from(subject.predictor.as_scores(outputs))[place])


def _exhibit(batch: int, company: Rows, changed: NDArray[np.bool_]) -> Exhibit:
    counts = {
        "batch": batch,
        "tried": len(changed),
        "changed": int(np.count_nonzero(changed)),
        "keeping_company": len(company),
    }
    return Exhibit(
        name="changed-in-batches.json",
        media_type="application/json",
        visibility="vendor",
        data=canonical(counts),
    )
