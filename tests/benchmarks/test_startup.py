"""How long somebody waits for the first word, beside an interpreter that does nothing.

Run with `make qualify`, or `pytest -m benchmark -s tests/benchmarks`. Nothing here asserts a time.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import pytest

TIMES = 10
CERTIFY = str(Path(sys.executable).parent / "certify")
NOTHING = (sys.executable, "-c", "pass")
COMMANDS = {"--help": (CERTIFY, "--help"), "measure --list": (CERTIFY, "measure", "--list")}


def seconds(command: tuple[str, ...]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


@pytest.mark.benchmark
def test_startup() -> None:
    commands = {"nothing": NOTHING, **COMMANDS}
    for command in commands.values():
        seconds(command)  # so that all of them find their files in memory
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(TIMES):
        for name, command in commands.items():
            taken[name].append(seconds(command))
    nothing = median(taken["nothing"])
    print(f"\npython -c pass: {nothing * 1000:.0f} ms, the median of {TIMES} in turn with those below")
    for name in COMMANDS:
        middle, slowest = median(taken[name]), max(taken[name])
        times = f"{middle / nothing:.1f} times that"
        print(f"certify {name}: {middle * 1000:.0f} ms, {times}; slowest {slowest * 1000:.0f} ms")
