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

from certify.submission.model import IdentityRule, Output, ThresholdRule
from checks.design import Design, Share, design_of
from checks.domain import Mask
from checks.measured import CannotMeasure
from checks.predictor import UNDECIDED, classes_of
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

    def correct(self) -> Share:
        """Right decisions among all rows."""
        known = self.true != UNDECIDED
        return Share(counted=known & (self.decided == self.true), among=np.ones_like(known))

    def found(self, index: int) -> Share:
        """Cases of a class that were decided as that class, among the cases that are or may be of it.

        Raises `CannotMeasure` if no case is known to be of the class.
        """
        of_class = self.true == index
        if not of_class.any():
            raise CannotMeasure(f"no case of the class {self.classes[index]}")
        return Share(counted=of_class & (self.decided == index), among=of_class | (self.true == UNDECIDED))

    def confirmed(self, index: int) -> Share:
        """Cases rightly decided as a class, among those decided so or not at all.

        Raises `CannotMeasure` if no case is decided as the class.
        """
        as_class = self.decided == index
        if not as_class.any():
            raise CannotMeasure(f"no case is decided as {self.classes[index]}")
        return Share(counted=as_class & (self.true == index), among=as_class | (self.decided == UNDECIDED))

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
        self.claims = subject.manifest.objective.claims
        self.data = data
        self._subject = subject

    @cached_property
    def design(self) -> Design:
        """How the rows were drawn; raises `CannotMeasure` where what their bounds rest on is not declared."""
        return design_of(self.data)

    @cached_property
    def scores(self) -> NDArray[np.float64]:
        """The output that decides, of shape [rows, numbers]; not finite where there is no answer.

        A row outside the declared contract has no answer, whatever the model says.
        """
        scores = self._subject.predictor.scores(self.data.inputs)
        return np.where(self.data.inside[:, np.newaxis], scores, np.nan)

    @cached_property
    def decisions(self) -> Decisions:
        """What was decided; raises `CannotMeasure` for a regression."""
        classes = tuple(classes_of(self.model.decision))
        decided = self._subject.predictor.decisions_from(self.scores)
        return Decisions(classes=classes, true=self.data.labels, decided=decided)

    @cached_property
    def score(self) -> NDArray[np.float64]:
        """The number that a threshold rule looks at; NaN where there is none, and infinity is none.

        Raises `CannotMeasure` for every other rule.
        """
        rule = self.model.decision
        if not isinstance(rule, ThresholdRule):
            raise CannotMeasure("only a threshold rule has one score that puts cases in an order")
        if rule.column >= self.scores.shape[1]:
            raise CannotMeasure(f"no column {rule.column} among {self.scores.shape[1]} numbers per case")
        score = self.scores[:, rule.column]
        return np.where(np.isfinite(score), score, np.nan)

    @property
    def output(self) -> Output:
        """What is declared of the output that decides."""
        return next(o for o in self.model.outputs if o.name == self.model.decision.output)

    @cached_property
    def errors(self) -> NDArray[np.float64]:
        """Answer minus truth of each row, not finite where there is no answer or no known truth.

        Raises `CannotMeasure` unless the model answers with a number.
        """
        if not isinstance(self.model.decision, IdentityRule):
            raise CannotMeasure("only a regression answers with a number")
        with np.errstate(invalid="ignore"):  # infinity minus infinity is one more missing answer
            return np.asarray(self.scores[:, 0] - self.data.labels, dtype=np.float64)

    @property
    def unit(self) -> str:
        """The unit of an error; 1 for a model that decides."""
        rule = self.model.decision
        return rule.unit if isinstance(rule, IdentityRule) else "1"
