"""`certify standards propose`: a first draft of vectors."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from desk import FIRST, FOLDER, fits
from small_pack import CHECK, replacing

from certify.strict_yaml import read


def without_vectors(standards: Path, text: str = CHECK) -> Path:
    folder = standards / "packs/local.small/checks/accuracy"
    shutil.rmtree(folder / "vectors")
    (folder / "check.yaml").write_text(text, encoding="utf-8")
    return folder / "vectors"


def test_proposed_files_are_numbers_that_the_strict_reader_takes(certify: Any, small: Path) -> None:
    vectors = without_vectors(small)
    done = certify("standards", "propose", "local.small/accuracy", "--folder", small, "--json")
    assert done.code == 0
    (said,) = done.said["checks"]
    assert said["survivors"] == said["come_out_otherwise"] == []
    assert said["list_under_vectors"] == ["demonstrated.json", "refused.json", "scope.json"]
    for path in vectors.iterdir():
        found = read(path.read_bytes(), source=path.name).value
        assert found["asked"]["confidence"] == Decimal("0.975")
        estimates = [e for v in found["vectors"] for e in v["evidence"].get("estimates", ())]
        values = [e[key] for e in estimates for key in ("value", "lower", "upper") if e.get(key) is not None]
        assert all(isinstance(value, Decimal | int) for value in values)
    just_inside = json.loads((vectors / "demonstrated.json").read_text())["vectors"][0]["evidence"][
        "estimates"
    ]
    assert [estimate["lower"] for estimate in just_inside] == [0.804, 0.804]
    assert [estimate["n"] for estimate in just_inside] == [50, 50]


def test_vectors_that_are_there_are_replaced_only_if_asked(certify: Any, small: Path) -> None:
    refused = small / "packs/local.small/checks/accuracy/vectors/refused.json"
    refused.write_text("{}")
    (refused.parent / "scope.json").unlink()
    ask = ("standards", "propose", "local.small/accuracy", "--folder", small)
    done = certify(*ask, "--json")
    assert (done.code, done.said["error"]) == (2, "UnusableInput")
    assert refused.read_text() == "{}"
    assert not (refused.parent / "scope.json").exists(), "all or none"
    assert certify(*ask, "--replace").code == 0
    assert "clause-1-just-outside-1" in refused.read_text()


OPEN = replacing((" value: 0.8,", ""), (" value: [a=1, a=2],", ""))(CHECK)


def test_what_a_check_leaves_open_is_set_as_asked_or_made_up(certify: Any, small: Path) -> None:
    vectors = without_vectors(small, OPEN)
    options = ("--set", "floor=0.9", "--set", "groups=sex=f, sex=m", "--folder", small)
    assert certify("standards", "propose", "local.small", "--all", *options).code == 0
    found = json.loads((vectors / "refused.json").read_text())
    assert found["open_values"] == {"parameters": {"groups": ["sex=f", "sex=m"]}, "limits": {"floor": 0.9}}
    assert certify("standards", "propose", "local.small", "--all", "--replace", "--folder", small).code == 0
    made_up = json.loads((vectors / "refused.json").read_text())
    assert made_up["open_values"]["limits"] == {"floor": 0.5}


@pytest.mark.parametrize(
    "setting", ["ceiling=1", "fewest=1", "floor", "floor=2", "floor=much", 'groups=["a"', "groups=a,a"]
)
def test_a_setting_that_does_not_fit_writes_nothing(setting: str, certify: Any, small: Path) -> None:
    vectors = without_vectors(small, OPEN)
    done = certify(
        "standards", "propose", "local.small/accuracy", "--set", setting, "--folder", small, "--json"
    )
    assert (done.code, done.said["error"]) == (2, "UnusableInput")
    assert not vectors.exists()


def test_a_check_that_is_not_in_the_pack_is_refused_with_those_that_are(certify: Any, small: Path) -> None:
    done = certify("standards", "propose", "local.small/precision", "--folder", small)
    assert done.code == 2
    assert "local.small/accuracy" in done.err


def test_the_vectors_that_fail_on_purpose_are_not_kept(certify: Any, tmp_path: Path) -> None:
    """Unless somebody has written in them: what people wrote is theirs."""
    certify("standards", "new", FIRST, cwd=tmp_path)
    (said,) = certify("standards", "propose", FIRST, "--json", cwd=tmp_path).said["checks"]
    assert said["to_delete"] == ["first.json"]
    assert said["list_under_vectors"] == ["demonstrated.json", "refused.json"]
    first = tmp_path / FOLDER / "vectors/first.json"
    first.write_text(first.read_text(encoding="utf-8").replace("REPLACE: ", ""), encoding="utf-8")
    (said,) = certify("standards", "propose", FIRST, "--replace", "--json", cwd=tmp_path).said["checks"]
    assert (said["to_delete"], said["list_under_vectors"][0]) == ([], "first.json")
    page = certify("standards", "propose", FIRST, "--replace", cwd=tmp_path, columns=60)
    assert fits(page.out)
