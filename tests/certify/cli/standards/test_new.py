"""`certify standards new`: from nothing to a check that holds."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from desk import FIRST, FOLDER, edit, fits, write_texts

from certify.cli.standards.explanation import OF_CHECK, OF_PACK
from certify.cli.standards.placeholder import placeholders
from certify.cli.standards.stand_in import Settings, open_values
from certify.cli.standards.starter import check_text, model_of, specimens_text, vectors_text
from certify.pack import PackManifest
from certify.pack.binding import binding_problems
from certify.proof import failures
from certify.standard import Applicability, AtMost, Check, Demand, Parameter, Silence
from certify.strict_yaml import read
from certify.vector import VectorSet
from checks.catalogue import METHODS, signatures
from flows.wiring import BUNDLED_STANDARDS


def test_a_newcomer_comes_from_nothing_to_a_check_that_holds(certify: Any, tmp_path: Path) -> None:
    def run(*words: object) -> Any:
        return certify("standards", *words, columns=60, cwd=tmp_path)

    begun = run("new", FIRST)
    assert (begun.code, begun.err) == (0, "")
    failing = run("check", "local.example")
    assert (failing.code, failing.err) == (1, "")
    for words in (
        "a-good-case",
        "a-bad-case",
        "fails on purpose",
        "pack.yaml:8:3: title.en",
        "DOES NOT HOLD",
    ):
        assert words in failing.out
    write_texts(tmp_path / "standards")
    proposed = run("propose", FIRST)
    assert proposed.code == 0
    assert "must be read by a person" in " ".join(proposed.out.split())
    (tmp_path / FOLDER / "vectors/first.json").unlink()
    edit(tmp_path / FOLDER / "check.yaml", ("[first.json]", "[demonstrated.json, refused.json]"))
    holding = run("check", "local.example")
    assert (holding.code, holding.err) == (0, "")
    assert "local.example holds: 1 check" in holding.out
    assert all(map(fits, (begun.out, failing.out, proposed.out, holding.out)))


def test_what_is_there_is_never_overwritten(certify: Any, tmp_path: Path) -> None:
    assert certify("standards", "new", FIRST, cwd=tmp_path).code == 0
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    again = certify("standards", "new", FIRST, "--json", cwd=tmp_path)
    assert (again.code, again.said["error"]) == (2, "UnusableInput")
    other = certify(
        "standards", "new", "local.example/second", "--method", "documents.complete", cwd=tmp_path
    )
    assert other.code == 0
    assert 'documents.complete: "1.0.0"' in other.out
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("First/check", ()),
        ("local.example", ()),
        ("local.example/../first", ()),
        ("/first", ()),
        ("local.example/first-check", ("--method", "objectives.perfection")),
    ],
)
def test_a_name_that_is_none_writes_nothing(
    name: str, options: tuple[str, ...], certify: Any, tmp_path: Path
) -> None:
    done = certify("standards", "new", name, *options, "--json", cwd=tmp_path)
    assert (done.code, done.said["error"]) == (2, "UnusableInput")
    assert list(tmp_path.iterdir()) == []


def test_outside_local_it_is_said_that_a_signature_is_needed(certify: Any, tmp_path: Path) -> None:
    begun = certify("standards", "new", "int.example/first", cwd=tmp_path)
    assert "its steward has signed it: `certify standards sign`" in " ".join(begun.out.split())
    done = certify("standards", "new", "int.example/second", "--json", cwd=tmp_path)
    assert done.said["needs_signature"] is True
    assert done.said["new_pack"] is False


@pytest.mark.parametrize("method", METHODS)
def test_the_starter_of_every_method_loads_and_fails_until_somebody_has_replaced_it(
    method: str, tmp_path: Path
) -> None:
    signature = signatures()[method]
    model = model_of(BUNDLED_STANDARDS / "packs", method)
    text = check_text("local.example/first-check", signature, model, today="2026-11-25")
    document = read(text.encode(), source="check.yaml")
    check = document.validate(Check)
    assert list(binding_problems(document, check, signatures())) == []
    values = open_values(check, Settings.read([]), tmp_path)
    vectors = read(vectors_text(check, values).encode(), source="first.json").validate(VectorSet)
    assert len(list(failures(check, {"first.json": vectors}))) == len(vectors.vectors) == 2
    (problem,) = placeholders(document)
    assert problem.found.count(",") >= 10
    if model is not None and model.specimens is not None:
        assert json.loads(specimens_text(model, values))["good"] == list(model.specimens.good)


def test_the_schema_that_a_starter_names_is_there(certify: Any, tmp_path: Path) -> None:
    certify("standards", "new", FIRST, cwd=tmp_path)
    for path in (tmp_path / FOLDER / "check.yaml", tmp_path / FOLDER.parents[1] / "pack.yaml"):
        first, _ = path.read_text(encoding="utf-8").split("\n", 1)
        named = re.fullmatch(r"# yaml-language-server: \$schema=(.+)", first)
        assert named
        assert json.loads((path.parent / named[1]).read_text(encoding="utf-8"))["definitions"]


def test_every_key_of_a_pack_and_of_a_check_is_explained_in_the_starter() -> None:
    models = (Check, Parameter, Demand, Applicability, AtMost, Silence)
    keys = {key for model in models for key in model.model_fields} - {"all", "origins", "limit", "statistic"}
    assert keys <= {*OF_CHECK, "control", "name"}
    assert set(PackManifest.model_fields) == set(OF_PACK)
    text = check_text("local.a/b", signatures()["objectives.performance"], None, today="2026-11-25")
    for key, comment in OF_CHECK.items():
        assert all(line in text for line in comment.splitlines()), key
    above = text[: text.index("\nseverity:")].rpartition("\n")[2]
    assert above == f"# {OF_CHECK['severity']}"


def test_a_parameter_that_is_called_like_a_key_gets_no_comment_of_that_key() -> None:
    text = check_text("local.a/b", signatures()["documents.complete"], None, today="2026-11-25")
    above = {name: text[: text.index(f"\n{name}")].rpartition("\n")[2] for name in ("    kinds:", "  kinds:")}
    assert "Accepted" not in above["    kinds:"]
    assert "Accepted" in above["  kinds:"]
