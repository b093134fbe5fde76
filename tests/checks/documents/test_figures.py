from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, precision_score, recall_score

from certify.evidence import Statement
from checks.documents.figures import figures
from checks.measured import CannotMeasure, Confidence
from checks.subject import Subject

CONFIDENCE = Confidence(0.975)

# The model says "yes" where x >= 0: 394 of these 400 rows are right, so that the accuracy is 0.985.
ROWS = pd.DataFrame(
    {
        "x": [1.0] * 200 + [-1.0] * 200,
        "label": ["yes"] * 196 + ["no"] * 4 + ["no"] * 198 + ["yes"] * 2,
    }
)


def listed(metric: str, value: str) -> Mapping[str, str]:
    return {"metric": metric, "value": value}


def agree(
    make_subject: Callable[..., Subject], text: str, *those: Mapping[str, str], file: str = "a.md"
) -> Statement:
    subject = make_subject(
        ROWS, documents=[{"kind": "other", "file": file, "text": text, "figures": list(those)}]
    )
    measured = figures(subject, subject.table("test"), CONFIDENCE)
    assert [(s.name, s.subject) for s in measured.statements] == [("figures_agree", "figures")]
    return measured.statements[0]


@pytest.mark.parametrize("written", ["0.985", "0.9850", "0.98"])
def test_a_figure_agrees_at_its_own_number_of_decimals(
    make_subject: Callable[..., Subject], written: str
) -> None:
    """0.985 is half way between 0.98 and 0.99: half to even is 0.98."""
    assert agree(make_subject, f"The accuracy is {written}.", listed("accuracy", written)).holds


@pytest.mark.parametrize("written", ["0.986", "0.984", "0.99", "0.98501"])
def test_a_figure_that_is_not_what_is_measured_does_not_agree(
    make_subject: Callable[..., Subject], written: str
) -> None:
    statement = agree(make_subject, f"The accuracy is {written}.", listed("accuracy", written))
    assert not statement.holds
    assert "is measured as 0.985" in statement.explanation


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("**0.985**", True),
        ("(0.985)", True),
        ("| accuracy | 0.985 |", True),
        ("accuracy=0.985, measured", True),
        ("The accuracy is excellent.", False),
        ("The accuracy is 0.9850.", False),
        ("The accuracy is 0.9851.", False),
        ("The accuracy is 10.985.", False),
        ("The accuracy is -0.985.", False),
        ("The accuracy is 0.985 %.", False),
        ("Version 1.0.985", False),
        ("The accuracy is 0.985e-1.", False),
        ("<!-- 0.985 -->", False),
    ],
)
def test_a_figure_stands_in_the_text_as_a_number_of_its_own(
    make_subject: Callable[..., Subject], text: str, stands: bool
) -> None:
    assert agree(make_subject, text, listed("accuracy", "0.985")).holds is stands


def test_every_figure_of_a_document_is_compared_with_what_others_compute(
    make_subject: Callable[..., Subject],
) -> None:
    decided = np.where(ROWS.x >= 0, "yes", "no")
    those = [
        listed("accuracy", f"{accuracy_score(ROWS.label, decided):.4f}"),
        listed("sensitivity", f"{recall_score(ROWS.label, decided, pos_label='yes'):.4f}"),
        listed("specificity", f"{recall_score(ROWS.label, decided, pos_label='no'):.4f}"),
        listed("precision", f"{precision_score(ROWS.label, decided, pos_label='yes'):.4f}"),
    ]
    text = " ".join(figure["value"] for figure in those)
    assert agree(make_subject, text, *those).holds
    wrong = listed("sensitivity", those[2]["value"])
    statement = agree(make_subject, text, *those, wrong)
    assert not statement.holds
    assert statement.explanation.count("agrees") == 4


def test_a_figure_in_a_pdf_cannot_be_checked_and_does_not_agree(
    make_subject: Callable[..., Subject],
) -> None:
    statement = agree(make_subject, "%PDF-1.7 0.985 %%EOF", listed("accuracy", "0.985"), file="a.pdf")
    assert not statement.holds
    assert "Markdown only" in statement.explanation


def test_no_figure_at_all_does_not_agree(make_subject: Callable[..., Subject]) -> None:
    assert not agree(make_subject, "The accuracy is excellent.").holds


@pytest.mark.parametrize("written", ["1E+2", "0." + "9" * 30])
def test_a_figure_that_no_document_would_print_does_not_agree(
    make_subject: Callable[..., Subject], written: str
) -> None:
    assert not agree(make_subject, f"It is {written}.", listed("accuracy", written)).holds


def test_a_metric_that_does_not_fit_the_model_is_not_measured(make_subject: Callable[..., Subject]) -> None:
    with pytest.raises(CannotMeasure):
        agree(make_subject, "The error is 0.50.", listed("mean_absolute_error", "0.50"))


def test_no_data_are_not_measured(make_subject: Callable[..., Subject]) -> None:
    with pytest.raises(CannotMeasure):
        figures(make_subject(ROWS), None, CONFIDENCE)


@pytest.mark.parametrize("written", ["1", "1.0", "0", "0.9"])
def test_fewer_than_two_decimals_are_no_figure(make_subject: Callable[..., Subject], written: str) -> None:
    """A numbered list holds a 1, and 0.985 rounds to 1.0."""
    statement = agree(make_subject, f"{written} apples", listed("accuracy", written))
    assert not statement.holds
    assert "2 to 20 decimals" in statement.explanation


@pytest.mark.parametrize(
    "text",
    [
        "The accuracy is [0.999](x '0.985').",
        "The accuracy is 0.999.\n\n<span hidden>0.985</span>",
        "The accuracy is 0.985, <b>certified</b>.",
        "The accuracy is 0.999.\n\n[//]: # (0.985)",
    ],
)
def test_a_figure_that_a_reader_may_not_see_does_not_agree(
    make_subject: Callable[..., Subject], text: str
) -> None:
    assert not agree(make_subject, text, listed("accuracy", "0.985")).holds
