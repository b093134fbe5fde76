"""The certification basis: which checks apply, how strictly, and which a known fact takes out of scope.

A basis selects checks and may only tighten them. Every resolved value knows which basis set it.
"""

from __future__ import annotations

from certify.basis.resolution import lineage, resolve
from certify.basis.resolved import Basis, Excusal
from certify.basis.source import Source
from certify.basis.text import BasisText, Selection

__all__ = ["Basis", "BasisText", "Excusal", "Selection", "Source", "lineage", "resolve"]
