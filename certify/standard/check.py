"""One check, as its YAML file says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from certify.errors import Unfit
from certify.evidence import Kind
from certify.standard.criterion import Among, Condition, Criterion, Holds, NothingFound
from certify.standard.extent import require_extent
from certify.standard.parameter import Parameter, ParameterType
from certify.value import Bilingual, Day, Line, Name, Number, Prose, Value

Identity = Annotated[str, Field(pattern=r"^[a-z][a-z0-9.-]*/[a-z][a-z0-9-]*$", max_length=120)]
"""`namespace/slug`."""

Version = Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]

LOWEST_CONFIDENCE = Decimal("0.975")
"""One-sided alpha is 0.025 unless a basis makes it smaller (ICH E9, section 5.5)."""


class Clause(Value):
    """A place in a law or standard, and honestly how the check relates to it."""

    instrument: Line
    locator: Line
    as_of: Day
    relation: Literal["satisfies", "contributes-to", "informs"]
    note: Prose | None = None


class Membership(Value):
    """A declared fact is one of the listed ones. An unknown fact never excuses."""

    fact: Line
    among: tuple[Line, ...] = Field(min_length=1)


class Applicability(Value):
    """A check applies unless a known fact takes it out of scope."""

    all: tuple[Membership, ...] = ()

    def excusing_facts(self, facts: Mapping[str, str]) -> tuple[str, ...]:
        """The known facts that take the check out of scope, spelled `fact = value`; empty: it applies."""
        known = [(m, facts[m.fact]) for m in self.all if m.fact in facts]
        return tuple(f"{m.fact} = {value}" for m, value in known if value not in m.among)


Bond = Literal[
    "model", "data", "data.train", "data.validation", "data.test", "reference", "documents", "manifest",
]  # fmt: skip
"""What evidence can be bound to: all committed files of a group. `data` is the data of the demanded role."""


class Demand(Value):
    """What evidence must be: the kinds accepted, the data opened, the bytes it must be bound to."""

    kinds: tuple[Kind, ...] = Field(min_length=1)
    role: Literal["train", "validation", "test", "reference", "none"]
    bound_to: tuple[Bond, ...] = Field(min_length=1)
    noise_floor: Number | None = Field(default=None, gt=0)
    """For observed methods: how far, relatively, two laboratories may differ and still agree."""

    @model_validator(mode="after")
    def _search_cannot_demonstrate(self) -> Self:
        if "search" in self.kinds:
            raise Unfit(
                "kinds without search, whose silence demonstrates nothing",
                at=("kinds",),
                remedy="Remove it: a search can refute, and nothing else.",
            )
        return self

    def groups(self) -> tuple[str, ...]:
        """The groups of committed files from which the evidence must be made."""
        return tuple(f"data.{self.role}" if name == "data" else name for name in self.bound_to)


class MethodUse(Value):
    """The method that measures, by name and version, with the parameters that it is given."""

    name: Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z_]+$")]
    version: Version
    parameters: Mapping[Name, Parameter] = Field(default_factory=dict)


Mode = Literal["measured", "documented", "human"]

ControlName = Literal["constant_predictor", "random_predictor"]
"""The negative controls that a check may be unable to refuse; about all others no check may be silent."""


class Silence(Value):
    """A negative control that this check cannot refuse, and why; a basis needs another check that does."""

    control: ControlName
    why: Bilingual


_SAFE_DIRECTION = {"at_most": "lower", "at_least": "higher", "count": "higher", "among": "fixed"}
"""Which way a basis may move the limit of a condition without making it easier to meet."""


VectorFile = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*\.json$", max_length=80)]


class Check(Value):
    """One YAML file under `standards/`, and after resolution the same with every value fixed."""

    shown_by: ClassVar[str] = "`certify standards new` writes a check with a comment on every key."

    id: Identity
    version: Version
    status: Literal["draft", "trial", "stable", "deprecated", "withdrawn"]
    area: Name
    module: Literal["M1", "M2", "M3", "M4", "M5", "M6"]
    severity: Literal["critical", "major", "minor"]
    title: Bilingual
    statement: Bilingual
    rationale: Bilingual
    remedy: Bilingual
    clauses: tuple[Clause, ...] = Field(min_length=1)
    applies: Applicability = Applicability()
    method: MethodUse
    evidence: Demand
    limits: Mapping[Name, Parameter] = Field(default_factory=dict)
    criterion: Criterion
    confidence: Number = Field(default=LOWEST_CONFIDENCE, ge=LOWEST_CONFIDENCE, lt=1)
    silent_on: tuple[Silence, ...] = ()
    vectors: tuple[VectorFile, ...] = ()
    """The files under `vectors/` that prove what this check demonstrates and what it refuses."""

    @model_validator(mode="after")
    def _refers_to_what_exists(self) -> Self:
        for place, condition in enumerate(self.criterion.all):
            self._require_limit(condition, place)
            strata = getattr(condition, "for_every", None)
            if strata and strata.source:
                self._require_list(strata.source, place)
        require_extent(self.criterion, self.method.parameters)
        return self

    def _require_list(self, name: str, place: int) -> None:
        parameter = self.method.parameters.get(name)
        if parameter is None or parameter.type not in ("list", "expectations"):
            lists = [n for n, p in self.method.parameters.items() if p.type in ("list", "expectations")]
            raise Unfit(
                f'a parameter named "{name}" of type list or expectations under `method.parameters`',
                at=("criterion", "all", place, "for_every"),
                found="none of this name and type",
                remedy=f"Name one that is there: {', '.join(lists) or 'this method has none'}.",
            )

    def _require_limit(self, condition: Condition, place: int) -> None:
        if isinstance(condition, Holds | NothingFound):
            return
        limit = self.limits.get(condition.limit)
        types = ("list",) if isinstance(condition, Among) else ("integer", "decimal")
        if limit is None or limit.type not in types:
            fitting = [name for name, limit in self.limits.items() if limit.type in types]
            raise Unfit(
                f'a limit named "{condition.limit}" of type {" or ".join(types)} under `limits`',
                at=("criterion", "all", place, "limit"),
                found="none of this name and type",
                remedy=f"Name one that is there: {', '.join(fitting) or 'there is none; write it'}.",
            )
        if condition.require == "count" and limit.range is not None and limit.range[0] < 0:
            remedy = "Let the range begin at 0 or above: cases are counted."
            raise Unfit("a range from 0", at=("limits", condition.limit, "range"), remedy=remedy)
        safe = _SAFE_DIRECTION[condition.require]
        if limit.stricter not in (safe, "fixed"):
            raise Unfit(
                f"`stricter` as {safe} or fixed, because {condition.require} judges by this limit",
                at=("limits", condition.limit, "stricter"),
                remedy="Correct it, or the condition: the other direction would let a basis loosen.",
            )

    @model_validator(mode="after")
    def _names_each_thing_once(self) -> Self:
        silences = [silence.control for silence in self.silent_on]
        for name, values in (("silent_on", silences), ("vectors", list(self.vectors))):
            if twice := [place for place, value in enumerate(values) if value in values[:place]]:
                raise Unfit("each entry once", at=(name, twice[0]), remedy="Remove one of the two.")
        return self

    @property
    def mode(self) -> Mode:
        """How the requirement is shown: by measuring, by a document, or by the judgement of a person."""
        kinds = set(self.evidence.kinds)
        if kinds == {"human"}:
            return "human"
        return "documented" if kinds <= {"document", "human"} else "measured"

    def limit(self, name: str) -> Decimal:
        """The number of a limit; raises `ValueError` for one that is open, or is no number."""
        value = self.limits[name].value
        if not isinstance(value, Decimal):
            raise ValueError(f"{self.id}: the limit {name} is no number")
        return value

    @property
    def open_values(self) -> tuple[str, ...]:
        """Names of parameters and limits that still have no value: such a check cannot be run."""
        everything = {**self.method.parameters, **self.limits}
        return tuple(name for name, parameter in everything.items() if parameter.value is None)


@dataclass(frozen=True, kw_only=True, slots=True)
class MethodSignature:
    """What the core knows of a method: enough to refuse a wrong check before anything runs."""

    name: str
    version: str
    parameters: Mapping[str, ParameterType]
    """Parameter name to its type; all are required, so that every value is written in the standard."""
    observed: bool
    summary: str
