"""Every topic that a check may ask for is declared and written in every specimen."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checks.documents.declarations import TOPICS as DECLARED
from checks.documents.declarations import declarations
from checks.documents.sections import sections
from checks.measured import Confidence
from checks.specimens import SPECIMENS
from checks.specimens.texts import SECTIONS, TOPICS
from checks.subject import Subject

SURE = Confidence(0.975)
ONLY_WHERE_THERE_IS_A_CHOICE = {"selectable_objective", "option_without_profiling"}


@pytest.mark.parametrize("kind", SECTIONS)
@pytest.mark.parametrize("specimen", SPECIMENS)
def test_each_topic_has_its_section_in_one_kind_of_document(
    subject: Callable[..., Subject], specimen: str, kind: str
) -> None:
    topics = tuple(topic for topic, where in TOPICS.items() if where == kind)
    statements = sections(subject(specimen), None, SURE, kind=kind, topics=topics).statements
    assert [s.explanation for s in statements if not s.holds] == []
    assert {s.subject for s in statements} == set(topics) != set()


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_each_topic_of_a_declaration_is_declared(subject: Callable[..., Subject], specimen: str) -> None:
    statements = declarations(subject(specimen), None, SURE, topics=tuple(DECLARED)).statements
    silent = {s.subject for s in statements if not s.holds}
    assert silent == (set() if specimen == "screening" else ONLY_WHERE_THERE_IS_A_CHOICE)


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_a_hollow_declaration_says_nothing_on_any_topic(
    subject: Callable[..., Subject], specimen: str
) -> None:
    hollow = subject(specimen, "declarations_hollow")
    statements = declarations(hollow, None, SURE, topics=tuple(DECLARED)).statements
    assert [s.subject for s in statements if s.holds] == []


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_no_brace_is_left_to_fill(subject: Callable[..., Subject], specimen: str) -> None:
    for text in subject(specimen).documents.values():
        assert b"{" not in text


def test_the_screening_is_within_the_scope_of_checks_that_ask_more(subject: Callable[..., Subject]) -> None:
    """Facts that excuse from checks do not hold of it; the gauge declares the opposite of each."""
    asking = {
        "system.kind": "product", "system.affected_persons": "directly", "system.recommends": "yes",
        "model.learns_in_use": "yes", "data.personal": "yes", "objective.implicit": "yes",
    }  # fmt: skip
    facts, excused = subject("screening").manifest.facts, subject("gauge").manifest.facts
    assert {name: facts[name] for name in asking} == asking
    assert all(excused[name] != facts[name] for name in asking)
