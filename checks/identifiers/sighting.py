"""What is told of an identifier that was seen: its kind, how often, and its form. Never the value itself.

A value that was found is personal data, and evidence is read by many. What is shown of it is its form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from certify.submission.data import IdentifierKind

_SHOWN = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighting:
    """Identifiers of one kind in one column.

    `values` of the `looked_at` distinct values or rows are of that kind; `form` is one of them, masked.
    """

    kind: IdentifierKind
    what: str
    values: int
    looked_at: int
    form: str

    def __str__(self) -> str:
        """A sentence without any value.

        >>> what = {"kind": "email", "what": "e-mail addresses"}
        >>> str(Sighting(**what, values=2, looked_at=9, form=form_of("a@b.eu")))
        'e-mail addresses: 2 of 9 looked at, such as a@a.aa'
        """
        return f"{self.what}: {self.values} of {self.looked_at} looked at, such as {self.form}"


def form_of(value: str) -> str:
    """The value with every letter as `a` and every digit as `9`, cut at 40 characters.

    >>> form_of("Ada Lovelace, 10-12-1815")
    'aaa aaaaaaaa, 99-99-9999'
    """
    masked = "".join("a" if c.isalpha() else "9" if c.isdigit() else c for c in value[:_SHOWN])
    return masked if len(value) <= _SHOWN else f"{masked}..."


def sighting(kind: IdentifierKind, what: str, found: Sequence[str], looked_at: int) -> Sighting | None:
    """A sighting of the values found, or None if there are none."""
    if not found:
        return None
    return Sighting(kind=kind, what=what, values=len(found), looked_at=looked_at, form=form_of(found[0]))
