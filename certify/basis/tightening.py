"""Applying one selection of a basis to one check: tighter, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from certify.basis.source import Source
from certify.basis.text import Given, Section, Selection
from certify.errors import Problem, Unfit
from certify.standard import Check, Loosening, Parameter, require_extent
from certify.value import as_number


class Tightener:
    """Applies one selection to one check and notes what would loosen it."""

    def __init__(self, *, source: Source, path: tuple[str | int, ...]) -> None:
        self._source = source
        self._path = path
        self.problems: list[Problem] = []

    def apply(self, check: Check, selection: Selection, confidence: Decimal) -> Check:
        """The check at the values of the selection; what would loosen is left as it was, and noted."""
        parameters = self._tighten(check.method.parameters, selection, "parameters")
        limits = self._tighten(check.limits, selection, "limits")
        self._refuse_extent(check, parameters)
        method = check.method.model_copy(update={"parameters": parameters})
        confidence = max(check.confidence, confidence)
        return check.model_copy(update={"method": method, "limits": limits, "confidence": confidence})

    def _tighten(
        self, parameters: Mapping[str, Parameter], selection: Selection, section: Section
    ) -> dict[str, Parameter]:
        result = dict(parameters)
        given: Mapping[str, Given] = getattr(selection, section)
        for name, value in given.items():
            path = (*self._path, section, name)
            if name not in result:
                known = ", ".join(sorted(result)) or "none"
                self._refuse(path, f"one of: {known}", f'the unknown name "{name}"', "unknown-name")
                continue
            try:
                tightened = result[name].tightened(self._typed(result[name], value), by=self._source.text.id)
                result[name] = self._with_reason(tightened, selection.why)
            except Loosening as error:
                self._refuse(path, str(error), str(value), "loosens")
            except ValueError as error:
                self._refuse(path, str(error), str(value), "value")
        return result

    def _refuse_extent(self, check: Check, parameters: Mapping[str, Parameter]) -> None:
        """Groups of which no pair can be made, or so many that nobody could judge their pairs."""
        try:
            require_extent(check.criterion, parameters)
        except Unfit as error:
            path = (*self._path, "parameters", str(error.at[2]))
            self.problems.append(
                self._source.document.problem(
                    path, expected=str(error), found=error.found, remedy=error.remedy, code="extent"
                )
            )

    def _with_reason(self, parameter: Parameter, why: str | None) -> Parameter:
        """The parameter with the reason of the basis added to that of the check."""
        if why is None:
            return parameter
        return parameter.model_copy(update={"why": f"{parameter.why} {self._source.text.id}: {why}"})

    @staticmethod
    def _typed(parameter: Parameter, value: Given) -> Any:
        return as_number(value) if parameter.type in ("integer", "decimal") else value

    def _refuse(self, path: tuple[str | int, ...], expected: str, found: str, code: str) -> None:
        remedy = "A basis may only tighten; a loosening is a signed deviation."
        self.problems.append(
            self._source.document.problem(path, expected=expected, found=found, remedy=remedy, code=code)
        )
