"""An outcome is told by its word and its shape; colour repeats it."""

from __future__ import annotations

from certify.evidence import Reason
from certify.ruling import Outcome, Ruling
from reports.language import words
from reports.mark import SYMBOLS, mark, ruling_mark


def test_each_outcome_has_a_shape_a_word_and_a_style_of_its_own() -> None:
    marks = [mark(outcome, words("en")) for outcome in Outcome]
    for what in ("symbol", "word", "style"):
        assert len({getattr(m, what) for m in marks}) == len(Outcome)


def test_a_mark_says_the_reason() -> None:
    shown = mark(Outcome.NOT_DEMONSTRATED, words("fr"), Reason.METHOD_FAILED)
    assert (shown.word, shown.reason) == ("non d\u00e9montr\u00e9", "la m\u00e9thode a \u00e9chou\u00e9")


def test_a_search_that_found_nothing_is_not_marked_as_demonstrated() -> None:
    silent = Ruling(outcome=Outcome.DEMONSTRATED, explanation="Nothing was found.", silent=True)
    shown = ruling_mark(silent, words("en"))
    assert (shown.word, shown.style) == ("silent", "silent")
    assert shown.symbol not in SYMBOLS.values()
