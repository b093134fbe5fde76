"""The check that `certify standards new` writes: every key explained, filled for one method.

What it measures and how it judges is taken from a check that ships and uses the same method, so that the
numbers are of a sensible size; what is for people has to be replaced, and `certify standards check` refuses a
check in which it was not. Of a method that no check uses yet, only the form is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from certify.cli.standards.commented import Commented
from certify.cli.standards.explanation import OF_CHECK, OF_PACK
from certify.cli.standards.placeholder import REPLACE

if TYPE_CHECKING:
    from pathlib import Path

    from certify.standard import Check, MethodSignature
    from certify.vector import SpecimenSet

FIRST = "first.json"
SCHEMA_LINE = "# yaml-language-server: $schema={}/schemas/{}.schema.json\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """A check that ships, at the values of its specimens where it leaves any open, and those specimens."""

    check: Check
    specimens: SpecimenSet | None


def model_of(packs: Path, method: str) -> Model | None:
    """The simplest check that ships and uses a method."""
    found = [_model(path, method) for path in sorted(packs.glob("*/checks/*/check.yaml"))]
    usable = [model for model in found if model is not None]
    return min(usable, key=_complexity, default=None)


def _complexity(model: Model) -> tuple[int, ...]:
    check = model.check
    return tuple(map(len, (check.open_values, check.criterion.all, check.applies.all, check.silent_on)))


def _model(path: Path, method: str) -> Model | None:
    """None for a check of another method, and for one that cannot be read: that is not asked here."""
    from certify.errors import UnusableInput
    from certify.standard import Check
    from certify.strict_yaml import read
    from certify.vector import filled, read_specimens

    data = path.read_bytes()
    if method.encode() not in data:
        return None
    try:
        check = read(data, source=path.name).validate(Check)
        specimens = read_specimens(path.parent, check)
        ready = filled(check, specimens.open_values) if specimens else check
    except (UnusableInput, ValueError):
        return None
    return Model(check=ready, specimens=specimens) if check.method.name == method else None


def pack_text(namespace: str, method: MethodSignature) -> str:
    """`pack.yaml` of a new pack."""
    content = {
        "id": namespace,
        "version": "0.1.0",
        "title": _bilingual("what the pack is about"),
        "steward": {
            "name": f"{REPLACE}: who answers for it",
            "contact": f"{REPLACE}: where questions reach them",
        },
        "licence": f"{REPLACE}: such as CC-BY-4.0",
        "languages": ["en", "fr"],
        "methods": {method.name: method.version},
    }
    return SCHEMA_LINE.format("../..", "pack") + Commented(OF_PACK).text(content)


def check_text(name: str, method: MethodSignature, model: Model | None, *, today: str) -> str:
    """`check.yaml` of a new check."""
    body = Commented(OF_CHECK).text(_content(name, method, model, today=today))
    return SCHEMA_LINE.format("../../../..", "check") + body


def _content(name: str, method: MethodSignature, model: Model | None, *, today: str) -> dict[str, Any]:
    like = model.check.to_json() if model else _form(method)
    silences = [{"control": s["control"], "why": s["why"]} for s in like["silent_on"]]
    return {
        "id": name,
        "version": "0.1.0",
        "status": "draft",
        "area": like["area"],
        "module": like["module"],
        "severity": like["severity"],
        "title": _bilingual("what is required, in a few words"),
        "statement": _bilingual("what exactly is required"),
        "rationale": _bilingual("why it is required"),
        "remedy": _bilingual("what to do when it is refused"),
        "clauses": [
            {
                "instrument": f"{REPLACE}: the law or standard",
                "locator": f"{REPLACE}: the place in it",
                "as_of": today,
                "relation": "informs",
                "note": f"{REPLACE}: which part of the clause is shown here, and which is not",
            }
        ],
        **_scope(like),
        "method": {"name": method.name, "version": method.version, **_values("parameters", like["method"])},
        **_demand(like["evidence"]),
        **_values("limits", like),
        "criterion": {"all": [_condition(condition) for condition in like["criterion"]["all"]]},
        **({"silent_on": silences} if silences else {}),
        "vectors": [FIRST],
    }


def _demand(like: Mapping[str, Any]) -> dict[str, Any]:
    floor = like.get("noise_floor")
    demand = {key: value for key, value in like.items() if key != "noise_floor"}
    return {"evidence": demand if floor is None else {**demand, "noise_floor": Decimal(floor)}}


def _bilingual(what: str) -> dict[str, str]:
    return {"en": f"{REPLACE}: {what}", "fr": f"{REPLACE}: {_FRENCH[what]}"}


_FRENCH = {
    "what the pack is about": "l'objet du paquet",
    "what is required, in a few words": "l'exigence en quelques mots",
    "what exactly is required": "l'exigence exacte",
    "why it is required": "sa raison d'être",
    "what to do when it is refused": "que faire en cas de refus",
}


def _scope(like: Mapping[str, Any]) -> dict[str, Any]:
    return {"applies": {"all": like["applies"]["all"]}} if like["applies"]["all"] else {}


def _values(section: str, like: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters or limits, each with a reason that is still to be written."""
    values = {name: _value(parameter) for name, parameter in like[section].items()}
    return {section: values} if values else {}


