"""Two cases in one ensemble: all their numbers are the same but one, which each has for itself.

Each tree becomes one whose leaves hold what both cases find in it, so that a tree in which they meet the same
leaf is known to tell them apart by nothing. Adding up rounds, but it never turns an order round: where each
tree gives the second case at least what it gives the first, so does the sum, in whatever order it is made.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.measured import CannotMeasure
from checks.proof.trees.ensemble import Ensemble, Node, Tree

F64 = NDArray[np.float64]

_MOST_NODES: Final = 400_000


def paired(ensemble: Ensemble, column: int, inputs: int) -> Ensemble:
    """The ensemble of both cases: inputs and one more, which is the second's `column`; answers of both.

    The answers of the second case stand behind those of the first, as do its scores.
    """
    if not 0 <= column < inputs or ensemble.features > inputs:
        raise ValueError(f"expected a column below {inputs} and as many features at most, got {column}")
    zero = np.zeros_like(ensemble.matrix)
    trees = tuple(_product(tree, column, inputs) for tree in ensemble.trees)
    if sum(len(tree.nodes) for tree in trees) > _MOST_NODES:
        raise CannotMeasure("the trees of two cases have too many branches to be held")
    return replace(
        ensemble,
        trees=trees,
        features=inputs + 1,
        base=np.concatenate([ensemble.base] * 2),
        matrix=np.block([[ensemble.matrix, zero], [zero, ensemble.matrix]]),
        offset=np.concatenate([ensemble.offset] * 2),
        cases=2,
    )


def _product(tree: Tree, column: int, twin: int) -> Tree:
    """A leaf of the first case becomes the root of the tree of the second."""
    nodes: dict[int, Node] = {}
    leaves: dict[int, F64] = {}
    reads = any(node.feature == column for node in tree.nodes.values())

    def put(at: int, first: F64 | None) -> int:
        if at in tree.leaves:
            score = tree.leaves[at]
            if first is None and reads:
                return put(tree.root, score)
            number = len(nodes) + len(leaves)
            leaves[number] = np.concatenate([score if first is None else first, score])
            return number
        node = tree.nodes[at]
        number = len(nodes) + len(leaves)
        nodes[number] = node  # its place is taken before those of what follows
        feature = twin if first is not None and node.feature == column else node.feature
        yes, no = put(node.yes, first), put(node.no, first)
        nodes[number] = replace(node, feature=feature, yes=yes, no=no)
        return number

    return Tree(root=put(tree.root, None), nodes=nodes, leaves=leaves)
