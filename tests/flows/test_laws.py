"""The laws of the presumption over the whole pipeline, with the real methods.

Whatever is taken away from a submission, the verdict does not become better; whatever is changed after the
lock makes the evidence unbound.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pipeline import assessed, in_process, small_workplace
from small_submission import KINDS, write_submission

from certify.basis import resolve
from certify.errors import UnusableInput
from certify.evidence import Reason
from certify.ruling import Outcome
from certify.verdict import Finding, decide
from flows.examination import examine, prepare
from flows.wiring import Workplace

Taking = Callable[[dict[str, Any]], None]


def take_document(kind: str) -> Taking:
    def take(declared: dict[str, Any]) -> None:
        declared["documents"] = [document for document in declared["documents"] if document["kind"] != kind]

    return take


def take_set(role: str) -> Taking:
    def take(declared: dict[str, Any]) -> None:
        sets = declared["data"]["sets"]
        declared["data"]["sets"] = [dataset for dataset in sets if dataset["role"] != role]

    return take


def take_attributes(declared: dict[str, Any]) -> None:
    declared["data"]["attributes"] = []


def take_noise(declared: dict[str, Any]) -> None:
    del declared["model"]["inputs"][0]["columns"][0]["noise"]


def take_output_range(declared: dict[str, Any]) -> None:
    del declared["model"]["outputs"][0]["range"]


def take_explanation(declared: dict[str, Any]) -> None:
    del declared["explanation"]["method"]


TAKINGS: dict[str, Taking] = {
    **{f"the document {kind}": take_document(kind) for kind in KINDS},
    "the test data": take_set("test"),
    "the training data": take_set("train"),
    "the attributes": take_attributes,
    "the noise": take_noise,
    "the output's range": take_output_range,
    "how it explains": take_explanation,
}

NEEDED = sorted(set(TAKINGS) - {"the training data", "the output's range"})
"""What the small basis asks for; without the others it may still conform."""

DEFECTS: dict[str, Taking] = {
    "none": lambda declared: None,
    "overclaims": lambda declared: declared["objective"]["claims"][0].update(value=0.9999),
    "wrong threshold": lambda declared: declared["model"]["decision"].update(threshold=0.999),
    "no claim of accuracy": lambda declared: declared["objective"]["claims"][0].update(metric="precision"),
}


def clean(folder: Path) -> None:
    """Files that nobody declares any more go too, or the folder would be refused for them."""
    import json

    declared = json.loads((folder / "submission.yaml").read_text())
    named = {"submission.yaml", declared["model"]["file"], declared["data"]["reference"]["file"]}
    named |= {d["file"] for d in declared["documents"]}
    named |= {path for d in declared["data"]["sets"] for path in d["files"]}
    for path in folder.rglob("*"):
        if path.is_file() and str(path.relative_to(folder)) not in named:
            path.unlink()


def decision_without(taken: list[str], defect: str, folder: Path, workplace: Workplace) -> str:
    def change(declared: dict[str, Any]) -> None:
        DEFECTS[defect](declared)
        for name in taken:
            TAKINGS[name](declared)

    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        submission = write_submission(Path(temporary), change=change)
        clean(submission)
        try:
            return assessed(submission, workplace).decision
        except UnusableInput:
            return "non_conforming"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("laws")


@pytest.fixture(scope="module")
def workplace(place: Path) -> Workplace:
    return small_workplace(place)


@pytest.mark.parametrize("name", NEEDED)
def test_taking_away_what_the_basis_needs_refuses(name: str, place: Path, workplace: Workplace) -> None:
    assert decision_without([name], "none", place, workplace) == "non_conforming"


@pytest.mark.parametrize("defect", sorted(DEFECTS))
def test_a_whole_submission_conforms_only_without_a_defect(
    defect: str, place: Path, workplace: Workplace
) -> None:
    whole = decision_without([], defect, place, workplace)
    assert whole == ("conforming" if defect == "none" else "non_conforming")


@given(
    st.sets(st.sampled_from(sorted(TAKINGS)), min_size=1),
    st.sampled_from(sorted(set(DEFECTS) - {"none"})),
)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_taking_away_never_helps(place: Path, workplace: Workplace, taken: set[str], defect: str) -> None:
    """None of the defective ones conforms whole (above), and none does with less."""
    assert decision_without(sorted(taken), defect, place, workplace) == "non_conforming"


@pytest.mark.parametrize("rows", [1, 300, 599])
def test_a_row_removed_after_the_lock_makes_the_evidence_unbound(rows: int, tmp_path: Path) -> None:
    """The rows that are wrong are just those that a cheat would like to lose."""
    workplace = small_workplace(tmp_path)
    whole = write_submission(tmp_path / "whole")
    locked = prepare(whole, "test/small", workplace)
    fewer = shutil.copytree(whole, tmp_path / "fewer")
    lines = (fewer / "data/test.csv").read_text().splitlines()
    (fewer / "data/test.csv").write_text("\n".join(lines[:1] + lines[1 + rows :]) + "\n")
    cheat = prepare(fewer, "test/small", workplace)
    measure = in_process(cheat.intake.artifacts, workplace)
    results = {task: examine(cheat, task, measure).result for task in cheat.tasks}
    by_check = {name: results[task] for task in cheat.tasks for name in cheat.checks_of(task)}
    found = [Finding(check=check, result=by_check[check.id]) for check in locked.basis.required]
    verdict = decide(found, basis=locked.basis, protocol=locked.protocol)
    assert {j.reason for j in verdict.judgements} == {Reason.UNBOUND}


@pytest.mark.parametrize("column", ["age", "label"])
def test_a_row_that_cannot_be_scored_counts_as_the_worst(column: str, tmp_path: Path) -> None:
    folder = write_submission(tmp_path / "s")
    lines = (folder / "data/test.csv").read_text().splitlines()
    position = lines[0].split(",").index(column)

    def spoil(line: str) -> str:
        values = line.split(",")
        return ",".join([*values[:position], "unknown", *values[position + 1 :]])

    spoilt = [spoil(line) for line in lines[1:61]]
    (folder / "data/test.csv").write_text("\n".join([lines[0], *spoilt, *lines[61:]]) + "\n")
    verdict = assessed(folder, small_workplace(tmp_path))
    accuracy = next(j for j in verdict.judgements if j.check == "eu.ai-act/accuracy")
    assert accuracy.outcome is not Outcome.DEMONSTRATED


@given(st.sets(st.sampled_from(["system.kind", "system.affected_persons", "model.task"])))
@settings(max_examples=8, suppress_health_check=list(HealthCheck), deadline=None)
def test_an_unknown_fact_never_excuses(workplace: Workplace, unknown: set[str]) -> None:
    facts = {"system.kind": "tool", "system.affected_persons": "none", "model.task": "binary"}
    standards = workplace.load_standards()

    def required(known: dict[str, str]) -> set[str]:
        basis = resolve("test/small", bases=standards.bases, checks=standards.checks, facts=known)
        return {check.id for check in basis.required}

    assert required(facts) <= required({k: v for k, v in facts.items() if k not in unknown})


def test_a_group_that_the_data_lack_is_still_required(tmp_path: Path) -> None:
    """Required groups come from the basis: losing all rows of one does not make its requirement vanish."""
    folder = write_submission(tmp_path / "s")
    lines = (folder / "data/test.csv").read_text().splitlines()
    (folder / "data/test.csv").write_text("\n".join(x for x in lines if ",1," not in x) + "\n")
    verdict = assessed(folder, small_workplace(tmp_path))
    refused = {j.check for j in verdict.refusals}
    assert {"eu.ai-act/equal-true-positive-rate", "eu.ai-act/representative-test-data"} <= refused
