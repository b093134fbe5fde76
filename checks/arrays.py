"""The arrays of an npz file as columns: one for each row of an array with one axis, five for one with more.

Such an array is described by its extremes, as in a `Table`, and, if the model is fed with it, by what whoever
counts has to know of a row and cannot see in them: which rows are equal, which miss a number, and which lie
inside the declared contract.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from certify.submission.manifest import Manifest
from certify.submission.model import TensorInput
from checks.domain import inside
from checks.measured import CannotMeasure
from checks.repetition import input_digests
from checks.table import fed, frame_of_arrays, read_npz

if TYPE_CHECKING:
    import pandas as pd


def identity_of(array: str) -> str:
    """The column that holds a number which is equal where the cases of an array are."""
    return f"{array}.identity"


def missing_of(array: str) -> str:
    """The column that is true where a case of an array lacks a number."""
    return f"{array}.missing"


def inside_of(array: str) -> str:
    """The column that is true where a case of an array lies inside the declared contract."""
    return f"{array}.inside"


def arrays_as_columns(manifest: Manifest, data: bytes, path: str) -> pd.DataFrame:
    """The columns of one npz file; raises `CannotMeasure` where an array is not as declared."""
    arrays = read_npz(data, path)
    frame = frame_of_arrays(arrays)
    for entry in manifest.model.inputs:
        if isinstance(entry, TensorInput):
            hidden = _described(entry, arrays)
            if not hidden.keys().isdisjoint(frame.columns):
                raise CannotMeasure(
                    f"arrays called {', '.join(hidden)} would hide what is said of {entry.array}"
                )
            frame = frame.assign(**hidden)
    return frame


def _described(entry: TensorInput, arrays: dict[str, Any]) -> dict[str, NDArray[Any]]:
    values = fed(entry, arrays)
    axes = tuple(range(1, values.ndim))
    return {
        identity_of(entry.array): _identities(values),
        missing_of(entry.array): np.asarray(np.isnan(values).any(axis=axes)),
        inside_of(entry.array): inside((entry,), {entry.name: values}),
    }


def _identities(values: NDArray[Any]) -> NDArray[np.uint64]:
    """64 bits of a digest: among ten million cases two are taken for equal once in 400,000 tables."""
    digests = [hashlib.blake2b(row, digest_size=8).digest() for row in input_digests({"": values})]
    return np.frombuffer(b"".join(digests), dtype=np.uint64)
