"""`certify standards sign`: only what holds is signed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from desk import edit, faults, write_texts
from small_pack import write_check

from certify.errors import UnusableInput
from certify.key import load_public_key
from certify.pack import load
from checks.catalogue import signatures


@pytest.fixture(scope="module")
def made(certify: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of standards with a pack outside local that holds, specimens and all, and a key."""
    name, tmp_path = "int.example/first", tmp_path_factory.mktemp("made")
    assert certify("standards", "new", name, cwd=tmp_path).code == 0
    write_texts(tmp_path / "standards")
    folder = tmp_path / "standards/packs/int.example/checks/first"
    text = (folder / "check.yaml").read_text(encoding="utf-8")
    specimens = (folder / "vectors/specimens.json").read_text(encoding="utf-8")
    write_check(folder, text.replace("[first.json]", "[demonstrated.json, refused.json]"))
    (folder / "vectors/specimens.json").write_text(specimens, encoding="utf-8")
    assert certify("keys", "new", tmp_path / "key", "--no-passphrase").code == 0
    return tmp_path


@pytest.fixture
def ready(made: Path, tmp_path: Path) -> Path:
    """The same in a folder that a test may change."""
    return Path(shutil.copytree(made, tmp_path / "ready"))


def test_a_pack_that_holds_is_signed_and_loads_under_its_steward(certify: Any, ready: Path) -> None:
    standards = ready / "standards"
    with pytest.raises(UnusableInput):
        load(standards, signatures())
    done = certify("standards", "sign", "int.example", "--key", ready / "key", cwd=ready)
    assert (done.code, done.err) == (0, "")
    entry = done.out[done.out.index("  - namespace") :]
    assert load_public_key(ready / "key.pub").text in entry
    (standards / "stewards.yaml").write_text(f"stewards:\n{entry}", encoding="utf-8")
    loaded = load(standards, signatures())
    assert loaded.references["int.example"].signed
    held = certify("standards", "check", "int.example", "--no-specimens", "--json", cwd=ready)
    assert held.said["packs"][0]["signature"]["holds"] is True
    edit(standards / "packs/int.example/pack.yaml", ("0.1.0", "0.1.1"))
    changed = certify("standards", "check", "int.example", "--no-specimens", "--json", cwd=ready)
    assert (changed.code, changed.said["holds"]) == (1, False)
    assert changed.said["packs"][0]["holds"] is True
    assert changed.said["packs"][0]["signature"]["holds"] is False
    assert "pack.yaml" in changed.said["packs"][0]["signature"]["says"]


def test_a_pack_that_does_not_hold_is_not_signed(certify: Any, ready: Path) -> None:
    folder = ready / "standards/packs/int.example"
    edit(
        folder / "checks/first/vectors/demonstrated.json",
        ('"outcome": "demonstrated"', '"outcome": "refuted"'),
    )
    done = certify("standards", "sign", "int.example", "--key", ready / "key", cwd=ready)
    assert done.code == 1
    assert "Not signed" in done.out
    assert not list(folder.glob("pack.*.json"))


def test_a_good_specimen_that_the_check_refuses_stops_it(certify: Any, ready: Path) -> None:
    check = ready / "standards/packs/int.example/checks/first/check.yaml"
    text = check.read_text(encoding="utf-8")
    harder = re.sub(r"value: 0\.\d+", "value: 0.9999", text)
    specimens = (check.parent / "vectors/specimens.json").read_text(encoding="utf-8")
    write_check(check.parent, harder)
    (check.parent / "vectors/specimens.json").write_text(specimens, encoding="utf-8")
    done = certify("standards", "check", "int.example", "--json", cwd=ready)
    assert done.code == 1
    found = [fault for fault in faults(done) if fault["kind"] == "specimen"]
    assert found
    assert all("a good specimen was not demonstrated" in fault["what"] for fault in found)


def test_a_silence_without_need_is_only_cautious(certify: Any, ready: Path) -> None:
    """Accuracy refuses the constant answer of the specimen, and says that it is silent on it."""
    check = ready / "standards/packs/int.example/checks/first/check.yaml"
    assert "control: constant_predictor" in check.read_text(encoding="utf-8")
    assert certify("standards", "check", "int.example", "--json", cwd=ready).code == 0


def test_what_is_under_local_is_signed_by_nobody(certify: Any, small: Path, ready: Path) -> None:
    done = certify("standards", "sign", "local.small", "--standards", small, "--key", ready / "key", "--json")
    assert (done.code, done.said["error"]) == (2, "UnusableInput")
