"""Names of persons: values all of whose words are listed as given or family names.

The lists are those of Faker for the locales below: some 38,000 words, spelt in many alphabets. Words of every
day, towns and trades are names as well (May, Paris, Baker): in lists of towns, trades, countries, streets and
firms up to two values in five consist of listed words, and in lists of persons at least three. So a column is
one of names if more than that can hardly be chance. A header that says so lowers what is asked.
Not seen: names of other parts of the world without such a header, and a few names among many other words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import Final

from checks.identifiers.headers import folded, hinted
from checks.identifiers.sighting import Sighting, sighting
from checks.statistics.proportions import clopper_pearson

_LOCALES: Final = """
    ar_AA bg_BG cs_CZ da_DK de_AT de_CH de_DE el_GR en_GB en_IE en_IN en_US es_ES es_MX et_EE fi_FI
    fr_BE fr_CH fr_FR ga_IE hr_HR hu_HU is_IS it_IT lt_LT lv_LV nl_BE nl_NL no_NO pl_PL pt_BR pt_PT
    ro_RO ru_RU sk_SK sl_SI sv_SE tr_TR uk_UA
"""
_TITLES: Final = """mr mrs ms miss dr prof sir jr sr mme mlle herr frau fru hr sig sra don dona de del della
di da
    do dos du la le van von der den ter ten zu y e ing dipl dott phd md ba bsc msc"""
_BETWEEN: Final = r"[^\w'\u2019]+|_+"
_PLAIN: Final = 0.4
"""The share of listed values that columns of other things may reach."""

_SURE: Final = 0.999
_MOST_WORDS: Final = 6


def names(header: str, values: Sequence[str]) -> Sighting | None:
    """Whether distinct texts are names of persons; `None` if they are not.

    Without a hint in the header, the lower bound (Clopper-Pearson, 99.9 %) on the share of listed values has
    to be above 0.4, which needs eight values at least; with one, half of the values have to consist of
    letters.
    """
    listed = [value for value in values if is_listed(value)]
    if "person_name" in hinted(header) and 2 * sum(map(_is_worded, values)) > len(values):
        return sighting("person_name", "names of persons, by the header", list(values), len(values))
    if not listed or clopper_pearson(len(listed), len(values), _SURE)[0] <= _PLAIN:
        return None
    return sighting("person_name", "names of persons", listed, len(values))


def is_listed(value: str) -> bool:
    """Whether all words of a text, without titles and numbers, are listed as names.

    >>> is_listed("Dupont, Jean-Marie"), is_listed("machine operator"), is_listed("M. van der")
    (True, False, False)
    """
    spoken = [word for word in re.split(_BETWEEN, folded(value)) if len(word) > 1 and not word.isdigit()]
    words = [word for word in spoken if word not in _titles()]
    return 0 < len(words) <= _MOST_WORDS and all(word in listed_names() for word in words)


def _is_worded(value: str) -> bool:
    return bool(re.fullmatch(r"[^\W\d_][\w\s.,'\u2019-]*", value.strip())) and not re.search(r"\d", value)


@cache
def _titles() -> frozenset[str]:
    return frozenset(_TITLES.split())


@cache
def listed_names() -> frozenset[str]:
    """Every word of the lists, in small letters and without accents."""
    return frozenset(word for locale in _LOCALES.split() for word in _of_locale(locale))


def _of_locale(locale: str) -> Iterator[str]:
    provider = import_module(f"faker.providers.person.{locale}").Provider
    for attribute in dir(provider):
        if re.search(r"^_|format|prefix|suffix|language", attribute) or "name" not in attribute:
            continue
        listed = getattr(provider, attribute)
        if isinstance(listed, tuple | list | dict):
            for name in listed:
                yield from re.split(_BETWEEN, folded(str(name)))
