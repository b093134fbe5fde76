import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from checks.energy import inference as module
from checks.energy.inference import Rows, inference, repeat
from checks.energy.meter import Reading
from checks.measured import CannotMeasure, Confidence, Measured
from checks.subject import Subject

CONFIDENCE = Confidence(0.975)
ROWS = pd.DataFrame({"x": [-2.0, -1.0, 1.0, 2.0, 3.0], "label": "yes"})


class Clock:
    """A clock by which every run takes as long as it is told, in turn; the wall takes twice as long."""

    def __init__(self, *seconds: float) -> None:
        self.seconds, self.now, self.runs, self.reads = seconds, 0.0, 0, 0

    def __call__(self) -> Reading:
        if self.reads % 2:
            self.now += self.seconds[self.runs % len(self.seconds)]
            self.runs += 1
        self.reads += 1
        return Reading(cpu_s=self.now, wall_s=2 * self.now)


@pytest.fixture
def measure(make_subject: Callable[..., Subject], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Measured]:
    """Runs the method; with seconds given, by a clock that takes them in turn from the warm-up on."""

    def run(*seconds: float, repeats: int = 6, batch: int = 2, watts: float = 10.0) -> Measured:
        if seconds:
            monkeypatch.setattr(module, "read_clocks", Clock(*seconds))
        subject = make_subject(ROWS)
        data = subject.table("test")
        return inference(
            subject, data, CONFIDENCE, repeats=repeats, batch=batch, watts_per_core=watts
        )  # fmt: skip

    return run


def circumstances(measured: Measured) -> dict[str, str]:
    return {circumstance.name: circumstance.value for circumstance in measured.circumstances}


def test_joules_are_seconds_times_watts_per_thousand_inferences(measure: Callable[..., Measured]) -> None:
    measured = measure(1.0, 1, 2, 3, 4, 5, 6)  # the warm-up takes one second, and two inferences suffice
    energy = measured.estimates[0]
    assert (energy.statistic, energy.unit, energy.n) == ("energy_per_1000", "J", 6)
    assert float(energy.value) == 3.5 * 10 / 2 * 1000
    assert float(energy.demonstrating.lower or 0) == 1 * 10 / 2 * 1000
    assert float(energy.demonstrating.upper or 0) == 6 * 10 / 2 * 1000


def test_a_model_that_takes_twice_as_long_takes_twice_the_energy(measure: Callable[..., Measured]) -> None:
    frugal, hungry = measure(0.2).estimates[0], measure(0.4).estimates[0]
    assert float(hungry.value) == pytest.approx(2 * float(frugal.value))
    assert float(hungry.refuting.lower or 0) == pytest.approx(2 * float(frugal.refuting.upper or 0))


def test_the_work_is_doubled_until_a_run_can_be_measured(measure: Callable[..., Measured]) -> None:
    measured = measure(0.01, 0.02, 0.04, 0.08, *[0.08] * 6)
    assert circumstances(measured)["inferences_per_repeat"] == "16"


def test_the_circumstances_say_what_kind_of_figure_it_is(measure: Callable[..., Measured]) -> None:
    said = circumstances(measure(0.5, watts=12.5))
    assert said["energy_class"] == "modelled"
    assert said["watts_per_core"] == "12.5"
    assert said["batch"] == "2"
    assert said["wall_to_cpu"] == "2.000"
    assert said["processor"]


def test_every_repeat_is_shown_in_joules(measure: Callable[..., Measured]) -> None:
    table = json.loads(measure(0.5, repeats=7).exhibits[0].data)
    assert [row["repeat"] for row in table] == list(range(1, 8))
    assert {row["joules"] for row in table} == {5}


def test_real_clocks_give_a_positive_median_within_its_bounds(measure: Callable[..., Measured]) -> None:
    energy = measure().estimates[0]
    lower, upper = energy.demonstrating.lower, energy.demonstrating.upper
    assert lower is not None
    assert upper is not None
    assert 0 < lower <= energy.value <= upper


def test_too_few_repeats_are_not_measured(measure: Callable[..., Measured]) -> None:
    with pytest.raises(CannotMeasure, match="too few"):
        measure(0.5, repeats=5)
    with pytest.raises(CannotMeasure, match="too few"):
        measure(0.5, repeats=0)


@pytest.mark.parametrize("watts", [0.0, -1.0, float("nan")])
def test_a_processor_that_needs_no_power_is_not_believed(
    measure: Callable[..., Measured], watts: float
) -> None:
    with pytest.raises(CannotMeasure, match="positive"):
        measure(0.5, watts=watts)


def test_a_clock_that_stands_still_is_not_waited_for(
    measure: Callable[..., Measured], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_INFERENCES", 64)
    with pytest.raises(CannotMeasure, match="no measurable"):
        measure(0.0)


def test_no_data_and_no_batch_are_not_measured(
    measure: Callable[..., Measured], make_subject: Callable[..., Subject]
) -> None:
    with pytest.raises(CannotMeasure):
        inference(make_subject(), None, CONFIDENCE, repeats=6, batch=1, watts_per_core=1.0)
    with pytest.raises(CannotMeasure):
        measure(0.5, batch=0)


def test_repeats_draw_rows_at_random_with_the_same_number_of_inferences_each() -> None:
    """Cheap rows that stand first would else be the only ones that are ever run."""

    class Recorder:
        def __init__(self) -> None:
            self.seen: list[list[float]] = []

        def outputs(self, inputs: dict[str, np.ndarray], *, batch: int) -> None:
            assert batch == 2
            self.seen.append(inputs["x"].tolist())

    recorder = Recorder()
    rows = Rows({"x": np.arange(1000.0)}, np.random.default_rng(0))
    repeat(recorder, rows, batch=2, size=4, repeats=3, clock=Clock(1.0))  # type: ignore[arg-type]
    assert [len(block) for block in recorder.seen] == [4, 4, 4]
    assert max(max(block) for block in recorder.seen) > 500
    assert len({tuple(block) for block in recorder.seen}) == 3
