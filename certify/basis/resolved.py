"""A basis resolved for one submission: what is required, what is excused, and on whose word."""

from __future__ import annotations

from decimal import ROUND_CEILING, Context, Decimal
from typing import Any, Final, Self

from pydantic import Field, model_serializer

from certify.pack import PackReference
from certify.standard import Check, Identity, Version
from certify.value import Bilingual, Prose, Value

MOST_ATTEMPTS: Final = 100
"""Each would have alpha 0.00025; with more, hardly anything could be demonstrated by any."""

_TWELVE_DIGITS: Final = Decimal("1e-12")


def shared(confidence: Decimal, attempts: int) -> Decimal:
    """The confidence of each of several attempts that share the alpha of one, rounded up to twelve digits.

    >>> str(shared(Decimal("0.975"), 2))
    '0.9875'
    """
    if attempts == 1:
        return confidence
    exact = 1 - (1 - confidence) / attempts
    return exact.quantize(_TWELVE_DIGITS, context=Context(prec=60, rounding=ROUND_CEILING)).normalize()


class Excusal(Value):
    """A check out of scope by a declared fact. It is claimed until the authority countersigns it."""

    check: Identity
    title: Bilingual
    facts: tuple[Prose, ...] = Field(min_length=1)


class Basis(Value):
    """A basis resolved for one submission: everything required, everything excused, nothing left open."""

    id: Identity
    version: Version
    title: Bilingual
    required: tuple[Check, ...]
    excused: tuple[Excusal, ...]
    packs: tuple[PackReference, ...] = ()
    """Every pack from which a check was taken, with the signature that it carries."""
    attempts: int = Field(default=1, ge=1, le=MOST_ATTEMPTS)
    """How many attempts share the alpha of every check; where nothing is said, there is one."""

    @model_serializer(mode="wrap")
    def _one_attempt_is_not_mentioned(self, handler: Any) -> Any:
        value = handler(self)
        return {k: v for k, v in value.items() if k != "attempts" or v != 1}

    def among(self, attempts: int) -> Self:
        """The same basis where so many attempts share alpha: every check asks for more confidence.

        Raises `ValueError` for a basis whose alpha is shared already, and for a number that may not be.
        """
        if self.attempts != 1 or not 1 <= attempts <= MOST_ATTEMPTS:
            raise ValueError(f"from 1 to {MOST_ATTEMPTS} attempts, under a basis that is not shared yet")
        required = tuple(
            check.model_copy(update={"confidence": shared(check.confidence, attempts)})
            for check in self.required
        )
        return self.model_copy(update={"required": required, "attempts": attempts})

    @property
    def unsigned(self) -> tuple[str, ...]:
        """The packs for which nobody answers."""
        return tuple(pack.id for pack in self.packs if not pack.signed)
