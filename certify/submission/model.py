"""The model: its file, and its contract as something that can be executed.

The contract is the operational domain: each input with unit and range, each output, the rule that turns
outputs into a decision. Fuzzing draws from it, robustness perturbs by its declared noise, and decisions
are made by its rule and by nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from certify.submission.relation import Relation
from certify.value import Line, Number, Prose, Value

Task = Literal["binary", "multiclass", "regression", "ranking", "forecasting", "text", "generation"]
ElementType = Literal["float32", "float64", "int32", "int64"]

RULES: Final[Mapping[str, str]] = {
    "binary": "threshold",
    "multiclass": "argmax",
    "regression": "identity",
    "forecasting": "identity",
}
"""The one decision rule of each task that methods can measure; other tasks are words of the format only."""


class Noise(Value):
    """Measurement noise of one quantity: normal with standard deviation `scale`, or uniform ± `scale`."""

    distribution: Literal["normal", "uniform"]
    scale: Number = Field(gt=0)
    source: Prose


class Leeway(Value):
    """How far somebody who wants another answer can move a number: by so much `up` and `down`, in its unit.

    Zero says that it cannot be moved to that side, as an age cannot fall.
    """

    up: Number = Field(ge=0)
    down: Number = Field(ge=0)
    source: Prose


class CodeLeeway(Value):
    """To which codes somebody who wants another answer can change a code, whatever it is; [] says to none."""

    to: tuple[Number, ...]
    source: Prose


class Quantity(Value):
    """What one number of an input stands for, and where it may lie.

    `exact` says why a quantity has no measurement noise; a quantity with neither says nothing about noise.
    Without `perturbable` nothing is said of whether somebody can move it.
    """

    unit: Line
    range: tuple[Number, Number]
    step: Number | None = Field(default=None, gt=0)
    noise: Noise | None = None
    exact: Prose | None = None
    perturbable: Leeway | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        low, high = map(Fraction, self.range)
        if low >= high:
            raise ValueError("a range [lowest, highest] with lowest below highest")
        if self.step is not None and (high - low) % Fraction(self.step) != 0:
            raise ValueError("a step of which a whole number leads from the lowest to the highest value")
        return self

    @model_validator(mode="after")
    def _noisy_or_exact(self) -> Self:
        if self.noise is not None and self.exact is not None:
            raise ValueError("either noise, or the reason why the quantity is exact")
        return self


class MeasuredColumn(Quantity):
    """A numeric column of a table."""

    kind: Literal["measured"]
    name: Line
    direction: Literal["increasing", "decreasing"] | None = None
    """increasing: more of it never turns the positive decision into the negative one; None: no claim."""


class CodedColumn(Value):
    """A column that holds codes; the model has seen these and no others."""

    kind: Literal["coded"]
    name: Line
    codes: tuple[Number, ...] = Field(min_length=2)
    meaning: Prose
    perturbable: CodeLeeway | None = None

    @model_validator(mode="after")
    def _each_code_once(self) -> Self:
        if len(set(self.codes)) != len(self.codes):
            raise ValueError("each code once")
        return self

    @model_validator(mode="after")
    def _changes_to_its_own_codes(self) -> Self:
        to = self.perturbable.to if self.perturbable else ()
        if len(set(to)) != len(to) or not set(to) <= set(self.codes):
            raise ValueError("under perturbable.to each code once, and none that is not declared under codes")
        return self


Column = Annotated[MeasuredColumn | CodedColumn, Field(discriminator="kind")]


class TableInput(Value):
    """An input tensor of shape [cases, columns], filled from the named columns in this order."""

    kind: Literal["table"]
    name: Line
    dtype: ElementType
    columns: tuple[Column, ...] = Field(min_length=1)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one case, without the batch axis."""
        return (len(self.columns),)


class TensorInput(Value):
    """An input tensor of shape [cases, *shape] in which every element is the same quantity."""

    kind: Literal["tensor"]
    name: Line
    dtype: ElementType
    shape: tuple[Annotated[int, Field(ge=1, le=4096)], ...] = Field(min_length=1, max_length=5)
    array: Line
    elements: Quantity


Input = Annotated[TableInput | TensorInput, Field(discriminator="kind")]


def extremes_of(array: str) -> tuple[str, str]:
    """The names of the two columns by which an array of several axes is described to rules and groups."""
    return f"{array}.min", f"{array}.max"


