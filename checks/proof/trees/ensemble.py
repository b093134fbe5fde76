"""An ensemble of decision trees as it stands in an ONNX graph: nodes, leaves, how answers are added up.

Reads `TreeEnsembleClassifier` and `TreeEnsembleRegressor` of ai.onnx.ml, versions 1 to 4, and gives them the
meaning that onnxruntime gives them (onnxruntime/core/providers/cpu/ml/tree_ensemble_aggregator.h), which says
more than the specification does: two classes of which one alone has weights are answered as [1 - s, s], or as
[-s, s] where a weight is negative or a transform follows. What is outside of that raises `CannotMeasure`;
whoever uses an ensemble first asks `prover.require_agreement`, which holds it against the graph at work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from checks.measured import CannotMeasure

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

F64 = NDArray[np.float64]
Transform = Literal["NONE", "LOGISTIC", "SOFTMAX"]

ROUNDING: Final = 2.0**-24
"""The unit roundoff of single precision, in which onnxruntime adds the leaves up."""

_DOMAIN: Final = "ai.onnx.ml"
_TYPES: Final = {1: "float32", 11: "float64"}
_BRANCHES: Final = ("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ")


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A branch: which feature meets which threshold how, and the numbers of the nodes that follow."""

    mode: str
    feature: int
    threshold: float
    yes: int
    no: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Tree:
    """Nodes by number, the root's first; `leaves` maps the other numbers to scores of shape [scores]."""

    root: int
    nodes: Mapping[int, Node]
    leaves: Mapping[int, F64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ensemble:
    """Scores are `base` plus what the trees add; answers are `matrix @ scores + offset`, then `transform`.

    `matrix` has shape [answers, scores]; of two `cases` the answers stand behind each other. `dtype` is the
    type of the input, whose `features` numbers are compared exactly with thresholds of single precision.
    """

    trees: tuple[Tree, ...]
    features: int
    dtype: str
    base: F64
    matrix: F64
    offset: F64
    transform: Transform
    cases: int = 1

    @property
    def sizes(self) -> F64:
        """The largest size that each score can have, of shape [scores]."""
        return np.asarray(
            np.abs(self.base) + sum(np.max(np.abs(list(t.leaves.values())), 0) for t in self.trees)
        )

    @property
    def slack(self) -> F64:
        """How far each answer before the transform may be from the exact sum, of shape [answers].

        Adding n numbers in any order errs by at most (n - 1) u / (1 - (n - 1) u) times the sum of their sizes
        (Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition, 2002, section 4.2), u being
        `ROUNDING`: nothing for a single tree without a base value. One more rounding is allowed for where
        a factor or an offset follows, and that of double precision here.
        """
        additions = len(self.trees) - 1 + int(bool(self.base.any()))
        plain = np.isin(self.matrix, (0.0, 1.0, -1.0)).all() and not self.offset.any()
        relative = additions * ROUNDING / (1 - additions * ROUNDING) + (0 if plain else 2 * ROUNDING)
        double_in = ROUNDING if self.dtype == "float64" else 0.0
        size = np.abs(self.matrix) @ self.sizes + np.abs(self.offset)
        return np.asarray((1.01 * (relative + double_in) + 1e-14) * size)

    def answers(self, inputs: NDArray[Any]) -> F64:
        """What it answers to inputs of shape [cases, features], of shape [cases, answers]."""
        scores = np.asarray([self.base + sum(_score(t, case) for t in self.trees) for case in inputs])
        before = scores @ self.matrix.T + self.offset
        each = before.reshape(len(inputs) * self.cases, -1)
        return transformed(each, self.transform).reshape(before.shape)


def transformed(values: F64, transform: Transform) -> F64:
    """Values of shape [cases, answers] after the transform."""
    if transform == "LOGISTIC":
        return np.asarray(expit(values))
    if transform == "SOFTMAX":
        return np.asarray(softmax(values, axis=1))
    return values


def is_ensemble(data: bytes) -> bool:
    """Whether a graph holds a tree ensemble at all."""
    return any(node.op_type.startswith("TreeEnsemble") for node in _graph(data).graph.node)


def read_ensemble(data: bytes, answer: str) -> Ensemble:
    """The ensemble that gives the output `answer` of a graph.

    Before it may stand what changes no number: `Identity`, and `Cast` between floating types that widens.
    Raises `CannotMeasure` for any other graph, and for what onnxruntime adds up in another way.
    """
    model = _graph(data)
    makers = {name: node for node in model.graph.node for name in node.output}
    node = _behind(makers, answer)
    if node is None or node.domain != _DOMAIN or not node.op_type.startswith("TreeEnsemble"):
        raise CannotMeasure(f"the output {answer} is not made by a tree ensemble of {_DOMAIN} alone")
    dtype = _input_type(model, makers, node.input[0])
    written = _attributes(node)
    if node.op_type == "TreeEnsembleClassifier" and answer_place(makers, node, answer) == 1:
        return _classifier(written, dtype)
    if node.op_type == "TreeEnsembleRegressor":
        return _regressor(written, dtype)
    raise CannotMeasure(f"the output {answer} of an operator {node.op_type} is no score")


def answer_place(makers: Mapping[str, NodeProto], node: NodeProto, answer: str) -> int:
    """Which output of the ensemble `answer` is."""
    while answer not in node.output:
        answer = makers[answer].input[0]
    return list(node.output).index(answer)


def _graph(data: bytes) -> ModelProto:
    import onnx
    from google.protobuf.message import DecodeError

    try:
        return onnx.load_model_from_string(data)
    except DecodeError as error:
        raise CannotMeasure("the model is no ONNX graph") from error


def _behind(makers: Mapping[str, NodeProto], name: str) -> NodeProto | None:
    node = makers.get(name)
    while node is not None and not node.domain and node.op_type == "Identity":
        node = makers.get(node.input[0])
    return node


def _input_type(model: ModelProto, makers: Mapping[str, NodeProto], name: str) -> str:
    from onnx import helper

    entries = {entry.name: entry.type.tensor_type.elem_type for entry in model.graph.input}
    casts: list[int] = []
    while name in makers:
        node = makers[name]
        if node.domain or node.op_type not in ("Identity", "Cast"):
            raise CannotMeasure(f"an operator {node.op_type} stands before the trees")
        if node.op_type == "Cast":
            casts.append(int(helper.get_node_attr_value(node, "to")))
        name = node.input[0]
    kinds = [entries.get(name, 0), *reversed(casts)]
    if any(kind not in _TYPES for kind in kinds) or any(a > b for a, b in pairwise(kinds)):
        raise CannotMeasure("the trees are fed something else than the floating numbers of the input")
    return _TYPES[kinds[0]]


def _attributes(node: NodeProto) -> dict[str, Any]:
    from onnx import helper

    found = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    odd = [name for name in found if name.endswith("_as_tensor") and found[name]]
    if odd:
        raise CannotMeasure(f"the trees hold {', '.join(odd)} in double precision")
    return found


def _classifier(written: Mapping[str, Any], dtype: str) -> Ensemble:
    classes = len(written.get("classlabels_int64s") or written.get("classlabels_strings") or ())
    ids, base = list(written["class_ids"]), np.asarray(written.get("base_values", ()), dtype=np.float64)
    transform = _transform(written)
    single = classes == 2 and len(set(ids)) == 1
    trees = _trees(written, "class", 1 if single else classes, [0] * len(ids) if single else ids)
    if single and base.size <= 1:
        matrix, offset, transform = _two_of_one(written["class_weights"], transform)
        start = base if base.size else np.zeros(1)
        return _ensemble(trees, dtype, start, matrix, offset, transform)
    if classes < 2 or (base.size and (classes == 2 or base.size != classes)):
        raise CannotMeasure(
            f"trees for {classes} classes with {base.size} base values are added up otherwise"
        )
    start = base if base.size else np.zeros(classes)
    return _ensemble(trees, dtype, start, np.eye(classes), np.zeros(classes), transform)


def _two_of_one(weights: Any, transform: Transform) -> tuple[F64, F64, Transform]:
    """Two answers of one score: [1 - s, s] where none is negative, or [-s, s] and the transform behind it."""
    if min(weights) >= 0 and transform == "NONE":
        return np.array([[-1.0], [1.0]]), np.array([1.0, 0.0]), "NONE"
    if transform == "SOFTMAX":
        raise CannotMeasure("of two classes one alone has weights, and a softmax follows")
    return np.array([[-1.0], [1.0]]), np.zeros(2), transform


def _regressor(written: Mapping[str, Any], dtype: str) -> Ensemble:
    targets = int(written.get("n_targets", 1))
    base = np.asarray(written.get("base_values", ()), dtype=np.float64)
    how = written.get("aggregate_function", b"SUM").decode()
    if how not in ("SUM", "AVERAGE") or _transform(written) != "NONE" or base.size not in (0, targets):
        raise CannotMeasure("the trees of a regression are neither added up nor averaged, or are transformed")
    trees = _trees(written, "target", targets, list(written["target_ids"]))
    factor = 1 / len(trees) if how == "AVERAGE" else 1.0
    if how == "AVERAGE" and base.any():
        raise CannotMeasure("a base value is added to an average")
    start = base if base.size else np.zeros(targets)
    return _ensemble(trees, dtype, start, factor * np.eye(targets), np.zeros(targets), "NONE")


def _ensemble(
    trees: tuple[Tree, ...], dtype: str, base: F64, matrix: F64, offset: F64, transform: Transform
) -> Ensemble:
    features = 1 + max((n.feature for tree in trees for n in tree.nodes.values()), default=-1)
    return Ensemble(
        trees=trees,
        features=features,
        dtype=dtype,
        base=base,
        matrix=matrix,
        offset=offset,
        transform=transform,
    )


def _transform(written: Mapping[str, Any]) -> Transform:
    name = written.get("post_transform", b"NONE").decode()
    if name not in ("NONE", "LOGISTIC", "SOFTMAX"):
        raise CannotMeasure(f"the answers of the trees go through {name}, of which no bound is known here")
    return name  # type: ignore[no-any-return]


def _trees(written: Mapping[str, Any], kind: str, scores: int, ids: list[int]) -> tuple[Tree, ...]:
    nodes: dict[int, dict[int, Node]] = {}
    leaves: dict[int, dict[int, F64]] = {}
    roots: dict[int, int] = {}
    columns = ("treeids", "nodeids", "modes", "featureids", "values", "truenodeids", "falsenodeids")
    for tree, number, mode, feature, value, yes, no in zip(
        *(written[f"nodes_{c}"] for c in columns), strict=True
    ):
        roots.setdefault(tree, number)
        if mode == b"LEAF":
            leaves.setdefault(tree, {})[number] = np.zeros(scores)
        elif mode.decode() in _BRANCHES:
            made = Node(mode=mode.decode(), feature=feature, threshold=float(value), yes=yes, no=no)
            nodes.setdefault(tree, {})[number] = made
        else:
            raise CannotMeasure(f"a tree branches by {mode.decode()}")
    weights = (written[f"{kind}_{c}"] for c in ("treeids", "nodeids", "weights"))
    for at, tree, number, weight in zip(ids, *weights, strict=True):
        if number not in leaves.get(tree, {}) or not 0 <= at < scores:
            raise CannotMeasure("a weight stands at a node that is no leaf, or speaks of no class")
        leaves[tree][number][at] += float(weight)
    return tuple(_whole(roots[t], nodes.get(t, {}), leaves.get(t, {})) for t in roots)


def _whole(root: int, nodes: Mapping[int, Node], leaves: Mapping[int, F64]) -> Tree:
    """The tree, unless a branch leads nowhere or back."""
    seen: set[int] = set()
    open_ = [root]
    while open_:
        number = open_.pop()
        if number in seen or (number not in nodes and number not in leaves):
            raise CannotMeasure("a branch of a tree leads to no node, or two lead to the same")
        seen.add(number)
        if number in nodes:
            open_ += [nodes[number].yes, nodes[number].no]
    if not all(np.isfinite(nodes[n].threshold) if n in nodes else np.isfinite(leaves[n]).all() for n in seen):
        raise CannotMeasure("a tree holds a number that is not finite")
    return Tree(root=root, nodes=nodes, leaves={n: leaves[n] for n in seen if n in leaves})


def _score(tree: Tree, case: NDArray[Any]) -> F64:
    at = tree.root
    while at in tree.nodes:
        node = tree.nodes[at]
        at = node.yes if _takes(node, float(case[node.feature])) else node.no
    return tree.leaves[at]


def _takes(node: Node, value: float) -> bool:
    if node.mode == "BRANCH_LEQ":
        return value <= node.threshold
    if node.mode == "BRANCH_LT":
        return value < node.threshold
    if node.mode == "BRANCH_GTE":
        return value >= node.threshold
    if node.mode == "BRANCH_GT":
        return value > node.threshold
    return (value == node.threshold) == (node.mode == "BRANCH_EQ")
