"""`certify standards check`: what is wrong with a pack is told in its place."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from desk import checked, edit, faults, fits, write_texts
from small_pack import CLAUSES

from certify.cli.standards.placeholder import REPLACE


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
    assert "packs/local.small/checks/accuracy/vectors" in fault["what"]


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


def test_a_limit_in_percent_is_noticed_though_every_bad_specimen_is_refused(
    certify: Any, tmp_path: Path
) -> None:
    """A gap of at most 5 is met by everybody; the specimen is refused because a group is missing."""
    name = ("local.example/gap", "--method", "fairness.true_positive_rate_gap")
    certify("standards", "new", *name, cwd=tmp_path)
    write_texts(tmp_path / "standards")
    folder = tmp_path / "standards/packs/local.example/checks/gap"
    edit(folder / "check.yaml", ("range: [0, 1]", "range: [0, 100]"), ("value: 0.1\n", "value: 5\n"))
    bad = {"specimen": "screening", "mutation": "group_missing_from_test", "because": "A group is missing."}
    content = {"format": "certify/specimens/1", "good": ["screening"], "bad": [bad]}
    (folder / "vectors/specimens.json").write_text(json.dumps(content))
    (folder / "vectors/first.json").unlink()
    (said,) = certify("standards", "propose", "local.example/gap", "--json", cwd=tmp_path).said["checks"]
    listed = ", ".join(name for name in said["list_under_vectors"] if name != "first.json")
    edit(folder / "check.yaml", ("[first.json]", f"[{listed}]"))
    done = certify("standards", "check", "local.example", "--json", cwd=tmp_path)
    (fault,) = faults(done)
    assert fault["what"] == "criterion.all[1]: at_most true_positive_rate_gap refuses no bad specimen"
    assert "highest_gap = 5" in fault["expected"]
    assert "0.05, not 5" in fault["remedy"]


def check_yaml(small: Path) -> Path:
    return small / "packs/local.small/checks/accuracy/check.yaml"


@pytest.mark.parametrize(
    ("right", "wrong", "place", "expected"),
    [
        ("value: accuracy", "value: acuracy", "asked.parameters.metric", "what check.yaml asks: acuracy"),
        ("  role: test", "  role: train", "asked.role", "what check.yaml asks: train"),
        ("vectors:", "confidence: 0.99\nvectors:", "asked.confidence", "what check.yaml asks: 0.99"),
    ],
)
def test_vectors_that_were_written_for_another_question_say_so_once_a_file(
    right: str, wrong: str, place: str, expected: str, certify: Any, small: Path
) -> None:
    edit(check_yaml(small), (right, wrong))
    found = [f for f in faults(checked(certify, small, "--json")) if f["kind"] != "specimen"]
    assert len(found) == 3, "one for each file, and none for each vector"
    assert all(fault["what"].endswith(place) and ".json:" in fault["what"] for fault in found)
    assert {fault["expected"] for fault in found} == {expected}
    assert all("propose --replace" in fault["remedy"] for fault in found)


def test_a_statistic_that_is_misspelt_is_told_in_check_yaml_and_not_vector_by_vector(
    certify: Any, small: Path
) -> None:
    edit(check_yaml(small), ("at_least, statistic: performance", "at_least, statistic: perfomance"))
    (fault,) = [f for f in faults(checked(certify, small, "--json")) if f["kind"] != "specimen"]
    assert "check.yaml" in fault["what"]
    assert fault["what"].endswith("criterion.all[0].statistic")
    assert "performance" in fault["expected"]
    assert fault["found"] == "perfomance"


def test_vectors_that_nobody_listed_are_told_as_the_line_to_write(certify: Any, small: Path) -> None:
    edit(check_yaml(small), ("vectors: [demonstrated.json, refused.json, scope.json]\n", ""))
    (fault,) = [f for f in faults(checked(certify, small, "--json")) if f["kind"] != "specimen"]
    assert "`vectors: [demonstrated.json, refused.json, scope.json]`" in fault["remedy"]


def test_a_text_that_was_read_tomorrow_stops_the_pack(certify: Any, small: Path) -> None:
    edit(check_yaml(small), ('as_of: "2026-07-27"', 'as_of: "2926-07-27"'))
    done = checked(certify, small, "--json")
    assert done.code == 1
    (problem,) = done.said["packs"][0]["problems"]
    assert (problem["code"], problem["key"], problem["found"]) == (
        "day-to-come",
        "clauses[0].as_of",
        "2926-07-27",
    )


def test_a_pack_without_its_manifest_is_told_what_it_lacks(certify: Any, small: Path) -> None:
    (small / "packs/local.small/pack.yaml").unlink()
    done = checked(certify, small, "--json")
    assert done.code == 2
    (problem,) = done.said["problems"]
    assert (problem["source"], problem["found"]) == ("packs/local.small/pack.yaml", "no such file")
