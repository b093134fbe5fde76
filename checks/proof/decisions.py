"""What a decision rule says of answers, as conditions that a proof can speak of.

A closed condition cannot say "less than": each comes out a little wider where it must, never narrower. What
is proved to meet none of them is decided otherwise nowhere; what meets one is asked of the model itself.
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from certify.submission.model import ArgmaxRule, DecisionRule, ThresholdRule
from checks.measured import CannotMeasure
from checks.proof.property import Condition

F64 = NDArray[np.float64]

Link = Literal["none", "single", "sigmoid", "softmax"]
"""What stands between the numbers of which something is proved and the answers that the rule reads: nothing,
of real numbers; nothing, of numbers of single precision; or a function."""

_NEAR: Final = 1e-6
"""How far a sigmoid or softmax of single precision may be from the exact one: some ten roundings below 1."""

_LARGEST: Final = 1e30
"""Numbers beyond that are near the end of single precision, and may be none after another addition."""


def decides(rule: DecisionRule, decided: int, numbers: int, link: Link = "none") -> Condition:
    """All numbers, before the link, with which a class is decided. `numbers` of them belong to one case.

    Raises `CannotMeasure` for a regression, and where the link may hide which number is larger.
    """
    if isinstance(rule, ThresholdRule):
        row, border, near = _border(rule, numbers, link)
        if decided == 1:
            return Condition(rows=-row[None], limits=np.array([near - border]))
        return Condition(
            rows=row[None], limits=np.array([_below(border) if link == "single" else border + near])
        )
    near = _near_tie(rule, link)
    others = [j for j in range(numbers) if j != decided]
    rows = np.eye(numbers)[others] - np.eye(numbers)[decided]
    return Condition(rows=rows, limits=np.full(len(others), near))


def undone(rule: DecisionRule, decided: int, numbers: int, link: Link = "none") -> tuple[Condition, ...]:
    """All numbers with which another class is decided than that one."""
    if isinstance(rule, ThresholdRule):
        return (decides(rule, 1 - decided, numbers, link),)
    near = _near_tie(rule, link)
    others = [j for j in range(numbers) if j != decided]
    rows = np.eye(numbers)[decided] - np.eye(numbers)[others]
    return tuple(Condition(rows=row[None], limits=np.array([near])) for row in rows)


def both(first: Condition, second: Condition) -> Condition:
    """The answers of two cases behind each other, of which the one meets `first`, the other `second`."""
    rows = np.zeros((len(first.rows) + len(second.rows), first.rows.shape[1] + second.rows.shape[1]))
    rows[: len(first.rows), : first.rows.shape[1]] = first.rows
    rows[len(first.rows) :, first.rows.shape[1] :] = second.rows
    return Condition(rows=rows, limits=np.concatenate([first.limits, second.limits]))


def decided_apart(rule: DecisionRule, numbers: int, link: Link = "none") -> tuple[Condition, ...]:
    """The answers of two cases behind each other that decide them differently."""
    classes = 2 if isinstance(rule, ThresholdRule) else numbers
    each = [decides(rule, decided, numbers, link) for decided in range(classes)]
    return tuple(both(a, b) for i, a in enumerate(each) for j, b in enumerate(each) if i != j)


def outside(low: float, high: float, numbers: int, link: Link) -> tuple[Condition, ...]:
    """All numbers of which one is answered below `low` or above `high`; no condition where none can be."""
    rows = np.eye(numbers)
    if link == "none":
        ends = [(rows, low), (-rows, -high)]
    elif link == "single":
        ends = [(rows, _below(low)), (-rows, _below(-high))]
    else:
        ends = _outside_of_a_link(low, high, rows, link)
    return tuple(Condition(rows=row[None], limits=np.array([end])) for each, end in ends for row in each)


def _outside_of_a_link(low: float, high: float, rows: F64, link: Link) -> list[tuple[F64, float]]:
    """Neither function leaves 0 to 1 but for its rounding, which may: onnxruntime was seen to answer
    1.0000001. Of numbers that overflow before it nothing is known, so that they must be shown not to."""
    if -_NEAR < low <= 0 or 1 <= high < 1 + _NEAR:
        raise CannotMeasure("the range ends at 0 or 1, which the rounding of a probability may leave")
    if link == "softmax" and (low > 0 or high < 1):
        raise CannotMeasure("a softmax is declared to stay within less than 0 to 1, which is not proved here")
    found = []
    if low > 0:
        found.append((rows, float(logit(min(low + _NEAR, 1 - _NEAR))) + _NEAR))
    if high < 1:
        found.append((-rows, _NEAR - float(logit(max(high - _NEAR, _NEAR)))))
    return found or [(rows, -_LARGEST), (-rows, -_LARGEST)]


def _border(rule: ThresholdRule, numbers: int, link: Link) -> tuple[F64, float, float]:
    """A row of which the positive class is decided at a border or above, and how near to it doubt begins."""
    if rule.column >= numbers:
        raise CannotMeasure(f"no column {rule.column} among {numbers} numbers per case")
    row, border = np.eye(numbers)[rule.column], float(rule.threshold)
    if link in ("none", "single"):
        return row, border, 0.0
    if not 10 * _NEAR < border < 1 - 10 * _NEAR:
        raise CannotMeasure(f"a probability is compared with {border:g}, which rounding may reach by itself")
    if link == "softmax":
        if numbers != 2:
            raise CannotMeasure(
                "one answer of a softmax over more than two classes is compared with a number"
            )
        row = row - np.eye(2)[1 - rule.column]
    low, middle, high = (float(logit(share)) for share in (border - _NEAR, border, border + _NEAR))
    return row, middle, max(middle - low, high - middle) + 1e-9


def _below(border: float) -> float:
    """The largest number of single precision below a border: the next that is less in that precision."""
    near = np.float32(border)
    return float(near if float(near) < border else np.nextafter(near, np.float32(-np.inf)))


def _near_tie(rule: DecisionRule, link: Link) -> float:
    if not isinstance(rule, ArgmaxRule):
        raise CannotMeasure("a regression decides no class")
    if link == "sigmoid":
        raise CannotMeasure("sigmoids that are compared with each other may round to the same number")
    return 10 * _NEAR if link == "softmax" else 0.0
