"""One group of an attribute, by the values that mean it."""

from __future__ import annotations

from itertools import pairwise
from typing import Self

from pydantic import Field, model_validator

from certify.value import Code, Line, Number, Value


class Group(Value):
    """One group of an attribute: the rows whose value is a code, or lies in [from_, below)."""

    name: Line
    codes: tuple[Code, ...] | None = None
    from_: Number | None = Field(default=None, alias="from")
    below: Number | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        by_range = self.from_ is not None and self.below is not None
        if (self.codes is not None) == by_range or (not by_range and not self.codes):
            raise ValueError("either codes, or both from and below")
        if self.from_ is not None and self.below is not None and self.from_ >= self.below:
            raise ValueError("a number from that is smaller than below")
        return self


def require_apart(groups: tuple[Group, ...]) -> None:
    """Raise `ValueError` where two groups have one name, or one value could mean both."""
    names = [group.name for group in groups]
    codes = [code for group in groups for code in group.codes or ()]
    if len(set(names)) != len(names):
        raise ValueError("each group with a name of its own")
    if len(set(codes)) != len(codes):
        raise ValueError("each code in one group only")
    ends = sorted((g.from_, g.below) for g in groups if g.from_ is not None and g.below is not None)
    if any(start < end for (_, end), (start, _) in pairwise(ends)):
        raise ValueError("groups that do not overlap")
