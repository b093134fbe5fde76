"""The worker of `certify prove`: two files in, one answer out.

`python -m checks.proof.worker CONTROL` starts the host, which imports what every proof needs, once, and forks
a worker that confines itself before it opens a file. How far it came it writes into a small file beside them.
"""

from __future__ import annotations

import os
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from pydantic import Field

from certify.errors import Problem, UnusableInput
from certify.sandbox import Caps, confine, serve
from certify.value import Line, Prose, Value
from checks.channel import CapsText
from checks.measured import CannotMeasure
from checks.proof.answer import Answer, Verdict
from checks.proof.budget import Budget, Watch
from checks.proof.property import F64
from checks.proof.vnnlib import read_vnnlib

if TYPE_CHECKING:
    from checks.proof.network import Network
    from checks.proof.runtime import Runtime

PREPARED: Final = ("torch", "onnx", "onnxruntime", "checks.proof.prover", "checks.proof.reading")
MODEL, PROPERTY, PROGRESS = "model.onnx", "property.vnnlib", "progress"
MOST_REGIONS: Final = 2**53


class Question(Value):
    """What is asked: the folder of both files, seconds for the proof, and where random numbers begin."""

    folder: Line
    seconds: int = Field(ge=1)
    seed: int = Field(ge=0)
    caps: CapsText


class Defect(Value):
    """A `certify.errors.Problem`; `source` is `MODEL` or `PROPERTY`."""

    source: Line
    line: int | None = None
    column: int | None = None
    expected: Prose
    found: Prose
    remedy: Prose
    code: Line = "value"


class Told(Value):
    """A verdict with what stands behind it, or else the defects of the files. Numbers are texts."""

    verdict: Verdict | None = None
    reason: Prose = "-"
    arithmetic: Prose = "Nothing was computed on which a proof could rest."
    inputs: tuple[Line, ...] = ()
    outputs: tuple[Line, ...] = ()
    regions: int = 0
    seconds: Line = "0"
    defects: tuple[Defect, ...] = ()


def main() -> None:
    """Be the host: fork a worker for each proof."""
    for name in PREPARED:
        import_module(name)
    serve(int(sys.argv[1]), work)


def work(channel: int) -> None:
    """Answer the question on standard input."""
    question = Question.from_bytes(sys.stdin.buffer.read(), source="question")
    confine(Caps(**question.caps.model_dump()))
    told = tell(question)
    with os.fdopen(channel, "wb") as stream:
        stream.write(told.to_bytes())


def tell(question: Question) -> Told:
    """Prove; what is wrong with a file becomes a defect, what stands in the way of a proof a reason."""
    try:
        return _proved(question)
    except UnusableInput as error:
        return Told(defects=tuple(map(_defect, error.problems)))
    except CannotMeasure as error:
        return _unknown(error.explanation)
    except MemoryError:
        return _unknown("The proof needed more memory than a worker may use.")


def _proved(question: Question) -> Told:
    from checks.proof.prover import confirming, prove, rounding_margin

    folder = Path(question.folder)
    data = (folder / MODEL).read_bytes()
    prop = read_vnnlib((folder / PROPERTY).read_bytes(), PROPERTY)
    network, model = _read(data)
    region = prop.cases[0].region
    found = len(region.lower), prop.cases[0].unsafe[0].rows.shape[1]
    if found != (network.inputs, network.outputs):
        raise UnusableInput(_other_shape((network.inputs, network.outputs), found))
    generator = np.random.default_rng(question.seed)
    budget = Budget(regions=MOST_REGIONS, seconds=question.seconds, watch=_noting(folder / PROGRESS))
    margin = rounding_margin(network, prop, model, generator)
    answer = prove(
        network, prop, budget=budget, generator=generator, confirms=confirming(prop, model), margin=margin
    )
    point = answer.counterexample
    return _told(answer, () if point is None else model(point[None])[0])


def _read(data: bytes) -> tuple[Network, Runtime]:
    from checks.proof.reading import read_network
    from checks.proof.runtime import Runtime

    try:
        return read_network(data, "The model"), Runtime(data, "the model")
    except CannotMeasure as error:
        raise UnusableInput(
            Problem(
                source=MODEL,
                expected="an ONNX network of which proofs are made",
                found=f"another one: {error.explanation}",
                remedy="Export it again with affine layers and Relu, one input and one output.",
            )
        ) from error


def _other_shape(model: tuple[int, int], found: tuple[int, int]) -> Problem:
    return Problem(
        source=PROPERTY,
        expected=f"{model[0]} inputs X_i and {model[1]} outputs Y_j, as the model has them",
        found=f"{found[0]} and {found[1]}",
        remedy="Declare all of both, in the order in which the model holds them.",
    )


def _noting(path: Path) -> Watch:
    """Writes how far it came, twice a second at most."""
    last = 0.0

    def note(regions: int, decided: float) -> None:
        nonlocal last
        if time.monotonic() - last > 0.5:
            last = time.monotonic()
            path.write_text(f"{regions} {decided:.4f}", encoding="ascii")

    return note


def _told(answer: Answer, outputs: F64 | tuple[()]) -> Told:
    point = answer.counterexample
    return Told(
        verdict=answer.verdict,
        reason=answer.reason,
        arithmetic=answer.arithmetic,
        inputs=tuple(map(repr, point.tolist())) if point is not None else (),
        outputs=tuple(repr(float(value)) for value in outputs),
        regions=answer.regions,
        seconds=f"{answer.seconds:.3f}",
    )


def _unknown(reason: str) -> Told:
    return Told(verdict="unknown", reason=reason[:2000])


def _defect(problem: Problem) -> Defect:
    return Defect(
        source=problem.source,
        line=problem.line,
        column=problem.column,
        expected=problem.expected,
        found=problem.found,
        remedy=problem.remedy,
        code=problem.code,
    )


if __name__ == "__main__":
    main()
