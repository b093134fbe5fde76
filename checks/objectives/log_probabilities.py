"""The answers of a network as log probabilities of the classes, as the declared loss reads them.

Where the graph ends in Sigmoid, Softmax or LogSoftmax, logarithms are taken of what stands before it: of a
probability that rounds to 1 there would be nothing left. Whoever imports this module imports torch.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from certify.submission.model import ArgmaxRule, IdentityRule, Model, ThresholdRule
from certify.submission.objective import Objective
from checks.differentiable.network import Network
from checks.differentiable.weights import Node
from checks.measured import CannotMeasure
from checks.predictor import Inputs

_LEAST = 1e-300
"""Logarithms are taken of nothing smaller."""


class LogProbabilities:
    """Calling it with inputs gives log probabilities of shape [cases, classes], negative class first."""

    def __init__(self, network: Network, model: Model, objective: Objective) -> None:
        """Raises `CannotMeasure` for a regression, and where nobody said how the answer is to be read."""
        rule = model.decision
        if isinstance(rule, IdentityRule):
            raise CannotMeasure("the loss is read back from classes, and a regression has none")
        self.classes = len(rule.classes)
        self._network = network
        self._rule: ArgmaxRule | ThresholdRule = rule
        self._reading = objective.reading(model)
        self._clip = float(objective.clip) if objective.clip is not None else None
        if self._reading not in ("probability", "log_odds"):
            raise CannotMeasure("nobody said whether the loss reads the answer as probability or as log odds")

    def __call__(self, inputs: Inputs) -> Tensor:
        """Differentiable in the weights of the network."""
        logs = self._by_class(self._logarithms(self._network.values(inputs)))
        if self._clip is None:
            return logs
        return logs.exp().clamp(self._clip, 1 - self._clip).log()

    def _logarithms(self, values: dict[str, Tensor]) -> Tensor:
        """One column: log odds of the positive class; several: logarithms up to the same constant."""
        name = self._rule.output
        answer = _columns(values[name])
        if self._reading == "log_odds":
            return answer
        maker = self._network.maker(name)
        if maker and maker.operator == "Sigmoid" and answer.shape[1] == 1:
            return _columns(values[maker.inputs[0]])
        if maker and maker.operator == "Softmax" and _over_all_columns(maker, values[name]):
            return values[maker.inputs[0]]
        if answer.shape[1] == 1:
            return answer.clamp_min(_LEAST).log() - (1 - answer).clamp_min(_LEAST).log()
        return answer.clamp_min(_LEAST).log()

    def _by_class(self, values: Tensor) -> Tensor:
        rule = self._rule
        if isinstance(rule, ArgmaxRule):
            if values.shape[1] != self.classes:
                raise CannotMeasure(f"{values.shape[1]} numbers per case for {self.classes} classes")
            return functional.log_softmax(values, dim=1)
        if values.shape[1] == 1:
            return torch.cat([functional.logsigmoid(-values), functional.logsigmoid(values)], dim=1)
        if values.shape[1] != 2 or rule.column > 1:
            raise CannotMeasure(f"{values.shape[1]} numbers per case for two classes")
        logs = functional.log_softmax(values, dim=1)
        return logs if rule.column == 1 else logs.flip(1)


def _over_all_columns(softmax: Node, answer: Tensor) -> bool:
    return answer.ndim == 2 and softmax.attributes.get("axis", -1) in (-1, 1)


def _columns(value: Tensor) -> Tensor:
    return value.reshape(len(value), -1)
