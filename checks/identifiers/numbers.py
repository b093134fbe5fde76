"""Numbers that a state or a bank gives to one person, told from arbitrary ones by their check digits.

A check digit is right by chance once in ten times or so; that some values pass proves nothing. So each value
is compared with those that differ from it in the last character alone. If the column is arbitrary, the right
last character is no likelier than the others, whatever the rest looks like (dates, round amounts): of a value
of which m of 10 variants pass, itself passes with chance m / 10. How many pass is then at most binomial with
the mean chance (Hoeffding, Annals of Mathematical Statistics 27, 1956, theorem 4), and a column is one of
identifiers if so many would pass with a chance of at most one in a million.

The formats are those of python-stdnum that are given to persons, British insurance numbers and cards. Where
nothing at the end is checked (US social security, Danish CPR) the header tells, or separators at their
places.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Final

from certify.submission.data import IdentifierKind
from checks.identifiers.headers import hinted
from checks.identifiers.sighting import Sighting, sighting

_CHANCE: Final = 1e-6
"""How unlikely the number of values that pass has to be; with a header that says so `_CHANCE_HINTED`."""

_CHANCE_HINTED: Final = 1e-2
_LEAST: Final = 2
_LOST: Final = 2
_SOME: Final = 20
_FEWEST_DIGITS, _MOST_DIGITS = 7, 20
_SHORTEST: Final = 6
_FIRST_LOOKS: Final = ((80, 0.5), (200, 0.1))
"""So many values are looked at first; if as many pass with this chance or more, that is all: most columns end
here."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Format:
    """One kind of number. `module` is that of stdnum; `digits` the least and most characters without
    separators.

    `written`: how it is written where no check digit tells it; then this or the header has to.
    `letters`: whether digits alone are no such number.
    """

    kind: IdentifierKind = "national_number"
    what: str
    module: str
    digits: tuple[int, int]
    written: str | None = None
    letters: bool = False

    def holds(self, value: str) -> bool:
        """Whether a text is such a number."""
        return not (self.letters and value.isdigit()) and _passes(self.module, value)


def _national(what: str, module: str, least: int, most: int | None = None, **more: Any) -> Format:
    return Format(what=what, module=module, digits=(least, most or least), **more)


FORMATS: Final = (
    _national("French social security numbers (NIR)", "fr.nir", 15),
    _national("French tax numbers of persons", "fr.nif", 13),
    _national("German tax identification numbers (IdNr)", "de.idnr", 11),
    _national("Spanish identity numbers (DNI)", "es.dni", 9),
    _national("Spanish numbers of foreigners (NIE)", "es.nie", 9),
    _national("Italian codici fiscali", "it.codicefiscale", 16),
    _national("Belgian national numbers", "be.nn", 11),
    _national("Dutch citizen service numbers (BSN)", "nl.bsn", 9),
    _national("Polish PESEL numbers", "pl.pesel", 11),
    _national("Austrian social insurance numbers", "at.vnr", 10),
    _national("Swiss social insurance numbers", "ch.ssn", 13),
    _national("Portuguese citizen cards", "pt.cc", 12, letters=True),
    _national("Swedish personal numbers", "se.personnummer", 10, 12),
    _national("Norwegian birth numbers", "no.fodselsnummer", 11),
    _national("Finnish personal codes", "fi.hetu", 10, 11),
    _national("Bulgarian EGN", "bg.egn", 10),
    _national("Croatian OIB", "hr.oib", 11),
    _national("Czech and Slovak birth numbers", "cz.rc", 10),
    _national("Estonian personal codes", "ee.ik", 11),
    _national("Greek AMKA", "gr.amka", 11),
    _national("Irish PPS numbers", "ie.pps", 8, 9),
    _national("Icelandic kennitala", "is_.kennitala", 10),
    _national("Lithuanian personal codes", "lt.asmens", 11),
    _national("Latvian personal codes", "lv.pvn", 11),
    _national("Romanian CNP", "ro.cnp", 13),
    _national("Slovenian EMŠO", "si.emso", 13),
    _national("Turkish identity numbers", "tr.tckimlik", 11),
    _national("Brazilian CPF", "br.cpf", 11),
    _national("UK NHS numbers", "gb.nhs", 10),
    _national("US social security numbers", "us.ssn", 9, written=r"\d{3}-\d{2}-\d{4}"),
    _national("Danish CPR numbers", "dk.cpr", 10, written=r"\d{6}-\d{4}"),
    _national("Canadian social insurance numbers", "ca.sin", 9, written=r"\d{3}-\d{3}-\d{3}"),
    _national("British national insurance numbers", "nino", 9),
    Format(kind="bank_account", what="IBAN", module="iban", digits=(15, 34)),
    Format(kind="payment_card", what="numbers of payment cards", module="card", digits=(13, 19)),
)


def numbers(header: str, values: Sequence[str]) -> tuple[Sighting, ...]:
    """The kinds of numbers that distinct values are, surest first; empty if none.

    A value that is a number in the file may have lost zeros at its front; up to two are given back.
    """
    found = _told(header, values) or _told(header, [_core(value) for value in values])
    return found or _by_header(header, values)


def _told(header: str, values: Sequence[str]) -> tuple[Sighting, ...]:
    bare = {value.strip().upper(): _bare(value) for value in values}
    long_enough = {value: short for value, short in bare.items() if len(short) >= _SHORTEST}
    seen = [found for f in FORMATS if (found := _sighted(f, header, values, long_enough)) is not None]
    return tuple(sorted(seen, key=lambda found: -found.values))


