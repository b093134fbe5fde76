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
from checks.proof.claims import Provable, never_lost, twins_of
from checks.proof.findings import circumstances, counterexamples, of_all, row_of, spelt, statements
from checks.proof.submitted import submitted
from checks.subject import Subject
from checks.table import Table


def monotone(
    subject: Subject, data: Table | None, confidence: Confidence, *, regions: int, seed: int
) -> Measured:
    """States `direction_kept` for each quantity with a declared direction, and for `all` of them.

    Holds if no case of the domain that is decided positively is decided negatively with one step more of the
    quantity (of a decreasing one: with one step less), proved in at most `regions` parts; a refutation is two
    cases that the model itself decides so. Trees need no step. Raises `CannotMeasure` where no quantity has a
    direction, where one of a network has no step, where the model does not decide between two classes or is
    none that can be proved, and where nothing was refuted and something stays open.
    """
    directions = _directions(subject)
    model = submitted(subject)
    answers: dict[str, Answer] = {}
    for name, direction in directions.items():
        column = model.domain.names.index(name)
        steps = _steps(model, name, column)
        pairs = tuple(pairwise(steps if direction == "increasing" else steps[::-1]))
        claim = never_lost(model.domain, subject.predictor, column, pairs)
        answers[name] = model.prove_twins(claim, regions, subject.generator(seed, f"direction of {name}"))
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


def _steps(model: Provable, name: str, column: int) -> tuple[float, ...]:
    """Every value that the quantity can take, or one of each cell in which no tree changes its answer."""
    values = model.domain.values[column]
    if values is not None:
        return tuple(map(float, values))
    cells = model.cells(column)
    if cells is None:
        raise CannotMeasure(f"{name} has no declared step: of a network it is proved from step to step")
    return cells


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
