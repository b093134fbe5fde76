"""Faker draws names, towns and trades; what else is a word stands in lists that everybody knows."""

import pytest
from faker import Faker

from checks.identifiers.names import is_listed, names

LOCALES = ("en_US", "en_GB", "fr_FR", "de_DE", "es_ES", "it_IT", "pl_PL", "nl_NL", "sv_SE", "cs_CZ", "pt_PT")


def drawn(locale: str, method: str, values: int = 120) -> list[str]:
    faker = Faker(locale)
    faker.seed_instance(11)
    return list(dict.fromkeys(getattr(faker, method)() for _ in range(values)))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("method", ["name", "first_name", "last_name"])
def test_columns_of_names_are_told_whatever_their_header(locale: str, method: str) -> None:
    found = names("column_7", drawn(locale, method))
    assert found is not None
    assert found.kind == "person_name"


@pytest.mark.parametrize("locale", [locale for locale in LOCALES if locale != "fr_FR"])
@pytest.mark.parametrize("method", ["city", "job", "country", "word", "street_name"])
def test_towns_trades_countries_and_words_are_no_names(locale: str, method: str) -> None:
    """Faker builds French towns from family names, hence without French."""
    assert names("column_7", drawn(locale, method)) is None


@pytest.mark.parametrize(
    "values",
    [
        ["White", "Black", "Asian-Pac-Islander", "Amer-Indian-Eskimo", "Other"],
        ["April", "May", "June", "August", "January", "March", "July", "October"],
        ["Paris", "Florence", "Sydney", "Vienna", "London", "Berlin", "Madrid", "Oslo", "Rome", "Lyon"],
        ["Grant", "Loan", "Bond", "Bill", "Note"],
        ["Cook", "Baker", "Miller"],
        ["yes", "no"],
    ],
)
def test_groups_months_places_and_a_few_words_that_are_names_too_raise_no_alarm(values: list[str]) -> None:
    assert names("column_7", values) is None


def test_a_header_tells_names_that_no_list_holds() -> None:
    values = ["Nguyễn Văn An", "Oluwaseun Adeyemi", "Siddharth Krishnamurthy", "Wang Xiu Ying"]
    assert names("last_name", values) is not None
    assert names("nom de famille", values) is not None
    assert names("product_name", values) is None
    assert names("last_name", ["A17", "B22", "C9"]) is None


@pytest.mark.parametrize(
    ("value", "listed"),
    [
        ("Dupont, Jean-Marie", True), ("Dr. Anna Schmidt", True), ("O'Connor", True), ("MÜLLER Jürgen", True),
        ("anna_schmidt (17)", True),
        ("machine operator", False), ("von der", False), ("", False), ("17", False),
    ],
)  # fmt: skip
def test_a_value_is_listed_if_all_its_words_are(value: str, listed: bool) -> None:
    assert is_listed(value) is listed


def test_what_is_told_holds_no_name() -> None:
    values = drawn("en_US", "name")
    said = str(names("column_7", values))
    assert not any(word in said for value in values for word in value.split() if len(word) > 3)
