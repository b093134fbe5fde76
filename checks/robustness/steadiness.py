"""How many numbers given as answers stay when an attacker looks for the worst place beside a case.

The same attack as on decisions (`checks.robustness.attack`), and the same words of care: an answer that it
moved was moved for good, and of the others it is only known that this attack did not move them. Nothing is
said of whether the answer was right: that is asked elsewhere.
"""

from __future__ import annotations

import numpy as np

from certify.submission.model import IdentityRule
from checks.attacks.campaign import Budget
from checks.measured import CannotMeasure, Confidence, Measured
from checks.robustness.course import Siege, besieged
from checks.robustness.neighbourhood import tried_rows
from checks.subject import Subject
from checks.table import Table


def steadiness(
    subject: Subject, data: Table | None, confidence: Confidence, *, norm: str, strengths: tuple[str, ...],
    tolerance: float, rows: int, steps: int, queries: int, seed: int,
) -> Measured:  # fmt: skip
    """Estimates `steady_under_attack` (each strength): cases whose answer nothing that was tried moves.

    An answer is moved if it is off by more than `tolerance` of the declared range of answers. `norm`,
    `strengths` and the budget are as for `robustness.attack`. A case outside the contract or without an
    answer counts as moved. Raises `CannotMeasure` for decisions, and where the attack moves too little when
    everything may change.
    """
    if data is None:
        raise CannotMeasure("steadiness is measured on data, and none were given")
    data.require_independent_rows()
    siege = Siege(
        norm=norm, strengths=strengths, budget=Budget(steps=steps, queries=queries), seed=seed,
        tolerance=in_its_unit(subject, tolerance),
    )  # fmt: skip
    which = tried_rows(subject, data, rows, seed)
    inputs = {name: values[which] for name, values in data.inputs.items()}
    answers = subject.predictor.values(inputs)
    return besieged(
        subject, siege, confidence, rows=which, inputs=inputs, before=answers,
        standing=data.inside[which] & np.isfinite(answers), statistic="steady_under_attack",
    )  # fmt: skip


def in_its_unit(subject: Subject, tolerance: float) -> float:
    """A tolerance as a share of the declared range of answers, in the unit of the answer."""
    rule = subject.manifest.model.decision
    if not isinstance(rule, IdentityRule):
        raise CannotMeasure("a decision for a class has no tolerance: it is another one or not")
    if not tolerance > 0:
        raise CannotMeasure(f"expected a tolerance above 0 for answers that are numbers, found {tolerance}")
    return tolerance * float(rule.range[1] - rule.range[0])
