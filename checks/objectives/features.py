"""The columns of a model's input that stand for a feature, and the same rows with other values in them.

A feature is a column, or an attribute by which rows are told apart. An attribute may be fed in a column of
its own, or in other words: where a column alone tells nearly always to which group a row belongs, it is moved
as well, whatever it is called and however it is scaled. Goodman and Kruskal's lambda (JASA 49, 1954, 732-764)
says how nearly: the share of wrong guesses of the group that are avoided by looking at the column. What
several columns tell together, or one of them tells half of the time, is not found here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from certify.submission.model import CodedColumn, Column, TableInput
from checks.domain import Mask
from checks.measured import CannotMeasure
from checks.predictor import Inputs
from checks.subject import Subject
from checks.table import Table

_TELLING: Final = 0.8
"""A column with such a lambda or more stands for the attribute: ours, as are the two below."""

_MOST_PARTS, _FEWEST_ROWS = 50, 10
"""Numbers are grouped by rank into so many parts at most, each of so many rows at least."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A column of an input: where the model reads it, and what is declared of it."""

    entry: TableInput
    at: int

    @property
    def column(self) -> Column:
        """Its declaration."""
        return self.entry.columns[self.at]

    @property
    def coded(self) -> bool:
        """Whether it holds codes, which can be tried one by one."""
        return isinstance(self.column, CodedColumn)

    def values(self, inputs: Inputs) -> NDArray[Any]:
        """What each row holds there, of shape [rows]."""
        return inputs[self.entry.name][:, self.at]

    def put(self, inputs: Inputs, values: Any) -> Inputs:
        """The same rows with other values there."""
        changed = inputs[self.entry.name].copy()
        changed[:, self.at] = values
        return {**inputs, self.entry.name: changed}


def places_of(subject: Subject, data: Table, feature: str) -> tuple[Place, ...]:
    """Where the model is fed a feature; nowhere if it is an attribute of which the model is told nothing.

    Raises `CannotMeasure` for what is neither a column nor an attribute, for an array, for an attribute of a
    model that is fed arrays (in an image it may be seen, and cannot be moved), and for one that is not fed
    under its own name while all rows belong to one group of it: then no column could be recognised.
    """
    named = [place for place in _places(subject) if place.column.name == feature]
    attribute = data.attributes.get(feature)
    if attribute is None:
        if not named:
            raise CannotMeasure(f"{feature} is neither a column that the model is fed nor an attribute")
        return _with_copies(named, subject, data)
    if not all(isinstance(entry, TableInput) for entry in subject.manifest.model.inputs):
        raise CannotMeasure(f"the model is fed arrays, in which {feature} cannot be moved")
    group = _groups(data, feature)
    telling = [p for p in _places(subject) if p.column.name == attribute.source or _tells(p, data, group)]
    if not named and not telling and len(np.unique(group)) < 2:
        raise CannotMeasure(f"all rows belong to one group of {feature}: no column could be recognised by it")
    return tuple(dict.fromkeys([*named, *telling]))


def _with_copies(named: list[Place], subject: Subject, data: Table) -> tuple[Place, ...]:
    """The column, and each other one that tells its values: a copy under another name, in other units."""
    values = [_parts(place.values(data.inputs)) for place in named]
    telling = [p for p in _places(subject) if any(_tells(p, data, value) for value in values)]
    return tuple(dict.fromkeys([*named, *telling]))


def _places(subject: Subject) -> Iterator[Place]:
    for entry in subject.manifest.model.inputs:
        if isinstance(entry, TableInput):
            yield from (Place(entry=entry, at=at) for at in range(len(entry.columns)))


def _groups(data: Table, feature: str) -> NDArray[np.int64]:
    """The index of the group of each row."""
    strata = data.attributes[feature].strata()
    members = np.stack([data.members(stratum) for stratum in strata])
    return np.asarray(np.argmax(members, axis=0), dtype=np.int64)


def _tells(place: Place, data: Table, group: NDArray[np.int64]) -> bool:
    """Whether the column tells the groups apart, as `sex_code` does for `sex`."""
    counts = np.zeros((data.rows, int(group.max()) + 1), dtype=np.int64)
    np.add.at(counts, (_parts(place.values(data.inputs)), group), 1)
    wrong_blindly = data.rows - int(counts.sum(axis=0).max())
    wrong = data.rows - int(counts.max(axis=1).sum())
    return wrong_blindly > 0 and 1 - wrong / wrong_blindly >= _TELLING


def _parts(values: NDArray[Any]) -> NDArray[np.int64]:
    """The part to which each value belongs: a value by itself if there are few, else ranks side by side."""
    different, part = np.unique(values, return_inverse=True)
    most = max(1, min(_MOST_PARTS, len(values) // _FEWEST_ROWS))
    if len(different) <= most:
        return np.asarray(part, dtype=np.int64)
    order = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    return np.asarray(order * most // len(values), dtype=np.int64)


def moved(place: Place, inputs: Inputs, partner: NDArray[np.int64]) -> Iterator[Inputs]:
    """The same rows with each other declared code in the place, or with the number of their partner.

    With a code that a row holds already nothing of it is moved.
    """
    if isinstance(place.column, CodedColumn):
        yield from (place.put(inputs, float(code)) for code in place.column.codes)
        return
    yield place.put(inputs, place.values(inputs)[partner])


def moved_together(places: tuple[Place, ...], inputs: Inputs, partner: NDArray[np.int64]) -> Inputs:
    """The same rows with the values of their partner in all places at once.

    A model that goes by what most of several copies say does not move with any one of them.
    """
    for place in places:
        inputs = place.put(inputs, place.values(inputs)[partner])
    return inputs


def differs(place: Place, before: Inputs, after: Inputs) -> Mask:
    """Which rows hold another value in the place."""
    return np.asarray(place.values(before) != place.values(after), dtype=np.bool_)
