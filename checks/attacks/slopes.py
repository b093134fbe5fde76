"""A network that answers and gives slopes in onnxruntime alone: two sessions, one forward and one back.

The forward session is the submitted graph with more outputs; the backward session is written by
`derivatives`. What the first keeps is fed to the second, so that nothing is run twice. A graph that fixes a
batch of one is asked many cases at a time here: what is found in that way is decided again by the graph as it
was submitted, and so is a wrong slope found out: it finds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from checks.attacks.derivatives import RULES, places_of
from checks.attacks.tape import Step, Tape, Unsupported
from checks.measured import CannotMeasure
from checks.session import open_session

Array = NDArray[Any]

_OPSET: Final = 18
_TRIED: Final = 3
"""So many cases run for the shapes: no axis of a graph is likely to be as long."""

Squash = Literal["", "Sigmoid", "Softmax"]
"""What only squeezes the scores: slopes are taken before, where they do not vanish."""

_NOTHING: Final[Squash] = ""


class SlopeGraph:
    """`forward` gives values by name; `pull` turns slopes of the scores into slopes of the input."""

    def __init__(
        self, data: bytes, output: str, shape: tuple[int, ...], dtype: Any, *, bare: bool = True
    ) -> None:
        """`shape` is that of one case; `bare`: the scores are those before a squeezing end.

        Raises `Unsupported` where an operator has no rule.
        """
        import onnx

        self._model = onnx.load_model_from_string(data)
        graph = self._model.graph
        held = {tensor.name for tensor in graph.initializer}
        inputs = [value for value in graph.input if value.name not in held]
        if len(inputs) != 1:
            raise Unsupported("a graph with several inputs")
        self.source, self.shape, self.dtype = inputs[0].name, shape, np.dtype(dtype)
        if self.dtype not in (np.float32, np.float64):
            raise Unsupported("inputs that are whole numbers")
        _free_the_batch(graph, inputs[0])
        self._values = self._trial()
        self.squash, self.scores = _before_squash(graph, output) if bare else (_NOTHING, output)
        self._write(output)

    def forward(self, inputs: Array) -> dict[str, Array]:
        """What the graph answers to inputs of shape [cases, *shape], and what `pull` needs."""
        values = self._forward.run(self._outputs, {self.source: inputs})
        return dict(zip(self._outputs, values, strict=True))

    def pull(self, values: Mapping[str, Array], slope: Array) -> Array:
        """The slope of the input, of shape [cases, *shape], for one of the scores."""
        feed = {name: values[name] for name in self._needed}
        (back,) = self._backward.run(None, {**feed, _SLOPE: slope})
        return np.asarray(back)

    def _trial(self) -> dict[str, Array]:
        graph = self._model.graph
        names = [name for node in graph.node for name in node.output if name]
        session = _opened(_with_outputs(self._model, names))
        cases = np.random.default_rng(0).random((_TRIED, *self.shape)).astype(self.dtype)
        try:
            found = session.run(names, {self.source: cases})
        except Exception as error:  # onnxruntime raises its own classes without a common root
            raise Unsupported(f"a graph that does not take several cases: {error}") from error
        return {self.source: cases, **_initial(graph), **dict(zip(names, found, strict=True))}

    def _write(self, output: str) -> None:
        tape = Tape(dtype=self.dtype)
        back = self._walk(tape)
        self._needed = sorted(tape.needed)
        self._outputs = list(dict.fromkeys([output, self.scores, *self._needed]))
        self._forward = _opened(_with_outputs(_with_places(self._model), self._outputs))
        kinds = {_SLOPE: self.dtype, **{n: self._kind(n) for n in self._needed}}
        self._backward = _opened(_graph(tape, back, kinds))

    def _kind(self, name: str) -> Any:
        return np.dtype(np.int64) if name not in self._values else self._values[name].dtype

    def _walk(self, tape: Tape) -> str:
        """From the scores to the input, summing where ways meet; the name of the slope of the input."""
        graph = self._model.graph
        fixed = _fixed(graph, self.source)
        slopes: dict[str, str] = {self.scores: _SLOPE}
        opset = next((int(e.version) for e in self._model.opset_import if not e.domain), 1)
        for node in reversed(graph.node):
            if node.output[0] not in slopes:
                continue
            for name, slope in _rule(node)(self._step(node, tape, slopes[node.output[0]], opset, fixed)):
                slopes[name] = tape.node("Add", slopes[name], slope) if name in slopes else slope
        if self.source not in slopes:
            raise Unsupported("scores that do not depend on the input")
        return slopes[self.source]

    def _step(self, node: Any, tape: Tape, slope: str, opset: int, fixed: frozenset[str]) -> Step:
        from onnx import helper

        return Step(
            operator=node.op_type, inputs=tuple(node.input), output=node.output[0], slope=slope, tape=tape,
            attributes={a.name: helper.get_attribute_value(a) for a in node.attribute}, opset=opset,
            values=self._values, fixed=fixed,
        )  # fmt: skip


_SLOPE: Final = "slope of the scores"


def _rule(node: Any) -> Callable[[Step], list[tuple[str, str]]]:
    if node.domain or node.op_type not in RULES:
        raise Unsupported(f"an operator {node.op_type}")
    return RULES[node.op_type]


def _free_the_batch(graph: Any, source: Any) -> None:
    """Any number of cases at a time, where the graph as it stands takes one."""
    from onnx import numpy_helper

    source.type.tensor_type.shape.dim[0].dim_param = "cases"
    del graph.value_info[:]
    for value in graph.output:
        value.type.tensor_type.ClearField("shape")
    moving = set(_moving(graph, source.name))
    shapes = {n.input[1] for n in graph.node if n.op_type == "Reshape" and n.input[0] in moving}
    for tensor in graph.initializer:
        sizes = numpy_helper.to_array(tensor)
        if tensor.name in shapes and sizes.ndim == 1 and len(sizes) > 1 and sizes[0] == 1:
            kept = np.concatenate([[0], sizes[1:]]).astype(np.int64)
            tensor.CopyFrom(numpy_helper.from_array(kept, tensor.name))


def _moving(graph: Any, source: str) -> list[str]:
    """The names of all values that depend on the input."""
    found = [source]
    for node in graph.node:
        if set(node.input) & set(found):
            found.extend(node.output)
    return found


def _fixed(graph: Any, source: str) -> frozenset[str]:
    moving = set(_moving(graph, source))
    names = {t.name for t in graph.initializer} | {o for n in graph.node for o in n.output}
    return frozenset(names - moving)


def _initial(graph: Any) -> dict[str, Array]:
    from onnx import numpy_helper

    return {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}


def _before_squash(graph: Any, output: str) -> tuple[Squash, str]:
    """What squeezes the scores at the end, and the name of the scores before it."""
    made_by = {name: node for node in graph.node for name in node.output}
    end = made_by.get(output)
    while end is not None and end.op_type == "Identity":
        output = end.input[0]
        end = made_by.get(output)
    if end is None or end.op_type not in ("Sigmoid", "Softmax"):
        return _NOTHING, output
    return end.op_type, end.input[0]


def _with_places(model: Any) -> Any:
    """A copy in which every MaxPool also tells the places of what it chose."""
    import onnx

    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    for node in changed.graph.node:
        if node.op_type == "MaxPool" and len(node.output) == 1:
            node.output.append(places_of(node.output[0]))
    return changed


def _with_outputs(model: Any, names: list[str]) -> bytes:
    import onnx
    from onnx import helper

    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    present = {value.name for value in changed.graph.output}
    changed.graph.output.extend(
        helper.make_empty_tensor_value_info(name) for name in names if name not in present
    )
    return bytes(changed.SerializeToString())


def _graph(tape: Tape, back: str, kinds: Mapping[str, Any]) -> bytes:
    from onnx import helper, numpy_helper

    inputs = [
        helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(np.dtype(kind)), None)
        for name, kind in kinds.items()
    ]
    outputs = [helper.make_empty_tensor_value_info(back)]
    constants = [numpy_helper.from_array(np.ascontiguousarray(v), n) for n, v in tape.constants.items()]
    graph = helper.make_graph(tape.nodes, "slopes", inputs, outputs, constants)
    opsets = [helper.make_opsetid("", _OPSET)]
    return bytes(helper.make_model(graph, opset_imports=opsets, ir_version=10).SerializeToString())


def _opened(data: bytes) -> Any:
    try:
        return open_session(data, "a graph of slopes")
    except CannotMeasure as error:
        raise Unsupported(error.explanation) from error
