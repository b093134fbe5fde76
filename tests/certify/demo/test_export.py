from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from certify.demo import export
from certify.demo.export import Average, Standardise, run_graph, write_graph


def network() -> nn.Module:
    """Every layer of the list, with random weights."""

    def member() -> nn.Sequential:
        return nn.Sequential(
            nn.Conv2d(2, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 3, (3, 2), stride=(2, 1), padding=(1, 0)),
            nn.Flatten(), nn.Linear(36, 5), nn.Softmax(dim=1),
        )  # fmt: skip

    torch.manual_seed(0)
    scale = Standardise(torch.tensor(3.0), torch.tensor(2.0))
    return nn.Sequential(scale, Average([member(), member()]), nn.Sigmoid())


CASES = np.random.default_rng(0).normal(3, 2, (7, 2, 6, 5)).astype(np.float32)


def test_torch_and_onnxruntime_agree(tmp_path: Path) -> None:
    original = network()
    write_graph(original, tmp_path / "m.onnx", takes="x", gives="y", example=CASES)
    more = np.random.default_rng(1).normal(3, 2, (100, 2, 6, 5)).astype(np.float32)
    with torch.no_grad():
        expected = original(torch.from_numpy(more)).numpy()
    np.testing.assert_allclose(run_graph(tmp_path / "m.onnx", more), expected, atol=1e-5)


def test_a_graph_that_is_not_the_network_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {**export._LAYERS, nn.Sigmoid: lambda graph, layer, value: graph.node("Tanh", value)}
    monkeypatch.setattr(export, "_LAYERS", wrong)
    with pytest.raises(ArithmeticError, match="expected torch and onnxruntime to agree"):
        write_graph(network(), tmp_path / "m.onnx", takes="x", gives="y", example=CASES)


def test_a_layer_outside_the_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        write_graph(nn.Sequential(nn.Tanh()), tmp_path / "m.onnx", takes="x", gives="y", example=CASES)


def test_the_same_weights_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_graph(network(), tmp_path / name, takes="x", gives="y", example=CASES)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_the_graph_takes_any_number_of_cases_by_the_declared_names(tmp_path: Path) -> None:
    write_graph(network(), tmp_path / "m.onnx", takes="x", gives="y", example=CASES)
    graph = onnx.load(str(tmp_path / "m.onnx")).graph
    ends = [*graph.input, *graph.output]
    assert [end.name for end in ends] == ["x", "y"]
    assert [end.type.tensor_type.shape.dim[0].dim_param for end in ends] == ["cases", "cases"]
    assert len(run_graph(tmp_path / "m.onnx", CASES[:1])) == 1


def test_the_graph_tells_nothing_of_the_machine(tmp_path: Path) -> None:
    write_graph(network(), tmp_path / "m.onnx", takes="x", gives="y", example=CASES)
    data = (tmp_path / "m.onnx").read_bytes()
    assert b"/" not in b"".join(node.SerializeToString() for node in onnx.load_from_string(data).graph.node)
    assert str(Path.cwd()).encode() not in data


def test_a_missing_value_reaches_the_output(tmp_path: Path) -> None:
    write_graph(network(), tmp_path / "m.onnx", takes="x", gives="y", example=CASES)
    holes = np.repeat(CASES[:1], CASES[0].size, axis=0)
    holes.reshape(len(holes), -1)[np.arange(len(holes)), np.arange(len(holes))] = np.nan
    assert np.isnan(run_graph(tmp_path / "m.onnx", holes)).all()
