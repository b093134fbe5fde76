"""The share of rows whose label is wrong: an upper bound, from what a detector suspects and what it can find.

Nobody knows which labels are wrong, or nobody would have left them. A classifier that was fitted to other
rows suspects some; how many wrong ones it finds is seen by planting: each row is given every other label in
turn. Both together bound the share of wrong labels from above (`checks.statistics.recoveries`).
"""

from __future__ import annotations

import numpy as np

from certify.digest import canonical
from certify.submission.model import IdentityRule
from checks.data_quality.apart import apart
from checks.data_quality.detector import Classes, Detector, detector
from checks.features import Cases, Numbers
from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.predictor import classes_of
from checks.relation import Relation
from checks.statistics.events import Events
from checks.statistics.proportions import proportion
from checks.statistics.recoveries import defects, least_recovery
from checks.subject import Subject


def label_errors(
    subject: Subject, data: Relation | None, confidence: Confidence, *, fitted_on: str, rows: int, seed: int
) -> Measured:
    """Estimates `label_error_share`, `suspected_label_share` and `detection` (all) for a classification.

    The detector is fitted to at most `rows` rows of the role `fitted_on`, or to one half of the data where
    this is their own role, and judges the other half, or at most `rows` rows of the data. `detection` is the
    share of planted labels that it finds, of the true class and the label for which it finds fewest.

    Bounds: Clopper-Pearson over the rows, which are independent of each other once the detector is fixed,
    and their union bound. It is *assumed* that wrong labels are as hard to see as planted ones: that within
    each class they fall on rows at random, whatever the classes between which they fall. Where labels are
    wrong because cases lie between two classes, fewer are found and the bound is too low: see the figures
    in `tests/checks/data_quality/test_label_errors.py`. Where classes overlap, hard cases are suspected too,
    and no bound is below their share: the check then asks for more than can be shown. Labels that are wrong
    for a reason which the features tell, all alike, are learnt and not seen.

    Costs: two classifiers, each fitted six times to `rows` rows. Raises `CannotMeasure` for a regression,
    rows that are weighted or belong together, a class with too few rows, and where too little is found.
    """
    if data is None:
        raise CannotMeasure("wrong labels are looked for in a data set, and none was given")
    decision = subject.manifest.model.decision
    if isinstance(decision, IdentityRule):
        raise CannotMeasure("wrong labels are looked for among classes, and this model answers with a number")
    subject.independent_rows(data.dataset.role)
    parts = apart(subject, data, fitted_on, rows=rows, seed=seed, purpose="wrong labels")
    chosen = int(parts.random.integers(2**31))
    classes, judged = len(classes_of(decision)), len(parts.judged.labels)
    found = detector(parts.known, classes, judged, confidence.demonstrating, chosen)
    return reported(found, parts.judged, confidence)


def reported(found: Detector, judged: Cases, confidence: Confidence) -> Measured:
    """The estimates and an exhibit of the counts; `judged` are no rows that the detector has seen."""
    sure = found.self_confidences(judged.values)
    suspected = int(found.suspects(sure, judged.labels).sum())
    planted = _planted(found, sure, judged.labels)
    suspects = Events(suspected, len(judged.labels))
    intervals = {
        "label_error_share": defects(suspects, list(planted.values()), confidence),
        "suspected_label_share": proportion(suspects.count, suspects.trials, confidence),
        "detection": least_recovery(list(planted.values()), confidence),
    }
    return Measured(
        estimates=tuple(i.estimate(statistic=name, confidence=confidence) for name, i in intervals.items()),
        exhibits=(_exhibit(found, suspects, planted),),
    )


def _planted(found: Detector, sure: Numbers, labels: Classes) -> dict[tuple[int, int], Events]:
    """How many labels are found of those planted, by the label that stood there and the one planted."""
    kinds, counts = range(sure.shape[1]), dict[tuple[int, int], Events]()
    for stood in kinds:
        rows = sure[labels == stood]
        if not len(rows):
            raise CannotMeasure("of one class there is no row to judge: nothing can be planted there")
        for said in kinds:
            if said != stood:
                hits = int(found.suspects(rows, np.full(len(rows), said)).sum())
                counts[stood, said] = Events(hits, len(rows))
    return counts


def _exhibit(found: Detector, suspects: Events, planted: dict[tuple[int, int], Events]) -> Exhibit:
    counts = {
        "detector": found.how,
        "rows": suspects.trials,
        "suspected": suspects.count,
        "planted": [
            {"stood": stood, "said": said, "planted": events.trials, "found": events.count}
            for (stood, said), events in planted.items()
        ],
    }
    return Exhibit(
        name="label_errors.json", media_type="application/json", visibility="public", data=canonical(counts)
    )
