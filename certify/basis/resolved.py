"""A basis resolved for one submission: what is required, what is excused, and on whose word."""

from __future__ import annotations

from pydantic import Field

from certify.pack import PackReference
from certify.standard import Check, Identity, Version
from certify.value import Bilingual, Prose, Value


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

    @property
    def unsigned(self) -> tuple[str, ...]:
        """The packs for which nobody answers."""
        return tuple(pack.id for pack in self.packs if not pack.signed)
