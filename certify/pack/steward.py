"""Who may sign for a namespace: the root of trust of a folder of standards.

`stewards.yaml` belongs to whoever runs the program, as the list of trusted certificates of a browser does.
Changing it changes whom one believes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from certify.errors import Problem, UnusableInput
from certify.key import PublicKey
from certify.pack.file import read_file
from certify.pack.manifest import Namespace
from certify.standard import Version
from certify.strict_yaml import MAX_BYTES, read
from certify.value import Line, Value

STEWARDS_FILE = "stewards.yaml"
LOCAL = "local"


def _public_key(text: str) -> str:
    return PublicKey.from_text(text).text


KeyText = Annotated[str, AfterValidator(_public_key)]
"""An Ed25519 public key: its 32 bytes in base64."""


class StewardKey(Value):
    """The key that signs the packs of a namespace, and the oldest version that is still believed.

    An old pack stays signed for ever, with the hole that a later one closed. The kind is development: whoever
    keeps the list could call a key anything, and a production key needs more than a word (decision 12).
    """

    namespace: Namespace
    steward: Line
    key: KeyText
    key_kind: Literal["development"]
    least_version: Version


class Stewards(Value):
    """All keys that are trusted, one for each namespace."""

    shown_by: ClassVar[str] = "`certify standards sign` prints a whole entry."

    stewards: tuple[StewardKey, ...] = Field(default=())

    @model_validator(mode="after")
    def _each_namespace_once(self) -> Self:
        names = [entry.namespace for entry in self.stewards]
        if len(set(names)) != len(names):
            raise ValueError("one key for each namespace")
        return self

    @property
    def keys(self) -> Mapping[str, StewardKey]:
        """By namespace."""
        return {entry.namespace: entry for entry in self.stewards}


def is_local(namespace: str) -> bool:
    """Whether a namespace is one of those whose packs nobody needs to sign."""
    return namespace == LOCAL or namespace.startswith(f"{LOCAL}.")


def read_stewards(folder: Path) -> Stewards:
    """The trusted keys of a folder of standards; nobody is trusted where there is no list.

    Raises `UnusableInput` for a list that cannot be read.
    """
    path = folder / STEWARDS_FILE
    if not path.exists():
        return Stewards()
    data = read_file(path, source=STEWARDS_FILE, most=MAX_BYTES)
    stewards = read(data, source=STEWARDS_FILE).validate(Stewards)
    local = [entry.namespace for entry in stewards.stewards if is_local(entry.namespace)]
    if local:
        raise UnusableInput(_local_steward(local[0]))
    return stewards


def _local_steward(namespace: str) -> Problem:
    return Problem(
        source=STEWARDS_FILE,
        expected="namespaces outside local",
        found=namespace,
        remedy="Remove it: what is under local is signed by nobody, and says so.",
        code="local-steward",
    )
