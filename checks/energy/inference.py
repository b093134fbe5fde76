"""Energy of running the model: processor time times declared watts per core, hence of class `modelled`.

No power meter is read: virtual machines expose none. What is metered is the processor time of the whole
call, this program's share of it included, which can only make the figure larger. It says nothing of memory,
cooling, idle machines or training.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from certify.digest import canonical
from certify.environment import processor
from certify.evidence import Circumstance, exact
from checks.energy.meter import Clock, Reading, metered, read_clocks
from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.predictor import Inputs, Predictor
from checks.statistics.quantiles import median
from checks.subject import Subject
from checks.table import Table

CPU_SECONDS = 0.05
"""Each repeat lasts at least about this long: the clock's own cost and resolution then vanish."""

PER = 1000
_MOST_INFERENCES = 1 << 22


def inference(
    subject: Subject,
    data: Table | None,
    confidence: Confidence,
    *,
    repeats: int,
    batch: int,
    watts_per_core: float,
) -> Measured:
    """Estimates `energy_per_1000` in joules: the median over `repeats`, with distribution-free bounds.

    Every repeat makes the same number of inferences, found by a warm-up, each on a row of the table drawn at
    random with replacement: dear rows cannot hide behind cheap ones that stand first. The bounds take repeats
    as independent: `wall_to_cpu` tells how much else the machine did meanwhile. A graph with a fixed batch
    size runs at that size whatever `batch` asks.
    Raises `CannotMeasure` for too few repeats, no rows, or a processor that is declared to need no power.
    """
    if data is None or data.rows == 0:
        raise CannotMeasure("energy needs rows to run the model on")
    if batch < 1 or not watts_per_core > 0:
        raise CannotMeasure(
            "energy needs a batch of at least one case and a positive number of watts per core"
        )
    batch = subject.predictor.fixed_batch or batch
    rows = Rows(data.inputs, subject.generator(0, "energy"))
    size = _inferences(subject.predictor, rows, batch, read_clocks)
    readings = repeat(subject.predictor, rows, batch=batch, size=size, repeats=repeats, clock=read_clocks)
    joules = [reading.cpu_s * watts_per_core for reading in readings]
    per_1000 = median([j / size * PER for j in joules], confidence)
    return Measured(
        estimates=(per_1000.estimate(statistic="energy_per_1000", unit="J", confidence=confidence),),
        circumstances=_circumstances(readings, size=size, batch=batch, watts=watts_per_core),
        exhibits=(_exhibit(readings, joules),),
    )


class Rows:
    """The rows of a table as an endless supply, drawn at random."""

    def __init__(self, inputs: Inputs, random: np.random.Generator) -> None:
        self._inputs = inputs
        self._random = random

    def draw(self, size: int) -> Inputs:
        """`size` rows, each drawn from all."""
        rows = len(next(iter(self._inputs.values())))
        positions = self._random.integers(0, rows, size)
        return {name: value[positions] for name, value in self._inputs.items()}


def repeat(
    predictor: Predictor, rows: Rows, *, batch: int, size: int, repeats: int, clock: Clock
) -> list[Reading]:
    """The clocks' differences over `repeats` runs of `size` inferences each."""
    blocks = (rows.draw(size) for _ in range(repeats))
    return [metered(partial(predictor.outputs, block, batch=batch), clock) for block in blocks]


def _inferences(predictor: Predictor, rows: Rows, batch: int, clock: Clock) -> int:
    """The warm-up: double the work until one run of it lasts long enough."""
    predictor.outputs(rows.draw(batch), batch=batch)
    size = batch
    while repeat(predictor, rows, batch=batch, size=size, repeats=1, clock=clock)[0].cpu_s < CPU_SECONDS:
        size *= 2
        if size > _MOST_INFERENCES:
            raise CannotMeasure(f"{size} inferences take no measurable processor time")
    return size


def _circumstances(
    readings: Sequence[Reading], *, size: int, batch: int, watts: float
) -> tuple[Circumstance, ...]:
    wall = sum(reading.wall_s for reading in readings)
    cpu = sum(reading.cpu_s for reading in readings)
    values = {
        "energy_class": "modelled",
        "watts_per_core": str(exact(watts)),
        "batch": str(batch),
        "inferences_per_repeat": str(size),
        "wall_to_cpu": f"{wall / cpu:.3f}",
        "processor": processor(),
    }
    return tuple(Circumstance(name=name, value=value) for name, value in values.items())


def _exhibit(readings: Sequence[Reading], joules: Sequence[float]) -> Exhibit:
    table = [
        {"repeat": number, "cpu_s": reading.cpu_s, "wall_s": reading.wall_s, "joules": energy}
        for number, (reading, energy) in enumerate(zip(readings, joules, strict=True), start=1)
    ]
    return Exhibit(
        name="repeats.json", media_type="application/json", visibility="public", data=canonical(table)
    )
