"""Mutations of what is declared and of what is written. Model and rows stay as they are."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import numpy as np

from checks.specimens.contract import contract_of, require
from checks.specimens.folder import (
    Json,
    change_documents,
    change_manifest,
    keep_manifest,
    manifest_of,
    rows_of,
)
from checks.specimens.story import shown

_HOLLOW: Final = "TODO"

_UNREACHED: Final = {"accuracy": "0.9999", "mean_absolute_error": "0.0001"}
"""A claim that no specimen keeps."""


def false_claim(folder: Path) -> None:
    """The vendor claims a performance that the model does not have."""

    def raised(declared: Json) -> None:
        for claim in declared["objective"]["claims"]:
            claim["value"] = _UNREACHED[claim["metric"]]

    change_manifest(folder, raised)


def false_loss_value(folder: Path) -> None:
    """The declared value of the loss is a hundredth lower than it is."""

    def lowered(declared: Json) -> None:
        objective = declared["objective"]
        objective["reached"] = str(Decimal(objective["reached"]) * Decimal("0.99"))

    change_manifest(folder, lowered)


def threshold_moved(folder: Path) -> None:
    """The manifest declares another threshold than the system decided by: nine tenths of the range."""
    contract = contract_of(folder)
    require(folder, contract.binary, "a binary decision")
    high = contract.lowest + 0.9 * (contract.highest - contract.lowest)
    change_manifest(folder, lambda declared: declared["model"]["decision"].update(threshold=str(high)))


def false_figure(folder: Path) -> None:
    """A document prints a figure whose last digit is wrong; manifest and text agree about it."""
    declared = manifest_of(folder)
    figure = next(figure for document in declared["documents"] for figure in document["figures"])
    true = str(figure["value"])
    figure["value"] = true[:-1] + str((int(true[-1]) + 1) % 10)
    change_documents(folder, lambda text: text.replace(true, figure["value"]))
    keep_manifest(folder, declared)


def direction_reversed(folder: Path) -> None:
    """Decisions are said to follow each quantity the other way than they do."""
    columns = [column for column in contract_of(folder).columns if "direction" in column]
    require(folder, bool(columns), "a quantity whose direction is declared")
    other = {"increasing": "decreasing", "decreasing": "increasing"}

    def reversed_(declared: Json) -> None:
        for column in declared["model"]["inputs"][0]["columns"]:
            if "direction" in column:
                column["direction"] = other[column["direction"]]

    change_manifest(folder, reversed_)


def range_understated(folder: Path) -> None:
    """The answer is said to stay within the lower half of what it reaches."""
    contract = contract_of(folder)
    middle = (contract.lowest + contract.highest) / 2
    change_manifest(
        folder, lambda declared: declared["model"]["outputs"][0].update(range=[contract.lowest, middle])
    )


def claim_unmeasured(folder: Path) -> None:
    """Besides the first claim a second one is made, of a metric that no check was asked to measure."""
    metric = "balanced_accuracy" if contract_of(folder).classes else "r_squared"

    def more(declared: Json) -> None:
        claims = declared["objective"]["claims"]
        claims.append({"metric": metric, "population": claims[0]["population"], "value": "0.5"})

    change_manifest(folder, more)


def figure_unclaimed(folder: Path) -> None:
    """A document prints one more figure, which is true, and of which nothing is claimed."""
    classes = contract_of(folder).classes
    require(folder, bool(classes), "classes")
    rows, declared = rows_of(folder, "test"), manifest_of(folder)
    right = rows["decided"] == rows["label"]
    value = shown(float(np.mean([np.mean(right[rows["label"] == name]) for name in classes])))
    document = next(document for document in declared["documents"] if document["figures"])
    document["figures"].append({"metric": "balanced_accuracy", "value": value})
    keep_manifest(folder, declared)
    path = folder / document["file"]
    path.write_text(f"{path.read_text(encoding='utf-8')}- balanced accuracy: {value}\n", encoding="utf-8")


def document_missing(folder: Path) -> None:
    """No document is there, of whatever kind."""
    for document in manifest_of(folder)["documents"]:
        (folder / document["file"]).unlink()
    change_manifest(folder, lambda declared: declared["documents"].clear())


def document_hollow(folder: Path) -> None:
    """Every document is there and has its headings, and nothing stands under them."""
    change_documents(folder, lambda text: "".join(re.findall(r"^#.*\n", text, re.MULTILINE)))


def section_missing(folder: Path) -> None:
    """The manifest names no section on any topic."""

    def unnamed(declared: Json) -> None:
        for document in declared["documents"]:
            document["sections"].clear()

    change_manifest(folder, unnamed)


def heading_renamed(folder: Path) -> None:
    """No heading in the documents is the one that the manifest names."""
    change_documents(folder, lambda text: re.sub(r"^## ", "## Chapter: ", text, flags=re.MULTILINE))


def declarations_hollow(folder: Path) -> None:
    """All that may be left out is left out, and what has to be there holds a placeholder."""
    change_manifest(folder, _hollowed)


def unexplained(folder: Path) -> None:
    """Decisions are said to be explained, and neither how nor what a person is told."""
    said = {"available": True, "method": None, "statement": "..."}
    change_manifest(folder, lambda declared: declared.update(explanation=said))


def wrong_reference(folder: Path) -> None:
    """The shares of the reference population do not add up to one."""
    require(folder, contract_of(folder).first_attribute is not None, "groups")
    path = folder / manifest_of(folder)["data"]["reference"]["file"]
    path.write_text(re.sub(r",0\.\d+", ",0.7", path.read_text(encoding="utf-8"), count=1), encoding="utf-8")


def no_noise_declared(folder: Path) -> None:
    """Of no measured number is it said how far a measurement may be off, or why it is exact."""

    def silent(declared: Json) -> None:
        for entry in declared["model"]["inputs"]:
            for quantity in entry.get("columns") or [entry["elements"]]:
                for said in ("noise", "exact"):
                    quantity.pop(said, None)

    change_manifest(folder, silent)


def boundless_ranges(folder: Path) -> None:
    """Every measured column is declared to hold anything from 0 to a million, so that nothing is noticed."""
    require(folder, bool(contract_of(folder).columns), "columns")

    def widened(declared: Json) -> None:
        for column in declared["model"]["inputs"][0]["columns"]:
            if column["kind"] == "measured":
                column["range"] = [0, 1_000_000]

    change_manifest(folder, widened)


def no_leeway_declared(folder: Path) -> None:
    """Of no number is it said whether somebody can change it."""

    def silent(declared: Json) -> None:
        for entry in declared["model"]["inputs"]:
            for number in entry.get("columns") or [entry["elements"]]:
                number.pop("perturbable", None)

    change_manifest(folder, silent)


def _hollowed(declared: Json) -> None:
    system, objective = declared["system"], declared["objective"]
    declared["applicant"]["contact"] = _HOLLOW
    _empty(system, "intended_purpose", "human_oversight", "affected_persons_note", "annex_iii_point")
    system["excluded_uses"] = [_HOLLOW]
    objective["loss"] = [{"term": "other_declared", "weight": 1, "note": _HOLLOW}]
    for key in ("reduction", "answer", "reached", "training", "unused"):
        objective.pop(key, None)
    _empty(objective, "stands_for", "chosen_by")
    _empty(objective["implicit"], "statement")
    objective |= {"proxies": [], "rejected_alternatives": [], "selectable": []}
    for dataset in declared["data"]["sets"]:
        _empty(dataset, "origin", "licence", "setting", "statistical_unit")
        _empty(dataset["labelling"], *dataset["labelling"])
        dataset["collected"] = {"first": "2026-06-30", "last": "2026-01-01"}
    training = declared["resources"]["training"]
    training.update(dict.fromkeys(("hours", "energy_kwh", "grid_factor_g_per_kwh", "water_litres")))
    _empty(training, "hardware", "records")
    _empty(declared["resources"]["inference"], "hardware")
    nameless = dict.fromkeys(("name", "version", "supplier", "licence"), _HOLLOW)
    declared["supply_chain"] = {"base_models": [nameless], "software": []}
    for left_out in ((system, "consequences"), (declared["data"], "personal"), (declared, "publication")):
        left_out[0].pop(left_out[1], None)
    declared["resources"].pop("frugal_baseline")


def _empty(said: dict[str, Any], *keys: str) -> None:
    said.update(dict.fromkeys(keys, _HOLLOW))
