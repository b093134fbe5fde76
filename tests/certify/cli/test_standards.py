"""`certify standards`: writing a check, proving that it refuses, reading a basis, comparing, signing."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from small_pack import CHECK, CLAUSES, PACK, replacing, write_bases, write_check, write_pack

from certify.cli.standards.explanation import OF_CHECK, OF_PACK
from certify.cli.standards.placeholder import REPLACE, placeholders
from certify.cli.standards.stand_in import Settings, open_values
from certify.cli.standards.starter import check_text, model_of, specimens_text, vectors_text
from certify.cli.standards.survivor import survivor
from certify.errors import UnusableInput
from certify.key import load_public_key
from certify.mutation import mutants
from certify.pack import PackManifest, load
from certify.pack.binding import binding_problems
from certify.proof import failures
from certify.standard import Applicability, AtMost, Check, Demand, Parameter, Silence
from certify.strict_yaml import read
from certify.vector import VectorSet
from checks.catalogue import METHODS, signatures
from flows.wiring import BUNDLED_STANDARDS

COMMANDS = ("new", "propose", "check", "sign", "show", "diff", "coverage", "schema")
FIRST = "local.example/first-check"
FOLDER = Path("standards/packs/local.example/checks/first-check")


def fits(out: str, columns: int = 60) -> bool:
    return max(map(len, out.splitlines())) <= columns and "…" not in out


def edit(path: Path, *pairs: tuple[str, str]) -> None:
    path.write_text(replacing(*pairs)(path.read_text(encoding="utf-8")), encoding="utf-8")


# Help


@pytest.mark.parametrize("command", [(), *[(name,) for name in COMMANDS]], ids=" ".join)
def test_every_command_explains_itself_on_a_narrow_screen(command: tuple[str, ...], certify: Any) -> None:
    done = certify("standards", *command, "--help", columns=60)
    assert (done.code, done.err) == (0, "")
    assert fits(done.out)
    if not command:
        assert all(f" {name} " in done.out for name in COMMANDS)
        assert "Exit codes: 0 it holds" in " ".join(done.out.split())


# From nothing to a check that holds


def replaced(text: str) -> str:
    """What a person does in an editor."""
    return re.sub(rf'"{REPLACE}: [^"]*"', '"Ours, for this test."', text)


def write_texts(folder: Path) -> None:
    for path in [*folder.rglob("*.yaml"), *folder.rglob("specimens.json")]:
        path.write_text(replaced(path.read_text(encoding="utf-8")), encoding="utf-8")


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


# Proposing vectors


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A folder of standards with the small pack, which holds but for its specimens, and its bases."""
    write_pack(tmp_path)
    write_bases(tmp_path)
    return tmp_path


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


# Checking


def checked(certify: Any, standards: Path, *more: object) -> Any:
    """The small pack, without specimens: none declares its groups."""
    return certify("standards", "check", "local.small", "--standards", standards, "--no-specimens", *more)


def faults(done: Any) -> list[Mapping[str, str]]:
    (pack,) = done.said["packs"]
    assert done.code == (0 if pack["holds"] else 1)
    return [fault for check in pack["checks"] for fault in check["faults"]]


def test_a_pack_that_holds_says_with_how_many_of_everything(certify: Any, small: Path) -> None:
    done = checked(certify, small, "--json")
    (pack,) = done.said["packs"]
    assert (done.code, done.said["holds"], pack["specimens_run"]) == (0, True, False)
    for number in ("vectors", "mutants", "controls"):
        assert pack[number]["of"] == pack[number]["as_expected"] > 0
    text = certify("standards", "check", small / "packs/local.small", "--no-specimens", columns=60).out
    assert fits(text)
    assert f"{pack['mutants']['of']} of {pack['mutants']['of']} mutants" in " ".join(text.split())
    assert "Specimens were not run, as you asked" in " ".join(text.split())
    assert "Unsigned" in text


