"""What one worker may use, and how it is held to that."""

from __future__ import annotations

import ctypes
import resource
import signal
import sys
from dataclasses import dataclass
from typing import Final

_PR_SET_PDEATHSIG: Final = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Caps:
    """Seconds, bytes, and open descriptors. The wall clock and the answer are the supervisor's to watch."""

    wall_seconds: float = 600
    cpu_seconds: int = 600
    memory_bytes: int = 8 << 30
    file_bytes: int = 256 << 20
    result_bytes: int = 16 << 20
    descriptors: int = 256


def confine(caps: Caps) -> None:
    """Called by a worker before it touches a vendor's byte: lower its own limits, for good."""
    for limit, value in (
        (resource.RLIMIT_AS, caps.memory_bytes),
        (resource.RLIMIT_FSIZE, caps.file_bytes),
        (resource.RLIMIT_NOFILE, caps.descriptors),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    # At the hard limit of processor time comes SIGKILL, which tells nothing; SIGXCPU comes at the soft one.
    resource.setrlimit(resource.RLIMIT_CPU, (caps.cpu_seconds, caps.cpu_seconds + 5))


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent is gone (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
