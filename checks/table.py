"""One data set as arrays: what the model is fed, what the answer should be, and who is who.

Reads Parquet, CSV and npz. A value that cannot be read as its declared type becomes NaN and reaches the
model as such: a row that cannot be scored counts as the worst outcome and is never dropped. Neither is a row
outside the declared contract, which `inside` marks: no answer of the model on it is certified.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from certify.evidence import WHOLE
from certify.submission.data import Attribute, Dataset
from certify.submission.group import Group
from certify.submission.manifest import Manifest
from certify.submission.model import IdentityRule, Input, TableInput, TensorInput, extremes_of
from checks.domain import Mask, finely_measured, inside
from checks.files import Files
from checks.independence import refuse_clusters, refuse_repetition, refuse_weights
from checks.measured import CannotMeasure
from checks.predictor import UNDECIDED, Inputs, classes_of
from checks.repetition import repetition, row_digests
from checks.stratum import parts

if TYPE_CHECKING:
    import pandas as pd

MAX_UNPACKED_BYTES = 4 << 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """The rows of one data set.

    `inputs` maps each model input to an array of shape [rows, ...]; `labels` holds the index of the true
    class (`UNDECIDED` where the label is not one of the classes) or, for a regression, the true value.
    """

    dataset: Dataset
    inputs: Inputs
    labels: NDArray[Any]
    inside: Mask
    frame: pd.DataFrame
    attributes: Mapping[str, Attribute]
    parts: tuple[int, ...]
    """How many rows come from each file, in order."""
    fine: bool
    """Whether rows hold finely measured quantities."""

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.labels)

    def members(self, stratum: str) -> Mask:
        """Which rows belong to `all`, to `attribute=group` or to a crossing: see `checks.stratum`.

        Raises `CannotMeasure` for a stratum that is not declared, and for an attribute of which a row belongs
        to no group or to several: whoever may choose the rows that count for nobody chooses the figures.
        """
        if stratum == WHOLE:
            return np.ones(self.rows, dtype=np.bool_)
        each = [self._in_group(stratum, name, group) for name, group in parts(stratum).items()]
        return np.asarray(np.logical_and.reduce(each), dtype=np.bool_)

    def _in_group(self, stratum: str, name: str, group_name: str) -> Mask:
        attribute = self.attributes.get(name)
        group = next((g for g in attribute.groups if g.name == group_name), None) if attribute else None
        if attribute is None or group is None:
            raise CannotMeasure(f"the submission declares no stratum {stratum}")
        if attribute.source not in self.frame:
            raise CannotMeasure(f"{self.dataset.name} has no column {attribute.source} for {stratum}")
        _require_one_group_per_row(self.frame[attribute.source], attribute)
        return in_group(self.frame[attribute.source], group)

    @property
    def clustered(self) -> bool:
        """Whether the manifest names a statistical unit of which there are several rows.

        Raises `CannotMeasure` where the column that names it is not there.
        """
        column = self.dataset.unit_column
        if column is None:
            return False
        if column not in self.frame:
            raise CannotMeasure(f"{self.dataset.name} has no column {column} for its statistical unit")
        return bool(self.frame[column].duplicated().any())

    def require_independent_rows(self) -> None:
        """Refuse what binomial bounds are not valid for: weights, repetitions, several rows of one unit.

        The sentence names the methods that have bounds for such rows, see `checks.design`.
        """
        refuse_weights(self.dataset)
        defect = repetition(row_digests(self.inputs, self.labels), self.parts, fine=self.fine)
        refuse_repetition(self.dataset, defect)
        refuse_clusters(self.dataset, clustered=self.clustered)


def read_table(manifest: Manifest, dataset: Dataset, files: Files) -> Table:
    """Read all files of a data set; raises `CannotMeasure` where they are not as declared."""
    parts = [_READERS[path.rpartition(".")[2]](files.read(path), path) for path in dataset.files]
    arrays = _joined(parts, dataset)
    frame = frame_of_arrays(arrays)
    if dataset.target not in frame:
        raise CannotMeasure(f"{dataset.name} has no column {dataset.target} to be the target")
    inputs = {entry.name: _input(entry, arrays) for entry in manifest.model.inputs}
    return Table(
        dataset=dataset,
        inputs=inputs,
        labels=_labels(manifest, frame[dataset.target]),
        inside=inside(manifest.model.inputs, inputs),
        frame=frame,
        fine=finely_measured(manifest.model.inputs),
        parts=tuple(len(next(iter(part.values()))) for part in parts),
        attributes={attribute.name: attribute for attribute in manifest.data.attributes},
    )


def _read_parquet(data: bytes, path: str) -> dict[str, Any]:
    import pyarrow.parquet

    try:
        _require_different_names(pyarrow.parquet.read_schema(io.BytesIO(data)).names, path)
        table = pyarrow.parquet.read_table(io.BytesIO(data))
    except (pyarrow.ArrowException, OSError) as error:
        raise CannotMeasure(f"{path} is no readable Parquet file: {error}") from error
    if table.nbytes > MAX_UNPACKED_BYTES:
        raise CannotMeasure(f"{path} unpacks to more than {MAX_UNPACKED_BYTES} bytes")
    return dict(table.to_pandas(ignore_metadata=True))  # metadata could hide a column as an index


def _read_csv(data: bytes, path: str) -> dict[str, Any]:
    import pandas as pd

    try:
        header = pd.read_csv(io.BytesIO(data), header=None, nrows=1, dtype=str, skipinitialspace=True)
        with warnings.catch_warnings():  # that rows have more fields than the header, which would be lost
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = pd.read_csv(io.BytesIO(data), skipinitialspace=True, index_col=False)
    except (ValueError, UnicodeDecodeError, pd.errors.ParserWarning) as error:
        raise CannotMeasure(f"{path} is no readable CSV file: {error}") from error
    _require_different_names(header.iloc[0].tolist(), path)
    return dict(frame)


def read_npz(data: bytes, path: str) -> dict[str, Any]:
    """The arrays of an npz file by name, unpacked under a cap; raises `CannotMeasure` where it is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            _require_different_names([name.removesuffix(".npy") for name in archive.namelist()], path)
        if unpacked > MAX_UNPACKED_BYTES:
            raise CannotMeasure(f"{path} unpacks to more than {MAX_UNPACKED_BYTES} bytes")
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (ValueError, OSError, zipfile.BadZipFile, EOFError) as error:
        raise CannotMeasure(f"{path} is no readable npz file: {error}") from error


