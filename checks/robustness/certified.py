"""For how many cases it is proved that they are decided rightly, and so everywhere beside them.

A proof speaks of one case and all that surrounds it; a random sample of cases carries it to the population:
the share of cases that are decided rightly and proved has an exact lower bound, as any share has. Cases that
the budget left open count as not proved below, and as proved above. Cohen, Rosenfeld and Kolter (Certified
Adversarial Robustness, ICML 2019) call the share certified accuracy.

The picture of the report sets it beside `random_neighbours`, which is its opposite end: what lies between
both is what nobody knows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from certify.evidence import Circumstance, Estimate
from checks.measured import CannotMeasure, Confidence, Interval, Measured
from checks.predictor import UNDECIDED, classes_of
from checks.proof.answer import Answer
from checks.proof.claims import Provable, keeps
from checks.proof.findings import counterexamples, row_of
from checks.proof.property import Region
from checks.proof.submitted import submitted
from checks.robustness.neighbourhood import neighbourhood, strengths_of, tried_rows
from checks.statistics.proportions import CLOPPER_PEARSON, clopper_pearson
from checks.subject import Subject
from checks.table import Table

_SHOWN = 20
"""So many counterexamples are kept for each strength."""


def certified_accuracy(
    subject: Subject,
    data: Table | None,
    confidence: Confidence,
    *,
    strengths: tuple[str, ...],
    rows: int,
    regions: int,
    seed: int,
) -> Measured:
    """Estimates `certified_accuracy` (each strength): cases decided rightly, and proved to stay so.

    Every measured number may be anything within `strength` times its declared range of where it lies, within
    that range, and all at once. So many `rows` are tried, drawn at random, the same at every strength, and
    `regions` parts of what surrounds a case are looked at at most. A case outside the contract, of unknown
    label, undecided or decided wrongly is not proved. The bounds are those of the share of cases that are
    proved, from below, and not refuted, from above. Raises `CannotMeasure` where the model is none that can
    be proved.
    """
    if data is None:
        raise CannotMeasure("accuracy is measured on data, and none were given")
    data.require_independent_rows()
    classes_of(subject.manifest.model.decision)  # a regression decides nothing
    shares = strengths_of(strengths)
    model, which = submitted(subject), tried_rows(subject, data, rows, seed)
    right = data.inside[which] & (data.labels[which] != UNDECIDED)
    right &= subject.decide(data, which) == data.labels[which]
    trial = _Trial(subject, data, model, regions, seed)
    found = {
        place: trial.of_row(int(place), shares) for place, fine in zip(which, right, strict=True) if fine
    }
    family = confidence.over(len(shares))
    return Measured(
        estimates=tuple(_estimate(name, found.values(), len(which), family) for name in shares),
        circumstances=(
            *trial.told(),
            Circumstance(name="decided_rightly", value=f"{len(found)} of {len(which)}"),
        ),
        exhibits=counterexamples({n: trial.shown[n] for n in shares if trial.shown.get(n)}),
    )


class _Trial:
    """Cases, one after the other, from the greatest strength down to the first that is proved."""

    def __init__(self, subject: Subject, data: Table, model: Provable, regions: int, seed: int) -> None:
        self._subject, self._data, self._model, self._regions = subject, data, model, regions
        self._generator = subject.generator(seed, "points beside the cases")
        self._arithmetic, self._margin = "nothing was proved", -1.0
        self._spent = 0
        self.shown: dict[str, list[dict[str, Any]]] = {}

    def of_row(self, row: int, shares: Mapping[str, float]) -> dict[str, str]:
        """The verdict at each strength, from the greatest down: what is proved there is proved nearer too.

        What is refuted nearby is refuted farther off, also where it was left open there.
        """
        verdicts: dict[str, str] = {}
        for name in sorted(shares, key=lambda each: -shares[each]):
            if "holds" in verdicts.values():
                verdicts[name] = "holds"
                continue
            answer = self._prove(row, shares[name])
            verdicts[name] = answer.verdict
            if answer.counterexample is not None:
                self._show(name, row, answer)
                verdicts = dict.fromkeys(verdicts, "violated")
        return verdicts

    def told(self) -> tuple[Circumstance, ...]:
        """For which arithmetic, with the greatest margin that was kept, and how many parts were looked at."""
        spent = Circumstance(name="regions", value=str(self._spent))
        return (Circumstance(name="arithmetic", value=self._arithmetic), spent)

    def _prove(self, row: int, strength: float) -> Answer:
        contract = self._subject.manifest.model.inputs
        case = {name: values[[row]] for name, values in self._data.inputs.items()}
        around = neighbourhood(contract, case, strength)
        ends = (around.lower[contract[0].name].reshape(-1), around.upper[contract[0].name].reshape(-1))
        decided = int(self._data.labels[row])
        claim = keeps(self._model.domain, self._subject.predictor, Region(*ends), decided)
        answer = self._model.prove(claim, self._regions, self._generator)
        self._spent += answer.regions
        if answer.verdict == "holds" and answer.margin > self._margin:
            self._arithmetic, self._margin = answer.arithmetic, answer.margin
        return answer

    def _show(self, name: str, row: int, answer: Answer) -> None:
        shown = self.shown.setdefault(name, [])
        if len(shown) < _SHOWN and answer.counterexample is not None:
            domain, entry = self._model.domain, self._subject.manifest.model.inputs[0]
            case = np.asarray(self._data.inputs[entry.name][row], dtype=np.float64).reshape(-1)
            near = row_of(domain, answer.counterexample)
            shown.append({"row": row, "case": dict(row_of(domain, case)), "decided_otherwise": dict(near)})


def _estimate(name: str, found: Any, tried: int, confidence: Confidence) -> Estimate:
    """Proved from below, not refuted from above."""
    counts = Counter(verdicts[name] for verdicts in found)
    proved, possible = counts["holds"], counts["holds"] + counts["unknown"]

    def bounds(level: float) -> tuple[float, float]:
        return clopper_pearson(proved, tried, level)[0], clopper_pearson(possible, tried, level)[1]

    return Interval(name=CLOPPER_PEARSON, value=proved / tried, n=tried, **confidence.both(bounds)).estimate(
        statistic="certified_accuracy", stratum=name, confidence=confidence
    )
