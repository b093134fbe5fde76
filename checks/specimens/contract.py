"""What a mutation has to know of a specimen: what it is fed, what it answers, and which group is first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certify.errors import Problem, UnusableInput
from checks.specimens.folder import Json, manifest_of
from checks.specimens.rows import Rows


@dataclass(frozen=True, slots=True)
class Contract:
    """The declarations of one specimen, which has one input and one output."""

    declared: Json

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes in the order of their indices; none for a number."""
        rule = self._model["decision"]
        if rule["rule"] == "threshold":
            return (rule["negative"], rule["positive"])
        return tuple(rule.get("classes", ()))

    @property
    def binary(self) -> bool:
        """Whether it decides between two classes."""
        return str(self._model["task"]) == "binary"

    @property
    def favourable(self) -> str:
        """The class of a binary decision that a person would rather be given."""
        rule = self._model["decision"]
        return str(rule[rule["favourable"]])

    @property
    def answered(self) -> int:
        """How many numbers it answers for one case."""
        return 1 if self.binary else max(1, len(self.classes))

    @property
    def lowest(self) -> float:
        """The lowest number that it ever answers."""
        return float(self._model["outputs"][0]["range"][0])

    @property
    def highest(self) -> float:
        """The highest number that it ever answers."""
        return float(self._model["outputs"][0]["range"][1])

    @property
    def columns(self) -> list[Json]:
        """What is declared of each column that it is fed; none for an image."""
        return list(self._entry.get("columns", []))

    @property
    def array(self) -> str:
        """The array of images that it is fed."""
        return str(self._entry["array"])

    @property
    def measured(self) -> list[str]:
        """The columns that hold measured numbers."""
        return [str(column["name"]) for column in self.columns if column["kind"] == "measured"]

    def quantity(self, name: str) -> Json:
        """What is declared of a measured column, or of the elements of the array of images."""
        for column in self.columns:
            if column["name"] == name:
                return column
        elements: Json = self._entry["elements"]
        return elements

    def range_of(self, name: str) -> tuple[float, float]:
        """Lowest and highest value of a measured column, or of the elements of the array of images."""
        low, high = self.quantity(name)["range"]
        return float(low), float(high)

    @property
    def fed(self) -> list[str]:
        """The columns or the array that hold measured numbers."""
        return self.measured or [self.array]

    @property
    def widths(self) -> NDArray[np.float64]:
        """How wide the range of each number is that it is fed for one case; 1 for a code."""
        if not self.columns:
            low, high = self.range_of(self.array)
            return np.full(int(np.prod(self._entry["shape"])), high - low)
        ends = [column.get("range", (0, 1)) for column in self.columns]
        return np.asarray([float(high) - float(low) for low, high in ends])

    @property
    def last(self) -> int:
        """The place of the last measured number among those of one case."""
        return len(self.widths) - 1

    @property
    def range_of_last(self) -> tuple[float, float]:
        """Its range."""
        return self.range_of(self.fed[-1])

    def numbers(self, rows: Rows) -> NDArray[np.float64]:
        """What it is fed for each row, of shape [rows, numbers]."""
        if self.columns:
            return np.stack([rows[c["name"]] for c in self.columns], axis=1).astype(np.float64)
        images = rows[self.array]
        return images.reshape(len(images), -1).astype(np.float64)

    def with_numbers(self, rows: Rows, numbers: NDArray[np.float64]) -> Rows:
        """The rows with other measured numbers, six decimals each; codes stay."""
        near = numbers.round(6)
        if not self.columns:
            images = rows[self.array]
            return {**rows, self.array: near.reshape(images.shape).astype(images.dtype)}
        places = {
            name: at for at, name in enumerate(c["name"] for c in self.columns) if name in self.measured
        }
        return {**rows, **{name: near[:, at] for name, at in places.items()}}

    @property
    def noise(self) -> NDArray[np.float64]:
        """The declared noise of each number that it is fed for one case; 0 where there is none."""
        if not self.columns:
            return np.full(len(self.widths), _scale(self._entry["elements"]))
        return np.asarray([_scale(column) for column in self.columns])

    @property
    def first_attribute(self) -> Json | None:
        """The attribute that is declared first, if any is."""
        attributes = self.declared["data"]["attributes"]
        return dict(attributes[0]) if attributes else None

    def members(self, rows: Rows) -> NDArray[np.bool_]:
        """Which rows belong to the first group of the first attribute."""
        assert self.first_attribute is not None
        return np.asarray(rows[self.first_attribute["source"]] == self.code_of_group, dtype=np.bool_)

    @property
    def second_attribute(self) -> Json | None:
        """The attribute that is declared after it, if any is."""
        attributes = self.declared["data"]["attributes"]
        return dict(attributes[1]) if len(attributes) > 1 else None

    def second_members(self, rows: Rows) -> NDArray[np.bool_]:
        """Which rows belong to the first group of the second attribute."""
        assert self.second_attribute is not None
        values, group = rows[self.second_attribute["source"]], self.second_attribute["groups"][0]
        if "codes" in group:
            return np.asarray(np.isin(values, group["codes"]), dtype=np.bool_)
        return np.asarray((values >= group["from"]) & (values < group["below"]), dtype=np.bool_)

    @property
    def code_of_group(self) -> Any:
        """The code of that group."""
        assert self.first_attribute is not None
        return self.first_attribute["groups"][0]["codes"][0]

    @property
    def group_is_fed(self) -> bool:
        """Whether the model is told who belongs to it."""
        source = self.first_attribute["source"] if self.first_attribute else None
        return source in [column["name"] for column in self.columns]

    @property
    def column_of_group(self) -> int:
        """At which place among the columns."""
        assert self.first_attribute is not None
        return [column["name"] for column in self.columns].index(self.first_attribute["source"])

    @property
    def _model(self) -> Json:
        return dict(self.declared["model"])

    @property
    def _entry(self) -> Json:
        return dict(self._model["inputs"][0])


def _scale(quantity: Json) -> float:
    return float((quantity.get("noise") or {}).get("scale", 0))


def contract_of(folder: Path) -> Contract:
    """The contract that a folder declares."""
    return Contract(manifest_of(folder))


def require(folder: Path, fits: bool, wanted: str) -> None:
    """Raises `UnusableInput` unless the specimen has what a mutation needs in order to make sense."""
    if not fits:
        raise UnusableInput(
            Problem(
                source=str(folder),
                expected=f"a specimen with {wanted}",
                found="one without",
                remedy="Name another mutation or another specimen.",
                code="senseless-mutation",
            )
        )
