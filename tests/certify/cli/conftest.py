"""The console script itself, in a process of its own, and what it is given to work on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pipeline import examined, sealed, small_workplace
from small_submission import write_submission

from certify.key import new_key
from flows.wiring import Workplace

CERTIFY = Path(sys.executable).parent / "certify"
OURS = ("PREFECT_", "CERTIFY_WORK", "COLUMNS", "NO_COLOR", "FORCE_COLOR")


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> dict[str, Any]:
        """The one JSON object that standard output holds, and nothing besides."""
        value = json.loads(self.out)
        assert isinstance(value, dict)
        return value


Certify = Callable[..., Done]


@pytest.fixture(scope="session")
def certify() -> Certify:
    """`certify("measure", folder, ..., columns=60)`: runs the installed script, without a terminal."""
    return run_certify


def run_certify(
    *arguments: object, columns: int = 80, script: tuple[object, ...] = (CERTIFY,), **options: Any
) -> Done:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    environment = {**inherited, "COLUMNS": str(columns), **options.pop("environment", {})}
    command = [str(part) for part in (*script, *arguments)]
    options = {"stdin": subprocess.DEVNULL, "start_new_session": True, "timeout": 300, **options}
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", check=False, env=environment, **options
    )
    return Done(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Place:
    """A submission that conforms under `test/small`, a key, and two sealed dossiers."""

    folder: Path

    @property
    def submission(self) -> Path:
        return self.folder / "submission"

    @property
    def standards(self) -> Path:
        return self.folder / "standards"

    @property
    def key(self) -> Path:
        return self.folder / "key"

    @property
    def public(self) -> Path:
        return self.folder / "key.pub"

    def dossier(self, decision: str) -> Path:
        """The dossier that comes to this decision: conforming or non_conforming."""
        return self.folder / f"{decision}.zip"

    @property
    def small(self) -> tuple[object, ...]:
        """The options that ask for the small basis."""
        return ("--basis", "test/small", "--standards", self.standards)


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("place"))
    write_submission(place.submission)
    too_much = {"metric": "accuracy", "population": "the test data", "value": 0.9999}
    write_submission(place.folder / "boasting", change=lambda m: m["objective"].update(claims=[too_much]))
    key = new_key(place.key, passphrase=None)
    workplace = small_workplace(place.folder)
    for folder, decision in (("submission", "conforming"), ("boasting", "non_conforming")):
        examination = examined(place.folder / folder, workplace)
        place.dossier(decision).write_bytes(sealed(examination, key))
    return place


@pytest.fixture
def ledger(tmp_path: Path) -> Callable[[], list[tuple[str, str]]]:
    """What the ledger of the folder `work` holds: events and the roles that they concern."""
    ledger = Workplace(root=tmp_path / "work").ledger
    return lambda: [(entry.event, entry.role) for entry in ledger.entries()]
