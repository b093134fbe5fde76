"""How well each feature alone tells what is true: one that tells nearly all of it gives the answer away.

A column that was filled in after the outcome, a copy of the label under another name, or a value that is
missing only where the outcome is known to be bad, makes a model look good until it is used. The *skill* of a
feature is the share of the errors of the best constant answer that a rule saves which sees this feature
alone: 0 where it tells nothing, 1 where it tells all. Where a feature has missing values, that they are
missing is a feature of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from certify.digest import canonical
from certify.submission.model import IdentityRule
from checks.data_quality.apart import Apart, apart
from checks.features import Numbers, features
from checks.measured import CannotMeasure, Confidence, Exhibit, Interval, Measured
from checks.predictor import UNDECIDED
from checks.relation import Relation
from checks.statistics.events import Events
from checks.statistics.extremes import greatest
from checks.statistics.ratios import CLOPPER_PEARSON_RATIO, ratio_bounds
from checks.statistics.savings import ABSOLUTE, saved
from checks.subject import Subject

_MOST: Final = 2_000
"""Of more features each would have to be fitted alone for too long."""

_LEAVES, _IN_A_LEAF = 256, 5
_FARTHEST: Final = 1e15

Skill = Callable[[Numbers, Numbers, Confidence], Interval]
"""Of the feature, on the rows that are learnt from and on those that are judged."""


def target_leakage(
    subject: Subject, data: Relation | None, confidence: Confidence, *, fitted_on: str, rows: int, seed: int
) -> Measured:
    """Estimates `feature_skill` of each feature (`feature=NAME`, `missing=NAME`) and of the greatest (all).

    A decision tree of one feature, with at most 256 leaves of five rows at least, is fitted to at most
    `rows` rows of the role `fitted_on`, or to one half of the data where this is their own role, and judged
    on at most `rows` other rows. For a classification the constant is the most frequent class of the rows
    that were learnt from, and errors are wrong answers; for a regression it is the best one whichever, and
    errors are absolute ones.

    Bounds: of a ratio of two error rates (union of two Clopper-Pearson bounds), or of two mean errors
    (`checks.statistics.savings`), over rows that are independent once the tree is fixed. For the greatest
    skill the greatest upper bound holds at the same confidence, and the lower ones are corrected for their
    number. Said of this tree: a feature that gives the answer away by a rule that no tree of 256 steps
    follows, such as the last digit of a number, or together with another feature alone, is not found.

    Costs: one sort of `rows` numbers for each feature. Raises `CannotMeasure` for more than 2,000 features,
    rows that are weighted or belong together, a label that is no number in a regression, where the constant
    answer is always right, and where so few rows are learnt from, of a class that is judged or of numbers,
    that the tree has no leaf for them: it would find no feature that gives them away.
    """
    if data is None:
        raise CannotMeasure("leakage of the target is looked for in a data set, and none was given")
    names = [feature.name for feature in features(subject.manifest)]
    if len(names) > _MOST:
        raise CannotMeasure(f"each of {len(names)} features would be fitted alone; at most {_MOST} are")
    subject.independent_rows(data.dataset.role)
    parts = apart(subject, data, fitted_on, rows=rows, seed=seed, purpose="leakage of the target")
    _require_enough_to_learn_from(subject, parts)
    skill, alone = _skill(subject, parts), list(_alone(names, parts))
    family = confidence.over(len(alone) + 1)
    skills = {stratum: skill(known, judged, family) for stratum, known, judged in alone}
    return _reported({"all": greatest([*skills.values()]), **skills}, parts, family)


def _require_enough_to_learn_from(subject: Subject, parts: Apart) -> None:
    known, judged = parts.known.labels, parts.judged.labels
    if isinstance(subject.manifest.model.decision, IdentityRule):
        fewest, needed, what = len(known), 2 * _IN_A_LEAF, "there are"
    else:
        counts = [int((known == label).sum()) for label in np.unique(judged[judged != UNDECIDED])]
        fewest, needed, what = min(counts, default=0), _IN_A_LEAF, "a class has"
    if fewest < needed:
        raise CannotMeasure(f"{what} {fewest} rows to learn from, and {needed} are needed to see a leak")


def _alone(names: list[str], parts: Apart) -> Iterator[tuple[str, Numbers, Numbers]]:
    known, judged = (np.clip(cases.values, -_FARTHEST, _FARTHEST) for cases in (parts.known, parts.judged))
    for at, name in enumerate(names):
        yield f"feature={name}", known[:, at], judged[:, at]
        gaps, others = np.isnan(known[:, at]), np.isnan(judged[:, at])
        if gaps.any() or others.any():
            yield f"missing={name}", gaps.astype(np.float64), others.astype(np.float64)


def _skill(subject: Subject, parts: Apart) -> Skill:
    decision = subject.manifest.model.decision
    if isinstance(decision, IdentityRule):
        low, high = map(float, decision.range)
        return _Number(parts, low, high).skill
    return _Class(parts).skill


@dataclass(frozen=True, slots=True)
class _Class:
    parts: Apart

    def skill(self, known: Numbers, judged: Numbers, confidence: Confidence) -> Interval:
        from sklearn.tree import DecisionTreeClassifier

        said = _answers(DecisionTreeClassifier, known, self.parts.known.labels, judged)
        labels = self.parts.judged.labels
        kinds, counts = np.unique(self.parts.known.labels, return_counts=True)
        wrong = Events(int((said != labels).sum()), len(labels))
        constant = Events(int((kinds[counts.argmax()] != labels).sum()), len(labels))
        if not constant.count:
            raise CannotMeasure("one class is all that there is: a constant answer makes no error")
        return Interval(
            name=f"one minus {CLOPPER_PEARSON_RATIO}",
            value=1 - wrong.rate / constant.rate,
            n=len(labels),
            **confidence.both(lambda level: _one_minus(*ratio_bounds(wrong, constant, level))),
        )


@dataclass(frozen=True, slots=True)
class _Number:
    parts: Apart
    low: float
    high: float

    def skill(self, known: Numbers, judged: Numbers, confidence: Confidence) -> Interval:
        from sklearn.tree import DecisionTreeRegressor

        if not np.isfinite(self.parts.known.labels).all():
            raise CannotMeasure("a label to learn from is no number")
        said = _answers(DecisionTreeRegressor, known, self.parts.known.labels, judged)
        errors = np.clip(said, self.low, self.high) - self.parts.judged.labels
        return saved(
            errors,
            self.parts.judged.labels,
            largest_error=self.high - self.low,
            ends=(self.low, self.high),
            loss=ABSOLUTE,
            confidence=confidence,
        )


def _answers(tree: Any, known: Numbers, labels: Any, judged: Numbers) -> Any:
    fitted = tree(max_leaf_nodes=_LEAVES, min_samples_leaf=_IN_A_LEAF, random_state=0)
    return fitted.fit(known[:, np.newaxis], labels).predict(judged[:, np.newaxis])


def _one_minus(lower: float, upper: float) -> tuple[float, float]:
    return 1 - upper, 1 - lower


def _reported(skills: Mapping[str, Interval], parts: Apart, confidence: Confidence) -> Measured:
    rows = {"learnt_from": len(parts.known.labels), "judged": len(parts.judged.labels)}
    return Measured(
        estimates=tuple(
            skill.estimate(statistic="feature_skill", stratum=stratum, confidence=confidence)
            for stratum, skill in skills.items()
        ),
        exhibits=(
            Exhibit(
                name="target_leakage.json",
                media_type="application/json",
                visibility="public",
                data=canonical(rows),
            ),
        ),
    )
