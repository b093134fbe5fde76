"""Whole graphs: what torch trained and the demonstration wrote, nets of others, and gradients."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from onnx import parser
from torch import nn

from certify.demo.export import Standardise, write_graph
from checks.differentiable.network import Graph, Network, network_of
from checks.measured import CannotMeasure
from checks.subject import Subject


def as_graph(network: nn.Module, shape: tuple[int, ...], folder: Path) -> Graph:
    example = np.random.default_rng(3).standard_normal((6, *shape)).astype(np.float32)
    path = folder / "net.onnx"
    write_graph(network, path, takes="x", gives="y", example=example)
    return Graph(path.read_bytes(), "net.onnx")


def perceptron() -> nn.Sequential:
    torch.manual_seed(11)
    scale = Standardise(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([0.5, 1.5, 2.5]))
    return nn.Sequential(scale, nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 1), nn.Sigmoid())


def convolutions() -> nn.Sequential:
    torch.manual_seed(12)
    layers = (nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 2, 3, stride=2), nn.Flatten())
    return nn.Sequential(*layers, nn.Linear(18, 3), nn.Softmax(dim=1))


@pytest.mark.parametrize(("make", "shape"), [(perceptron, (3,)), (convolutions, (1, 8, 8))])
def test_gradients_are_those_of_the_module_that_was_exported(
    make: Callable[[], nn.Sequential], shape: tuple[int, ...], tmp_path: Path
) -> None:
    module = make()
    network = Network(preprocessing=None, model=as_graph(module, shape, tmp_path))
    inputs = np.random.default_rng(4).standard_normal((9, *shape)).astype(np.float32)
    module = module.double()
    theirs = torch.autograd.grad(module(torch.from_numpy(inputs).double()).pow(2).sum(), module.parameters())
    ours = torch.autograd.grad(network.values({"x": inputs})["y"].pow(2).sum(), network.weights.values())
    assert len(theirs) == len(ours)
    for one, other in zip(theirs, ours, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-12)


def test_what_standardises_the_inputs_is_no_weight(tmp_path: Path) -> None:
    network = Network(preprocessing=None, model=as_graph(perceptron(), (3,), tmp_path))
    assert [tuple(w.shape) for w in network.weights.values()] == [(5, 3), (5,), (1, 5), (1,)]


def test_a_graph_without_weights_is_refused() -> None:
    text = '<ir_version: 8, opset_import: ["": 17]> g (float[n, 1] x) => (float[n, 1] y) { y = Sigmoid(x) }'
    with pytest.raises(CannotMeasure, match="no weights that enter a linear operator"):
        Network(preprocessing=None, model=Graph(parser.parse_model(text).SerializeToString(), "g.onnx"))


def subject_and_network(subject: Subject) -> tuple[Subject, Network]:
    model = subject.manifest.model
    return subject, network_of(subject.predictor, {path: subject.files.read(path) for path in model.files})


ROWS = pd.DataFrame({"x": [-2.0, -0.5, 0.5, 3.0], "label": ["no", "no", "yes", "yes"]})


def test_a_model_agrees_with_onnxruntime_on_its_rows(make_subject: Callable[..., Subject]) -> None:
    subject, network = subject_and_network(make_subject(ROWS))
    network.require_agreement(subject.predictor, subject.table("test").inputs)


def test_another_function_than_the_models_is_refused(make_subject: Callable[..., Subject]) -> None:
    subject, network = subject_and_network(make_subject(ROWS))
    with torch.no_grad():
        next(iter(network.weights.values())).mul_(1.01)
    with pytest.raises(CannotMeasure, match="gradients would be those of another function"):
        network.require_agreement(subject.predictor, subject.table("test").inputs)


def test_an_answer_that_is_no_number_agrees_with_nothing(make_subject: Callable[..., Subject]) -> None:
    rows = ROWS.assign(x=[-2.0, np.nan, 0.5, 3.0])
    subject, network = subject_and_network(make_subject(rows))
    with pytest.raises(CannotMeasure, match="differ by nan"):
        network.require_agreement(subject.predictor, subject.table("test").inputs)


def test_a_graph_that_mixes_cases_is_refused(make_subject: Callable[..., Subject]) -> None:
    """onnxruntime is asked case by case; a mean over the batch shows."""
    text = """<ir_version: 9, opset_import: ["": 17]> g (float[n, 1] input) => (float[n, 1] probability)
      <float[1, 1] w = {1.0}> {
        m = ReduceMean <axes: ints = [0], keepdims: int = 1> (input)
        d = Sub(input, m)
        o = MatMul(d, w)
        probability = Sigmoid(o)
    }"""
    subject, network = subject_and_network(
        make_subject(ROWS, graph=parser.parse_model(text).SerializeToString())
    )
    with pytest.raises(CannotMeasure, match="torch and onnxruntime differ"):
        network.require_agreement(subject.predictor, subject.table("test").inputs)


needs_data = pytest.mark.skipif("CERTIFY_DATA" not in os.environ, reason="CERTIFY_DATA names no folder")


@needs_data
@pytest.mark.parametrize(
    ("file", "shape"),
    [
        *((f"fairify/AC-{i}.onnx", (13,)) for i in range(1, 7)),
        *((f"fairify/GC-{i}.onnx", (20,)) for i in range(1, 4)),
        ("mnist/mnist_cntk.onnx", (1, 28, 28)),
        ("acasxu/ACASXU_run2a_1_1_batch_2000.onnx", (1, 1, 5)),
    ],
)
def test_nets_of_others_give_what_onnxruntime_gives(file: str, shape: tuple[int, ...]) -> None:
    import onnxruntime

    data = (Path(os.environ["CERTIFY_DATA"]) / file).read_bytes()
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    entry = session.get_inputs()[0]
    cases = entry.shape[0] if isinstance(entry.shape[0], int) else 16
    value: Any = np.random.default_rng(5).random((cases, *shape)).astype(np.float32)
    network = Network(preprocessing=None, model=Graph(data, file))
    ours = network.values({entry.name: value})[session.get_outputs()[0].name].detach().numpy()
    (theirs,) = session.run(None, {entry.name: value})
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4)


@needs_data
def test_a_tree_is_refused_by_its_operator() -> None:
    data = (Path(os.environ["CERTIFY_DATA"]) / "diabetes_tree/diabetes.onnx").read_bytes()
    with pytest.raises(CannotMeasure, match=r"ai\.onnx\.ml\.TreeEnsembleClassifier.*record of the training"):
        Graph(data, "diabetes.onnx")
