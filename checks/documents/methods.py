"""The methods of this area, as the catalogue lists them."""

from __future__ import annotations

from typing import Final

from checks.method import Method, method

METHODS: Final[tuple[tuple[str, Method], ...]] = (
    method(
        "checks.documents.completeness:complete",
        "Whether a document of each kind is there and is not empty.",
        parameters={"kinds": "list"},
    ),
    method(
        "checks.documents.figures:figures",
        "Whether every figure printed in a document equals what is measured.",
    ),
    method(
        "checks.documents.explanation:explanation",
        "Whether decisions can be explained, or the absence of an explanation is stated.",
    ),
    method(
        "checks.documents.sections:sections",
        "Whether a document of a kind has a section for each topic, with something written in it.",
        parameters={"kind": "text", "topics": "list"},
    ),
    method(
        "checks.documents.declarations:declarations",
        "Whether the manifest says something about each topic.",
        parameters={"topics": "list"},
    ),
    method(
        "checks.documents.opinion:opinion",
        "What only a person can judge: never measured, answered by a signed review.",
        parameters={"questions": "list", "competence": "text"},
    ),
)
