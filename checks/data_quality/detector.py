"""What takes a label for wrong: a classifier that was fitted to other rows, and one threshold for each label.

A label is suspected where the probability that the classifier gives it, its *self-confidence* in the words of
confident learning (Northcutt, Jiang and Chuang, Journal of Artificial Intelligence Research 70, 2021,
1373-1411), is at most the threshold of that label. Thresholds are set so that a planted wrong label is found
with the same probability whatever the true class: the probability for which the bound of
`checks.statistics.recoveries` promises to be least. All of it is decided on the rows that the classifier was
fitted to, out of fold, so that the rows which are judged afterwards are independent of each other.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from checks.domain import Mask
from checks.features import Cases, Numbers
from checks.measured import CannotMeasure
from checks.predictor import UNDECIDED
from checks.statistics.events import split
from checks.statistics.proportions import clopper_pearson

FOLDS: Final = 5
_TREES: Final = 60
_SHARES: Final = np.array([0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98, 1.0])
"""Of planted labels: which of them is to be found is chosen among these."""

_FARTHEST: Final = 1e15

Classes = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Detector:
    """A fitted classifier with the threshold of each label."""

    classifier: Any
    thresholds: Numbers
    how: str
    """Which classifier it is."""

    def self_confidences(self, values: Numbers) -> Numbers:
        """Of every label on each row, of shape [rows, labels]."""
        return _probabilities(self.classifier.predict_proba(_finite(values)))

    def suspects(self, self_confidences: Numbers, labels: Classes) -> Mask:
        """Which labels are taken for wrong; one that is no class always is."""
        rows = np.arange(len(labels))
        low = self_confidences[rows, labels] <= self.thresholds[labels]
        return np.asarray(low | (labels == UNDECIDED), dtype=np.bool_)


def detector(cases: Cases, classes: int, rows: int, confidence: float, seed: int) -> Detector:
    """The better of two classifiers, by the bound that it promises for so many `rows` at a `confidence`.

    Raises `CannotMeasure` where a class has too few rows to be fitted and tried on others.
    """
    known = cases.chosen(cases.labels != UNDECIDED)
    _require_every_class(known.labels, classes)
    values, promised = _finite(known.values), {}
    for how, made in _classifiers(seed).items():
        found = _out_of_fold(made, values, known.labels, seed)
        promised[how] = _promise(found, known.labels, rows, confidence)
    how = min(promised, key=lambda name: promised[name][0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = _classifiers(seed)[how]().fit(values, known.labels)
    return Detector(classifier=fitted, thresholds=promised[how][1], how=how)


def _require_every_class(labels: Classes, classes: int) -> None:
    fewest = min(int((labels == label).sum()) for label in range(classes))
    if fewest < FOLDS:
        raise CannotMeasure(f"a class has {fewest} rows to learn from, and {FOLDS} are needed")


def _classifiers(seed: int) -> Mapping[str, Callable[[], Any]]:
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return {
        "logistic regression": lambda: make_pipeline(
            SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
            StandardScaler(),
            LogisticRegression(C=0.1, max_iter=500),
        ),
        "random forest": lambda: RandomForestClassifier(_TREES, min_samples_leaf=3, random_state=seed),
    }


def _out_of_fold(made: Callable[[], Any], values: Numbers, labels: Classes, seed: int) -> Numbers:
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    with warnings.catch_warnings():  # that a fit has not converged: it is judged by what it finds
        warnings.simplefilter("ignore")
        return _probabilities(cross_val_predict(made(), values, labels, cv=folds, method="predict_proba"))


def _promise(found: Numbers, labels: Classes, rows: int, confidence: float) -> tuple[float, Numbers]:
    """The least bound of the share of wrong labels that so many rows may have, and its thresholds."""
    each = split(confidence, 2)
    thresholds = _thresholds(found, labels)
    fewest = round(float(np.bincount(labels).min()) / len(labels) * rows)
    kinds = found.shape[1] * (found.shape[1] - 1)
    own = found[np.arange(len(labels)), labels]
    promises = []
    for share, threshold in zip(_SHARES, thresholds, strict=True):
        suspected = float(np.mean(own <= threshold[labels]))
        most = clopper_pearson(round(suspected * rows), rows, each)[1]
        least = clopper_pearson(round(share * fewest), fewest, split(each, kinds))[0] if fewest else 0.0
        promises.append(most / least if least else np.inf)
    return min(promises), thresholds[int(np.argmin(promises))]


def _thresholds(found: Numbers, labels: Classes) -> Numbers:
    """For each share of planted labels, and each label: where so many are found of every other class."""
    kinds = range(found.shape[1])
    wanted = [
        [np.quantile(found[labels == true, said], _SHARES, method="higher") for true in kinds if true != said]
        for said in kinds
    ]
    return np.asarray(np.max(np.array(wanted), axis=1).T, dtype=np.float64)


def _probabilities(found: Any) -> Numbers:
    return np.asarray(found, dtype=np.float64).round(9)  # the last digits are not the same everywhere


def _finite(values: Numbers) -> Numbers:
    return np.clip(values, -_FARTHEST, _FARTHEST)  # NaN stays: a value that is missing
