"""Nets that others trained on Adult and German credit: beside fairlearn, and flips that others counted."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import german
import income
import numpy as np
import pandas as pd
import pytest
from fairlearn import metrics as fairlearn
from sklearn.metrics import accuracy_score, precision_score

from certify.pack import load
from certify.ruling import Outcome, rule
from certify.standard import Check
from certify.vector import filled
from certify.vector.text import OpenValues
from checks.catalogue import METHODS, signatures
from checks.measured import CannotMeasure, Confidence, Measured
from checks.subject import Subject

Make = Callable[..., Subject]
LEVEL = Confidence(0.975)
STANDARDS = Path(__file__).resolve().parents[3] / "standards"
SEXES = {"sex": {"female": [0], "male": [1]}}
GROUPS = ("sex=female", "sex=male")
REAL = pytest.mark.skipif(
    "CERTIFY_DATA" not in os.environ, reason="CERTIFY_DATA names no folder of real data"
)

RATES = {
    "selection-rate-ratio": fairlearn.selection_rate,
    "selection-rate-gap": fairlearn.selection_rate,
    "equal-true-positive-rate": fairlearn.true_positive_rate,
    "true-positive-rate-ratio": fairlearn.true_positive_rate,
    "equal-false-positive-rate": fairlearn.false_positive_rate,
    "equal-accuracy": accuracy_score,
    "equal-precision": precision_score,
}
"""Checks on pairs of groups, and the rate of fairlearn or scikit-learn that each compares."""

OTHERS = ("calibration-in-groups", "no-decision-by-protected-attribute")


def folder() -> Path:
    return Path(os.environ["CERTIFY_DATA"])


def rows_of(name: str, *, everything: bool = False) -> tuple[pd.DataFrame, str]:
    """The rows on which a net is examined, and the column of the truth."""
    if name in german.NETS:
        return german.encoded(folder()), "credit"
    return (income.encoded(folder()) if everything else income.parts(folder())["test"]), "income"


def net(make: Make, name: str, rows: pd.DataFrame, target: str) -> Subject:
    columns = [column for column in rows if column != target]
    codes = {c: sorted(map(int, rows[c].unique())) for c in ("sex", "age", "race") if c in rows}
    return make(
        rows, graph=(folder() / f"fairify/{name}.onnx").read_bytes(), columns=columns, target=target,
        coded={column: found for column, found in codes.items() if len(found) < 10}, classes=("0", "1"),
        quantity={"range": (-1, 100_000)}, attributes={**SEXES, **_ages(rows)},
        change={
            "model": {
                "outputs": [{"name": "output", "content": "probability"}], "decision": {"output": "output"},
            }
        },
    )  # fmt: skip


def _ages(rows: pd.DataFrame) -> dict[str, dict[str, list[int]]]:
    return {"age": {"young": [0], "of_age": [1]}} if rows.age.nunique() == 2 else {}


@cache
def checks() -> dict[str, Check]:
    values = {"groups": list(GROUPS), "favourable": "1", "attributes": ["sex"]}
    loaded = load(STANDARDS, signatures()).checks
    return {name: _filled(loaded[f"eu.ai-act/{name}"], values) for name in (*RATES, *OTHERS)}


def _filled(check: Check, values: dict[str, object]) -> Check:
    open_ones = {n: values[n] for n, p in check.method.parameters.items() if p.value is None}
    return filled(check, OpenValues.from_json({"parameters": open_ones}))


def measured(subject: Subject, check: Check) -> Measured:
    arguments = {name: _plain(p.value) for name, p in check.method.parameters.items()}
    return METHODS[check.method.name].function()(subject, subject.table("test"), LEVEL, **arguments)


def _plain(value: object) -> object:
    return value if isinstance(value, str | tuple) else int(value)  # type: ignore[call-overload]


def outcome(check: Check, found: Measured) -> str:
    rulings = {ruling.outcome for c in check.criterion.all for ruling in rule(c, check, found)}  # type: ignore[arg-type]
    order = (Outcome.REFUTED, Outcome.NOT_DEMONSTRATED, Outcome.DEMONSTRATED)
    return next(said.value for said in order if said in rulings)


def of_fairlearn(check: str, subject: Subject) -> float:
    data = subject.table("test")
    frame = fairlearn.MetricFrame(
        metrics=RATES[check], y_true=data.labels, y_pred=subject.decide(data),
        sensitive_features=data.frame["sex"],
    )  # fmt: skip
    return float(frame.ratio() if check.endswith("ratio") else frame.difference())


def compared(subject: Subject, name: str) -> list[str]:
    lines = []
    for check in checks().values():
        short = check.id.partition("/")[2]
        try:
            found = measured(subject, check)
        except CannotMeasure as refusal:
            lines.append(f"{name:5} {short:35} not measured: {refusal.explanation}")
            continue
        last = max(found.estimates, key=lambda e: (e.statistic == found.estimates[-1].statistic, e.value))
        oracle = of_fairlearn(short, subject) if short in RATES else None
        if oracle is not None:
            assert float(last.value) == oracle
        bounds = last.demonstrating
        lines.append(
            f"{name:5} {short:35} {float(last.value):.4f} {'' if oracle is None else f'{oracle:.4f}':7} "
            f"[{float(bounds.lower or 0):.4f}, {float(bounds.upper or 0):.4f}] n={last.n:<6} "
            f"{outcome(check, found)}"
        )
    return lines


def flips(subject: Subject, attribute: str) -> int:
    found = METHODS["fairness.counterfactual_flips"].function()(
        subject, subject.table("test"), LEVEL, attributes=(attribute,)
    )
    return round(float(found.estimates[0].value) * found.estimates[0].n)


@REAL
@pytest.mark.parametrize("name", german.NETS)
def test_on_german_credit_sex_and_age_flip_as_often_as_others_counted(make_subject: Make, name: str) -> None:
    subject, known = net(make_subject, name, *rows_of(name)), german.known(folder(), name)
    assert flips(subject, "sex") == known["n_flip_sex"]
    assert flips(subject, "age") == known["n_flip_age"]


@REAL
def test_on_german_credit_every_measure_is_that_of_fairlearn(make_subject: Make) -> None:
    lines = compared(net(make_subject, "GC-1", *rows_of("GC-1")), "GC-1")
    assert len(lines) == len(RATES) + len(OTHERS)
    assert not any("not measured" in line for line in lines)


@REAL
@pytest.mark.qualify
def test_outcomes_of_all_nets_beside_fairlearn(make_subject: Make) -> None:
    print(
        "\nnet   check                               ours   fairlearn bounds at 0.975, outcome at our limits"
    )
    for name in (*income.NETS, *german.NETS):
        subject = net(make_subject, name, *rows_of(name))
        print("\n".join(compared(subject, name)))
        known = income.known(folder(), name) if name in income.NETS else german.known(folder(), name)
        if name in income.NETS:
            everybody = net(make_subject, name, *rows_of(name, everything=True))
            expected = known["n_predictions_flipped_by_toggling_sex"]
        else:
            everybody, expected = subject, known["n_flip_sex"]
        counted = flips(everybody, "sex")
        print(f"{name:5} flips with the sex alone: {counted}, counted by others: {expected:.0f}")
        assert counted == expected
        assert np.isfinite(counted)