def test_a_vector_that_comes_out_otherwise_is_told_with_both_outcomes(certify: Any, small: Path) -> None:
    demonstrated = small / "packs/local.small/checks/accuracy/vectors/demonstrated.json"
    edit(demonstrated, ('"lower": 0.804', '"lower": 0.79'))
    (fault, *_) = [f for f in faults(checked(certify, small, "--json")) if f["kind"] == "vector"]
    assert "demonstrated.json just-inside-every-limit" in fault["what"]
    assert fault["expected"] == "demonstrated"
    assert fault["found"] == "not demonstrated (inconclusive) by at_least performance"


def test_a_mutant_that_lives_is_told_with_the_vector_that_is_missing(certify: Any, small: Path) -> None:
    path = small / "packs/local.small/checks/accuracy/vectors/refused.json"
    content = json.loads(path.read_text())
    content["vectors"] = [v for v in content["vectors"] if "too-few" not in v["name"]]
    path.write_text(json.dumps(content))
    found = [f for f in faults(checked(certify, small, "--json")) if f["kind"] == "mutant"]
    assert 'the mutant "limit fewest one step lower" lives' in {fault["what"] for fault in found}
    assert "none would notice if the limit `fewest` were one step lower" in {f["found"] for f in found}
    assert all(fault["remedy"].startswith("Add ") for fault in found)


def specimens_with(right: str, wrong: str) -> Callable[[Path], None]:
    return lambda folder: edit(folder / "vectors/specimens.json", (right, wrong))


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        (lambda f: (f / "vectors/more.json").write_text("{}"), "vectors", "only files that check.yaml lists"),
        (lambda f: (f / "vectors/refused.json").unlink(), "vectors", "the file that check.yaml lists"),
        (lambda f: (f / "vectors/refused.json").write_text("{"), "vectors", "well-formed YAML"),
        (lambda f: (f / "vectors/specimens.json").unlink(), "specimen", "one that must be refused"),
        (specimens_with("weights_perturbed", "weights_purged"), "specimen", "one of"),
        (
            specimens_with('"good"', '"open_values": {"limits": {"floor": 1}}, "good"'),
            "specimen",
            "exactly what check.yaml leaves open",
        ),
    ],
    ids=["unlisted", "absent", "unreadable", "no specimens", "unknown mutation", "value that is not open"],
)  # fmt: skip
def test_what_is_missing_or_too_much_beside_a_check_is_told_in_its_place(
    change: Any, kind: str, words: str, certify: Any, small: Path
) -> None:
    change(small / "packs/local.small/checks/accuracy")
    (fault, *_) = [f for f in faults(checked(certify, small, "--json")) if f["kind"] == kind]
    assert words in fault["expected"]
    assert "local.small/accuracy/vectors" in fault["what"]


def test_a_citation_that_no_ledger_holds_stops_the_pack_with_its_line(certify: Any, small: Path) -> None:
    edit(small / "packs/local.small/checks/accuracy/check.yaml", ("Art. 15(1)", "Art. 15 (1)"))
    done = checked(certify, small)
    assert done.code == 1
    assert "packs/local.small/checks/accuracy/check.yaml:13:5: clauses[0].locator" in done.out
    assert 'Did you mean "Art. 15(1)"?' in " ".join(done.out.split())


def test_the_ledger_of_a_pack_that_is_used_counts_and_one_that_is_nowhere_is_refused(
    certify: Any, small: Path
) -> None:
    folder = small / "packs/local.small"
    (folder / "clauses.yaml").unlink()
    assert checked(certify, small).code == 1
    edit(folder / "pack.yaml", ("languages:", "uses: [local.law]\nlanguages:"))
    done = checked(certify, small)
    assert done.code == 2
    assert "packs/local.small/pack.yaml:6:8: uses[0]" in done.err
    (small / "packs/local.law").mkdir()
    (small / "packs/local.law/clauses.yaml").write_text(CLAUSES, encoding="utf-8")
    assert checked(certify, small).code == 0


def test_packs_that_cannot_be_read_are_refused_with_every_defect_of_all(certify: Any, small: Path) -> None:
    shutil.copytree(small / "packs/local.small", small / "packs/local.other")
    edit(small / "packs/local.small/checks/accuracy/check.yaml", ("severity: major", "severity: grave"))
    done = certify("standards", "check", "--all", "--standards", small, "--json")
    assert (done.code, done.said["error"]) == (2, "UnusableInput")
    sources = {problem["source"] for problem in done.said["problems"]}
    assert {source.split("/")[1] for source in sources} == {"local.small", "local.other"}
    assert all(problem["line"] and problem["column"] for problem in done.said["problems"])


