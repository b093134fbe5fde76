"""The trail of a value: the check that set it first, then every basis that tightened it, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from certify.basis import Source
    from certify.pack import Standards
    from certify.standard import Check, Parameter
    from certify.strict_yaml import YamlDocument


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A file that set a value, and what it set it to."""

    value: str
    place: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One value of one check."""

    section: str
    name: str
    value: str
    unit: str
    stricter: str
    why: str
    steps: tuple[Step, ...]

    def to_json(self) -> dict[str, Any]:
        """For machines."""
        names = ("section", "name", "value", "unit", "stricter", "why")
        steps = [{"value": step.value, "place": step.place} for step in self.steps]
        return {**{name: getattr(self, name) for name in names}, "from": steps}


BY_DEFAULT = "no file; it is the default"


@dataclass(frozen=True, kw_only=True, slots=True)
class Trail:
    """Finds the lines from which the values of a resolved basis come."""

    standards: Standards
    sources: tuple[Source, ...]

    def rows(self, check: Check) -> Iterator[Row]:
        """Every parameter and limit of a check, then its confidence."""
        sections = (("parameters", check.method.parameters), ("limits", check.limits))
        for section, parameters in sections:
            for name, parameter in parameters.items():
                yield Row(
                    section=section,
                    name=name,
                    value=_spelled(parameter.value),
                    unit=parameter.unit,
                    stricter=parameter.stricter,
                    why=parameter.why,
                    steps=tuple(self._steps(check, section, name, parameter)),
                )
        yield self._confidence(check)

    def _steps(self, check: Check, section: str, name: str, parameter: Parameter) -> Iterator[Step]:
        written = self._as_written(check)
        own = {**written.method.parameters, **written.limits}[name]
        path = ("method", section, name) if section == "parameters" else (section, name)
        yield Step(
            value="open" if own.value is None else _spelled(own.value),
            place=_place(self._document(check), (*path, "value")),
        )
        for origin in parameter.origins:
            yield Step(value=origin.value, place=self._line_of(origin.by, check, section, name))

    def _line_of(self, basis: str, check: Check, section: str, name: str) -> str:
        source = next(source for source in self.sources if source.text.id == basis)
        index = [selection.check for selection in source.text.select].index(check.id)
        return _place(source.document, ("select", index, section, name))

    def _confidence(self, check: Check) -> Row:
        """A basis raises it for all of its checks; the first that asks for the highest set it."""
        own = self._as_written(check).confidence
        document = self._document(check)
        written = ("confidence",) in document.places
        steps = [Step(value=str(own), place=_place(document, ("confidence",)) if written else BY_DEFAULT)]
        if check.confidence > own:
            source = next(s for s in self.sources if s.text.confidence == check.confidence)
            steps.append(Step(value=str(check.confidence), place=_place(source.document, ("confidence",))))
        return Row(
            section="confidence",
            name="confidence",
            value=str(check.confidence),
            unit="1",
            stricter="higher",
            why="One-sided; 0.975 unless the check or a basis says higher (ICH E9, section 5.5).",
            steps=tuple(steps),
        )

    def _as_written(self, check: Check) -> Check:
        return self.standards.checks[check.id]

    def _document(self, check: Check) -> YamlDocument:
        return self.standards.packs[check.id.partition("/")[0]].documents[check.id]


def _place(document: YamlDocument, path: tuple[str | int, ...]) -> str:
    """Where a value stands; where it would stand, at its nearest parent, if nobody wrote it."""
    return document.problem(path, expected="", found="", remedy="").place


def _spelled(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
