"""The methods of this area, as the catalogue lists them."""

from __future__ import annotations

from typing import Final

from checks.method import Method, method

METHODS: Final[tuple[tuple[str, Method], ...]] = (
    method(
        "checks.representativeness.shares:shares",
        "The share of each stratum in the data, alone and relative to the reference population.",
        parameters={"groups": "list"},
        streamed=True,
    ),
    method(
        "checks.representativeness.distance:distance",
        "How far the data are from the reference population, over all cells of some attributes.",
        parameters={"attributes": "list"},
        streamed=True,
    ),
    method(
        "checks.representativeness.domain:domain",
        "The share of rows outside the declared contract of the model.",
        streamed=True,
    ),
    method(
        "checks.representativeness.coverage:coverage",
        "The share of the declared domain, in crossings of two columns, in which there are rows.",
        parameters={"parts": "integer", "fewest_rows": "integer"},
        streamed=True,
    ),
    method(
        "checks.representativeness.coverage:novelty",
        "The share of rows in a crossing of two conditions that the data of another role do not hold.",
        parameters={"other_role": "text", "parts": "integer", "fewest_rows": "integer"},
        streamed=True,
    ),
    method(
        "checks.representativeness.drift:drift",
        "How far the values of each column lie apart in this data set and in that of another role.",
        parameters={"other_role": "text"},
        streamed=True,
    ),
)
