"""Both catalogues are complete, and a text that is missing is an error."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from certify.certifiability import Standing, obstacles
from certify.dossier import SELF_ASSESSED
from certify.evidence import Reason
from certify.ruling import Outcome
from certify.value import Bilingual
from certify.verification import NOT_CHECKED
from reports import english, french
from reports.language import Language, words

FOLDER = Path(english.__file__).parent
LANGUAGES: tuple[Language, ...] = ("en", "fr")
COMPOSED = (
    "not_proved_",
    "legend_",
    "plot_at_",
    "picture_missing",
    "picture_outside",
    "picture_changed",
    "picture_drift_missing",
    "picture_drift_outside",
    "picture_surroundings_",
    "all_demonstrated_",
    "refused_",
)
CONDITIONS = {"at_most", "at_least", "count", "holds", "nothing_found", "among"}


def test_both_languages_have_the_same_texts() -> None:
    assert set(english.TEXTS) == set(french.TEXTS)


def test_a_text_has_the_same_places_in_both_languages() -> None:
    for key, text in english.TEXTS.items():
        assert _places(text) == _places(french.TEXTS[key]), key
        assert text.strip()
        assert french.TEXTS[key].strip()


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_a_missing_text_is_an_error() -> None:
    with pytest.raises(KeyError, match="no such text"):
        words("en").say("no such text")


def test_no_text_is_left_over() -> None:
    catalogues = ("english", "french")
    sources = [f for f in FOLDER.iterdir() if f.name.endswith(".py") and not f.name.startswith(catalogues)]
    sources += list((FOLDER / "templates").iterdir())
    used = " ".join(source.read_text(encoding="utf-8") for source in sources)
    keys = {key for key in english.TEXTS if not key.startswith(COMPOSED)} - CONDITIONS
    assert [key for key in sorted(keys) if not re.search(rf'w\.{key}\b|"{key}"|"{key}_', used)] == []


def test_a_catalogue_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        words("fr").texts["yes"] = "non"  # type: ignore[index]


@pytest.mark.parametrize("word", [*Outcome, *Reason])
def test_outcomes_and_reasons_have_french_words(word: str) -> None:
    assert words("fr").term(str(word)) != str(word)


@pytest.mark.parametrize("sentence", [SELF_ASSESSED, *NOT_CHECKED])
def test_what_the_core_says_on_the_first_and_last_page_is_translated(sentence: str) -> None:
    assert words("fr").sentence(sentence).lang == "fr"


def test_every_obstacle_of_a_development_key_is_translated() -> None:
    worst = Standing(
        isolation="I0", network_denied=False, key_kind="development", protocol_countersigned=False,
        locked_before_opening=False, sealed_data_run_by_authority=False, excusals_countersigned=False,
        openings_within_allowance=False, test_data_retired=True, unsigned_packs=("local.test",),
        development_packs=("eu.ai-act",),
        qualified=False, unproved_checks=("local.test/check",), deviations=0,
    )  # fmt: skip
    assert {words("fr").sentence(text).lang for text in obstacles(worst)} == {"fr"}


def test_a_sentence_without_translation_is_shown_in_english_and_marked_so() -> None:
    phrase = words("fr").sentence("A new sentence.")
    assert (phrase.text, phrase.lang) == ("A new sentence.", "en")


def test_english_and_french_count_as_their_grammars_do() -> None:
    assert words("en").count("refused", 1, required=2) == "1 of 2 required checks is not demonstrated"
    assert words("en").count("refused", 2, required=2) == "2 of 2 required checks are not demonstrated"
    assert words("fr").count("refused", 2, required=2).startswith("2 contr\u00f4les requis")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_check_speaks_the_language_of_the_report(language: Language) -> None:
    assert words(language).of(Bilingual(en="en", fr="fr")) == language


def test_no_french_line_breaks_before_high_punctuation() -> None:
    texts = [*french.TEXTS.values(), *french.TERMS.values(), *french.SENTENCES.values()]
    assert [text for text in texts if re.search(r" [:;!?%]", text)] == []
    assert [text for text in texts if "'" in text] == []


def test_a_place_in_a_text_is_filled_and_never_read() -> None:
    said = words("en").say("population_source", source="{language} {0.__class__}", as_of="2026-01-01")
    assert said == "Source: {language} {0.__class__} (2026-01-01)"
