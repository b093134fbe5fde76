"""A small but whole submission, written by code: real graph, real data, real documents."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

WriteSubmission = Callable[..., Path]


def write_graph(path: Path) -> None:
    """probability = sigmoid(4 * (age - 50) / 10): above fifty is positive."""
    nodes = [
        helper.make_node("MatMul", ["features", "weights"], ["product"]),
        helper.make_node("Add", ["product", "offset"], ["sum"]),
        helper.make_node("Sigmoid", ["sum"], ["probability"]),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["cases", 2])],
        [helper.make_tensor_value_info("probability", TensorProto.FLOAT, ["cases", 1])],
        [
            helper.make_tensor("weights", TensorProto.FLOAT, [2, 1], [0.4, 0.0]),
            helper.make_tensor("offset", TensorProto.FLOAT, [1], [-20.0]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.SerializeToString())


def write_data(path: Path, *, rows: int, seed: int) -> None:
    """Ages around the threshold, sexes as a coin, labels right in 97 of 100 cases."""
    rng = np.random.default_rng(seed)
    age = rng.uniform(20, 80, rows).round(2)
    sex = rng.integers(0, 2, rows)
    right = rng.random(rows) < 0.97
    label = np.where((age >= 50) == right, "old", "young")
    lines = [f"{a},{s},{text}" for a, s, text in zip(age, sex, label, strict=True)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("age,sex,label\n" + "\n".join(lines) + "\n", encoding="utf-8")


def dataset(role: str) -> dict[str, Any]:
    return {
        "name": role,
        "role": role,
        "files": [f"data/{role}.csv"],
        "target": "label",
        "statistical_unit": "person",
        "origin": "drawn by a random generator",
        "collected": {"first": "2026-01-01", "last": "2026-06-30"},
        "setting": "a test",
        "licence": "CC0-1.0",
        "labelling": {"method": "by age", "annotators": "none", "working_conditions": "none worked"},
    }


KINDS = (
    "general_description", "development_process", "instructions_for_use", "risk_file", "post_market_plan",
    "data_sheet",
)  # fmt: skip


def manifest() -> dict[str, Any]:
    """What the small submission declares."""
    sexes = [{"name": "female", "codes": [0]}, {"name": "male", "codes": [1]}]
    noise = {"distribution": "normal", "scale": 0.1, "source": "ours"}
    return {
        "format": "certify/submission/1",
        "applicant": {"name": "Small Ltd", "contact": "small@example.org", "roles": ["provider"]},
        "system": {
            "name": "Age sorter",
            "version": "1.0",
            "kind": "tool",
            "intended_purpose": "tells whether an age is fifty or more",
            "excluded_uses": ["anything else"],
            "annex_iii_point": "none",
            "affected_persons": "directly",
            "affected_persons_note": "those whose age it is",
            "human_oversight": "a person reads the age as well",
        },
        "model": {
            "file": "model/small.onnx",
            "task": "binary",
            "inputs": [
                {
                    "kind": "table",
                    "name": "features",
                    "dtype": "float32",
                    "columns": [
                        {"kind": "measured", "name": "age", "unit": "a", "range": [20, 80], "noise": noise},
                        {"kind": "coded", "name": "sex", "codes": [0, 1], "meaning": "0 female, 1 male"},
                    ],
                }
            ],
            "outputs": [{"name": "probability", "content": "probability", "range": [0, 1]}],
            "decision": {
                "rule": "threshold",
                "output": "probability",
                "threshold": 0.5,
                "negative": "young",
                "positive": "old",
                "favourable": "negative",
            },
        },
        "data": {
            "attributes": [{"name": "sex", "source": "sex", "protected": True, "groups": sexes}],
            "sets": [dataset("train"), dataset("validation"), dataset("test")],
            "reference": {
                "file": "data/reference.csv",
                "describes": "coins",
                "source": "arithmetic",
                "as_of": "2026-01-01",
            },
        },
        "objective": {
            "loss": [{"term": "binary_cross_entropy", "weight": 1}],
            "stands_for": "being right about fifty",
            "proxies": ["none known"],
            "chosen_by": "the author of the tests",
            "rejected_alternatives": ["none"],
            "implicit": {"present": False, "statement": "nothing implicit"},
            "claims": [{"metric": "accuracy", "population": "the test data", "value": 0.9}],
        },
        "explanation": {"available": True, "method": "the rule itself", "statement": "age decides alone"},
        "resources": {
            "training": {
                "hardware": "none",
                "hours": None,
                "energy_kwh": None,
                "grid_factor_g_per_kwh": None,
                "water_litres": None,
                "records": "written by hand, not trained",
            },
            "inference": {"hardware": "any"},
        },
        "supply_chain": {"base_models": [], "software": []},
        "documents": [{"name": kind, "kind": kind, "file": f"documents/{kind}.md"} for kind in KINDS],
    }


def write_submission(folder: Path, *, change: Callable[[dict[str, Any]], None] | None = None) -> Path:
    """Write the small submission, after `change` has been applied to its manifest."""
    write_graph(folder / "model/small.onnx")
    for seed, role in enumerate(("train", "validation", "test")):
        write_data(folder / f"data/{role}.csv", rows=600, seed=seed)
    (folder / "data/reference.csv").write_text("stratum,share\nsex=female,0.5\nsex=male,0.5\n")
    (folder / "documents").mkdir()
    for kind in KINDS:
        (folder / f"documents/{kind}.md").write_text(f"# {kind}\n\nWhat there is to say about {kind}.\n")
    declared = manifest()
    if change:
        change(declared)
    (folder / "submission.yaml").write_text(json.dumps(declared, indent=2), encoding="utf-8")
    return folder


@pytest.fixture
def small_submission(tmp_path: Path) -> Path:
    """The small submission in a folder of its own."""
    return write_submission(tmp_path / "submission")
