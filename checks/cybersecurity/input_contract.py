"""Whether the model keeps its contract on whatever the contract allows, and refuses or survives the rest.

Random cases from the declared ranges give a rate with a bound; boundary cases are a search, which can refute
and whose silence demonstrates nothing. A model that kills or hangs the process is no matter of this module:
whoever started the process sees it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from certify.digest import canonical
from certify.evidence import Statement
from certify.submission.model import Model
from checks.cybersecurity.failures import Failure, failures_among
from checks.cybersecurity.probes import Probe, probes
from checks.cybersecurity.soundness import Outputs, differ, not_finite, out_of_range
from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.predictor import Predictor
from checks.statistics.proportions import proportion
from checks.subject import Subject
from checks.table import Table

_SHOWN: Final = 100
_NAMED: Final = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What the model did with one boundary case; `fault` is None where it did what is asked of it."""

    probe: str
    did: str
    fault: str | None


def input_contract(
    subject: Subject,
    data: Table | None,
    confidence: Confidence,
    *,
    cases: int,
    seed: int,
    tolerance: float,
) -> Measured:
    """Estimates `failure_rate` over `cases` drawn from the contract; states `boundary_cases_survived`.

    A case fails if the model gives an output that is not finite or outside its declared range, gives other
    bits when it runs again, gives an output beside a neighbour that differs from the one alone by more than
    `tolerance` (absolute or relative, whichever is larger), or raises an error, alone or because of the
    neighbour.
    The cases follow from the seed and the submission's own bytes; see `Subject.generator`.
    Bounds: Clopper-Pearson; the cases and their neighbours are independent by construction.
    """
    if cases < 1 or seed < 0 or not tolerance >= 0:
        raise CannotMeasure("fuzzing needs a case, a seed from 0, and a tolerance from 0")
    random = partial(subject.generator, seed)
    failures = list(failures_among(subject.predictor, cases, random, tolerance))
    boundary = probes(subject.manifest.model.inputs, random)
    outcomes = [_outcome(subject.predictor, probe, tolerance) for probe in boundary]
    rate = proportion(len(failures), cases, confidence)
    return Measured(
        estimates=(rate.estimate(statistic="failure_rate", confidence=confidence),),
        statements=(_survived(outcomes),),
        exhibits=(_random_cases(failures, cases, seed), _boundary_cases(outcomes)),
    )


def _outcome(predictor: Predictor, probe: Probe, tolerance: float) -> Outcome:
    try:
        outputs = predictor.outputs(probe.inputs, batch=probe.cases)
    except Exception as error:  # whatever the runtime or the predictor refuses with
        did = f"refused with {type(error).__name__}"
        fault = "refused a case inside the contract" if probe.inside else None
        return Outcome(probe=probe.name, did=did, fault=fault)
    fault = _fault(predictor.model, probe, outputs)
    if fault is None and probe.demand == "answer_as_alone":
        fault = _unlike_alone(predictor, probe, outputs, tolerance)
    return Outcome(probe=probe.name, did=_described(outputs), fault=fault)


def _described(outputs: Outputs) -> str:
    return "answered without a finite number" if not_finite(outputs).any() else "answered"


def _fault(model: Model, probe: Probe, outputs: Outputs) -> str | None:
    """What is wrong with an answer, if anything.

    A finite answer to NaN or infinity is none of the faults: comparisons in trees and saturating functions
    give one by their definition. It is in the exhibit, for whoever relies on missing inputs being noticed.
    """
    if probe.demand == "refuse":
        return "accepted a tensor that is not of the declared shape and type"
    if out_of_range(model, outputs).any():
        return "gave a finite output outside the declared range"
    if probe.inside and not_finite(outputs).any():
        return "gave no finite answer inside the contract"
    return None


def _unlike_alone(predictor: Predictor, probe: Probe, outputs: Outputs, tolerance: float) -> str | None:
    try:
        alone = predictor.outputs(probe.inputs, batch=1)
    except Exception as error:  # see above
        return f"refused a case alone with {type(error).__name__}"
    apart = int(differ(predictor.model, outputs, alone, tolerance).sum())
    return f"answered {apart} cases otherwise than alone" if apart else None


def _survived(outcomes: Sequence[Outcome]) -> Statement:
    faults = [f"{outcome.probe}: {outcome.fault}" for outcome in outcomes if outcome.fault]
    did = ", ".join(f"{n} {did}" for did, n in Counter(outcome.did for outcome in outcomes).items())
    return Statement(
        name="boundary_cases_survived",
        subject="model",
        holds=not faults,
        kind="search",
        explanation=f"{len(outcomes)} cases: {did}; faults: {'; '.join(faults[:_NAMED]) or 'none'}",
    )


def _random_cases(failures: Sequence[Failure], cases: int, seed: int) -> Exhibit:
    shown = [{"case": failure.case, "ways": list(failure.ways)} for failure in failures[:_SHOWN]]
    return _exhibit(
        "random-cases.json",
        {"seed": str(seed), "cases": cases, "failed": len(failures), "first_failures": shown},
    )


def _boundary_cases(outcomes: Sequence[Outcome]) -> Exhibit:
    return _exhibit(
        "boundary-cases.json", [{"probe": o.probe, "did": o.did, "fault": o.fault} for o in outcomes]
    )


def _exhibit(name: str, table: object) -> Exhibit:
    return Exhibit(name=name, media_type="application/json", visibility="vendor", data=canonical(table))
