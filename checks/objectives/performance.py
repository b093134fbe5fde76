"""How well the model does, as a whole and in each group that the basis names."""

from __future__ import annotations

import numpy as np

from certify.digest import canonical
from certify.evidence import WHOLE, exact
from certify.submission.model import IdentityRule
from checks.design import require_drawn_rows
from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.objectives.answers import Answers
from checks.objectives.metrics import measure, unit_of
from checks.repetition import repeated, row_digests
from checks.subject import Subject
from checks.table import Table


def performance(
    subject: Subject, data: Table | None, confidence: Confidence, *, metric: str, groups: tuple[str, ...]
) -> Measured:
    """Estimates `performance` for all rows and for each of `groups`.

    Shows the confusion counts, how many rows equal an earlier one, and of clustered or weighted rows what
    their bounds rest on.
    """
    if data is None:
        raise CannotMeasure("performance is measured on data, and none were given")
    require_drawn_rows(data)
    answers = Answers(subject, data)
    strata = tuple(dict.fromkeys((WHOLE, *groups)))
    family = confidence.over(len(strata))
    return Measured(
        estimates=tuple(
            measure(metric, answers, family, stratum=stratum).estimate(
                statistic="performance", confidence=family, stratum=stratum, unit=unit_of(metric, answers)
            )
            for stratum in strata
        ),
        exhibits=(*_confusion(answers, strata), _repeated_rows(data), *_drawn(answers)),
    )


def _repeated_rows(data: Table) -> Exhibit:
    again = repeated(row_digests(data.inputs, data.labels))
    return Exhibit(
        name="repeated-rows.json",
        media_type="application/json",
        visibility="public",
        data=canonical({"rows": data.rows, "equal_to_an_earlier_row": again}),
    )


def _drawn(answers: Answers) -> tuple[Exhibit, ...]:
    design = answers.design
    if design.independent:
        return ()
    says = {
        "design": design.says,
        "rows": answers.data.rows,
        "units": len(np.unique(design.units)),
        "most_that_one_unit_brings": str(exact(design.most)),
    }
    data = canonical(says)
    return (Exhibit(name="design.json", media_type="application/json", visibility="public", data=data),)


def _confusion(answers: Answers, strata: tuple[str, ...]) -> tuple[Exhibit, ...]:
    if isinstance(answers.model.decision, IdentityRule):
        return ()
    members = {stratum: answers.data.members(stratum) for stratum in strata}
    counts = {stratum: answers.decisions.among(rows).confusion() for stratum, rows in members.items()}
    return (
        Exhibit(
            name="confusion.json",
            media_type="application/json",
            visibility="public",
            data=canonical(counts),
        ),
    )
