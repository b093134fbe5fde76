"""What somebody sees who has read nothing: help for every command, at once and on a narrow screen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

COMMANDS = (
    (),
    ("init",),
    ("lock",),
    ("run",),
    ("measure",),
    ("prove",),
    ("verify",),
    ("demo",),
    ("keys",),
    ("keys", "new"),
)
HEAVY = (
    "numpy", "pydantic", "prefect", "onnxruntime", "onnx", "scipy", "pandas", "pyarrow", "great_expectations",
    "fairlearn", "torch", "sklearn", "jinja2", "cryptography", "flows", "checks", "reports",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command) or "certify")
def test_every_command_explains_itself_on_a_narrow_screen(command: tuple[str, ...], certify: Any) -> None:
    done = certify(*command, "--help", columns=60)
    assert (done.code, done.err) == (0, "")
    assert " ".join(["Usage: certify", *command]) in done.out
    assert max(map(len, done.out.splitlines())) <= 60
    assert "…" not in done.out, "something is cut off"


def test_the_help_names_every_command_and_every_exit_code(certify: Any) -> None:
    out = certify("--help", columns=100).out
    assert all(f" {command[0]} " in out for command in COMMANDS if command)
    assert "0 conforming or done, 1 non-conforming, 2 unusable input, 3 our failure" in " ".join(out.split())


def test_without_a_command_the_help_is_shown(certify: Any) -> None:
    done = certify()
    assert done.code == 2
    assert "Usage: certify" in done.out


def imported_by(*arguments: str) -> set[str]:
    """The packages that the real script imports, read off the interpreter's own record."""
    script = Path(sys.executable).parent / "certify"
    command = [sys.executable, "-X", "importtime", str(script), *arguments]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}


def test_help_imports_no_library_that_is_not_needed_for_it() -> None:
    imported = imported_by("--help")
    assert "typer" in imported
    assert imported & set(HEAVY) == set()


def test_the_record_of_imports_shows_heavy_libraries_where_they_are_needed() -> None:
    """Or the test above would prove nothing."""
    assert {"pydantic", "checks"} <= imported_by("measure", "--list")
