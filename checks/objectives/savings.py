"""How much of the error of the best constant number a model saves.

The counterpart of `checks.objectives.baseline` for a model that answers with a number: 1 minus the mean
absolute error of the model over that of the constant that has the least. Which constant that is nobody knows;
see `checks.statistics.savings`. A model that saves nothing may be replaced by a sticker with one number.
"""

from __future__ import annotations

from certify.evidence import WHOLE
from checks.design import require_drawn_rows
from checks.measured import CannotMeasure, Confidence, Measured
from checks.objectives.answers import Answers
from checks.objectives.distances import saved_by
from checks.statistics.savings import ABSOLUTE
from checks.subject import Subject
from checks.table import Table


def error_saved(subject: Subject, data: Table | None, confidence: Confidence) -> Measured:
    """Estimates `error_saved` (all): 1 for a model that is never wrong, 0 for the best constant number.

    Raises `CannotMeasure` for a decision, for clustered or weighted rows, where one row has no error, and
    where the range of one error is not declared.
    """
    if data is None:
        raise CannotMeasure("what is saved is measured on data, and none were given")
    require_drawn_rows(data)
    answers = Answers(subject, data)
    found = saved_by(answers, data.members(WHOLE), ABSOLUTE, confidence)
    return Measured(estimates=(found.estimate(statistic="error_saved", confidence=confidence),))
