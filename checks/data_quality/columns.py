"""Columns of a relation as frames that Great Expectations can judge: in chunks, or whole.

Promises that a column has the same type in every chunk, whatever is missing where: whole numbers are floats
everywhere if one is missing anywhere, as they are in a frame of all rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from checks.opening import quoted
from checks.relation import Relation

if TYPE_CHECKING:
    import pandas as pd

_WHOLE_NUMBERS = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"},
)
"""Those that fit into 64 bits with a sign."""

_TIMES = frozenset({"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"})


class Columns:
    """The columns of one table; `missing` says how many values each lacks."""

    def __init__(self, data: Relation, missing: Mapping[str, int], chunk_rows: int) -> None:
        self._data = data
        self._missing = missing
        self._chunk_rows = chunk_rows
        self._types: dict[str, str] = {name: type_ for name, type_, *_ in data.query("DESCRIBE data")}

    def holds_times(self, name: str) -> bool:
        """Whether a column holds times, in a zone or in none."""
        return self._types[name].startswith("TIMESTAMP")

    def frames(self, names: Sequence[str]) -> Iterator[pd.DataFrame]:
        """Some columns of all rows, chunk after chunk, in the types that the library judges fast."""
        if not names:
            return
        types = {name: self._fast_type(name) for name in names}
        changed = {name: type_ for name, type_ in types.items() if type_ is not None}
        for frame in self._data.frames(names, rows=self._chunk_rows):
            yield frame.astype(changed)

    def whole(self, names: Sequence[str], most: int) -> pd.DataFrame | None:
        """Some columns in one frame, in their own types; None if it takes more than so many bytes."""
        import pandas as pd

        parts, taken = [], 0
        for frame in self._data.frames(names, rows=self._chunk_rows):
            taken += int(frame.memory_usage(deep=True, index=False).sum())
            if taken > most:
                return None
            parts.append(frame)
        return pd.concat(parts, ignore_index=True)

    def _fast_type(self, name: str) -> Any:
        """What to change a chunk to, in order that it has one type and is judged as an array; None: nothing.

        The library compares 64-bit numbers, and times in nanoseconds, as arrays, and values of all other
        types one by one: times a hundred times more slowly. The answers are the same.
        """
        type_, gaps = self._types[name], self._missing[name] > 0
        if type_ in _WHOLE_NUMBERS:
            return "float64" if gaps else "int64"
        if type_ in _TIMES:
            return "datetime64[ns]" if self._fits_nanoseconds(name) else None
        if type_ == "BOOLEAN" and gaps:
            return "object"
        return "float64" if gaps and type_ == "UBIGINT" else None

    def _fits_nanoseconds(self, name: str) -> bool:
        inside = f"{quoted(name)} BETWEEN TIMESTAMP '1678-01-01' AND TIMESTAMP '2261-12-31'"
        return self._data.aggregate({"fits": f"bool_and({inside})"})["fits"] is not False
