"""Fixtures that tests of every folder may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from small_submission import write_submission


@pytest.fixture
def small_submission(tmp_path: Path) -> Path:
    """The small submission in a folder of its own."""
    return write_submission(tmp_path / "submission")


@pytest.fixture(scope="session")
def certify_data() -> Path:
    """Real data with numbers known from outside; skips where they are not at hand."""
    folder = os.environ.get("CERTIFY_DATA")
    if not folder:
        pytest.skip("CERTIFY_DATA does not name a folder with the real data sets")
    return Path(folder)
