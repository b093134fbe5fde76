"""Tables with one defect at a known rate, put to the checks that are there to refuse it.

Each defect is planted in a table that is sound otherwise, and measured by the method and judged by the limit
of a check that ships. Printed: how often the bounds hold the planted rate, how often the check then refuses,
and how often it demonstrates the sound table, whose refusals are false alarms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from certify.digest import Digest
from certify.evidence import Measurement
from certify.ruling import Outcome, rule
from certify.standard import Check
from certify.task import task_of
from certify.verdict import Judgement
from checks.catalogue import measure
from checks.measured import CannotMeasure
from flows.wiring import BUNDLED_STANDARDS, Workplace

TRAIN, TEST = 3000, 2000
SEEDS = range(20)
POPULATION = {"sex=female": 0.5, "sex=male": 0.5, "age_band=young": 0.5, "age_band=old": 0.5}
ATTRIBUTES = {"sex": {"female": [0], "male": [1]}, "age_band": {"young": (20, 50), "old": (50, 80)}}
DECLARED = {
    "time_column": "seen", "place_column": "town", "places": ["north", "south"], "key_columns": ["visit"],
    "unit_column": "patient", "most_rows_per_unit": 1,
}  # fmt: skip

Tables = dict[str, pd.DataFrame]
Plant = Callable[[Tables, float, np.random.Generator], float]
"""Plants a defect at a rate and returns the share of rows that really have it."""


def sound(rng: np.random.Generator) -> Tables:
    """A training and a test table of patients, seen in one year, the test later than the training."""
    return {"train": _rows(rng, TRAIN, 0, "2025-01-01"), "test": _rows(rng, TEST, TRAIN, "2025-07-01")}


def _rows(rng: np.random.Generator, rows: int, first: int, start: str) -> pd.DataFrame:
    age = rng.integers(20, 80, rows).astype(float)
    height = rng.normal(170, 9, rows).clip(130, 219).round(1)
    marker = rng.beta(2, 2, rows).round(4)
    noise = rng.normal(0, 0.05, rows)
    days = pd.to_datetime(start) + pd.to_timedelta(rng.integers(0, 170, rows), unit="D")
    return pd.DataFrame(
        {
            "age": age,
            "height": height,
            "marker": marker,
            "sex": rng.integers(0, 2, rows).astype(float),
            "patient": [f"p{first + n:06d}" for n in range(rows)],
            "visit": [f"v{first + n:06d}" for n in range(rows)],
            "seen": days.strftime("%Y-%m-%d"),
            "town": rng.choice(["north", "south"], rows),
            "note": rng.choice(["stable", "improved", "to be seen again"], rows),
            "label": np.where(marker + noise + (age - 50) / 300 > 0.5, "yes", "no"),
        }
    )


def some(frame: pd.DataFrame, rate: float, rng: np.random.Generator) -> np.ndarray:
    return rng.random(len(frame)) < rate


def setting(role: str, column: str, value: Any) -> Plant:
    """In some rows of a column stands something else."""

    def plant(tables: Tables, rate: float, rng: np.random.Generator) -> float:
        frame = tables[role]
        chosen = some(frame, rate, rng)
        changed = value(frame[column]) if callable(value) else value
        kind = object if isinstance(changed, str) else frame[column].dtype
        tables[role] = frame.assign(**{column: frame[column].astype(kind).mask(chosen, changed)})
        return float(chosen.mean())

    return plant


def copying(source: str, target: str, *, change: float = 0.0) -> Plant:
    """Some rows of `target` are replaced by rows of `source`, with the last digits of a number changed."""

    def plant(tables: Tables, rate: float, rng: np.random.Generator) -> float:
        frame, other = tables[target], tables[source]
        chosen = np.flatnonzero(some(frame, rate, rng))
        if source == target:
            chosen = chosen[chosen > len(frame) // 2]
        drawn = rng.choice(len(frame) // 2 if source == target else len(other), len(chosen), replace=False)
        names = ["age", "height", "marker", "sex", "label"]
        new = frame.copy()
        new.loc[chosen, names] = other.loc[drawn, names].to_numpy()
        new.loc[chosen, "marker"] = (new.loc[chosen, "marker"].astype(float) + change).clip(0, 1)
        tables[target] = new.astype({name: frame[name].dtype for name in names})
        return len(chosen) / len(frame)

    return plant


def known_patients(units: Any) -> Any:
    """The number of a patient of the training data."""
    return "p" + units.str[1:].astype(int).sub(TRAIN).astype(str).str.zfill(6)


def flipping(role: str) -> Plant:
    def plant(tables: Tables, rate: float, rng: np.random.Generator) -> float:
        frame = tables[role]
        chosen = some(frame, rate, rng)
        other = frame.label.map({"yes": "no", "no": "yes"})
        tables[role] = frame.assign(label=frame.label.mask(chosen, other))
        return float(chosen.mean())

    return plant


def giving_away(tables: Tables, rate: float, rng: np.random.Generator) -> float:
    """The height says the label, but for a share of `1 - rate` of the rows."""
    for role, frame in tables.items():
        chosen = some(frame, rate, rng)
        tables[role] = frame.assign(
            height=frame.height.mask(chosen, np.where(frame.label == "yes", 200, 140))
        )
    return rate


def drifting(tables: Tables, rate: float, rng: np.random.Generator) -> float:
    """Some of the test rows come from a population with high markers."""
    frame = tables["test"]
    chosen = some(frame, rate, rng)
    tables["test"] = frame.assign(marker=frame.marker.mask(chosen, 0.99))
    return rate


def leaving_out(tables: Tables, rate: float, rng: np.random.Generator) -> float:
    """So large a share of the women is missing from the test data."""
    frame = tables["test"]
    left = (frame.sex == 0) & some(frame, rate, rng)
    tables["test"] = frame[~left].reset_index(drop=True)
    return rate


def constant(tables: Tables, rate: float, rng: np.random.Generator) -> float:
    frame = tables["train"]
    tables["train"] = frame.assign(height=frame.height.mask(some(frame, rate, rng), 170.0))
    return rate


def cornered(tables: Tables, rate: float, rng: np.random.Generator) -> float:
    """So large a share of the upper halves of age and marker is missing from the training data."""
    frame = tables["train"]
    upper = (frame.age > 50) | (frame.marker > 0.5)
    left = upper & (frame.age > 80 - 60 * rate) if rate < 1 else upper
    tables["train"] = frame[~left].reset_index(drop=True)
    return rate


@dataclass(frozen=True, kw_only=True)
class Defect:
    """One kind of defect: how it is planted, which check refuses it, which estimate tells its rate."""

    name: str
    plant: Plant
    check: str
    statistic: str | None = None
    stratum: str = "all"
    rates: tuple[float, ...] = (0.02, 0.1)
    parameters: dict[str, Any] = field(default_factory=dict)
    alarms: int = 1
    """So many of twenty sound tables may be refused: near copies have wide bounds in small tables."""

    def __str__(self) -> str:
        return self.name


DEFECTS = (
    Defect(name="missing values", plant=setting("test", "age", np.nan), check="complete-test-data",
           statistic="incomplete_share"),
    Defect(name="values out of range", plant=setting("test", "height", 999.0),
           check="test-data-inside-the-domain", statistic="outside_share"),
    Defect(name="against the declaration", plant=setting("test", "height", 999.0),
           check="test-data-as-declared"),
    Defect(name="labels that are no class", plant=setting("test", "label", "perhaps"),
           check="known-labels-in-test-data", statistic="unknown_label_share"),
    Defect(name="wrong labels", plant=flipping("test"), check="right-labels-in-test-data", rates=(0.05, 0.2)),
    Defect(name="copies in training", plant=copying("train", "train"), check="no-duplicates-in-training-data",
           statistic="repeated_share"),
    Defect(name="near copies in training", plant=copying("train", "train", change=0.0003),
           check="no-near-duplicates-in-training-data"),
    Defect(name="test rows seen in training", plant=copying("train", "test"),
           check="no-test-data-in-training-data", statistic="overlapping_share"),
    Defect(name="test rows nearly seen", plant=copying("train", "test", change=0.0003),
           check="no-near-test-data-in-training-data", alarms=5),
    Defect(name="units seen in training", plant=setting("test", "patient", known_patients),
           check="no-test-unit-in-training-data", statistic="known_unit_share"),
    Defect(name="test before training", plant=setting("test", "seen", "2025-02-01"),
           check="test-data-later-than-training-data"),
    Defect(name="dates outside the period", plant=setting("test", "seen", "2019-05-05"),
           check="test-data-collected-in-the-period", statistic="outside_period_share"),
    Defect(name="rows from elsewhere", plant=setting("test", "town", "elsewhere"),
           check="test-data-from-declared-places"),
    Defect(name="keys that repeat", plant=setting("test", "visit", "v000000"),
           check="unique-keys-in-test-data"),
    Defect(name="heights in metres", plant=setting("train", "height", lambda c: c / 100),
           check="one-unit-per-column", statistic="mixed_unit_share", stratum="feature=height"),
    Defect(name="a column of one value", plant=constant, check="no-constant-columns", rates=(0.5, 1.0)),
    Defect(name="telephone numbers in notes", plant=setting("train", "note", "call +33 6 12 34 56 78"),
           check="no-identifiers-in-training-data"),
    Defect(name="e-mail addresses in notes", plant=setting("train", "note", "anna.meier@example.org"),
           check="no-identifiers-in-training-data"),
    Defect(name="a feature that gives it away", plant=giving_away, check="no-feature-gives-the-answer-away",
           rates=(0.5, 0.99)),
    Defect(name="another population in test", plant=drifting, check="test-data-like-training-data",
           rates=(0.05, 0.3)),
    Defect(name="women left out of test", plant=leaving_out, check="representative-test-data",
           parameters={"groups": ("sex=female", "sex=male")}, rates=(0.3, 0.9)),
    Defect(name="unlike the population", plant=leaving_out, check="test-data-resemble-the-population",
           parameters={"attributes": ("sex",)}, rates=(0.3, 0.9)),
    Defect(name="an untrained part of the domain", plant=cornered, check="cases-of-use-were-trained-for",
           rates=(0.3, 0.6)),
)  # fmt: skip


CONTRACT = {
    "model": {
        "inputs": [
            {
                "kind": "table", "name": "input", "dtype": "float32",
                "columns": [
                    {"kind": "measured", "name": "age", "unit": "a", "range": ["20", "80"], "step": "1",
                     "exact": "whole years"},
                    {"kind": "measured", "name": "height", "unit": "cm", "range": ["120", "220"],
                     "exact": "read"},
                    {"kind": "measured", "name": "marker", "unit": "1", "range": ["0", "1"], "exact": "read"},
                    {"kind": "coded", "name": "sex", "codes": ["0", "1"], "meaning": "female, male"},
                ],
            }
        ]
    }
}  # fmt: skip


@cache
def shipped(slug: str) -> Check:
    checks = Workplace(root=Path("unused"), standards=BUNDLED_STANDARDS).load_standards().checks
    return checks[f"eu.ai-act/{slug}"]


def filled(check: Check, values: dict[str, Any]) -> Check:
    """The check with the parameters that a basis has to name."""
    parameters = {
        name: parameter.model_copy(update={"value": values[name]}) if name in values else parameter
        for name, parameter in check.method.parameters.items()
    }
    return check.model_copy(update={"method": check.method.model_copy(update={"parameters": parameters})})


def judged(make_subject: Any, defect: Defect, tables: Tables) -> tuple[Outcome, tuple[float, float] | None]:
    """The outcome of the shipped check, and the demonstrating bounds of the statistic that tells the rate."""
    check = filled(shipped(defect.check), defect.parameters)
    subject = make_subject(
        tables["test"], sets={"train": tables["train"]}, columns=["age", "height", "marker", "sex"],
        attributes=ATTRIBUTES, sources={"age_band": "age"}, reference=POPULATION, most=DECLARED,
        change=CONTRACT,
    )  # fmt: skip
    task = task_of(check, Digest.of(b"a submission"))
    try:
        measured = measure(subject, task)
    except CannotMeasure:
        return Outcome.NOT_DEMONSTRATED, None
    result = Measurement(
        task=task.value_digest, method=task.method, version=task.version, observed=False,
        estimates=measured.estimates, statements=measured.statements,
    )  # fmt: skip
    rulings = tuple(r for condition in check.criterion.all for r in rule(condition, check, result))
    found = [e for e in measured.estimates if (e.statistic, e.stratum) == (defect.statistic, defect.stratum)]
    bounds = [(float(e.demonstrating.lower or 0), float(e.demonstrating.upper or 1)) for e in found]
    return Judgement(check=check.id, rulings=rulings).outcome, bounds[0] if bounds else None


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What came of one defect at one rate, over several tables."""

    tables: int
    refused: int
    held: int | None

    def __str__(self) -> str:
        held = "" if self.held is None else f", bounds hold the rate in {self.held}"
        return f"refused {self.refused} of {self.tables}{held}"


