"""What methods left to be drawn, read as strictly as if an enemy had written it.

The worker that wrote it ran a vendor's model, and may not be itself any more. So: only bytes that the dossier
names by digest and that everybody may see, only so many of them, only the forms of `reports.forms`, only
finite numbers in their ranges, never more lines than a page can hold. What does not fit is not drawn, and the
report says so.
Whether what fits is also true is asked of the signed estimates, where they say the same (`agrees`).
Unknown keys are left unread: a method may tell more than a picture shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field, ValidationError

from certify.digest import Digest, read_canonical
from certify.errors import Tampered
from certify.evidence import WHOLE, EvidenceItem, Measurement, exact
from certify.value import Value

MOST_BYTES = 2_000_000
"""Larger exhibits are not read at all."""

MOST_LINES = 2_000
"""More lines than that nobody reads in a table on a page."""

MOST_BARS = 64
"""Of one histogram."""

MOST_PARTS = 512
"""Of one column: as many as a tabulation has at most."""

NEAR = Decimal("1e-9")
"""Bounds are rounded outward to twelve digits; an exhibit has every digit of a float."""


def _decimal(value: object) -> object:
    """A JSON number by its shortest spelling; canonical JSON knows no NaN and no infinity."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return exact(value)
    return value


Count = Annotated[int, Field(ge=0, le=10**12)]
Share = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0, le=1)]
Real = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=Decimal("-1e30"), le=Decimal("1e30"))]
Label = Annotated[str, Field(max_length=300)]
Bars = Annotated[tuple[Count, ...], Field(min_length=1, max_length=MOST_BARS)]
Counts = Annotated[tuple[Count, ...], Field(min_length=1, max_length=MOST_PARTS)]


class Form(Value):
    """Root of the forms: strict like every value, but deaf to keys that it does not know."""

    model_config = ConfigDict(extra="ignore")


def read(item: EvidenceItem, data: bytes, form: type[Form]) -> Form | None:
    """An exhibit in its form; None for bytes that the dossier does not name, and for any other form."""
    if len(data) > MOST_BYTES or Digest.of(data) != item.digest:
        return None
    try:
        return form.from_json(read_canonical(data, source=item.name))
    except (Tampered, ValidationError, RecursionError):
        return None


def agrees(result: Measurement, statistic: str, said: Mapping[str, Decimal]) -> bool:
    """Whether an exhibit says of each stratum what the signed estimates say, which are what was judged."""
    found = {e.stratum: e.value for e in result.estimates if e.statistic == statistic}
    return all(
        stratum in found and abs(found[stratum] - value) <= NEAR * max(Decimal(1), value)
        for stratum, value in said.items()
    )


def agrees_on_all(result: Measurement, statistic: str, value: Decimal) -> bool:
    """The same for all cases."""
    return agrees(result, statistic, {WHOLE: value})
