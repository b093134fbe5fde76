"""Rows to learn from and rows to judge, apart from each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from checks.features import Cases, drawn
from checks.measured import CannotMeasure
from checks.relation import Relation
from checks.subject import Subject


@dataclass(frozen=True, kw_only=True, slots=True)
class Apart:
    """Two sets of rows, and what else is drawn at random."""

    known: Cases
    judged: Cases
    random: np.random.Generator


def apart(subject: Subject, data: Relation, fitted_on: str, *, rows: int, seed: int, purpose: str) -> Apart:
    """At most `rows` rows of `data` to be judged, and as many of the role `fitted_on` to learn from.

    Where this is the role of the data themselves, the rows that were drawn are halved at random. Raises
    `CannotMeasure` where there is no such role, and for too few rows.
    """
    if rows < 2 or seed < 0:
        raise CannotMeasure(f"to look for {purpose} takes two rows and a seed from 0")
    random = subject.generator(seed, f"{purpose} in {data.dataset.role}")
    judged = drawn(subject, data, rows, random)
    if fitted_on != data.dataset.role:
        known = drawn(subject, subject.relation(fitted_on), rows, random)
        return Apart(known=known, judged=judged, random=random)
    order = random.permutation(len(judged.labels))
    half = len(order) // 2
    if not half:
        raise CannotMeasure(f"one row of {data.dataset.name} cannot be halved")
    return Apart(known=judged.chosen(order[:half]), judged=judged.chosen(order[half:]), random=random)
