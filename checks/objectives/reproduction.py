"""Whether the declared loss has the declared value: evaluated again, with the delivered model, on train.

The vendor declares a formula and the value that it reached; here the formula is evaluated in float64 from
what the delivered graph answers on the declared training data, and from the weights that it holds. That the
two agree shows that the formula, the data, the model and the number belong together. It does not show that
this formula, and no other, was minimised: for that the weights have to be read.

The distance is relative to what the answers contribute, and not to the whole: a penalty of a tensor that
nobody uses can be as large as one likes, and beside it every loss of rows would be the declared one.

No sample is taken, so that there is nothing to be confident about: the value is its own bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from certify.digest import canonical
from certify.evidence import exact
from certify.submission.loss import L1Weights, L2Weights, Reduction, Term
from certify.submission.model import IdentityRule
from checks.measured import CannotMeasure, Confidence, Exhibit, Interval, Measured
from checks.objectives.loss import Answered, class_weights, reduced, row_losses
from checks.objectives.sample_weights import sample_weights
from checks.objectives.weights import tensors_of, weights_of
from checks.predictor import UNDECIDED
from checks.subject import Subject
from checks.table import Table

Values = NDArray[np.float64]


def reproduction(subject: Subject, data: Table | None, confidence: Confidence) -> Measured:
    """Estimates `loss_discrepancy` (all): how far the evaluated loss lies from the declared one.

    It is relative to what the terms that look at answers contribute to the declared loss.

    Raises `CannotMeasure` where the declared loss cannot be evaluated or no value of it is declared, for data
    that are not the training data, and where the loss is no finite number.
    """
    if data is None or data.dataset.role != "train":
        raise CannotMeasure("the loss is declared on the training data, and evaluated on no others")
    declared = subject.manifest.objective.reached
    if declared is None:
        raise CannotMeasure("no value of the loss is declared: state it under `objective.reached`")
    parts = evaluated(subject, data)
    value = _finite(sum(parts.values()), parts)
    of_answers, of_weights = _apart(subject, parts)
    distance = relative(of_answers, float(declared - Decimal(of_weights)))
    found = Interval(
        name="exact: every row of the training data is evaluated, and none is drawn",
        value=distance, n=data.rows, demonstrating=(distance, distance), refuting=(distance, distance),
    )  # fmt: skip
    estimate = found.estimate(statistic="loss_discrepancy", confidence=confidence, kind="document")
    return Measured(estimates=(estimate,), exhibits=(_exhibit(declared, value, parts),))


def relative(one: float, other: float) -> float:
    """How far two values lie apart, as a share of the larger one; 0 where they are equal.

    Relative to the larger, and to no least size: weights of a loss can be declared so small that its value
    would vanish beside any.

    >>> relative(0.0, 0.0), relative(1e-30, 0.0), relative(99.0, 100.0)
    (0.0, 1.0, 0.01)
    """
    return 0.0 if one == other else abs(one - other) / max(abs(one), abs(other))


def _apart(subject: Subject, parts: Mapping[str, float]) -> tuple[float, float]:
    """What the terms contribute that look at answers, and what the penalties do, whatever is answered.

    Added up apart: beside a penalty of 1e18 a float holds nothing of the loss of the rows.
    """
    counted = [term for term in subject.manifest.objective.loss if term.weight]
    pairs = list(zip(counted, parts.values(), strict=True))
    return sum(part for term, part in pairs if term.rules), sum(
        part for term, part in pairs if not term.rules
    )


def evaluated(subject: Subject, data: Table) -> Mapping[str, float]:
    """What each term contributes to the declared loss on the rows of `data`, its weight included.

    Raises `CannotMeasure` where the declared loss cannot be evaluated.
    """
    objective, model = subject.manifest.objective, subject.manifest.model
    if obstacles := objective.obstacles(model):
        raise CannotMeasure(f"the declared loss cannot be evaluated: {'; '.join(obstacles)}")
    answered, weights = _answered(subject, data), sample_weights(subject, data)
    assert objective.reduction is not None  # an obstacle otherwise
    return {
        f"{place}: {getattr(term, 'term', '')}": float(term.weight)
        * (
            _of_rows(term, answered, weights, objective.reduction)
            if term.rules
            else _of_weights(term, subject)
        )
        for place, term in enumerate(objective.loss)
        if term.weight
    }


def _answered(subject: Subject, data: Table) -> Answered:
    objective, model = subject.manifest.objective, subject.manifest.model
    reading = objective.reading(model)
    assert reading is not None  # an obstacle otherwise
    unknown = _unknown(data.labels, of_numbers=isinstance(model.decision, IdentityRule))
    if unknown:
        raise CannotMeasure(f"{unknown} training rows have no known label, and so no loss")
    scores = subject.predictor.scores(data.inputs)
    silent = int(np.count_nonzero(~np.isfinite(scores).all(axis=1)))
    if silent:
        raise CannotMeasure(f"on {silent} training rows the model gives no finite answer, and so no loss")
    clip = None if objective.clip is None else float(objective.clip)
    return Answered(rule=model.decision, reading=reading, scores=scores, labels=data.labels, clip=clip)


def _unknown(labels: Values, *, of_numbers: bool) -> int:
    return int(np.count_nonzero(~np.isfinite(labels) if of_numbers else labels == UNDECIDED))


def _of_rows(term: Term, answered: Answered, weights: Values, reduction: Reduction) -> float:
    losses = row_losses(term, answered)
    return reduced(losses, weights, class_weights(term, answered), reduction)


def _of_weights(term: Term, subject: Subject) -> float:
    """The penalty of the weights in the graph that answers; one that prepares inputs has none."""
    assert isinstance(term, L1Weights | L2Weights)  # an obstacle otherwise
    graph = subject.files.read(subject.manifest.model.file)
    found = weights_of(graph) if term.tensors is None else _named(tensors_of(graph), term.tensors)
    if not found:
        raise CannotMeasure("no weights were found in the graph: name the penalised tensors (`tensors`)")
    parts = np.concatenate([values.ravel() for values in found.values()])
    return float(np.sum(np.abs(parts)) if isinstance(term, L1Weights) else np.sum(parts**2))


def _named(held: Mapping[str, Values], names: tuple[str, ...]) -> dict[str, Values]:
    if missing := [name for name in names if name not in held]:
        raise CannotMeasure(f"the graph holds no tensor {', '.join(missing[:5])}")
    return {name: held[name] for name in names}


def _finite(value: float, parts: Mapping[str, float]) -> float:
    if np.isfinite(value):
        return value
    endless = [name for name, part in parts.items() if not np.isfinite(part)]
    raise CannotMeasure(
        f"the declared loss is no finite number ({', '.join(endless)}): some rows have no chance of being "
        "what they are. Declare `clip` as it was used in training, or deliver the log odds"
    )


def _exhibit(declared: Decimal, value: float, parts: Mapping[str, float]) -> Exhibit:
    content = {
        "declared": str(declared),
        "evaluated": str(exact(value)),
        "terms": {name: str(exact(part)) for name, part in parts.items()},
    }
    return Exhibit(
        name="loss.json", media_type="application/json", visibility="vendor", data=canonical(content)
    )
