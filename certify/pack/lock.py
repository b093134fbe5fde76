"""The lock of a pack: every file by its digest, and the steward's signature over that list.

    {"format": "certify/pack-lock/1", "pack": "eu.ai-act", "version": "1.0.0",
     "files": {"checks/accuracy/check.yaml": "sha256:...", "pack.yaml": "sha256:...", ...}}

A file that was added, removed or changed after the signature stops the pack from loading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Literal, Self

from pydantic import model_validator

from certify.digest import Digest, canonical
from certify.envelope import open_seal, seal
from certify.errors import Problem, Tampered, UnusableInput
from certify.key import PublicKey, SigningKey
from certify.pack.file import not_a_file, read_file
from certify.pack.manifest import Namespace, PackManifest
from certify.pack.steward import StewardKey, Stewards, is_local
from certify.standard import Version
from certify.store import write_durably
from certify.value import DigestText, Line, Value

LOCK_FILE, SEAL_FILE = "pack.lock.json", "pack.seal.json"
KIND = "application/vnd.certify.pack-lock+json"
MAX_FILES = 10_000
MAX_FILE_BYTES = 16 << 20
MAX_LOCK_BYTES = 4 << 20


class PackLock(Value):
    """What the steward signs."""

    format: Literal["certify/pack-lock/1"] = "certify/pack-lock/1"
    pack: Namespace
    version: Version
    files: Mapping[Line, DigestText]


class PackReference(Value):
    """A pack as a dossier names it: the digest of its lock, whose signature it carries, and who said so.

    `stewards` is the digest of the list by which that key was believed: whoever ran the program keeps it, and
    another list might name another key. All of that is None for a pack that nobody signed, as under `local`.
    """

    id: Namespace
    version: Version
    lock: DigestText | None = None
    steward: Line | None = None
    key: DigestText | None = None
    key_kind: Literal["development", "production"] | None = None
    stewards: DigestText | None = None

    @model_validator(mode="after")
    def _signed_as_a_whole(self) -> Self:
        """A lock of which nobody says by whose key it holds would count as signed by no kind of key."""
        parts = (self.lock, self.steward, self.key, self.key_kind, self.stewards)
        if len({part is not None for part in parts}) != 1 or (self.signed and is_local(self.id)):
            raise ValueError(
                "lock, steward, key, its kind and list together, or none of them; none under local"
            )
        return self

    @property
    def signed(self) -> bool:
        """Whether a steward answers for it."""
        return self.lock is not None


def lock_of(folder: Path, manifest: PackManifest) -> PackLock:
    """The lock that a folder would have now; raises `UnusableInput` for what cannot be signed."""
    return PackLock(
        pack=manifest.id,
        version=manifest.version,
        files={name: _digest(path, f"{folder.name}/{name}") for name, path in _files(folder)},
    )


def sign(folder: Path, manifest: PackManifest, key: SigningKey) -> PackLock:
    """Write the lock of a pack and the steward's signature over it."""
    lock = lock_of(folder, manifest)
    write_durably(folder / LOCK_FILE, lock.to_bytes(), replace=True)
    write_durably(folder / SEAL_FILE, seal(lock.to_bytes(), key, kind=KIND), replace=True)
    return lock


