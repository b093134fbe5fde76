"""Columns of a relation as frames that Great Expectations can judge: in chunks, or whole.

Promises that a column has the same type in every chunk, whatever is missing where: whole numbers are floats
everywhere if one is missing anywhere, as they are in a frame of all rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from checks.opening import quoted
from checks.relation import Relation

if TYPE_CHECKING:
    import pandas as pd

_SHORT = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})
"""Whole numbers that fit into 64 bits with a sign."""

_WHOLE_NUMBERS = _SHORT | {"UBIGINT"}

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
        """Some columns of all rows, chunk after chunk, in types that the library judges fast."""
        if not names:
            return
        types = self._changed(names, self._fast_type)
        for frame in self._data.frames(names, rows=self._chunk_rows):
            yield frame.astype(types)

    def typed(self, names: Sequence[str]) -> pd.DataFrame | None:
        """One row of some columns, in the types that they have as a whole; None if one holds objects."""
        frame = next(self._data.frames(names, rows=1)).astype(self._changed(names, self._own_type))
        return None if (frame.dtypes == "object").any() else frame

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

    def _changed(self, names: Sequence[str], to: Callable[[str], str | None]) -> Any:
        """By name, the types of the columns that a frame may have in another."""
        types = {name: to(name) for name in names}
        return {name: type_ for name, type_ in types.items() if type_ is not None}

    def _own_type(self, name: str) -> str | None:
        """The type of a column of which some value is missing somewhere, and perhaps none here."""
        if not self._missing[name]:
            return None
        return {**dict.fromkeys(_WHOLE_NUMBERS, "float64"), "BOOLEAN": "object"}.get(self._types[name])

    def _fast_type(self, name: str) -> str | None:
        """That type, or one of the same values that the library judges faster.

        It compares 64-bit numbers, and times in nanoseconds, as arrays, and values of all other types one by
        one: times a hundred times more slowly. The answers are the same.
        """
        own = self._own_type(name)
        if own is None and self._types[name] in _SHORT:
            return "int64"
        if self._types[name] in _TIMES and self._fits_nanoseconds(name):
            return "datetime64[ns]"
        return own

    def _fits_nanoseconds(self, name: str) -> bool:
        inside = f"{quoted(name)} BETWEEN TIMESTAMP '1678-01-01' AND TIMESTAMP '2261-12-31'"
        return self._data.aggregate({"fits": f"bool_and({inside})"})["fits"] is not False
