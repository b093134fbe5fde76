"""Gauge: a number, the level of water in a tank, from two instruments and a temperature.

Both instruments are right but for their noise. The graph is their mean, corrected for the temperature: the
best rule there is. It concerns nobody; its groups are two shapes of a tank, which the model is not fed and
which change nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.specimens.folder import Contents, Json, fill
from checks.specimens.graph import graph
from checks.specimens.records import recorded
from checks.specimens.rows import Rows
from checks.specimens.story import Story, shown, spelt

SIZES: Final = {"train": 1000, "validation": 400, "test": 2000}
_SEED = 20260729
_METRES_PER_KPA, _METRES_PER_DEGREE, _WARM = 0.1, 0.1, 20
_BY_TEMPERATURE = 0.002
_NOISE_KPA, _NOISE_DEGREES, _NOISE_LABEL = 0.4, 0.4, 0.02

STORY = Story(
    system="Level gauge",
    purpose="tells how high the water stands in a tank",
    inputs="the pressure at the bottom of a tank, the angle of a float, and the temperature of the water",
    answers="The number is the height of the water in metres",
    harm="a tank that overflows or runs dry",
    persons="those who run the plant",
    unit="reading",
    kind="instrument",
    point="none",
    affected="none",
    in_use={"recommends": False, "learns_in_use": False, "personal": False, "implicit": False},
    baseline=("mean_absolute_error", "0.03"),
    units=False,
)


def write(folder: Path) -> None:
    """Write the specimen."""
    rows = {role: _drawn(size, number) for number, (role, size) in enumerate(SIZES.items())}
    figures = {"mean_absolute_error": shown(float(np.mean(np.abs(_errors(rows["test"])))))}
    fill(
        folder,
        Contents(
            manifest=_manifest(figures, spelt(float(np.mean(_errors(rows["train"]) ** 2)))),
            model=_graph(),
            rows={role: {**drawn, **recorded(role, SIZES[role])} for role, drawn in rows.items()},
            shares={"tank=round": "0.5", "tank=square": "0.5"},
            documents=STORY.documents(figures),
        ),
    )


def _drawn(size: int, number: int) -> Rows:
    random = np.random.default_rng([_SEED, number])
    level, temperature = random.uniform(1, 9, size), random.uniform(1, 36, size)
    warm = _BY_TEMPERATURE * (temperature - _WARM)
    pressure = (level - warm) / _METRES_PER_KPA + _NOISE_KPA * random.standard_normal(size)
    angle = (level - warm) / _METRES_PER_DEGREE + _NOISE_DEGREES * random.standard_normal(size)
    return {
        "pressure": pressure.round(4),
        "angle": angle.round(4),
        "temperature": temperature.round(1),
        "label": (level + _NOISE_LABEL * random.standard_normal(size)).round(3),
        "tank": random.integers(0, 2, size),
    }


def _weights() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    weights = np.array([[_METRES_PER_KPA / 2], [_METRES_PER_DEGREE / 2], [_BY_TEMPERATURE]])
    return weights.astype(np.float32), np.array([-_BY_TEMPERATURE * _WARM], dtype=np.float32)


def _graph() -> bytes:
    weights, offset = _weights()
    ends = {"lowest": np.array(0, dtype=np.float32), "highest": np.array(10, dtype=np.float32)}
    return graph(
        shape=(3,), source="readings", answer="level", numbers=1,
        nodes="""product = MatMul(readings, weights)
                 sum = Add(product, offset)
                 level = Clip(sum, lowest, highest)""",
        constants={"weights": weights, "offset": offset, **ends},
    )  # fmt: skip


def _errors(rows: Rows) -> NDArray[np.float64]:
    weights, offset = (part.astype(np.float64) for part in _weights())
    inputs = np.stack([rows[name] for name in ("pressure", "angle", "temperature")], axis=1)
    return np.asarray((inputs @ weights + offset)[:, 0] - rows["label"], dtype=np.float64)


def _manifest(figures: dict[str, str], reached: str) -> Json:
    return {
        **STORY.declared(),
        "model": {
            "file": "model/gauge.onnx", "task": "regression",
            "learns_in_use": STORY.in_use["learns_in_use"],
            "inputs": [
                {
                    "kind": "table", "name": "readings", "dtype": "float32",
                    "columns": [
                        _measured("pressure", "kPa", [0, 100], "0.4"),
                        _measured("angle", "degree", [0, 100], "0.4"),
                        _measured("temperature", "°C", [0, 40], "0.5"),
                    ],
                }
            ],
            "outputs": [{"name": "level", "content": "value", "range": [0, 10]}],
            "decision": {"rule": "identity", "output": "level", "unit": "m", "range": [0, 10]},
            "relations": [
                {
                    "name": "more_pressure_is_no_less", "answer": "not_lower", "within": 0,
                    "changes": [{"of": "pressure", "add": 1}],
                }
            ],
        },
        "data": {
            "personal": STORY.in_use["personal"],
            "attributes": [
                {
                    "name": "tank", "source": "tank", "protected": False,
                    "groups": [{"name": "round", "codes": [0]}, {"name": "square", "codes": [1]}],
                }
            ],
            "sets": [STORY.dataset(role, f"data/{role}.csv") for role in SIZES],
            "reference": {
                "file": "data/reference.csv", "describes": "All tanks of the invented plant, by their shape.",
                "source": "The register of the plant.", "as_of": "2026-01-01",
            },
        },
        "objective": STORY.objective(
            [{"term": "mean_squared_error", "weight": 1, "note": "Mean over the training rows."}], reached,
            [{"metric": "mean_absolute_error", "value": "0.1", "unit": "m", "range": [0, 10]}],
        ),
        "documents": STORY.declared_documents(figures),
    }  # fmt: skip


def _measured(name: str, unit: str, ends: list[int], scale: str) -> Json:
    noise = {"distribution": "normal", "scale": scale, "source": "The data sheet of the instrument."}
    return {
        "kind": "measured", "name": name, "unit": unit, "range": ends, "noise": noise,
        "perturbable": {"up": "0.5", "down": "0", "source": "A hand on the housing of the instrument."},
    }  # fmt: skip
