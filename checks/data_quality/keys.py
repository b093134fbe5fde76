"""Whether the declared key tells each row from every other: no two share one, and none lacks a part of it.

A key is one or it is not: rows that share one are no independent slips, and a share of them would say little.
So this is a statement about these very rows, and no estimate.
"""

from __future__ import annotations

import numpy as np

from certify.digest import canonical
from certify.evidence import WHOLE, Statement
from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.relation import Relation
from checks.subject import Subject


def keys(subject: Subject, data: Relation | None, confidence: Confidence) -> Measured:
    """States `key_complete` and `key_unique`: no row lacks a part of the declared key, and no two share it.

    Holds eight bytes for each row. Two of ten million different keys are taken for one once in 400,000
    tables, which refuses a good one and passes none. Raises `CannotMeasure` where no key is declared.
    """
    if data is None:
        raise CannotMeasure("keys are looked for in a data set, and none was given")
    columns = data.dataset.key_columns
    if columns is None:
        raise CannotMeasure(f"{data.dataset.name} declares no key_columns: nothing tells its rows apart")
    codes = [data.code(column) for column in columns]
    lacking = " OR ".join(f"{code} IS NULL OR trim({code}) = ''" for code in codes)
    incomplete = int(data.aggregate({"incomplete": f"count(*) FILTER ({lacking})"})["incomplete"])
    shared = data.rows - len(np.unique(data.hashes(f"hash({', '.join(codes)})")))
    counts = {"rows": data.rows, "incomplete": incomplete, "repeated": shared, "columns": list(columns)}
    exhibit = Exhibit(
        name="keys.json", media_type="application/json", visibility="public", data=canonical(counts)
    )
    return Measured(
        statements=(
            _statement("key_complete", incomplete, f"{incomplete} of {data.rows} rows lack a part of it"),
            _statement("key_unique", shared, f"{shared} of {data.rows} rows have the key of an earlier row"),
        ),
        exhibits=(exhibit,),
    )


def _statement(name: str, against: int, explanation: str) -> Statement:
    return Statement(name=name, subject=WHOLE, holds=not against, kind="statistical", explanation=explanation)