_READERS: dict[str, Callable[[bytes, str], dict[str, Any]]] = {
    "parquet": _read_parquet,
    "csv": _read_csv,
    "npz": read_npz,
}


def _require_different_names(names: Sequence[str], path: str) -> None:
    again = [str(name) for name, times in Counter(names).items() if times > 1]
    if again:
        raise CannotMeasure(f"{path} has several columns or arrays called {', '.join(again[:5])}")


def _joined(parts: list[dict[str, Any]], dataset: Dataset) -> dict[str, NDArray[Any]]:
    names = list(parts[0])
    if any(list(part) != names for part in parts):
        raise CannotMeasure(f"the files of {dataset.name} do not have the same columns")
    joined = {name: np.concatenate([np.asarray(part[name]) for part in parts]) for name in names}
    if len({len(array) for array in joined.values()}) != 1 or not len(next(iter(joined.values()))):
        raise CannotMeasure(f"{dataset.name} has no rows, or arrays of different lengths")
    return joined


def frame_of_arrays(arrays: Mapping[str, NDArray[Any]]) -> pd.DataFrame:
    """One column per array; an array with more axes is described by the extremes of each case."""
    import pandas as pd

    columns: dict[str, NDArray[Any]] = {}
    for name, array in arrays.items():
        if array.ndim == 1:
            columns[name] = array
            continue
        flat = array.reshape(len(array), -1)
        least, most = extremes_of(name)
        if {least, most} & arrays.keys():
            raise CannotMeasure(f"an array called {least} or {most} hides the extremes of the array {name}")
        columns |= {least: flat.min(axis=1), most: flat.max(axis=1)}
    return pd.DataFrame(columns)


