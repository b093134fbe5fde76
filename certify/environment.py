"""Where something was measured: enough for a second laboratory to tell why its numbers differ."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from certify.digest import Digest
from certify.value import DigestText, Line, Value

IsolationLevel = Literal["I0", "I1", "I2", "I3"]

NUMERIC_VARIABLES = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
"""The only variables that a worker inherits: on some processors the kernels are wrong without them."""

_LIBRARIES = (
    "certify", "great-expectations", "numpy", "onnx", "onnxruntime", "pandas", "prefect", "pyarrow",
    "pydantic", "scipy",
)  # fmt: skip


class Library(Value):
    """A library and its version; `absent` where it is not installed."""

    name: Line
    version: Line


class Environment(Value):
    """Program, machine, interpreter, libraries, threads, and how far the worker was isolated.

    `program` is the digest of the source that measured and judged, whatever version it calls itself.
    """

    program: DigestText
    python: Line
    system: Line
    processor: Line
    cores: int
    threads_per_worker: int
    isolation: IsolationLevel
    network_denied: bool
    libraries: tuple[Library, ...]
    variables: tuple[Line, ...]


def capture(*, program: Digest, isolation: IsolationLevel, network_denied: bool) -> Environment:
    """Describe this machine as it is now."""
    return Environment(
        program=program,
        python=f"{platform.python_implementation()} {platform.python_version()}",
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        processor=processor(),
        cores=os.cpu_count() or 1,
        threads_per_worker=1,
        isolation=isolation,
        network_denied=network_denied,
        libraries=tuple(Library(name=name, version=_version(name)) for name in _LIBRARIES),
        variables=tuple(f"{name}={os.environ[name]}" for name in NUMERIC_VARIABLES if name in os.environ),
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def processor() -> str:
    """The processor as it names itself, or the architecture where it does not."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return next(filter(None, [*named, platform.processor(), platform.machine()]), "unknown")[:300]