def verified(folder: Path, manifest: PackManifest, stewards: Stewards) -> PackReference:
    """Whose pack it is; raises `UnusableInput` unless it is signed, or under `local` and so unsigned.

    Raises `UnusableInput` as well where files are not those that were signed, naming each.
    """
    if is_local(manifest.id):
        return PackReference(id=manifest.id, version=manifest.version)
    trusted = stewards.keys.get(manifest.id)
    if trusted is None:
        raise UnusableInput(_unknown_steward(manifest.id))
    signed = _signed_lock(folder, PublicKey.from_text(trusted.key))
    problems = (*_outdated(signed, trusted), *_changes(folder, signed, lock_of(folder, manifest)))
    if problems:
        raise UnusableInput(*problems)
    return PackReference(
        id=manifest.id,
        version=manifest.version,
        lock=signed.value_digest,
        steward=trusted.steward,
        key=PublicKey.from_text(trusted.key).fingerprint,
        key_kind=trusted.key_kind,
        stewards=stewards.value_digest,
    )


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file of a pack by its name, but lock and seal; a link or a pipe has no place in one."""
    for count, path in enumerate(islice(folder.rglob("*"), MAX_FILES + 1)):
        name = path.relative_to(folder).as_posix()
        if count == MAX_FILES:
            raise not_a_file(folder.name, "more", expected=f"at most {MAX_FILES} files")
        if not name.isprintable() or len(name) > 300:
            raise not_a_file(f"{folder.name}/{name}", "another", expected="a printable name, not too long")
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            found = "a link" if path.is_symlink() else "something else"
            raise not_a_file(f"{folder.name}/{name}", found)
        if not path.is_dir() and name not in (LOCK_FILE, SEAL_FILE):
            yield name, path


def _digest(path: Path, source: str) -> Digest:
    data = read_file(path, source=source, most=MAX_FILE_BYTES)
    if len(data) > MAX_FILE_BYTES:
        raise not_a_file(source, "more", expected=f"at most {MAX_FILE_BYTES} bytes")
    return Digest.of(data)


def _signed_lock(folder: Path, key: PublicKey) -> PackLock:
    source = f"{folder.name}/{SEAL_FILE}"
    if not (folder / SEAL_FILE).exists():
        raise UnusableInput(_unsigned(source))
    try:
        data = read_file(folder / SEAL_FILE, source=source, most=MAX_LOCK_BYTES)
        held = open_seal(data, key, source=source, kind=KIND)
        return PackLock.from_bytes(canonical(held), source=source)
    except Tampered as error:
        raise UnusableInput(_wrong_signature(source, str(error))) from error


def _changes(folder: Path, signed: PackLock, found: PackLock) -> Iterator[Problem]:
    readable = folder / LOCK_FILE
    if not readable.is_file() or _digest(readable, LOCK_FILE) != signed.value_digest:
        yield _changed(f"{folder.name}/{LOCK_FILE}", "the list under the signature", "another, or none")
    if (signed.pack, signed.version) != (found.pack, found.version):
        yield _changed(f"{folder.name}/{LOCK_FILE}", f"{signed.pack} {signed.version}", found.version)
    for name in sorted({*signed.files, *found.files}):
        before, now = signed.files.get(name), found.files.get(name)
        if before != now:
            yield _changed(
                f"{folder.name}/{name}",
                before.short if before else "no such file",
                now.short if now else "no file",
            )


def _outdated(signed: PackLock, trusted: StewardKey) -> Iterator[Problem]:
    if _numbers(signed.version) < _numbers(trusted.least_version):
        yield Problem(
            source=f"packs/{signed.pack}",
            expected=f"version {trusted.least_version} or later, as stewards.yaml asks for",
            found=signed.version,
            remedy="Ask the steward for the present pack: an old one keeps holes that were closed since.",
            code="outdated-pack",
        )


def _numbers(version: Version) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _changed(source: str, expected: str, found: str) -> Problem:
    remedy = "Restore it, or let the steward review the change and sign again: `certify standards sign`."
    return Problem(
        source=source,
        expected=f"what the steward signed: {expected}",
        found=found,
        remedy=remedy,
        code="changed-since-signed",
    )


def _unknown_steward(namespace: str) -> Problem:
    return Problem(
        source=f"packs/{namespace}",
        expected="a namespace whose steward is trusted, or one under local",
        found=f"{namespace}, for which stewards.yaml names no key",
        remedy="Add the steward's key to stewards.yaml, or rename the pack to local.<name>.",
        code="unsigned-pack",
    )


def _unsigned(source: str) -> Problem:
    return Problem(
        source=source,
        expected="the steward's signature",
        found="no such file",
        remedy="Sign the pack: `certify standards sign PACK --key KEY`.",
        code="unsigned-pack",
    )


def _wrong_signature(source: str, found: str) -> Problem:
    return Problem(
        source=source,
        expected="a signature by the key that stewards.yaml trusts for this namespace",
        found=found,
        remedy="Ask the steward for the signed pack, or correct stewards.yaml.",
        code="wrong-signature",
    )
