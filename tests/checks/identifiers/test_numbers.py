"""Faker writes valid numbers with its own code, python-stdnum reads them, and chance writes the others."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count

import pytest
from faker import Faker
from scipy.stats import binom

from checks.identifiers.numbers import hidden, numbers

GIVEN = (
    ("fr_FR", "ssn", "French social"), ("es_ES", "nie", "Spanish numbers of foreigners"),
    ("es_ES", "nif", "Spanish identity"), ("it_IT", "ssn", "Italian"), ("nl_BE", "ssn", "Belgian"),
    ("nl_NL", "ssn", "Dutch"), ("pl_PL", "pesel", "Polish"), ("de_AT", "ssn", "Austrian"),
    ("de_CH", "ssn", "Swiss"), ("sv_SE", "ssn", "Swedish"), ("no_NO", "ssn", "Norwegian"),
    ("fi_FI", "ssn", "Finnish"), ("hr_HR", "ssn", "Croatian"), ("cs_CZ", "birth_number", "Czech"),
    ("et_EE", "ssn", "Estonian"), ("el_GR", "ssn", "Greek"), ("ro_RO", "ssn", "Romanian"),
    ("tr_TR", "ssn", "Turkish"), ("pt_BR", "cpf", "Brazilian"), ("en_US", "ssn", "US social"),
    ("en_US", "iban", "IBAN"),
)  # fmt: skip
"""Locale and method of Faker, and how the sighting begins."""


def written_by_faker(locale: str, method: str, values: int) -> list[str]:
    faker = Faker(locale)
    faker.seed_instance(7)
    return [str(getattr(faker, method)()) for _ in range(values)]


def arbitrary(seed: int = 1) -> dict[str, Callable[[], str]]:
    """Columns of things that are no identifiers."""
    draw = random.Random(seed)
    consecutive, by_ten = count(1_000_000_000), count(123_456_780, 10)

    def moment() -> datetime:
        return datetime(1990, 1, 1) + timedelta(minutes=draw.randrange(10**7))

    def with_ean_digit(front: str) -> str:
        weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(front))
        return front + str(-weighted % 10)

    return {
        **{
            f"{size} digits": lambda size=size: str(draw.randrange(10 ** (size - 1), 10**size))  # type: ignore[misc]
            for size in range(6, 20)
        },
        "census weights": lambda: str(draw.randrange(12_285, 1_484_705)),
        "round amounts": lambda: str(draw.randrange(10**6, 10**9) * 100),
        "consecutive": lambda: str(next(consecutive)),
        "by ten": lambda: str(next(by_ten)),
        "minutes": lambda: moment().strftime("%y%m%d%H%M"),
        "seconds": lambda: moment().strftime("%Y%m%d%H%M%S"),
        "epoch": lambda: str(draw.randrange(1_500_000_000, 1_700_000_000)),
        "products": lambda: with_ean_digit(str(draw.randrange(10**11, 10**12))),
        "books": lambda: with_ean_digit(f"978{draw.randrange(10**8, 10**9)}"),
        "parts": lambda: f"{draw.randrange(10**7, 10**8)}{draw.choice('ABCDEFGH')}",
        "hashes": lambda: f"{draw.getrandbits(64):016x}",
        "decimals": lambda: f"{draw.uniform(0, 10**6):.4f}",
    }


def distinct(draw: Callable[[], str], values: int) -> list[str]:
    return list(dict.fromkeys(draw() for _ in range(values)))


@pytest.mark.parametrize(("locale", "method", "begins"), GIVEN)
def test_numbers_that_a_state_or_bank_gives_are_told_from_twenty(
    locale: str, method: str, begins: str
) -> None:
    found = numbers("column", written_by_faker(locale, method, 20))
    assert found
    assert any(one.what.startswith(begins) for one in found)


def test_digits_that_lost_their_zeros_in_a_column_of_numbers_are_told() -> None:
    values = [value.lstrip("0") for value in written_by_faker("nl_NL", "ssn", 300)]
    assert any(len(value) < 9 for value in values)
    assert numbers("bsn_column_by_another_name", values)[0].what.startswith("Dutch")


def test_cards_and_british_numbers_are_told() -> None:
    draw = random.Random(2)
    cards = [
        c for c in written_by_faker("en_US", "credit_card_number", 300) if c.startswith("4") and len(c) == 16
    ]
    assert numbers("column", cards)[0].kind == "payment_card"
    nino = [f"AB{draw.randrange(10**6):06d}{draw.choice('ABCD')}" for _ in range(30)]
    assert numbers("column", nino)[0].what.startswith("British")


@pytest.mark.parametrize("kind", arbitrary())
def test_arbitrary_columns_are_no_identifiers(kind: str) -> None:
    assert numbers("column", distinct(arbitrary()[kind], 200)) == ()


def test_one_in_ten_valid_numbers_among_arbitrary_ones_of_the_same_form_is_noticed() -> None:
    draw = random.Random(3)
    valid = written_by_faker("pl_PL", "pesel", 500)
    mixed = [v if i % 10 == 0 else f"{draw.randrange(10**11):011d}" for i, v in enumerate(valid)]
    draw.shuffle(mixed)
    assert numbers("column", mixed)


def test_numbers_without_check_digit_need_their_header_or_their_separators() -> None:
    written = written_by_faker("en_US", "ssn", 50)
    bare = [value.replace("-", "") for value in written]
    assert numbers("column", written)
    assert numbers("ssn", bare)
    assert numbers("column", bare) == ()


def test_a_header_alone_is_no_number() -> None:
    assert numbers("ssn", distinct(arbitrary()["6 digits"], 200)) == ()


@pytest.mark.parametrize("around", ["ID{}", "#{}", '{{"id": "{}"}}', "no. {};"])
def test_numbers_that_something_is_put_around_are_told(around: str) -> None:
    values = [around.format(value) for value in written_by_faker("pl_PL", "pesel", 30)]
    assert numbers("column", values)[0].what.startswith("Polish")


def test_numbers_without_their_key_are_told_by_the_header_alone() -> None:
    values = [value[:13] for value in written_by_faker("fr_FR", "ssn", 30)]
    assert numbers("numéro sécu", values)[0].what.endswith("by the header")
    assert numbers("column", values) == ()


def test_numbers_in_the_middle_of_texts_are_told_one_by_one() -> None:
    iban = "GB33 BUKB 2020 1555 5555 55"  # the example of the registry of SWIFT
    found = hidden([f"pay to {iban}.", "see GB34 BUKB 2020 1555 5555 55", "tax code RSSMRA85T10A562S please"])
    assert {one.what: one.values for one in found} == {"IBAN": 1, "Italian codici fiscali": 1}
    assert "RSS" not in str(found)


def columns_of_chance(tables: int) -> Iterator[tuple[str, ...]]:
    for seed in range(tables):
        for draw in arbitrary(100 + seed).values():
            yield tuple(one.what for one in numbers("column", distinct(draw, 500)))


@pytest.mark.qualify
def test_rates_of_detection_and_false_alarm() -> None:
    rates = dict.fromkeys((0.02, 0.05, 0.1, 0.3, 1.0), 0)
    for locale, method, _ in GIVEN:
        valid = written_by_faker(locale, method, 500)
        draw = random.Random(4)
        for share in rates:
            mixed = [
                v
                if draw.random() < share
                else "".join(draw.choice("0123456789") if c.isdigit() else c for c in v)
                for v in valid
            ]
            rates[share] += bool(numbers("column", mixed))
    alarms = [bool(found) for found in columns_of_chance(40)]
    print({f"{share:.0%} valid": f"{seen} of {len(GIVEN)}" for share, seen in rates.items()})
    print(f"false alarms: {sum(alarms)} of {len(alarms)} arbitrary columns")
    assert rates[1.0] == len(GIVEN)
    assert binom.sf(sum(alarms) - 1, len(alarms), 40 * 1e-6) > 1e-3
