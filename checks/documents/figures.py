"""Whether the figures printed in the documents are those that are measured.

The vendor lists each figure in the manifest as it stands in the document; here it is measured again, rounded
half to even to the figure's own decimals, and looked for in the text. Only Markdown without HTML can be
searched: what a PDF or a browser shows a reader is not what its bytes contain. Fewer than two decimals are no
figure: a 1 stands in every text, and is what many a share rounds to. A figure that the vendor did not list is
not seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import cache

from certify.evidence import Statement, exact
from certify.submission.objective import Document, Figure
from checks.documents.writing import depends_on_rendering, is_pdf, visible_text
from checks.measured import CannotMeasure, Confidence, Measured
from checks.objectives.answers import Answers
from checks.objectives.metrics import measure
from checks.subject import Subject
from checks.table import Table

Recompute = Callable[[str], Decimal]
"""A metric's name to its value on the data."""

_SHOWN = 50
_DIGITS = Context(prec=60, rounding=ROUND_HALF_EVEN)
_FEWEST_DECIMALS, _MOST_DECIMALS = 2, 20


def figures(subject: Subject, data: Table | None, confidence: Confidence) -> Measured:
    """States `figures_agree`: at least one figure is listed, and each agrees and stands in its document.

    Raises `CannotMeasure` without data, or where the metric of a figure cannot be measured on them.
    """
    if data is None:
        raise CannotMeasure("figures are compared with what is measured on data, and no data are given")
    _ = subject.documents, subject.predictor  # the statement is about all, even where a look at one tells
    answers = Answers(subject, data)
    recompute = cache(lambda metric: exact(measure(metric, answers, confidence).value))
    documents = [document for document in subject.manifest.documents if document.figures]
    found = {
        f"{d.file}: {f.metric} {f.value}": _defect(d, f, subject, recompute) for d, f in _listed(documents)
    }
    lines = [f"{figure} {defect or 'agrees'}" for figure, defect in found.items()]
    return Measured(
        statements=(
            Statement(
                name="figures_agree",
                subject="figures",
                holds=bool(found) and not any(found.values()),
                kind="document",
                explanation="; ".join(lines[:_SHOWN]) or "no document lists a figure",
            ),
        )
    )


def _listed(documents: list[Document]) -> list[tuple[Document, Figure]]:
    return [(document, figure) for document in documents for figure in document.figures]


def _defect(document: Document, figure: Figure, subject: Subject, recompute: Recompute) -> str | None:
    if is_pdf(document.file):
        return "cannot be checked: figures can be looked for in Markdown only"
    if not -_MOST_DECIMALS <= _exponent(figure.value) <= -_FEWEST_DECIMALS:
        return f"is not written with {_FEWEST_DECIMALS} to {_MOST_DECIMALS} decimals"
    data = subject.documents[document.file]
    if depends_on_rendering(data):
        return "cannot be checked: HTML tags or odd links decide what a reader of the document sees"
    if not _stands_in(f"{figure.value:f}", visible_text(data) or ""):
        return "does not stand in the text"
    measured = recompute(figure.metric)
    rounded = measured.quantize(figure.value, context=_DIGITS)
    return None if rounded == figure.value else f"is measured as {measured}"


def _exponent(value: Decimal) -> int:
    return int(value.as_tuple().exponent)


def _stands_in(literal: str, text: str) -> bool:
    """Whether the text holds the literal as a number of its own: no part of a longer one, no percentage."""
    alone = rf"(?<![\w.,+\-\u2212]){re.escape(literal)}(?!\w|[.,]\d|\s?[%\u2030])"
    return re.search(alone, text) is not None
