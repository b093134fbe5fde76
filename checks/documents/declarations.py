"""Whether the manifest says something about each topic that the basis asks for.

The topics are listed below, each with the function that reads it out of the manifest. Many keys must be there
anyway; here they must also hold more than a placeholder. Whether what they say is true, meant seriously or
enough is for people to judge, and for the methods that measure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from certify.evidence import Statement
from certify.submission import Manifest
from certify.submission.applicant import Component
from certify.submission.data import Dataset
from certify.value import Number
from checks.documents.writing import names_something, says_something
from checks.measured import CannotMeasure, Confidence, Measured
from checks.subject import Subject
from checks.table import Table

_SHOWN = 300
"""Characters of a declaration that are repeated in its explanation."""


def declarations(
    subject: Subject, data: Table | None, confidence: Confidence, *, topics: tuple[str, ...]
) -> Measured:
    """States `declared` for each of `topics`: the manifest says something about it.

    Raises `CannotMeasure` where no topic is asked for, or one that is not in `TOPICS`.
    """
    if not topics:
        raise CannotMeasure("no topic is asked for")
    if unknown := [topic for topic in topics if topic not in TOPICS]:
        raise CannotMeasure(f"unknown topics: {', '.join(unknown)}; known are {', '.join(TOPICS)}")
    return Measured(statements=tuple(_declared(subject.manifest, topic) for topic in dict.fromkeys(topics)))


def _declared(manifest: Manifest, topic: str) -> Statement:
    said = TOPICS[topic](manifest)
    if said is None:
        explanation = _why_not(manifest, topic)
    else:
        explanation = f"declared, and not judged: {_shortened(said)}"
    return Statement(
        name="declared", subject=topic, holds=said is not None, kind="document", explanation=explanation
    )


def _why_not(manifest: Manifest, topic: str) -> str:
    obstacles = manifest.objective.obstacles(manifest.model) if topic == "objective_formula" else ()
    if obstacles:
        return f"the loss cannot be evaluated: {'; '.join(obstacles)}"
    return "the manifest says nothing about it, or not all that belongs to it"


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 3]}..."


# The objective


def _objective_formula(manifest: Manifest) -> str | None:
    """A formula that nobody can evaluate is not declared, however well it is described."""
    objective = manifest.objective
    if objective.obstacles(manifest.model):
        return None
    formula = " + ".join(f"{term.weight} {term.term}" for term in objective.loss)
    return f"{formula} ({objective.reduction} over the rows)"


def _implicit_objective_disclosed(manifest: Manifest) -> str | None:
    implicit = manifest.objective.implicit
    return _said(f"{'present' if implicit.present else 'absent'}: ", implicit.statement)


def _selectable_objective(manifest: Manifest) -> str | None:
    choices = manifest.objective.selectable
    if len(choices) < 2 or not all(says_something(choice.describes) for choice in choices):
        return None
    return ", ".join(choice.name for choice in choices)


def _option_without_profiling(manifest: Manifest) -> str | None:
    choices = [choice for choice in manifest.objective.selectable if not choice.uses_profiling]
    return next((choice.name for choice in choices if says_something(choice.describes)), None)


# The system and who answers for it


def _kind_and_consequences(manifest: Manifest) -> str | None:
    return _said(f"{manifest.system.kind}: ", manifest.system.consequences)


def _affected_persons(manifest: Manifest) -> str | None:
    return _said(f"{manifest.system.affected_persons}: ", manifest.system.affected_persons_note)


def _refusal_publication_accepted(manifest: Manifest) -> str | None:
    publication = manifest.publication
    return _said("", publication.statement) if publication and publication.refusal_accepted else None


def _personal_data_stated(manifest: Manifest) -> str | None:
    if manifest.data.personal is None:
        return None
    return "personal data" if manifest.data.personal else "no personal data"


# The data, set by set


def _data_collection_period(manifest: Manifest) -> str | None:
    periods = [dataset.collected for dataset in manifest.data.sets]
    if any(period.first > period.last for period in periods):
        return None
    return "; ".join(f"{period.first} to {period.last}" for period in periods)


def _of_every_set(
    read: Callable[[Dataset], str], stated: Callable[[str | None], bool] = says_something
) -> Callable[[Manifest], str | None]:
    """A topic about which each data set must say something."""
    return lambda manifest: _all_of((read(dataset) for dataset in manifest.data.sets), stated)


# Resources


def _recorded(amount: Number | None, unit: str, manifest: Manifest) -> str | None:
    """A number of the training, with what is said about its records; None where either is missing."""
    return None if amount is None else _said(f"{amount} {unit}: ", manifest.resources.training.records)


def _frugal_baseline(manifest: Manifest) -> str | None:
    baseline = manifest.resources.frugal_baseline
    if baseline is None:
        return None
    texts = (baseline.description, baseline.energy_note, baseline.why_not_used)
    if not all(map(says_something, texts)):
        return None
    return f"{baseline.description} ({baseline.metric} {baseline.value})"


# What comes from others


def _base_models(manifest: Manifest) -> str | None:
    models = manifest.supply_chain.base_models
    return _components(models) if models else "declared to be none"


def _components(components: tuple[Component, ...]) -> str | None:
    parts = [part for c in components for part in (c.name, c.version, c.supplier, c.licence)]
    if not components or not all(map(names_something, parts)):
        return None
    return ", ".join(f"{component.name} {component.version}" for component in components)


# Shared by several topics


def _said(before: str, text: str | None) -> str | None:
    return f"{before}{text}" if says_something(text) else None


def _named(text: str) -> str | None:
    return text if names_something(text) else None


def _all_of(texts: Iterable[str], stated: Callable[[str | None], bool] = says_something) -> str | None:
    """The texts one after the other; None where there is none, or where one of them says nothing."""
    given = tuple(texts)
    return "; ".join(dict.fromkeys(given)) if given and all(map(stated, given)) else None


TOPICS: Mapping[str, Callable[[Manifest], str | None]] = {
    "objective_formula": _objective_formula,
    "objective_meaning": lambda m: _said("", m.objective.stands_for),
    "proxies": lambda m: _all_of(m.objective.proxies),
    "rejected_alternatives": lambda m: _all_of(m.objective.rejected_alternatives),
    "chosen_by": lambda m: _said("", m.objective.chosen_by),
    "implicit_objective_disclosed": _implicit_objective_disclosed,
    "selectable_objective": _selectable_objective,
    "option_without_profiling": _option_without_profiling,
    "kind_and_consequences": _kind_and_consequences,
    "excluded_uses": lambda m: _all_of(m.system.excluded_uses),
    "human_oversight": lambda m: _said("", m.system.human_oversight),
    "affected_persons": _affected_persons,
    "annex_iii_point": lambda m: _named(m.system.annex_iii_point),
    "contact": lambda m: _named(m.applicant.contact),
    "refusal_publication_accepted": _refusal_publication_accepted,
    "personal_data_stated": _personal_data_stated,
    "annotators": _of_every_set(lambda d: d.labelling.annotators),
    "annotators_working_conditions": _of_every_set(lambda d: d.labelling.working_conditions),
    "data_origin": _of_every_set(lambda d: d.origin),
    "data_licence": _of_every_set(lambda d: d.licence, names_something),
    "data_collection_period": _data_collection_period,
    "statistical_unit": _of_every_set(lambda d: d.statistical_unit),
    "training_energy": lambda m: _recorded(m.resources.training.energy_kwh, "kWh", m),
    "training_hours": lambda m: _recorded(m.resources.training.hours, "hours", m),
    "training_water": lambda m: _recorded(m.resources.training.water_litres, "litres", m),
    "training_hardware": lambda m: _named(m.resources.training.hardware),
    "grid_factor": lambda m: _recorded(m.resources.training.grid_factor_g_per_kwh, "g/kWh", m),
    "inference_hardware": lambda m: _named(m.resources.inference.hardware),
    "frugal_baseline": _frugal_baseline,
    "base_models": _base_models,
    "software_components": lambda m: _components(m.supply_chain.software),
}
"""Every topic that can be asked for, and what the manifest says about it; None where it says nothing."""
