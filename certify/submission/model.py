"""The model: its file, and its contract as something that can be executed.

The contract is the operational domain: each input with unit and range, each output, the rule that turns
outputs into a decision. Fuzzing draws from it, robustness perturbs by its declared noise, and decisions
are made by its rule and by nothing else.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from certify.value import Line, Number, Prose, Value

Task = Literal["binary", "multiclass", "regression", "ranking", "forecasting", "text", "generation"]
ElementType = Literal["float32", "float64", "int32", "int64"]


class Noise(Value):
    """Measurement noise of one quantity: normal with standard deviation `scale`, or uniform ± `scale`."""

    distribution: Literal["normal", "uniform"]
    scale: Number = Field(gt=0)
    source: Prose


class Quantity(Value):
    """What one number of an input stands for, and where it may lie."""

    unit: Line
    range: tuple[Number, Number]
    step: Number | None = Field(default=None, gt=0)
    noise: Noise | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.range[0] >= self.range[1]:
            raise ValueError("a range [lowest, highest] with lowest below highest")
        return self


class MeasuredColumn(Quantity):
    """A numeric column of a table."""

    kind: Literal["measured"]
    name: Line


class CodedColumn(Value):
    """A column that holds codes; the model has seen these and no others."""

    kind: Literal["coded"]
    name: Line
    codes: tuple[Number, ...] = Field(min_length=2)
    meaning: Prose


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


class Output(Value):
    """An output tensor: what its numbers are, and the range that they never leave (None: no claim)."""

    name: Line
    content: Literal["score", "probability", "label", "value"]
    range: tuple[Number, Number] | None = None


class ArgmaxRule(Value):
    """The class with the highest number; ties go to the first."""

    rule: Literal["argmax"]
    output: Line
    classes: tuple[Line, ...] = Field(min_length=2)


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


DecisionRule = Annotated[ArgmaxRule | ThresholdRule | IdentityRule, Field(discriminator="rule")]


class Model(Value):
    """An ONNX model and its contract. `preprocessing` is a second graph that runs before it."""

    file: Line
    preprocessing: Line | None = None
    task: Task
    inputs: tuple[Input, ...] = Field(min_length=1)
    outputs: tuple[Output, ...] = Field(min_length=1)
    decision: DecisionRule

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        outputs = [output.name for output in self.outputs]
        if self.decision.output not in outputs:
            raise ValueError(f"a decision on one of the outputs {', '.join(outputs)}")
        for names in (outputs, [i.name for i in self.inputs]):
            if len(set(names)) != len(names):
                raise ValueError("each input and output name once")
        rules = {"binary": "threshold", "multiclass": "argmax", "regression": "identity"}
        if self.decision.rule != rules.get(self.task, self.decision.rule):
            raise ValueError(f"the rule {rules[self.task]} for the task {self.task}")
        return self

    @property
    def files(self) -> tuple[str, ...]:
        """Paths of all graphs, in the order in which they run."""
        return (self.preprocessing, self.file) if self.preprocessing else (self.file,)
