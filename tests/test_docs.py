"""The pages say what is there: commands, exit codes, links, paths, the map, the figures of a decision."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
import yaml
from scipy.stats import binom, norm

from certify import __version__
from certify.basis import resolve
from certify.cli.console import Exit
from certify.cli.program import program
from certify.pack import load as load_standards
from certify.strict_yaml import read
from certify.submission.manifest import Manifest
from certify.submission.starter import starter_manifest
from checks.catalogue import METHODS, signatures
from checks.statistics.differences import difference_bounds
from checks.statistics.events import Events

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = (
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "standards/README.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
)
TREES = ("certify", "checks", "flows", "reports", "standards", "tests", "docs")


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def fences(page: Path, *languages: str) -> Iterator[str]:
    text = page.read_text(encoding="utf-8")
    for language, body in re.findall(r"^ *```(\w+)\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL):
        if language in languages:
            yield body


def shown(page: Path) -> Iterator[list[str]]:
    """Every command line in a fenced block of the page, as words."""
    for body in fences(page, "console", "sh"):
        for line in body.replace("\\\n", " ").splitlines():
            yield shlex.split(line.removeprefix("$ "), comments=True)


COMMANDS = [(name(page), words) for page in PAGES for words in shown(page) if words]
OURS = [(page, words[1:]) for page, words in COMMANDS if Path(words[0]).name == "certify"]


def parsed(words: list[str]) -> tuple[str, dict[str, Any]]:
    """The command that `certify WORDS` would run, and what it would be given; raises if it would not run."""
    command: Any = typer.main.get_command(program)
    path = []
    while hasattr(command, "commands"):
        path.append(words[0])
        command, words = command.commands[words[0]], words[1:]
    return " ".join(path), command.make_context(path[-1], list(words)).params


@pytest.mark.parametrize(("page", "words"), OURS, ids=lambda value: value if isinstance(value, str) else None)
def test_every_command_that_is_shown_would_run(page: str, words: list[str]) -> None:
    command, given = parsed(words)
    if command == "measure" and given["method"]:
        parameters = METHODS[given["method"]].signature.parameters
        assert {setting.partition("=")[0] for setting in given["settings"] or ()} == set(parameters)


def test_every_command_of_the_program_is_shown() -> None:
    group: Any = typer.main.get_command(program)
    assert {words[0] for _, words in OURS} | {"demo"} == set(group.commands)
    assert "make demo" in README


def test_every_command_takes_json() -> None:
    """As the README says."""
    for words in (["init", "x"], ["keys", "new", "x"], ["demo"], ["measure"], ["verify", "x", "--key", "k"]):
        assert parsed([*words, "--json"])[1]["as_json"]
    for command in ("lock", "run"):
        assert parsed([command, "x", "--basis", "a/b", "--json", *(["--key", "k"] * (command == "run"))])[1][
            "as_json"
        ]


def test_a_command_that_does_not_exist_is_noticed() -> None:
    for words in (["verify", "dossier.zip"], ["run", "--nope"], ["compare", "x"]):
        with pytest.raises(Exception, match=r"(?i)missing|no such option|compare"):
            parsed(words)


def test_every_target_of_make_that_is_named_exists() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        inline = re.findall(r"`make (\w+)`", text)
        fenced = [words[1] for where, words in COMMANDS if where == name(page) and words[0] == "make"]
        assert {*inline, *fenced} <= targets, name(page)


def test_the_exit_codes_are_those_of_the_program() -> None:
    section = README.partition("## Exit codes")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (\d+) \| (.+?) \|$", section, re.MULTILINE)
    words = {int(code): re.split(r"[,:(]", meaning)[0].strip() for code, meaning in rows}
    assert words == {code.value: code.name.lower().replace("_", " ") for code in Exit} | {
        Exit.NON_CONFORMING: "non-conforming"
    }


def anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, fragment = target.partition("#")
        goal = page.parent / path if path else page
        assert goal.exists(), f"{name(page)} links to {target}"
        if fragment:
            headings = re.findall(r"^#+ (.+)$", goal.read_text(encoding="utf-8"), re.MULTILINE)
            assert fragment in map(anchor, headings), f"{name(page)} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_path_of_the_tree_that_is_named_exists(page: Path) -> None:
    text = re.sub(r"^ *```.*?^ *```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for path in re.findall(r"`([\w./-]+)`", text):
        if path.split("/")[0] in TREES and "/" in path and path not in INVENTED:
            assert (ROOT / path).exists(), f"{name(page)} names {path}"


INVENTED = ("checks/robustness/rounding.py", "tests/checks/robustness/test_rounding.py")
"""The example of a method to be added."""


def the_map() -> list[str]:
    section = README.partition("## Map of the tree")[2]
    return section.partition("```text\n")[2].partition("```")[0].splitlines()


def mapped() -> dict[str, set[str]]:
    """Each folder of the map and what stands under it."""
    found: dict[str, set[str]] = {}
    folder = ""
    for line in the_map():
        names = re.findall(r"\w+/|\w+\.py", line.strip().split("   ")[0])
        if not line.startswith(" "):
            folder = names[0].rstrip("/")
            found[folder] = set()
        else:
            found[folder] |= {each.rstrip("/") for each in names}
    return found


def test_the_map_holds_every_folder_and_nothing_else() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert set(mapped()) == set(TREES) == packages | {"standards", "tests", "docs"}
    assert all((ROOT / tree).is_dir() for tree in TREES)


def test_whatever_the_map_names_exists() -> None:
    for folder, names in mapped().items():
        for each in names:
            assert (ROOT / folder / each).exists(), f"{folder}/{each}"


def test_every_module_of_the_core_and_every_area_is_in_the_map() -> None:
    core = {path.name for path in (ROOT / "certify").glob("*.py")} - {"__init__.py"}
    packages = {path.parent.name for path in (ROOT / "certify").glob("*/__init__.py")}
    areas = {path.parent.name for path in (ROOT / "checks").glob("*/__init__.py")}
    assert mapped()["certify"] == core | packages
    assert areas <= mapped()["checks"]


def test_the_map_lists_the_core_as_the_arrows_do() -> None:
    """From the innermost layer to the outermost, so that the README can be read in the order of the code."""
    contract = (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition('id = "core"')[2]
    layers = re.findall(r'^    "(.+)",$', contract.partition("]\n\n")[0], re.MULTILINE)
    level = {module: -i for i, layer in enumerate(layers) for module in re.split(r" [:|] ", layer)}
    lines = [re.match(r"  (\w+)", line) for line in the_map()[1:]]
    order = [m[1] for m in lines if m and m[1] in level]
    inside = order[: len(level)]
    assert sorted(inside) == sorted(level)
    assert all(level[a] <= level[b] for a, b in pairwise(inside))


def test_every_pack_is_named() -> None:
    packs = [path.name for path in (ROOT / "standards/packs").iterdir()]
    assert packs
    assert all(f"`{name}`" in README for name in packs)


def test_the_changelog_begins_with_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\S+)", changelog, re.MULTILINE)[0] == __version__


def test_every_decision_is_listed_and_says_what_it_costs() -> None:
    folder = ROOT / "docs/decisions"
    listed = re.findall(
        r"^(\d+)\. \[(.+)\]\((.+)\)$", (folder / "README.md").read_text("utf-8"), re.MULTILINE
    )
    pages = sorted(path.name for path in folder.glob("0*.md"))
    assert [file for _, _, file in listed] == pages
    for number, _, file in listed:
        text = (folder / file).read_text(encoding="utf-8")
        assert text.startswith(f"# {number}. ")
        assert file.startswith(f"{int(number):04d}-")
        assert "\n## What it costs\n" in text
        assert len(text.split()) < 450, f"{file} does not fit a page"


def test_the_basis_of_the_vendors_page_fits_the_manifest_to_start_from() -> None:
    (basis,) = fences(ROOT / "docs/vendor.md", "yaml")
    (selection,) = fences(ROOT / "docs/standards-body.md", "yaml")
    copied = yaml.safe_load(
        (ROOT / "standards/packs/eu.ai-act/checks/sensitivity/check.yaml").read_text("utf-8")
    )
    standards = load_standards(ROOT / "standards", signatures())
    check = standards.checks[copied["id"]].model_copy(update={"id": "acme/leaks-are-found"})
    text = basis + selection
    checks = {**standards.checks, check.id: check}
    bases = {**standards.bases, "acme/leak-detector": read(text.encode(), source="vendor.md")}
    facts = read(starter_manifest().encode(), source="starter.yaml").validate(Manifest).facts
    resolved = resolve("acme/leak-detector", bases=bases, checks=checks, facts=facts)
    assert len(resolved.required) == 31
    assert not resolved.excused
    assert f"in {len(basis.splitlines())} lines" in README


ALPHA, GAP, RATE, POWER = 0.025, 0.05, 0.8, 0.9


def exact_bounds(counts: np.ndarray, cases: int) -> np.ndarray:
    """Whether a gap is demonstrated, for every two counts, by the bounds that the methods use."""
    alone = Events(0, cases)
    single = [Events(int(count), cases) for count in counts]
    lower = np.array([difference_bounds(events, alone, 1 - ALPHA)[0] for events in single])
    upper = np.array([difference_bounds(events, alone, 1 - ALPHA)[1] for events in single])
    shift_lower, shift_upper = alone.bounds(1 - ALPHA / 2)
    highest, lowest = upper + shift_lower, lower + shift_upper
    gap = highest[:, None] - lowest[None, :]
    return (gap <= GAP) & (gap.T <= GAP)


def wald_bounds(counts: np.ndarray, cases: int) -> np.ndarray:
    rates = counts / cases
    variance = rates * (1 - rates) / cases
    spread = norm.ppf(1 - ALPHA) * np.sqrt(variance[:, None] + variance[None, :])
    return np.abs(rates[:, None] - rates[None, :]) + spread <= GAP


@pytest.mark.parametrize(
    ("row", "bounds"),
    [("union of Clopper-Pearson bounds", exact_bounds), ("Wald, two one-sided tests", wald_bounds)],
)
def test_the_price_of_exact_intervals_is_what_the_decision_says(row: str, bounds: Any) -> None:
    page = (ROOT / "docs/decisions/0011-exact-intervals.md").read_text(encoding="utf-8")
    cases = int(re.search(rf"\| {row} \| ([\d,]+) \|", page)[1].replace(",", ""))

    def power(n: int) -> float:
        counts = np.arange(n + 1)
        chances = binom.pmf(counts, n, RATE)
        counts, chances = counts[chances > 1e-12], chances[chances > 1e-12]
        return float((chances[:, None] * chances[None, :] * bounds(counts, n)).sum())

    assert power(cases) >= POWER > power(cases - 10)
