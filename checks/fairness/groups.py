"""The groups that are compared, and their rates.

For a comparison no outcome is the worst: an unscored row could make two groups look alike as well as
unlike. So a group with a row that has no known label or no decision is not measured at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from certify.submission.model import IdentityRule, ThresholdRule
from checks.domain import Mask
from checks.measured import CannotMeasure
from checks.predictor import UNDECIDED
from checks.statistics.events import Events
from checks.subject import Subject
from checks.table import Table

NEGATIVE, POSITIVE = 0, 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Groups:
    """The rows of each group, and what was decided on them."""

    data: Table
    decided: NDArray[np.int64]
    members: Mapping[str, Mask]

    def correct(self) -> dict[str, Events]:
        """Per group: cases that were decided as what they are, among its cases."""
        self._refuse_unknown_labels()
        return self._events(self._every_row, self.decided == self.data.labels, "case")

    def wrong(self) -> dict[str, Events]:
        """Per group: cases that were decided as what they are not, among its cases."""
        self._refuse_unknown_labels()
        return self._events(self._every_row, self.decided != self.data.labels, "case")

    @property
    def _every_row(self) -> Mask:
        return np.ones(self.data.rows, dtype=np.bool_)

    def _events(self, among: Mask, happened: Mask, what: str) -> dict[str, Events]:
        self._refuse_rows(self.decided == UNDECIDED, "no decision")
        result = {}
        for name, rows in self.members.items():
            if not (rows & among).any():
                raise CannotMeasure(f"no {what} in {name}: its rate is not measured")
            result[name] = Events(int((rows & among & happened).sum()), int((rows & among).sum()))
        return result

    def _refuse_unknown_labels(self) -> None:
        self._refuse_rows(self.data.labels == UNDECIDED, "an unknown label")

    def _refuse_rows(self, defect: Mask, what: str) -> None:
        for name, rows in self.members.items():
            count = int((rows & defect).sum())
            if count:
                raise CannotMeasure(f"{count} rows of {name} have {what}, and a comparison cannot count them")


@dataclass(frozen=True, kw_only=True, slots=True)
class BinaryGroups(Groups):
    """The same where the decision is between two classes, one of which is called positive."""

    rule: ThresholdRule

    def true_positives(self) -> dict[str, Events]:
        """Per group: positives that were decided positive, among its positives."""
        return self._decided_positive(POSITIVE)

    def false_positives(self) -> dict[str, Events]:
        """Per group: negatives that were decided positive, among its negatives."""
        return self._decided_positive(NEGATIVE)

    def confirmed(self) -> dict[str, Events]:
        """Per group: positives that were decided positive, among its cases decided positive."""
        self._refuse_unknown_labels()
        what = f"case decided as {self.rule.classes[POSITIVE]}"
        return self._events(self.decided == POSITIVE, self.data.labels == POSITIVE, what)

    def selected(self, favourable: str) -> dict[str, Events]:
        """Per group: cases decided as the favourable class, among its cases.

        Raises `CannotMeasure` where the vendor calls another decision favourable than is asked about.
        """
        return self._events(self._every_row, self.decided == self._favourable(favourable), "case")

    def labelled(self, favourable: str) -> dict[str, Events]:
        """Per group: cases whose label is the favourable class; raises as `selected` does."""
        self._refuse_unknown_labels()
        return self._events(self._every_row, self.data.labels == self._favourable(favourable), "case")

    def _favourable(self, asked: str) -> int:
        declared = str(getattr(self.rule, self.rule.favourable))
        if declared != asked:
            raise CannotMeasure(f"{asked} is to be favourable, and the submission declares {declared}")
        return self.rule.classes.index(declared)

    def _decided_positive(self, true: int) -> dict[str, Events]:
        self._refuse_unknown_labels()
        what = f"case of the class {self.rule.classes[true]}"
        return self._events(self.data.labels == true, self.decided == POSITIVE, what)


def decided_groups(subject: Subject, data: Table | None, names: tuple[str, ...]) -> Groups:
    """Decide on all rows and tell the groups apart; raises `CannotMeasure` where no comparison is valid."""
    if isinstance(subject.manifest.model.decision, IdentityRule):
        raise CannotMeasure("groups are compared on a decision, which this model does not take")
    data, members = members_of(data, names)
    return Groups(data=data, decided=subject.decide(data), members=members)


def compared_groups(subject: Subject, data: Table | None, names: tuple[str, ...]) -> BinaryGroups:
    """The same for a decision between two classes; raises `CannotMeasure` for any other."""
    rule = subject.manifest.model.decision
    if not isinstance(rule, ThresholdRule):
        raise CannotMeasure("groups are compared on a binary decision, which this model does not take")
    data, members = members_of(data, names)
    return BinaryGroups(rule=rule, data=data, decided=subject.decide(data), members=members)


def members_of(data: Table | None, names: tuple[str, ...]) -> tuple[Table, dict[str, Mask]]:
    """The data, and which rows belong to each group; raises `CannotMeasure` where nothing can be compared."""
    if data is None:
        raise CannotMeasure("groups are compared on data, and none were given")
    if len(set(names)) < 2:
        raise CannotMeasure(f"a comparison needs two groups, found {', '.join(names) or 'none'}")
    data.require_independent_rows()
    return data, {name: data.members(name) for name in names}
