"""The self-test: a program that does not judge as its vectors and specimens say certifies nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from own_pack import sign_own_pack, write_own_basis, write_own_pack

from certify import ruling
from certify.basis import Basis, resolve
from certify.environment import Environment, capture
from certify.errors import ToolNotQualified, UnusableInput
from certify.key import new_key
from certify.pack import Standards, load
from certify.sandbox import Caps
from certify.task import Task
from certify.vector import SpecimenSet
from checks.catalogue import signatures
from flows import self_test
from flows.measuring import Answer
from flows.qualification import Foundry, Name, SpecimenTrial
from flows.self_test import SelfTest
from flows.wiring import program_digest

SELECTED = "{check: local.test/balanced-accuracy}"


def environment(**changes: Any) -> Environment:
    here = capture(program=program_digest(), isolation="I0", network_denied=False)
    return here.model_copy(update=changes)


@pytest.fixture
def standards(tmp_path: Path) -> Standards:
    write_own_pack(tmp_path / "standards", "balanced-accuracy")
    write_own_basis(tmp_path / "standards", SELECTED)
    return load(tmp_path / "standards", signatures())


def basis_of(standards: Standards) -> Basis:
    return resolve(
        "test/small", bases=standards.bases, checks=standards.checks, packs=standards.references, facts={}
    )


def proving(standards: Standards, tmp_path: Path, **changes: Any) -> SelfTest:
    return SelfTest(standards=standards, environment=environment(**changes), records=tmp_path / "records")


def test_every_vector_of_the_selected_checks_is_run(standards: Standards, tmp_path: Path) -> None:
    proved = proving(standards, tmp_path).vectors(basis_of(standards))
    assert proved.vectors > 10
    assert (proved.specimens, proved.record, proved.unproved) == (0, None, ())


def test_an_engine_that_decides_on_the_point_estimate_certifies_nothing(
    standards: Standards, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = ruling._rule_bound

    def by_the_point(condition: Any, check: Any, estimate: Any, limit: Any) -> ruling.Ruling:
        point = estimate.demonstrating.model_copy(update={"lower": estimate.value, "upper": estimate.value})
        return honest(condition, check, estimate.model_copy(update={"demonstrating": point}), limit)

    monkeypatch.setattr(ruling, "_rule_bound", by_the_point)
    with pytest.raises(ToolNotQualified, match="just-outside"):
        proving(standards, tmp_path).vectors(basis_of(standards))


def test_a_check_of_nobody_without_vectors_is_told_and_one_of_a_steward_refused(tmp_path: Path) -> None:
    folder = tmp_path / "standards"
    pack = write_own_pack(folder, "balanced-accuracy")
    write_own_basis(folder, SELECTED)
    for path in (pack / "checks/balanced-accuracy/vectors").glob("*.json"):
        path.unlink()
    unsigned = load(folder, signatures())
    assert proving(unsigned, tmp_path).vectors(basis_of(unsigned)).unproved == (
        "local.test/balanced-accuracy",
    )
    key = new_key(tmp_path / "key", passphrase=None)
    write_own_basis(folder, SELECTED.replace("local.test", "org.test"))
    other = write_own_pack(folder, "balanced-accuracy", namespace="org.test")
    for path in (other / "checks/balanced-accuracy/vectors").glob("*.json"):
        path.unlink()
    sign_own_pack(folder, "org.test", key)
    signed = load(folder, signatures())
    with pytest.raises(UnusableInput):
        proving(signed, tmp_path).vectors(basis_of(signed))


def test_a_check_that_names_no_specimen_is_unproved_however_many_others_name_some(tmp_path: Path) -> None:
    """Otherwise the specimens of one check would speak for all."""
    folder = tmp_path / "standards"
    pack = write_own_pack(folder, "balanced-accuracy", "complete-test-data")
    (pack / "checks/complete-test-data/vectors/specimens.json").unlink()
    write_own_basis(folder, SELECTED, "check: local.test/complete-test-data")
    standards = load(folder, signatures())
    proved = proving(standards, tmp_path).specimens(basis_of(standards))
    assert proved.specimens
    assert proved.unproved == ("local.test/complete-test-data",)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Every time that specimens are really measured, with the checks that they were put to."""
    calls: list[tuple[str, ...]] = []
    real: Callable[..., tuple[SpecimenTrial, ...]] = self_test.put_specimens

    def counted(checks: Any, named: dict[str, SpecimenSet], **others: Any) -> tuple[SpecimenTrial, ...]:
        calls.append(tuple(named))
        return real(checks, named, **others)

    monkeypatch.setattr(self_test, "put_specimens", counted)
    return calls


def test_specimens_are_measured_once_for_a_program_and_an_environment(
    standards: Standards, tmp_path: Path, measured: list[tuple[str, ...]]
) -> None:
    basis = basis_of(standards)
    first = proving(standards, tmp_path).specimens(basis)
    assert first.specimens >= 4
    assert proving(standards, tmp_path).specimens(basis) == first
    assert len(measured) == 1
    record = next(path for path in (tmp_path / "records").glob("*.json"))
    record.write_bytes(record.read_bytes().replace(b'"role":"bad"', b'"role":"Bad"'))
    assert proving(standards, tmp_path).specimens(basis) == first
    assert len(measured) == 2, "a record that somebody else wrote proves nothing"
    proving(standards, tmp_path, processor="another").specimens(basis)
    assert len(measured) == 3


def test_what_was_proved_of_a_check_under_one_basis_is_not_proved_again_under_another(
    tmp_path: Path, measured: list[tuple[str, ...]]
) -> None:
    folder, added = tmp_path / "standards", "check: local.test/complete-test-data"
    write_own_pack(folder, "balanced-accuracy", "complete-test-data")
    write_own_basis(folder, SELECTED)
    small = load(folder, signatures())
    first = proving(small, tmp_path).specimens(basis_of(small))
    write_own_basis(folder, SELECTED, added)
    larger = load(folder, signatures())
    second = proving(larger, tmp_path).specimens(basis_of(larger))
    assert measured == [("local.test/balanced-accuracy",), ("local.test/complete-test-data",)]
    assert second.specimens > first.specimens
    assert second.record != first.record


def test_a_method_that_flatters_is_found_out_by_its_specimens(
    standards: Standards, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The vectors cannot see a method: only a specimen can."""
    real: Callable[..., tuple[SpecimenTrial, ...]] = self_test.put_specimens

    def flattered(*arguments: Any, **keywords: Any) -> tuple[SpecimenTrial, ...]:
        trials = real(*arguments, **keywords)
        good = next(trial for trial in trials if trial.case.role == "good")
        from dataclasses import replace

        return tuple(replace(good, case=trial.case) for trial in trials)

    monkeypatch.setattr(self_test, "put_specimens", flattered)
    with pytest.raises(ToolNotQualified, match="a bad specimen was demonstrated"):
        proving(standards, tmp_path).specimens(basis_of(standards))
    assert not list((tmp_path / "records").glob("*.json"))


def test_a_worker_that_is_killed_proves_nothing(
    standards: Standards, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Silence of a method on a bad specimen would look like a refusal."""

    def hurried(self: Foundry, asked: tuple[Task, Name]) -> Answer:
        task, name = asked
        return self._workers.measure_on(self._intakes[name].artifacts, task, caps=Caps(wall_seconds=0.01))

    monkeypatch.setattr(Foundry, "_answer", hurried)
    with pytest.raises(ToolNotQualified, match="the method failed, which is no refusal"):
        proving(standards, tmp_path).specimens(basis_of(standards))
    assert not list((tmp_path / "records").glob("*.json"))
