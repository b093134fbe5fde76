"""Which real submissions prove a check: one that is known to be good, and mutants of it that are not.

    {"format": "certify/specimens/1",
     "open_values": {"parameters": {"groups": ["sex=female", "sex=male"]}, "limits": {"floor": 0.8}},
     "good": ["screening"],
     "bad": [{"specimen": "screening", "mutation": "labels_flipped_in_one_group",
              "because": "Of one group every answer is wrong."}]}

The core knows the names only; the submissions are written by `checks.specimens`, measured by the real
methods, and judged by the check.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from certify.pack.file import read_file
from certify.standard import Check
from certify.strict_yaml import MAX_BYTES, read
from certify.value import Name, Prose, Value
from certify.vector.text import VECTOR_FOLDER, OpenValues, vector_source

SPECIMEN_FILE = "specimens.json"


class BadSpecimen(Value):
    """A submission that the check must refuse, and why it must."""

    specimen: Name
    mutation: Name
    because: Prose


class SpecimenSet(Value):
    """The real submissions that prove one check."""

    shown_by: ClassVar[str] = "`certify standards new` writes a whole file."

    format: Literal["certify/specimens/1"]
    open_values: OpenValues = OpenValues()
    good: tuple[Name, ...] = Field(min_length=1)
    bad: tuple[BadSpecimen, ...] = Field(min_length=1)


def read_specimens(folder: Path, check: Check) -> SpecimenSet | None:
    """The specimens of a check, None where it names none; raises `UnusableInput` for what cannot be read."""
    path, source = folder / VECTOR_FOLDER / SPECIMEN_FILE, vector_source(check.id, SPECIMEN_FILE)
    if not path.exists():
        return None
    return read(read_file(path, source=source, most=MAX_BYTES), source=source).validate(SpecimenSet)