class Output(Value):
    """An output tensor: what its numbers are, and the range that they never leave (None: no claim)."""

    name: Line
    content: Literal["score", "probability", "label", "value"]
    range: tuple[Number, Number] | None = None


class ArgmaxRule(Value):
    """The class with the highest number, among three or more; ties go to the first."""

    rule: Literal["argmax"]
    output: Line
    classes: tuple[Line, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _several_classes_each_once(self) -> Self:
        if len(self.classes) == 2:
            raise ValueError("three classes or more; of two classes the rule threshold decides")
        if len(set(self.classes)) != len(self.classes):
            raise ValueError("each class once")
        return self


class ThresholdRule(Value):
    """The positive class where the number reaches the threshold, else the negative class.

    `column` picks one of several numbers per case, counted from 0.
    """

    rule: Literal["threshold"]
    output: Line
    column: int = Field(default=0, ge=0)
    threshold: Number
    negative: Line
    positive: Line
    favourable: Literal["negative", "positive"]
    """Which of the two a person affected would rather receive."""

    @model_validator(mode="after")
    def _two_classes(self) -> Self:
        if self.negative == self.positive:
            raise ValueError("two decisions with different names")
        return self

    @property
    def classes(self) -> tuple[str, ...]:
        """Negative first."""
        return (self.negative, self.positive)


class IdentityRule(Value):
    """The number itself is the answer (regression)."""

    rule: Literal["identity"]
    output: Line
    unit: Line
    range: tuple[Number, Number]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.range[0] >= self.range[1]:
            raise ValueError("a range [lowest, highest] with lowest below highest")
        return self


DecisionRule = Annotated[ArgmaxRule | ThresholdRule | IdentityRule, Field(discriminator="rule")]


class Model(Value):
    """An ONNX model and its contract. `preprocessing` is a second graph that runs before it.

    `learns_in_use`: whether its weights change after it was handed over.
    """

    file: Line
    preprocessing: Line | None = None
    task: Task
    learns_in_use: bool | None = None
    inputs: tuple[Input, ...] = Field(min_length=1)
    outputs: tuple[Output, ...] = Field(min_length=1)
    decision: DecisionRule
    relations: tuple[Relation, ...] | None = Field(default=None, min_length=1)
    """What holds between a case and a changed one; left out, nothing is said."""

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        outputs = [output.name for output in self.outputs]
        if self.decision.output not in outputs:
            raise ValueError(f"a decision on one of the outputs {', '.join(outputs)}")
        for names in (outputs, [i.name for i in self.inputs]):
            if len(set(names)) != len(names):
                raise ValueError("each input and output name once")
        return self

    @model_validator(mode="after")
    def _decides_as_its_task_says(self) -> Self:
        if self.task not in RULES:
            measured = ", ".join(RULES)
            raise ValueError(f"one of the tasks {measured}: no method measures the task {self.task} yet")
        if self.decision.rule != RULES[self.task]:
            raise ValueError(f"the rule {RULES[self.task]} for the task {self.task}")
        return self

    @model_validator(mode="after")
    def _relations_speak_of_what_is_there(self) -> Self:
        relations = self.relations or ()
        if len({relation.name for relation in relations}) != len(relations):
            raise ValueError("each relation under a name of its own")
        arrays = {entry.array for entry in self.inputs if isinstance(entry, TensorInput)}
        for relation in relations:
            for change in relation.changes:
                if change.of not in self.sources or (change.of_pictures and change.of not in arrays):
                    raise ValueError(
                        f"columns and arrays that the model is fed under changes of {relation.name}, and "
                        f"arrays for mirror and shift; not {change.of}"
                    )
        return self

    @model_validator(mode="after")
    def _relations_fit_the_rule(self) -> Self:
        allowed = {"identity": ("same", "not_lower", "not_higher", "scaled"), "argmax": ("same",)}
        known = allowed.get(self.decision.rule, ("same", "not_lower", "not_higher"))
        for relation in self.relations or ():
            if relation.answer not in known:
                raise ValueError(f"for the rule {self.decision.rule} an answer among {', '.join(known)}")
        return self

    @property
    def sources(self) -> tuple[str, ...]:
        """The columns and arrays of the data that are fed to the model."""
        tables = [column.name for i in self.inputs if isinstance(i, TableInput) for column in i.columns]
        return (*tables, *(i.array for i in self.inputs if isinstance(i, TensorInput)))

    @property
    def files(self) -> tuple[str, ...]:
        """Paths of all graphs, in the order in which they run."""
        return (self.preprocessing, self.file) if self.preprocessing else (self.file,)
