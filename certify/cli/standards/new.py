"""`certify standards new`: a check to start from, with vectors that fail on purpose."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from certify.cli.console import AsJson, print_json
from certify.cli.standards.page import DOUBTFUL, Page
from certify.cli.standards.place import HERE, CheckName, WritingFolder, bundled
from certify.cli.workplace import as_folder
from certify.errors import Problem, UnusableInput

if TYPE_CHECKING:
    from certify.standard import MethodSignature

USUAL = "objectives.performance"

_IDENTITY = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9-]+)*/[a-z][a-z0-9-]*")


def new(
    name: CheckName,
    method: Annotated[
        str, typer.Option("--method", help="What measures; see `certify measure --list`.")
    ] = USUAL,
    folder: WritingFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Write a commented check, its pack if that is new, and two vectors that fail until they are replaced."""
    namespace, slug = _parts(name)
    pack = as_folder(folder) / "packs" / namespace
    files = _files(name, _known(method), pack / "checks" / slug)
    _refuse_existing(pack / "checks" / slug)
    new_pack = not (pack / "pack.yaml").exists()
    written = _write({**_pack_file(pack, namespace, _known(method)), **files}, folder)
    if as_json:
        print_json({"written": written, "new_pack": new_pack, "needs_signature": not _local(namespace)})
    else:
        _tell(Page(), name, written, _known(method), new_pack=new_pack)


def _parts(name: str) -> tuple[str, str]:
    if not _IDENTITY.fullmatch(name) or len(name.partition("/")[0]) > 60 or len(name) > 120:
        raise UnusableInput(
            Problem(
                source="certify standards new",
                expected="namespace/slug in lower case, such as local.example/first-check",
                found=name[:150],
                remedy="Choose another name.",
            )
        )
    namespace, _, slug = name.partition("/")
    return namespace, slug


def _known(method: str) -> MethodSignature:
    from checks.catalogue import signatures

    if method not in signatures():
        raise UnusableInput(
            Problem(
                source="--method",
                expected=f"one of the methods {', '.join(sorted(signatures()))}",
                found=method,
                remedy="`certify measure --list` says what each does.",
                code="unknown-method",
            )
        )
    return signatures()[method]


def _files(name: str, method: MethodSignature, folder: Path) -> Mapping[Path, str]:
    """Everything that belongs to the check."""
    from certify.cli.standards import starter
    from certify.cli.standards.stand_in import Settings, open_values
    from certify.standard import Check
    from certify.strict_yaml import read
    from flows.wiring import now

    model = starter.model_of(bundled() / "packs", method.name)
    text = starter.check_text(name, method, model, today=f"{now():%Y-%m-%d}")
    check = read(text.encode(), source="check.yaml").validate(Check)
    values = open_values(check, Settings.read([]), folder)
    files = {
        folder / "check.yaml": text,
        folder / "vectors" / starter.FIRST: starter.vectors_text(check, values),
    }
    if check.mode != "human":
        files[folder / "vectors" / "specimens.json"] = starter.specimens_text(model, values)
    return files


def _pack_file(pack: Path, namespace: str, method: MethodSignature) -> Mapping[Path, str]:
    from certify.cli.standards.starter import pack_text

    path = pack / "pack.yaml"
    return {} if path.exists() else {path: pack_text(namespace, method)}


def _refuse_existing(folder: Path) -> None:
    if folder.exists():
        raise UnusableInput(
            Problem(
                source=str(folder),
                expected="no check of this name yet",
                found="one that is already there",
                remedy="Edit it, or choose another name.",
            )
        )


def _write(files: Mapping[Path, str], folder: Path) -> list[str]:
    """The files, and the schemas to which they point where there are none; nothing is ever replaced."""
    from certify.cli.standards.schema import FOLDER, write_schemas
    from certify.store import write_durably

    written = [str(path) for path, text in files.items() if write_durably(path, text.encode())]
    schemas = write_schemas(folder / FOLDER, replace=False)
    return written + [str(folder / FOLDER / name) for name in schemas]


def _local(namespace: str) -> bool:
    from certify.pack import is_local

    return is_local(namespace)


def _tell(page: Page, name: str, written: list[str], method: MethodSignature, *, new_pack: bool) -> None:
    namespace = name.partition("/")[0]
    schemas = [path for path in written if path.endswith(".schema.json")]
    for path in [path for path in written if path not in schemas]:
        page.say(f"wrote {path}")
    if schemas:
        page.say(f"wrote {len(schemas)} schemas, by which an editor notices slips, beside the packs")
    if not new_pack:
        page.say("If it is not there yet, add to `methods:` in pack.yaml:")
        page.say(f'{method.name}: "{method.version}"', indent=4)
    if not _local(namespace):
        page.say(
            f"Nothing loads {namespace} before its steward has signed it: `certify standards sign`. "
            "To try without a signature, choose a name under local.",
            style=DOUBTFUL,
        )
    page.say("Replace what says REPLACE, let vectors be proposed, and check until nothing is wrong:")
    page.say(f"certify standards propose {name}", indent=4)
    page.say(f"certify standards check {namespace}", indent=4)
