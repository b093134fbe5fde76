"""What only a person can judge is demonstrated by a signed review of this dossier, and by nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reviewing import ACCURACY, OVERSIGHT, QUESTIONS, RISK, Waiting, answers, waiting

from certify.deviation import KIND as DEVIATION
from certify.digest import Digest, canonical
from certify.dossier import DOSSIER, SEAL, Dossier, archive, unpack
from certify.envelope import open_seal, seal
from certify.errors import Tampered
from certify.evidence import Measurement, Opened, Statement
from certify.key import new_key
from certify.review import questions, same_name, sign
from certify.ruling import Outcome
from certify.signing import Signer, statement
from certify.verification import Verification, verify_bytes


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Waiting:
    return waiting(tmp_path_factory.mktemp("met"))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Waiting:
    """The same model under another version of the same system."""
    folder = tmp_path_factory.mktemp("other")
    return waiting(folder, change=lambda declared: declared["system"].update(version="2.0"))


def outcomes(verification: Verification) -> dict[str, Outcome]:
    return {judgement.check: judgement.outcome for judgement in verification.verdict.judgements}


# What a review does


def test_without_a_review_a_human_check_is_not_demonstrated(case: Waiting) -> None:
    alone = case.verified()
    assert outcomes(alone) == {
        ACCURACY: Outcome.DEMONSTRATED, RISK: Outcome.NOT_DEMONSTRATED, OVERSIGHT: Outcome.NOT_DEMONSTRATED,
    }  # fmt: skip
    assert alone.verdict.decision == "non_conforming"


def test_with_a_favourable_review_of_each_human_check_the_verdict_is_conforming(case: Waiting) -> None:
    reviewed = case.verified(case.review(RISK), case.review(OVERSIGHT))
    assert set(outcomes(reviewed).values()) == {Outcome.DEMONSTRATED}
    assert reviewed.verdict.decision == "conforming"
    assert case.dossier.verdict.decision == "non_conforming", "the dossier stays as it was sealed"


def test_a_review_makes_nothing_certifiable_and_says_what_it_is_worth(case: Waiting) -> None:
    alone, reviewed = case.verified(), case.verified(case.review(RISK), case.review(OVERSIGHT))
    assert not reviewed.certifiable
    assert set(reviewed.obstacles) > set(alone.obstacles)
    assert any("R. Reviewer" in line for line in reviewed.checked)
    assert any("withheld" in line for line in reviewed.not_checked)


def test_every_human_check_needs_a_review_of_its_own(case: Waiting) -> None:
    one = case.verified(case.review(RISK))
    assert outcomes(one)[RISK] is Outcome.DEMONSTRATED
    assert outcomes(one)[OVERSIGHT] is Outcome.NOT_DEMONSTRATED
    assert one.verdict.decision == "non_conforming"


@pytest.mark.parametrize("holds", [(True, False), (False, True), (False, False)])
def test_one_question_answered_with_no_refutes(holds: tuple[bool, ...], case: Waiting) -> None:
    refuted = case.verified(case.review(RISK, *holds), case.review(OVERSIGHT))
    assert outcomes(refuted)[RISK] is Outcome.REFUTED
    (judgement,) = [j for j in refuted.verdict.judgements if j.check == RISK]
    assert judgement.deciding.explanation.startswith("R. Reviewer: Because")


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_reviews_one_against_is_enough_to_refute(first: int, case: Waiting) -> None:
    against = sign(case.dossier, answers(RISK, True, False, name="S. Second"), case.second, at=case.after)
    both = [case.review(RISK), against]
    refuted = case.verified(*both[first:], *both[:first], case.review(OVERSIGHT))
    assert outcomes(refuted)[RISK] is Outcome.REFUTED
    (judgement,) = [j for j in refuted.verdict.judgements if j.check == RISK]
    assert judgement.deciding.explanation.startswith("S. Second")


REVIEWS = st.lists(
    st.tuples(st.sampled_from([RISK, OVERSIGHT]), st.booleans(), st.booleans(), st.booleans()), max_size=5
)


@given(REVIEWS)
def test_a_verdict_with_reviews_is_what_anybody_would_count_on_their_fingers(
    case: Waiting, drawn: list[tuple[str, bool, bool, bool]]
) -> None:
    """Once more, by hand: demonstrated if there is a review and every answer is yes; refuted by any no."""
    papers = [case.review(c, a, b, key=case.second if second else None) for c, a, b, second in drawn]
    found = outcomes(case.verified(*papers))
    for check in (RISK, OVERSIGHT):
        said = [answer for c, a, b, _ in drawn if c == check for answer in (a, b)]
        expected = Outcome.NOT_DEMONSTRATED if not said else Outcome.REFUTED
        assert found[check] is (Outcome.DEMONSTRATED if said and all(said) else expected)
    assert found[ACCURACY] is Outcome.DEMONSTRATED


@given(REVIEWS, st.sampled_from([RISK, OVERSIGHT]), st.booleans(), st.booleans())
def test_a_review_of_one_check_never_changes_another(
    case: Waiting, before: list[tuple[str, bool, bool, bool]], check: str, first: bool, second: bool
) -> None:
    papers = [case.review(c, a, b) for c, a, b, _ in before]
    without = case.verified(*papers).verdict.judgements
    with_it = case.verified(*papers, case.review(check, first, second)).verdict.judgements
    assert [j for j in with_it if j.check != check] == [j for j in without if j.check != check]


# What is no review of this dossier


def opinion(question: str = QUESTIONS[0], **changes: Any) -> dict[str, Any]:
    return {"question": question, "holds": True, "reasons": "Because it says so in the risk file.", **changes}


def named(name: str) -> Callable[[Waiting], Mapping[str, Any]]:
    reviewer = {"competence": "Twenty years.", "independence": "Nothing ties me.", "name": name}
    return lambda case: {"reviewer": reviewer}


def at(moment: Callable[[Waiting], Any]) -> Callable[[Waiting], Mapping[str, Any]]:
    return lambda case: {"signed_at": moment(case).isoformat()}


BOTH = [opinion(question) for question in QUESTIONS]
ZERO = "sha256:" + "0" * 64

FORGERIES: dict[str, tuple[Callable[[Waiting], Mapping[str, Any]], str]] = {
    "a question left out": (lambda _: {"opinions": BOTH[:1]}, "one for each question"),
    "a question more": (lambda _: {"opinions": [*BOTH, opinion("Is it fun?")]}, "one for each question"),
    "a question twice": (lambda _: {"opinions": [BOTH[0], BOTH[0]]}, "one for each question"),
    "both answers to one question": (lambda _: {"opinions": [*BOTH, opinion(holds=False)]}, "one for each"),
    "a question put in other words": (
        lambda _: {"opinions": [BOTH[0], opinion("Is somebody named?")]}, "one for each question",
    ),
    "no answers": (lambda _: {"opinions": []}, "opinions"),
    "an answer that is neither": (lambda _: {"opinions": [BOTH[0], opinion(QUESTIONS[1], holds=1)]}, "bool"),
    "reasons of nothing but space": (
        lambda _: {"opinions": [BOTH[0], opinion(QUESTIONS[1], reasons=" " * 40)]}, "words",
    ),
    "reasons of one letter": (
        lambda _: {"opinions": [BOTH[0], opinion(QUESTIONS[1], reasons="x" + " " * 40)]}, "20 characters",
    ),
    "reasons that a reader does not see": (
        lambda _: {"opinions": [BOTH[0], opinion(QUESTIONS[1], reasons="Fine.\u200b" * 9)]}, "hidden",
    ),
    "another dossier": (lambda _: {"dossier": ZERO}, "another dossier"),
    "another version of the check": (lambda _: {"check_digest": ZERO}, "another version of the check"),
    "another task": (lambda _: {"task": ZERO}, "other questions, or about another submission"),
    "nothing seen": (lambda _: {"seen": {}}, "not what was committed"),
    "other bytes seen": (lambda _: {"seen": {"submission.yaml": ZERO}}, "not what was committed"),
    "another meaning": (lambda _: {"meaning": "I was told to sign."}, "another meaning"),
    "signed before the run": (
        at(lambda case: case.dossier.run.started - timedelta(days=1)), "before the run was finished"
    ),
    "dated tomorrow": (at(lambda case: case.now + timedelta(days=1)), "lies in the future"),
    "no zone": (lambda _: {"signed_at": "2026-11-25T10:00:00"}, "zone"),
    "the applicant": (named("Small Ltd"), "applicant or the laboratory"),
    "the applicant in other letters": (named(" SMALL  Ltd."), "applicant or the laboratory"),
    "the applicant in wide letters": (named("\uff33mall Ltd"), "applicant or the laboratory"),
    "the laboratory": (named("The vendor's own"), "applicant or the laboratory"),
    "whoever sealed the dossier": (named("a. test"), "who measured does not judge"),
    "nobody": (named("..."), "words"),
    "a name that a reader does not see whole": (named("R. Reviewer\u202e"), "hidden"),
    "a production key": (lambda _: {"key_kind": "production"}, "key_kind"),
    "another format": (lambda _: {"format": "certify/review/2"}, "format"),
    "a field of its own": (lambda _: {"approved": True}, "approved"),
    "a measured check": (lambda _: {"check": ACCURACY}, "no opinion of a person can stand in"),
    "another human check": (lambda _: {"check": OVERSIGHT}, "another version of the check"),
    "a check that is not required": (lambda _: {"check": "local.people/other"}, "requires no check"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_a_review_that_does_not_fit_is_refused_and_says_why(name: str, case: Waiting) -> None:
    change, reason = FORGERIES[name]
    paper = case.forged(case.review(), case.second, change(case))
    with pytest.raises(Tampered, match=reason) as caught:
        case.verified(paper, case.review(OVERSIGHT))
    assert str(caught.value).startswith("paper.json: ")


def test_the_forger_can_do_nothing_wrong_by_changing_nothing(case: Waiting) -> None:
    """The control of the table above: signed past the program without a change, it counts."""
    paper = case.forged(case.review(), case.second, {})
    assert outcomes(case.verified(paper))[RISK] is Outcome.DEMONSTRATED


def test_a_review_of_another_submission_is_refused(case: Waiting, other: Waiting) -> None:
    with pytest.raises(Tampered, match="another dossier"):
        case.verified(other.review(key=case.reviewer))


def test_a_review_by_the_laboratorys_own_key_is_refused(case: Waiting) -> None:
    paper = case.review(key=case.laboratory)
    with pytest.raises(Tampered, match="who measured does not judge"):
        case.verified(paper, keys=(case.laboratory,))


def test_a_review_by_a_key_that_nobody_believes_is_refused(case: Waiting, tmp_path: Path) -> None:
    paper = case.review(key=new_key(tmp_path / "stranger", passphrase=None))
    with pytest.raises(Tampered, match="not signed by the key"):
        case.verified(paper)
    with pytest.raises(Tampered, match="no key was given"):
        case.verified(paper, keys=())


def test_what_is_wrong_is_told_by_the_key_that_signed_and_not_by_the_last_one(case: Waiting) -> None:
    paper = case.forged(case.review(), case.reviewer, {"opinions": BOTH[:1]})
    with pytest.raises(Tampered, match="one for each question"):
        case.verified(paper, keys=(case.second, case.reviewer, case.authority))


def test_a_review_with_a_changed_byte_is_refused(case: Waiting) -> None:
    paper = case.review()
    for position in range(0, len(paper), 7):
        changed = paper[:position] + bytes([paper[position] ^ 1]) + paper[position + 1 :]
        with pytest.raises(Tampered):
            case.verified(changed)


def test_a_deviation_is_no_review_nor_a_review_a_deviation(case: Waiting) -> None:
    for reviews, deviations in (((case.deviation(),), ()), ((), (case.review(),))):
        with pytest.raises(Tampered, match="expected one signature over"):
            case.verified(*reviews, deviations=deviations)
    disguised = seal(open_payload(case.review(), case), case.reviewer, kind=DEVIATION)
    with pytest.raises(Tampered, match="Deviation"):
        case.verified(deviations=(disguised,))


def open_payload(paper: bytes, case: Waiting) -> bytes:
    from certify.review import KIND

    return canonical(open_seal(paper, case.reviewer.public, source="p", kind=KIND))


@pytest.mark.parametrize("data", [b"", b"{}", b"[" * 50_000, b"\xff", b"PK\x05\x06"])
def test_what_is_no_paper_at_all_is_refused(data: bytes, case: Waiting) -> None:
    with pytest.raises(Tampered):
        case.verified(data)


# Signing refuses what verifying would


def test_nobody_can_sign_answers_to_a_check_that_is_measured(case: Waiting) -> None:
    with pytest.raises(ValueError, match="no opinion of a person can stand in"):
        case.review(ACCURACY)
    with pytest.raises(ValueError, match="requires no check"):
        case.review("local.people/other")


def test_nobody_can_sign_too_few_answers_or_as_the_applicant(case: Waiting) -> None:
    whole = answers()
    for given_ones in (
        whole.model_copy(update={"opinions": whole.opinions[:1]}),
        answers(name="Small Ltd"),
        answers(name="the vendor's own"),
    ):
        with pytest.raises(ValueError, match="the"):
            sign(case.dossier, given_ones, case.reviewer, at=case.after)


def test_nobody_can_sign_before_there_was_anything_to_see(case: Waiting) -> None:
    with pytest.raises(ValueError, match="before the run was finished"):
        sign(case.dossier, answers(), case.reviewer, at=case.dossier.run.started)


def test_a_check_whose_criterion_leaves_a_question_out_cannot_be_reviewed(case: Waiting) -> None:
    """Otherwise it would be demonstrated although one answer is no."""
    basis = case.dossier.basis
    human = next(check for check in basis.required if check.id == RISK).to_json()
    human["criterion"]["all"][0]["for_every"] = {"named": [QUESTIONS[0]]}
    required = tuple(check for check in basis.required if check.id != RISK)
    careless = basis.model_copy(update={"required": (*required, type(required[0]).from_json(human))})
    dossier = case.dossier.model_copy(update={"basis": careless})
    with pytest.raises(ValueError, match="leaves questions out"):
        sign(dossier, answers(RISK, True, False), case.reviewer, at=case.after)


def test_only_human_checks_ask_questions(case: Waiting) -> None:
    asked = {check.id: questions(check) for check in case.dossier.basis.required}
    assert asked == {RISK: QUESTIONS, OVERSIGHT: QUESTIONS, ACCURACY: ()}


@pytest.mark.parametrize(
    ("one", "other_name", "alike"),
    [
        ("Small Ltd", "small ltd.", True), ("Small Ltd", "Small  Ltd", True),
        ("Stra\u00dfe", "STRASSE", True),
        ("Anna Meier", "Anna Maier", False), ("Small Ltd", "Small Ltd 2", False), ("A", "", False),
    ],
)  # fmt: skip
def test_names_are_compared_as_a_reader_would(one: str, other_name: str, alike: bool) -> None:
    assert same_name(one, other_name) is alike
    assert same_name(other_name, one) is alike


# A laboratory that judges by itself


def sealed_again(case: Waiting, change: Callable[[dict[str, Any]], None]) -> bytes:
    """The dossier of a laboratory that wrote something else into it, and signed again as well as can be."""
    members = unpack(case.archive, source="d")
    value = json.loads(members[DOSSIER])
    change(value)
    dossier = Dossier.from_json(value)
    kept = {name: data for name, data in members.items() if name not in (DOSSIER, SEAL)}
    signed = {**kept, DOSSIER: dossier.to_bytes()}
    payload = open_seal(members[SEAL], case.laboratory.public, source=SEAL)
    signer = Signer.from_json(payload["predicate"]["signer"])
    return archive({**signed, SEAL: seal(statement(dossier, signed, signer), case.laboratory)})


def judged_by_the_laboratory(case: Waiting) -> Callable[[dict[str, Any]], None]:
    def change(value: dict[str, Any]) -> None:
        for finding in value["findings"]:
            if finding["check"]["evidence"]["kinds"] == ["human"]:
                finding["result"] = opinion_of_nobody(case, finding["result"]["task"]).to_json()

    return change


def opinion_of_nobody(case: Waiting, task: str) -> Measurement:
    files = case.dossier.protocol.files
    return Measurement(
        task=Digest.parse(task),
        method="documents.opinion",
        version=next(c.method.version for c in case.dossier.basis.required if c.id == RISK),
        observed=False,
        statements=tuple(
            Statement(name="judged", subject=q, holds=True, kind="human", explanation="Fine.")
            for q in QUESTIONS
        ),
        opened=tuple(Opened(path=path, digest=digest) for path, digest in files.items()),
    )


def test_a_laboratory_that_writes_the_judgement_itself_is_refused(case: Waiting) -> None:
    """The judging of findings would accept it: the statements are of kind human, and bound to the bytes."""
    forged = sealed_again(case, judged_by_the_laboratory(case))
    value = Dossier.from_bytes(unpack(forged, source="d")[DOSSIER], source=DOSSIER)
    assert value.verdict.decision == "conforming", "or this test tries nothing"
    with pytest.raises(Tampered, match="only a signed review beside it can judge"):
        verify_bytes(forged, case.laboratory.public, source="d", now=case.now)


def test_a_laboratory_that_changes_nothing_is_believed(case: Waiting) -> None:
    assert sealed_again(case, lambda value: None) == case.archive
