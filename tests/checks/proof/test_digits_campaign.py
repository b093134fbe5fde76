"""Networks that read digits, of 784 inputs and two to six layers of 256, against verdicts of other provers.

VNN-COMP's mnist_fc. The gate is that no verdict is wrong; what was decided, and in which time, is printed.
Inside each region that was proved a violation is then searched for, by drawing and by descent.
"""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from checks.proof.answer import Answer
from checks.proof.budget import Budget
from checks.proof.descent import descended
from checks.proof.property import F64, Property
from checks.proof.prover import Model, confirming, inside, prove, rounding_margin
from checks.proof.reading import read_network
from checks.proof.vnnlib import read_vnnlib

DATA = os.environ.get("CERTIFY_DATA")
pytestmark = pytest.mark.skipif(DATA is None, reason="CERTIFY_DATA names no folder with real data")


@dataclass(frozen=True, kw_only=True, eq=False)
class ProcessorTime(Budget):
    """Seconds of this process, so that figures do not depend on who else is at work."""

    before: float = field(default_factory=time.process_time)

    @property
    def elapsed(self) -> float:
        return time.process_time() - self.before


def folder() -> Path:
    return Path(str(DATA)) / "mnist_fc"


def known() -> list[dict[str, str]]:
    with (folder() / "known_verdicts.csv").open() as file:
        return sorted(csv.DictReader(file), key=lambda row: row["verdict"] == "open")


def runs(data: bytes) -> Model:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    entry = session.get_inputs()[0]

    def answers(points: F64) -> F64:
        rows = [session.run(None, {entry.name: p.astype(np.float32).reshape(entry.shape)})[0] for p in points]
        return np.asarray(rows, dtype=np.float64).reshape(len(points), -1)

    return answers


def decided(row: dict[str, str], seconds: float) -> tuple[Answer, Property, Model, Any]:
    data = (folder() / row["onnx"]).read_bytes()
    network = read_network(data, row["onnx"])
    prop = read_vnnlib((folder() / row["vnnlib"]).read_bytes(), row["vnnlib"])
    model, generator = runs(data), np.random.default_rng(0)
    answer = prove(
        network,
        prop,
        budget=ProcessorTime(regions=10**9, seconds=seconds),
        generator=generator,
        confirms=confirming(prop, model),
        margin=rounding_margin(network, prop, model, generator),
    )
    return answer, prop, model, network


def wrong(row: dict[str, str], answer: Answer) -> bool:
    return (answer.verdict, row["verdict"]) in (("holds", "sat"), ("holds", "sat?"), ("violated", "unsat"))


def tried_inside(prop: Property, network: Any, rng: np.random.Generator) -> Iterator[F64]:
    for case in prop.cases:
        low, high = case.region.lower, case.region.upper
        share = rng.random((500, len(low)))
        drawn = np.concatenate([low + share * (high - low), np.where(share < 0.5, low, high)])
        yield inside(case.region, np.concatenate([drawn, *(descended(network, case, rng) for _ in range(3))]))


@pytest.mark.parametrize(
    ("net", "prop", "verdict"),
    [
        ("mnist-net_256x2.onnx", "prop_2_0.03.vnnlib", "holds"),
        ("mnist-net_256x6.onnx", "prop_6_0.03.vnnlib", "holds"),
        ("mnist-net_256x2.onnx", "prop_7_0.03.vnnlib", "violated"),
    ],
)
def test_a_few_are_decided_as_others_decided_them(net: str, prop: str, verdict: str) -> None:
    answer, parsed, model, _ = decided({"onnx": net, "vnnlib": prop}, 60)
    assert answer.verdict == verdict
    if answer.counterexample is not None:
        assert confirming(parsed, model)(answer.counterexample[None]).all()


@pytest.mark.qualify
def test_no_digit_is_decided_wrongly() -> None:
    mistakes, points, table = [], 0, {}
    for row in known():
        answer, prop, model, network = decided(row, 60)
        spent = answer.seconds if answer.verdict != "unknown" else np.inf
        table.setdefault((row["onnx"][-8:-5], row["verdict"]), []).append((answer.verdict, spent))
        print(
            row["onnx"][-8:-5],
            row["vnnlib"],
            row["verdict"],
            answer.verdict,
            f"{answer.seconds:.1f} s",
            flush=True,
        )
        if wrong(row, answer):
            mistakes.append((row["onnx"], row["vnnlib"], answer.verdict))
        if answer.verdict == "holds":
            for found in tried_inside(prop, network, np.random.default_rng(1)):
                points += len(found)
                assert not confirming(prop, model)(found).any()
    print("network, known: decided of all, median and 95th percentile of seconds of one processor")
    for (net, verdict), found in sorted(table.items()):
        seconds = [spent for _, spent in found]
        settled = sum(np.isfinite(seconds))
        at = np.percentile(seconds, [50, 95], method="higher")
        print(f"{net} {verdict}: {settled} of {len(found)}, {at[0]:.1f} s, {at[1]:.1f} s")
    print(f"{points} points tried inside proved regions, wrong verdicts: {mistakes}")
    assert not mistakes
