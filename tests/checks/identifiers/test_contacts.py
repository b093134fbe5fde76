"""Numbers as authorities and firms print them, and what else has digits and separators."""

import random
import re
from datetime import datetime, timedelta

import duckdb
import pytest
from faker import Faker

from checks.identifiers.contacts import (
    EMAIL_SIEVE,
    PHONE_SIEVE,
    emails,
    phones,
    phones_as_numbers,
    phones_by_header,
)

SENTENCES = ("Came in the morning with a cough.", "Nothing to report, see notes.", "To be called again.")


@pytest.mark.parametrize(
    "text",
    [
        "06 12 34 56 78", "+33 6 12 34 56 78", "call 020 7946 0958 now", "(212) 555-0123.", "0151 23456789",
        "tel. 030/123456, thanks", "+49 30 123456", "212-736-5000", "06.12.34.56.78", "+1-212-736-5000",
    ],
)  # fmt: skip
def test_a_telephone_number_in_one_row_of_free_text_is_told(text: str) -> None:
    assert re.search(PHONE_SIEVE, text)
    assert phones([text], [text, *SENTENCES]) is not None


@pytest.mark.parametrize(
    "form",
    ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y %H:%M", "%d %m %Y", "%d-%m-%y %H-%M", "%H:%M:%S", "%d %m %y %H %M"],
)
def test_dates_and_hours_are_no_telephone_numbers(form: str) -> None:
    draw = random.Random(1)
    values = [
        (datetime(1990, 1, 1) + timedelta(minutes=draw.randrange(10**7))).strftime(form) for _ in range(300)
    ]
    assert phones([v for v in values if re.search(PHONE_SIEVE, v)], values) is None


@pytest.mark.parametrize(
    "form",
    ["###-###-###", "###-###-####", "0##/###-###", "## ## ## ## ##", "#### #### #### ####",
     "978-#-##-######-#", "###.###.###.###", "+#.######e-0#", "+######.#####", "+##.###### -##.######"],
)  # fmt: skip
def test_codes_and_measurements_are_no_telephone_numbers(form: str) -> None:
    draw = random.Random(2)
    values = [re.sub("#", lambda _: str(draw.randrange(10)), form) for _ in range(300)]
    assert phones([v for v in values if re.search(PHONE_SIEVE, v)], values) is None


def test_bare_digits_are_telephone_numbers_only_by_their_header() -> None:
    values = [f"6{n:08d}" for n in range(12_345_678, 12_345_778)]
    assert phones_by_header("Téléphone mobile", values) is not None
    assert phones_by_header("mileage", values) is None
    assert phones_by_header("phone", ["1", "2", "3"]) is None


def test_numbers_that_lost_their_plus_sign_are_told_from_arbitrary_ones() -> None:
    draw = random.Random(3)
    mobiles = [f"336{draw.randrange(10**7, 10**8)}" for _ in range(60)]
    assert phones_as_numbers(mobiles) is not None
    assert phones_as_numbers(mobiles[:20]) is None
    for digits in range(9, 16):
        values = [str(draw.randrange(10 ** (digits - 1), 10**digits)) for _ in range(200)]
        assert phones_as_numbers(values) is None
    assert phones_as_numbers([str(draw.randrange(15 * 10**11, 17 * 10**11)) for _ in range(200)]) is None
    assert phones_as_numbers([str(10**9 + n) for n in range(200)]) is None


def test_addresses_are_told_and_other_uses_of_the_sign_are_not() -> None:
    faker = Faker("fr_FR")
    faker.seed_instance(5)
    addresses = [faker.email() for _ in range(100)]
    others = ["to ann.lee+x@mail.example.co.uk.", "ann@m\u00fcnchen.example", "<mailto:ANN@EXAMPLE.ORG>"]
    found = emails([*addresses, *others])
    assert found is not None
    assert found.values == 103
    assert all(re.search(EMAIL_SIEVE, value) for value in [*addresses, *others])
    assert emails(["3@5.mg", "a@b", "x@@y.org", "@home", "two @ 3.50", "user@localhost"]) is None


def test_duckdb_and_python_read_both_sieves_alike() -> None:
    faker = Faker(["fr_FR", "de_DE", "en_US", "nl_NL"])
    faker.seed_instance(6)
    values = [text for _ in range(200) for text in (faker.phone_number(), faker.email(), faker.text(60))]
    for sieve in (EMAIL_SIEVE, PHONE_SIEVE):
        sql = "SELECT list(regexp_matches(v, ?)) FROM (SELECT unnest(?) v)"
        (read,) = duckdb.execute(sql, [sieve, values]).fetchone() or ([],)
        assert read == [re.search(sieve, value) is not None for value in values]
