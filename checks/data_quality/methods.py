"""The methods of this area, as the catalogue lists them."""

from __future__ import annotations

from typing import Final

from checks.method import Method, method

_GREAT_EXPECTATIONS: Final = ("great_expectations",)
_SCIPY_STATS: Final = ("scipy.stats",)
_SCIKIT_LEARN: Final = ("sklearn.ensemble",)

METHODS: Final[tuple[tuple[str, Method], ...]] = (
    method(
        "checks.data_quality.expectations:expectations",
        "The share of cases that break each Great Expectations rule.",
        parameters={"expectations": "expectations"},
        streamed=True,
        imports=_GREAT_EXPECTATIONS,
    ),
    method(
        "checks.data_quality.schema:schema",
        "The share of rows that are not as the manifest declares, and whether every column is.",
        streamed=True,
        imports=_GREAT_EXPECTATIONS,
    ),
    method(
        "checks.data_quality.duplicates:duplicates",
        "The share of rows that repeat an earlier one, inputs and label alike.",
        streamed=True,
    ),
    method(
        "checks.data_quality.overlap:overlap",
        "The share of rows whose inputs also stand in the data of another role.",
        parameters={"other_role": "text"},
        streamed=True,
    ),
    method(
        "checks.data_quality.near_duplicates:near_duplicates",
        "The share of rows that nearly repeat an earlier one, beyond what rows do by chance.",
        parameters={"tolerance": "decimal", "rows": "integer", "seed": "integer"},
        streamed=True,
    ),
    method(
        "checks.data_quality.near_overlap:near_overlap",
        "The share of rows that nearly repeat a row of another role, beyond what rows do by chance.",
        parameters={
            "other_role": "text",
            "tolerance": "decimal",
            "rows": "integer",
            "seed": "integer",
        },
        streamed=True,
    ),
    method(
        "checks.data_quality.unit_leakage:unit_leakage",
        "The share of rows whose statistical unit also stands in the data of another role.",
        parameters={"other_role": "text"},
        streamed=True,
    ),
    method(
        "checks.data_quality.time_leakage:time_leakage",
        "The share of rows no later than the last of another role, and of its rows no earlier.",
        parameters={"other_role": "text"},
        streamed=True,
    ),
    method(
        "checks.data_quality.collection:collection_period",
        "The share of rows dated outside the declared period of collection, or not dated.",
        streamed=True,
    ),
    method(
        "checks.data_quality.collection:collection_places",
        "The share of rows from none of the declared places.",
        streamed=True,
    ),
    method(
        "checks.data_quality.keys:keys",
        "Whether the declared key is complete in every row, and tells each row from every other.",
        streamed=True,
    ),
    method(
        "checks.data_quality.completeness:completeness",
        "The share of rows in which an input or the target is missing.",
        streamed=True,
    ),
    method(
        "checks.data_quality.constants:constants",
        "The share of rows in which a column that is fed does not hold its most frequent value.",
        streamed=True,
    ),
    method(
        "checks.data_quality.identifiers:identifiers",
        "Whether any column holds direct identifiers of persons that are not declared.",
        parameters={"seed": "integer"},
        streamed=True,
        imports=_SCIPY_STATS,
    ),
    method(
        "checks.data_quality.units:units",
        "The share of rows whose value is written in another unit than the declared one.",
        streamed=True,
        imports=_SCIPY_STATS,
    ),
    method(
        "checks.data_quality.labels:labels",
        "The share of rows whose label is none of the declared classes, or no finite number.",
        streamed=True,
    ),
    method(
        "checks.data_quality.label_errors:label_errors",
        "The share of rows whose label is wrong, by what is suspected and by how many planted are found.",
        parameters={"fitted_on": "text", "rows": "integer", "seed": "integer"},
        streamed=True,
        imports=_SCIKIT_LEARN,
    ),
    method(
        "checks.data_quality.target_leakage:target_leakage",
        "How much each feature alone tells of what is true.",
        parameters={"fitted_on": "text", "rows": "integer", "seed": "integer"},
        streamed=True,
        imports=_SCIKIT_LEARN,
    ),
)
