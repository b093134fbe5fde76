"""A basis as written: which checks it selects, which bases it extends, and how far it tightens."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from certify.standard import LOWEST_CONFIDENCE, Expectation, Identity, Version
from certify.value import Bilingual, Name, Number, Prose, Value

Section = Literal["parameters", "limits"]
Given = int | Decimal | str | tuple[str, ...] | tuple[Expectation, ...]
BasisStatus = Literal["draft", "trial", "stable"]


class Selection(Value):
    """One check of the basis, and the values at which the basis sets it."""

    check: Identity
    parameters: Mapping[Name, Given] = Field(default_factory=dict)
    limits: Mapping[Name, Given] = Field(default_factory=dict)
    why: Prose | None = None
    """Where these values come from; it is added to the `why` of each of them."""


class BasisText(Value):
    """A basis as written."""

    shown_by: ClassVar[str] = "docs/vendor.md holds a whole basis."

    id: Identity
    version: Version
    status: BasisStatus = "trial"
    """A stable basis selects stable checks only, a trial one no drafts."""
    title: Bilingual
    confidence: Number = Field(default=LOWEST_CONFIDENCE, ge=LOWEST_CONFIDENCE, lt=1)
    extends: tuple[Identity, ...] = ()
    select: tuple[Selection, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        names = [selection.check for selection in self.select]
        if len(set(names)) != len(names):
            raise ValueError("each check selected once")
        if not self.select and not self.extends:
            raise ValueError("at least one check, or a basis that it extends")
        return self
