import pytest

from checks.documents.writing import defect_of, visible_text


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.md", b"# Risks\n\nNone is known.\n"),
        ("a.md", b"Plain text without a heading"),
        ("a.md", "# Risques\n\nAucun n'est connu à ce jour.\n".encode()),
        ("a.md", b"# Figures\n\n| accuracy |\n|---|\n| 0.98 |\n"),
        ("a.pdf", b"%PDF-1.7\n1 0 obj\n...\n%%EOF\n"),
    ],
)
def test_a_document_with_something_in_it_has_no_defect(path: str, data: bytes) -> None:
    assert defect_of(path, data) is None


@pytest.mark.parametrize(
    ("path", "data", "defect"),
    [
        ("a.md", b"", "empty"),
        ("a.md", b"\n \n\t\n", "no line"),
        ("a.md", b"# Risks\n## Known risks\n", "no line"),
        ("a.md", b"Risks\n=====\n\nKnown risks\n---\n", "no line"),
        ("a.md", b"# Risks\n\n---\n\n- \n\n***\n", "no line"),
        ("a.md", b"# Risks\n\n<!-- to be\nwritten -->\n", "no line"),
        ("a.md", b"# Risks\n\n<!-- to be written\n", "no line"),
        ("a.md", "# Risks\n\u200b\n\ufeff\n".encode(), "no line"),
        ("a.md", b"# Risks\n\nNone \xff\n", "UTF-8"),
        ("a.md", "# Risks\n\nNone.\n".encode("utf-16"), "UTF-8"),
        ("a.pdf", b"", "empty"),
        ("a.pdf", b"# Risks\n\nNone.\n", "%PDF-"),
        ("a.PDF", b" %PDF-1.7\n%%EOF", "%PDF-"),
        ("a.pdf", b"%PDF-1.7\n1 0 obj\n", "%%EOF"),
    ],
)
def test_a_hollow_document_has_its_defect_named(path: str, data: bytes, defect: str) -> None:
    assert defect in (defect_of(path, data) or "")


def test_comments_are_not_visible() -> None:
    assert visible_text(b"a <!-- 0.98 --> b") == "a  b"
