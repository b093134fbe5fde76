"""Vectors: evidence made up by people, and what a check must say about it.

A vector is the proof that a check refuses: given this evidence, the outcome is that one, and this clause of
the criterion decides it. Vectors run before every certification; the mutants of a check must all be told
apart by them (`certify.mutation`), and no universal control may pass (`certify.control`).
"""

from __future__ import annotations

from certify.vector.proposal import propose
from certify.vector.reading import read_vectors
from certify.vector.specimen import SPECIMEN_FILE, BadSpecimen, SpecimenSet, read_specimens
from certify.vector.text import (
    VECTOR_FOLDER,
    Evidence,
    Expected,
    OpenValues,
    Question,
    Vector,
    VectorSet,
    vector_source,
)
from certify.vector.trial import Bench, Trial, filled, name_of

__all__ = [
    "SPECIMEN_FILE",
    "VECTOR_FOLDER",
    "BadSpecimen",
    "Bench",
    "Evidence",
    "Expected",
    "OpenValues",
    "Question",
    "SpecimenSet",
    "Trial",
    "Vector",
    "VectorSet",
    "filled",
    "name_of",
    "propose",
    "read_specimens",
    "read_vectors",
    "vector_source",
]
