"""A deviation says who answers for going on; it loosens nothing, ends, and is for one check and one model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reviewing import ACCURACY, OVERSIGHT, RISK, Waiting, waiting
from small_submission import write_graph

from certify.cli.verify import exit_code
from certify.deviation import KIND, LONGEST
from certify.errors import Tampered
from certify.key import new_key
from certify.ruling import Outcome
from certify.verification import Verification


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Waiting:
    """A dossier whose accuracy is not enough; two checks wait for a person."""
    return waiting(tmp_path_factory.mktemp("unmet"), "unmet")


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> Waiting:
    return waiting(tmp_path_factory.mktemp("met"), "met")


def reviews(case: Waiting) -> tuple[bytes, bytes]:
    return case.review(RISK), case.review(OVERSIGHT)


def outcome(verification: Verification, check: str = ACCURACY) -> Outcome:
    (found,) = [j.outcome for j in verification.verdict.judgements if j.check == check]
    return found


# What a deviation does not do


def test_the_check_stays_refused_and_the_verdict_what_it_was(case: Waiting) -> None:
    before, after = (
        case.verified(*reviews(case)),
        case.verified(*reviews(case), deviations=(case.deviation(),)),
    )
    assert outcome(before) is not Outcome.DEMONSTRATED
    assert after.verdict == before.verdict
    assert after.verdict.decision == "non_conforming"
    assert exit_code(after) == 1


def test_with_every_refusal_answered_for_it_is_tolerated_and_never_certifiable(case: Waiting) -> None:
    tolerated = case.verified(*reviews(case), deviations=(case.deviation(),))
    assert tolerated.tolerated
    assert not tolerated.certifiable
    assert any("deviation" in line for line in tolerated.obstacles)
    assert any("The authority" in line for line in tolerated.checked)


def test_one_refusal_that_nobody_answers_for_is_enough_not_to_be_tolerated(case: Waiting) -> None:
    assert not case.verified(deviations=(case.deviation(),)).tolerated
    assert not case.verified(case.review(RISK), deviations=(case.deviation(),)).tolerated
    assert not case.verified(*reviews(case)).tolerated, "no deviation, nothing tolerated"


def test_a_refuted_human_check_is_not_covered_by_a_deviation_from_another(case: Waiting) -> None:
    papers = (case.review(RISK, True, False), case.review(OVERSIGHT))
    assert not case.verified(*papers, deviations=(case.deviation(),)).tolerated


def test_a_conforming_system_needs_no_tolerance_and_loses_nothing_but_the_plain_certificate(
    met: Waiting,
) -> None:
    conforming = met.verified(*reviews(met), deviations=(met.deviation(),))
    assert conforming.verdict.decision == "conforming"
    assert not conforming.tolerated
    assert not conforming.certifiable
    assert any("deviation" in line for line in conforming.obstacles)


CHECKS = st.lists(st.sampled_from([ACCURACY, RISK, OVERSIGHT]), min_size=1, max_size=4)
REVIEWED = st.lists(st.tuples(st.sampled_from([RISK, OVERSIGHT]), st.booleans()), max_size=3)


@given(CHECKS, REVIEWED)
def test_no_set_of_deviations_changes_a_verdict_or_makes_anything_certifiable(
    case: Waiting, deviated: list[str], reviewed: list[tuple[str, bool]]
) -> None:
    papers = [case.review(check, holds, True) for check, holds in reviewed]
    before = case.verified(*papers)
    after = case.verified(*papers, deviations=tuple(case.deviation(check) for check in deviated))
    assert after.verdict == before.verdict
    assert after.verdict.decision == "non_conforming"
    assert not after.certifiable
    assert set(after.obstacles) > set(before.obstacles)
    refused = {j.check for j in after.verdict.refusals}
    assert after.tolerated is (refused <= set(deviated))


# What is no deviation in force


def expires(days: int) -> Callable[[Waiting], Mapping[str, Any]]:
    return lambda case: {"expires": (case.after + timedelta(days=days)).date().isoformat()}


def granted_by(name: str) -> Callable[[Waiting], Mapping[str, Any]]:
    return lambda _: {"granted_by": name}


ZERO = "sha256:" + "0" * 64

FORGERIES: dict[str, tuple[Callable[[Waiting], Mapping[str, Any]], str]] = {
    "another model": (lambda _: {"model": {"model/small.onnx": ZERO}}, "another model"),
    "no model": (lambda _: {"model": {}}, "model"),
    "one model more": (
        lambda case: {"model": {**model_of(case), "model/other.onnx": ZERO}}, "another model",
    ),
    "another version of the check": (lambda _: {"check_digest": ZERO}, "does not require"),
    "another check": (lambda _: {"check": RISK}, "does not require"),
    "a check that is not required": (lambda _: {"check": "local.people/other"}, "does not require"),
    "every check": (lambda _: {"check": "*"}, "check"),
    "expired": (expires(-1), "expired"),
    "longer than a year": (expires(367), "longer than 366 days"),
    "for ever": (lambda _: {"expires": "9999-12-31"}, "longer than 366 days"),
    "no end": (lambda _: {"expires": None}, "expires"),
    "dated tomorrow": (
        lambda case: {"signed_at": (case.now + timedelta(days=1)).isoformat()}, "signed in the future",
    ),
    "dated in a year, to last longer": (
        lambda case: {
            "signed_at": (case.now + timedelta(days=300)).isoformat(), **expires(600)(case),
        }, "signed in the future",
    ),
    "granted by the applicant": (granted_by("Small Ltd"), "to themselves"),
    "granted by the applicant in other letters": (granted_by("SMALL LTD."), "to themselves"),
    "granted by the laboratory": (granted_by("the vendor's own"), "to themselves"),
    "granted by whoever sealed the dossier": (granted_by("A Test"), "who measured grants nothing"),
    "granted by nobody": (granted_by("-"), "words"),
    "another meaning": (lambda _: {"meaning": "It is met."}, "another meaning"),
    "no reason": (lambda _: {"reason": ""}, "reason"),
    "a reason of nothing but space": (lambda _: {"reason": "\n" * 50}, "words"),
    "no condition": (lambda _: {"conditions": []}, "conditions"),
    "an empty condition": (lambda _: {"conditions": [" "]}, "words"),
    "a production key": (lambda _: {"key_kind": "production"}, "key_kind"),
    "a field of its own": (lambda _: {"limit": "0.5"}, "limit"),
    "another format": (lambda _: {"format": "certify/deviation/0"}, "format"),
}  # fmt: skip


def model_of(case: Waiting) -> dict[str, str]:
    return {path: str(digest) for path, digest in case.dossier.protocol.committed("model").items()}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_deviation_that_is_not_in_force_is_refused_and_says_why(name: str, case: Waiting) -> None:
    change, reason = FORGERIES[name]
    paper = case.forged(case.deviation(), case.authority, change(case), kind=KIND)
    with pytest.raises(Tampered, match=reason) as caught:
        case.verified(*reviews(case), deviations=(paper,))
    assert str(caught.value).startswith("paper.json: ")


def test_signed_past_the_program_without_a_change_it_is_in_force(case: Waiting) -> None:
    """The control of the table above."""
    paper = case.forged(case.deviation(), case.authority, {}, kind=KIND)
    assert case.verified(*reviews(case), deviations=(paper,)).tolerated


@pytest.mark.parametrize(("days", "in_force"), [(0, True), (5, True), (6, False), (400, False)])
def test_it_is_in_force_through_its_last_day(days: int, in_force: bool, case: Waiting) -> None:
    paper = case.deviation(expires=(case.after + timedelta(days=5)).date())
    then = case.after.replace(hour=0, minute=0) + timedelta(days=days) if days else case.now
    if in_force:
        assert case.verified(deviations=(paper,), now=then).deviations
    else:
        with pytest.raises(Tampered, match="expired on"):
            case.verified(deviations=(paper,), now=then)


def test_it_lasts_a_year_and_not_a_day_longer(case: Waiting) -> None:
    day = case.after.date()
    assert case.verified(deviations=(case.deviation(expires=day + LONGEST),)).deviations
    with pytest.raises(ValueError, match="longer than 366 days"):
        case.deviation(expires=day + LONGEST + timedelta(days=1))


def test_the_laboratorys_own_key_grants_nothing(case: Waiting) -> None:
    paper = case.forged(case.deviation(), case.laboratory, {}, kind=KIND)
    with pytest.raises(Tampered, match="who measured grants nothing"):
        case.verified(deviations=(paper,), keys=(case.laboratory,))


def test_a_key_that_nobody_believes_grants_nothing(case: Waiting, tmp_path: Path) -> None:
    stranger = new_key(tmp_path / "stranger", passphrase=None)
    paper = case.forged(case.deviation(), stranger, {}, kind=KIND)
    with pytest.raises(Tampered, match="not signed by the key"):
        case.verified(deviations=(paper,))


def test_another_version_of_the_system_with_the_same_model_may_rest_on_it(
    case: Waiting, tmp_path: Path
) -> None:
    """It is bound to model and check. Whoever grants it says so by the model's digest."""
    later = waiting(tmp_path, "unmet", change=lambda declared: declared["system"].update(version="2.0"))
    paper = case.forged(case.deviation(), later.authority, {}, kind=KIND)
    assert later.verified(deviations=(paper,)).deviations


