"""A submitted ensemble of trees, of which claims are proved exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from checks.predictor import Predictor
from checks.proof.answer import Answer
from checks.proof.claims import Claim, TwinClaim, twins_of
from checks.proof.declared import Declared
from checks.proof.property import Condition, Region
from checks.proof.trees.cells import Lattice
from checks.proof.trees.ensemble import Ensemble, read_ensemble
from checks.proof.trees.prover import Answers, Question, settle
from checks.proof.trees.search import Forest
from checks.proof.trees.twins import paired

F64 = NDArray[np.float64]


class SubmittedTrees:
    """Trees read from the model's graph; see `checks.proof.claims.Provable`."""

    def __init__(self, domain: Declared, predictor: Predictor, data: bytes) -> None:
        self.domain = domain
        self._predictor = predictor
        self._data = data
        self._forests: dict[tuple[str, int | None, bool], Forest] = {}

    def prove(self, claim: Claim, regions: int, generator: np.random.Generator) -> Answer:
        """Exactly, at every number of the input's type, and every declared value where these are all."""
        forest = self._forest(claim.output, None, whole=claim.region is self.domain.region)
        numbers = len(forest.ensemble.matrix)
        questions = [Question(region=claim.region, condition=c) for c in claim.unsafe(numbers, "single")]
        return settle(
            forest, questions, answers=self._answers(claim.output), violates=claim.violates,
            most_boxes=regions, generator=generator,
        )  # fmt: skip

    def prove_twins(self, claim: TwinClaim, regions: int, generator: np.random.Generator) -> Answer:
        """Exactly, at every declared value of both cases."""
        forest = self._forest(claim.output, claim.column, whole=True)
        conditions = claim.unsafe(len(forest.ensemble.matrix) // 2, "single")
        questions = [
            Question(
                region=_at(claim, *values), condition=condition,
                never_below=orders_of(forest.ensemble, condition),
            )
            for values in claim.values
            for condition in conditions
        ]  # fmt: skip
        alone = self._answers(claim.output)
        return settle(
            forest, questions, violates=claim.violates, most_boxes=regions, generator=generator,
            answers=lambda points: np.hstack([alone(cases) for cases in twins_of(points, claim.column)]),
        )  # fmt: skip

    def cells(self, column: int) -> tuple[float, ...]:
        """A value of each cell of a feature within its declared range: in between no answer changes."""
        forest = self._forest(self._predictor.model.decision.output, None, whole=True)
        low, high = float(self.domain.region.lower[column]), float(self.domain.region.upper[column])
        first, last = forest.axes.cell(column, low), forest.axes.cell(column, high)
        values = [forest.axes.value(column, cell, cell, low, high) for cell in range(first, last + 1)]
        return tuple(value for value in values if value is not None)

    def _forest(self, output: str, column: int | None, *, whole: bool) -> Forest:
        """Within the whole domain only declared values occur; around a case, any number."""
        key = (output, column, whole)
        if key not in self._forests:
            ensemble = read_ensemble(self._data, output)
            values: Lattice = self.domain.values if whole else [None] * len(self.domain.names)
            if column is not None:
                ensemble = paired(ensemble, column, len(values))
                values = [*values, values[column]]
            self._forests[key] = Forest(ensemble, values)
        return self._forests[key]

    def _answers(self, output: str) -> Answers:
        def answers(points: F64) -> F64:
            given = self._predictor.outputs(self.domain.fed(points))[output]
            return np.asarray(given, dtype=np.float64).reshape(len(points), -1)

        return answers


def orders_of(ensemble: Ensemble, condition: Condition) -> F64:
    """Rows over the scores of twins; where each tree adds nothing negative to any, the condition is not met.

    Where the condition says that one answer of the second case is less than that of the first, and the answer
    grows with its scores, it is that difference; otherwise all scores of both, which are then equal.
    """
    numbers, scores = (size // 2 for size in ensemble.matrix.shape)
    total = condition.rows.sum(axis=0)
    first, second = total[:numbers], total[numbers:]
    matrix = ensemble.matrix[:numbers, :scores]
    less = (first == -second).all() and np.count_nonzero(second) == 1 and condition.limits.sum() < 0
    if less and ensemble.transform != "SOFTMAX":
        row = second @ matrix
        return np.concatenate([-row, row])[None]
    apart = np.hstack([-np.eye(scores), np.eye(scores)])
    return np.concatenate([apart, -apart])


def _at(claim: TwinClaim, first: float, second: float) -> Region:
    lower, upper = np.append(claim.region.lower, second), np.append(claim.region.upper, second)
    lower[claim.column] = upper[claim.column] = first
    return Region(lower, upper)
