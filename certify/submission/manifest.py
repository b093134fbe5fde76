"""`submission.yaml` as one value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Literal, Self, get_args

from pydantic import model_validator

from certify.submission.applicant import (
    Applicant,
    Explanation,
    Publication,
    Resources,
    SupplyChain,
    System,
)
from certify.submission.data import Data, Recorded
from certify.submission.model import Model, Task, extremes_of
from certify.submission.objective import Document, Objective
from certify.value import Value

MANIFEST = "submission.yaml"

FACTS: Mapping[str, tuple[str, ...] | None] = {
    "system.kind": ("instrument", "tool", "product"),
    "system.affected_persons": ("none", "indirectly", "directly"),
    "system.annex_iii_point": None,
    "system.recommends": ("yes", "no"),
    "model.task": get_args(Task),
    "model.learns_in_use": ("yes", "no"),
    "model.fed_columns": ("yes", "no"),
    "data.personal": ("yes", "no"),
    **{f"data.{what}_recorded": ("yes", "no") for what in get_args(Recorded)},
    "objective.implicit": ("yes", "no"),
    "explanation.available": ("yes", "no"),
}
"""The facts on which the scope of a check may depend, and their values; None: any text."""


class Manifest(Value):
    """Everything that a vendor declares."""

    format: Literal["certify/submission/1"]
    applicant: Applicant
    system: System
    model: Model
    data: Data
    objective: Objective
    explanation: Explanation
    resources: Resources
    supply_chain: SupplyChain
    documents: tuple[Document, ...]
    publication: Publication | None = None

    @model_validator(mode="after")
    def _each_document_once(self) -> Self:
        names = [document.name for document in self.documents]
        if len(set(names)) != len(names):
            raise ValueError("each document name once")
        return self

    @model_validator(mode="after")
    def _each_topic_once(self) -> Self:
        named = Counter(section.topic for document in self.documents for section in document.sections)
        again = [topic for topic, times in named.items() if times > 1]
        if again:
            raise ValueError(f"one section for each topic, not several for {', '.join(again[:5])}")
        return self

    @model_validator(mode="after")
    def _each_file_once(self) -> Self:
        named = Counter([MANIFEST, *self._named_files])
        again = [path for path, times in named.items() if times > 1]
        if again:
            raise ValueError(f"each file named once and for one purpose, not {', '.join(again[:5])} again")
        return self

    @model_validator(mode="after")
    def _the_answer_is_not_fed_to_the_model(self) -> Self:
        arrays = [entry.array for entry in self.model.inputs if entry.kind == "tensor"]
        fed = {*self.model.sources, *(name for array in arrays for name in extremes_of(array))}
        for dataset in self.data.sets:
            for name in dataset.beside_inputs:
                if name in fed:
                    raise ValueError(
                        f"a model that is not fed {name}, which is the target, the weights, the unit, the "
                        f"moment or a key of the data set {dataset.name}"
                    )
        return self

    @model_validator(mode="after")
    def _what_is_unused_exists(self) -> Self:
        known = {*self.model.sources, *(attribute.name for attribute in self.data.attributes)}
        unknown = [name for name in self.objective.unused if name not in known]
        if unknown:
            raise ValueError(f"columns or attributes under objective.unused, not {', '.join(unknown[:5])}")
        return self

    @property
    def _named_files(self) -> tuple[str, ...]:
        return (*self.model.files, *self.data.files, *(document.file for document in self.documents))

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that the manifest names, itself included, each once."""
        return (MANIFEST, *self._named_files)

    def section_on(self, topic: str) -> tuple[Document, str] | None:
        """The document that speaks of a topic, and the heading under which it does, if any is named."""
        places = ((d, s.heading) for d in self.documents for s in d.sections if s.topic == topic)
        return next(places, None)

    @property
    def facts(self) -> Mapping[str, str]:
        """What this manifest declares of `FACTS`. What is absent is unknown."""
        answers = {
            "system.recommends": self.system.recommends,
            "model.learns_in_use": self.model.learns_in_use,
            "model.fed_columns": any(entry.kind == "table" for entry in self.model.inputs),
            "data.personal": self.data.personal,
            **{f"data.{what}_recorded": self.data.recorded(what) for what in get_args(Recorded)},
            "objective.implicit": self.objective.implicit.present,
            "explanation.available": self.explanation.available,
        }
        return {
            "system.kind": self.system.kind,
            "system.affected_persons": self.system.affected_persons,
            "system.annex_iii_point": self.system.annex_iii_point,
            "model.task": self.model.task,
            **{fact: "yes" if answer else "no" for fact, answer in answers.items() if answer is not None},
        }

    def groups_of_files(self) -> Mapping[str, tuple[str, ...]]:
        """What evidence can be bound to: a name, and the files that it stands for."""
        sets = {f"data.{dataset.role}": dataset.files for dataset in self.data.sets}
        return {
            "manifest": (MANIFEST,),
            "model": self.model.files,
            "reference": (self.data.reference.file,),
            "documents": tuple(document.file for document in self.documents),
            **sets,
        }
