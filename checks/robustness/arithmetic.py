"""Whether decisions stay when the same model is reckoned in another way, and how near they are to turning.

A model is a formula, and a machine reckons it in floats: on how many threads, with which operations joined
and in how many digits is decided by whoever installs it. Each way gives slightly other numbers, so that a
case next to the boundary may be decided otherwise on another computer. The share of such cases is measured
for each way against the one in which everything else here is asked: one thread, all optimisations, its own
floats.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from certify.digest import canonical
from certify.evidence import exact
from certify.submission.model import IdentityRule, ThresholdRule
from checks.domain import Mask
from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.predictor import UNDECIDED, Predictor
from checks.robustness.neighbourhood import tried_rows
from checks.session import Kernel
from checks.statistics.proportions import proportion
from checks.subject import Subject
from checks.table import Table

Scores = NDArray[np.float64]

_THREADS: Final = 4
"""More than one: work is then cut in pieces, and sums are added up in another order."""


def arithmetic(
    subject: Subject, data: Table | None, confidence: Confidence, *, settings: tuple[str, ...], rows: int,
    seed: int,
) -> Measured:  # fmt: skip
    """Estimates `decision_changed` for each setting, and `near_ties` (all): cases that might turn.

    `settings` are `setting=threads`, `setting=unoptimised` and `setting=double` (float64 throughout). A near
    tie is a case whose score lies so near to another decision that twice the greatest difference seen would
    turn it. A case that is undecided in either way, or outside the contract, counts as changed and as a near
    tie. Raises `CannotMeasure` for a graph that cannot be reckoned in double precision, if that is asked.
    """
    if data is None:
        raise CannotMeasure("decisions are compared on data, and none were given")
    if isinstance(subject.manifest.model.decision, IdentityRule):
        raise CannotMeasure("a regression decides no class")
    if not settings or not set(settings) <= set(_SETTINGS) or len(set(settings)) != len(settings):
        raise CannotMeasure(f"expected settings among {', '.join(_SETTINGS)}, each once; found {settings}")
    data.require_independent_rows()
    which = tried_rows(subject, data, rows, seed)
    cases = {name: values[which] for name, values in data.inputs.items()}
    usual = subject.predictor.scores(cases)
    other = {name: _SETTINGS[name](subject, cases) for name in settings}
    unscored = ~data.inside[which] | (subject.predictor.decisions_from(usual) == UNDECIDED)
    events = {name: _changed(subject, usual, scores) | unscored for name, scores in other.items()}
    apart = _greatest_difference(usual, other, unscored)
    near = unscored | ~(_margins(subject, usual) > 2 * apart)
    family = confidence.over(len(events) + 1)
    return Measured(
        estimates=(
            *(
                proportion(_count(event), len(which), family).estimate(
                    statistic="decision_changed", stratum=name, confidence=family
                )
                for name, event in events.items()
            ),
            proportion(_count(near), len(which), family).estimate(statistic="near_ties", confidence=family),
        ),
        exhibits=(_exhibit(events, near, apart),),
    )


def _on_threads(subject: Subject, cases: Mapping[str, NDArray[np.generic]]) -> Scores:
    return _reckoned(subject, cases, Kernel(threads=_THREADS))


def _unoptimised(subject: Subject, cases: Mapping[str, NDArray[np.generic]]) -> Scores:
    return _reckoned(subject, cases, Kernel(optimised=False))


def _reckoned(subject: Subject, cases: Mapping[str, NDArray[np.generic]], kernel: Kernel) -> Scores:
    order = subject.generator(0, "order of the cases")
    return Predictor(subject.manifest.model, subject.files, order, kernel).scores(cases)


def _in_double(subject: Subject, cases: Mapping[str, NDArray[np.generic]]) -> Scores:
    """The graph in torch in double precision, from the weights as they are delivered."""
    import torch

    from checks.differentiable.network import network_of

    predictor = subject.predictor
    files = {path: subject.files.read(path) for path in predictor.model.files}
    with torch.no_grad():
        values = network_of(predictor, files).values(cases)
    name = predictor.model.decision.output
    if name not in values:
        raise CannotMeasure(f"the graph has no value {name}")
    return predictor.as_scores({name: values[name].numpy()})


_SETTINGS: Final[Mapping[str, Callable[..., Scores]]] = {
    "setting=threads": _on_threads,
    "setting=unoptimised": _unoptimised,
    "setting=double": _in_double,
}


def _changed(subject: Subject, usual: Scores, scores: Scores) -> Mask:
    if scores.shape != usual.shape:
        raise CannotMeasure(f"numbers of shape {scores.shape} came out, and {usual.shape} were expected")
    one, other = (subject.predictor.decisions_from(each) for each in (usual, scores))
    return np.asarray((one != other) | (other == UNDECIDED), dtype=np.bool_)


def _greatest_difference(usual: Scores, other: Mapping[str, Scores], unscored: Mask) -> float:
    """Among the numbers that decide, of the cases that have a decision."""
    with np.errstate(invalid="ignore"):
        apart = [np.abs(scores - usual)[~unscored] for scores in other.values()]
    return max((float(np.max(each, initial=0.0, where=np.isfinite(each))) for each in apart), default=0.0)


def _margins(subject: Subject, usual: Scores) -> Scores:
    """How far each case is from another decision."""
    rule = subject.manifest.model.decision
    if isinstance(rule, ThresholdRule):
        return np.asarray(np.abs(usual[:, rule.column] - float(rule.threshold)), dtype=np.float64)
    ordered = np.sort(usual, axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray(ordered[:, -1] - ordered[:, -2], dtype=np.float64)


def _count(rows: Mask) -> int:
    return int(np.count_nonzero(rows))


def _exhibit(events: Mapping[str, Mask], near: Mask, apart: float) -> Exhibit:
    content = {
        "tried": len(near),
        "changed": {name: _count(event) for name, event in events.items()},
        "near_ties": _count(near),
        "greatest_difference": str(exact(apart)),
    }
    return Exhibit(
        name="arithmetic.json", media_type="application/json", visibility="vendor", data=canonical(content)
    )
