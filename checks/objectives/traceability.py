"""Whether claims, measurements and printed figures lead to one another.

Three ways: something is claimed; each claim speaks of a metric that the basis measures and that can be
measured here; each figure that a document prints traces to a claim that it keeps. Whether the figures are
true is for `documents.figures`, and whether the claims are for `objectives.claims`.

A figure is what the manifest lists, and also what stands in a text as the name of a metric, a colon, bar,
equals sign or "is", and a number with two decimals or more. In a PDF, and in other words, nothing is seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final, get_args

from certify.evidence import Statement
from certify.submission.metric import MetricName
from certify.submission.objective import Claim
from checks.documents.writing import is_pdf, visible_text
from checks.measured import CannotMeasure, Confidence, Measured
from checks.objectives.answers import Answers
from checks.objectives.metrics import better, measure
from checks.subject import Subject
from checks.table import Table

_SHOWN: Final = 50
_BETWEEN: Final = r"[\s*_`]*(?:[:=|]|\bis\b|\bwas\b)[\s*_`]*"
_NUMBER: Final = r"(\d+\.\d{2,})"


def traceability(
    subject: Subject, data: Table | None, confidence: Confidence, *, metrics: tuple[str, ...]
) -> Measured:
    """States `claimed` (claims), `claims_covered` (claims) and `figures_claimed` (figures).

    `metrics` are those that the basis has measured. A figure that is worse than the claim about its metric
    does not trace to it. Raises `CannotMeasure` without data.
    """
    if data is None:
        raise CannotMeasure("claims are traced to what is measured on data, and no data are given")
    claims, answers = subject.manifest.objective.claims, Answers(subject, data)
    _ = subject.documents, subject.predictor  # the statements are about all, even where a look at one tells
    made = [f"{claim.metric} {claim.value}" for claim in claims]
    defects = [_uncovered(claim, metrics, answers, confidence) for claim in claims]
    traced = {place: _untraced(metric, value, claims) for place, metric, value in _figures(subject)}
    return Measured(
        statements=(
            _statement("claimed", "claims", dict.fromkeys(made), "nothing is claimed"),
            _statement(
                "claims_covered", "claims", dict(zip(made, defects, strict=True)), "nothing is claimed"
            ),
            _statement("figures_claimed", "figures", traced, "no document prints a figure"),
        )
    )


def _uncovered(
    claim: Claim, metrics: tuple[str, ...], answers: Answers, confidence: Confidence
) -> str | None:
    if claim.metric not in metrics:
        return "is measured by nothing in the basis"
    try:
        measure(claim.metric, answers, confidence)
    except CannotMeasure as refusal:
        return f"cannot be measured: {refusal.explanation}"
    return None


def _figures(subject: Subject) -> Iterator[tuple[str, str, Decimal]]:
    """Each figure that a document lists or prints: where, of which metric, and its value."""
    for document in subject.manifest.documents:
        listed = {(figure.metric, figure.value) for figure in document.figures}
        for metric, value in sorted(listed | printed(subject.documents[document.file], document.file)):
            yield f"{document.file}: {metric} {value}", metric, value


def printed(data: bytes, path: str) -> set[tuple[str, Decimal]]:
    """The figures that stand in a Markdown text, by metric; none in a PDF.

    >>> printed(b"Accuracy: 0.9880. A precision of 0.01 mm.", "a.md")
    {('accuracy', Decimal('0.9880'))}
    """
    text = None if is_pdf(path) else visible_text(data)
    found = set()
    for metric in get_args(MetricName):
        words = r"[\s_-]+".join(metric.split("_"))
        pattern = rf"(?<![\w-])(?<!balanced\s){words}{_BETWEEN}{_NUMBER}"
        found |= {(metric, Decimal(number)) for number in re.findall(pattern, text or "", re.IGNORECASE)}
    return found


def _untraced(metric: str, value: Decimal, claims: tuple[Claim, ...]) -> str | None:
    about = [claim for claim in claims if claim.metric == metric]
    if not about:
        return "is claimed nowhere"
    sign = 1 if better(metric) == "higher" else -1
    if any(sign * (value - claim.value) < 0 for claim in about):
        return "is worse than what is claimed"
    return None


def _statement(name: str, subject: str, defects: Mapping[str, str | None], empty: str) -> Statement:
    lines = [f"{what}{f' {defect}' if defect else ''}" for what, defect in defects.items()]
    return Statement(
        name=name,
        subject=subject,
        holds=bool(defects) and not any(defects.values()),
        kind="document",
        explanation="; ".join(lines[:_SHOWN]) or empty,
    )
