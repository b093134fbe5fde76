"""`certify prove`: whether a property of a network holds at every point of a region."""

from __future__ import annotations

import math
import shutil
import sys
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from certify.cli.console import AsJson, Exit, print_json, visible

if TYPE_CHECKING:
    from flows.proving import Proof


def prove(
    model: Annotated[Path, typer.Argument(help="The network, in ONNX.")],
    prop: Annotated[
        Path,
        typer.Argument(metavar="PROPERTY", help="What must never happen, in VNN-LIB: regions and answers."),
    ],
    timeout: Annotated[int, typer.Option("--timeout", min=1, max=86_400, help="Seconds for the proof.")] = 60,
    as_json: AsJson = False,
) -> None:
    """Prove that a property holds in a whole region, or find a point at which it does not.

    Returns 0 if it holds, 1 if it is violated or unknown. Decides about no submission.
    """
    from flows.proving import prove_files

    line = _Line(timeout, quiet=as_json or not sys.stderr.isatty())
    try:
        proof = prove_files(model, prop, timeout, line.show)
    finally:
        line.clear()
    if as_json:
        print_json(_as_json(model, prop, proof))
    else:
        _print(proof)
    raise typer.Exit(Exit.CONFORMING if proof.told.verdict == "holds" else Exit.NON_CONFORMING)


class _Line:
    """One line that says how far a proof came; when it will end nobody knows, so it says the latest."""

    def __init__(self, timeout: int, *, quiet: bool) -> None:
        self._timeout, self._quiet, self._started, self._width = timeout, quiet, time.monotonic(), 0

    def show(self, regions: int, decided: float) -> None:
        if self._quiet:
            return
        text = f"{time.monotonic() - self._started:.0f} s of {self._timeout} at most"
        text += f", {decided:.0%} of the region decided, {regions} boxes" if regions else ", searching"
        self._write(text[: shutil.get_terminal_size().columns - 1])

    def clear(self) -> None:
        if self._width:
            self._write("")
            print("\r", end="", file=sys.stderr, flush=True)

    def _write(self, text: str) -> None:
        print("\r" + text.ljust(self._width), end="", file=sys.stderr, flush=True)
        self._width = len(text)


_MEANING = {
    "holds": "HOLDS in real numbers: no point of any region is answered unsafely.",
    "violated": "VIOLATED. The model answers this point unsafely:",
    "unknown": "UNKNOWN. Neither proved nor refuted, so nothing may rest on it.",
}


def _print(proof: Proof) -> None:
    told = proof.told
    typer.echo(_MEANING[told.verdict or "unknown"])
    for name, values in (("X", told.inputs), ("Y", told.outputs)):
        for i, value in enumerate(values):
            typer.echo(f"    {name}_{i} = {visible(value)}")
    for text in (told.reason, told.arithmetic):
        typer.echo(textwrap.fill(visible(text), shutil.get_terminal_size().columns))
    typer.echo(f"{told.regions} boxes, {visible(told.seconds)} s")
    typer.echo(f"Model    {proof.model}\nProperty {proof.property}")


def _as_json(model: Path, prop: Path, proof: Proof) -> dict[str, Any]:
    told = proof.told
    point = {"inputs": [_number(x) for x in told.inputs], "outputs": [_number(y) for y in told.outputs]}
    return {
        "verdict": told.verdict or "unknown",
        "counterexample": point if told.verdict == "violated" else None,
        "reason": told.reason,
        "arithmetic": told.arithmetic,
        "regions": told.regions,
        "seconds": _number(told.seconds),
        "model": {"path": str(model), "digest": str(proof.model)},
        "property": {"path": str(prop), "digest": str(proof.property)},
    }


def _number(text: str) -> float | str:
    """A number that JSON knows, else its text."""
    try:
        value = float(text)
    except ValueError:
        return text
    return value if math.isfinite(value) else text
