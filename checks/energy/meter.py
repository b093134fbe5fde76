"""The meter: how much processor time and how much wall time one piece of work took.

Processor time of this process is what is counted: it does not run while the process waits, so that there is
no idle load to subtract, and other processes disturb it only through shared caches and clock frequency.
Turning it into joules is a model with one declared constant (watts per core), and is said to be one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """Seconds on two clocks: of the processor in this process (all threads), and on the wall."""

    cpu_s: float
    wall_s: float

    def __sub__(self, earlier: Reading) -> Reading:
        return Reading(cpu_s=self.cpu_s - earlier.cpu_s, wall_s=self.wall_s - earlier.wall_s)


Clock = Callable[[], Reading]


def read_clocks() -> Reading:
    """Both clocks now; only differences mean anything."""
    return Reading(cpu_s=time.process_time(), wall_s=time.perf_counter())


def metered(work: Callable[[], object], clock: Clock) -> Reading:
    """How long `work` took on both clocks."""
    start = clock()
    work()
    return clock() - start
