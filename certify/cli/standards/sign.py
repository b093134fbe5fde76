"""`certify standards sign`: the steward's signature over a pack that holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from certify.cli.console import AsJson, Exit, print_json
from certify.cli.keys import PassphraseFile, private_key
from certify.cli.standards.check import print_inspection, summary
from certify.cli.standards.page import BAD, Page, bar
from certify.cli.standards.place import PackName, PacksFolder, find_pack, read_pack
from certify.errors import Problem, UnusableInput

if TYPE_CHECKING:
    from certify.cli.standards.inspection import Inspection
    from certify.key import SigningKey
    from certify.pack import Pack, PackLock


def sign(
    pack: PackName,
    key: Annotated[Path, typer.Option("--key", help="The steward's private key (see `certify keys new`).")],
    passphrase_file: PassphraseFile = None,
    standards: PacksFolder = None,
    as_json: AsJson = False,
) -> None:
    """Check a pack entirely, sign it only if it holds, and print the entry for stewards.yaml."""
    from certify.cli.standards.inspection import inspect

    folder = find_pack(pack, standards).resolve()
    draft = _to_be_signed(read_pack(folder))
    steward = private_key(key, passphrase_file)
    before = _lock(draft)
    with bar(quiet=as_json) as advance:
        (inspection,) = inspect([folder], with_specimens=True, advance=advance)
    if not inspection.holds:
        _refuse(inspection, as_json=as_json)
    _sign(draft, steward, before)
    _tell(draft, steward, as_json=as_json)


def _to_be_signed(pack: Pack) -> Pack:
    from certify.pack import is_local

    if is_local(pack.manifest.id):
        raise UnusableInput(
            Problem(
                source=f"packs/{pack.manifest.id}",
                expected="a namespace outside local",
                found=pack.manifest.id,
                remedy="What is under local is signed by nobody. Give the pack a namespace of its steward's.",
                code="local-steward",
            )
        )
    return pack


def _lock(pack: Pack) -> PackLock:
    from certify.pack import lock_of

    return lock_of(pack.folder, pack.manifest)


def _refuse(inspection: Inspection, *, as_json: bool) -> None:
    if as_json:
        print_json({"signed": False, **summary((inspection,))})
    else:
        page = Page()
        print_inspection(page, inspection)
        page.say("Not signed: a signature stands for a pack that holds.", style=BAD)
    raise typer.Exit(Exit.NON_CONFORMING)


def _sign(pack: Pack, key: SigningKey, checked: PackLock) -> None:
    """Sign what was checked, and nothing else."""
    from certify.pack import sign as sign_pack

    if _lock(pack) != checked:
        raise UnusableInput(
            Problem(
                source=f"packs/{pack.manifest.id}",
                expected="the files that were checked",
                found="files that were changed while the check ran",
                remedy="Let nobody write there, and sign again.",
                code="changed-while-checked",
            )
        )
    sign_pack(pack.folder, pack.manifest, key)


def _tell(pack: Pack, key: SigningKey, *, as_json: bool) -> None:
    entry = {
        "namespace": pack.manifest.id,
        "steward": pack.manifest.steward.name,
        "key": key.public.text,
        "key_kind": "development",
        "least_version": pack.manifest.version,
    }
    lock = str(_lock(pack).value_digest)
    if as_json:
        print_json({"signed": True, "lock": lock, "stewards": entry})
        return
    page = Page()
    page.say(f"Signed {pack.manifest.id} {pack.manifest.version}: {lock}")
    page.say("Whoever believes this key writes into stewards.yaml, under `stewards:`")
    (first, *others) = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in entry.items()]
    typer.echo("\n".join([f"  - {first}", *(f"    {line}" for line in others)]))
