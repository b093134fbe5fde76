"""What only a person can judge: a program that is asked has no answer, and says so.

The questions are answered by somebody with the competence that the check names, in a signed review. Until one
is there, nothing is demonstrated.
"""

from __future__ import annotations

from checks.measured import CannotMeasure, Confidence, Measured
from checks.subject import Subject
from checks.table import Table


def opinion(
    subject: Subject,
    data: Table | None,
    confidence: Confidence,
    *,
    questions: tuple[str, ...],
    competence: str,
) -> Measured:
    """Always raises `CannotMeasure`; a review states `judged` for each of `questions` in its place."""
    raise CannotMeasure(
        f"a person has to judge this: {len(questions)} questions are to be answered with "
        f"`certify review sign`; the competence asked for: {competence}"
    )
