"""JSON Schemas of the files under `standards/`, for editors: generated from the models, and never by hand.

An editor that knows the schema marks a misspelt key while it is typed. It knows less than the program does:
what a schema cannot say (a value of the type that stands beside it, a limit that a condition names) is
refused by `certify standards check` alone. The dialect is draft-07, the latest that most editors accept.
"""

from __future__ import annotations

import ast
import inspect
import json
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from certify.basis import BasisText
from certify.pack.clauses import ClauseFile
from certify.pack.manifest import PackManifest
from certify.pack.steward import Stewards
from certify.standard import Check
from certify.value import Value
from certify.vector import SpecimenSet, VectorSet

MODELS: Mapping[str, type[Value]] = {
    "pack": PackManifest,
    "check": Check,
    "basis": BasisText,
    "vectors": VectorSet,
    "specimens": SpecimenSet,
    "clauses": ClauseFile,
    "stewards": Stewards,
}
"""What each kind of file holds."""

DIALECT = "http://json-schema.org/draft-07/schema#"

_NUMBER_AS_TEXT = r"^-?[0-9]{1,60}(\.[0-9]{1,60})?(E[+-]?[0-9]{1,3})?$"
_BOUNDS = {"gt": "exclusiveMinimum", "ge": "minimum", "lt": "exclusiveMaximum", "le": "maximum"}


def schemas() -> dict[str, str]:
    """The schema of each kind of file, as the text of `<kind>.schema.json`."""
    return {kind: json.dumps(schema(model), indent=2) + "\n" for kind, model in MODELS.items()}


def schema(model: type[Value]) -> dict[str, Any]:
    """The draft-07 schema of one model."""
    made = model.model_json_schema(
        ref_template="#/definitions/{model}", schema_generator=_WithAttributeDocstrings
    )
    definitions = made.pop("$defs", {})
    plain: dict[str, Any] = _in_draft_07({**made, "definitions": definitions})
    return {"$schema": DIALECT, **plain}


class _WithAttributeDocstrings(GenerateJsonSchema):
    """Takes the text below a field as the description of the key."""

    def model_schema(self, schema: Any) -> JsonSchemaValue:
        """The schema of a class, its keys described as the class describes them."""
        made = super().model_schema(schema)
        for base in schema["cls"].__mro__:
            if issubclass(base, Value):
                for name, text in _attribute_docstrings(base):
                    if name in made.get("properties", {}):
                        made["properties"][name].setdefault("description", text)
        return made


def _attribute_docstrings(model: type[Value]) -> Iterator[tuple[str, str]]:
    for field, below in pairwise(_classes(model.__module__).get(model.__name__, [])):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            match below:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    yield field.target.id, inspect.cleandoc(text)


@cache
def _classes(module: str) -> Mapping[str, list[ast.stmt]]:
    """What stands in each class of a module, read once."""
    definitions = ast.parse(inspect.getsource(sys.modules[module])).body
    return {part.name: part.body for part in definitions if isinstance(part, ast.ClassDef)}


def _in_draft_07(value: Any) -> Any:
    """The same schema without what came after draft-07, and without what is no part of any draft."""
    if isinstance(value, list):
        return [_in_draft_07(item) for item in value]
    if not isinstance(value, dict):
        return value
    made = {_keyword(key): _part(key, item) for key, item in value.items()}
    made.pop("discriminator", None)
    if isinstance(made.get("default"), dict):
        del made["default"]  # an editor would write it out, keys that say nothing included
    if "prefixItems" in made:
        made["items"] = made.pop("prefixItems")
    if "patternProperties" in made:
        made.setdefault("additionalProperties", False)
    if "$ref" in made and len(made) > 1:
        made["allOf"] = [{"$ref": made.pop("$ref")}]  # draft-07 ignores whatever stands beside a reference
    return _with_numbers_as_text(made)


def _keyword(key: str) -> str:
    return _BOUNDS.get(key, key)


_BY_NAME = ("properties", "patternProperties", "definitions")


def _part(key: str, value: Any) -> Any:
    """A part of a schema; the keys of some parts are names in the file, and no words of the dialect."""
    if key in _BY_NAME:
        return {name: _in_draft_07(item) for name, item in value.items()}
    return _in_draft_07(value)


def _with_numbers_as_text(made: dict[str, Any]) -> dict[str, Any]:
    """A number may be written as text, but not as any text."""
    options = made.get("anyOf", [])
    types = [option.get("type") for option in options]
    if types in (["number", "string"], ["number", "string", "null"]):
        options[1].setdefault("pattern", _NUMBER_AS_TEXT)
    return made
