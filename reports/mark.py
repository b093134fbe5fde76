"""The mark of an outcome: a word, a shape, a class for style sheets. Colour never says anything alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from certify.evidence import Reason
from certify.ruling import Outcome, Ruling
from reports.language import Words

SYMBOLS: Mapping[Outcome, str] = {
    Outcome.DEMONSTRATED: "\u2713",
    Outcome.REFUTED: "\u2717",
    Outcome.NOT_DEMONSTRATED: "\u25cb",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """How an outcome looks."""

    word: str
    """The outcome in the reader's language."""
    symbol: str
    """A shape of its own: check mark, cross or ring."""
    style: str
    """The class of the style sheet."""
    reason: str
    """Why it is not demonstrated; empty where it is."""


def mark(outcome: Outcome, words: Words, reason: Reason | None = None) -> Mark:
    """The mark of an outcome with its reason."""
    return Mark(
        word=words.term(outcome.value),
        symbol=SYMBOLS[outcome],
        style=outcome.value.replace(" ", "-"),
        reason="" if reason is None else words.term(reason.value),
    )


def ruling_mark(ruling: Ruling, words: Words) -> Mark:
    """The mark of a ruling. A search that found nothing gets none of the three: it demonstrates nothing."""
    if ruling.silent:
        why = words.say("silent_why")
        return Mark(word=words.say("silent"), symbol="\u2013", style="silent", reason=why)
    return mark(ruling.outcome, words, ruling.reason)
