"""The tabulation as a question of its own: asked once for a data set, before the checks that read it."""

from __future__ import annotations

from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.relation import Relation
from checks.subject import Subject

NAME = "tabulation.json"


def tabulation(subject: Subject, data: Relation | None, confidence: Confidence) -> Measured:
    """No estimate and no statement, but the counts as an exhibit: canonical JSON of a `Tabulation`."""
    if data is None:
        raise CannotMeasure("rows are counted in a data set, and none was given")
    counted = subject.tabulation(data.dataset.role).to_bytes()
    return Measured(
        exhibits=(Exhibit(name=NAME, media_type="application/json", visibility="public", data=counted),)
    )
