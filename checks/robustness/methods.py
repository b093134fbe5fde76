"""The methods of this area, as the catalogue lists them."""

from __future__ import annotations

from typing import Final

from checks.method import Method, method

METHODS: Final[tuple[tuple[str, Method], ...]] = (
    method(
        "checks.robustness.noise:noise_stability",
        "The share of cases decided otherwise under the declared measurement noise.",
        parameters={"seed": "integer"},
    ),
    method(
        "checks.robustness.batches:batch_consistency",
        "The share of cases decided otherwise among others than alone.",
        parameters={"batch": "integer"},
    ),
    method(
        "checks.robustness.attack:attack",
        "The share of cases that the stated attack leaves decided rightly, by graded strengths.",
        parameters={
            "norm": "text",
            "strengths": "list",
            "rows": "integer",
            "steps": "integer",
            "queries": "integer",
            "seed": "integer",
        },
        imports=("torch",),
    ),
    method(
        "checks.robustness.steadiness:steadiness",
        "The share of cases whose number for an answer the stated attack does not move, by graded strengths.",
        parameters={
            "norm": "text",
            "strengths": "list",
            "tolerance": "decimal",
            "rows": "integer",
            "steps": "integer",
            "queries": "integer",
            "seed": "integer",
        },
        imports=("torch",),
    ),
    method(
        "checks.robustness.evasion:evasion",
        "The share of cases that the stated search has answered otherwise by what somebody can change.",
        parameters={
            "tolerance": "decimal",
            "rows": "integer",
            "steps": "integer",
            "queries": "integer",
            "seed": "integer",
        },
        imports=("torch",),
    ),
    method(
        "checks.robustness.rounding:rounding",
        "The share of cases decided otherwise when every measured number is rounded.",
        parameters={"digits": "integer"},
    ),
    method(
        "checks.robustness.random_neighbours:random_neighbours",
        "The share of cases decided rightly when every number is moved at random, by graded strengths.",
        parameters={"strengths": "list", "rows": "integer", "seed": "integer"},
    ),
    method(
        "checks.robustness.monotone:monotone",
        "Whether decisions follow the declared direction of each quantity over the whole domain.",
        parameters={"parts": "integer", "regions": "integer", "seed": "integer"},
        observed=True,
    ),
    method(
        "checks.robustness.output_range:output_range",
        "Whether answers stay within their declared ranges over the whole domain.",
        parameters={"regions": "integer", "tolerance": "decimal", "seed": "integer"},
        observed=True,
    ),
    method(
        "checks.robustness.certified:certified_accuracy",
        "The share of cases decided rightly and proved to stay so wherever beside them, by graded strengths.",
        parameters={"strengths": "list", "rows": "integer", "regions": "integer", "seed": "integer"},
        observed=True,
        imports=("torch",),
    ),
    method(
        "checks.robustness.corruptions:common_corruptions",
        "The share of pictures decided rightly under each common corruption, at five severities.",
        parameters={"corruptions": "list", "rows": "integer", "seed": "integer"},
    ),
    method(
        "checks.robustness.entries:faulty_entries",
        "The share of cases that a value turns which is missing, in another unit or shifted by a place.",
        parameters={"corruptions": "list", "rows": "integer", "seed": "integer"},
    ),
    method(
        "checks.robustness.relations:declared_relations",
        "The share of cases that break a relation that the vendor declares of a case and a changed one.",
    ),
    method(
        "checks.robustness.slices:performance_over_time",
        "A metric in each of so many stretches of time with equal numbers of rows, and in the worst.",
        parameters={"metric": "text", "stretches": "integer"},
    ),
    method(
        "checks.robustness.slices:performance_at_places",
        "A metric at each declared place, and at the worst.",
        parameters={"metric": "text"},
    ),
    method(
        "checks.robustness.arithmetic:arithmetic",
        "The share of cases decided otherwise on more threads, unoptimised or in double precision.",
        parameters={"settings": "list", "rows": "integer", "seed": "integer"},
        observed=True,
        imports=("torch",),
    ),
)
