"""The numbers that a model is fed, one feature beside the other: columns of a table, elements of a tensor.

For methods that look at what is fed and at what is true, and never at an answer of the model. Tables are
streamed from their files, some rows at a time; tensors are read whole, as whoever runs the model does, and
are as large as an npz file may be. A value that is no number is NaN, and a column holds it as such.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from certify.submission.manifest import Manifest
from certify.submission.model import CodedColumn, Column, IdentityRule, TableInput, TensorInput
from checks.predictor import UNDECIDED, classes_of
from checks.relation import Relation
from checks.subject import Subject
from checks.table import as_codes

if TYPE_CHECKING:
    import pandas as pd

_NUMBERS: Final = 8_000_000
"""So many numbers are held at a time: 64 megabytes."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Feature:
    """One number of a case: a code, or a quantity, that is declared to lie between `low` and `high`."""

    name: str
    """That of its column, or of its array with the place of the element: `image[3,0]`."""
    codes: int
    """How many different codes it has; 0 for a quantity."""
    low: float
    high: float
    step: float = 0.0
    """The least difference between two codes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cases:
    """Some rows: `values` of shape [rows, features], and what is true of each.

    `labels` are indices of classes (`UNDECIDED` where it is none), or numbers for a regression; `places` are
    the numbers of the rows in the order of the files.
    """

    values: Numbers
    labels: NDArray[Any]
    places: NDArray[np.int64]

    def chosen(self, rows: NDArray[Any]) -> Cases:
        """Some of these rows, by a mask or by their numbers here."""
        return Cases(values=self.values[rows], labels=self.labels[rows], places=self.places[rows])


def features(manifest: Manifest) -> tuple[Feature, ...]:
    """All features in the order in which they are fed."""
    found: list[Feature] = []
    for entry in manifest.model.inputs:
        found += map(_column, entry.columns) if isinstance(entry, TableInput) else _elements(entry)
    return tuple(found)


def stream(subject: Subject, relation: Relation) -> Iterator[Cases]:
    """All rows in the order of the files, some at a time."""
    width = len(features(subject.manifest))
    at_a_time = max(1, _NUMBERS // width)
    if all(isinstance(entry, TableInput) for entry in subject.manifest.model.inputs):
        yield from _from_columns(subject.manifest, relation, at_a_time)
    else:
        yield from _from_arrays(subject, relation, at_a_time)


def drawn(subject: Subject, relation: Relation, rows: int, random: np.random.Generator) -> Cases:
    """All rows where there are not more than `rows`; else so many of them, drawn without replacement."""
    parts = list(stream(subject, relation)) if relation.rows <= rows else []
    if not parts:
        chosen = np.sort(random.choice(relation.rows, rows, replace=False))
        for cases in stream(subject, relation):
            parts.append(cases.chosen(np.isin(cases.places, chosen, assume_unique=True)))
    return Cases(
        values=np.concatenate([part.values for part in parts]),
        labels=np.concatenate([part.labels for part in parts]),
        places=np.concatenate([part.places for part in parts]),
    )


def _column(column: Column) -> Feature:
    if isinstance(column, CodedColumn):
        codes = np.sort([float(code) for code in column.codes])
        step = float(np.diff(codes).min())
        ends = float(codes[0]), float(codes[-1])
        return Feature(name=column.name, codes=len(codes), low=ends[0], high=ends[1], step=step)
    low, high = map(float, column.range)
    return Feature(name=column.name, codes=0, low=low, high=high)


def _elements(entry: TensorInput) -> Iterator[Feature]:
    low, high = map(float, entry.elements.range)
    for place in np.ndindex(*entry.shape):
        name = f"{entry.array}[{','.join(map(str, place))}]"
        yield Feature(name=name, codes=0, low=low, high=high)


def _from_columns(manifest: Manifest, relation: Relation, at_a_time: int) -> Iterator[Cases]:
    names = [feature.name for feature in features(manifest)]
    target = relation.dataset.target
    first = 0
    for frame in relation.frames([*dict.fromkeys(names), target], rows=at_a_time):
        values = np.stack([_numbers(frame[name]) for name in names], axis=1)
        places = np.arange(first, first + len(frame))
        yield Cases(values=values, labels=_labels(manifest, frame[target]), places=places)
        first += len(frame)


def _from_arrays(subject: Subject, relation: Relation, at_a_time: int) -> Iterator[Cases]:
    table = subject.table(relation.dataset.role)
    for start in range(0, table.rows, at_a_time):
        part = slice(start, min(start + at_a_time, table.rows))
        arrays = [table.inputs[entry.name][part] for entry in subject.manifest.model.inputs]
        flat = [array.reshape(len(array), math.prod(array.shape[1:])) for array in arrays]
        values, places = np.hstack(flat).astype(np.float64), np.arange(part.start, part.stop)
        yield Cases(values=values, labels=table.labels[part], places=places)


def _numbers(column: pd.Series[Any]) -> Numbers:
    import pandas as pd

    return pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)


def _labels(manifest: Manifest, target: pd.Series[Any]) -> NDArray[Any]:
    if isinstance(manifest.model.decision, IdentityRule):
        return _numbers(target)
    places = {name: place for place, name in enumerate(classes_of(manifest.model.decision))}
    return as_codes(target).map(places).fillna(UNDECIDED).to_numpy(dtype=np.int64)
