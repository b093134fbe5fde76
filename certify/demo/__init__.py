"""Two real submissions, built from data that scikit-learn brings along, to try the program on.

`digits` is an instrument that claims no wider than its data reach; `diabetes` is a screening of persons from
a few hundred patients. Both are honest: whether they are certified is not decided here. Listing them imports
neither scikit-learn nor torch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

Build = Callable[[Path], None]
"""Writes a whole submission into a folder that is new or empty."""


def _build_digits(folder: Path) -> None:
    from certify.demo.digits import build  # heavy: torch and scikit-learn

    build(folder)


def _build_diabetes(folder: Path) -> None:
    from certify.demo.diabetes import build  # heavy: torch and scikit-learn

    build(folder)


DEMONSTRATIONS: Final[Mapping[str, tuple[Build, str]]] = {
    "digits": (_build_digits, "demo/digits-reader"),
    "diabetes": (_build_diabetes, "demo/diabetes-screening"),
}
"""Name to how it is built and the basis under which it is examined, in the order in which they are shown."""
