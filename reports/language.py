"""The fixed text of a report, in English and in French.

A catalogue is one frozen mapping per language and part: `texts` are ours and named by keys; `terms` are the
words for the core's closed vocabularies; `sentences` translate what the core says in English. A missing
text is an error. A sentence without translation is shown as it stands, and marked as English.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from certify.value import Bilingual
from reports import english, french

Language = Literal["en", "fr"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrase:
    """A sentence, and the language that it is in."""

    text: str
    """What is said."""
    lang: str
    """Its language, as HTML's `lang` has it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """Everything that a report can say in one language."""

    language: Language
    """The language."""
    texts: Mapping[str, str]
    """Key to fixed text; some hold named places, filled by `say`."""
    terms: Mapping[str, str]
    """Word of a closed vocabulary to the word for it."""
    sentences: Mapping[str, str]
    """Sentence of the core to its translation; empty in English."""

    def say(self, key: str, **places: Any) -> str:
        """The text of a key with its places filled; raises `KeyError` if there is no such text."""
        return self.texts[key].format(**places)

    def count(self, key: str, number: int, **places: Any) -> str:
        """The text of `key_one` or `key_many`, as the language counts, with `number` as a place."""
        one = number == 1 if self.language == "en" else number < 2
        return self.say(f"{key}_{'one' if one else 'many'}", number=number, **places)

    def term(self, word: str) -> str:
        """The word for a word of the record; an unknown one (areas are free) without its underscores."""
        return self.terms.get(word, word.replace("_", " "))

    def sentence(self, text: str) -> Phrase:
        """What the core said, translated if it can be."""
        translated = self.sentences.get(text)
        return Phrase(text=text, lang="en") if translated is None else Phrase(text=translated, lang="fr")

    def of(self, text: Bilingual) -> str:
        """The text of a check or basis."""
        return text.fr if self.language == "fr" else text.en


_WORDS: Mapping[Language, Words] = {
    "en": Words(language="en", texts=english.TEXTS, terms=english.TERMS, sentences={}),
    "fr": Words(language="fr", texts=french.TEXTS, terms=french.TERMS, sentences=french.SENTENCES),
}


def words(language: Language) -> Words:
    """The catalogue of a language."""
    return _WORDS[language]