@pytest.mark.parametrize("words", [(), ("local.nobody",), ("--all",)], ids=["nothing", "unknown", "no packs"])
def test_a_pack_that_is_not_there_is_unusable_input(
    words: tuple[str, ...], certify: Any, tmp_path: Path
) -> None:
    done = certify("standards", "check", *words, "--standards", tmp_path, "--json", cwd=tmp_path)
    assert (done.code, done.said["error"]) == (2, "UnusableInput")


def test_a_word_that_nobody_has_replaced_stops_the_pack(certify: Any, small: Path) -> None:
    edit(small / "packs/local.small/checks/accuracy/check.yaml", ("A statement.", f"{REPLACE} this."))
    done = checked(certify, small, "--json")
    assert done.code == 1
    (problem,) = done.said["packs"][0]["problems"]
    assert (problem["code"], problem["line"]) == ("placeholder", 8)


def every_mutant() -> dict[str, str]:
    """The mutants of every check that ships and of the small one, with the check that they come from."""
    texts = [
        path.read_text(encoding="utf-8") for path in BUNDLED_STANDARDS.glob("packs/*/checks/*/check.yaml")
    ]
    found: dict[str, str] = {}
    for text in (CHECK, *texts):
        check = read(text.encode(), source="check.yaml").validate(Check)
        if not check.open_values:
            found |= {mutant.name: check.id for mutant in mutants(check)}
    return found


def test_every_mutant_has_words_of_its_own() -> None:
    names = every_mutant()
    assert len(names) > 50
    for name in names:
        words = survivor(name)
        assert "written so" not in words.mistake, name
        assert words.remedy.startswith(("Add ", "Write ")), name
    stratum = survivor("at_least performance without a=1")
    assert stratum.mistake == "`at_least performance` did not look at a=1"
    assert survivor("limit floor one step lower").mistake == "the limit `floor` were one step lower"


# Reading a basis


def test_every_value_is_shown_with_the_lines_that_set_it(certify: Any, small: Path) -> None:
    done = certify("standards", "show", "local.small/all", "--standards", small, "--json")
    assert (done.code, done.err) == (0, "")
    (check,) = done.said["checks"]
    values = {value["name"]: value for value in check["values"]}
    assert set(values) == {"metric", "groups", "floor", "fewest", "confidence"}
    expected = {
        "floor": ("0.9", [("0.8", "floor:"), ("0.85", "{floor: 0.85}"), ("0.9", "{floor: 0.9}")]),
        "groups": ("a=1, a=2, a=3", [("a=1, a=2", "groups:"), ("a=1, a=2, a=3", "groups: [a=1, a=2, a=3]")]),
        "metric": ("accuracy", [("accuracy", "metric:")]),
        "confidence": ("0.99", [("0.975", "default"), ("0.99", "confidence: 0.99")]),
    }  # fmt: skip
    for name, (value, steps) in expected.items():
        assert values[name]["value"] == value
        assert [step["value"] for step in values[name]["from"]] == [value for value, _ in steps]
        for step, (_, words) in zip(values[name]["from"], steps, strict=True):
            assert words in line_at(small, step["place"]), (name, step)
    assert values["floor"]["stricter"] == "higher"
    assert check["could_be_excused_if"] == ["model.task is known and none of binary, multiclass"]
    assert done.said["packs"][0]["signed"] is False


def line_at(standards: Path, place: str) -> str:
    """The line of a file to which `file:line:column` points; a place that is no file as it is."""
    if ":" not in place:
        return place
    file, line, column = place.rsplit(":", 2)
    text = (standards / file).read_text(encoding="utf-8").splitlines()[int(line) - 1]
    assert int(column) <= len(text)
    return text


def test_people_read_the_same_on_a_narrow_screen(certify: Any, small: Path) -> None:
    done = certify("standards", "show", "local.small/all", "--standards", small, columns=60)
    assert done.code == 0
    assert fits(done.out)
    for words in (
        "floor = 0.9 (higher is stricter)",
        "out of scope if model.task",
        "unsigned",
        "0.85 in bases/",
    ):
        assert words in " ".join(done.out.split())


