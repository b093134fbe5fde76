from collections.abc import Callable

import pytest

from checks.documents.completeness import complete
from checks.measured import CannotMeasure, Confidence
from checks.subject import Subject

CONFIDENCE = Confidence(0.975)
RISKS = {"kind": "risk_file", "text": "# Risks\n\nNone is known.\n"}
HOLLOW = {"kind": "instructions_for_use", "text": "# Instructions\n"}


def present(subject: Subject, *kinds: str) -> dict[str, bool]:
    measured = complete(subject, None, CONFIDENCE, kinds=kinds)
    assert {s.name for s in measured.statements} == {"document_present"}
    assert {s.kind for s in measured.statements} == {"document"}
    return {statement.subject: statement.holds for statement in measured.statements}


def test_a_written_document_is_present_and_hollow_or_unknown_ones_are_not(
    make_subject: Callable[..., Subject],
) -> None:
    subject = make_subject(documents=[RISKS, HOLLOW])
    assert present(subject, "risk_file", "instructions_for_use", "data_sheet") == {
        "risk_file": True, "instructions_for_use": False, "data_sheet": False,
    }  # fmt: skip


def test_one_written_document_of_a_kind_is_enough(make_subject: Callable[..., Subject]) -> None:
    subject = make_subject(documents=[{**RISKS, "name": "a", "text": "# Risks"}, {**RISKS, "name": "b"}])
    assert present(subject, "risk_file") == {"risk_file": True}


def test_a_pdf_is_a_document(make_subject: Callable[..., Subject]) -> None:
    written = {"kind": "risk_file", "file": "risks.pdf", "data": b"%PDF-1.7\n%%EOF\n"}
    assert present(make_subject(documents=[written]), "risk_file") == {"risk_file": True}
    renamed = {**written, "data": b"# Risks\n\nNone.\n"}
    assert present(make_subject(documents=[renamed]), "risk_file") == {"risk_file": False}


def test_the_explanation_names_file_and_defect(make_subject: Callable[..., Subject]) -> None:
    measured = complete(make_subject(documents=[HOLLOW]), None, CONFIDENCE, kinds=(HOLLOW["kind"],))
    assert "documents/instructions_for_use.md has no line" in measured.statements[0].explanation


def test_no_kind_is_not_measured_because_nothing_is_not_everything(
    make_subject: Callable[..., Subject],
) -> None:
    with pytest.raises(CannotMeasure):
        complete(make_subject(), None, CONFIDENCE, kinds=())


def test_bytes_that_changed_since_they_were_taken_in_are_not_measured(
    make_subject: Callable[..., Subject],
) -> None:
    subject = make_subject(documents=[RISKS])
    subject.files._locations["documents/risk_file.md"].write_text("# Risks\n\nMany.\n")
    with pytest.raises(CannotMeasure, match="changed"):
        complete(subject, None, CONFIDENCE, kinds=("risk_file",))
