"""The names of the performances that can be claimed, printed and measured."""

from __future__ import annotations

from typing import Literal

MetricName = Literal[
    "accuracy", "balanced_accuracy", "sensitivity", "specificity", "precision", "roc_auc", "log_loss",
    "brier_score", "calibration_error", "mean_absolute_error", "root_mean_squared_error", "r_squared",
    "quantile_loss",
]  # fmt: skip
