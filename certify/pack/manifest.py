"""`pack.yaml`: whose pack it is, and what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from certify.standard import Version
from certify.value import Bilingual, Line, Value

MANIFEST_FILE = "pack.yaml"

Namespace = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*(\.[a-z0-9-]+)*$", max_length=60)]
"""The owner's name, from the general to the particular: `eu.ai-act`."""

MethodName = Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z_]+$")]


class Steward(Value):
    """Who keeps the pack, answers for it and signs it."""

    name: Line
    contact: Line


class PackManifest(Value):
    """A pack as its steward declares it."""

    shown_by: ClassVar[str] = "`certify standards new` writes a pack with a comment on every key."

    id: Namespace
    version: Version
    title: Bilingual
    steward: Steward
    licence: Line
    languages: tuple[Literal["en", "fr"], ...] = Field(min_length=1)
    methods: Mapping[MethodName, Version] = Field(min_length=1)
    """Every method that its checks use, at the version for which they were written."""
    uses: tuple[Namespace, ...] = ()
    """Other packs whose clauses its checks cite."""
