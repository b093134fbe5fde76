"""`certify standards schema`: written, and stale ones found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from desk import edit


def test_schemas_are_written_and_stale_ones_found(certify: Any, tmp_path: Path) -> None:
    ask = ("standards", "schema", "--standards", tmp_path)
    assert certify(*ask, "--check").code == 1
    assert list(tmp_path.iterdir()) == []
    assert certify(*ask).code == 0
    assert certify(*ask, "--check").code == 0
    edit(tmp_path / "schemas/check.schema.json", ("draft", "draught"))
    done = certify(*ask, "--check", "--json")
    assert (done.code, done.said["stale"]) == (1, ["check.schema.json"])
