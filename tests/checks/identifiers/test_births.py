import random
from datetime import date, timedelta

import pytest

from checks.identifiers.births import births

LAST = date(2025, 12, 31)


def days(least_age: float, greatest_age: float, values: int = 200, seed: int = 1) -> list[date]:
    draw = random.Random(seed)
    return [LAST - timedelta(days=int(365.25 * draw.uniform(least_age, greatest_age))) for _ in range(values)]


@pytest.mark.parametrize(
    "form", ["%Y-%m-%d", "%Y-%m-%d 00:00:00", "%d.%m.%Y", "%m/%d/%Y", "%Y%m%d", "%d %b %Y", "%d/%m/%y"]
)
def test_dates_spread_as_births_are_told_in_every_form(form: str) -> None:
    found = births("column_3", [day.strftime(form) for day in days(18, 90)], LAST)
    assert found is not None
    assert found.kind == "birth_date"


@pytest.mark.parametrize(
    "values",
    [
        [str(day) for day in days(0, 3)],  # visits of the last years
        [str(day) for day in days(10, 130)],  # older than anybody
        [str(day) for day in days(-20, 40)],  # appointments to come
        [str(day.replace(day=1)) for day in days(18, 90)],  # to the month alone
        [str(day.year) for day in days(18, 90)],
        [day.strftime("%d/%m/%y") for day in days(0, 3)],
        [str(day) for day in days(18, 90, values=10)],
    ],
)
def test_other_dates_are_no_births(values: list[str]) -> None:
    assert births("column_3", values, LAST) is None


def test_a_header_tells_births_of_children_and_of_a_few_persons() -> None:
    few = [str(day) for day in days(0, 3, values=5)]
    assert births("date_of_birth", few, LAST) is not None
    assert births("Geburtsdatum", few, LAST) is not None
    assert births("visit", few, LAST) is None
    assert births("date_of_birth", ["unknown", "n/a"], LAST) is None
    assert births("birth_weight", ["3200", "2900"], LAST) is None
