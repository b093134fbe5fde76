"""Every field that a template can see is documented, and findings stand in the order of the matrix."""

from __future__ import annotations

import ast
from pathlib import Path

import reports.views
from certify.dossier import Dossier
from reports.views import Report, report_of

FOLDER = Path(reports.views.__file__).parent


def _fields_without_a_docstring(source: str) -> list[str]:
    bare = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            following = zip(node.body, [*node.body[1:], None], strict=True)
            bare += [
                f"{node.name}.{ast.unparse(field.target)}"
                for field, after in following
                if isinstance(field, ast.AnnAssign) and not _is_text(after)
            ]
    return bare


def _is_text(node: ast.stmt | None) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def test_every_field_of_every_view_is_documented() -> None:
    sources = [file for file in FOLDER.iterdir() if file.name.endswith(".py")]
    bare = [
        name for file in sources for name in _fields_without_a_docstring(file.read_text(encoding="utf-8"))
    ]
    assert len(sources) > 10
    assert bare == []


def test_a_field_without_a_docstring_would_be_found() -> None:
    assert _fields_without_a_docstring('class A:\n    x: int\n    """Said."""\n    y: int\n') == ["A.y"]


def _report(dossier: Dossier) -> Report:
    return report_of(dossier, {}, language="en", style_digest="")


def test_observed_findings_stand_apart(dossier: Dossier) -> None:
    report = _report(dossier)
    assert [finding.check for finding in report.observed] == ["test/energy 1.2.0"]
    assert len(report.findings) == 4


def test_the_order_of_findings_changes_nothing(dossier: Dossier) -> None:
    backwards = dossier.model_copy(update={"findings": dossier.findings[::-1]})
    assert _report(backwards) == _report(dossier)
