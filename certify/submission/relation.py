"""Relations: what the vendor says of a case and a changed one, without knowing the right answer of either.

A heavier load is not answered with a lower strain; a picture and its mirror image show the same. Such a
relation is called metamorphic (Chen, Cheung and Yiu, 1998); one that orders answers is a monotonic one.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from certify.value import Line, Name, Number, Value


class Change(Value):
    """What is done to one column or array: exactly one of these, and nothing leaves the declared domain.

    `times` before `add` where both are there. `mirror` and `shift` (rows down, columns to the right; what
    comes in is a copy of the edge) are for pictures.
    """

    of: Line
    times: Number | None = None
    add: Number | None = None
    set_to: Number | None = None
    mirror: Literal["left_right", "top_bottom"] | None = None
    shift: tuple[int, int] | None = None

    @model_validator(mode="after")
    def _does_one_thing(self) -> Self:
        ways = (self.times is not None or self.add is not None, self.set_to, self.mirror, self.shift)
        if sum(way is not None and way is not False for way in ways) != 1:
            raise ValueError("one of times with or without add, set_to, mirror, shift")
        return self

    @property
    def of_pictures(self) -> bool:
        """Whether it only makes sense for an array that is a picture."""
        return self.mirror is not None or self.shift is not None


class Relation(Value):
    """How the answer to a case and that to the changed one hang together.

    `same`: the same class, or a number at most `within` away. `not_lower`, `not_higher`: of the number that
    decides, by at most `within`. `scaled`: `factor` times the number, at most `within` away. `within` is in
    the unit of the answer.
    """

    name: Name
    changes: tuple[Change, ...] = Field(min_length=1)
    answer: Literal["same", "not_lower", "not_higher", "scaled"]
    factor: Number | None = None
    within: Number = Field(ge=0)

    @model_validator(mode="after")
    def _changes_each_once(self) -> Self:
        names = [change.of for change in self.changes]
        if len(set(names)) != len(names):
            raise ValueError("each column or array changed once")
        return self

    @model_validator(mode="after")
    def _only_what_is_scaled_has_a_factor(self) -> Self:
        if (self.answer == "scaled") != (self.factor is not None):
            raise ValueError("a factor with the answer scaled, and with no other")
        return self
