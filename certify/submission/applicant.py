"""Who submits what, for which purpose, and what it depends on."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from certify.value import Line, Number, Prose, Value

Role = Literal["provider", "deployer", "authorised_representative", "importer", "distributor"]


class Applicant(Value):
    """The organisation that answers for the submission."""

    name: Line
    contact: Line
    roles: tuple[Role, ...] = Field(min_length=1)


class System(Value):
    """What is submitted and what it is for. `kind` follows the doctrine: instruments are preferred."""

    name: Line
    version: Line
    kind: Literal["instrument", "tool", "product"]
    intended_purpose: Prose
    excluded_uses: tuple[Prose, ...] = Field(min_length=1)
    annex_iii_point: Line
    affected_persons: Literal["none", "indirectly", "directly"]
    affected_persons_note: Prose
    human_oversight: Prose


class Explanation(Value):
    """What a person affected can be told, or the statement that nothing can."""

    available: bool
    method: Line | None = None
    statement: Prose


class Component(Value):
    """One part that comes from elsewhere."""

    name: Line
    version: Line
    supplier: Line
    licence: Line


class SupplyChain(Value):
    """Base models and the software bill of materials; an empty list says that there are none."""

    base_models: tuple[Component, ...]
    software: tuple[Component, ...]


class Training(Value):
    """What training took. Null means that no record exists, which is a statement and not a zero."""

    hardware: Line
    hours: Number | None = Field(ge=0)
    energy_kwh: Number | None = Field(ge=0)
    grid_factor_g_per_kwh: Number | None = Field(ge=0)
    water_litres: Number | None = Field(ge=0)
    records: Prose


class Inference(Value):
    """The hardware on which the system is meant to run."""

    hardware: Line


class Resources(Value):
    """Computing resources of training and use (AI Act Annex IV 2(c))."""

    training: Training
    inference: Inference
