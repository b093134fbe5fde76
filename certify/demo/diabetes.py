"""A screening for fast progression of diabetes, as a submission: a tool that speaks of persons.

The data are the 442 patients of Efron, Hastie, Johnstone and Tibshirani, "Least Angle Regression" (Annals of
Statistics 32, 2004, 407-499), as scikit-learn brings them along. Two hundred test patients are too few to
demonstrate much: the submission is honest about it, and what follows from that is not decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.datasets import load_diabetes
from torch import Tensor, nn

from certify.demo.claim import Share, shares_right
from certify.demo.export import Standardise, run_graph, write_graph
from certify.demo.loss import declared, mean_cross_entropy
from certify.demo.split import Rows, Split, split_at_random
from certify.demo.training import fit_to_the_minimum, reproducible
from certify.demo.writing import open_folder, write_rows, write_texts

COLUMNS: Final = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")
CLASSES: Final = ("slow", "fast")
FAST_ABOVE: Final = 140
"""Half of the collection has a progression score above it; no medical meaning of a score is documented."""

VALIDATION: Final = 100
TEST: Final = 200
SPLIT_SEED: Final = 2024
SEED: Final = 0
PENALTIES: Final = ("0.003", "0.01", "0.03", "0.1", "0.3")
"""Weights of the squared coefficients among which the validation data choose."""

THRESHOLD: Final = Decimal("0.5")
"""A missed patient and a false alarm count the same."""

DECIMALS: Final = 4

Values = NDArray[np.float64]
"""Of shape [patients, columns]."""


def build(folder: Path) -> None:
    """Write the whole submission into `folder`, which must be new or empty."""
    open_folder(folder)
    values, fast = collection()
    parts = split_at_random(len(fast), validation=VALIDATION, test=TEST, seed=SPLIT_SEED)
    _write_data(folder, values, fast, parts)
    graph = folder / "model" / "diabetes.onnx"
    penalty, screening = choose(values, fast, parts)
    example = values[parts.validation].astype(np.float32)
    write_graph(screening, graph, takes="patient", gives="probability_fast", example=example)
    claimed = _shares_right(graph, values, fast, parts.validation)
    figures = _shares_right(graph, values, fast, parts.test)
    found = _formula(penalty, screening) | {
        "reached": _reached(graph, values, fast, parts, penalty, screening)
    }
    write_texts("diabetes", folder, _numbers(claimed, figures) | found)


def collection() -> tuple[Values, NDArray[np.int64]]:
    """All patients, and whether the disease of each progressed fast (1) or slowly (0)."""
    bundled: Any = load_diabetes(scaled=False)
    return bundled.data.astype(np.float64), (bundled.target > FAST_ABOVE).astype(np.int64)


def choose(values: Values, fast: NDArray[np.int64], parts: Split) -> tuple[str, nn.Sequential]:
    """The penalty whose model has the lowest cross entropy on the validation data, and that model."""
    models = {penalty: train(values[parts.train], fast[parts.train], float(penalty)) for penalty in PENALTIES}
    seen, true = torch.from_numpy(values[parts.validation]), torch.from_numpy(fast[parts.validation]).double()

    def cross_entropy(penalty: str) -> float:
        with torch.no_grad():
            return nn.functional.binary_cross_entropy(models[penalty](seen)[:, 0], true).item()

    best = min(PENALTIES, key=cross_entropy)
    return best, models[best]


def train(values: Values, fast: NDArray[np.int64], penalty: float) -> nn.Sequential:
    """Logistic regression on standardised columns: mean cross entropy + penalty * sum of squared weights."""
    columns = Standardise(torch.from_numpy(values.mean(axis=0)), torch.from_numpy(values.std(axis=0)))
    linear = nn.Linear(len(COLUMNS), 1, dtype=torch.float64)
    nn.init.zeros_(linear.weight)
    nn.init.zeros_(linear.bias)
    standardised, true = columns(torch.from_numpy(values)), torch.from_numpy(fast).double()

    def loss() -> Tensor:
        logits = linear(standardised)[:, 0]
        mean = nn.functional.binary_cross_entropy_with_logits(logits, true)
        return mean + penalty * linear.weight.square().sum()

    with reproducible(SEED):
        fit_to_the_minimum(list(linear.parameters()), loss)
    return nn.Sequential(columns, linear, nn.Sigmoid())


def _write_data(folder: Path, values: Values, fast: NDArray[np.int64], parts: Split) -> None:
    for role, rows in (("train", parts.train), ("validation", parts.validation), ("test", parts.test)):
        lines = ([row, *map(_spelt, values[row]), CLASSES[fast[row]]] for row in rows.tolist())
        write_rows(folder / "data" / f"{role}.csv", ("position", *COLUMNS, "progression"), lines)


def _spelt(value: float) -> str:
    """The number as the collection prints it: 59, 93.2, 4.8598."""
    return format(value, ".10g")


def _shares_right(
    graph: Path, values: Values, fast: NDArray[np.int64], rows: Rows
) -> Mapping[str, Share]:  # fmt: skip
    probability = run_graph(graph, values[rows].astype(np.float32))[:, 0].astype(np.float64)
    return shares_right((probability >= float(THRESHOLD)).astype(np.int64), fast[rows])


def _reached(
    graph: Path, values: Values, fast: NDArray[np.int64], parts: Split, penalty: str, screening: nn.Sequential
) -> str:
    """The value of the declared formula that the delivered graph has on the training patients."""
    probability = run_graph(graph, values[parts.train].astype(np.float32)).astype(np.float64)
    both = np.hstack([1 - probability, probability])
    squares = screening[1].get_parameter("weight").detach().double().square().sum().item()
    return declared(mean_cross_entropy(both, fast[parts.train]) + float(penalty) * squares)


def _numbers(claimed: Mapping[str, Share], figures: Mapping[str, Share]) -> dict[str, object]:
    numbers: dict[str, object] = {"seed": SPLIT_SEED, "threshold": THRESHOLD, "fast_above": FAST_ABOVE}
    for metric, share in claimed.items():
        numbers |= {f"claimed_{metric}": share.claimed, f"validated_{metric}": share.words()}
    for metric, share in figures.items():
        numbers |= {metric: share.printed(DECIMALS), f"right_{metric}": share.words()}
    return numbers


def _formula(penalty: str, screening: nn.Sequential) -> dict[str, object]:
    """The whole model as a table: what a person can be told is the model itself."""
    columns, linear = screening[0], screening[1]
    lines = zip(
        COLUMNS,
        columns.get_buffer("offset").tolist(),
        columns.get_buffer("scale").tolist(),
        linear.get_parameter("weight")[0].tolist(),
        strict=True,
    )
    return {
        "penalty": penalty,
        "intercept": format(linear.get_parameter("bias").item(), ".3f"),
        "weights": "\n".join(f"| {n} | {m:.2f} | {s:.2f} | {w:.3f} |" for n, m, s, w in lines),
    }
