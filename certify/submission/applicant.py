"""Who submits what, for which purpose, and what it depends on."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from certify.submission.metric import MetricName
from certify.value import Line, Number, Prose, Value

Role = Literal["provider", "deployer", "authorised_representative", "importer", "distributor"]


class Applicant(Value):
    """The organisation that answers for the submission."""

    name: Line
    contact: Line
    roles: tuple[Role, ...] = Field(min_length=1)


class System(Value):
    """What is submitted and what it is for. `kind` follows the doctrine: instruments are preferred.

    `consequences` says what the kind means for those who meet the system. None, here and wherever else a key
    may be left out, says nothing: it neither excuses nor demonstrates.
    """

    name: Line
    version: Line
    kind: Literal["instrument", "tool", "product"]
    consequences: Prose | None = None
    recommends: bool | None = None
    """Whether it chooses or orders what a person is shown."""
    intended_purpose: Prose
    excluded_uses: tuple[Prose, ...] = Field(min_length=1)
    annex_iii_point: Line
    affected_persons: Literal["none", "indirectly", "directly"]
    affected_persons_note: Prose
    human_oversight: Prose


class Publication(Value):
    """Whether the applicant accepts that a refusal is published, and what it has to say about that."""

    refusal_accepted: bool
    statement: Prose


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


class FrugalBaseline(Value):
    """The lighter system that was tried under the same protocol: what it reached, and why it is not used."""

    description: Prose
    metric: MetricName
    value: Number
    energy_note: Prose
    why_not_used: Prose


class Resources(Value):
    """Computing resources of training and use (AI Act Annex IV 2(c))."""

    training: Training
    inference: Inference
    frugal_baseline: FrugalBaseline | None = None
