"""Where things are: the folders of one workplace, the methods, the command that starts a worker."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from certify.digest import Digest
from certify.environment import NUMERIC_VARIABLES
from certify.ledger import Ledger
from certify.pack import Standards
from certify.pack import load as load_standards
from certify.store import Store
from checks.catalogue import signatures

BUNDLED_STANDARDS = Path(__file__).resolve().parent.parent / "standards"

WORKERS = (sys.executable, "-P", "-s", "-m", "checks.worker", "{control}")
"""The command that starts the host of the workers."""

COUNTERS = (sys.executable, "-P", "-s", "-m", "checks.planning.census", "{control}")
"""The command that starts the host of those who count rows and see nothing else."""

PROVERS = (sys.executable, "-P", "-s", "-m", "checks.proof.worker", "{control}")
"""The command that starts the host of a worker that proves something."""

_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ARROW_NUM_THREADS")


@dataclass(frozen=True, kw_only=True, slots=True)
class Workplace:
    """All that a vendor's or a laboratory's machine keeps, under one folder."""

    root: Path
    standards: Path = BUNDLED_STANDARDS

    @property
    def blobs(self) -> Store:
        """Bytes by content: submissions and evidence."""
        return Store(self.root / "blobs")

    @property
    def ledger(self) -> Ledger:
        """Who opened which data, when and for what."""
        return Ledger(self.root / "ledger.jsonl")

    def protocol(self, submission: Digest, basis: Digest) -> Path:
        """Where the locked protocol of a submission under a basis is kept."""
        return self.root / "protocols" / f"{submission.hex[:32]}-{basis.hex[:32]}.json"

    def runs(self, protocol: Digest) -> Path:
        """Where the attempts under a protocol are kept."""
        return self.root / "runs" / protocol.hex[:32]

    def load_standards(self) -> Standards:
        """The packs and bases of this workplace, bound to the methods that are installed."""
        return load_standards(self.standards, signatures())


def worker_environment() -> dict[str, str]:
    """The whole environment of a worker: nothing is inherited but what the numerical kernels need."""
    quiet = {"ORT_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1", "GX_ANALYTICS_ENABLED": "false"}
    steady = {"PYTHONHASHSEED": "0", "LANG": "C.UTF-8", "TZ": "UTC", "MPLBACKEND": "Agg"}
    threads = dict.fromkeys(_ONE_THREAD, "1")
    inherited = {name: os.environ[name] for name in NUMERIC_VARIABLES if name in os.environ}
    return {**quiet, **steady, **threads, **inherited}


def _caches() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "certify"


def qualification_records() -> Path:
    """Where is kept what was proved of this program here: one place for all workplaces of a user."""
    return _caches() / "qualification"


def prefect_settings() -> dict[str, str]:
    """How Prefect is run: no telemetry, patient with slow machines, its own state kept apart from ours.

    Its state is a cache to us. One for all workplaces, since a new one costs it some hundred migrations.
    """
    return {
        "PREFECT_HOME": str(_caches() / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_CLI_COLORS": "false",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    }


_SOURCES = (".py", ".j2", ".css")


@cache
def program_digest() -> Digest:
    """The digest of every source file that measures, judges or shows, whatever version it calls itself."""
    root = Path(__file__).resolve().parent.parent
    roots = [root / name for name in ("certify", "checks", "flows", "reports")]
    files = sorted(path for folder in roots for path in folder.rglob("*") if path.suffix in _SOURCES)
    return Digest.of_value([[str(f.relative_to(root)), Digest.of(f.read_bytes()).hex] for f in files])


def now() -> datetime:
    """The clock of this workplace."""
    return datetime.now(UTC)
