"""Whether a decision about a person would be another one if only a protected attribute were.

Toggling asks each row again with another code of the attribute and everything else as it is: "fairness
through unawareness" put to the test (Kusner, Loftus, Russell and Silva, Counterfactual Fairness, NeurIPS
2017, section 2; the attribute alone is changed here, not what follows from it in life). It sees what the
model does with the attribute itself, and nothing of what it does with other columns that stand for it.

An attribute that the model is not fed cannot be toggled: no flip would be seen, whatever the model does with
its proxies. It is refused and does not pass; and so is one that another column tells in other words, which
would go on telling it while the first is toggled.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from certify.submission.data import Attribute
from certify.submission.model import CodedColumn, IdentityRule, TableInput
from checks.domain import Mask
from checks.measured import CannotMeasure, Confidence, Measured
from checks.objectives.features import places_of
from checks.predictor import UNDECIDED, Inputs
from checks.statistics.proportions import proportion
from checks.subject import Subject
from checks.table import Table, in_group


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where the model is fed an attribute, and the codes that its contract knows there."""

    entry: str
    column: int
    codes: NDArray[np.float64]


def counterfactual_flips(
    subject: Subject, data: Table | None, confidence: Confidence, *, attributes: tuple[str, ...]
) -> Measured:
    """Estimates `flipped_share` per attribute: the share of rows that another code of it decides otherwise.

    A row without a decision, before or after, counts as flipped. Raises `CannotMeasure` for an attribute that
    is not declared, not protected, not fed to the model, or fed as something else than codes, and for one of
    which a group has no row.
    """
    if data is None or not attributes:
        raise CannotMeasure("attributes are toggled in data, and no data or no attribute were given")
    if isinstance(subject.manifest.model.decision, IdentityRule):
        raise CannotMeasure("a number is not flipped: decisions are compared, and this model takes none")
    data.require_independent_rows()
    places = {name: place_of(subject, data, protected(data, name)) for name in attributes}
    decided = subject.decide(data)
    family = confidence.over(len(places))
    return Measured(
        estimates=tuple(
            proportion(int(_flipped(subject, data, decided, name, place).sum()), data.rows, family).estimate(
                statistic="flipped_share", stratum=name, confidence=family
            )
            for name, place in places.items()
        )
    )


def protected(data: Table, name: str) -> Attribute:
    """The attribute of that name; `CannotMeasure` unless it is declared, and declared as protected."""
    attribute = data.attributes.get(name)
    if attribute is None:
        raise CannotMeasure(f"the submission declares no attribute {name}")
    if not attribute.protected:
        raise CannotMeasure(f"the submission does not declare the attribute {name} as protected")
    return attribute


def place_of(subject: Subject, data: Table, attribute: Attribute) -> Place:
    """Where the model is fed an attribute; `CannotMeasure` unless it is once, as codes, and nowhere in other
    words."""
    found = [
        (entry.name, at, column)
        for entry in subject.manifest.model.inputs
        if isinstance(entry, TableInput)
        for at, column in enumerate(entry.columns)
        if column.name == attribute.source
    ]
    if len(found) != 1:
        where = "is not fed to the model" if not found else "is fed to the model more than once"
        raise CannotMeasure(
            f"{attribute.source}, which holds {attribute.name}, {where}: toggling it shows nothing"
        )
    ((entry, at, column),) = found
    places = [place.column.name for place in places_of(subject, data, attribute.name)]
    if others := [name for name in places if name != attribute.source]:
        raise CannotMeasure(
            f"the model is also fed {', '.join(others)}, which tells {attribute.name} in other words: "
            f"toggling {attribute.source} alone shows nothing"
        )
    if not isinstance(column, CodedColumn):
        raise CannotMeasure(
            f"{attribute.source} holds no codes but a measured number, which has no other value"
        )
    return Place(entry=entry, column=at, codes=np.array([float(code) for code in column.codes]))


def _flipped(subject: Subject, data: Table, decided: NDArray[np.int64], name: str, place: Place) -> Mask:
    flipped: Mask = decided == UNDECIDED
    for rows, code in _questions(data, data.attributes[name], place):
        asked = {entry: values[rows] for entry, values in data.inputs.items()}
        flipped[rows] |= subject.predictor.decide(_with(asked, place, code)) != decided[rows]
    return flipped


def _questions(data: Table, attribute: Attribute, place: Place) -> Iterator[tuple[Mask, float]]:
    """The rows of each group with every code that means another group."""
    import pandas as pd

    codes = pd.Series(place.codes)
    for group, stratum in zip(attribute.groups, attribute.strata(), strict=True):
        rows = data.members(stratum)
        others = [
            float(code)
            for other in attribute.groups
            if other != group
            for code in codes[in_group(codes, other)]
        ]
        if not others:
            raise CannotMeasure(f"the contract knows no code of another group than {stratum}")
        if not rows.any():
            raise CannotMeasure(f"no row of {stratum}: of what would change for them nothing is known")
        yield from ((rows, code) for code in others)


def _with(inputs: Inputs, place: Place, code: float) -> Inputs:
    values = inputs[place.entry].copy()
    values[:, place.column] = code
    return {**inputs, place.entry: values}
