"""Where something was measured, as a second laboratory reads it."""

from __future__ import annotations

import platform
from importlib.metadata import version
from pathlib import Path

import pytest

from certify.digest import Digest
from certify.environment import Environment, capture, processor

PROGRAM = Digest.of(b"a program")


def test_the_environment_is_this_one_and_reads_back() -> None:
    environment = capture(program=PROGRAM, isolation="I0", network_denied=False)
    assert platform.python_version() in environment.python
    assert {lib.name: lib.version for lib in environment.libraries}["numpy"] == version("numpy")
    assert Environment.from_bytes(environment.to_bytes(), source="test") == environment


def test_a_library_that_is_not_installed_is_said_to_be_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certify.environment._LIBRARIES", ("no-such-library",))
    (library,) = capture(program=PROGRAM, isolation="I0", network_denied=False).libraries
    assert library.version == "absent"


def test_the_processor_has_a_name_that_fits_a_line() -> None:
    assert 1 <= len(processor()) <= 300


def test_a_machine_that_does_not_name_its_processor_has_a_name_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unreadable(*arguments: object, **keywords: object) -> str:
        raise OSError("not on this system")

    monkeypatch.setattr(Path, "read_text", unreadable)
    assert processor()
