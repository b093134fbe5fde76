"""What answers an attacker: scores for many cases at once, and slopes where the graph has them.

Three ways, tried in this order: a graph of slopes in onnxruntime, the same function in torch, and the model
alone, which answers and gives no slope. The first two must agree with the submitted model on real cases. The
choice is a matter of strength and speed only: what is found is decided again by the submitted model.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from checks.attacks.goal import may_be_bare
from checks.attacks.slopes import SlopeGraph, Squash
from checks.attacks.space import Space, space_of
from checks.attacks.tape import Unsupported
from checks.files import Files
from checks.measured import CannotMeasure
from checks.predictor import Predictor

Array = NDArray[Any]
Pull = Callable[[Array], Array]

AGREEMENT: Final = 1e-3
"""How far scores of engine and model may differ, relative to the larger of them and 1: single precision."""

_BATCH: Final = 256
"""So many cases are asked of the model at a time."""


class Engine(Protocol):
    """Scores of shape [cases, numbers] for cases of shape [cases, numbers of a case]."""

    @property
    def name(self) -> str:
        """What answers, in the words of a report."""
        ...

    @property
    def squash(self) -> Squash:
        """What squeezes these scores before the model decides."""
        ...

    def scores(self, cases: Array) -> Array:
        """The answers."""
        ...

    def with_slopes(self, cases: Array) -> tuple[Array, Pull | None]:
        """The answers, and what turns a slope by the scores into one by the case, if anything does."""
        ...


@dataclass(frozen=True, kw_only=True)
class SlopeEngine:
    """Answers and slopes by two graphs in onnxruntime."""

    graph: SlopeGraph
    squash: Squash
    name: str = "slopes in onnxruntime"

    def scores(self, cases: Array) -> Array:
        """See `Engine`."""
        return self._flat(self.graph.forward(self._shaped(cases)))

    def with_slopes(self, cases: Array) -> tuple[Array, Pull | None]:
        """See `Engine`."""
        values = self.graph.forward(self._shaped(cases))
        shape = values[self.graph.scores].shape

        def pull(slope: Array) -> Array:
            back = self.graph.pull(values, slope.reshape(shape).astype(self.graph.dtype))
            return np.asarray(back.reshape(len(back), -1))

        return self._flat(values), pull

    def _shaped(self, cases: Array) -> Array:
        return cases.reshape(len(cases), *self.graph.shape).astype(self.graph.dtype, copy=False)

    def _flat(self, values: dict[str, Array]) -> Array:
        scores = values[self.graph.scores]
        return np.asarray(scores.reshape(len(scores), -1))


@dataclass(frozen=True, kw_only=True)
class TorchEngine:
    """Answers and slopes by `checks.differentiable`, in double precision."""

    network: Any
    space: Space
    output: str
    squash: Squash = ""
    name: str = "slopes in torch"

    def scores(self, cases: Array) -> Array:
        """See `Engine`."""
        return self.with_slopes(cases)[0]

    def with_slopes(self, cases: Array) -> tuple[Array, Pull | None]:
        """See `Engine`."""
        import torch

        feed = {
            name: torch.from_numpy(value.astype(np.float64)).requires_grad_(True)
            for name, value in self.space.unpacked(cases).items()
        }
        scores = self.network.answers(feed)[self.output].reshape(len(cases), -1)

        def pull(slope: Array) -> Array:
            given = torch.from_numpy(slope.astype(np.float64))
            backs = torch.autograd.grad(scores, list(feed.values()), given, allow_unused=True)
            parts = [
                np.zeros((len(cases), value[0].numel())) if back is None else back.reshape(len(cases), -1)
                for back, value in zip(backs, feed.values(), strict=True)
            ]
            return np.concatenate([np.asarray(part) for part in parts], axis=1).astype(cases.dtype)

        return scores.detach().numpy().astype(cases.dtype), pull


@dataclass(frozen=True, kw_only=True)
class BlackBox:
    """Answers of the submitted model and no slope."""

    predictor: Predictor
    space: Space
    squash: Squash = ""
    name: str = "answers only"

    def scores(self, cases: Array) -> Array:
        """See `Engine`."""
        outputs = self.predictor.outputs(self.space.unpacked(cases), batch=_BATCH)
        return self.predictor.as_scores(outputs)

    def with_slopes(self, cases: Array) -> tuple[Array, Pull | None]:
        """See `Engine`."""
        return self.scores(cases), None


def engine_of(predictor: Predictor, files: Files, trial: Array) -> Engine:
    """The fastest engine that agrees with the model on `trial`, some real cases."""
    space = space_of(predictor.model.inputs)
    makers = (_slopes, _torch)
    for make in makers:
        try:
            engine: Engine = make(predictor, files, space)
            _require_agreement(engine, predictor, space, trial)
        except (Unsupported, CannotMeasure):
            continue
        return engine
    return BlackBox(predictor=predictor, space=space)


def _slopes(predictor: Predictor, files: Files, space: Space) -> Engine:
    model = predictor.model
    if model.preprocessing is not None or len(model.inputs) != 1:
        raise Unsupported("several graphs or inputs")
    graph = SlopeGraph(
        files.read(model.file),
        model.decision.output,
        tuple(model.inputs[0].shape),
        model.inputs[0].dtype,
        bare=may_be_bare(model),
    )
    return SlopeEngine(graph=graph, squash=graph.squash)


def _torch(predictor: Predictor, files: Files, space: Space) -> Engine:
    from checks.differentiable.network import network_of

    network = network_of(predictor, {path: files.read(path) for path in predictor.model.files})
    return TorchEngine(network=network, space=space, output=predictor.model.decision.output)


def _require_agreement(engine: Engine, predictor: Predictor, space: Space, trial: Array) -> None:
    ours, theirs = squeezed(engine.scores(trial), engine.squash), predictor.scores(space.unpacked(trial))
    if ours.shape != theirs.shape:
        raise Unsupported("scores of another shape")
    apart = np.abs(ours - theirs) / np.maximum(1, np.abs(theirs))
    if not (apart <= AGREEMENT).all():  # false for NaN as well
        raise Unsupported("other answers than those of the model")


def squeezed(scores: Array, squash: Squash) -> Array:
    """Scores as the model gives them in the end."""
    if squash == "Sigmoid":
        return np.asarray(expit(scores))
    if squash == "Softmax":
        return np.asarray(softmax(scores, axis=1))
    return scores
