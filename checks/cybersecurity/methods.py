"""The methods of this area, as the catalogue lists them."""

from __future__ import annotations

from typing import Final

from checks.method import Method, method

METHODS: Final[tuple[tuple[str, Method], ...]] = (
    method(
        "checks.cybersecurity.input_contract:input_contract",
        "Fuzzing of the declared input contract: the failure rate of random cases, and boundary cases.",
        parameters={"cases": "integer", "seed": "integer", "tolerance": "decimal"},
    ),
)