def _core(value: str) -> str:
    """From the first digit to the last letter or digit: a number that something is put around."""
    return re.sub(r"^\D+|\W+$", "", value)


def _by_header(header: str, values: Sequence[str]) -> tuple[Sighting, ...]:
    """Under a header that speaks of such numbers: values of which half have as many digits as they have."""
    if "national_number" not in hinted(header):
        return ()
    long = [value for value in values if _FEWEST_DIGITS <= len(re.findall(r"\d", value)) <= _MOST_DIGITS]
    what = "national numbers, by the header"
    found = sighting("national_number", what, long if 2 * len(long) > len(values) else [], len(values))
    return (found,) if found is not None else ()


HIDDEN_SIEVE: Final = (
    r"(^|[^A-Z0-9])([A-Z]{2}[0-9]{2}( ?[A-Z0-9]{4}){2,7}( ?[A-Z0-9]{1,4})?"
    r"|[A-Z]{6}[0-9]{2}[A-EHLMPRST][0-9]{2}[A-Z][0-9]{3}[A-Z]"
    r"|[12] [0-9]{2} [0-9]{2} [0-9][0-9AB] [0-9]{3} [0-9]{3} [0-9]{2}"
    r"|[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.[0-9]{2})($|[^A-Z0-9])"
)
"""Numbers so written that they can be told in the middle of a text, each alone: see `hidden`."""


def hidden(values: Sequence[str]) -> tuple[Sighting, ...]:
    """IBANs, codici fiscali, and French and Belgian numbers with their separators, in the midst of texts.

    Each has a form of its own and at least one check in 26; bare digits are only told by whole columns.
    """
    kept = {
        format_.module: [value for value in values if _hides(format_, value)]
        for format_ in FORMATS
        if format_.module in ("iban", "it.codicefiscale", "fr.nir", "be.nn")
    }
    found = (sighting(f.kind, f.what, kept.get(f.module, []), len(values)) for f in FORMATS)
    return tuple(one for one in found if one is not None)


def _hides(format_: Format, value: str) -> bool:
    return any(format_.holds(match.group(2)) for match in re.finditer(HIDDEN_SIEVE, value))


def _sighted(format_: Format, header: str, values: Sequence[str], bare: Mapping[str, str]) -> Sighting | None:
    fitting = [fitted for v, b in bare.items() if (fitted := _fitted(v, b, format_.digits)) is not None]
    if len(fitting) < _LEAST:
        return None
    meant = format_.kind in hinted(header)
    if format_.written is not None:
        told = meant or 2 * sum(bool(re.fullmatch(format_.written, v)) for v in values) > len(values)
        passing = [value for value in fitting if format_.holds(value)] if told else []
        return sighting(
            format_.kind, format_.what, passing if 2 * len(passing) > len(values) else [], len(values)
        )
    if any(_chance(format_, fitting[:first]) > usual for first, usual in _FIRST_LOOKS):
        return None
    if _chance(format_, fitting) > (_CHANCE_HINTED if meant else _CHANCE):
        return None
    passing = [value for value in fitting if format_.holds(value)]
    return sighting(format_.kind, format_.what, passing, len(values))


def _chance(format_: Format, values: Sequence[str]) -> float:
    """A bound on the chance that so many of arbitrary values pass as do; 1 where nothing can be told."""
    from scipy.stats import binom

    shares = {value: share for value in values if (share := _share_of_variants(format_, value)) > 0}
    if not shares:
        return 1.0
    passing = sum(map(format_.holds, shares))
    mean = min(1.0, _skew(shares) * sum(shares.values()) / len(shares))
    if passing < len(shares) * mean + 1:
        return 1.0
    return float(binom.sf(passing - 1, len(shares), mean))


def _skew(values: Collection[str]) -> int:
    """2 where values mostly end alike, as round amounts do: some checks give zero for two remainders."""
    ((_, times),) = Counter(value[-1] for value in values).most_common(1)
    return 2 if 3 * times > len(values) and len(values) >= _SOME else 1


def _share_of_variants(format_: Format, value: str) -> float:
    """Which share of the values that differ in the last character alone, itself among them, passes."""
    characters = "0123456789" if value[-1].isdigit() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return sum(format_.holds(value[:-1] + c) for c in characters) / len(characters)


def _bare(value: str) -> str:
    """Letters and digits alone; nothing where there is no digit or anything but these and separators."""
    bare = re.sub(r"[\s./+-]", "", value).upper()
    return bare if bare.isascii() and bare.isalnum() and re.search(r"\d", bare) else ""


def _fitted(value: str, bare: str, digits: tuple[int, int]) -> str | None:
    """The value if it is as long as the format asks; zeros are put before digits that are a little short."""
    least, most = digits
    if value.isdigit() and least - _LOST <= len(bare) < least:
        return value.zfill(least)
    return value if least <= len(bare) <= most else None


def _passes(module: str, value: str) -> bool:
    if module == "card":
        return _is_card(_bare(value))
    if module == "nino":
        return re.fullmatch(r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]", value) is not None
    return bool(_module(module).is_valid(value))


@cache
def _module(name: str) -> Any:
    return import_module(f"stdnum.{name}")


def _is_card(value: str) -> bool:
    """A number as long as its issuer makes it, with the check digit of Luhn: ISO/IEC 7812-1."""
    issued = r"4\d{15}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|6(?:011|5\d\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}"
    return re.fullmatch(issued, value) is not None and bool(_module("luhn").is_valid(value))
