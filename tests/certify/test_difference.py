"""How far a version must move: no verdict moved, stricter only, or something once refused may pass."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_pack import CHECK, PACK, Edit, loaded, replacing, write_pack

from certify.difference import Bump, Difference, bump_between, compare
from certify.errors import UnusableInput

SILENT = "silent_on:\n  - {control: random_predictor, why: {en: So it is., fr: C'est ainsi.}}\nvectors:"

PATCHES: dict[str, Edit] = {
    "another title": replacing(("A title.", "Another title.")),
    "promoted": replacing(("status: trial", "status: stable")),
    "another remark on a clause": replacing(("note: A part of it.", "note: A small part of it.")),
}
MINOR: dict[str, Edit] = {
    "a higher floor": replacing(("value: 0.8,", "value: 0.85,")),
    "a floor that is higher by less than any vector sees": replacing(("value: 0.8,", "value: 0.8001,")),
    "more cases": replacing(("value: 50,", "value: 51,")),
    "more data to be bound to": replacing(("[manifest, model, data]", "[manifest, model, data, documents]")),
    "more systems in scope": replacing(("[binary, multiclass]", "[binary, multiclass, regression]")),
    "for all systems": replacing(
        ("applies:\n  all:\n    - fact: model.task\n      among: [binary, multiclass]\n", ""),
        (", scope.json", ""),
    ),
    "one clause more": replacing(
        (
            "vectors:",
            "    - {require: at_least, statistic: coverage, limit: floor}\nvectors:",
        )
    ),
}
MAJOR: dict[str, Edit] = {
    "a lower floor": replacing(("value: 0.8,", "value: 0.7,")),
    "a floor that is lower by less than any vector sees": replacing(("value: 0.8,", "value: 0.7999,")),
    "a floor that is left to the basis": replacing((" value: 0.8,", "")),
    "fewer cases": replacing(("value: 50,", "value: 49,")),
    "a clause struck out": replacing(
        ("    - {require: count, statistic: performance, limit: fewest, for_every: {each_of: groups}}\n", "")
    ),
    "a clause that looks at one group": replacing(
        ("limit: floor, for_every: {each_of: groups}", "limit: floor, for_every: {named: [a=1]}")
    ),
    "other bytes accepted": replacing(("[manifest, model, data]", "[manifest, data]")),
    "a document accepted": replacing(("kinds: [statistical]", "kinds: [statistical, document]")),
    "fewer systems in scope": replacing(("[binary, multiclass]", "[binary]")),
    "another metric": replacing(("value: accuracy", "value: balanced_accuracy")),
    "other data": replacing(("role: test", "role: validation")),
    "more groups, so that no earlier vector applies": replacing(("[a=1, a=2]", "[a=1, a=2, a=3]")),
    "silent on a control": replacing(("vectors:", SILENT)),
}


def difference(folder: Path, before: str, after: str, *, pack: str = PACK) -> Difference:
    old = write_pack(folder / "old", {"accuracy": before})
    new = write_pack(folder / "new", {"accuracy": after}, pack=pack)
    return compare(loaded(old), loaded(new))


def demanded(folder: Path, edit: Edit) -> Bump:
    found = difference(folder, CHECK, edit(CHECK))
    (check,) = found.checks
    assert found.demanded is check.demanded
    assert all(change.what for change in check.changes)
    return check.demanded


@pytest.mark.parametrize("edit", PATCHES.values(), ids=PATCHES)
def test_where_no_verdict_moves_a_patch_is_enough(tmp_path: Path, edit: Edit) -> None:
    assert demanded(tmp_path, edit) is Bump.PATCH


@pytest.mark.parametrize("edit", MINOR.values(), ids=MINOR)
def test_what_only_refuses_more_is_minor(tmp_path: Path, edit: Edit) -> None:
    assert demanded(tmp_path, edit) is Bump.MINOR


@pytest.mark.parametrize("edit", MAJOR.values(), ids=MAJOR)
def test_what_may_let_pass_what_was_refused_is_major(tmp_path: Path, edit: Edit) -> None:
    assert demanded(tmp_path, edit) is Bump.MAJOR


def test_speaking_where_it_was_silent_is_stricter(tmp_path: Path) -> None:
    (check,) = difference(tmp_path, replacing(("vectors:", SILENT))(CHECK), CHECK).checks
    assert check.demanded is Bump.MINOR


def test_a_value_that_was_open_and_is_set_now_is_stricter(tmp_path: Path) -> None:
    (check,) = difference(tmp_path, replacing((" value: 0.8,", ""))(CHECK), CHECK).checks
    assert [change.what for change in check.changes] == ["limit floor: open before, 0.8 now"]
    assert check.demanded is Bump.MINOR


def test_the_same_pack_demands_and_declares_nothing(tmp_path: Path) -> None:
    found = difference(tmp_path, CHECK, CHECK)
    assert (found.demanded, found.declared, found.enough) == (Bump.NONE, Bump.NONE, True)
    assert found.checks[0].changes == ()
    assert found.checks[0].vectors > 10


def test_verdicts_that_move_are_named_with_what_they_were(tmp_path: Path) -> None:
    (check,) = difference(tmp_path, CHECK, MAJOR["a lower floor"](CHECK)).checks
    moved = [change.what for change in check.changes]
    assert "refused.json clause-1-just-outside-1: not demonstrated before, demonstrated now" in moved
    assert "limit floor: 0.8 before, 0.7 now" in moved


def test_a_new_check_is_minor_and_one_that_is_gone_is_major(tmp_path: Path) -> None:
    more = {"accuracy": CHECK, "again": replacing(("local.small/accuracy", "local.small/again"))(CHECK)}
    small, large = write_pack(tmp_path / "small"), write_pack(tmp_path / "large", more)
    assert compare(loaded(small), loaded(large)).demanded is Bump.MINOR
    assert compare(loaded(large), loaded(small)).demanded is Bump.MAJOR


def test_a_file_that_no_check_knows_demands_a_patch_of_the_pack(tmp_path: Path) -> None:
    old, new = write_pack(tmp_path / "old"), write_pack(tmp_path / "new")
    (new / "LICENCE").write_text("CC0")
    found = compare(loaded(old), loaded(new))
    assert (found.demanded, found.enough) == (Bump.PATCH, False)


@pytest.mark.parametrize(
    ("edit", "check", "pack", "enough"),
    [
        (PATCHES["another title"], "1.0.1", "1.0.1", True),
        (PATCHES["another title"], "1.0.0", "1.0.1", False),
        (PATCHES["another title"], "1.0.1", "1.0.0", False),
        (MINOR["a higher floor"], "1.1.0", "1.1.0", True),
        (MINOR["a higher floor"], "1.0.1", "1.1.0", False),
        (MINOR["a higher floor"], "1.1.0", "1.0.1", False),
        (MAJOR["a lower floor"], "2.0.0", "2.0.0", True),
        (MAJOR["a lower floor"], "1.9.9", "2.0.0", False),
        (MAJOR["a lower floor"], "2.0.0", "1.9.9", False),
        (MAJOR["a lower floor"], "0.9.0", "0.9.0", False),
    ],
)
def test_the_declared_bump_is_compared_for_the_check_and_for_the_pack(
    tmp_path: Path, edit: Edit, check: str, pack: str, enough: bool
) -> None:
    after = edit(CHECK).replace('version: "1.0.0"', f'version: "{check}"', 1)
    found = difference(tmp_path, CHECK, after, pack=PACK.replace('"1.0.0"', f'"{pack}"', 1))
    assert found.enough is enough


def test_a_check_without_vectors_cannot_be_compared(tmp_path: Path) -> None:
    old, new = write_pack(tmp_path / "old"), write_pack(tmp_path / "new")
    (new / "checks/accuracy/vectors/refused.json").unlink()
    with pytest.raises(UnusableInput):
        compare(loaded(old), loaded(new))


VERSIONS = st.tuples(*[st.integers(0, 12)] * 3)


def spelled(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


@given(VERSIONS, VERSIONS)
def test_a_version_moves_by_its_first_number_that_differs(old: tuple[int, ...], new: tuple[int, ...]) -> None:
    first = next((place for place in range(3) if old[place] != new[place]), None)
    expected = Bump.NONE if first is None else (Bump.MAJOR, Bump.MINOR, Bump.PATCH)[first]
    found = bump_between(spelled(old), spelled(new))
    assert found is (expected if new >= old else Bump.BACKWARDS)
