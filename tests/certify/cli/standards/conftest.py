"""What the tests of several commands start from."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_pack import write_bases, write_pack


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A folder of standards with the small pack, which holds but for its specimens, and its bases."""
    write_pack(tmp_path)
    write_bases(tmp_path)
    return tmp_path
