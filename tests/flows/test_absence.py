"""What is taken out of data or manifest never leaves demonstrated what speaks of it.

The good specimen, with one thing taken away; each check that speaks of that thing is judged as it ships.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pipeline import in_process

from certify.errors import UnusableInput
from certify.intake import take_in
from certify.pack import load_pack
from certify.standard import Check
from certify.submission import load
from certify.task import task_of
from certify.vector import filled, read_specimens
from certify.verdict import Finding, judge
from checks.catalogue import signatures
from checks.specimens import write
from checks.specimens.folder import change_manifest, manifest_of, rows_path
from flows.locking import lock_protocol
from flows.qualification import _only
from flows.wiring import BUNDLED_STANDARDS, Workplace

Taking = Callable[[Path], object]
PACK = "eu.ai-act"


@dataclass(frozen=True)
class Taken:
    """What is taken away, how, and the checks that speak of it."""

    what: str
    take: Taking
    checks: str

    def __str__(self) -> str:
        return self.what


def undeclared(role: str, key: str) -> Taking:
    def take(folder: Path) -> None:
        change_manifest(folder, lambda m: next(s for s in m["data"]["sets"] if s["role"] == role).pop(key))

    return take


def of_model(key: str) -> Taking:
    return lambda folder: change_manifest(folder, lambda m: m["model"].pop(key))


def of_columns(key: str) -> Taking:
    def change(manifest: dict[str, Any]) -> None:
        for column in manifest["model"]["inputs"][0]["columns"]:
            column.pop(key, None)

    return lambda folder: change_manifest(folder, change)


def of_outputs(key: str) -> Taking:
    def change(manifest: dict[str, Any]) -> None:
        for output in manifest["model"]["outputs"]:
            output.pop(key, None)

    return lambda folder: change_manifest(folder, change)


def unnamed_groups(folder: Path) -> None:
    change_manifest(folder, lambda m: m["data"].update(attributes=[]))


def lines(change: Callable[[list[list[str]]], list[list[str]]], role: str) -> Taking:
    def take(folder: Path) -> None:
        path = rows_path(folder, manifest_of(folder), role)
        with path.open(encoding="utf-8") as file:
            changed = change(list(csv.reader(file)))
        path.write_text("\n".join(map(",".join, changed)) + "\n", encoding="utf-8")

    return take


def blanked(role: str, column: str) -> Taking:
    def change(read: list[list[str]]) -> list[list[str]]:
        at = read[0].index(column)
        return [read[0], *([*row[:at], "", *row[at + 1 :]] for row in read[1:])]

    return lines(change, role)


def without(role: str, column: str) -> Taking:
    def change(read: list[list[str]]) -> list[list[str]]:
        at = read[0].index(column)
        return [row[:at] + row[at + 1 :] for row in read]

    return lines(change, role)


def no_row(role: str) -> Taking:
    return lines(lambda read: read[:1], role)


def one_row(role: str) -> Taking:
    return lines(lambda read: read[:2], role)


def no_set(role: str) -> Taking:
    def take(folder: Path) -> None:
        rows_path(folder, manifest_of(folder), role).unlink()
        change_manifest(folder, lambda m: m["data"]["sets"].remove(_set_of(m["data"]["sets"], role)))

    return take


def _set_of(sets: list[dict[str, object]], role: str) -> dict[str, object]:
    return next(one for one in sets if one["role"] == role)


def reference_of(lines_kept: int) -> Taking:
    def take(folder: Path) -> None:
        path = folder / manifest_of(folder)["data"]["reference"]["file"]
        kept = path.read_text(encoding="utf-8").splitlines()[:lines_kept]
        path.write_text("\n".join(kept) + "\n", encoding="utf-8")

    return take


OF_TRAIN = """complete-training-data crossings-in-training-data data-quality known-labels-in-training-data
    no-constant-columns no-duplicates-in-training-data no-feature-gives-the-answer-away
    no-identifiers-in-training-data no-near-duplicates-in-training-data one-unit-per-column
    representative-training-data right-labels-in-training-data training-data-as-declared
    training-data-collected-in-the-period training-data-cover-the-domain training-data-from-declared-places
    training-data-inside-the-domain training-data-resemble-the-population unique-keys-in-training-data"""
OF_TEST = """complete-test-data known-labels-in-test-data no-identifiers-in-test-data representative-test-data
    right-labels-in-test-data test-data-as-declared test-data-collected-in-the-period
    test-data-from-declared-places test-data-inside-the-domain test-data-quality
    test-data-resemble-the-population unique-keys-in-test-data"""
OF_BOTH = """cases-of-use-were-trained-for no-near-test-data-in-training-data no-test-data-in-training-data
    no-test-unit-in-training-data test-data-later-than-training-data test-data-like-training-data"""
OF_DECISIONS = """declared-relations-hold faulty-entries-handled few-evade-by-what-they-can-change
    same-decision-in-batches same-decision-in-other-arithmetic stable-under-measurement-noise"""
OF_ACCURACY = """as-good-at-every-place as-good-in-every-stretch-of-time proved-beside-the-cases
    right-beside-the-cases right-under-a-stated-attack"""
OF_SHARES = """representative-training-data representative-test-data crossings-in-training-data
    training-data-resemble-the-population test-data-resemble-the-population"""

TAKEN = (
    Taken("all of train", no_set("train"), f"{OF_TRAIN} {OF_BOTH}"),
    Taken("all of test", no_set("test"), f"{OF_TEST} {OF_BOTH} {OF_DECISIONS} {OF_ACCURACY}"),
    Taken("every row of train", no_row("train"), f"{OF_TRAIN} {OF_BOTH}"),
    Taken("every row of test", no_row("test"), f"{OF_TEST} {OF_BOTH} {OF_DECISIONS} {OF_ACCURACY}"),
    Taken(
        "every row of test but one",
        one_row("test"),
        f"""complete-test-data known-labels-in-test-data representative-test-data
        no-test-data-in-training-data no-test-unit-in-training-data
        test-data-collected-in-the-period test-data-from-declared-places
        test-data-inside-the-domain test-data-resemble-the-population {OF_DECISIONS} {OF_ACCURACY}""",
    ),
    Taken("the lines of the reference", reference_of(1), OF_SHARES),
    Taken("the groups", unnamed_groups, OF_SHARES),
    Taken(
        "which column is the time of train",
        undeclared("train", "time_column"),
        "training-data-collected-in-the-period test-data-later-than-training-data",
    ),
    Taken(
        "which column is the time of test",
        undeclared("test", "time_column"),
        """test-data-collected-in-the-period test-data-later-than-training-data
        as-good-in-every-stretch-of-time""",
    ),
    Taken("which values may be missing", undeclared("test", "may_be_missing"), "faulty-entries-handled"),
    Taken("what holds of changed cases", of_model("relations"), "declared-relations-hold"),
    Taken("what can be changed", of_columns("perturbable"), "few-evade-by-what-they-can-change"),
    Taken("which way decisions go", of_columns("direction"), "decisions-follow-directions"),
    Taken("the range of answers", of_outputs("range"), "answers-stay-in-range"),
    Taken(
        "which column is the unit of test",
        undeclared("test", "unit_column"),
        "no-test-unit-in-training-data",
    ),
    Taken(
        "which column is the unit of train",
        undeclared("train", "unit_column"),
        "no-test-unit-in-training-data",
    ),
    Taken("the key of test", undeclared("test", "key_columns"), "unique-keys-in-test-data"),
    Taken(
        "the values of a number of train",
        blanked("train", "marker"),
        """complete-training-data one-unit-per-column no-constant-columns training-data-cover-the-domain
        training-data-inside-the-domain training-data-as-declared test-data-like-training-data
        cases-of-use-were-trained-for""",
    ),
    Taken(
        "the values of a number of test",
        blanked("test", "age"),
        f"""complete-test-data test-data-inside-the-domain cases-of-use-were-trained-for test-data-as-declared
        test-data-like-training-data representative-test-data test-data-resemble-the-population
        {OF_DECISIONS} {OF_ACCURACY}""",
    ),
    Taken(
        "a column of test",
        without("test", "marker"),
        f"""complete-test-data test-data-inside-the-domain cases-of-use-were-trained-for test-data-as-declared
        test-data-like-training-data no-test-data-in-training-data no-near-test-data-in-training-data
        {OF_DECISIONS} {OF_ACCURACY}""",
    ),
    Taken(
        "the labels of train",
        blanked("train", "label"),
        """complete-training-data known-labels-in-training-data right-labels-in-training-data
        no-feature-gives-the-answer-away training-data-as-declared""",
    ),
    Taken("the labels of test", blanked("test", "label"), f"known-labels-in-test-data {OF_ACCURACY}"),
    Taken("the places of test", blanked("test", "site"), "as-good-at-every-place"),
    Taken(
        "the times of test",
        blanked("test", "collected_at"),
        """test-data-collected-in-the-period test-data-later-than-training-data test-data-as-declared
        unique-keys-in-test-data as-good-in-every-stretch-of-time""",
    ),
    Taken(
        "the places of train",
        blanked("train", "site"),
        "training-data-from-declared-places training-data-as-declared",
    ),
    Taken(
        "the units of train",
        blanked("train", "case"),
        "no-test-unit-in-training-data unique-keys-in-training-data",
    ),
)


@cache
def checks() -> dict[str, Check]:
    """The checks as they ship, with the values that a basis would set as in their specimens."""
    pack = load_pack(BUNDLED_STANDARDS / "packs" / PACK, signatures())
    named = {name for taken in TAKEN for name in taken.checks.split()}
    found = {}
    for name in named:
        check = pack.checks[f"{PACK}/{name}"]
        specimens = read_specimens(pack.check_folder(check.id), check)
        assert specimens is not None
        assert "screening" in specimens.good
        found[name] = filled(check, specimens.open_values)
    return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "screening"
    write(folder, "screening")
    return folder


def demonstrated(folder: Path, names: list[str], work: Path) -> set[str]:
    """Those of the checks that are demonstrated; none where the submission is refused at the door."""
    workplace = Workplace(root=work)
    try:
        intake = take_in(load(folder), workplace.blobs)
    except UnusableInput:
        return set()
    measure = in_process(intake.artifacts, workplace)
    found = set()
    for name in names:
        check = checks()[name]
        result = measure(task_of(check, intake.root)).result
        protocol = lock_protocol(intake, _only(check), workplace, by="a test")
        if judge(Finding(check=check, result=result), protocol=protocol).outcome.value == "demonstrated":
            found.add(name)
    return found


@pytest.mark.parametrize("taken", TAKEN, ids=str)
def test_what_is_taken_away_is_not_demonstrated(taken: Taken, whole: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(whole, tmp_path / "less")
    taken.take(folder)
    assert demonstrated(folder, taken.checks.split(), tmp_path / "work") == set()


@pytest.mark.qualify
def test_the_whole_specimen_is_demonstrated(whole: Path, tmp_path: Path) -> None:
    """Or the refusals above would prove nothing. (The specimens prove it in every first certification.)"""
    assert demonstrated(whole, sorted(checks()), tmp_path / "work") == set(checks())
