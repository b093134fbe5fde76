"""A method as the catalogue lists it: where it lives, what it takes, and how it is given rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module

from certify.standard import MethodSignature, ParameterType
from checks.measured import Measured

Function = Callable[..., Measured]


@dataclass(frozen=True, kw_only=True, slots=True)
class Method:
    """One method: its signature as the core knows it, and the function behind it."""

    signature: MethodSignature
    place: str
    """`module:function`."""
    streamed: bool = False
    """Whether it counts the rows of a `Relation`; else it takes a `Table`, which holds them."""
    imports: tuple[str, ...] = ()
    """Modules beyond the usual ones that take a second or more to import: its workers are forked from a host
    that has them already."""

    def function(self) -> Function:
        """Import the method. The imports of its area are paid here and nowhere else."""
        module, _, name = self.place.partition(":")
        function: Function = getattr(import_module(module), name)
        return function


def method(
    place: str,
    summary: str,
    *,
    parameters: Mapping[str, ParameterType] | None = None,
    observed: bool = False,
    streamed: bool = False,
    imports: tuple[str, ...] = (),
) -> tuple[str, Method]:
    """An entry of the catalogue: its name, made of the area and the function at `place`, and the method."""
    area, _, name = place.removeprefix("checks.").partition(".")
    full_name = f"{area}.{name.rpartition(':')[2]}"
    signature = MethodSignature(
        name=full_name, version="1.0.0", parameters=parameters or {}, observed=observed, summary=summary
    )
    return full_name, Method(signature=signature, place=place, streamed=streamed, imports=imports)
