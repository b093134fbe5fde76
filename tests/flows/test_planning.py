"""Planning a whole small submission: nothing of the test data is seen, and everything is said."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pipeline import SMALL_BASIS, in_process, small_workplace
from small_submission import write_data, write_submission

from certify.errors import UnusableInput
from certify.submission import Artifact
from checks.planning.census import rows_in
from flows.planning import Measure, Outlook, look_ahead
from flows.wiring import Workplace


@contextmanager
def here(artifacts: tuple[Artifact, ...], workplace: Workplace) -> Iterator[Measure]:
    """Workers in this process; none may be given a file of the test data."""
    assert not [a.path for a in artifacts if "test" in a.path]
    yield in_process(artifacts, workplace)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planning") / "submission"
    write_submission(folder)
    return folder


def ahead(folder: Path, workplace: Workplace, **wishes: Any) -> Outlook:
    return look_ahead(folder, "test/small", workplace, open_workers=here, **wishes)


@pytest.fixture(scope="module")
def outlook(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Outlook:
    return ahead(folder, small_workplace(tmp_path_factory.mktemp("work")))


def test_every_required_check_is_spoken_of_once(outlook: Outlook) -> None:
    plan = outlook.plan
    spoken = [part.check.id for part in (*plan.settled, *plan.planned, *plan.unplanned)]
    assert sorted(spoken) == sorted(check.id for check in outlook.basis.required)
    assert len(plan.planned) >= 5


def test_what_needs_no_test_data_is_settled(outlook: Outlook) -> None:
    settled = {s.check.id: s.refuses for s in outlook.plan.settled}
    assert settled == {
        "eu.ai-act/robust-input-contract": False,
        "eu.ai-act/documents-complete": False,
        "eu.ai-act/explanation-stated": False,
    }


def test_the_joint_chance_is_between_its_two_bounds(outlook: Outlook) -> None:
    plan = outlook.plan
    worst = plan.likeliest
    assert worst is not None
    assert plan.joint_at_least <= plan.joint.value <= worst.chance.value


def test_a_missing_document_is_certain_to_refuse(folder: Path, tmp_path: Path) -> None:
    def without(manifest: dict[str, Any]) -> None:
        manifest["documents"] = [d for d in manifest["documents"] if d["kind"] != "risk_file"]

    poor = tmp_path / "poor"
    write_submission(poor, change=without)
    for path in (poor / "documents").glob("risk_file*"):
        path.unlink()
    plan = ahead(poor, small_workplace(tmp_path)).plan
    assert [s.check.id for s in plan.refusing] == ["eu.ai-act/documents-complete"]
    assert "risk_file" in plan.refusing[0].why or "no document" in plan.refusing[0].why


def test_the_test_data_may_say_anything(folder: Path, outlook: Outlook, tmp_path: Path) -> None:
    """The plan is the same to the last digit, as long as there are as many rows."""
    other = tmp_path / "other"
    write_submission(other)
    rows = len((other / "data/test.csv").read_text().splitlines()) - 1
    write_data(other / "data/test.csv", rows=rows, seed=99)
    text = (other / "data/test.csv").read_text().replace("old", "young")
    (other / "data/test.csv").write_text(text)
    plan = ahead(other, small_workplace(tmp_path)).plan
    mine = {p.check.id: (p.chance, p.enough) for p in plan.planned if p.check.id not in DRAWN}
    theirs = {p.check.id: (p.chance, p.enough) for p in outlook.plan.planned if p.check.id not in DRAWN}
    assert mine == theirs


DRAWN = ("eu.ai-act/stable-under-measurement-noise",)
"""Its noise depends on every byte of the submission."""


def test_the_ledger_shows_what_was_opened_and_that_the_test_data_were_not(
    folder: Path, tmp_path: Path
) -> None:
    workplace = small_workplace(tmp_path)
    ahead(folder, workplace, rows=500)
    assert {(e.event, e.role) for e in workplace.ledger.entries()} == {("opened", "validation")}


def test_more_rows_can_be_planned_for_than_there_are(folder: Path, outlook: Outlook, tmp_path: Path) -> None:
    larger = ahead(folder, small_workplace(tmp_path), rows=20 * outlook.plan.rows, assume="validation").plan
    assert larger.rows == 20 * outlook.plan.rows
    assert larger.joint.value > outlook.plan.joint.value


def test_a_claim_below_the_floor_is_hopeless_and_validation_data_may_say_otherwise(
    folder: Path, outlook: Outlook, tmp_path: Path
) -> None:
    """0.9 is claimed, 0.95 is asked for, and 0.99 is true."""
    as_measured = ahead(folder, small_workplace(tmp_path), assume="validation").plan
    claimed, measured = (
        next(p for p in plan.planned if p.check.id == "eu.ai-act/accuracy")
        for plan in (outlook.plan, as_measured)
    )
    assert (claimed.basis, claimed.enough) == ("claim", None)
    assert claimed.hopeless is not None
    assert measured.chance.value > 0.9


def test_without_validation_data_only_what_is_claimed_is_planned(tmp_path: Path) -> None:
    def without(manifest: dict[str, Any]) -> None:
        manifest["data"]["sets"] = [s for s in manifest["data"]["sets"] if s["role"] != "validation"]

    poor = tmp_path / "poor"
    write_submission(poor, change=without)
    (poor / "data/validation.csv").unlink(missing_ok=True)
    basis = SMALL_BASIS.replace("0.95", "0.85")
    plan = ahead(poor, small_workplace(tmp_path, basis=basis)).plan
    assert [(p.check.id, p.basis) for p in plan.planned] == [("eu.ai-act/accuracy", "claim")]
    assert all("no validation data" in u.reason for u in plan.unplanned)


def test_an_unknown_basis_is_unusable(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UnusableInput):
        look_ahead(folder, "test/nowhere", small_workplace(tmp_path), open_workers=here)


def test_rows_are_counted_as_they_are_read() -> None:
    import io

    import numpy as np
    import pandas as pd

    frame = pd.DataFrame({"x": [1.5, 2.5, 3.5], "label": ['a "b"\nc', "d,e", "f"]})
    csv, npz, parquet = io.BytesIO(), io.BytesIO(), io.BytesIO()
    frame.to_csv(csv, index=False)
    frame.to_parquet(parquet)
    np.savez_compressed(npz, x=np.zeros((3, 8, 8)), label=np.arange(3))
    for data, suffix in ((csv, "csv"), (npz, "npz"), (parquet, "parquet")):
        assert rows_in(data.getvalue(), suffix) == 3
        assert rows_in(b"\x00nonsense\xff", suffix) is None or suffix == "csv"
    assert rows_in(b"\xff\xfe", "csv") is None
