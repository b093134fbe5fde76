"""Running the submitted model: from bytes, on one thread, deciding by the declared rule only.

The session is made from bytes because onnxruntime then refuses every reference to another file. A case
whose output is not finite has no decision: it is marked `UNDECIDED`, and a method counts it as the worst.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from certify.submission.model import ArgmaxRule, IdentityRule, Model, ThresholdRule
from checks.files import Files
from checks.measured import CannotMeasure
from checks.session import USUAL, Kernel, open_session

UNDECIDED: Final = -1
ALONE: Final = 1

Inputs = Mapping[str, NDArray[Any]]

_TYPES = {
    "float32": "tensor(float)",
    "float64": "tensor(double)",
    "int32": "tensor(int32)",
    "int64": "tensor(int64)",
}


class Predictor:
    """The model of a submission, ready to run."""

    def __init__(
        self, model: Model, files: Files, order: np.random.Generator, kernel: Kernel = USUAL
    ) -> None:
        """Without a kernel on one thread, with all optimisations."""
        self.model = model
        self._order = order
        self._sessions = [open_session(files.read(path), path, kernel) for path in model.files]
        self._batch = self._agree_with_contract()

    @property
    def fixed_batch(self) -> int | None:
        """The batch size that the graph itself prescribes, if it does."""
        return self._batch

    def outputs(self, inputs: Inputs, *, batch: int = ALONE) -> dict[str, NDArray[Any]]:
        """All declared outputs, each of shape [cases, ...]; runs `batch` cases at a time.

        Each case runs by itself unless asked otherwise: a graph can tell a full batch from a single case, and
        answer a whole test set by heart. Where the graph fixes its batch, copies of the case fill it.
        """
        if batch == ALONE:
            return self._alone(inputs)
        return self._in_batches(inputs, self._batch or batch)

    def _alone(self, inputs: Inputs) -> dict[str, NDArray[Any]]:
        """Case by case, in an order that the model cannot know: it may count how often it was asked."""
        order = self._order.permutation(len(next(iter(inputs.values()))))
        outputs = self._in_batches({name: value[order] for name, value in inputs.items()}, ALONE)
        back = np.argsort(order)
        return {name: value[back] for name, value in outputs.items()}

    def _in_batches(self, inputs: Inputs, size: int) -> dict[str, NDArray[Any]]:
        parts = [self._run(chunk) for chunk in _chunks(inputs, size)]
        names = [output.name for output in self.model.outputs]
        return {name: np.concatenate([part[name] for part in parts]) for name in names}

    def scores(self, inputs: Inputs) -> NDArray[np.float64]:
        """The output that decides, of shape [cases, numbers]."""
        return self.as_scores(self.outputs(inputs))

    def as_scores(self, outputs: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
        """The deciding output among outputs that were computed before."""
        score = np.asarray(outputs[self.model.decision.output], dtype=np.float64)
        return score.reshape(len(score), -1)

    def decide(self, inputs: Inputs) -> NDArray[np.int64]:
        """The index of the decided class for each case, or `UNDECIDED`.

        Raises `CannotMeasure` for a regression, which decides no class.
        """
        return self.decisions_from(self.scores(inputs))

    def decisions_from(self, scores: NDArray[np.float64]) -> NDArray[np.int64]:
        """The declared rule applied to scores of shape [cases, numbers]."""
        rule = self.model.decision
        if isinstance(rule, IdentityRule):
            raise CannotMeasure("a regression decides no class")
        finite = np.isfinite(scores).all(axis=1)
        decided = _argmax(scores, rule) if isinstance(rule, ArgmaxRule) else _threshold(scores, rule)
        return np.where(finite, decided, UNDECIDED).astype(np.int64)

    def values(self, inputs: Inputs) -> NDArray[np.float64]:
        """The answer of a regression for each case; NaN where there is none."""
        if not isinstance(self.model.decision, IdentityRule):
            raise CannotMeasure("only a regression answers with a number")
        return self.scores(inputs)[:, 0]

    def _run(self, inputs: Inputs) -> dict[str, NDArray[Any]]:
        cases = len(next(iter(inputs.values())))
        feed = dict(_padded(inputs, self._batch) if self._batch else inputs)
        for session in self._sessions:
            names = [output.name for output in session.get_outputs()]
            wanted = {entry.name for entry in session.get_inputs()}
            feed = dict(zip(names, session.run(names, {n: feed[n] for n in wanted}), strict=True))
        return {name: _per_case(value, cases, self._batch or cases, name) for name, value in feed.items()}

    def _agree_with_contract(self) -> int | None:
        """The fixed batch size of the graph, if it has one; refuses a graph that is not as declared."""
        entries = self._sessions[0].get_inputs()
        actual = {entry.name: entry.type for entry in entries}
        declared = {entry.name: _TYPES[entry.dtype] for entry in self.model.inputs}
        if actual != declared:
            raise CannotMeasure(f"the graph takes {_spelt(actual)}, the manifest declares {_spelt(declared)}")
        produced = {output.name for output in self._sessions[-1].get_outputs()}
        missing = {output.name for output in self.model.outputs} - produced
        if missing:
            raise CannotMeasure(f"the graph has no output {', '.join(sorted(missing))}")
        axes = [entry.shape[0] for entry in entries if entry.shape]
        return next((axis for axis in axes if isinstance(axis, int)), None)


def _spelt(entries: Mapping[str, str]) -> str:
    return ", ".join(f"{name}: {kind}" for name, kind in sorted(entries.items())) or "nothing"


def _chunks(inputs: Inputs, size: int) -> Iterator[Inputs]:
    cases = len(next(iter(inputs.values())))
    for start in range(0, max(cases, 1), size):  # no case at all is still one question to the graph
        yield {name: value[start : start + size] for name, value in inputs.items()}


def _padded(inputs: Inputs, batch: int) -> Inputs:
    """A graph with a fixed batch size runs full batches only: the last case is repeated."""
    missing = batch - len(next(iter(inputs.values())))
    return {
        n: np.concatenate([v, np.repeat(v[-1:], missing, axis=0)]) if missing else v
        for n, v in inputs.items()
    }


def _per_case(value: Any, cases: int, run: int, name: str) -> NDArray[Any]:
    if not isinstance(value, np.ndarray) or value.ndim == 0 or len(value) != run:
        raise CannotMeasure(f"the output {name} is no tensor with one row per case")
    return value[:cases]


def _argmax(scores: NDArray[np.float64], rule: ArgmaxRule) -> NDArray[np.int64]:
    if scores.shape[1] != len(rule.classes):
        raise CannotMeasure(f"{scores.shape[1]} numbers per case for {len(rule.classes)} classes")
    return np.asarray(np.argmax(scores, axis=1), dtype=np.int64)


def _threshold(scores: NDArray[np.float64], rule: ThresholdRule) -> NDArray[np.int64]:
    if rule.column >= scores.shape[1]:
        raise CannotMeasure(f"no column {rule.column} among {scores.shape[1]} numbers per case")
    reached = scores[:, rule.column] >= float(rule.threshold)
    return np.asarray(reached, dtype=np.int64)


def classes_of(rule: ArgmaxRule | ThresholdRule | IdentityRule) -> Sequence[str]:
    """The names of the classes in the order of their indices."""
    if isinstance(rule, IdentityRule):
        raise CannotMeasure("a regression has no classes")
    return rule.classes
