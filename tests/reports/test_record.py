"""The record says where, when, by whom, on which bytes, and how to verify it."""

from __future__ import annotations

from certify.dossier import Dossier
from certify.verification import NOT_CHECKED
from reports.language import words
from reports.record import Record, record


def _record(dossier: Dossier) -> Record:
    return record(dossier, words("en"))


def test_every_artifact_is_listed(dossier: Dossier) -> None:
    listed = [(a.path, a.digest, a.size) for a in _record(dossier).artifacts]
    assert listed == [(a.path, str(a.digest), a.size) for a in dossier.artifacts]


def test_openings_are_counted_against_the_allowance(dossier: Dossier) -> None:
    assert _record(dossier).protocol.allowance == "1 on record, 1 allowed"


def test_a_task_names_the_checks_that_it_serves(dossier: Dossier) -> None:
    times = _record(dossier).run.times
    assert {check for time in times for check in time.checks} == {c.id for c in dossier.basis.required}
    assert {time.seconds.exact for time in times} == {"1.250"}


def test_a_moment_is_in_utc(dossier: Dossier) -> None:
    assert _record(dossier).run.started.shown == "2026-11-25 10:00:00 UTC"


def test_what_verification_leaves_out_is_said(dossier: Dossier) -> None:
    assert tuple(phrase.text for phrase in _record(dossier).not_checked) == NOT_CHECKED


def test_a_network_that_was_not_denied_is_said(dossier: Dossier) -> None:
    assert _record(dossier).environment.network == "not denied"
