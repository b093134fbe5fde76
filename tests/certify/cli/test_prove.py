"""`certify prove`: a verdict on two files, whoever wrote them."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from certify.digest import Digest
from certify.errors import UnusableInput
from checks.proof import worker
from checks.proof.worker import Question, tell
from flows.proving import prove_files

CAPS = {"cpu_seconds": 60, "memory_bytes": 8 << 30, "file_bytes": 1 << 20, "descriptors": 256}
BOX = (
    "(declare-const X_0 Real)(declare-const Y_0 Real)"
    "(assert (<= X_0 1))(assert (>= X_0 -1))(assert (<= Y_0 {}))"
)


def network(
    weight: Any = ((1.0,), (-1.0,)),
    shape: Any = ("batch", 1),
    extra: Any = (),
    inputs: int = 1,
    **changes: Any,
) -> bytes:
    """|x| as Relu(x) + Relu(-x), or a change of it."""
    held = {"w": np.array(weight, dtype=np.float32).T, "v": np.ones((2, 1), dtype=np.float32)}
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["h"]),
        helper.make_node(changes.get("activation", "Relu"), ["h"], ["z"]),
        helper.make_node("MatMul", ["z", "v"], ["y"]),
        *extra,
    ]
    taken = [
        helper.make_tensor_value_info("x" if not i else f"x{i}", TensorProto.FLOAT, shape)
        for i in range(inputs)
    ]
    graph = helper.make_graph(
        nodes,
        "g",
        taken,
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(value, name) for name, value in held.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    data: bytes = model.SerializeToString()
    return data


def told(folder: Path, model: bytes, prop: str, seconds: int = 10) -> worker.Told:
    """What the worker answers, asked in this process."""
    (folder / worker.MODEL).write_bytes(model)
    (folder / worker.PROPERTY).write_text(prop)
    question = Question.from_json({"folder": str(folder), "seconds": seconds, "seed": 0, "caps": CAPS})
    return tell(question)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    model, prop = tmp_path / "m.onnx", tmp_path / "p.vnnlib"
    model.write_bytes(network())
    prop.write_text(BOX.format("-0.01"))
    return model, prop


def test_what_holds_is_said_with_its_arithmetic_and_the_bytes_it_speaks_of(certify: Any, files: Any) -> None:
    done = certify("prove", *files, "--json")
    assert (done.code, done.err, done.said["verdict"], done.said["counterexample"]) == (0, "", "holds", None)
    assert done.said["arithmetic"].startswith("Real numbers")
    assert done.said["model"] == {"path": str(files[0]), "digest": str(Digest.of_file(files[0]))}
    assert done.said["property"]["digest"] == str(Digest.of_file(files[1]))


def test_a_violation_is_shown_as_the_model_answers_it_on_a_narrow_screen(certify: Any, files: Any) -> None:
    files[1].write_text(BOX.format("0.25"))
    done = certify("prove", *files, columns=40)
    assert (done.code, done.err) == (1, "")
    point = {
        k: float(v) for k, _, v in (line.strip().partition(" = ") for line in done.out.splitlines()) if v
    }
    assert point["Y_0"] == abs(np.float32(point["X_0"])) <= 0.25
    digests = [line for line in done.out.splitlines() if "sha256" in line]
    assert (len(digests), max(len(line) for line in done.out.splitlines() if line not in digests) <= 60) == (
        2,
        True,
    )


def test_every_defect_of_both_files_is_told_with_its_line(certify: Any, files: Any) -> None:
    files[1].write_text(BOX.format("0") + "\n(assert (< Y_0 1))\n(assert (<= Y_7 1))")
    done = certify("prove", *files, "--json")
    assert (done.code, [p["line"] for p in done.said["problems"]]) == (2, [2, 3])
    assert {p["source"] for p in done.said["problems"]} == {str(files[1])}


def test_files_that_are_not_there_are_both_named(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput) as refused:
        prove_files(tmp_path / "no.onnx", tmp_path, 1)
    assert [p.source for p in refused.value.problems] == [str(tmp_path / "no.onnx"), str(tmp_path)]


def test_a_terminal_is_told_how_far_it_came_in_one_line_that_goes_away(files: Any) -> None:
    near, far = pty.openpty()
    command = [Path(sys.executable).parent / "certify", "prove", *files]
    environment = {**os.environ, "COLUMNS": "30"}
    done = subprocess.run(command, stderr=far, stdout=subprocess.PIPE, env=environment, check=False)
    shown = os.read(near, 10_000).decode().split("\r")
    os.close(far)
    os.close(near)
    assert done.returncode == 0
    assert any("s of 60 at most" in part for part in shown)
    assert max(map(len, shown)) < 30
    assert "".join(shown[-2:]).strip() == ""


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (b"", "opset 0"),
        (b"\x08\x07garbage", "no ONNX graph"),
        (network(weight=((np.nan,), (1.0,))), "no finite numbers"),
        (network(weight=((np.inf,), (1.0,))), "no finite numbers"),
        (network(shape=(1, "open")), "leaves the shape of its input open"),
        (network(inputs=2), "takes 2 inputs"),
        (network(activation="Sin"), "an operator Sin"),
        (network(extra=(helper.make_node("Mystery", ["y"], ["q"], domain="evil"),)), "Mystery"),
    ],
)
def test_models_of_which_no_proof_is_made_are_refused(model: bytes, said: str, tmp_path: Path) -> None:
    (defect,) = told(tmp_path, model, BOX.format("-1")).defects
    assert defect.source == worker.MODEL
    assert said in defect.found


def test_weights_that_lie_in_another_file_are_refused(tmp_path: Path) -> None:
    model = onnx.load_model_from_string(network())
    entry = model.graph.initializer[0]
    entry.ClearField("raw_data")
    entry.data_location = TensorProto.EXTERNAL
    entry.external_data.add(key="location", value="../../etc/passwd")
    (defect,) = told(tmp_path, model.SerializeToString(), BOX.format("-1")).defects
    assert defect.source == worker.MODEL


def test_a_property_of_another_model_is_refused(tmp_path: Path) -> None:
    text = "(declare-const Y_1 Real)" + BOX.format("-1")
    (defect,) = told(tmp_path, network(), text).defects
    assert (defect.source, defect.found) == (worker.PROPERTY, "1 and 2")


def test_a_model_that_overflows_where_it_runs_is_never_said_to_hold(tmp_path: Path) -> None:
    answer = told(
        tmp_path,
        network(
            weight=((3e38,), (-3e38,)),
        ),
        BOX.format("-1").replace("X_0 1)", "X_0 9)"),
    )
    assert (answer.verdict, "differ by more" in answer.reason) == ("unknown", True)


def test_a_box_beyond_single_precision_is_never_said_to_hold(tmp_path: Path) -> None:
    answer = told(tmp_path, network(), BOX.format("-1").replace("X_0 1)", "X_0 1e300)"))
    assert answer.verdict == "unknown"


def test_a_bound_that_only_rounding_decides_is_not_said_to_hold(tmp_path: Path) -> None:
    weight = ((1 / 3,), (-1 / 3,))
    assert told(tmp_path, network(weight=weight), BOX.format("-1e-12"), seconds=1).verdict == "unknown"


def test_a_box_of_one_point_is_decided_there(tmp_path: Path) -> None:
    text = BOX.format("0.5").replace("X_0 1)", "X_0 {0})").replace("X_0 -1)", "X_0 {0})")
    assert told(tmp_path, network(), text.format(0.5)).verdict == "violated"
    assert told(tmp_path, network(), text.format(0.75)).verdict == "holds"


def test_a_worker_that_is_given_no_time_proves_nothing(files: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.proving.STARTING", 0)
    answer = prove_files(*files, 1).told
    assert (answer.verdict, answer.inputs) == ("unknown", ())
    assert "no orderly end" in answer.reason


def test_an_answer_survives_its_journey() -> None:
    answer = worker.Told(verdict="violated", inputs=("0.1", "nan"), outputs=("-inf",), seconds="0.1")
    assert worker.Told.from_bytes(answer.to_bytes(), source="x") == answer
    assert json.loads(answer.to_bytes())["inputs"] == ["0.1", "nan"]
