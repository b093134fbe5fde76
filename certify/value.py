"""Values at the door: what every document of ours, read from YAML or JSON, is parsed into.

A `Value` is frozen, strict (no silent conversion) and closed (no unknown key). Numbers are decimals,
exactly as written; they travel through JSON as text, so that a second reader sees the same digits.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
)

from certify.digest import Digest, canonical, read_canonical
from certify.errors import Tampered


class Value(BaseModel):
    """Root of all values read at the door."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    def to_json(self) -> Any:
        """Plain JSON types: decimals, digests and dates as text, tuples as lists."""
        return self.model_dump(mode="json", by_alias=True)

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """The inverse: `X.from_json(x.to_json()) == x`. Raises pydantic's `ValidationError`."""
        return cls.model_validate(_tuples(value))

    def to_bytes(self) -> bytes:
        """Canonical JSON, as it is stored and hashed."""
        return canonical(self.to_json())

    @classmethod
    def from_bytes(cls, data: bytes, *, source: str) -> Self:
        """The inverse: `X.from_bytes(x.to_bytes(), source=...) == x`, and no other bytes give `x`.

        Raises `Tampered` for anything else, other spellings of the same value among them: a digest made of
        the value would not notice those.
        """
        try:
            value = cls.from_json(read_canonical(data, source=source))
        except RecursionError as error:
            raise Tampered(f"{source}: nested too deeply for a {cls.__name__}") from error
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            where = ".".join(map(str, first["loc"]))
            found = f"{error.error_count()} defects, the first at {where}: {first['msg']}"
            raise Tampered(f"{source}: not in the form of a {cls.__name__}: {found}") from error
        if value.to_bytes() != data:
            raise Tampered(f"{source}: the values are not spelled as this program spells them")
        return value

    @property
    def value_digest(self) -> Digest:
        """The name of this value by its content."""
        return Digest.of(self.to_bytes())


def _tuples(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_tuples(item) for item in value)
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return value


def as_number(value: object) -> object:
    """An integer or the text of a number as a `Decimal`; anything else as it is."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str):
        return _finite(value)
    return value


_NUMBER = re.compile(r"-?[0-9]{1,60}(\.[0-9]{1,60})?(E[+-]?[0-9]{1,3})?")
"""How a `Decimal` spells itself, within bounds: `1E+999999999` would be a bomb for whoever writes it out."""


def _finite(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise ValueError("a decimal number of ordinary size")
    return Decimal(text)


Number = Annotated[Decimal, BeforeValidator(as_number), PlainSerializer(str), Field(allow_inf_nan=False)]
"""A finite decimal; an integer is welcome, and so is the text that a decimal becomes in JSON."""


def _digest(value: object) -> object:
    return Digest.parse(value) if isinstance(value, str) else value


DigestText = Annotated[Digest, BeforeValidator(_digest), PlainSerializer(str)]
"""A digest; `sha256:<hex>` in JSON."""


def _day(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError('a date in quotes, such as "2026-11-25"') from None


Day = Annotated[date, BeforeValidator(_day), PlainSerializer(date.isoformat)]
"""A calendar day; quoted ISO 8601 text in YAML and JSON."""


def _code(value: object) -> object:
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


Code = Annotated[str, BeforeValidator(_code), Field(min_length=1, max_length=300)]
"""A code in a table, as text: `1` and `"1"` are the same code."""

Line = Annotated[str, Field(min_length=1, max_length=300)]
"""A short text that is not empty."""

Prose = Annotated[str, Field(min_length=1, max_length=20_000)]
"""A longer text that is not empty."""

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
"""An identifier: lower-case letters, digits and underscores."""


def _instant(value: object) -> object:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None or not 2000 <= value.year <= 2999:
        raise ValueError("a time from this millennium, with its zone")
    return value.astimezone(UTC)


Instant = Annotated[
    datetime, BeforeValidator(_instant), AfterValidator(_in_utc), PlainSerializer(datetime.isoformat)
]
"""A moment in UTC; ISO 8601 text in JSON."""


class Bilingual(Value):
    """Fixed text of a report, in English and French."""

    en: Prose
    fr: Prose
