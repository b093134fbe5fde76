"""Subjects for the tests of methods: a whole submission around a real, tiny ONNX model.

The default model is the plainest that can be reasoned about by hand. Its one column is `x`, and

- `binary`: sigmoid(x) against 0.5, so that x >= 0 decides "yes" and x < 0 decides "no";
- `multiclass`: the columns are the scores, so that the largest one decides its class;
- `regression`: the answer is x itself.

A value that is no number (NaN) makes the model's output NaN, hence the case undecided.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pandas as pd
import pytest
from onnx import TensorProto, helper, numpy_helper

from certify.digest import Digest
from certify.submission import Artifact, Manifest
from checks.files import Files
from checks.subject import Subject

TENSOR_TYPES = {
    "float32": TensorProto.FLOAT,
    "float64": TensorProto.DOUBLE,
    "int32": TensorProto.INT32,
    "int64": TensorProto.INT64,
}
OUTPUTS = {"binary": "probability", "multiclass": "scores", "regression": "value"}
CONTENTS = {"binary": "probability", "multiclass": "score", "regression": "value"}
CLASSES = {"binary": ("no", "yes"), "multiclass": ("a", "b", "c"), "regression": ()}
TEXT = "Stated for a test."


@pytest.fixture
def make_subject(tmp_path: Path) -> Callable[..., Subject]:
    """`make_subject(frame, task=..., ...)`: see `build` for all it can vary."""
    counter = iter(range(1_000_000))

    def make(*arguments: Any, **keywords: Any) -> Subject:
        folder = tmp_path / f"submission{next(counter)}"
        folder.mkdir()
        return build(folder, *arguments, **keywords)

    return make


def build(
    folder: Path,
    frame: pd.DataFrame | Mapping[str, Any] | None = None,
    *,
    task: str = "binary",
    role: str = "test",
    sets: Mapping[str, pd.DataFrame | Mapping[str, Any]] | None = None,
    columns: Sequence[str] | None = None,
    tensor: str | None = None,
    weights: Any = None,
    bias: Any = None,
    graph: bytes | None = None,
    preprocessing: bytes | None = None,
    files: Mapping[str, Mapping[str, bytes]] | None = None,
    dtype: str = "float32",
    threshold: Any = 0.5,
    classes: Sequence[str] | None = None,
    favourable: str = "positive",
    target: str = "label",
    quantity: Mapping[str, Any] | None = None,
    noise: Mapping[str, tuple[str, float]] | tuple[str, float] | None = None,
    step: Mapping[str, float] | float | None = None,
    coded: Mapping[str, Sequence[Any]] | None = None,
    attributes: Mapping[str, Mapping[str, Any]] | None = None,
    sources: Mapping[str, str] | None = None,
    row_weights: str | None = None,
    unit_column: str | None = None,
    most: Mapping[str, Any] | None = None,
    claims: Sequence[Mapping[str, Any]] | None = None,
    reference: Mapping[str, Any] | bytes | None = None,
    documents: Sequence[Mapping[str, Any]] | None = None,
    change: Mapping[str, Any] | None = None,
) -> Subject:
    """A subject whose manifest, model and data agree.

    frame       rows of `role`; a DataFrame becomes CSV, a mapping of arrays becomes npz
    sets        more data sets, by role
    columns     model columns of a DataFrame (default: x, x0, x1 ... as they are found)
    tensor      name of the array that is fed as one tensor, instead of columns
    weights     [columns, outputs] and `bias` [outputs] of the linear layer
    graph       bytes of another ONNX model, in place of the linear one
    preprocessing  bytes of a graph that runs before it
    files       {role: {path: bytes}} in place of the file that would be written for that role
    quantity    changes to range, unit ... of every measured column
    noise       ("normal", 0.1) for all columns, or {column: ("uniform", 0.5)} with the others exact
    step        for all columns, or {column: step}
    coded       {column: codes} makes these columns coded
    attributes  {"sex": {"female": [0], "male": [1]}, "age": {"young": (0, 40)}}: codes or [from, below)
    sources     {"sex": "gender"} where the column is not named as the attribute
    claims      [{"metric": "accuracy", "value": "0.9"}]; population and unit are filled in
    most        {"most_weight": 4, "most_rows_per_unit": 5}, of every data set
    reference   {stratum: share}, or the bytes of the CSV
    documents   [{"name", "kind", "text" or "data", "file", "figures"}]
    change      merged over the finished manifest, mapping by mapping
    """
    frame = pd.DataFrame({"x": [-1.0, 1.0], "label": ["no", "yes"]}) if frame is None else frame
    tables = {role: frame, **(sets or {})}
    classes = tuple(classes or CLASSES[task])
    names = None if tensor else list(columns or _model_columns(frame))
    shape = np.asarray(frame[tensor]).shape[1:] if tensor else (len(names or ()),)
    contents: dict[str, bytes] = {
        "model.onnx": graph or linear_graph(task, shape, weights, bias, dtype, len(classes))
    }
    if preprocessing:
        contents["preprocessing.onnx"] = preprocessing
    written_files = {**{r: _file(r, t) for r, t in tables.items()}, **(files or {})}
    contents |= {path: data for parts in written_files.values() for path, data in parts.items()}
    data_sets = [
        _data_set(r, p, target, row_weights, unit_column) | dict(most or {}) for r, p in written_files.items()
    ]
    contents["reference.csv"] = _reference(reference)
    written = _documents(documents, contents)
    measured = {"unit": "1", "range": (-10, 10), **(quantity or {})}
    entry: dict[str, Any] = {"name": "input", "dtype": dtype}
    if tensor:
        quality = _quantity(measured, noise, step, tensor)
        entry |= {"kind": "tensor", "shape": shape, "array": tensor, "elements": quality}
    else:
        entry |= {
            "kind": "table",
            "columns": [_column(n, measured, noise, step, coded or {}) for n in names or ()],
        }
    manifest = {
        "format": "certify/submission/1",
        "applicant": {"name": "Vendor", "contact": "vendor@example.org", "roles": ["provider"]},
        "system": {
            "name": "Tiny", "version": "1.0", "kind": "instrument", "intended_purpose": TEXT,
            "excluded_uses": [TEXT], "annex_iii_point": "none", "affected_persons": "directly",
            "affected_persons_note": TEXT, "human_oversight": TEXT,
        },
        "model": {
            "file": "model.onnx",
            "preprocessing": "preprocessing.onnx" if preprocessing else None,
            "task": task,
            "inputs": [entry],
            "outputs": [{"name": OUTPUTS[task], "content": CONTENTS[task]}],
            "decision": _rule(task, threshold, classes, favourable),
        },
        "data": {
            "attributes": [
                _attribute(name, groups, (sources or {}).get(name, name))
                for name, groups in (attributes or {}).items()
            ],
            "sets": data_sets,
            "reference": {
                "file": "reference.csv", "describes": TEXT, "source": TEXT, "as_of": "2026-01-31",
            },
        },
        "objective": {
            "loss": [{"term": "cross_entropy", "weight": 1}],
            "stands_for": TEXT, "proxies": [], "chosen_by": TEXT, "rejected_alternatives": [],
            "implicit": {"present": False, "statement": TEXT},
            "claims": [
                {"population": "The test population", **claim}
                for claim in claims or [{"metric": "accuracy", "value": "0.5"}]
            ],
        },
        "explanation": {"available": True, "method": "Linear weights", "statement": TEXT},
        "resources": {
            "training": {
                "hardware": "none", "hours": None, "energy_kwh": None, "grid_factor_g_per_kwh": None,
                "water_litres": None, "records": TEXT,
            },
            "inference": {"hardware": "one core"},
        },
        "supply_chain": {"base_models": [], "software": []},
        "documents": written,
    }  # fmt: skip
    declared = Manifest.from_json(_plain(_merged(manifest, change or {})))
    return Subject(declared, _write(folder, contents), Digest.of(b"a submission for a test"))


def linear_graph(
    task: str, shape: tuple[int, ...], weights: Any, bias: Any, dtype: str = "float32", outputs: int = 2
) -> bytes:
    """input -> cast -> flatten -> weights and bias -> (sigmoid for a binary task)."""
    size = int(np.prod(shape))
    wide = {"binary": 1, "regression": 1}.get(task, outputs)
    matrix = np.eye(size, wide) if weights is None else np.asarray(weights, dtype=float).reshape(size, -1)
    offset = np.zeros(matrix.shape[1]) if bias is None else np.asarray(bias, dtype=float).reshape(-1)
    last = "linear" if task == "binary" else OUTPUTS[task]
    nodes = [
        helper.make_node("Cast", ["input"], ["cast"], to=TensorProto.FLOAT),
        helper.make_node("Flatten", ["cast"], ["flat"], axis=1),
        helper.make_node("MatMul", ["flat", "weights"], ["product"]),
        helper.make_node("Add", ["product", "bias"], [last]),
    ]
    if task == "binary":
        nodes.append(helper.make_node("Sigmoid", ["linear"], [OUTPUTS[task]]))
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("input", TENSOR_TYPES[dtype], ["cases", *shape])],
        [helper.make_tensor_value_info(OUTPUTS[task], TensorProto.FLOAT, ["cases", matrix.shape[1]])],
        [
            numpy_helper.from_array(matrix.astype(np.float32), "weights"),
            numpy_helper.from_array(offset.astype(np.float32), "bias"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())


def _model_columns(frame: pd.DataFrame | Mapping[str, Any]) -> list[str]:
    return [name for name in frame if name == "x" or (name[0] == "x" and name[1:].isdigit())]


def _file(role: str, table: pd.DataFrame | Mapping[str, Any]) -> dict[str, bytes]:
    if isinstance(table, pd.DataFrame):
        return {f"{role}.csv": table.to_csv(index=False).encode()}
    stream = io.BytesIO()
    np.savez(stream, **{name: np.asarray(array) for name, array in table.items()})
    return {f"{role}.npz": stream.getvalue()}


def _data_set(
    role: str, files: Mapping[str, bytes], target: str, row_weights: str | None, unit_column: str | None
) -> dict[str, Any]:
    return {
        "name": f"{role}_rows", "role": role, "files": list(files), "target": target,
        "weights": row_weights, "unit_column": unit_column, "statistical_unit": "person",
        "origin": TEXT, "collected": {"first": "2025-01-01", "last": "2025-12-31"}, "setting": TEXT,
        "licence": "CC0-1.0",
        "labelling": {"method": TEXT, "annotators": TEXT, "working_conditions": TEXT},
    }  # fmt: skip


def _reference(reference: Mapping[str, Any] | bytes | None) -> bytes:
    if isinstance(reference, bytes):
        return reference
    lines = [f"{stratum},{share}" for stratum, share in (reference or {}).items()]
    return "\n".join(["stratum,share", *lines, ""]).encode()


def _documents(
    documents: Sequence[Mapping[str, Any]] | None, contents: dict[str, bytes]
) -> list[dict[str, Any]]:
    written = []
    for document in documents if documents is not None else [{"kind": "general_description"}]:
        kind = document.get("kind", "other")
        name = document.get("name", kind)
        file = document.get("file", f"documents/{name}.md")
        contents[file] = document.get("data") or document.get("text", f"# {name}\n").encode()
        figures = document.get("figures", [])
        written.append({"name": name, "kind": kind, "file": file, "figures": figures})
    return written


def _column(
    name: str, measured: Mapping[str, Any], noise: Any, step: Any, coded: Mapping[str, Sequence[Any]]
) -> dict[str, Any]:
    if name in coded:
        return {"kind": "coded", "name": name, "codes": list(coded[name]), "meaning": TEXT}
    return {"kind": "measured", "name": name, **_quantity(measured, noise, step, name)}


def _quantity(measured: Mapping[str, Any], noise: Any, step: Any, name: str) -> dict[str, Any]:
    own_noise = noise.get(name) if isinstance(noise, Mapping) else noise
    own_step = step.get(name) if isinstance(step, Mapping) else step
    quality = dict(measured)
    if own_noise is not None:
        quality["noise"] = {"distribution": own_noise[0], "scale": own_noise[1], "source": TEXT}
    elif noise is not None:
        quality["exact"] = TEXT
    if own_step is not None:
        quality["step"] = own_step
    return quality


def _rule(task: str, threshold: Any, classes: tuple[str, ...], favourable: str) -> dict[str, Any]:
    if task == "multiclass":
        return {"rule": "argmax", "output": OUTPUTS[task], "classes": classes}
    if task == "regression":
        return {"rule": "identity", "output": OUTPUTS[task], "unit": "1", "range": (-10, 10)}
    return {
        "rule": "threshold", "output": OUTPUTS[task], "threshold": threshold,
        "negative": classes[0], "positive": classes[1], "favourable": favourable,
    }  # fmt: skip


def _attribute(name: str, groups: Mapping[str, Any], source: str) -> dict[str, Any]:
    written = [
        {"name": group, "from": where[0], "below": where[1]}
        if isinstance(where, tuple)
        else {"name": group, "codes": list(where)}
        for group, where in groups.items()
    ]
    return {"name": name, "source": source, "protected": True, "groups": written}


def _merged(base: Any, change: Any) -> Any:
    if not (isinstance(base, Mapping) and isinstance(change, Mapping)):
        return change
    return {**base, **{k: _merged(base[k], v) if k in base else v for k, v in change.items()}}


def _plain(value: Any) -> Any:
    """As it would be read from JSON: floats as text, tuples as lists, numpy scalars as Python's."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    return repr(value) if isinstance(value, float) else value


def _write(folder: Path, contents: Mapping[str, bytes]) -> Files:
    locations = {}
    for path, data in contents.items():
        locations[path] = folder / path
        locations[path].parent.mkdir(parents=True, exist_ok=True)
        locations[path].write_bytes(data)
    artifacts = tuple(Artifact(path=p, digest=Digest.of(d), size=len(d)) for p, d in contents.items())
    return Files(artifacts, locations)
