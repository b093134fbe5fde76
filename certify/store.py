"""Where bytes and finished work are kept, so that a crash loses nothing and doubles nothing.

Bytes are kept by content; a record is written once and never changed. Every write goes to a temporary
file, is flushed to disk, takes its name in one step, and the folder is flushed too: after a kill at any
point there is either the whole or nothing. A run holds a lease with a number; a writer whose number is no
longer the highest came back from the dead and is refused.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from certify.digest import Digest
from certify.errors import StaleWriter, Tampered


def write_durably(path: Path, data: bytes, *, replace: bool = False, mode: int = 0o644) -> bool:
    """Write `data` under `path` so that a crash leaves all or nothing.

    Returns False, and changes nothing, if the name is taken and `replace` is not asked for.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with open(temporary, "xb", opener=partial(os.open, mode=mode)) as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        written = _take_name(temporary, path, replace=replace)
    finally:
        temporary.unlink(missing_ok=True)
    _flush_folder(path.parent)
    return written


def _take_name(temporary: Path, path: Path, *, replace: bool) -> bool:
    if replace:
        os.replace(temporary, path)
        return True
    try:
        os.link(temporary, path)  # unlike rename, fails if the name is taken: the first writer wins
    except FileExistsError:
        return False
    return True


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@dataclass(frozen=True, slots=True)
class Store:
    """Bytes by content under one folder."""

    root: Path

    def path(self, digest: Digest) -> Path:
        """Where the bytes of a digest are, or would be."""
        return self.root / digest.hex[:2] / digest.hex

    def put(self, data: bytes) -> Digest:
        """Keep bytes; keeping them twice is keeping them once."""
        digest = Digest.of(data)
        if not self.path(digest).exists():
            write_durably(self.path(digest), data)
        return digest

    def get(self, digest: Digest) -> bytes:
        """The bytes of a digest; raises `Tampered` if they are gone or are not those bytes."""
        try:
            data = self.path(digest).read_bytes()
        except FileNotFoundError:
            raise Tampered(f"the bytes of {digest} are missing from the store") from None
        if Digest.of(data) != digest:
            raise Tampered(f"the bytes kept for {digest} are not those bytes any more")
        return data


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write records in one run folder, until somebody takes over."""

    folder: Path
    number: int

    @classmethod
    def take(cls, folder: Path) -> Lease:
        """Take over a run: all earlier leases on it become stale."""
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder):
            number = cls._current(folder) + 1
            write_durably(folder / "lease", str(number).encode(), replace=True)
        return cls(folder, number)

    def record(self, name: str, data: bytes) -> bytes:
        """Write a record once and return what is on record: the first writer's bytes.

        Raises `StaleWriter` if the run was taken over.
        """
        path = self.folder / name
        with _locked(self.folder):
            if self._current(self.folder) != self.number:
                raise StaleWriter(f"{self.folder.name}: the run was taken over; {name} was not written")
            write_durably(path, data)
        return path.read_bytes()

    @staticmethod
    def _current(folder: Path) -> int:
        try:
            return int((folder / "lease").read_text(encoding="ascii"))
        except FileNotFoundError:
            return 0


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One writer at a time; the kernel frees the lock when a process dies."""
    with open(folder / ".lock", "a", encoding="ascii") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
