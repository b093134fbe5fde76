"""`certify deviation`: granted by an authority, for a time, and never a verdict."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from reviewing import ACCURACY, OVERSIGHT, RISK, Waiting, waiting

TODAY = datetime.now(UTC).date()


@pytest.fixture(scope="session")
def unmet(tmp_path_factory: pytest.TempPathFactory) -> tuple[Waiting, Path]:
    folder = tmp_path_factory.mktemp("unmet")
    case = waiting(folder, "unmet")
    (folder / "d.zip").write_bytes(case.archive)
    return case, folder


def lab(folder: Path) -> Path:
    return folder / "laboratory-unmet.pub"


def options(out: Path, folder: Path, **changes: str) -> list[object]:
    given = {
        "check": ACCURACY, "reason": "The next version is due, and a person reads along.",
        "condition": "A person reads along.", "expires": str(TODAY + timedelta(days=90)),
        "granted-by": "The authority", **changes,
    }  # fmt: skip
    written = [part for name, value in given.items() for part in (f"--{name}", value)]
    named = [folder / "d.zip", "--lab-key", lab(folder)]
    return [*named, *written, "--key", folder / "authority-unmet", "--out", out, "--json"]


def verify(certify: Any, folder: Path, *papers: object) -> Any:
    return certify("verify", folder / "d.zip", "--key", lab(folder), *papers, "--json")


def granted(certify: Any, folder: Path, tmp_path: Path, check: str) -> list[object]:
    out = tmp_path / f"{check.partition('/')[2]}.json"
    done = certify("deviation", "sign", *options(out, folder, check=check))
    assert done.code == 0, done.err
    return ["--deviation", out]


def test_the_code_stays_that_of_a_verdict_that_refuses(
    certify: Any, unmet: tuple[Waiting, Path], tmp_path: Path
) -> None:
    _, folder = unmet
    papers = [part for c in (ACCURACY, RISK, OVERSIGHT) for part in granted(certify, folder, tmp_path, c)]
    done = verify(certify, folder, *papers, "--authority-key", folder / "authority-unmet.pub")
    assert done.code == 1
    assert (done.said["decision"], done.said["tolerated"]) == ("non_conforming", True)
    assert done.said["certifiable"] is False
    assert any("deviations are in force" in line for line in done.said["obstacles"])


def test_people_are_told_that_it_is_never_the_plain_certificate(
    certify: Any, unmet: tuple[Waiting, Path], tmp_path: Path
) -> None:
    _, folder = unmet
    papers = [part for c in (ACCURACY, RISK, OVERSIGHT) for part in granted(certify, folder, tmp_path, c)]
    key = ["--authority-key", folder / "authority-unmet.pub"]
    done = certify("verify", folder / "d.zip", "--key", lab(folder), *papers, *key)
    assert done.out.startswith("NON-CONFORMING")
    assert "never the plain certificate" in done.out


def test_one_deviation_does_not_answer_for_another_refusal(
    certify: Any, unmet: tuple[Waiting, Path], tmp_path: Path
) -> None:
    _, folder = unmet
    paper = granted(certify, folder, tmp_path, ACCURACY)
    done = verify(certify, folder, *paper, "--authority-key", folder / "authority-unmet.pub")
    assert (done.code, done.said["tolerated"]) == (1, False)


@pytest.mark.parametrize("key", [None, "reviewer-unmet.pub", "laboratory-unmet.pub"])
def test_without_the_authoritys_key_it_is_refused_and_not_left_out(
    key: str | None, certify: Any, unmet: tuple[Waiting, Path], tmp_path: Path
) -> None:
    _, folder = unmet
    believed = ["--authority-key", folder / key] if key else []
    done = verify(certify, folder, *granted(certify, folder, tmp_path, ACCURACY), *believed)
    assert (done.code, done.said["error"]) == (2, "Tampered")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"check": "local.people/other"}, "requires no check"),
        ({"expires": str(TODAY - timedelta(days=1))}, "expired"),
        ({"expires": str(TODAY + timedelta(days=400))}, "longer than 366 days"),
        ({"expires": "soon"}, "soon"),
        ({"reason": "Because."}, "20 characters"),
        ({"condition": ""}, "conditions"),
        ({"granted-by": "Small Ltd"}, "to themselves"),
        ({"granted-by": "the vendor's own"}, "to themselves"),
    ],
)
def test_one_that_would_not_be_in_force_is_not_signed(
    changes: dict[str, str], told: str, certify: Any, unmet: tuple[Waiting, Path], tmp_path: Path
) -> None:
    _, folder = unmet
    done = certify("deviation", "sign", *options(tmp_path / "out.json", folder, **changes))
    assert done.code == 2
    assert told in done.said["text"]
    assert not (tmp_path / "out.json").exists()
