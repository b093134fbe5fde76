"""What the model gains over giving one answer to everybody.

For each class c the gain is the accuracy of the model minus that of always answering c, on the same rows; the
gain over the best constant is the least of them. Which constant is best is not known, so every class has its
turn, and none is chosen by looking at the rows. A perfect model on two equally frequent classes gains 0.5.

One gain is a difference of two shares of the same rows: where only the model is right, minus where only the
constant is. It has the exact bounds of `checks.statistics.pairs`. A betting bound on the differences
themselves, which lie in [-1, 1], has the same guarantee; it was tried, and is wider in all but small samples.
"""

from __future__ import annotations

from dataclasses import dataclass

from certify.digest import canonical
from certify.submission.model import IdentityRule
from checks.domain import Mask
from checks.measured import CannotMeasure, Confidence, Exhibit, Interval, Measured
from checks.objectives.answers import Answers, Decisions
from checks.predictor import UNDECIDED
from checks.statistics.events import Events, split
from checks.statistics.pairs import paired_bounds, paired_interval
from checks.subject import Subject
from checks.table import Table


@dataclass(frozen=True, kw_only=True, slots=True)
class Gain:
    """On how many rows only the model is right, and on how many only the constant answer is."""

    constant: str
    only_model: Events
    only_constant: Events

    @property
    def rows(self) -> int:
        """How many rows were compared."""
        return self.only_model.trials

    @property
    def value(self) -> float:
        """The difference of the two shares."""
        return (self.only_model.count - self.only_constant.count) / self.rows

    def bounds(self, confidence: float) -> tuple[float, float]:
        """One-sided bounds of the true gain, each at `confidence`."""
        return paired_bounds(self.only_model, self.only_constant, confidence)


def baseline_gain(subject: Subject, data: Table | None, confidence: Confidence) -> Measured:
    """Estimates `gain_over_constant` (all): the least gain over a constant answer.

    A row without decision, or outside the contract, is one where the model is wrong; on a row of unknown
    label the model is wrong and every constant right. Raises `CannotMeasure` for a regression.
    """
    if data is None:
        raise CannotMeasure("a gain is measured on data, and none were given")
    if isinstance(subject.manifest.model.decision, IdentityRule):
        raise CannotMeasure(
            "a regression decides no class: objectives.error_saved compares it with the best constant number"
        )
    data.require_independent_rows()
    gains = gains_of(Answers(subject, data).decisions)
    estimate = least(gains, confidence).estimate(statistic="gain_over_constant", confidence=confidence)
    return Measured(estimates=(estimate,), exhibits=(_exhibit(gains),))


def gains_of(decisions: Decisions) -> tuple[Gain, ...]:
    """The gain over each class that the model can decide, whether or not any row is of it."""
    unknown = decisions.true == UNDECIDED
    right = ~unknown & (decisions.decided == decisions.true)
    constants = {name: unknown | (decisions.true == i) for i, name in enumerate(decisions.classes)}
    return tuple(
        Gain(constant=name, only_model=_events(right & ~constant), only_constant=_events(constant & ~right))
        for name, constant in constants.items()
    )


def _events(happened: Mask) -> Events:
    return Events(int(happened.sum()), len(happened))


def least(gains: tuple[Gain, ...], confidence: Confidence) -> Interval:
    """The least of the gains, with bounds of the least true gain."""
    return Interval(
        name=f"least of several, each by {paired_interval(gains[0].rows)}",
        value=min(gain.value for gain in gains),
        n=gains[0].rows,
        demonstrating=_bounds(gains, confidence.demonstrating),
        refuting=_bounds(gains, confidence.refuting),
    )


def _bounds(gains: tuple[Gain, ...], confidence: float) -> tuple[float, float]:
    """Each valid at `confidence`. Let g be the least true gain, and b the class that has it.

    Lower: min over c of L_c > g implies L_b > g, which is a miss of that one bound. b is a fact of the
    population and not of the sample, so this happens with probability alpha at most: no correction.
    Upper: min over c of U_c < g implies U_c < g <= gain_c for the class that attains the minimum, which the
    sample chooses. Any of k bounds may be the one that misses, hence each at alpha / k.
    """
    lowers = [gain.bounds(confidence)[0] for gain in gains]
    uppers = [gain.bounds(split(confidence, len(gains)))[1] for gain in gains]
    return min(lowers), min(uppers)


def _exhibit(gains: tuple[Gain, ...]) -> Exhibit:
    counts = [
        {
            "constant": gain.constant,
            "only_the_model_right": gain.only_model.count,
            "only_the_constant_right": gain.only_constant.count,
            "among": gain.rows,
        }
        for gain in gains
    ]
    return Exhibit(
        name="gain-by-constant.json",
        media_type="application/json",
        visibility="public",
        data=canonical(counts),
    )
