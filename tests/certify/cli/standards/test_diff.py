"""`certify standards diff`: how far a version must move."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from desk import fits
from small_pack import CHECK, PACK, replacing, write_pack


def bumped(standards: Path, check: str, pack: str, *pairs: tuple[str, str]) -> Path:
    """The small pack in another version."""
    text = replacing(*pairs, ('version: "1.0.0"\nstatus', f'version: "{check}"\nstatus'))(CHECK)
    return write_pack(standards, {"accuracy": text}, pack=PACK.replace('"1.0.0"', f'"{pack}"', 1))


@pytest.mark.parametrize(
    ("check", "pack", "value", "code"),
    [("1.1.0", "1.1.0", "0.85", 0), ("1.0.1", "1.1.0", "0.85", 1), ("2.0.0", "2.0.0", "0.7", 0),
     ("1.1.0", "1.1.0", "0.7", 1)],
)  # fmt: skip
def test_a_bump_that_is_too_small_is_refused(
    check: str, pack: str, value: str, code: int, certify: Any, small: Path
) -> None:
    new = bumped(small / "new", check, pack, ("value: 0.8,", f"value: {value},"))
    done = certify("standards", "diff", small, new, "--json")
    assert (done.code, done.said["enough"]) == (code, code == 0)
    text = certify("standards", "diff", small / "packs/local.small", small / "new", columns=60)
    assert text.code == code
    assert fits(text.out)
    assert f"limit floor: 0.8 before, {value} now" in " ".join(text.out.split())
    assert ("A BUMP IS TOO SMALL" in text.out) is (code == 1)


def test_of_several_packs_one_has_to_be_named(certify: Any, small: Path) -> None:
    shutil.copytree(small / "packs/local.small", small / "packs/local.other")
    assert certify("standards", "diff", small, small, "--json").code == 2
    assert (
        certify("standards", "diff", small, small, "--pack", "local.small", "--json").said["demanded"]
        == "none"
    )
