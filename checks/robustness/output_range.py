"""Whether an answer stays within its declared range, at every case of the declared domain and not only at
some."""

from __future__ import annotations

from typing import Any

from checks.measured import CannotMeasure, Confidence, Measured
from checks.proof.answer import Answer
from checks.proof.claims import stays_within
from checks.proof.findings import circumstances, counterexamples, of_all, row_of, spelt, statements
from checks.proof.submitted import submitted
from checks.subject import Subject
from checks.table import Table


def output_range(
    subject: Subject,
    data: Table | None,
    confidence: Confidence,
    *,
    regions: int,
    tolerance: float,
    seed: int,
) -> Measured:
    """States `range_kept` for each output that declares a range, and for `all` of them.

    Holds if at no case of the domain a number of the output leaves the range by more than `tolerance` times
    its width, which rounding may take, proved in at most `regions` parts; a refutation is a case at which the
    model itself leaves it. Raises `CannotMeasure` where no output declares a range, where the model is none
    that can be proved, and where nothing was refuted and something stays open.
    """
    ranges = {output.name: output.range for output in subject.manifest.model.outputs if output.range}
    if not ranges:
        raise CannotMeasure("no output declares a range that it never leaves")
    model = submitted(subject)
    answers: dict[str, Answer] = {}
    for name, (low, high) in ranges.items():
        room = tolerance * float(high - low)
        claim = stays_within(model.domain, subject.predictor, name, (float(low) - room, float(high) + room))
        answers[name] = model.prove(claim, regions, subject.generator(seed, f"range of {name}"))
    cases: dict[str, Any] = {
        name: dict(row_of(model.domain, answer.counterexample))
        for name, answer in answers.items()
        if answer.counterexample is not None
    }
    told = {
        name: f"{name} leaves {list(map(str, ranges[name]))} at: {spelt(row)}." for name, row in cases.items()
    }
    each = statements("range_kept", answers, told)
    return Measured(
        statements=(*each, of_all(each)),
        circumstances=circumstances(list(answers.values())),
        exhibits=counterexamples(cases),
    )
