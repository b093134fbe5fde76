"""The methods of this area, as the catalogue lists them."""

from __future__ import annotations

from typing import Final

from checks.method import Method, method

METHODS: Final[tuple[tuple[str, Method], ...]] = (
    method(
        "checks.energy.inference:inference",
        "Energy for 1,000 inferences, modelled from CPU time.",
        parameters={"repeats": "integer", "batch": "integer", "watts_per_core": "decimal"},
        observed=True,
    ),
)
