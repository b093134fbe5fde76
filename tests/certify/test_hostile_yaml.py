"""Nothing that a stranger hands in is taken for a standard, and nothing takes long to be refused."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hostile import QUICK, Hostile
from hostile_basis import BASES
from hostile_check import CHECKS
from hostile_pack import LOCKS
from hostile_text import FORM
from hostile_vector import VECTORS
from written_pack import METHODS, write, write_basis

from certify.errors import Problem, UnusableInput
from certify.pack import load, load_pack

DOORS = {"form": FORM, "checks": CHECKS, "bases": BASES, "locks": LOCKS, "vectors": VECTORS}
ALL = {f"{door}: {name}": hostile for door, inputs in DOORS.items() for name, hostile in inputs.items()}


def refused(hostile: Hostile, folder: Path) -> tuple[Problem, ...]:
    opening = hostile.door(folder)
    with pytest.raises(UnusableInput) as caught:
        opening()
    return caught.value.problems


def seconds(hostile: Hostile, folder: Path) -> float:
    """The best of three openings."""
    opening, best = hostile.door(folder), float("inf")
    for _ in range(3):
        begun = time.perf_counter()
        with pytest.raises(UnusableInput):
            opening()
        best = min(best, time.perf_counter() - begun)
    return best


@pytest.mark.parametrize("name", ALL)
def test_it_is_refused_by_its_code_in_its_place(name: str, tmp_path: Path) -> None:
    hostile = ALL[name]
    problems = refused(hostile, tmp_path)
    told = [p for p in problems if (p.code, p.line) == (hostile.code, hostile.line)]
    assert told, [(p.code, p.line) for p in problems]
    assert hostile.key is None or told[0].key == hostile.key


@pytest.mark.parametrize("name", ALL)
def test_the_message_says_what_is_wrong_and_what_to_do_and_fits_on_a_page(name: str, tmp_path: Path) -> None:
    problems = refused(ALL[name], tmp_path)
    assert len(problems) <= 101
    for problem in problems:
        assert problem.source
        assert problem.found
        assert problem.remedy
        assert len(str(problem)) < 1_000


def test_the_doors_let_in_what_they_should(tmp_path: Path) -> None:
    """A hostile suite without a benign control proves nothing: refusing everything would pass it."""
    write_basis(write(tmp_path))
    assert set(load_pack(tmp_path / "packs/local.test", METHODS).checks) == {"local.test/errors"}
    assert set(load(tmp_path, METHODS).bases) == {"test/all"}


@pytest.mark.parametrize("door", DOORS)
def test_every_door_is_tried_in_many_ways(door: str) -> None:
    assert len(DOORS[door]) >= 15
    assert len(ALL) >= 150


@pytest.mark.benchmark
def test_how_long_the_slowest_refusals_take(tmp_path: Path) -> None:
    taken = {name: seconds(hostile, _folder(tmp_path, name)) for name, hostile in ALL.items()}
    slowest = sorted(taken, key=lambda name: -taken[name])[:10]
    print(f"\n{len(taken)} hostile inputs, {sum(t < QUICK for t in taken.values())} of them within 50 ms:")
    print("\n".join(f"{1000 * taken[name]:7.1f} ms  {name}" for name in slowest))


@pytest.mark.qualify
@pytest.mark.parametrize("name", ALL)
def test_it_is_refused_in_time(name: str, tmp_path: Path) -> None:
    assert seconds(ALL[name], tmp_path) < ALL[name].budget


def _folder(tmp_path: Path, name: str) -> Path:
    folder = tmp_path / str(sorted(ALL).index(name))
    folder.mkdir()
    return folder
