"""Cases for planning, made by the real methods."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from findings import make_check, make_measurement, number

from certify.standard import Check
from certify.strict_yaml import read
from certify.submission.manifest import Manifest
from certify.submission.starter import starter_manifest
from checks.measured import Measured
from checks.planning.case import Case

MANIFEST = read(starter_manifest().encode(), source="starter.yaml").validate(Manifest)


@pytest.fixture
def make_case() -> Callable[..., Case]:
    """`make_case(check, measured, rows=..., manifest=...)`: what a plan knows of a check."""

    def make(check: Check, measured: Measured, *, rows: int, manifest: Manifest = MANIFEST) -> Case:
        measurement = make_measurement(
            check, *measured.estimates, statements=measured.statements, circumstances=measured.circumstances
        )
        exhibits = {exhibit.name: json.loads(exhibit.data) for exhibit in measured.exhibits}
        return Case(check=check, measured=measurement, exhibits=exhibits, manifest=manifest, rows=rows)

    return make


@pytest.fixture
def asking() -> Callable[..., Check]:
    """`asking("objectives.performance", conditions, limits, metric="accuracy", groups=("all",))`."""

    def ask(
        method: str, conditions: Iterable[dict[str, Any]], limits: dict[str, Any], **parameters: Any
    ) -> Check:
        given = {
            name: {
                "type": "text" if isinstance(value, str) else "list",
                "value": value if isinstance(value, str) else list(value),
                "stricter": "fixed",
                "why": "a test",
            }
            for name, value in parameters.items()
        }
        spans = {
            name: number(limit, stricter=way, span=("0", "1000000")) for name, (limit, way) in limits.items()
        }
        return make_check(
            conditions=conditions,
            limits=spans,
            method={"name": method, "version": "1.0.0", "parameters": given},
        )

    return ask
