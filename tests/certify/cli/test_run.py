"""`certify lock` and one `certify run` under that protocol, of a submission that would like to be more.

The run is started once, for a narrow screen, and everything is asserted about that one output. What a run
decides, resumes and answers in JSON is tested in `tests/flows/test_certification.py`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnx
import pytest
from small_submission import write_submission

from certify.dossier import Dossier
from certify.key import load_public_key
from certify.verification import verify

HOSTILE = "fea\x1b[2J\x1b]0;owned\x07\u202etures\x9b31m\u2066"
"""Clears the screen, renames the window, turns the reading direction, and paints: with ESC and without."""

NAME = "Sorter\n\tof [red]ages[/red] [link=https://example.org]here[/link] \\[b]"
"""What YAML lets through: line feeds, tabs, and what rich would take for markup."""


@dataclass(frozen=True)
class Story:
    """The protocol as it was locked, the run after it, and the dossier that it wrote."""

    folder: Path
    locked: dict[str, Any]
    run: Any
    dossier: Dossier


def hostile_submission(folder: Path) -> Path:
    """The small submission with a name that is markup, and a graph whose input is named in control codes."""
    submission = write_submission(folder, change=lambda m: m["system"].update(name=NAME))
    graph = submission / "model/small.onnx"
    model = onnx.load(graph)
    model.graph.input[0].name = model.graph.node[0].input[0] = HOSTILE
    graph.write_bytes(model.SerializeToString())
    return submission


@pytest.fixture(scope="module")
def story(certify: Any, place: Any, tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("story")
    submission = hostile_submission(folder / "submission")
    work = (*place.small, "--work", folder / "work")
    locked = certify("lock", submission, *work, "--json")
    assert locked.code == 0, locked.err
    (folder / "passphrase").write_text("correct horse\n")
    sealing = ("--passphrase-file", folder / "passphrase")
    assert certify("keys", "new", folder / "key", *sealing).code == 0
    options = ("--key", folder / "key", *sealing, "--signer", "A Test", "--out", folder / "dossier.zip")
    run = certify("run", submission, *work, *options, columns=60)
    assert (folder / "dossier.zip").exists(), run.err
    dossier = verify(folder / "dossier.zip", load_public_key(folder / "key.pub")).dossier
    return Story(folder, locked.said, run, dossier)


# The protocol


def test_the_run_uses_the_protocol_that_was_locked_before(story: Story) -> None:
    assert story.dossier.protocol.to_json() == story.locked["protocol"]
    assert str(story.dossier.protocol.value_digest) == story.locked["digest"]
    assert story.dossier.protocol.locked_at < story.dossier.run.started


def test_the_lock_is_on_the_ledger_before_the_test_data_are_opened(story: Story) -> None:
    events = [(entry.event, entry.role) for entry in story.dossier.openings]
    assert events == [("locked", "none"), ("opened", "test")]


def test_locking_again_gives_the_same_protocol(story: Story, certify: Any, place: Any) -> None:
    work = (*place.small, "--work", story.folder / "work")
    done = certify("lock", story.folder / "submission", *work, columns=60)
    assert done.code == 0
    assert story.locked["digest"] in done.out
    protocol = story.locked["protocol"]
    assert f"{len(protocol['checks'])} checks, {len(protocol['commitments'])} files committed" in done.out
    assert not done.err


# What a person reads


def test_the_code_of_the_run_is_that_of_its_verdict(story: Story) -> None:
    assert story.dossier.verdict.decision == "non_conforming"
    assert story.run.code == 1
    assert "NON-CONFORMING" in story.run.out


def test_every_check_is_there_with_its_outcome(story: Story) -> None:
    said = joined(story.run.out)
    for check in story.dossier.basis.required:
        assert without_space(check.title.en) in said
    refusals = len(story.dossier.verdict.refusals)
    required = len(story.dossier.basis.required)
    assert without_space(f"{required - refusals} of {required} required checks demonstrated") in said
    assert without_space("no certificate can rest on this run") in said


def test_the_output_fits_a_narrow_screen_and_nothing_is_cut_off(story: Story) -> None:
    table = [line for line in story.run.out.splitlines() if line[:1] in "┏┃┡│├└"]
    assert len(table) > 10
    assert max(map(len, table)) <= 60
    assert "…" not in story.run.out


def test_nothing_that_a_vendor_wrote_reaches_the_terminal_raw(story: Story) -> None:
    assert harmless(story.run.out)
    assert harmless(story.run.err)
    said = joined(story.run.out)
    assert without_space(r"fea\u001b[2J\u001b]0;owned\u0007\u202etures\u009b31m\u2066") in said


def test_markup_in_a_name_is_shown_and_not_obeyed(story: Story) -> None:
    shown = NAME.replace("\n", r"\u000a").replace("\t", r"\u0009")
    assert without_space(shown) in joined(story.run.out)


def test_it_says_where_the_dossier_is_and_how_to_verify_it(
    story: Story, certify: Any, tmp_path: Path
) -> None:
    command = re.search(r"^Verify: +certify (.+)$", story.run.out, re.MULTILINE)
    assert command is not None
    done = certify(*command[1].split(), cwd=tmp_path, columns=60)
    assert done.code == 1
    assert harmless(done.out)


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "JSON"])
def test_verifying_shows_hostile_text_as_text(form: tuple[str, ...], story: Story, certify: Any) -> None:
    files = (story.folder / "dossier.zip", "--key", story.folder / "key.pub")
    done = certify("verify", *files, *form)
    assert done.code == 1
    assert harmless(done.out)
    if form:
        explanations = [outcome["explanation"] for outcome in done.said["outcomes"]]
        assert any(HOSTILE in explanation for explanation in explanations), "a machine reads it unchanged"


def joined(out: str) -> str:
    """A table with folded cells as the text of its columns, one after the other, without spaces."""
    rows = [line.strip("│┃").split("│") for line in out.splitlines() if line.startswith("│")]
    others = [line for line in out.splitlines() if not line.startswith("│")]
    columns = zip(*rows, strict=True) if rows else ()
    return without_space("".join(["".join(column) for column in columns]) + "".join(others))


def without_space(text: str) -> str:
    return re.sub(r"\s+", "", text)


def harmless(text: str) -> bool:
    """No control character but the line feed, nothing that turns the reading direction, no lone half."""
    return all(c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in text)