def tally(make_subject: Any, defect: Defect, rate: float, seeds: Iterable[int]) -> Tally:
    outcomes, held = [], []
    for seed in seeds:
        rng = np.random.default_rng([seed, 77])
        tables = sound(rng)
        actual = defect.plant(tables, rate, rng) if rate else 0.0
        outcome, bounds = judged(make_subject, defect, tables)
        outcomes.append(outcome)
        if bounds is not None:
            held.append(bounds[0] <= actual <= bounds[1])
    refused = sum(outcome is not Outcome.DEMONSTRATED for outcome in outcomes)
    return Tally(tables=len(outcomes), refused=refused, held=sum(held) if held else None)


@pytest.mark.parametrize("defect", DEFECTS[::4], ids=str)
def test_a_sound_table_is_not_refused_and_a_spoilt_one_is(make_subject: Any, defect: Defect) -> None:
    assert tally(make_subject, defect, 0, [1]).refused == 0
    assert tally(make_subject, defect, defect.rates[-1], [1]).refused == 1


@pytest.mark.qualify
@pytest.mark.parametrize("defect", DEFECTS, ids=str)
def test_defects_are_found_and_sound_tables_raise_none(make_subject: Any, defect: Defect) -> None:
    """Hardly a false alarm in twenty sound tables, and none undetected at the higher rate."""
    alarms = tally(make_subject, defect, 0, SEEDS)
    print(f"\n{defect.name}: sound {alarms}", end="")
    for rate in defect.rates:
        found = tally(make_subject, defect, rate, SEEDS)
        print(f"; at {rate:g} {found}", end="")
        assert found.held is None or found.held >= 0.85 * found.tables
    assert found.refused == found.tables
    assert alarms.refused <= defect.alarms
