"""The command asks the question of the check, and nothing about its limit."""

from __future__ import annotations

import json
import shlex

from certify.digest import Digest
from certify.dossier import Dossier
from certify.standard import Check, Parameter
from reports.command import command


def _parts(dossier: Dossier, index: int) -> list[str]:
    return shlex.split(command(dossier.basis.required[index], dossier.submission))


def test_a_list_is_given_with_commas(dossier: Dossier) -> None:
    assert _parts(dossier, 0) == [
        "certify", "measure", "fairness.true_positive_rate_gap", "SUBMISSION", "--role", "test",
        "--set", "groups=sex=female,sex=male", "--confidence", "0.975",
    ]  # fmt: skip


def test_numbers_and_text_are_given_as_they_are(dossier: Dossier) -> None:
    assert "metric=accuracy" in _parts(dossier, 1)
    assert {"cases=1000", "seed=7"} <= set(_parts(dossier, 3))
    assert "watts_per_core=3.5" in _parts(dossier, 4)


def test_expectations_are_given_as_json_that_reads_back(dossier: Dossier) -> None:
    check = dossier.basis.required[2]
    (setting,) = [part for part in _parts(dossier, 2) if part.startswith("expectations=")]
    given = json.loads(setting.partition("=")[2])
    assert given == check.method.parameters["expectations"].to_json()["value"]


def test_no_limit_is_given(dossier: Dossier) -> None:
    check = dossier.basis.required[0]
    parts = _parts(dossier, 0)
    assert not any(name in part for name in check.limits for part in parts if part.startswith(name))
    assert "0.1" not in parts


def test_a_list_with_a_comma_in_an_element_is_given_as_json(dossier: Dossier) -> None:
    listed = Parameter(type="list", value=("age=1,5", "b"), stricter="fixed", why="A test.")
    parts = shlex.split(command(_with(dossier.basis.required[1], groups=listed), dossier.submission))
    assert 'groups=["age=1,5", "b"]' in parts


def test_a_value_cannot_leave_its_argument(dossier: Dossier) -> None:
    metric = Parameter(type="text", value="x; rm -rf / $(id) 'quoted' `now`", stricter="fixed", why="A test.")
    line = command(_with(dossier.basis.required[1], metric=metric), Digest.of(b""))
    assert "metric=x; rm -rf / $(id) 'quoted' `now`" in shlex.split(line)


def _with(check: Check, **parameters: Parameter) -> Check:
    method = check.method.model_copy(update={"parameters": parameters})
    return check.model_copy(update={"method": method})
