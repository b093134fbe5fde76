"""Whether a decision follows the direction that the vendor declares for a quantity, over the whole domain.

"Who earns more is never refused for it." The direction belongs to the vendor, who knows what each quantity
means; the claim is about any two declared cases that differ in this quantity alone, by as much as one step of
it. From step to step it then holds over any distance.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from certify.submission.model import MeasuredColumn, TableInput
from checks.measured import CannotMeasure, Confidence, Measured
from checks.proof.answer import Answer
from checks.proof.claims import Provable, TwinClaim, never_lost, twins_of
from checks.proof.findings import circumstances, counterexamples, of_all, row_of, spelt, statements
from checks.proof.submitted import submitted
from checks.subject import Subject
from checks.table import Table


def monotone(
    subject: Subject,
    data: Table | None,
    confidence: Confidence,
    *,
    parts: int,
    regions: int,
    seed: int,
) -> Measured:
    """States `direction_kept` for each quantity with a declared direction, and for `all` of them.

    Holds if no case of the domain that is decided positively is decided negatively with one step more of the
    quantity (of a decreasing one: with one step less), proved in at most `regions` parts; a refutation is two
    cases that the model itself decides so. A quantity without a declared step is moved by one of so many
    equal `parts` of its range, from anywhere; trees are proved for any distance. Raises `CannotMeasure` where
    no quantity has a direction, where the model does not decide between two classes or is none that can be
    proved, and where nothing was refuted and something stays open.
    """
    directions = _directions(subject)
    model = submitted(subject)
    answers = {
        name: model.prove_twins(
            _claim(subject, model, name, rising=direction == "increasing", parts=parts),
            regions,
            subject.generator(seed, f"direction of {name}"),
        )
        for name, direction in directions.items()
    }
    pairs_found = {
        name: _shown(model, name, answer) for name, answer in answers.items() if answer.verdict == "violated"
    }
    each = statements("direction_kept", answers, {n: _told(n, pair) for n, pair in pairs_found.items()})
    return Measured(
        statements=(*each, of_all(each)),
        circumstances=circumstances(list(answers.values())),
        exhibits=counterexamples(pairs_found),
    )


def _directions(subject: Subject) -> dict[str, str]:
    found = {
        column.name: column.direction
        for entry in subject.manifest.model.inputs
        if isinstance(entry, TableInput)
        for column in entry.columns
        if isinstance(column, MeasuredColumn) and column.direction is not None
    }
    if not found:
        raise CannotMeasure("no quantity has a declared direction that a decision would have to follow")
    return {name: str(direction) for name, direction in found.items()}


def _claim(subject: Subject, model: Provable, name: str, *, rising: bool, parts: int) -> TwinClaim:
    """From each value to the next, from each cell of trees to the next, or from anywhere by a part of the
    range."""
    domain, column = model.domain, model.domain.names.index(name)
    declared = domain.values[column]
    values = model.cells(column) if declared is None else tuple(map(float, declared))
    if values is not None:
        pairs = tuple(pairwise(values if rising else values[::-1]))
        return never_lost(domain, subject.predictor, column, pairs)
    low, high = float(domain.region.lower[column]), float(domain.region.upper[column])
    step = (high - low) / parts
    ends = ((low, low + step), (high - step, high))
    pairs = ends if rising else tuple((b, a) for a, b in ends)
    return never_lost(domain, subject.predictor, column, pairs, between=True)


def _shown(model: Provable, name: str, answer: Answer) -> dict[str, Any]:
    assert answer.counterexample is not None  # violated
    cases = twins_of(answer.counterexample[None], model.domain.names.index(name))
    first, second = (dict(row_of(model.domain, case[0])) for case in cases)
    return {"positive": first, "negative": second}


def _told(name: str, pair: dict[str, Any]) -> str:
    first, second = pair["positive"], pair["negative"]
    return (
        f"A case is decided positively with {name} {first[name]}, and negatively with {name} {second[name]}. "
        f"The first case: {spelt(first)}."
    )
