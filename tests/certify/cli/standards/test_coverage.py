"""`certify standards coverage`: what is not covered is said loudly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from desk import fits


def test_coverage_says_loudly_what_is_not_covered(certify: Any, small: Path) -> None:
    done = certify("standards", "coverage", "local.small/all", "--standards", small, columns=60)
    assert (done.code, done.err) == (0, "")
    assert fits(done.out)
    assert "1 CLAUSE IS UNCOVERED" in done.out
    assert "Be secure." in " ".join(done.out.split()), "what is uncovered is spelled out"
    said = certify("standards", "coverage", "local.small/all", "--standards", small, "--json").said
    assert said["totals"] == {"measured": 1, "documented": 0, "human": 0, "uncovered": 1}
    assert said["ledgers"]["The Act"] == said["totals"]
    assert {clause["locator"]: clause["shown"] for clause in said["clauses"]} == {
        "Art. 15(1)": "measured", "Art. 15(5)": "uncovered", "Art. 95(2)": "uncovered"
    }  # fmt: skip
    assert said["clauses"][2]["kind"] == "voluntary"


def test_without_ledgers_it_is_said_that_nothing_can_be_counted(certify: Any, small: Path) -> None:
    (small / "packs/local.small/clauses.yaml").unlink()
    done = certify("standards", "coverage", "local.small/all", "--standards", small)
    assert "NO LEDGER" in done.out
    assert "In no ledger: Art. 15(1) of The Act" in done.out
