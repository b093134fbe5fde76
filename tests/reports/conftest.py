"""A small dossier in memory, made with the core's own constructors: five checks, one of each outcome.

| check              | comes out as                                              |
|--------------------|-----------------------------------------------------------|
| test/equal-chances | demonstrated: two gaps and three counts                   |
| test/accuracy      | refuted, in one of two groups                             |
| test/data-rules    | not demonstrated: inconclusive, with advice; long strata  |
| test/contract      | not demonstrated: the method failed, nothing was measured |
| test/energy        | demonstrated and observed, with a noise floor             |
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest

from certify.basis import Basis, Excusal
from certify.digest import Digest
from certify.dossier import Advice, Dossier, Run
from certify.environment import Environment, Library
from certify.evidence import (
    Bounds,
    Circumstance,
    Estimate,
    EvidenceItem,
    Measurement,
    NotMeasured,
    Opened,
    Reason,
    Statement,
)
from certify.ledger import GENESIS, Entry
from certify.protocol import Protocol, lock
from certify.qualification import Qualification
from certify.standard import Check, Expectation
from certify.submission import Artifact, Manifest, root_digest
from certify.task import task_of
from certify.value import Bilingual, as_number
from certify.verdict import Finding
from reports.html import render

Alter = Callable[[Any], Any]

MOMENT = "2026-11-25T10:00:00+00:00"
EARLIER = "2026-11-25T09:00:00+00:00"
GROUPS = ["sex=female", "sex=male", "sex=other"]
RULE = {
    "expectation": "expect_column_values_to_be_between",
    "arguments": {"column": "a_column_with_a_rather_long_name", "min_value": 0, "max_value": 120},
}
LONG_RULE = {
    "expectation": "expect_column_values_to_be_in_set",
    "arguments": {"column": "status", "value_set": [f"code-number-{number}" for number in range(12)]},
}


def unaltered(part: Any) -> Any:
    return part


def text(english: str) -> dict[str, str]:
    return {"en": english, "fr": f"(fr) {english}"}


def parameter(type_: str, value: Any, *, why: str, range_: Any = None, stricter: str = "fixed") -> Any:
    return {"type": type_, "value": value, "range": range_, "stricter": stricter, "why": why}


def limit(value: str, *, stricter: str, high: str = "1") -> Any:
    why = "Ours: no law sets this number."
    return parameter("decimal", value, why=why, range_=["0", high], stricter=stricter)


def check(slug: str, title: str, **changes: Any) -> Check:
    """A check that demands statistical evidence on the test data unless told otherwise."""
    given = {
        "id": f"test/{slug}",
        "version": "1.2.0",
        "status": "stable",
        "area": "fairness",
        "module": "M5",
        "severity": "major",
        "title": text(title),
        "statement": text(f"{title}, as a sentence that says what must be so."),
        "rationale": text("Because people are affected by what the system decides about them."),
        "remedy": text("Bring more cases, or change the model."),
        "clauses": [
            {
                "instrument": "Regulation (EU) 2024/1689 (AI Act)",
                "locator": "Art. 15(1)",
                "as_of": "2026-08-02",
                "relation": "contributes-to",
                "note": None,
            }
        ],
        "evidence": {"kinds": ["statistical"], "role": "test", "bound_to": ["model", "data"]},
    }
    return Check.from_json({**given, **changes})


def equal_chances() -> Check:
    groups = parameter("list", GROUPS[:2], why="The groups that the basis names.", stricter="superset")
    pairs = {"require": "at_most", "statistic": "true_positive_rate_gap", "limit": "gap"}
    counts = {"require": "count", "statistic": "true_positive_rate", "limit": "positives"}
    return check(
        "equal-chances",
        "Equal chances between groups",
        method={
            "name": "fairness.true_positive_rate_gap",
            "version": "1.0.0",
            "parameters": {"groups": groups},
        },
        limits={
            "gap": limit("0.1", stricter="lower"),
            "positives": parameter(
                "integer", 100, why="Ours.", range_=["1", "100000"], stricter="higher"
            ),
        },
        criterion={
            "all": [
                {**pairs, "for_every": {"pairs_of": "groups"}},
                {**counts, "for_every": {"each_of": "groups"}},
            ]
        },
    )  # fmt: skip


def accuracy() -> Check:
    groups = parameter("list", ["all", *GROUPS[:2]], why="The groups that the basis names.")
    metric = parameter("text", "accuracy", why="The metric that the instructions for use name.")
    return check(
        "accuracy",
        "Accurate in every group",
        area="objectives",
        severity="critical",
        method={
            "name": "objectives.performance",
            "version": "1.0.0",
            "parameters": {"groups": groups, "metric": metric},
        },
        limits={"floor": limit("0.9", stricter="higher")},
        criterion={
            "all": [
                {
                    "require": "at_least", "statistic": "performance", "limit": "floor",
                    "for_every": {"each_of": "groups"},
                }
            ]
        },
    )  # fmt: skip


def data_rules() -> Check:
    rules = parameter("expectations", [RULE, LONG_RULE], why="The data sheet.", stricter="superset")
    return check(
        "data-rules",
        "The data keep their own rules",
        area="data_quality",
        method={
            "name": "data_quality.expectations",
            "version": "1.0.0",
            "parameters": {"expectations": rules},
        },
        limits={"share": limit("0.001", stricter="lower")},
        criterion={
            "all": [
                {
                    "require": "at_most", "statistic": "unexpected_share", "limit": "share",
                    "for_every": {"each_of": "expectations"},
                }
            ]
        },
    )  # fmt: skip


def contract() -> Check:
    whole = parameter("integer", 1000, why="Ours.", range_=["1", "100000"], stricter="higher")
    return check(
        "contract",
        "The declared input contract holds",
        area="cybersecurity",
        method={
            "name": "cybersecurity.input_contract",
            "version": "1.0.0",
            "parameters": {"cases": whole, "seed": {**whole, "value": 7, "stricter": "fixed"}},
        },
        evidence={"kinds": ["statistical"], "role": "none", "bound_to": ["model", "manifest"]},
        limits={"rate": limit("0.01", stricter="lower")},
        criterion={
            "all": [
                {"require": "at_most", "statistic": "failure_rate", "limit": "rate"},
                {
                    "require": "nothing_found", "statement": "boundary_cases_survived",
                    "for_every": {"named": ["boundary"]},
                },
            ]
        },
    )  # fmt: skip


def energy() -> Check:
    watts = parameter("decimal", "3.5", why="Ours.", range_=["1", "20"], stricter="higher")
    return check(
        "energy",
        "Energy in use is known",
        area="energy",
        severity="minor",
        method={"name": "energy.inference", "version": "1.0.0", "parameters": {"watts_per_core": watts}},
        evidence={
            "kinds": ["statistical"], "role": "test", "bound_to": ["model", "data"], "noise_floor": "0.25",
        },
        limits={
            "joules": {**limit("50", stricter="lower", high="1000"), "unit": "J"},
            "classes": parameter("list", ["measured", "modelled"], why="Ours."),
        },
        criterion={
            "all": [
                {"require": "at_most", "statistic": "energy_per_1000", "limit": "joules"},
                {"require": "among", "circumstance": "energy_class", "limit": "classes"},
                {
                    "require": "holds", "statement": "meter_calibrated",
                    "for_every": {"named": ["meter"]},
                },
            ]
        },
    )  # fmt: skip


CHECKS = {
    "equal-chances": equal_chances, "accuracy": accuracy, "data-rules": data_rules, "contract": contract,
    "energy": energy,
}  # fmt: skip


def estimate(statistic: str, stratum: str, value: str, low: Any, high: Any, n: int, **other: Any) -> Estimate:
    """An estimate whose refuting bounds are the demonstrating ones, unless `refuting` says otherwise."""
    refuting = other.pop("refuting", (low, high))
    given: dict[str, Any] = {"unit": "1", "interval": "Clopper-Pearson", "kind": "statistical", **other}
    return Estimate(
        statistic=statistic, stratum=stratum, value=Decimal(value), n=n,
        demonstrating=bounds(low, high, "0.975"), refuting=bounds(*refuting, "0.995"), **given,
    )  # fmt: skip


def bounds(low: Any, high: Any, confidence: str) -> Bounds:
    return Bounds(lower=as_number(low), upper=as_number(high), confidence=Decimal(confidence))


def estimates_of(slug: str) -> tuple[Estimate, ...]:
    if slug == "equal-chances":
        return (
            estimate("true_positive_rate", GROUPS[0], "0.8123456789012", "0.78", "0.84", 612),
            estimate("true_positive_rate", GROUPS[1], "0.8300000001", "0.80", "0.86", 655),
            estimate(
                "true_positive_rate_gap", "sex=female ~ sex=male", "0.0176543211", "0", "0.07123456789", 1267,
                interval="Bonferroni over Clopper-Pearson",
            ),
        )  # fmt: skip
    if slug == "accuracy":
        return (
            estimate("performance", "all", "0.925", "0.912", "0.937", 2000),
            estimate("performance", GROUPS[0], "0.83", "0.804", "0.853", 900, refuting=("0.79", "0.862")),
            estimate("performance", GROUPS[1], "0.955", "0.941", "0.966", 1100),
        )
    if slug == "data-rules":
        rules = data_rules().method.parameters["expectations"].value
        assert isinstance(rules, tuple)
        return (
            estimate("unexpected_share", str(rules[0]), "0", None, "0.00184274", 2000),
            estimate("unexpected_share", str(rules[1]), "0.0005", "0.0000127", "0.00278262", 2000),
        )
    return (estimate("energy_per_1000", "all", "21.5", "20.9", "22.4", 20, unit="J", interval="median"),)


def result_of(check: Check, protocol: Protocol) -> Measurement | NotMeasured:
    slug = check.id.partition("/")[2]
    task = task_of(check, protocol.submission).value_digest
    named: dict[str, Any] = {"task": task, "method": check.method.name, "version": check.method.version}
    if slug == "contract":
        return NotMeasured(
            **named, observed=False, reason=Reason.METHOD_FAILED, explanation="The worker died with SIGFPE."
        )
    observed = slug == "energy"
    return Measurement(
        **named,
        observed=observed,
        estimates=estimates_of(slug),
        statements=(METER,) if observed else (),
        circumstances=(Circumstance(name="energy_class", value="modelled"),) if observed else (),
        evidence=(EVIDENCE,),
        opened=tuple(Opened(path=path, digest=digest) for path, digest in protocol.files.items()),
    )


METER = Statement(
    name="meter_calibrated", subject="meter", holds=True, kind="statistical", explanation="It was."
)
EVIDENCE = EvidenceItem(
    name="counts.json",
    digest=Digest.of(b"counts"),
    size=6,
    media_type="application/json",
    visibility="vendor",
)


def manifest() -> Manifest:
    prose = "Stated for a test."
    person = {"name": "Vendor & Sons", "contact": "vendor@example.org", "roles": ["provider"]}
    labels = {"method": prose, "annotators": prose, "working_conditions": prose}
    training = {"hardware": "1 core", "hours": "1", "energy_kwh": None, "grid_factor_g_per_kwh": None}
    column = {"kind": "measured", "name": "x", "unit": "1", "range": ["0", "1"], "step": None, "noise": None}
    return Manifest.from_json(
        {
            "format": "certify/submission/1",
            "applicant": person,
            "system": {
                "name": "Digit reader", "version": "2.1", "kind": "instrument",
                "intended_purpose": "Reads single handwritten digits from scanned forms.",
                "excluded_uses": ["Other writers than those of the reference population.", "Letters."],
                "annex_iii_point": "none", "affected_persons": "indirectly", "affected_persons_note": prose,
                "human_oversight": prose,
            },
            "model": {
                "file": "model.onnx", "preprocessing": None, "task": "binary",
                "inputs": [{"kind": "table", "name": "input", "dtype": "float32", "columns": [column]}],
                "outputs": [{"name": "p", "content": "probability", "range": None}],
                "decision": {
                    "rule": "threshold", "output": "p", "column": 0, "threshold": "0.5", "negative": "no",
                    "positive": "yes", "favourable": "positive",
                },
            },
            "data": {
                "attributes": [
                    {
                        "name": "sex", "source": "sex", "protected": True,
                        "groups": [
                            {"name": name.partition("=")[2], "codes": [name], "from": None, "below": None}
                            for name in GROUPS
                        ],
                    }
                ],
                "sets": [
                    {
                        "name": "held_out", "role": "test", "files": ["test.csv"], "target": "label",
                        "weights": None, "statistical_unit": "person", "unit_column": None, "origin": prose,
                        "collected": {"first": "2025-01-01", "last": "2025-06-30"},
                        "setting": "Two post offices.", "licence": "CC0", "labelling": labels,
                    }
                ],
                "reference": {
                    "file": "reference.csv", "describes": "Adults who fill in forms in France.",
                    "source": "National statistics", "as_of": "2025-12-31",
                },
            },
            "objective": {
                "loss": [
                    {"term": "cross_entropy", "weight": "1", "class_weights": None, "note": None}
                ],
                "stands_for": prose, "proxies": [], "chosen_by": prose, "rejected_alternatives": [],
                "implicit": {"present": False, "statement": prose},
                "claims": [
                    {"metric": "accuracy", "population": "all", "value": "0.9", "unit": "1", "range": None}
                ],
            },
            "explanation": {
                "available": False, "method": None, "statement": "Nobody can say why it reads a digit."
            },
            "resources": {
                "training": {**training, "water_litres": None, "records": prose},
                "inference": {"hardware": "1 core"},
            },
            "supply_chain": {"base_models": [], "software": []},
            "documents": [],
        }
    )  # fmt: skip


def build(*slugs: str, excused: bool = True, alter: Alter = unaltered) -> Dossier:
    """A whole dossier over the named checks, by default all; `alter` may change each part beforehand."""
    declared = alter(manifest())
    artifacts = tuple(
        Artifact(path=path, digest=Digest.of(path.encode()), size=len(path)) for path in declared.files
    )
    root = root_digest(artifacts)
    basis = Basis(
        id="test/small",
        version="0.3.0",
        title=alter(Bilingual(en="A small basis", fr="Un petit référentiel")),
        required=tuple(alter(CHECKS[slug]()) for slug in slugs or CHECKS),
        excused=(alter(EXCUSAL),) if excused else (),
    )
    protocol = lock(
        root=root,
        manifest=declared,
        artifacts=artifacts,
        basis=basis,
        at=moment(EARLIER),
        by="the laboratory",
    )
    seconds = {str(task_of(c, root).value_digest): Decimal("1.250") for c in basis.required}
    return Dossier(
        program="certify 0.1.0",
        submission=root,
        artifacts=artifacts,
        manifest=declared,
        basis=basis,
        protocol=protocol,
        findings=tuple(Finding(check=c, result=alter(result_of(c, protocol))) for c in basis.required),
        environment=alter(ENVIRONMENT),
        openings=(alter(opening(protocol)),),
        run=Run(
            attempt=1,
            laboratory="the vendor's own",
            started=moment(MOMENT),
            finished=moment(MOMENT),
            qualification=Qualification(vectors=40, specimens=9, record=Digest.of(b"a record")),
            seconds=seconds,
        ),
        advice=(alter(ADVICE),),
    )


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def opening(protocol: Protocol) -> Entry:
    return Entry(
        sequence=0, previous=GENESIS, at=moment(MOMENT), event="opened", role="test",
        submission=protocol.submission, data=tuple(protocol.committed("data.test").values()),
        protocol=protocol.value_digest, purpose="attempt 1",
    )  # fmt: skip


EXCUSAL = Excusal(
    check="test/minors",
    title=Bilingual(en="Children are protected", fr="Les enfants sont protégés"),
    facts=("system.affected_persons = none",),
)
ADVICE = Advice(
    check="test/data-rules",
    stratum=str(Expectation.from_json(RULE)),
    cases=3688,
    note="about 3688 cases in all, 2000 now",
)


ENVIRONMENT = Environment(
    program=Digest.of(b"the program"),
    python="CPython 3.11", system="Linux", processor="A processor", cores=2, threads_per_worker=1,
    isolation="I0", network_denied=False, libraries=(Library(name="numpy", version="2.4.6"),),
    variables=("OPENBLAS_CORETYPE=Haswell",),
)  # fmt: skip


@pytest.fixture(scope="session")
def make_dossier() -> Callable[..., Dossier]:
    """`make_dossier("equal-chances", ..., excused=True, alter=...)`."""
    return build


@pytest.fixture(scope="session")
def dossier() -> Dossier:
    """All five checks, an excusal, an advice."""
    return build()


@pytest.fixture(scope="session")
def passing() -> Dossier:
    """Only what is demonstrated: a conforming dossier."""
    return build("equal-chances", "energy", excused=False)


@dataclass(frozen=True)
class Element:
    """A start tag as a browser would see it."""

    tag: str
    attributes: dict[str, str]


class Page(HTMLParser):
    """A page taken apart by the standard library's parser, which knows nothing of our templates."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.words: list[str] = []
        self.feed(data.decode("utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"an attribute twice in {tag}"
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        """All text between tags, with single spaces."""
        return " ".join("".join(self.words).split())

    def all(self, tag: str) -> list[Element]:
        return [element for element in self.elements if element.tag == tag]

    def attribute(self, name: str) -> list[str]:
        """Every value of an attribute, wherever it stands."""
        return [e.attributes[name] for e in self.elements if name in e.attributes]


@pytest.fixture(scope="session")
def take_apart() -> Callable[[bytes], Page]:
    """`take_apart(html)`: elements, attributes and text of a page."""
    return Page


@pytest.fixture(scope="session")
def english(dossier: Dossier) -> Page:
    """The page of the whole dossier in English."""
    return Page(render(dossier, {}))


@pytest.fixture(scope="session")
def french(dossier: Dossier) -> Page:
    """The page of the whole dossier in French."""
    return Page(render(dossier, {}, language="fr"))
