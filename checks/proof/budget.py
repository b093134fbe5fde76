"""How much a proof may cost, and who wants to know how far it came."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

Watch = Callable[[int, float], None]
"""Told now and then how many regions were looked at, and which share of the volume is decided."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Budget:
    """At most `regions` boxes or branches, and `seconds` from the making of the budget on.

    Only a budget without a clock gives the same answer on each machine: leave out `seconds` in a method.
    """

    regions: int
    seconds: float = math.inf
    watch: Watch | None = None
    started: float = field(default_factory=time.monotonic)

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.started

    def spent(self, regions: int) -> str | None:
        """Why no more may be done after so many regions, as a sentence; None: go on."""
        if regions >= self.regions:
            return f"{regions} regions were not enough, and {self.regions} were allowed."
        if self.elapsed >= self.seconds:
            return f"{self.seconds:g} seconds were not enough; {regions} regions were looked at."
        return None
