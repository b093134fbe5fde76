"""Fixtures that tests of every folder may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings
from small_submission import write_submission

# No deadlines: a shared machine has slow moments. `make qualify` looks for longer.
settings.register_profile("ordinary", max_examples=40, deadline=None)
settings.register_profile("qualify", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ordinary"))


LONGEST = ("test_certification.py", "test_laws.py", "test_kills.py", "test_income.py", "test_self_test.py")
"""Files that start servers or processes again and again, or examine dozens of submissions."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest come first, so that in the end no worker waits for another."""
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


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
