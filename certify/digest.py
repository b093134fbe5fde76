"""Naming bytes and values by their content.

A `Digest` carries its algorithm. Values are digested over canonical JSON (RFC 8785), read back by a
parser that refuses what `json.loads` forgives: duplicate keys, and any text that is not canonical.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rfc8785

from certify.errors import Tampered

ALGORITHM = "sha256"
_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, order=True)
class Digest:
    """A SHA-256 digest; `Digest.parse(str(digest)) == digest`."""

    hex: str

    def __post_init__(self) -> None:
        if not _HEX.fullmatch(self.hex):
            raise ValueError(f"expected 64 lower-case hexadecimal digits, got {self.hex!r}")

    def __str__(self) -> str:
        return f"{ALGORITHM}:{self.hex}"

    @property
    def short(self) -> str:
        """The first twelve digits: enough for people, never for comparing."""
        return self.hex[:12]

    @classmethod
    def parse(cls, text: str) -> Digest:
        """Read `sha256:<hex>`; any other algorithm is refused."""
        algorithm, _, digits = text.partition(":")
        if algorithm != ALGORITHM:
            raise ValueError(f"expected {ALGORITHM}:<64 hexadecimal digits>, got {text!r}")
        return cls(digits)

    @classmethod
    def of(cls, data: bytes) -> Digest:
        """Digest bytes held in memory."""
        return cls(hashlib.sha256(data).hexdigest())

    @classmethod
    def of_file(cls, path: Path) -> Digest:
        """Digest the bytes of a file, block by block; raises `OSError` where it cannot be read."""
        with path.open("rb") as stream:
            return cls(hashlib.file_digest(stream, ALGORITHM).hexdigest())

    @classmethod
    def of_value(cls, value: Any) -> Digest:
        """Digest a JSON value over its canonical bytes."""
        return cls.of(canonical(value))


def canonical(value: Any) -> bytes:
    """The one byte string that stands for a JSON value (RFC 8785).

    Raises `ValueError` for NaN, infinities, integers beyond 2**53 and lone surrogates.
    """
    return rfc8785.dumps(value)


def read_canonical(data: bytes, *, source: str) -> Any:
    """Parse JSON that must already be canonical: `canonical(read_canonical(data)) == data`.

    Raises `Tampered` for duplicate keys, other spellings of the same value, or no JSON at all.
    """
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_unique_keys)
        if canonical(value) == data:
            return value
    except (ValueError, RecursionError) as error:
        raise Tampered(f"{source}: expected canonical JSON (RFC 8785), found {error}") from error
    raise Tampered(f"{source}: expected canonical JSON (RFC 8785), found another spelling of it")


def _unique_keys(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise ValueError(f"the key {key!r} twice in one object")
        result[key] = value
    return result
