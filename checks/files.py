"""The files of a submission as a method may read them: hashed again, and remembered as opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from certify.digest import Digest
from certify.evidence import Opened, Reason
from certify.submission import Artifact
from checks.measured import CannotMeasure


class Files:
    """Reads artifacts by their path in the submission, each at most once.

    `locations` maps an artifact's path to where its bytes were copied. Whoever reads a file through this
    class leaves a trace in `opened`; there is no other way for a method to reach one.
    """

    def __init__(self, artifacts: tuple[Artifact, ...], locations: Mapping[str, Path]) -> None:
        self._artifacts = {artifact.path: artifact for artifact in artifacts}
        self._locations = locations
        self._read: dict[str, bytes] = {}
        self._streamed: set[str] = set()
        self._counted: set[str] = set()

    @property
    def opened(self) -> tuple[Opened, ...]:
        """What has been read so far, in the order of the paths."""
        return tuple(
            Opened(path=p, digest=self._artifacts[p].digest)
            for p in sorted({*self._read, *self._streamed, *self._counted})
        )

    def read(self, path: str) -> bytes:
        """The bytes of an artifact; raises `CannotMeasure` if they are not the bytes taken in."""
        if path not in self._read:
            artifact = self._artifact(path)
            try:
                data = self._locations[path].read_bytes()
            except OSError as error:
                raise CannotMeasure(f"the bytes of {path} cannot be read any more", Reason.UNBOUND) from error
            if Digest.of(data) != artifact.digest:
                raise CannotMeasure(f"the bytes of {path} changed since they were taken in", Reason.UNBOUND)
            self._read[path] = data
        return self._read[path]

    def verified(self, path: str) -> Path:
        """Where the bytes of an artifact lie that is too large to be held, hashed again block by block.

        Raises as `read` does. Only for files of our own store, which nobody writes to.
        """
        location = self._locations.get(path)
        artifact = self._artifact(path)
        if path not in self._streamed:
            try:
                found = Digest.of_file(Path(str(location)))
            except OSError as error:
                raise CannotMeasure(f"the bytes of {path} cannot be read any more", Reason.UNBOUND) from error
            if found != artifact.digest:
                raise CannotMeasure(f"the bytes of {path} changed since they were taken in", Reason.UNBOUND)
            self._streamed.add(path)
        return Path(str(location))

    def counted(self, opened: Iterable[Opened]) -> None:
        """Note that files were counted before, and that an answer rests on those counts.

        Raises `CannotMeasure` if other bytes were counted than those that were taken in.
        """
        for entry in opened:
            if self._artifact(entry.path).digest != entry.digest:
                raise CannotMeasure(f"other bytes of {entry.path} were counted", Reason.UNBOUND)
            self._counted.add(entry.path)

    def _artifact(self, path: str) -> Artifact:
        artifact = self._artifacts.get(path)
        if artifact is None:
            raise CannotMeasure(f"the submission holds no file {path}", Reason.UNBOUND)
        return artifact
