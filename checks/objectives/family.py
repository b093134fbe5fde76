"""The family of losses around the declared one, and how each member of it pulls at the delivered weights.

A member is the declared loss plus deviations, each with a number that is 0 where the vendor did as declared:

- `class_weights`: the loss of the rows of a class is multiplied by 1 + a, that of the first class never, for
  the scale of a whole loss leaves no trace in the weights that minimise it;
- `l2_weights`: a times the sum of the squared weights is added;
- `label_smoothing`: the declared smoothing is a larger; `focal_gamma`: the declared gamma is a larger, in
  first order;
- `weight of sex=female`: the loss of the rows of a group is multiplied by 1 + a;
- `score of sex=female`: a times the mean probability of the positive class among its rows is added.

All are per row: the loss of the rows is averaged, whether the vendor averaged it or added it up. Says nothing
of whether weights lie still; `stationarity` does. Whoever imports this module imports torch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from certify.submission.loss import BinaryCrossEntropy, CrossEntropy, Focal, L2Weights, Term
from certify.submission.objective import Objective
from checks.differentiable.network import Network
from checks.measured import CannotMeasure
from checks.objectives.log_probabilities import LogProbabilities
from checks.predictor import Inputs

CLASS_WEIGHTS, PENALTY = "class_weights", "l2_weights"
SMOOTHING, GAMMA = "label_smoothing", "focal_gamma"
WEIGHT_OF, SCORE_OF = "weight of ", "score of "
DEVIATIONS: Final = (CLASS_WEIGHTS, PENALTY, SMOOTHING, GAMMA)

_AT_ONCE: Final = 2048
"""Rows that pull at the same time; a matter of memory alone."""

_OfRows = CrossEntropy | BinaryCrossEntropy | Focal
Floats = NDArray[np.float64]


def groups_in(deviations: Sequence[str]) -> tuple[str, ...]:
    """The groups of which deviations speak."""
    prefixes = (WEIGHT_OF, SCORE_OF)
    return tuple(d.removeprefix(p) for d in deviations for p in prefixes if d.startswith(p))


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """Training rows: inputs, true class, weight of each row in the loss, and who belongs to which group."""

    inputs: Inputs
    true: NDArray[np.int64]
    weights: Floats
    members: Mapping[str, NDArray[np.bool_]]

    def among(self, chosen: NDArray[np.int64] | slice) -> Rows:
        """Some of the rows."""
        return Rows(
            inputs={name: value[chosen] for name, value in self.inputs.items()},
            true=self.true[chosen],
            weights=self.weights[chosen],
            members={stratum: rows[chosen] for stratum, rows in self.members.items()},
        )

    def __len__(self) -> int:
        return len(self.true)


@dataclass(frozen=True, kw_only=True, slots=True)
class Direction:
    """One deviation: its name, and what it adds to the loss, summed over rows, for a number of 1."""

    name: str
    of_rows: Callable[[Tensor, Rows], Tensor] | None
    """Takes log probabilities [rows, classes]; None: it looks at weights only."""


class Family:
    """The declared loss and its deviations, for one network and its training rows."""

    def __init__(
        self, objective: Objective, network: Network, probabilities: LogProbabilities, rows: Rows, *,
        factors: Sequence[str],
    ) -> None:  # fmt: skip
        """`factors` are the names of the weights that are penalised where no names are declared.

        Raises `CannotMeasure` for a declared loss of which no gradient is taken.
        """
        self._factors = tuple(factors)
        self._network = network
        self._log_probabilities = probabilities
        self._rows = rows
        self._terms = tuple(_of_rows(term) for term in objective.loss if term.weight and term.rules)
        self._penalties = tuple(_penalty(term) for term in objective.loss if term.weight and not term.rules)
        self._size = self._divisor(objective)
        self._per_row = 1 / len(rows) if objective.reduction == "sum" else 1.0

    def directions(self, deviation: str) -> tuple[Direction, ...]:
        """One for each class but the first, where these are weighed; else one.

        Raises `CannotMeasure` for a deviation that is none, or not one of the declared loss.
        """
        if deviation == CLASS_WEIGHTS:
            return tuple(
                Direction(name=f"{CLASS_WEIGHTS}[{index}]", of_rows=self._of_class(index))
                for index in range(1, self._log_probabilities.classes)
            )
        return (Direction(name=deviation, of_rows=self._one(deviation)),)

    def pulls(self, directions: Sequence[Direction]) -> Floats:
        """Gradients of the declared loss and of each direction, one a column: [weights, 1 + directions]."""
        total = torch.zeros(1 + len(directions), self.weights, dtype=torch.float64)
        for start in range(0, len(self._rows), _AT_ONCE):
            some = self._rows.among(slice(start, start + _AT_ONCE))
            answers = self._log_probabilities(some.inputs)
            parts = [self._loss(answers, some).sum(), *(_sum(d, answers, some) for d in directions)]
            total += torch.stack([self._gradient(part) for part in parts])
        total /= self._size
        total[0] += self._gradient(self._declared_penalty())
        for column, direction in enumerate(directions, start=1):
            if direction.of_rows is None:
                total[column] += self._gradient(self._square_of_weights())
        return total.T.numpy()

    def pulls_of_rows(self, chosen: NDArray[np.int64]) -> Iterator[Floats]:
        """The gradient of the declared loss of each chosen row alone, without penalties."""
        for index in chosen:
            row = self._rows.among(np.array([index]))
            yield self._gradient(self._loss(self._log_probabilities(row.inputs), row).sum()).numpy()

    @property
    def rows(self) -> int:
        """How many training rows there are."""
        return len(self._rows)

    @property
    def weights(self) -> int:
        """How many numbers were learnt."""
        return sum(weight.numel() for weight in self._network.weights.values())

    @property
    def per_row(self) -> float:
        """What turns `pulls` into means over rows."""
        return self._size / len(self._rows)

    @property
    def held(self) -> Floats:
        """The learnt weights, of shape [weights], in the order of the pulls."""
        flat = [weight.detach().reshape(-1) for weight in self._network.weights.values()]
        return np.array(torch.cat(flat).numpy())

    def moved_without(self, weights: NDArray[np.bool_], chosen: NDArray[np.int64]) -> float:
        """By how much a log probability moves at most, on the chosen rows, if `weights` are set to 0."""
        rows, start = self._rows.among(chosen).inputs, 0
        kept = {name: weight.detach().clone() for name, weight in self._network.weights.items()}
        with torch.no_grad():
            before = self._log_probabilities(rows)
            for weight in self._network.weights.values():
                some = torch.from_numpy(weights[start : start + weight.numel()])
                weight[some.reshape(weight.shape)] = 0.0
                start += weight.numel()
            after = self._log_probabilities(rows)
            for name, weight in self._network.weights.items():
                weight.copy_(kept[name])
        return float((after - before).abs().max())

    def surprise(self) -> float:
        """The mean of -log p of the true class, beside that of answering the shares of the classes."""
        with torch.no_grad():
            answers = self._log_probabilities(self._rows.inputs).numpy()
        shares = np.bincount(self._rows.true) / len(self._rows)
        entropy = -float(np.sum(shares[shares > 0] * np.log(shares[shares > 0])))
        own = -float(np.mean(answers[np.arange(len(answers)), self._rows.true]))
        return own / entropy if entropy else 0.0

    def _divisor(self, objective: Objective) -> float:
        if objective.reduction != "weighted_mean":
            return float(len(self._rows))
        (first, *_) = self._terms
        of_class = np.array([float(w) for w in first.weights_by_class or ()])
        weights = self._rows.weights * (of_class[self._rows.true] if len(of_class) else 1.0)
        return float(weights.sum())

    def _one(self, deviation: str) -> Callable[[Tensor, Rows], Tensor] | None:
        if deviation == PENALTY:
            return None
        if deviation in (SMOOTHING, GAMMA):
            return self._reshaped(deviation)
        if deviation.startswith(WEIGHT_OF):
            return self._weight_of(deviation.removeprefix(WEIGHT_OF))
        if deviation.startswith(SCORE_OF):
            return self._score_of(deviation.removeprefix(SCORE_OF))
        known = ", ".join((*DEVIATIONS, f"{WEIGHT_OF}GROUP", f"{SCORE_OF}GROUP"))
        raise CannotMeasure(f"{deviation} is none of the deviations {known}")

    def _loss(self, answers: Tensor, rows: Rows) -> Tensor:
        """The declared loss by row and class: [rows, classes], the columns summed are the loss of a row."""
        parts = [float(term.weight) * _by_class(term, answers, rows) for term in self._terms]
        return torch.stack(parts).sum(dim=0) * torch.from_numpy(rows.weights)[:, None]

    def _of_class(self, index: int) -> Callable[[Tensor, Rows], Tensor]:
        return lambda answers, rows: self._loss(answers, rows)[:, index].sum()

    def _weight_of(self, stratum: str) -> Callable[[Tensor, Rows], Tensor]:
        def weigh(answers: Tensor, rows: Rows) -> Tensor:
            return self._loss(answers, rows)[torch.from_numpy(rows.members[stratum])].sum()

        return weigh

    def _score_of(self, stratum: str) -> Callable[[Tensor, Rows], Tensor]:
        """`pulls` divides by the size of the loss, and a mean over a group by that of the group."""
        if self._log_probabilities.classes != 2:
            raise CannotMeasure("a hidden term on the score of a group is read from two classes only")
        scale = self._size / float(self._rows.members[stratum].sum())

        def score(answers: Tensor, rows: Rows) -> Tensor:
            return scale * answers[torch.from_numpy(rows.members[stratum]), 1].exp().sum()

        return score

    def _reshaped(self, name: str) -> Callable[[Tensor, Rows], Tensor]:
        change = _by_smoothing if name == SMOOTHING else _by_gamma

        def reshape(answers: Tensor, rows: Rows) -> Tensor:
            parts = [float(term.weight) * change(term, answers, rows) for term in self._terms]
            return (torch.stack(parts).sum(dim=0) * torch.from_numpy(rows.weights)[:, None]).sum()

        return reshape

    def _declared_penalty(self) -> Tensor:
        parts = [float(term.weight) * self._square_of_weights(term.tensors) for term in self._penalties]
        return self._per_row * torch.stack([torch.zeros((), dtype=torch.float64), *parts]).sum()

    def _square_of_weights(self, tensors: Sequence[str] | None = None) -> Tensor:
        """Of those that are penalised, declared or not: without names, of all that multiply."""
        declared = next((term.tensors for term in self._penalties if term.tensors), None)
        named, held = tensors or declared or self._factors, self._network.weights
        missing = [name for name in named if name not in held]
        if missing or not named:
            raise CannotMeasure(f"the graph has learnt no weights called {', '.join(missing) or 'anything'}")
        return torch.stack([(held[name] ** 2).sum() for name in named]).sum()

    def _gradient(self, value: Tensor) -> Tensor:
        weights = list(self._network.weights.values())
        if not value.requires_grad:
            return torch.zeros(self.weights, dtype=torch.float64)
        pulls = torch.autograd.grad(value, weights, retain_graph=True, allow_unused=True)
        flat = [torch.zeros_like(w) if p is None else p for p, w in zip(pulls, weights, strict=True)]
        return torch.cat([pull.reshape(-1) for pull in flat])


def _of_rows(term: Term) -> _OfRows:
    if not isinstance(term, CrossEntropy | BinaryCrossEntropy | Focal):
        raise CannotMeasure(
            "the loss is read back from cross entropy, binary cross entropy and focal loss, and the declared "
            f"loss has a term {getattr(term, 'term', '')}. The record of the training must stand in"
        )
    return term


def _penalty(term: Term) -> L2Weights:
    if not isinstance(term, L2Weights):
        raise CannotMeasure(
            f"the declared loss has a term {getattr(term, 'term', '')}, of which no gradient is taken: at a "
            "weight of 0 it has none. The record of the training must stand in"
        )
    return term


def _sum(direction: Direction, answers: Tensor, rows: Rows) -> Tensor:
    nothing = torch.zeros((), dtype=torch.float64)
    return nothing if direction.of_rows is None else direction.of_rows(answers, rows)


def _by_class(term: _OfRows, answers: Tensor, rows: Rows) -> Tensor:
    """-w_k q_k log p_k for each class k, q being the label, smoothed or weighed down where p is high."""
    true = _true(answers, rows)
    if isinstance(term, Focal):
        label = true * (1 - answers.exp()) ** float(term.gamma)
    else:
        smoothing = float(term.label_smoothing or 0)
        label = (1 - smoothing) * true + smoothing / answers.shape[1]
    return -_class_weights(term, answers) * label * answers


def _by_smoothing(term: _OfRows, answers: Tensor, rows: Rows) -> Tensor:
    if isinstance(term, Focal):
        raise CannotMeasure("a focal loss has no smoothed labels to deviate in")
    return _class_weights(term, answers) * (_true(answers, rows) - 1 / answers.shape[1]) * answers


def _by_gamma(term: _OfRows, answers: Tensor, rows: Rows) -> Tensor:
    gamma = float(term.gamma) if isinstance(term, Focal) else 0.0
    others = 1 - answers.exp()
    log_others = others.clamp_min(1e-300).log()
    return -_class_weights(term, answers) * _true(answers, rows) * others**gamma * log_others * answers


def _true(answers: Tensor, rows: Rows) -> Tensor:
    true: Tensor = torch.nn.functional.one_hot(torch.from_numpy(rows.true), answers.shape[1])
    return true.double()


def _class_weights(term: _OfRows, answers: Tensor) -> Tensor:
    declared = [float(weight) for weight in term.weights_by_class or [1] * answers.shape[1]]
    return torch.tensor(declared, dtype=torch.float64)
