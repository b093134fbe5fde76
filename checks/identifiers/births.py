"""Dates of birth: dates that lie as many years before the collection as persons are old.

A header that speaks of birth suffices, with dates under it. Without one the dates have to be spread as births
are: few events but births are registered to the day over decades. Ages and years of birth are no direct
identifiers, and are not looked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from checks.identifiers.headers import hinted
from checks.identifiers.sighting import Sighting, sighting

_OLDEST: Final = 120
_YEAR: Final = 365.2425
_MOSTLY: Final = 0.9
_SPREAD: Final = 25
"""Years between the 5th and the 95th percentile of the ages, at least; births of adults are 50 years
apart."""

_LEAST: Final = 20
_FORMS: Final = (
    (r"\d{4}-\d{1,2}-\d{1,2}(?:[ T].*)?", "%Y-%m-%d"),
    (r"\d{4}/\d{1,2}/\d{1,2}", "%Y/%m/%d"),
    (r"\d{1,2}\.\d{1,2}\.\d{4}", "%d.%m.%Y"),
    (r"\d{1,2}/\d{1,2}/\d{4}", "%d/%m/%Y"),
    (r"\d{1,2}/\d{1,2}/\d{4}", "%m/%d/%Y"),
    (r"\d{1,2}-\d{1,2}-\d{4}", "%d-%m-%Y"),
    (r"\d{1,2}/\d{1,2}/\d{2}", "%d/%m/%y"),
    (r"\d{1,2}/\d{1,2}/\d{2}", "%m/%d/%y"),
    (r"\d{1,2}\.\d{1,2}\.\d{2}", "%d.%m.%y"),
    (r"\d{1,2}-\d{1,2}-\d{2}", "%d-%m-%y"),
    (r"(?:1[89]|20)\d{6}", "%Y%m%d"),
    (r"\d{1,2}-[A-Za-z]{3}-\d{4}", "%d-%b-%Y"),
    (r"\d{1,2} [A-Za-z]{3} \d{4}", "%d %b %Y"),
    (r"\d{1,2} [A-Za-z]{4,9} \d{4}", "%d %B %Y"),
    (r"[A-Za-z]{4,9} \d{1,2}, \d{4}", "%B %d, %Y"),
)


def births(header: str, values: Sequence[str], last_day: date) -> Sighting | None:
    """Whether distinct values are dates of birth of persons seen up to `last_day`.

    Nine values in ten have to be dates of one form, 0 to 120 years before that day. Without a header there
    have to be twenty at least, their ages spread over 25 years, and their days over the whole month.
    """
    dates = _dates(values, last_day)
    ages = [(last_day - day).days / _YEAR for day in dates]
    alive = [age for age in ages if 0 <= age <= _OLDEST]
    if not values or len(alive) < _MOSTLY * len(values):
        return None
    if "birth_date" not in hinted(header) and not _like_births(dates, ages):
        return None
    return sighting("birth_date", "dates of birth", [str(day) for day in dates], len(values))


def _like_births(dates: Sequence[date], ages: Sequence[float]) -> bool:
    if len(dates) < _LEAST:
        return False
    ordered = sorted(ages)
    low, high = ordered[len(ages) // 20], ordered[-1 - len(ages) // 20]
    days = {day.day for day in dates}
    return (
        ordered[-1] <= _OLDEST
        and ordered[0] >= 0
        and high - low >= _SPREAD
        and len(days) >= min(15, len(dates) // 2)
    )


def _past(day: date, last_day: date) -> date:
    """A year of two digits that would lie in the future is one of the century before."""
    if day <= last_day:
        return day
    return day.replace(year=day.year - 100, day=min(day.day, 28))


def _dates(values: Sequence[str], last_day: date) -> list[date]:
    """The dates of that one form in which most values are written."""
    return max((_in_form(values, pattern, form, last_day) for pattern, form in _FORMS), key=len)


def _in_form(values: Sequence[str], pattern: str, form: str, last_day: date) -> list[date]:
    found = []
    for value in values:
        if re.fullmatch(pattern, value.strip()):
            try:
                day = re.split(r"[ T]", value.strip())[0] if "Y-%m-%d" in form else value.strip()
                read = datetime.strptime(day, form).date()
                found.append(_past(read, last_day) if "%y" in form else read)
            except ValueError:
                continue
    return found