def _input(entry: Input, arrays: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    if isinstance(entry, TableInput):
        columns = [_numeric(arrays, column.name) for column in entry.columns]
        return _typed(np.stack(columns, axis=1), entry)
    return fed(entry, arrays)


def fed(entry: TensorInput, arrays: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    """The array that is fed to an input, in its type; `CannotMeasure` if there is none of its shape."""
    array = arrays.get(entry.array)
    if array is None or array.shape[1:] != entry.shape:
        found = "no such array" if array is None else f"cases of shape {array.shape[1:]}"
        raise CannotMeasure(f"expected the array {entry.array} with cases of {entry.shape}, found {found}")
    return _typed(array, entry)


def _typed(array: NDArray[Any], entry: Input) -> NDArray[Any]:
    if entry.dtype.startswith("int"):
        allowed = np.iinfo(entry.dtype)
        if not ((array >= allowed.min) & (array <= allowed.max)).all():  # false for NaN as well
            raise CannotMeasure(f"the integer input {entry.name} is given values that are no {entry.dtype}")
    with np.errstate(over="ignore"):  # what float32 cannot hold is infinite, and lies outside
        return array.astype(entry.dtype)


def _numeric(arrays: Mapping[str, NDArray[Any]], name: str) -> NDArray[np.float64]:
    import pandas as pd

    if name not in arrays:
        raise CannotMeasure(f"the data have no column {name}, which the model is declared to take")
    return pd.to_numeric(pd.Series(arrays[name]), errors="coerce").to_numpy(dtype=np.float64)


def _labels(manifest: Manifest, target: pd.Series[Any]) -> NDArray[Any]:
    import pandas as pd

    if isinstance(manifest.model.decision, IdentityRule):
        return pd.to_numeric(target, errors="coerce").to_numpy(dtype=np.float64)
    classes = classes_of(manifest.model.decision)
    codes = as_codes(target)
    _require_the_same_words(codes, classes)
    index = {name: position for position, name in enumerate(classes)}
    return codes.map(index).fillna(UNDECIDED).to_numpy(dtype=np.int64)


def _require_the_same_words(codes: pd.Series[Any], classes: Sequence[str]) -> None:
    """A class that never occurs beside labels that are no class is a slip of the pen, and no bad model."""
    found = set(codes.dropna().unique())
    foreign, absent = sorted(found - set(classes)), [name for name in classes if name not in found]
    if foreign and absent:
        rows = int(codes.isin(foreign).sum())
        raise CannotMeasure(
            f"the column {codes.name} should hold the classes {', '.join(classes)}; it holds "
            f"{', '.join(map(repr, foreign[:5]))} in {rows} rows, and never {', '.join(absent)}"
        )


_EXACT = 2**53
"""Beyond it a float is no exact integer, and no code."""


def as_codes(column: pd.Series[Any]) -> pd.Series[Any]:
    """A column as text in which 1, 1.0 and "1" are the same code; a missing value is missing, and no code."""
    import pandas as pd

    text = column.astype(str).where(column.notna())
    if pd.api.types.is_bool_dtype(column) or not pd.api.types.is_numeric_dtype(column):
        return text
    whole = (column == column.round()) & (column.abs() < _EXACT)
    return text.where(~whole, column.where(whole, 0).astype("int64").astype(str))


def _require_one_group_per_row(column: pd.Series[Any], attribute: Attribute) -> None:
    groups = np.sum([in_group(column, group) for group in attribute.groups], axis=0)
    none, several = int((groups == 0).sum()), int((groups > 1).sum())
    if none or several:
        raise CannotMeasure(
            f"{none} of {len(groups)} rows belong to no group of {attribute.name} and {several} to several, "
            "where each must belong to exactly one"
        )


def in_group(column: pd.Series[Any], group: Group) -> Mask:
    """Which values of the source of an attribute mean one of its groups."""
    import pandas as pd

    if group.codes is not None:
        return as_codes(column).isin(group.codes).to_numpy(dtype=np.bool_)
    values = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64)
    low, high = float(group.from_ or 0), float(group.below or 0)
    return np.asarray((values >= low) & (values < high), dtype=np.bool_)
