"""E-mail addresses and telephone numbers, anywhere in a text.

A sieve is a pattern that DuckDB and Python read alike: with it all rows are looked at. What falls through is
confirmed here: an address by its parts, a number by the numbering plans in phonenumbers, the library of
Google, for numbers with a country code and for the regions below. Bare digits are a number of one plan or
another more often than not: they are taken for one only where the header says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from checks.identifiers.headers import hinted
from checks.identifiers.sighting import Sighting, sighting

EMAIL_SIEVE: Final = r"[^\s@,;:<>()]@[^\s@,;:<>()]+\.[A-Za-z]{2,24}"
_BEFORE, _AFTER = r"(^|[^0-9A-Za-z.,/:_+-])", r"($|[^0-9A-Za-z.,/:_-]|[.,:] |[.]$)"
PHONE_SIEVE: Final = "|".join(
    _BEFORE + number + _AFTER
    for number in (
        r"\+[ ]?[0-9]{1,3}[ .-]?(\(0\))?\(?[0-9]{1,5}\)?([ .-]?[0-9]{2,9}){1,5}",
        r"\(?0[0-9]{1,4}\)?([ .-][0-9]{2,4}){3,4}",
        r"\(?0[0-9]{2,4}\)?[ /-][0-9]{3,4}[ -]?[0-9]{3,5}",
        r"\([2-9][0-9]{2}\) ?[0-9]{3}-[0-9]{4}",
        r"[2-9][0-9]{2}-[2-9][0-9]{2}-[0-9]{4}",
    )
)
REGIONS: Final = ("FR", "DE", "GB", "IT", "BE", "NL", "AT", "CH", "SE", "FI", "IE", "RO", "US")
"""Whose numbers are known without a country code: those written with a zero in front, and North America's."""

_HINTED_REGIONS: Final = (*REGIONS, "ES", "PT", "PL", "DK", "NO", "CZ", "GR", "HU")
_FEWEST: Final = 30
_ENOUGH: Final = 100
"""So many other values tell whether a column without sentences is one of telephone numbers."""

_EMAIL: Final = re.compile(
    r"(?<![\w.%+-])[\w%+-](?:[\w.%+-]{0,62}[\w%+-])?"
    r"@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[A-Za-z]{2,24}(?![A-Za-z0-9])"
)


def emails(values: Sequence[str]) -> Sighting | None:
    """The texts that hold an e-mail address: RFC 5321 as people write it, with a domain that has a letter."""
    return sighting("email", "e-mail addresses", [v for v in values if _holds_email(v)], len(values))


def phones(values: Sequence[str], others: Sequence[str]) -> Sighting | None:
    """The texts that hold a telephone number with a country code, or grouped as one of `REGIONS` groups it.

    `values` fell through the sieve; `others` are some values of the same column. Where these are no
    sentences, grouped digits are codes of some kind: then three in five of them have to be telephone numbers,
    or one in five with a country code.
    """
    if values and not _are_sentences(others):
        among = [value for value in others[:_ENOUGH] if _holds_phone(value)]
        abroad = sum("+" in value for value in among)
        if 5 * max(len(among), 3 * abroad) <= 3 * len(others[:_ENOUGH]):
            return None
    found = [value for value in values if _holds_phone(value)]
    return sighting("phone", "telephone numbers", found, len(values))


def _are_sentences(values: Sequence[str]) -> bool:
    """Whether one value in five at least has two words."""
    return 5 * sum(len(re.findall(r"[^\W\d_]{2,}", value)) > 1 for value in values) >= len(values)


def phones_by_header(header: str, values: Sequence[str]) -> Sighting | None:
    """Under a header that speaks of telephones: values of which half are numbers of some plan."""
    if "phone" not in hinted(header):
        return None
    found = [value for value in values if _is_phone(value)]
    if 2 * len(found) <= len(values):
        return None
    return sighting("phone", "telephone numbers, by the header", found, len(values))


def phones_as_numbers(values: Sequence[str]) -> Sighting | None:
    """Whole numbers that are telephone numbers with their country codes, of which a table lost the plus sign.

    Of arbitrary numbers of that length one in five at most is a valid one; here seven in ten of at least
    thirty have to be.
    """
    found = [value for value in values[:_ENOUGH] if 10 <= len(value) <= 15 and _is_abroad(value)]
    looked_at = len(values[:_ENOUGH])
    if looked_at < _FEWEST or 10 * len(found) < 7 * looked_at:
        return None
    return sighting("phone", "telephone numbers", found, looked_at)


def _is_abroad(digits: str) -> bool:
    from phonenumbers import NumberParseException, is_valid_number, parse

    try:
        return is_valid_number(parse(f"+{digits}"))
    except NumberParseException:
        return False


def _holds_email(value: str) -> bool:
    return any(re.search(r"[^\W\d_]", _domain(m.group())) for m in _EMAIL.finditer(value))


def _domain(address: str) -> str:
    """The domain without its last part: 3@5.mg is a dose."""
    return address.rpartition("@")[2].rpartition(".")[0]


def _holds_phone(value: str) -> bool:
    return any(_confirmed(m.group().strip(" ,;:/")) for m in re.finditer(PHONE_SIEVE, value))


def _confirmed(snippet: str) -> bool:
    from phonenumbers import Leniency, PhoneNumberMatcher

    found = re.search(r"[+(0-9].*[0-9]", snippet)
    if found is None or _looks_like_time(found.group()):
        return False
    number = found.group()
    if "+" in number:
        decimal = re.search(r"\.\d+", number) and number.count(".") == 1
        return not decimal and PhoneNumberMatcher(number, None, leniency=Leniency.VALID).has_next()
    return any(
        PhoneNumberMatcher(number, region, leniency=Leniency.STRICT_GROUPING).has_next() for region in REGIONS
    )


def _looks_like_time(number: str) -> bool:
    """Day and hour: five or more groups with more than one kind of separator between them."""
    return (
        len(re.findall(r"\d+", number)) >= 5
        and len(set(re.findall(r"[ .-]", number))) > 1
        and "(" not in number
    )


def _is_phone(value: str) -> bool:
    from phonenumbers import NumberParseException, is_valid_number, parse

    for region in _HINTED_REGIONS:
        for text in (value, f"0{value}"):
            try:
                if is_valid_number(parse(text, region)):
                    return True
            except NumberParseException:
                return False
    return False
