"""Screening: a binary decision about persons, from a table of four measured numbers and a code.

Two populations, one to be referred and one not, are drawn as normal distributions with the same spread, for
which a linear rule is the best there is: it is wrong about once in a hundred rows. The graph is that rule as
logistic regression finds it in the training rows. The declared loss was really minimised, until nothing more
was to be gained, and the declared value is the one that it has at the delivered weights. Age moves one of the
numbers in both populations alike, and sex moves nothing: no group is at a disadvantage. The sex is fed, and
its column is taken out before it meets a weight, as the manifest declares.

There are 4,000 test rows, hence about 900 persons to be referred in each group, for the sake of the model
that answers at random. That two equal rates of one half lie at most 0.1 apart needs 520 cases in each group
by the union bound of two exact bounds, and more where they differ by chance; for rates of 0.98 it needs 70.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.specimens.folder import Contents, Json, fill
from checks.specimens.graph import graph
from checks.specimens.records import recorded
from checks.specimens.regression import Values, logistic, loss
from checks.specimens.rows import Rows
from checks.specimens.story import Story, shown, spelt

SIZES: Final = {"train": 1500, "validation": 600, "test": 4000}
NEGATIVE, POSITIVE = "clear", "refer"
_SEED = 20260727
_REFERRED = 0.45
_MIDDLE_AGE = 54
_MARKER_BY_AGE = 0.3
_SPREAD = np.array([10.0, 8.0, 8.0])
_COLUMNS: Final = ("age", "sex", "marker", "enzyme", "pulse")
_USED: Final = np.array([1.0, 0.0, 1.0, 1.0, 1.0])
"""Which columns meet a weight: all but the sex."""

_PENALTY: Final = "0.01"
"""The declared weight of the squared weights."""

_LOW = np.array([40.0, 40.0, 70.0])
_HIGH = np.array([76.0, 60.0, 82.0])
"""Spread and means of marker, enzyme and pulse, without and with what is looked for."""

STORY = Story(
    system="Referral screening",
    purpose="tells whether an adult who comes to a clinic is to be referred to a specialist",
    inputs="age, sex, a marker, an enzyme and the pulse of an adult",
    answers="A probability of a half or more means that the person is to be referred",
    harm="a referral in vain, or an illness that is found late",
    persons="adults who come to the clinic",
    unit="person",
    kind="product",
    point="5(a)",
    affected="directly",
    in_use={"recommends": True, "learns_in_use": True, "personal": True, "implicit": True},
    choices=(
        {
            "name": "By urgency", "describes": "Who is probably ill is shown to staff first.",
            "uses_profiling": True,
        },
        {
            "name": "By arrival", "describes": "Who came first is shown to staff first.",
            "uses_profiling": False,
        },
    ),
)  # fmt: skip


def write(folder: Path) -> None:
    """Write the specimen."""
    rows = {role: _drawn(size, number) for number, (role, size) in enumerate(SIZES.items())}
    found = _fitted(rows["train"])
    rows["test"]["decided"] = _decided(rows["test"], found)
    figures = _figures(rows["test"])
    fill(
        folder,
        Contents(
            manifest=_manifest(figures, _reached(rows["train"], found)),
            model=_graph(found),
            rows={role: {**drawn, **recorded(role, SIZES[role])} for role, drawn in rows.items()},
            shares={
                "sex=female": "0.5", "sex=male": "0.5",
                "age_band=under_54": "0.5", "age_band=from_54": "0.5",
                **{
                    f"age_band={age} & sex={sex}": "0.25"
                    for age in ("under_54", "from_54") for sex in ("female", "male")
                },
            },
            documents=STORY.documents(figures),
        ),
    )  # fmt: skip


def _drawn(size: int, number: int) -> Rows:
    random = np.random.default_rng([_SEED, number])
    age = random.uniform(18, 90, size).round(1)
    sex = random.integers(0, 2, size)
    referred = random.random(size) < _REFERRED
    means = np.where(referred[:, np.newaxis], _HIGH, _LOW)
    values = means + _SPREAD * random.standard_normal((size, 3))
    values[:, 0] += _MARKER_BY_AGE * (age - _MIDDLE_AGE)
    marker, enzyme, pulse = np.clip(values, 1, [139, 109, 129]).round(4).T
    return {
        "age": age, "sex": sex, "marker": marker, "enzyme": enzyme, "pulse": pulse.round(2),
        "label": np.where(referred, POSITIVE, NEGATIVE),
    }  # fmt: skip


def _fitted(train: Rows) -> Values:
    """The weights of the columns, and last the offset, rounded to what the graph holds."""
    found = logistic(_met(train), _true(train), float(_PENALTY))
    return found.astype(np.float32).astype(np.float64)


def _reached(train: Rows, found: Values) -> str:
    return spelt(loss(_met(train), _true(train), float(_PENALTY), found))


def _met(rows: Rows) -> Values:
    """What meets the weights: the columns as they are fed, in float32, and nothing of the sex."""
    fed = np.stack([rows[name] for name in _COLUMNS], axis=1).astype(np.float32)
    return np.asarray(_USED * fed, dtype=np.float64)


def _true(rows: Rows) -> Values:
    return np.asarray(rows["label"] == POSITIVE, dtype=np.float64)


def _graph(found: Values) -> bytes:
    weights, offset = found[:-1].reshape(-1, 1).astype(np.float32), found[-1:].astype(np.float32)
    return graph(
        shape=(5,), source="features", answer="probability", numbers=1,
        nodes="""met = Mul(features, used)
                 product = MatMul(met, weights)
                 odds = Add(product, offset)
                 probability = Sigmoid(odds)""",
        constants={"used": _USED.astype(np.float32), "weights": weights, "offset": offset},
    )  # fmt: skip


def _decided(rows: Rows, found: Values) -> NDArray[np.str_]:
    """What the system decides, reckoned here by the rule itself, and again later by whoever checks it."""
    return np.where(_met(rows) @ found[:-1] + found[-1] >= 0, POSITIVE, NEGATIVE)


def _figures(test: Rows) -> dict[str, str]:
    """What the documents print: a figure of what is claimed, and of nothing else."""
    return {"accuracy": shown(float(np.mean(test["decided"] == test["label"])))}


def _objective(reached: str) -> Json:
    """What `_fitted` did, in the vocabulary."""
    return STORY.objective(
        [
            {"term": "binary_cross_entropy", "weight": 1, "note": "Mean over the training rows."},
            {"term": "l2_weights", "weight": _PENALTY, "tensors": ["weights"], "note": "The offset is free."},
        ],
        reached,
        [{"metric": "accuracy", "value": "0.97"}],
        training={
            "optimiser": "Newton's method from zero, on all rows at once", "converged": True,
            "early_stopping": "It ended when no slope of the loss was above 1e-10.",
        },
        unused=["sex"],
    )  # fmt: skip


def _manifest(figures: dict[str, str], reached: str) -> Json:
    age = {"kind": "measured", "name": "age", "unit": "a", "range": [18, 90]}
    return {
        **STORY.declared(),
        "model": {
            "file": "model/screening.onnx", "task": "binary",
            "learns_in_use": STORY.in_use["learns_in_use"],
            "inputs": [
                {
                    "kind": "table", "name": "features", "dtype": "float32",
                    "columns": [
                        {
                            **age, "exact": "Counted from the date of birth.",
                            "perturbable": _leeway("0", "The register of the clinic holds the date."),
                        },
                        {
                            "kind": "coded", "name": "sex", "codes": [0, 1], "meaning": "0 female, 1 male",
                            "perturbable": {"to": [0, 1], "source": "A person says so at the desk."},
                        },
                        _measured("marker", "mg/l", [0, 150], "0.5"),
                        _measured("enzyme", "U/l", [0, 120], "0.5")
                        | {"direction": "increasing"},
                        _measured("pulse", "1/min", [0, 140], "0.5"),
                    ],
                }
            ],
            "outputs": [{"name": "probability", "content": "probability", "range": [0, 1]}],
            "decision": {
                "rule": "threshold", "output": "probability", "column": 0, "threshold": "0.5",
                "negative": NEGATIVE, "positive": POSITIVE, "favourable": "negative",
            },
            "relations": [
                {
                    "name": "more_marker_is_no_better", "answer": "not_lower", "within": 0,
                    "changes": [{"of": "marker", "add": 5}],
                }
            ],
        },
        "data": {
            "personal": STORY.in_use["personal"],
            "attributes": [
                {
                    "name": "sex", "source": "sex", "protected": True,
                    "groups": [{"name": "female", "codes": [0]}, {"name": "male", "codes": [1]}],
                },
                {
                    "name": "age_band", "source": "age", "protected": True,
                    "groups": [
                        {"name": "under_54", "from": 0, "below": 54},
                        {"name": "from_54", "from": 54, "below": 1000},
                    ],
                },
            ],
            "sets": [
                STORY.dataset(role, f"data/{role}.csv", "decided" if role == "test" else None)
                for role in SIZES
            ],
            "reference": {
                "file": "data/reference.csv", "describes": "All adults who come to the invented clinic.",
                "source": "The shares with which the generator draws.", "as_of": "2026-01-01",
            },
        },
        "objective": _objective(reached),
        "documents": STORY.declared_documents(figures),
    }  # fmt: skip


def _measured(name: str, unit: str, ends: list[int], scale: str) -> Json:
    noise = {"distribution": "normal", "scale": scale, "source": "The same person, measured twice."}
    return {
        "kind": "measured", "name": name, "unit": unit, "range": ends, "noise": noise,
        "perturbable": _leeway("0.5", "Coffee and a night without sleep before the test."),
    }  # fmt: skip


def _leeway(most: str, source: str) -> Json:
    return {"up": most, "down": most, "source": source}
