"""Which keys a form knows at a place: what a misspelt key may have been meant to be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

Location = tuple[str | int, ...]
"""A path as pydantic tells it: keys and places in lists, and between them the tags of unions."""


def keys_at(model: type[BaseModel], location: Location) -> tuple[str, ...]:
    """The keys of the mapping at a location, in the order of the form; empty where any name is welcome."""
    forms: list[Any] = [model]
    for part in location:
        forms = [inner for form in forms for inner in _inside(form, part)] or _tagged(forms, part)
    return tuple(dict.fromkeys(key for form in forms if _is_model(form) for key in _fields(form)))


def _inside(form: Any, part: str | int) -> Iterator[Any]:
    """The forms of what stands at a key or place of a form."""
    origin, arguments = get_origin(form), get_args(form)
    if _is_model(form) and part in (fields := _fields(form)):
        yield from _plain(fields[str(part)])
    elif _is(origin, Mapping) and isinstance(part, str):
        yield from _plain(arguments[1])
    elif _is(origin, Sequence) and isinstance(part, int):
        yield from _plain(arguments[0] if arguments[-1] is ... or part >= len(arguments) else arguments[part])


def _fields(form: type[BaseModel]) -> dict[str, Any]:
    """The keys of a form as documents write them, with what stands there."""
    return {field.alias or name: field.annotation for name, field in form.model_fields.items()}


def _plain(form: Any) -> Iterator[Any]:
    """Every alternative of a union, without annotations."""
    origin = get_origin(form)
    if hasattr(form, "__value__"):
        yield from _plain(form.__value__)
    elif origin is Annotated:
        yield from _plain(get_args(form)[0])
    elif origin in (Union, UnionType):
        for alternative in get_args(form):
            yield from _plain(alternative)
    else:
        yield form


def _tagged(forms: list[Any], part: str | int) -> list[Any]:
    """The forms that bear a tag; all of them if none does, since then the part is no tag that is known."""
    return [form for form in forms if _is_model(form) and part in _tags(form)] or forms


def _tags(form: type[BaseModel]) -> Iterator[Any]:
    yield form.__name__
    for field in form.model_fields.values():
        if get_origin(field.annotation) is Literal:
            yield from get_args(field.annotation)


def _is_model(form: Any) -> bool:
    return isinstance(form, type) and issubclass(form, BaseModel)


def _is(origin: Any, kind: type) -> bool:
    return isinstance(origin, type) and issubclass(origin, kind)
