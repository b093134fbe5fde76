"""What a specimen tells of itself: the words that its declarations and documents share.

Everything that the format of a submission has a place for is declared: a check that asks for it finds it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal

from checks.specimens import records
from checks.specimens.folder import Json
from checks.specimens.texts import SECTIONS


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """Who is concerned by what; the texts fill the braces of `checks.specimens.texts`."""

    system: str
    purpose: str
    inputs: str
    answers: str
    harm: str
    persons: str
    unit: str
    kind: str
    point: str
    affected: str
    in_use: Mapping[str, bool]
    """The facts that are true or false: recommends, learns_in_use, personal, implicit."""
    baseline: tuple[str, str] = ("accuracy", "0.8")
    """What one of the numbers alone reaches: metric and value."""
    units: bool = True
    """Whether a column names the statistical unit of each row; else all rows are one series."""
    choices: Sequence[Json] = field(default=())
    """Objectives that a person can choose."""

    def documents(self, figures: Mapping[str, str]) -> dict[str, str]:
        """Path to text: one document of each kind."""
        return {_path(kind): self._document(kind, figures) for kind in SECTIONS}

    def declared_documents(self, figures: Mapping[str, str]) -> list[Json]:
        """The same as the manifest declares them, with every section and figure."""
        listed = [{"metric": metric, "value": value} for metric, value in figures.items()]
        return [
            {
                "name": kind, "kind": kind, "file": _path(kind),
                "figures": listed if kind == "instructions_for_use" else [],
                "sections": [{"topic": topic, "heading": h} for topic, (h, _) in sections.items()],
            }
            for kind, sections in SECTIONS.items()
        ]  # fmt: skip

    def declared(self) -> Json:
        """The parts of the manifest that need no model and no data."""
        return {
            "format": "certify/submission/1",
            "applicant": {
                "name": "Specimen Works Ltd", "contact": "conformity@example.org", "roles": ["provider"],
            },
            "system": self._system(),
            "explanation": {
                "available": True,
                "method": "The share of each number in the weighted sum",
                "statement": "Whoever asks is told which number counted most, and by how much.",
            },
            "resources": self._resources(),
            "supply_chain": {
                "base_models": [],
                "software": [
                    {"name": "onnxruntime", "version": "1.23.0", "supplier": "Microsoft", "licence": "MIT"}
                ],
            },
            "publication": {
                "refusal_accepted": True,
                "statement": "A refusal may be published with all its reasons.",
            },
        }  # fmt: skip

    def dataset(self, role: str, file: str, decisions: str | None = None) -> Json:
        """What is declared of the rows in a role; `decisions` is the column with what was decided, if any."""
        return {
            "name": f"{role}_rows", "role": role, "files": [file], "target": "label", "weights": None,
            "statistical_unit": self.unit, "decisions": decisions, **records.declared(units=self.units),
            "origin": "Drawn by a random generator with a fixed seed, for an invented system.",
            "setting": "An invented site where staff measure carefully.",
            "licence": "CC0-1.0",
            "labelling": {
                "method": "The generator wrote down which truth it drew the row from.",
                "annotators": "No person labelled anything: the generator did.",
                "working_conditions": "Nobody worked on the labels: there were no conditions of work.",
            },
        }  # fmt: skip

    def objective(self, loss: Sequence[Json], reached: str, claims: Sequence[Json], **more: object) -> Json:
        """What was striven for, the value that the loss has on train, and the claims; `more` as declared."""
        return {
            "loss": list(loss),
            "reduction": "mean",
            "reached": reached,
            "stands_for": f"That it {self.purpose}, as rarely wrong as can be.",
            "proxies": ["The label stands for the truth, as far as the generator knows it."],
            "chosen_by": "The head of development, after hearing those who work with it and those concerned.",
            "rejected_alternatives": ["Counting only the worst errors: too few rows show them."],
            "implicit": {
                "present": self.in_use["implicit"],
                "statement": "Staff rated drafts, and the best rated one was kept."
                if self.in_use["implicit"]
                else "Nothing was rated by people.",
            },
            "selectable": list(self.choices),
            "claims": [{"population": "All cases of the kind in the test rows", **claim} for claim in claims],
            **more,
        }

    def _system(self) -> Json:
        return {
            "name": self.system, "version": "1.0.0", "kind": self.kind,
            "consequences": "It speaks to trained staff only, and asks for a glance of their attention.",
            "recommends": self.in_use["recommends"],
            "intended_purpose": f"It {self.purpose}.",
            "excluded_uses": ["Deciding alone.", "Any place or instrument that the data do not stand for."],
            "annex_iii_point": self.point,
            "affected_persons": self.affected,
            "affected_persons_note": f"A wrong answer may lead to {self.harm}, for {self.persons}.",
            "human_oversight": "Trained staff see each answer beside the measurements, and may overrule it.",
        }  # fmt: skip

    def _resources(self) -> Json:
        metric, value = self.baseline
        return {
            "training": {
                "hardware": "One core of a desktop computer",
                "hours": "0.01", "energy_kwh": "0.0002", "grid_factor_g_per_kwh": "56", "water_litres": "0",
                "records": "Read from the counter of the processor during the only training.",
            },
            "inference": {"hardware": "One core of any computer"},
            "frugal_baseline": {
                "description": "One of the numbers alone, against a fixed limit.",
                "metric": metric, "value": value,
                "energy_note": "One comparison for each answer, too little to be metered.",
                "why_not_used": "It does clearly worse.",
            },
        }  # fmt: skip

    def _document(self, kind: str, figures: Mapping[str, str]) -> str:
        title = f"# {self.system}: {kind.replace('_', ' ')}\n"
        parts = [f"## {heading}\n\n{self._told(text)}\n" for heading, text in SECTIONS[kind].values()]
        if kind == "instructions_for_use":
            said = "\n".join(f"- {name.replace('_', ' ')}: {value}" for name, value in figures.items())
            parts.append(f"## What was measured on the test rows\n\n{said}\n")
        return "\n".join([title, *parts])

    def _told(self, text: str) -> str:
        return text.format(
            system=self.system, purpose=self.purpose, inputs=self.inputs, answers=self.answers,
            harm=self.harm, persons=self.persons,
        )  # fmt: skip


def shown(value: float) -> str:
    """A figure as documents print it: four decimals, rounded half to even.

    >>> shown(0.98975), shown(1.0)
    ('0.9898', '1.0000')
    """
    return str(Decimal(str(value)).quantize(Decimal("0.0001"), rounding=ROUND_HALF_EVEN))


def spelt(value: float) -> str:
    """The value of a loss as the manifest declares it: nine digits, never with an exponent.

    >>> spelt(0.0312499999999), spelt(1.5)
    ('0.0312500000', '1.50000000')
    """
    return f"{Decimal(f'{value:.8e}'):f}"


def _path(kind: str) -> str:
    return f"documents/{kind}.md"
