"""Nets of others beside published verdicts on discrimination: Biswas and Rajan, Fairify (ICSE 2023).

The domain is theirs (src/AC/Verify-AC.py and src/GC/Verify-GC.py of sumonbis/Fairify): whole numbers in these
ranges, cut into parts of ten values (Adult) or a hundred (German credit); a part is SAT if two persons in it
who differ in the protected attribute alone are decided differently. They looked at as many parts, in a random
order, as half an hour and 100 seconds a query allow; their nets are the ones examined here.
"""

from __future__ import annotations

import csv
import itertools
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from checks.predictor import Predictor
from checks.proof.answer import Answer
from checks.proof.claims import indifferent, twins_of
from checks.proof.declared import Declared, declared
from checks.proof.property import Region
from checks.proof.submitted_network import SubmittedNetwork
from checks.subject import Subject

Make = Callable[..., Subject]
Ranges = dict[str, tuple[int, int]]
REAL = pytest.mark.skipif(
    "CERTIFY_DATA" not in os.environ, reason="CERTIFY_DATA names no folder of real data"
)

ADULT: Ranges = {
    "age": (10, 100), "workclass": (0, 6), "education": (0, 15), "education-num": (1, 16),
    "marital-status": (0, 6), "occupation": (0, 13), "relationship": (0, 5), "race": (0, 4), "sex": (0, 1),
    "capital-gain": (0, 19), "capital-loss": (0, 19), "hours-per-week": (1, 100), "native-country": (0, 40),
}  # fmt: skip
GERMAN: Ranges = {
    "status": (0, 2), "month": (0, 80), "credit_history": (0, 2), "purpose": (0, 9),
    "credit_amount": (0, 20000), "savings": (0, 2), "employment": (0, 2),
    "investment_as_income_percentage": (1, 4), "other_debtors": (0, 2), "residence_since": (1, 4),
    "property": (0, 2), "age": (0, 1), "installment_plans": (0, 2), "housing": (0, 2),
    "number_of_credits": (1, 4), "skill_level": (0, 3), "people_liable_for": (1, 2), "telephone": (0, 1),
    "foreign_worker": (0, 1), "sex": (0, 1),
}  # fmt: skip


def ranges_of(name: str) -> tuple[Ranges, int]:
    """The domain of a net, and how many values a part has of each axis at most."""
    return (ADULT, 10) if name.startswith("AC") else (GERMAN, 100)


def published() -> list[dict[str, str]]:
    folder = os.environ.get("CERTIFY_DATA")
    if folder is None:
        return []
    with (Path(folder) / "fairify/published_fairness_verdicts.csv").open() as file:
        return list(csv.DictReader(file))


def net(make: Make, name: str) -> tuple[Predictor, bytes]:
    ranges, _ = ranges_of(name)
    data = (Path(os.environ["CERTIFY_DATA"]) / f"fairify/{name}.onnx").read_bytes()
    rows = pd.DataFrame(
        {column: [low, low] for column, (low, _) in ranges.items()} | {"label": ["no", "yes"]}
    )
    output = {"outputs": [{"name": "output", "content": "probability"}], "decision": {"output": "output"}}
    subject = make(rows, graph=data, columns=list(ranges), change={"model": output})
    return subject.predictor, data


def part_of(predictor: Predictor, ranges: Ranges) -> Declared:
    """The domain with these ranges, all of whole numbers."""
    entry = predictor.model.inputs[0]
    lower, upper = (np.array([ends[at] for ends in ranges.values()], np.float64) for at in (0, 1))
    values = tuple(np.arange(low, high + 1.0) for low, high in zip(lower, upper, strict=True))
    return replace(declared((entry,)), region=Region(lower, upper), values=values)


def decided_apart(
    predictor: Predictor, data: bytes, ranges: Ranges, attribute: str, seed: int, regions: int
) -> tuple[Answer, Declared]:
    domain = part_of(predictor, ranges)
    low, high = ranges[attribute]
    pairs = tuple(itertools.permutations(map(float, range(low, high + 1)), 2))
    claim = indifferent(domain, predictor, list(ranges).index(attribute), pairs)
    net_ = SubmittedNetwork(domain, predictor, data)
    return net_.prove_twins(claim, regions, np.random.default_rng(seed)), domain


def parts(ranges: Ranges, attribute: str, size: int, random: np.random.Generator) -> Iterator[Ranges]:
    """Parts of the domain as upstream cuts it, drawn at random without end; the attribute stays whole."""
    while True:
        cut = {}
        for column, (low, high) in ranges.items():
            pieces = [(at, min(at + size - 1, high)) for at in range(low, high + 1, size)]
            whole = column == attribute or high - low + 1 <= size
            cut[column] = (low, high) if whole else pieces[int(random.integers(len(pieces)))]
        yield cut


