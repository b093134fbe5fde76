"""Columns of a relation as frames that Great Expectations can judge: in chunks, or whole.

Promises that a column has the same type in every chunk, whatever is missing where: whole numbers are floats
everywhere if one is missing anywhere, as they are in a frame of all rows. Decimals are the floats nearest to
them, which is how they are fed to a model: the library would take 0.1 for less than 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
        types = self._own_types(names) | self._fast_types(names)
        for frame in self._chunks(names):
            yield frame.astype(types)

    def typed(self, names: Sequence[str]) -> pd.DataFrame | None:
        """One row of some columns, in the types that they have as a whole; None if one holds objects."""
        frame = next(self._data.frames(names, rows=self._chunk_rows))[:1].astype(self._own_types(names))
        return None if (frame.dtypes == "object").any() else frame

    def whole(self, names: Sequence[str], most: int) -> pd.DataFrame | None:
        """Some columns in one frame, in their own types; None if it takes more than so many bytes."""
        import pandas as pd

        parts, taken, types = [], 0, self._own_types(names)
        for chunk in self._chunks(names):
            frame = chunk.astype(types)
            taken += int(frame.memory_usage(deep=True, index=False).sum())
            if taken > most:
                return None
            parts.append(frame)
        return pd.concat(parts, ignore_index=True)

    def _chunks(self, names: Sequence[str]) -> Iterator[pd.DataFrame]:
        """Frames of at most `chunk_rows`, however small the blocks are in which the rows are kept.

        The database hands them out block by block, and a vendor chooses the blocks of a Parquet file.
        """
        import pandas as pd

        held: list[pd.DataFrame] = []
        for frame in self._data.frames(names, rows=self._chunk_rows):
            if sum(map(len, held)) + len(frame) > self._chunk_rows:
                yield pd.concat(held, ignore_index=True)
                held = []
            held.append(frame)
        yield pd.concat(held, ignore_index=True)

    def _own_types(self, names: Sequence[str]) -> dict[str, Any]:
        """The types of the columns that have another in some frame, for lack of a value that is missing."""
        gapped = {**dict.fromkeys(_WHOLE_NUMBERS, "float64"), "BOOLEAN": "object"}
        types = {name: gapped.get(self._types[name]) for name in names if self._missing[name]}
        types |= {name: "float64" for name in names if self._types[name].startswith("DECIMAL")}
        return {name: type_ for name, type_ in types.items() if type_ is not None}

    def _fast_types(self, names: Sequence[str]) -> dict[str, Any]:
        """Types of the same values that the library judges faster, with the same answers.

        It compares 64-bit numbers, and times in nanoseconds, as arrays, and values of all other types one by
        one: times a hundred times more slowly.
        """
        short = [name for name in names if self._types[name] in _SHORT and not self._missing[name]]
        times = [name for name in names if self._types[name] in _TIMES and self._fits_nanoseconds(name)]
        return {**dict.fromkeys(short, "int64"), **dict.fromkeys(times, "datetime64[ns]")}

    def _fits_nanoseconds(self, name: str) -> bool:
        inside = f"{quoted(name)} BETWEEN TIMESTAMP '1678-01-01' AND TIMESTAMP '2261-12-31'"
        return self._data.aggregate({"fits": f"bool_and({inside})"})["fits"] is not False
