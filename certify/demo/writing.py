"""The folder of a demonstration: its texts with the numbers filled in, and its data, always the same bytes.

The texts stand beside this file under `texts/`, as they will be read, with `$name` where a number comes from
the build. A name without a number, and a number in no text, are errors.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from string import Template
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from certify.errors import Problem, UnusableInput

TEXTS: Final = Path(__file__).with_name("texts")
LIBRARIES: Final = ("numpy", "onnx", "onnxruntime", "scikit-learn", "torch")


def open_folder(folder: Path) -> None:
    """Make the folder with its three parts; refuses one that already holds something."""
    if folder.exists() and any(folder.iterdir()):
        raise UnusableInput(
            Problem(
                source=str(folder),
                expected="a folder that is new or empty",
                found="files in it",
                remedy="Name another folder, or remove what is there.",
            )
        )
    for part in ("model", "data", "documents"):
        (folder / part).mkdir(parents=True)


def write_texts(name: str, folder: Path, values: Mapping[str, object]) -> None:
    """Fill in every text of a demonstration; raises `ValueError` where texts and values do not match."""
    known = {**values, **_versions()}
    used: set[str] = set()
    for source in _texts(name):
        template = Template(source.read_text("utf-8"))
        used |= set(template.get_identifiers())
        target = folder / source.relative_to(TEXTS / name)
        target.write_text(_filled(template, known, source), "utf-8", newline="\n")
    if unused := sorted(set(values) - used):
        raise ValueError(f"expected every number to stand in a text, {', '.join(unused)} stands in none")


def _texts(name: str) -> Iterator[Path]:
    return (path for path in sorted((TEXTS / name).rglob("*")) if path.is_file())


def _filled(template: Template, values: Mapping[str, object], source: Path) -> str:
    try:
        return template.substitute(values)
    except KeyError as error:
        raise ValueError(f"expected a number for each name in {source.name}, none for {error}") from error


def _versions() -> dict[str, str]:
    return {f"{name.replace('-', '_')}_version": version(name) for name in LIBRARIES}


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """An uncompressed npz; numpy writes no clock into it."""
    np.savez(path, **dict(arrays))  # type: ignore[arg-type]  # the stub takes the names for its own options


def write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A CSV in UTF-8 with line feeds."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
