"""Opening the files of a pack, whatever a stranger put in their place.

A pipe would be waited for without end, and a folder, a socket or a device is no text. What a file says is
for others to judge.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from certify.errors import Problem, UnusableInput


def read_file(path: Path, *, source: str, most: int) -> bytes:
    """The bytes of an ordinary file, and one more than `most` of a larger one.

    Raises `UnusableInput` where there is none, and for anything else than an ordinary file.
    """
    try:
        with open(path, "rb", opener=_without_waiting) as stream:
            if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                return stream.read(most + 1)
    except OSError as error:
        raise not_a_file(source, (error.strerror or "an error").lower()) from error
    raise not_a_file(source, "something else")


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def not_a_file(source: str, found: str, *, expected: str = "an ordinary file") -> UnusableInput:
    """Something in a pack that cannot be read, or signed, as a file."""
    remedy = "Put the file itself there, under an ordinary name."
    return UnusableInput(
        Problem(source=source, expected=expected, found=found, remedy=remedy, code="pack-file")
    )