def _value(parameter: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers are text in JSON, and numbers again in a file for people."""
    written = {key: parameter[key] for key in _KEYS if parameter.get(key) is not None}
    if parameter["type"] in ("integer", "decimal"):
        written["range"] = [Decimal(end) for end in written["range"]]
        if "value" in written:
            written["value"] = Decimal(written["value"])
    if written.get("unit") == "1":
        del written["unit"]
    return {**written, "why": f"{REPLACE}: the source of this value, or Ours and the reason"}


_KEYS = ("type", "unit", "range", "value", "stricter")


def _condition(condition: Mapping[str, Any]) -> dict[str, Any]:
    plain = {key: value for key, value in condition.items() if key != "for_every"}
    strata = {key: value for key, value in condition.get("for_every", {}).items() if value}
    of_all = strata in ({}, {"named": ["all"]})
    order = {"require": plain.pop("require"), **plain}
    return order if of_all else {**order, "for_every": strata}


def _form(method: MethodSignature) -> dict[str, Any]:
    """What can be written for a method of which nothing is known but its parameters."""
    numbers = {"integer": ["0", "1000000"], "decimal": ["0", "1"]}
    directions = {"integer": "fixed", "decimal": "fixed", "text": "fixed"}
    parameters = {
        name: {"type": kind, "range": numbers.get(kind), "stricter": directions.get(kind, "superset")}
        for name, kind in method.parameters.items()
    }
    return {
        "area": method.name.partition(".")[0],
        "module": "M5",
        "severity": "major",
        "applies": {"all": []},
        "method": {"parameters": parameters},
        "evidence": {
            "kinds": ["statistical"], "role": "test", "bound_to": ["manifest", "model", "data"],
            "noise_floor": "0.1" if method.observed else None,
        },
        "limits": {"limit": {"type": "decimal", "range": ["0", "1"], "value": "0.5", "stricter": "lower"}},
        "criterion": {"all": [{"require": "at_most", "statistic": "replace_me", "limit": "limit"}]},
        "silent_on": [],
    }  # fmt: skip


def vectors_text(check: Check, open_values: Mapping[str, Any]) -> str:
    """Two vectors whose evidence is the wrong way round, so that both fail until a person has replaced it."""
    from certify.cli.standards.vector_file import vector_file
    from certify.submission.manifest import FACTS
    from certify.vector import OpenValues, filled, propose

    ready = filled(check, OpenValues.from_json(open_values))
    files = propose(ready, facts=FACTS)
    good = files["demonstrated.json"][0]
    bad = next(v for v in files["refused.json"] if v["expect"]["outcome"] == "refuted")
    says = f"{REPLACE}: this fails on purpose. Write evidence"
    wrong_way_round = [
        {
            **good,
            "name": "a-good-case",
            "says": f"{says} that must be demonstrated.",
            "evidence": bad["evidence"],
        },
        {**bad, "name": "a-bad-case", "says": f"{says} that must be refuted.", "evidence": good["evidence"]},
    ]
    return vector_file(ready, open_values, wrong_way_round)


def specimens_text(model: Model | None, open_values: Mapping[str, Any]) -> str:
    """The specimens of the model, to be judged by the new check."""
    from certify.cli.standards.vector_file import text_of

    bad = model.specimens.bad[:2] if model and model.specimens else ()
    good = list(model.specimens.good) if model and model.specimens else ["replace_me"]
    because = f"{REPLACE}: why the check must refuse it"
    chosen = [(entry.specimen, entry.mutation) for entry in bad] or [("replace_me", "replace_me")]
    entries = [{"specimen": s, "mutation": m, "because": because} for s, m in chosen]
    values = {section: given for section, given in open_values.items() if given}
    content = {"format": "certify/specimens/1", "open_values": values, "good": good, "bad": entries}
    return text_of({key: part for key, part in content.items() if part}) + "\n"
