"""What a basis shows of each clause; what it does not show stays in the list."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_pack import CHECK, loaded, replacing, write_bases, write_pack

from certify.basis import resolve
from certify.coverage import STRENGTHS, Coverage, coverage
from certify.pack import load, read_ledgers
from checks.catalogue import signatures

DOCUMENTED = replacing(
    ("local.small/accuracy", "local.small/paper"),
    ("name: objectives.performance", "name: documents.complete"),
    ("    metric: {type: text, value: accuracy, stricter: fixed, why: Ours.}\n", ""),
    ("groups: {type: list, value: [a=1, a=2]", "kinds: {type: list, value: [risk_file, data_sheet]"),
    ("kinds: [statistical]\n  role: test\n  bound_to: [manifest, model, data]",
     "kinds: [document]\n  role: none\n  bound_to: [manifest, documents]"),
    ("limits:\n", ""),
    ("  floor: {type: decimal, range: [0, 1], value: 0.8, stricter: higher, why: Ours.}\n", ""),
    ("  fewest: {type: integer, range: [1, 1000], value: 50, stricter: higher, why: Ours.}\n", ""),
    ("    - {require: count, statistic: performance, limit: fewest, for_every: {each_of: groups}}\n", ""),
    ("at_least, statistic: performance, limit: floor", "holds, statement: document_present"),
    ("each_of: groups", "each_of: kinds"),
)(CHECK)  # fmt: skip


def covered(standards: Path) -> Coverage:
    found = load(standards, signatures())
    basis = resolve("local.small/all", bases=found.bases, checks=found.checks, facts={})
    return coverage(basis, read_ledgers(pack.folder for pack in found.packs.values()))


def shown(standards: Path) -> dict[str, str]:
    return {clause.clause.locator: clause.shown for clause in covered(standards).clauses}


@pytest.fixture
def standards(tmp_path: Path) -> Path:
    write_pack(tmp_path)
    write_bases(tmp_path)
    return tmp_path


def edit(standards: Path, *pairs: tuple[str, str]) -> None:
    path = standards / "packs/local.small/checks/accuracy/check.yaml"
    path.write_text(replacing(*pairs)(path.read_text(encoding="utf-8")), encoding="utf-8")


def test_a_clause_is_shown_by_the_check_that_contributes_to_it_and_others_are_uncovered(
    standards: Path,
) -> None:
    assert shown(standards) == {
        "Art. 15(1)": "measured", "Art. 15(5)": "uncovered", "Art. 95(2)": "uncovered"
    }  # fmt: skip
    assert [clause.clause.locator for clause in covered(standards).uncovered] == ["Art. 15(5)"]


def test_a_side_remark_covers_nothing(standards: Path) -> None:
    edit(standards, ("contributes-to", "informs"))
    assert shown(standards)["Art. 15(1)"] == "uncovered"


def test_the_same_place_in_another_instrument_covers_nothing(standards: Path) -> None:
    edit(standards, ("The Act", "Another Act"))
    assert shown(standards)["Art. 15(1)"] == "uncovered"
    assert covered(standards).unlisted == (("local.small/accuracy", "Another Act", "Art. 15(1)"),)


def test_a_check_that_the_basis_does_not_require_covers_nothing(standards: Path) -> None:
    text = replacing(("local.small/accuracy", "local.small/secure"), ("Art. 15(1)", "Art. 15(5)"))(CHECK)
    write_pack(standards, {"secure": text})
    assert shown(standards)["Art. 15(5)"] == "uncovered"


def test_measuring_is_stronger_than_a_document_and_all_checks_are_named(standards: Path) -> None:
    methods = 'methods: {objectives.performance: "1.0.0", documents.complete: "1.0.0"}'
    folder = write_pack(standards, {"paper": DOCUMENTED})
    pack = folder / "pack.yaml"
    pack.write_text(
        pack.read_text("utf-8").replace('methods: {objectives.performance: "1.0.0"}', methods), "utf-8"
    )
    basis = standards / "bases/local.small/all.yaml"
    basis.write_text(basis.read_text("utf-8") + "  - check: local.small/paper\n", "utf-8")
    (first, *_) = covered(standards).clauses
    assert first.shown == "measured"
    assert {check.id: check.mode for check in first.checks} == {
        "local.small/accuracy": "measured", "local.small/paper": "documented"
    }  # fmt: skip
    edit(standards, ("contributes-to", "informs"))
    assert shown(standards)["Art. 15(1)"] == "documented"


def test_totals_count_every_clause_once_and_voluntary_ones_apart(standards: Path) -> None:
    found = covered(standards)
    assert found.totals(demanding=True) == {"measured": 1, "documented": 0, "human": 0, "uncovered": 1}
    assert found.totals(demanding=False) == {"measured": 0, "documented": 0, "human": 0, "uncovered": 1}
    assert set(found.totals(demanding=True)) == set(STRENGTHS)
    assert found.of("The Act") == found
    assert found.of("Another Act").clauses == ()


def test_over_no_ledger_nothing_is_covered(standards: Path) -> None:
    basis = resolve(
        "local.small/all",
        bases=load(standards, signatures()).bases,
        checks=loaded(standards / "packs/local.small").checks,
        facts={},
    )
    found = coverage(basis, [])
    assert found.clauses == ()
    assert found.unlisted
