"""Whether any two persons who differ only in a protected attribute are decided differently: over the whole
domain.

Individual fairness as a property of the model and not of data (Dwork and others, Fairness through Awareness,
ITCS 2012, in the strict form of Biswas and Rajan, Fairify, ICSE 2023): for every combination of values that
the vendor declares possible, lived by somebody or not. `counterfactual` asks the same of the persons in the
data; it bounds a share, and this proves or refutes a sentence.

As there, an attribute that is not fed, or that another column tells in other words, is refused: toggling
shows nothing of what the model does with its proxies.
"""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np

from checks.fairness.counterfactual import Place, place_of, protected
from checks.measured import CannotMeasure, Confidence, Measured
from checks.predictor import UNDECIDED, classes_of
from checks.proof.answer import Answer
from checks.proof.claims import indifferent, twins_of
from checks.proof.declared import Declared
from checks.proof.findings import circumstances, counterexamples, row_of, spelt, statements
from checks.proof.submitted import submitted
from checks.subject import Subject
from checks.table import Table, in_group


def individual_fairness(
    subject: Subject,
    data: Table | None,
    confidence: Confidence,
    *,
    attributes: tuple[str, ...],
    regions: int,
    seed: int,
) -> Measured:
    """States `decided_alike` for each attribute: no two cases of the domain differ in it alone and in
    decision.

    A refutation is two such cases, which the model itself decides differently. Where `regions` parts of the
    domain do not suffice to settle it, nothing is stated. Raises `CannotMeasure` as `counterfactual_flips`
    does, for a model of which nothing can be proved, and where nothing was refuted and something was not
    settled.
    """
    if data is None or not attributes:
        raise CannotMeasure("attributes are sought in data, and no data or no attribute were given")
    model = submitted(subject)
    places = {name: place_of(subject, data, protected(data, name)) for name in attributes}
    answers = {
        name: model.prove_twins(
            indifferent(
                model.domain, subject.predictor, place.column, _pairs(data, name, model.domain, place)
            ),
            regions,
            subject.generator(seed, f"individual fairness of {name}"),
        )
        for name, place in places.items()
    }
    pairs = {name: _shown(subject, model.domain, answers[name], places[name]) for name in attributes}
    told = {name: _told(name, pair) for name, pair in pairs.items() if pair}
    return Measured(
        statements=statements("decided_alike", answers, told),
        circumstances=circumstances(list(answers.values())),
        exhibits=counterexamples({name: pair for name, pair in pairs.items() if pair}),
    )


def _pairs(data: Table, name: str, domain: Declared, place: Place) -> tuple[tuple[float, float], ...]:
    """Every code of each group with every code of every other; all must belong to a group."""
    import pandas as pd

    codes = domain.values[place.column]
    assert codes is not None  # the column is coded
    declared = pd.Series(place.codes)
    members = [in_group(declared, group) for group in data.attributes[name].groups]
    known = np.logical_or.reduce(members)
    if not known.all():
        raise CannotMeasure(f"a code of {name} belongs to no group: whom it tells apart is not known")
    as_fed = np.sort(codes)[np.argsort(np.argsort(place.codes))]
    return tuple(
        (float(a), float(b))
        for one, other in permutations(members, 2)
        for a in as_fed[one]
        for b in as_fed[other]
    )


def _shown(subject: Subject, domain: Declared, answer: Answer, place: Place) -> dict[str, object] | None:
    """Both persons of a counterexample, and how each is decided."""
    if answer.counterexample is None:
        return None
    persons = twins_of(answer.counterexample[None], place.column)
    classes = classes_of(subject.manifest.model.decision)
    decided = [int(subject.predictor.decide(domain.fed(person))[0]) for person in persons]
    return {
        "persons": [dict(row_of(domain, person[0])) for person in persons],
        "decided": [classes[code] if code != UNDECIDED else "undecided" for code in decided],
        "differ_in": domain.names[place.column],
    }


def _told(name: str, pair: dict[str, Any]) -> str:
    (one, other), (first, second), column = pair["persons"], pair["decided"], pair["differ_in"]
    return (
        f"Two cases of the declared domain that differ in {name} alone: with {column} {one[column]} the "
        f"decision is {first}, with {column} {other[column]} it is {second}. The first case: {spelt(one)}."
    )
