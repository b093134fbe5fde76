"""The certification basis: which checks apply, how strictly, and which a known fact takes out of scope.

A basis selects checks and may only tighten them. Every resolved value knows which basis set it.
"""

from __future__ import annotations

from certify.basis.resolution import lineage, resolve
from certify.basis.resolved import MOST_ATTEMPTS, Basis, Excusal, shared
from certify.basis.source import Source
from certify.basis.text import BasisText, Selection

__all__ = [
    "MOST_ATTEMPTS", "Basis", "BasisText", "Excusal", "Selection", "Source", "lineage", "resolve", "shared",
]  # fmt: skip
