"""One proof, one worker: two files go into a folder of their own, a verdict comes back.

The files are hashed as they are copied, so that the verdict speaks of the bytes that were read. A worker that
dies, hangs or takes too much proves nothing: the verdict is then `unknown`, with the reason.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from certify.digest import Digest
from certify.errors import Problem, UnusableInput
from certify.sandbox import Broken, Caps, Host
from checks.channel import CapsText
from checks.proof.worker import MODEL, PROGRESS, PROPERTY, Defect, Question, Told
from flows.wiring import PROVERS, worker_environment

MOST_BYTES: Final = 512 << 20
STARTING: Final = 120
"""Seconds, beyond those for the proof, in which a worker reads the files and comes to an end."""

Shown = Callable[[int, float], None]
"""Told once a second how many regions were looked at and which share of the volume is decided."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """What was said of which bytes."""

    told: Told
    model: Digest
    property: Digest


def prove_files(model: Path, prop: Path, seconds: int, show: Shown | None = None) -> Proof:
    """Whether a property in VNN-LIB holds of a model in ONNX.

    Raises `UnusableInput` with every defect of the files, named by their paths, and `InfrastructureFault` if
    no worker could be started.
    """
    with tempfile.TemporaryDirectory(prefix="certify-prove-") as place:
        folder = Path(place)
        copies = {MODEL: model, PROPERTY: prop}
        digests = _copied(copies, folder)
        with _watched(folder / PROGRESS, show):
            told = _asked(folder, seconds)
        if told.defects:
            raise UnusableInput(*(_problem(defect, copies) for defect in told.defects))
        return Proof(told=told, model=digests[MODEL], property=digests[PROPERTY])


def _copied(copies: dict[str, Path], folder: Path) -> dict[str, Digest]:
    digests, problems = {}, []
    for name, path in copies.items():
        try:
            data = _bytes(path)
            (folder / name).write_bytes(data)
            digests[name] = Digest.of(data)
        except OSError as error:
            problems.append(_unreadable(path, error.strerror or str(error)))
    if problems:
        raise UnusableInput(*problems)
    return digests


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise OSError("no such file")
    with path.open("rb") as stream:
        data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise OSError(f"more than {MOST_BYTES} bytes")
    return data


def _unreadable(path: Path, found: str) -> Problem:
    return Problem(
        source=str(path),
        expected="a file that can be read",
        found=found,
        remedy="Correct the path or the file.",
    )


def _asked(folder: Path, seconds: int) -> Told:
    caps = Caps(wall_seconds=seconds + STARTING, cpu_seconds=seconds + STARTING, file_bytes=1 << 20)
    inside = asdict(caps)
    question = Question(
        folder=str(folder),
        seconds=seconds,
        seed=0,
        caps=CapsText(**{name: inside[name] for name in CapsText.model_fields}),
    )
    with Host(PROVERS, environment=worker_environment()) as host:
        ending = host.run(question.to_bytes(), caps=caps)
    if isinstance(ending, Broken):
        reason = f"The worker came to no orderly end: {ending.explanation}"
        return Told(verdict="unknown", reason=reason[:2000], seconds=f"{ending.seconds:.3f}")
    return Told.from_bytes(ending.answer, source="the answer of the worker")


def _problem(defect: Defect, copies: dict[str, Path]) -> Problem:
    given = defect.model_dump()
    return Problem(**{**given, "source": str(copies.get(defect.source, defect.source))})


@contextmanager
def _watched(path: Path, show: Shown | None) -> Iterator[None]:
    """Say once a second what the worker wrote last."""
    over = threading.Event()

    def follow() -> None:
        while show and not over.wait(1):
            show(*_progress(path))

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _progress(path: Path) -> tuple[int, float]:
    """What stands in the file, which a stranger's bytes may have written: two numbers or nothing."""
    try:
        regions, decided = path.read_bytes()[:40].decode("ascii").split()
        return int(regions), min(max(float(decided), 0.0), 1.0)
    except (OSError, ValueError):
        return 0, 0.0