def pairs_sampled(predictor: Predictor, domain: Declared, column: int, count: int, seed: int) -> int:
    """How many of so many persons of a part would be decided otherwise with another code: the oracle."""
    random = np.random.default_rng(seed)
    cases = domain.drawn(count, random)
    codes = domain.values[column]
    assert codes is not None
    name, session = domain.entry.name, predictor._sessions[0]
    answers = []
    for code in codes:
        cases[:, column] = code
        given = session.run(["output"], {name: cases.astype(np.float32)})[0].ravel()
        answers.append(given >= 0.5)
    return int((np.ptp(np.asarray(answers, int), axis=0) > 0).sum())


@REAL
@pytest.mark.parametrize("row", published(), ids=lambda row: f"{row['model']}-{row['protected_attribute']}")
def test_whoever_was_published_as_discriminating_is_refuted_by_a_pair(make_subject: Make, row: Any) -> None:
    """Seventeen of eighteen are published as SAT; the one left open is refuted as well."""
    name, attribute = row["model"], row["protected_attribute"]
    ranges, _ = ranges_of(name)
    predictor, data = net(make_subject, name)
    answer, domain = decided_apart(predictor, data, ranges, attribute, 0, 20_000)
    assert answer.verdict == "violated"
    assert answer.counterexample is not None
    first, second = twins_of(answer.counterexample[None], list(ranges).index(attribute))
    assert (first == np.rint(first)).all()
    for person in (first, second):
        assert domain.region.contains(person[0])
    assert np.flatnonzero(first != second).tolist() == [list(ranges).index(attribute)]
    decided = [int(predictor.decide(domain.fed(person))[0]) for person in (first, second)]
    assert sorted(decided) == [0, 1]


@REAL
@pytest.mark.parametrize(("name", "attribute"), [("AC-1", "race"), ("GC-3", "age")])
def test_in_a_part_that_is_proved_nobody_is_found_who_is_decided_otherwise(
    make_subject: Make, name: str, attribute: str
) -> None:
    predictor, data = net(make_subject, name)
    ranges, size = ranges_of(name)
    seen = Counter[str]()
    for part, seed in zip(parts(ranges, attribute, size, np.random.default_rng(3)), range(4), strict=False):
        answer, domain = decided_apart(predictor, data, part, attribute, seed, 2000)
        seen[answer.verdict] += 1
        if answer.verdict == "holds":
            assert pairs_sampled(predictor, domain, list(ranges).index(attribute), 20_000, seed) == 0
    assert seen["holds"] + seen["violated"] >= 2


@REAL
@pytest.mark.qualify
def test_every_net_beside_the_published_verdicts(make_subject: Make) -> None:
    """Forty parts each, drawn at random; what is proved is sampled for a pair, and none may be found."""
    count, regions = 40, 50_000
    print(
        f"\n{count} parts of each domain; published: whole verdict, parts looked at, SAT, UNSAT, unknown\n"
        "net  attribute  whole     parts: refuted proved open  regions median, most  seconds   published"
    )
    wrong = 0
    for row in published():
        name, attribute = row["model"], row["protected_attribute"]
        predictor, data = net(make_subject, name)
        ranges, size = ranges_of(name)
        whole, _ = decided_apart(predictor, data, ranges, attribute, 0, regions)
        began, seen, spent = time.process_time(), Counter[str](), []
        column = list(ranges).index(attribute)
        random = np.random.default_rng(1)
        for part, seed in zip(parts(ranges, attribute, size, random), range(count), strict=False):
            answer, domain = decided_apart(predictor, data, part, attribute, seed, regions)
            seen[answer.verdict] += 1
            spent.append(answer.regions)
            if answer.verdict == "holds":
                wrong += pairs_sampled(predictor, domain, column, 100_000, seed) > 0
        took = time.process_time() - began
        told = [row[k] for k in ("fairify_verdict", "n_partitions", "n_sat", "n_unsat", "n_unknown")]
        print(
            f"{name} {attribute:9} {whole.verdict:9} {seen['violated']:13} {seen['holds']:6} "
            f"{seen['unknown']:4} {int(np.median(spent)):10} {max(spent):6} {took:9.1f}   {' '.join(told)}"
        )
        if row["fairify_verdict"] == "SAT":
            assert whole.verdict == "violated"
    assert wrong == 0
