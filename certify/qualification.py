"""What was proved of this program before it measured anything for a certificate (DO-330 in spirit).

The tool that certifies is itself a tool: its vectors run before every certification, and its methods must
demonstrate known-good specimens and refuse known-bad ones in this very environment.
"""

from __future__ import annotations

from pydantic import Field

from certify.value import DigestText, Line, Value


class Qualification(Value):
    """How many vectors and specimens came out as they must, and which checks had none."""

    vectors: int = Field(ge=0)
    specimens: int = Field(ge=0)
    record: DigestText | None = None
    """The digest of the record of every specimen; None where none was run."""
    unproved: tuple[Line, ...] = ()
    """Checks without vectors, or without specimens unless a person judges: nothing proves them."""
