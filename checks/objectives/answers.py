"""What the model answered beside what is true, row by row, and the counts that metrics are made of.

A row that cannot be scored is never dropped. A case without a decision is a wrong decision; a row without
a known label is an error, and a miss in every class to which it might belong. A row outside the declared
contract has no decision, whatever the model answers: the vendor promises nothing there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from certify.submission.model import IdentityRule
from checks.domain import Mask
from checks.measured import CannotMeasure
from checks.predictor import UNDECIDED, classes_of
from checks.statistics.events import Events
from checks.subject import Subject
from checks.table import Table


@dataclass(frozen=True, kw_only=True, slots=True)
class Decisions:
    """True and decided class of each row, as indices into `classes` or `UNDECIDED`."""

    classes: tuple[str, ...]
    true: NDArray[np.int64]
    decided: NDArray[np.int64]

    def among(self, rows: Mask) -> Decisions:
        """The same for some of the rows."""
        return Decisions(classes=self.classes, true=self.true[rows], decided=self.decided[rows])

    def correct(self) -> Events:
        """Right decisions among all rows."""
        known = self.true != UNDECIDED
        return Events(_count(known & (self.decided == self.true)), len(self.true))

    def found(self, index: int) -> Events:
        """Cases of a class that were decided as that class, among the cases that are or may be of it.

        Raises `CannotMeasure` if no case is known to be of the class.
        """
        of_class = self.true == index
        if not of_class.any():
            raise CannotMeasure(f"no case of the class {self.classes[index]}")
        maybe = of_class | (self.true == UNDECIDED)
        return Events(_count(of_class & (self.decided == index)), _count(maybe))

    def confirmed(self, index: int) -> Events:
        """Cases rightly decided as a class, among those decided so or not at all.

        Raises `CannotMeasure` if no case is decided as the class.
        """
        as_class = self.decided == index
        if not as_class.any():
            raise CannotMeasure(f"no case is decided as {self.classes[index]}")
        maybe = as_class | (self.decided == UNDECIDED)
        return Events(_count(as_class & (self.true == index)), _count(maybe))

    def confusion(self) -> list[dict[str, str | int | None]]:
        """How often each true class met each decision; None is an unknown label or no decision."""
        met, cases = np.unique(np.stack([self.true, self.decided], axis=1), axis=0, return_counts=True)
        return [
            {"true": self._name(t), "decided": self._name(d), "cases": int(n)}
            for (t, d), n in zip(met.tolist(), cases.tolist(), strict=True)
        ]

    def _name(self, index: int) -> str | None:
        return None if index == UNDECIDED else self.classes[index]


class Answers:
    """The answers of a model on all rows of a data set; it runs at most once."""

    def __init__(self, subject: Subject, data: Table) -> None:
        self.model = subject.manifest.model
        self.data = data
        self._subject = subject

    @cached_property
    def decisions(self) -> Decisions:
        """What was decided; raises `CannotMeasure` for a regression."""
        classes = tuple(classes_of(self.model.decision))
        decided = self._subject.decide(self.data)
        return Decisions(classes=classes, true=self.data.labels, decided=decided)

    @cached_property
    def errors(self) -> NDArray[np.float64]:
        """The absolute error of each row, not finite where there is no answer or no known truth.

        A row outside the declared contract has no answer.

        Raises `CannotMeasure` unless the model answers with a number.
        """
        answers = self._subject.predictor.values(self.data.inputs)
        with np.errstate(invalid="ignore"):  # infinity minus infinity is one more missing answer
            errors = np.abs(answers - self.data.labels)
        return np.asarray(np.where(self.data.inside, errors, np.nan), dtype=np.float64)

    @property
    def unit(self) -> str:
        """The unit of an error; 1 for a model that decides."""
        rule = self.model.decision
        return rule.unit if isinstance(rule, IdentityRule) else "1"

    @property
    def range_of_one_error(self) -> tuple[float, float]:
        """As the vendor's claim declares it.

        Raises `CannotMeasure` if it does not, or if an answer at one end of the declared answers and a truth
        at the other would be a larger error.
        """
        claims = self._subject.manifest.objective.claims
        ranges = {claim.range for claim in claims if claim.metric == "mean_absolute_error" and claim.range}
        if len(ranges) != 1:
            raise CannotMeasure("the claims declare no single range of one error: its mean has no bound")
        lowest, highest = ranges.pop()
        rule = self.model.decision
        width = rule.range[1] - rule.range[0] if isinstance(rule, IdentityRule) else highest
        if lowest > 0 or highest < width:
            raise CannotMeasure(
                f"an error may be as large as the range of answers, 0 to {width}, "
                f"and the claim declares {lowest} to {highest}"
            )
        return float(lowest), float(highest)


def _count(rows: Mask) -> int:
    return int(np.count_nonzero(rows))
