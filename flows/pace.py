"""How long methods took here before: what an honest estimate of the remaining time rests on.

Nothing is said about a method that never ran on this machine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from certify.digest import canonical
from certify.store import write_durably


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds that the last measurement of each method took."""

    seconds: Mapping[str, float]

    @classmethod
    def read(cls, path: Path) -> Pace:
        """What is remembered; nothing if there is no memory or it cannot be read."""
        try:
            remembered = json.loads(path.read_text(encoding="utf-8"))
            return cls({str(name): float(value) for name, value in remembered.items()})
        except (OSError, ValueError, AttributeError, TypeError):
            return cls({})

    def write(self, path: Path) -> None:
        """Remember for the next run."""
        write_durably(path, canonical({n: round(s, 3) for n, s in self.seconds.items()}), replace=True)

    def estimate(self, methods: list[str], *, seats: int) -> float | None:
        """Seconds that measuring these will take, so many at a time; None if one of them is new."""
        if not methods or any(method not in self.seconds for method in methods):
            return None
        each = [self.seconds[method] for method in methods]
        return max(max(each), sum(each) / seats)
