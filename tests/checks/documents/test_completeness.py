from collections.abc import Callable

import pytest

from checks.documents.completeness import complete
from checks.measured import CannotMeasure, Confidence
from checks.subject import Subject

CONFIDENCE = Confidence(0.975)
RISKS = {"kind": "risk_file", "text": "# Risks\n\nNone is known.\n"}
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Page >>\nendobj\n" + b"% padding\n" * 110 + b"%%EOF\n"
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


def test_every_document_of_a_kind_must_have_something_in_it(make_subject: Callable[..., Subject]) -> None:
    sound, hollow = {**RISKS, "name": "b"}, {**RISKS, "name": "a", "text": "# Risks"}
    for given, holds in (([sound], True), ([sound, hollow], False)):
        assert present(make_subject(documents=given), "risk_file") == {"risk_file": holds}


def test_a_pdf_is_a_document(make_subject: Callable[..., Subject]) -> None:
    written = {"kind": "risk_file", "file": "risks.pdf", "data": PDF}
    assert present(make_subject(documents=[written]), "risk_file") == {"risk_file": True}
    for data in (b"# Risks\n\nNone.\n", b"%PDF-%%EOF"):
        assert present(make_subject(documents=[{**written, "data": data}]), "risk_file") == {
            "risk_file": False
        }


def test_it_is_said_that_what_a_document_says_was_not_read(make_subject: Callable[..., Subject]) -> None:
    measured = complete(make_subject(documents=[RISKS]), None, CONFIDENCE, kinds=("risk_file",))
    assert "not read" in measured.statements[0].explanation


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
