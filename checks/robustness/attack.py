"""How many decisions are still right when an attacker looks for the worst place beside each case.

The attack is named and its budget is fixed: Auto-PGD on several aims, then a search that needs no slope (see
`checks.attacks`). What it fells is felled for good, so that no attack, however strong, leaves more decisions
right: an upper bound here is one for every attack. What it does not fell it only did not fell. A lower bound
speaks of this attack with this budget, as a trial on a case drawn from the population, and of no other.
"""

from __future__ import annotations

from checks.attacks.campaign import Budget
from checks.measured import CannotMeasure, Confidence, Measured
from checks.predictor import UNDECIDED
from checks.robustness.course import Siege, besieged
from checks.robustness.neighbourhood import tried_rows
from checks.subject import Subject
from checks.table import Table


def attack(
    subject: Subject, data: Table | None, confidence: Confidence, *, norm: str, strengths: tuple[str, ...],
    rows: int, steps: int, queries: int, seed: int,
) -> Measured:  # fmt: skip
    """Estimates `accuracy_under_attack` (each strength): cases decided rightly, and so at all that was tried.

    `norm` is `linf` (each number within a share of its declared range) or `l2` (all together, measured in
    declared ranges). So many `rows` are tried, the same as by chance and by proof. A case outside the
    contract, of unknown label or undecided counts as wrong. Raises `CannotMeasure` where the attack fells too
    little when everything may change.
    """
    if data is None:
        raise CannotMeasure("accuracy is measured on data, and none were given")
    data.require_independent_rows()
    siege = Siege(norm=norm, strengths=strengths, budget=Budget(steps=steps, queries=queries), seed=seed)
    which = tried_rows(subject, data, rows, seed)
    inputs = {name: values[which] for name, values in data.inputs.items()}
    own = subject.decide(data, which)
    right = (own == data.labels[which]) & (own != UNDECIDED)
    return besieged(
        subject, siege, confidence, rows=which, inputs=inputs, before=own, standing=right,
        statistic="accuracy_under_attack",
    )  # fmt: skip
