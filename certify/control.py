"""Universal negative controls: evidence on which no check may ever be satisfied.

They are made from whatever a check's own vectors demonstrate, by taking away what makes it evidence: nothing
measured, no number, another submission, other bytes, a single group, facts that nobody knows. The controls
that need a model, a constant and a random predictor, are run by `flows.qualification`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from certify.evidence import Reason
from certify.ruling import Outcome
from certify.standard import Check
from certify.vector import Bench, Evidence, Trial, Vector, VectorSet, filled


@dataclass(frozen=True, kw_only=True, slots=True)
class ControlResult:
    """What a check said to a control. Only `refused` is right."""

    control: str
    vector: str
    outcome: str

    @property
    def refused(self) -> bool:
        """Whether the check did not let it pass."""
        return self.outcome in (Outcome.REFUTED, Outcome.NOT_DEMONSTRATED)


def controls(check: Check, sets: Mapping[str, VectorSet]) -> Iterator[ControlResult]:
    """Every control, made from every vector that demonstrates."""
    for vectors in sets.values():
        bench = Bench(filled(check, vectors.open_values), vectors.asked)
        for vector in vectors.vectors:
            if vector.expect.outcome == "demonstrated":
                for control, trial in _made_from(bench, vector):
                    yield ControlResult(control=control, vector=vector.name, outcome=trial.outcome)


def _made_from(bench: Bench, vector: Vector) -> Iterator[tuple[str, Trial]]:
    given = vector.evidence
    yield "empty evidence", bench.put(_with(vector, Evidence(made_from=given.made_from)))
    yield "no evidence at all", bench.put(_with(vector, Evidence()))
    yield "NaN", bench.put(_with(vector, Evidence(not_measured=Reason.METHOD_FAILED)))
    yield "another model's evidence", bench.judge_elsewhere(vector)
    yield "other bytes", bench.put(_with(vector, given.model_copy(update={"changed": given.made_from})))
    if given.estimates:
        pointless = tuple(e.model_copy(update={"lower": None, "upper": None}) for e in given.estimates)
        yield "no bound", bench.put(_with(vector, given.model_copy(update={"estimates": pointless})))
    single = _single_group(given)
    if single != given:
        yield "a single group", bench.put(_with(vector, single))
    unknown = bench.put(vector.model_copy(update={"facts": {}, "evidence": Evidence()}))
    yield "missing facts", unknown


def _with(vector: Vector, evidence: Evidence) -> Vector:
    return vector.model_copy(update={"evidence": evidence})


def _single_group(given: Evidence) -> Evidence:
    """Only the first stratum of each statistic, and the first subject of each statement."""
    statistics = {e.statistic: e for e in reversed(given.estimates)}
    names = {s.name: s for s in reversed(given.statements)}
    return given.model_copy(
        update={
            "estimates": tuple(e for e in given.estimates if e == statistics[e.statistic]),
            "statements": tuple(s for s in given.statements if s == names[s.name]),
        }
    )
