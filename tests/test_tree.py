"""The shape of the tree: names, docstrings, lengths, and a list of methods that tells the truth."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_type_hints

import pytest

from certify.standard import Expectation
from checks.catalogue import METHODS, Method
from checks.measured import Confidence, Measured
from checks.relation import Relation
from checks.subject import Subject
from checks.table import Table

ROOT = Path(__file__).resolve().parents[1]
CODE = [
    path for tree in ("certify", "checks", "flows", "reports") for path in sorted((ROOT / tree).rglob("*.py"))
]

LONGEST = 330
STILL_LONGER: dict[str, int] = {}
"""Two nouns that have not parted yet. To be split, never to grow."""

NO_NOUNS = {"utils", "util", "helpers", "helper", "common", "manager", "base", "core", "misc"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_every_module_says_what_it_is_for() -> None:
    silent = [name(p) for p in CODE if not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))]
    assert silent == []


def test_every_module_is_named_after_a_noun_of_its_users() -> None:
    assert [name(p) for p in CODE if {p.stem, p.parent.name} & NO_NOUNS] == []


def test_no_module_is_so_long_that_a_second_noun_hides_in_it() -> None:
    lengths = {name(p): len(p.read_text(encoding="utf-8").splitlines()) for p in CODE}
    assert {n: k for n, k in lengths.items() if k > STILL_LONGER.get(n, LONGEST)} == {}


def test_standards_hold_no_python() -> None:
    assert list((ROOT / "standards").rglob("*.py")) == []


def test_tests_are_no_packages() -> None:
    """With an `__init__.py`, `tests/checks` would shadow `checks`."""
    assert list((ROOT / "tests").rglob("__init__.py")) == []


def test_tests_mirror_the_tree() -> None:
    for folder in (ROOT / "tests").rglob("*"):
        mirrored = folder.relative_to(ROOT / "tests")
        if folder.is_dir() and folder.name != "__pycache__" and mirrored.parts[0] not in NOT_MIRRORED:
            assert (ROOT / mirrored).is_dir(), f"tests/{mirrored} mirrors nothing"


NOT_MIRRORED = ("fixtures", "corpus", "benchmarks")

TYPES = {
    "integer": int,
    "decimal": float,
    "text": str,
    "list": tuple[str, ...],
    "expectations": tuple[Expectation, ...],
}


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_a_method_takes_what_the_catalogue_says(method: Method) -> None:
    function = method.function()
    signature = method.signature
    types = get_type_hints(function)
    returned = types.pop("return")
    parameters = inspect.signature(function).parameters.values()
    positional = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    rows = Relation if method.streamed else Table
    assert [types.pop(p) for p in positional] == [Subject, rows | None, Confidence]
    assert types == {p: TYPES[kind] for p, kind in signature.parameters.items()}
    assert all(p.kind is p.KEYWORD_ONLY for p in parameters if p.name not in positional)
    assert all(p.default is p.empty for p in parameters)
    assert returned is Measured


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_a_method_has_a_docstring_an_area_and_a_test(method: Method) -> None:
    function = method.function()
    module = Path(inspect.getfile(function))
    assert inspect.getdoc(function)
    assert method.signature.name == f"{module.parent.name}.{function.__name__}"
    tests = (ROOT / "tests/checks" / module.parent.name).glob("test_*.py")
    assert any(function.__name__ in test.read_text(encoding="utf-8") for test in tests)


def limits_in(path: Path) -> Iterator[str]:
    """Names by which a method could be handed what it has to reach."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    arguments = [
        a.arg
        for node in ast.walk(tree)
        if isinstance(node, ast.arguments)
        for a in node.args + node.kwonlyargs
    ]
    imported = [n.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for n in node.names]
    yield from {"limit", "limits", "criterion"} & {*arguments}
    yield from {"Criterion", "Check", "AtMost", "AtLeast"} & {*imported}


def test_no_method_can_see_a_limit() -> None:
    measuring = [p for p in CODE if name(p).startswith("checks/") and p.parent.name != "planning"]
    assert {name(p): found for p in measuring if (found := list(limits_in(p)))} == {}


def test_help_answers_at_once_without_heavy_imports() -> None:
    heavy = ("prefect", "torch", "numpy", "onnxruntime", "pandas", "great_expectations", "jinja2")
    code = (
        "import sys\nfrom certify.cli.program import program\n"
        "try:\n    program(['--help'])\nexcept SystemExit as leaving:\n    assert not leaving.code\n"
        f"print('heavy:', [name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert "presumed non-conforming" in " ".join(done.stdout.split())
    assert "heavy: []" in done.stdout
