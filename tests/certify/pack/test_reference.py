"""How a basis and a dossier name a pack: signed as a whole, or by nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError
from written_pack import BASIS, METHODS, SIGNED, sign_written, write, write_basis, write_signed

from certify.basis import Basis, resolve
from certify.digest import Digest
from certify.errors import UnusableInput
from certify.key import new_key
from certify.pack import PackReference, load


def resolved(standards: Path, check: str) -> Basis:
    selection = f"  - check: {check}\n    parameters: {{groups: [f, m]}}\n"
    loaded = load(write_basis(standards, BASIS.partition("  - ")[0] + selection), METHODS)
    return resolve("test/all", bases=loaded.bases, checks=loaded.checks, facts={}, packs=loaded.references)


def test_a_local_pack_loads_unsigned_and_the_basis_says_so(tmp_path: Path) -> None:
    basis = resolved(write(tmp_path), "local.test/errors")
    assert basis.unsigned == ("local.test",)
    assert [pack.signed for pack in basis.packs] == [False]


def test_a_basis_on_signed_packs_is_on_nothing_unsigned(tmp_path: Path) -> None:
    write_signed(tmp_path, new_key(tmp_path / "key", passphrase=None))
    basis = resolved(tmp_path, f"{SIGNED}/errors")
    assert basis.unsigned == ()
    assert [(pack.id, pack.key_kind) for pack in basis.packs] == [(SIGNED, "development")]


def test_a_seal_under_local_signs_nothing(tmp_path: Path) -> None:
    """Whoever could sign for `local` would answer for everybody's drafts."""
    key = new_key(tmp_path / "key", passphrase=None)
    write(tmp_path)
    sign_written(tmp_path / "packs/local.test", key)
    assert resolved(tmp_path, "local.test/errors").unsigned == ("local.test",)


@pytest.mark.parametrize("namespace", ["locals.test", "org.local", "local-mine", "eu.local.test"])
def test_what_only_sounds_local_needs_a_signature(namespace: str, tmp_path: Path) -> None:
    write(tmp_path, namespace=namespace)
    with pytest.raises(UnusableInput) as caught:
        load(tmp_path, METHODS)
    assert {problem.code for problem in caught.value.problems} == {"unsigned-pack"}


def reference(**changes: object) -> PackReference:
    whole = {
        "lock": str(Digest.of(b"l")),
        "steward": "Us",
        "key": str(Digest.of(b"k")),
        "key_kind": "development",
        "stewards": str(Digest.of(b"s")),
    }
    return PackReference.from_json({"id": SIGNED, "version": "1.0.0", **whole, **changes})


def test_a_reference_is_signed_as_a_whole_or_not_at_all() -> None:
    """A lock without a kind of key would be neither unsigned nor signed with a development key."""
    assert reference().signed
    assert not reference(lock=None, steward=None, key=None, key_kind=None, stewards=None).signed
    for missing in ("lock", "steward", "key", "key_kind", "stewards"):
        with pytest.raises(ValidationError):
            reference(**{missing: None})
    with pytest.raises(ValidationError):
        reference(id="local.test")
