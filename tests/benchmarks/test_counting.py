"""What counting a table for all checks takes, beside queries written by hand for the same numbers.

Run with `make qualify`, or `pytest -m benchmark -s tests/benchmarks/test_counting.py`; the variable
`CERTIFY_ROWS` names other numbers of rows. Nothing here asserts a time.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from large_table import CODES, RANGES, run, write_table

ROWS = [int(rows) for rows in os.environ.get("CERTIFY_ROWS", "100000,1000000").split(",")]
SOURCES = (*RANGES, *CODES)

OURS = """
from pathlib import Path
from large_table import subject_of
from checks.tabulation import tabulate
import duckdb, pyarrow.parquet
subject = subject_of(Path(path))
"""

COUNT = """
counted = tabulate(subject.relation("test"))
found = {
    "missing": dict(counted.missing),
    "outside": {s.source: s.outside for s in counted.sources},
    "incomplete": counted.incomplete,
    "outside rows": counted.outside,
    "unknown labels": counted.unknown_labels,
    "repeated": counted.repeated,
    "cells": sorted([*map(str, cell.groups), cell.rows] for cell in counted.cells),
    "bins": {d.source: sum(d.counts) for d in counted.distributions if d.source in RANGES},
}
"""

BY_HAND = f"""
import duckdb
RANGES, CODES, SOURCES = {RANGES!r}, {CODES!r}, {SOURCES!r}
database = duckdb.connect(":memory:")
database.execute("SET threads = 2")
database.execute("SET enable_progress_bar = false")
database.execute(f"CREATE VIEW data AS FROM read_parquet('{{path}}')")
inside = {{
    **{{n: f"coalesce({{n}}::FLOAT BETWEEN {{a}} AND {{b}}, false)" for n, (a, b) in RANGES.items()}},
    **{{n: f"coalesce({{n}} IN ({{', '.join(map(str, c))}}), false)" for n, c in CODES.items()}},
}}
sex = "CASE sex WHEN 0 THEN 'female' WHEN 1 THEN 'male' END"
region = "CASE WHEN region BETWEEN 0 AND 6 THEN 'north' WHEN region BETWEEN 7 AND 12 THEN 'south' END"
age = "CASE WHEN age >= 0 AND age < 45 THEN 'young' WHEN age >= 45 AND age < 121 THEN 'old' END"
"""

ASK = """
def ask(columns, more=""):
    return database.execute(f"SELECT {', '.join(columns)} FROM data {more}").fetchall()
names = [row[0] for row in database.execute("DESCRIBE data").fetchall()]
missing = dict(zip(names, ask(f"count(*) - count({name})" for name in names)[0]))
rows, *outside = ask(["count(*)", *(f"count(CASE WHEN {sql} THEN 1 END)" for sql in inside.values())])[0]
complete = " AND ".join(f"{name} IS NOT NULL" for name in (*SOURCES, "outcome"))
whole, sound, known = ask(
    f"count(CASE WHEN {sql} THEN 1 END)"
    for sql in (complete, " AND ".join(inside.values()), "outcome IN ('home', 'stay')")
)[0]
label = "CASE outcome WHEN 'home' THEN 0 WHEN 'stay' THEN 1 END"
fed = ", ".join(f"{name}::FLOAT" for name in SOURCES)
different = ask([f"count(DISTINCT hash({fed}, {label}))"])[0][0]
cells = ask([sex, region, age, "count(*)"], "GROUP BY ALL")
bins = {
    name: ask([f"floor(({name}::FLOAT - {a}) / {b - a} * 256) AS bin", "count(*)"], "GROUP BY bin")
    for name, (a, b) in RANGES.items()
}
codes = {name: ask([name, "count(*)"], "GROUP BY ALL") for name in (*CODES, "outcome")}
found = {
    "missing": missing,
    "outside": {name: rows - count for name, count in zip(inside, outside)},
    "incomplete": rows - whole,
    "outside rows": rows - sound,
    "unknown labels": rows - known,
    "repeated": rows - different,
    "cells": sorted([*map(str, cell[:3]), cell[3]] for cell in cells),
    "bins": {n: sum(c for b, c in each if b is not None and 0 <= b <= 256) for n, each in bins.items()},
}
"""


@pytest.fixture(scope="module", params=ROWS)
def table(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Path]:
    """A table of so many rows, and where it lies."""
    return request.param, write_table(tmp_path_factory.mktemp("table") / "rows.parquet", request.param)


@pytest.mark.benchmark
def test_all_counts_beside_queries_by_hand(table: tuple[int, Path]) -> None:
    """Twenty columns, six strata and their crossings. Ours hashes the file before it reads it."""
    rows, path = table
    names = f"RANGES = {tuple(RANGES)!r}\n"
    own = run(path, prepare=OURS + names, work=COUNT)
    other = run(path, prepare=BY_HAND, work=ASK)
    assert own.found == other.found
    print(
        f"\n{rows} rows: {own.seconds:.2f} s, {own.peak_bytes / 1e9:.2f} GB; by hand {other.seconds:.2f} s, "
        f"{other.peak_bytes / 1e9:.2f} GB; {own.seconds / other.seconds:.2f} times the time; "
        f"of the processor {own.processor_seconds:.2f} s and {other.processor_seconds:.2f} s, "
        f"{own.processor_seconds / other.processor_seconds:.2f} times"
    )