def test_another_model_may_not(case: Waiting, tmp_path: Path) -> None:
    def other_graph(declared: dict[str, Any]) -> None:
        path = tmp_path / "submission-unmet/model/small.onnx"
        write_graph(path)
        path.write_bytes(path.read_bytes() + b"\x32\x01x")  # a model version, which changes no answer

    other = waiting(tmp_path, "unmet", change=other_graph)
    assert model_of(other) != model_of(case)
    paper = case.forged(case.deviation(), other.authority, {}, kind=KIND)
    with pytest.raises(Tampered, match="another model"):
        other.verified(deviations=(paper,))


def test_a_stricter_version_of_the_check_does_not_inherit_it(case: Waiting, met: Waiting) -> None:
    """The same check at another limit is another check: the authority answered for that one only."""
    paper = case.forged(case.deviation(), met.authority, {}, kind=KIND)
    with pytest.raises(Tampered, match="does not require"):
        met.verified(deviations=(paper,))


# Granting refuses what verifying would


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"check": "local.people/other"}, "requires no check"),
        ({"reason": "Because."}, "20 characters"),
        ({"conditions": ()}, "conditions"),
        ({"granted_by": "Small Ltd"}, "to themselves"),
        ({"granted_by": "the vendor's own "}, "to themselves"),
    ],
)
def test_nobody_can_sign_one_that_would_not_be_in_force(
    changes: dict[str, Any], reason: str, case: Waiting
) -> None:
    with pytest.raises(ValueError, match=reason):
        case.deviation(**changes)


def test_nobody_can_sign_one_that_is_over(case: Waiting) -> None:
    with pytest.raises(ValueError, match="expired"):
        case.deviation(expires=case.after.date() - timedelta(days=1))
