from collections.abc import Callable, Mapping
from typing import Any

import pytest

from certify.evidence import Statement
from checks.documents.sections import sections
from checks.measured import CannotMeasure, Confidence
from checks.subject import Subject

CONFIDENCE = Confidence(0.975)
MakeSubject = Callable[..., Subject]

RISKS = {
    "kind": "risk_file",
    "text": "# Risks\n\n## What can go wrong\n\nA false alarm.\n\n## What is done\n\nA person decides.\n",
    "sections": {"risk_identification": "What can go wrong", "risk_measures": "What is done"},
}


def subject_of(make_subject: MakeSubject, *documents: Mapping[str, Any]) -> Subject:
    """The fixture writes the files; what it does not know of, the sections, is declared afterwards."""
    written = [{"name": f"document{number}", **document} for number, document in enumerate(documents)]
    declared = [
        {
            "name": document["name"],
            "kind": document["kind"],
            "file": document.get("file", f"documents/{document['name']}.md"),
            "sections": [{"topic": t, "heading": h} for t, h in document.get("sections", {}).items()],
        }
        for document in written
    ]
    return make_subject(documents=written, change={"documents": declared})


def measured(subject: Subject, *topics: str, kind: str = "risk_file") -> tuple[Statement, ...]:
    return sections(subject, None, CONFIDENCE, kind=kind, topics=topics).statements


def only(
    make_subject: MakeSubject, topic: str, *documents: Mapping[str, Any], kind: str = "risk_file"
) -> Statement:
    (statement,) = measured(subject_of(make_subject, *documents), topic, kind=kind)
    return statement


def test_sections_with_something_in_them_are_written(make_subject: MakeSubject) -> None:
    found = measured(subject_of(make_subject, RISKS), "risk_measures", "risk_identification", "risk_measures")
    assert [(s.name, s.subject, s.kind, s.holds) for s in found] == [
        ("section_written", "risk_measures", "document", True),
        ("section_written", "risk_identification", "document", True),
    ]


def test_the_explanation_says_where_how_many_words_and_that_none_was_read(make_subject: MakeSubject) -> None:
    said = only(make_subject, "risk_identification", RISKS).explanation
    assert said == (
        'documents/document0.md, "What can go wrong": 3 words stand there; what they say was not read'
    )


def changed(**change: Any) -> dict[str, Any]:
    return {**RISKS, **change}


@pytest.mark.parametrize(
    ("document", "because"),
    [
        (changed(sections={}), "names no section"),
        (changed(sections={"misuse": "What can go wrong"}), "names no section"),
        (changed(kind="other"), "declared as other, and risk_file is asked for"),
        (changed(text=RISKS["text"].replace("go wrong", "be wrong")), "occurs 0 times"),
        (changed(text=RISKS["text"] * 2), "occurs 2 times"),
        (changed(text="# Risks\n\nWhat can go wrong\n\nA false alarm.\n"), "occurs 0 times"),
        (changed(text=RISKS["text"].replace("A false alarm.", "")), "nothing stands there"),
        (changed(text=RISKS["text"].replace("A false alarm.", "TBD")), "nothing stands there"),
        (
            changed(text=RISKS["text"].replace("A false alarm.", "```\na = 1\nfalse alarm\n```")),
            "nothing stands",
        ),
        (changed(text=RISKS["text"].replace("A false", "<i hidden>A false</i>")), "HTML tags"),
        (changed(data=RISKS["text"].encode("utf-16")), "no text in UTF-8"),
        (
            changed(file="risks.pdf", data=b"%PDF-1.7\n" + RISKS["text"].encode() + b"%%EOF"),
            "only Markdown can",
        ),
    ],
)
def test_a_section_that_is_not_there_or_cannot_be_seen_is_not_written(
    make_subject: MakeSubject, document: Mapping[str, Any], because: str
) -> None:
    statement = only(make_subject, "risk_identification", document)
    assert not statement.holds
    assert because in statement.explanation


def test_the_defect_of_one_section_says_nothing_about_another(make_subject: MakeSubject) -> None:
    document = changed(text=RISKS["text"].replace("A person decides.", "TODO"))
    found = measured(subject_of(make_subject, document), "risk_identification", "risk_measures")
    assert {s.subject: s.holds for s in found} == {"risk_identification": True, "risk_measures": False}


def test_the_same_heading_in_another_document_does_no_harm(make_subject: MakeSubject) -> None:
    assert only(make_subject, "risk_identification", RISKS, changed(sections={})).holds


def test_every_document_is_opened_since_evidence_is_bound_to_all(make_subject: MakeSubject) -> None:
    subject = subject_of(make_subject, RISKS, {"kind": "other", "text": "# More\n"})
    measured(subject, "risk_identification")
    assert [opened.path for opened in subject.files.opened] == [
        "documents/document0.md", "documents/document1.md",
    ]  # fmt: skip


def test_no_topic_is_not_measured_because_nothing_is_not_everything(make_subject: MakeSubject) -> None:
    with pytest.raises(CannotMeasure, match="no topic"):
        measured(subject_of(make_subject, RISKS))


def test_a_kind_that_no_document_can_have_is_not_measured(make_subject: MakeSubject) -> None:
    with pytest.raises(CannotMeasure, match="no kind of document; known are general_description"):
        measured(subject_of(make_subject, RISKS), "risk_identification", kind="riskfile")


def test_bytes_that_changed_since_they_were_taken_in_are_not_measured(make_subject: MakeSubject) -> None:
    subject = subject_of(make_subject, RISKS)
    subject.files._locations["documents/document0.md"].write_text(RISKS["text"] + "More.\n")
    with pytest.raises(CannotMeasure, match="changed"):
        measured(subject, "risk_identification")