def test_coverage_says_loudly_what_is_not_covered(certify: Any, small: Path) -> None:
    done = certify("standards", "coverage", "local.small/all", "--standards", small, columns=60)
    assert (done.code, done.err) == (0, "")
    assert fits(done.out)
    assert "1 CLAUSE IS UNCOVERED" in done.out
    assert "Be secure." in " ".join(done.out.split()), "what is uncovered is spelled out"
    said = certify("standards", "coverage", "local.small/all", "--standards", small, "--json").said
    assert said["totals"] == {"measured": 1, "documented": 0, "human": 0, "uncovered": 1}
    assert said["ledgers"]["The Act"] == said["totals"]
    assert {clause["locator"]: clause["shown"] for clause in said["clauses"]} == {
        "Art. 15(1)": "measured", "Art. 15(5)": "uncovered", "Art. 95(2)": "uncovered"
    }  # fmt: skip
    assert said["clauses"][2]["kind"] == "voluntary"


def test_without_ledgers_it_is_said_that_nothing_can_be_counted(certify: Any, small: Path) -> None:
    (small / "packs/local.small/clauses.yaml").unlink()
    done = certify("standards", "coverage", "local.small/all", "--standards", small)
    assert "NO LEDGER" in done.out
    assert "In no ledger: Art. 15(1) of The Act" in done.out


@pytest.mark.parametrize("command", ["show", "coverage"])
def test_a_basis_that_nobody_knows_is_refused(command: str, certify: Any, small: Path) -> None:
    done = certify("standards", command, "local.small/none", "--standards", small, "--json")
    assert (done.code, done.said["error"]) == (2, "UnusableInput")
    assert "local.small/all" in done.said["text"]


# Comparing two versions


def bumped(standards: Path, check: str, pack: str, *pairs: tuple[str, str]) -> Path:
    """The small pack in another version."""
    text = replacing(*pairs, ('version: "1.0.0"\nstatus', f'version: "{check}"\nstatus'))(CHECK)
    return write_pack(standards, {"accuracy": text}, pack=PACK.replace('"1.0.0"', f'"{pack}"', 1))


@pytest.mark.parametrize(
    ("check", "pack", "value", "code"),
    [("1.1.0", "1.1.0", "0.85", 0), ("1.0.1", "1.1.0", "0.85", 1), ("2.0.0", "2.0.0", "0.7", 0),
     ("1.1.0", "1.1.0", "0.7", 1)],
)  # fmt: skip
def test_a_bump_that_is_too_small_is_refused(
    check: str, pack: str, value: str, code: int, certify: Any, small: Path
) -> None:
    new = bumped(small / "new", check, pack, ("value: 0.8,", f"value: {value},"))
    done = certify("standards", "diff", small, new, "--json")
    assert (done.code, done.said["enough"]) == (code, code == 0)
    text = certify("standards", "diff", small / "packs/local.small", small / "new", columns=60)
    assert text.code == code
    assert fits(text.out)
    assert f"limit floor: 0.8 before, {value} now" in " ".join(text.out.split())
    assert ("A BUMP IS TOO SMALL" in text.out) is (code == 1)


def test_of_several_packs_one_has_to_be_named(certify: Any, small: Path) -> None:
    shutil.copytree(small / "packs/local.small", small / "packs/local.other")
    assert certify("standards", "diff", small, small, "--json").code == 2
    assert (
        certify("standards", "diff", small, small, "--pack", "local.small", "--json").said["demanded"]
        == "none"
    )


# Schemas


def test_schemas_are_written_and_stale_ones_found(certify: Any, tmp_path: Path) -> None:
    ask = ("standards", "schema", "--standards", tmp_path)
    assert certify(*ask, "--check").code == 1
    assert list(tmp_path.iterdir()) == []
    assert certify(*ask).code == 0
    assert certify(*ask, "--check").code == 0
    edit(tmp_path / "schemas/check.schema.json", ("draft", "draught"))
    done = certify(*ask, "--check", "--json")
    assert (done.code, done.said["stale"]) == (1, ["check.schema.json"])


# Signing


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
