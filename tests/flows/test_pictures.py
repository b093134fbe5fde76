"""What the methods leave today is what pictures are drawn from: neither knows the other, and this does."""

from __future__ import annotations

from pathlib import Path

from pipeline import examined, small_workplace

from certify.evidence import Measurement
from flows.examination import conclude
from reports.gallery import gallery
from reports.language import words

BASIS = """
id: test/small
version: "1.0.0"
title: {en: Data that are drawn., fr: Des données tracées.}
select:
  - check: eu.ai-act/gain-over-constant-answer
  - check: eu.ai-act/complete-test-data
  - check: eu.ai-act/test-data-inside-the-domain
  - check: eu.ai-act/training-data-cover-the-domain
  - check: eu.ai-act/test-data-like-training-data
  - check: eu.ai-act/representative-test-data
    parameters: {groups: ["sex=female", "sex=male"]}
  - check: eu.ai-act/test-data-resemble-the-population
    parameters: {attributes: [sex]}
"""


def test_the_exhibits_of_every_drawn_method_are_drawn(small_submission: Path, tmp_path: Path) -> None:
    workplace = small_workplace(tmp_path, basis=BASIS)
    dossier = conclude(examined(small_submission, workplace))
    evidence = {item.digest: workplace.blobs.get(item.digest) for item in dossier.evidence}
    drawn = {f.result.method: gallery(f, dossier, evidence, "a", words("en")) for f in dossier.findings}
    assert all(isinstance(finding.result, Measurement) for finding in dossier.findings)
    assert {method: found.notes for method, found in drawn.items() if found.notes} == {}
    assert {method: len(found.pictures) for method, found in drawn.items() if found.pictures} == {
        "data_quality.completeness": 1,
        "representativeness.domain": 1,
        "representativeness.coverage": 1,
        "representativeness.drift": 1,
        "representativeness.shares": 1,
        "representativeness.distance": 1,
    }
