"""Rules as a suite that anybody can load into a Great Expectations of their own and put to data there."""

from __future__ import annotations

import json
from collections.abc import Iterable

from certify.standard import Expectation
from checks.measured import Exhibit


def suite(name: str, rules: Iterable[Expectation]) -> Exhibit:
    """The suite in the library's own JSON: `ExpectationSuite(**json.loads(data))` takes it.

    {"name": "test_rows", "expectations": [{"type": "expect_column_to_exist", "kwargs": {"column": "age"}}]}
    """
    written = {
        "name": name,
        "expectations": [{"type": r.expectation, "kwargs": dict(r.arguments)} for r in rules],
    }
    return Exhibit(
        name="expectation_suite.json",
        media_type="application/json",
        visibility="public",
        data=json.dumps(written, sort_keys=True, indent=1).encode(),
    )
