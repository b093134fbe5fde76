"""Population tables: two that statistical offices published, with totals that can be looked up, and traps."""

import os
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pydantic import ValidationError

from certify.submission.data import Data
from checks.measured import CannotMeasure
from checks.representativeness.population import read_population, reference_of
from checks.representativeness.reference import Reference, compared
from checks.subject import Subject

SHARED = os.environ.get("CERTIFY_DATA")
with_data = pytest.mark.skipif(not SHARED, reason="CERTIFY_DATA names no folder with the shared data")

SEX = {"column": "SEX", "attribute": "sex", "holds": "codes"}
AGE = {"column": "AGE", "attribute": "age", "holds": "ages"}
ATTRIBUTES = {"sex": {"female": [2], "male": [1]}, "age": {"child": (0, 18), "adult": (18, 126)}}
COUNTS = {(sex, age): 1000 + 37 * age + 11 * sex * sex for sex in (1, 2) for age in range(60)}


def declared(
    make_subject: Callable[..., Subject], total: int, attributes: Any = ATTRIBUTES, as_of: str = "2019-07-01",
    **table: Any,
) -> Data:  # fmt: skip
    how = {"count": "POP", "total": total, "columns": [SEX, AGE], **table}
    change = {"data": {"reference": {"table": how, "as_of": as_of}}}
    return make_subject(attributes=attributes, change=change).manifest.data


def written(
    counts: Mapping[Any, Any], header: str = "SEX,AGE,POP", line: Callable[..., str] = "{},{},{}".format
) -> bytes:
    return "\n".join([header, *(line(*key, count) for key, count in counts.items()), ""]).encode()


@pytest.fixture
def read(make_subject: Callable[..., Subject]) -> Callable[..., Reference]:
    def run(data: Mapping[Any, Any] | bytes, total: int | None = None, **more: Any) -> Reference:
        counts = (
            [count for count in data.values() if isinstance(count, int)] if isinstance(data, dict) else []
        )
        content = data if isinstance(data, bytes) else written(data)
        return read_population(content, declared(make_subject, total or sum(counts) or 1, **more))

    return run


def test_shares_of_groups_and_of_their_crossings_are_those_of_the_counts(
    read: Callable[..., Reference],
) -> None:
    reference, total = read(COUNTS), sum(COUNTS.values())
    women = sum(n for (sex, _), n in COUNTS.items() if sex == 2)
    girls = sum(n for (sex, age), n in COUNTS.items() if sex == 2 and age < 18)
    assert reference.defects == ()
    assert reference.share("sex=female") == Fraction(women, total)
    assert reference.share("age=child & sex=female") == Fraction(girls, total)
    assert sum(reference.cells(("age", "sex")).values()) == 1
    assert len(reference.cells(("sex", "age"))) == 4


def test_the_population_that_is_meant_may_be_a_part_of_the_table(read: Callable[..., Reference]) -> None:
    attributes = {"sex": ATTRIBUTES["sex"], "age": {"young": (18, 30), "old": (30, 50)}}
    reference = read(COUNTS, attributes=attributes, columns=[SEX, {**AGE, "from": 18, "below": 50}])
    meant = {key: n for key, n in COUNTS.items() if 18 <= key[1] < 50}
    young = sum(n for (_, age), n in meant.items() if age < 30)
    assert reference.defects == ()
    assert reference.share("age=young") == Fraction(young, sum(meant.values()))


def test_other_codes_than_in_the_data_and_columns_that_do_not_matter(read: Callable[..., Reference]) -> None:
    groups = [{"name": "female", "codes": ["F"]}, {"name": "male", "codes": ["M"]}]
    data = b"SEX;REGION;POP;NOTE\nF;a;10;x\nF;b;20;\nM;a;30;y\nM;b;45;\n"
    columns = [{**SEX, "groups": groups}, {"column": "REGION", "holds": "codes"}]
    reference = read(data, 105, columns=columns, separator=";", ignored=["NOTE"])
    assert reference.defects == ()
    assert reference.share("sex=female") == Fraction(30, 105)
    with pytest.raises(CannotMeasure, match="does not tell age and sex together"):
        reference.cells(("age", "sex"))


def changed(*lines: tuple[tuple[Any, Any], Any]) -> dict[Any, Any]:
    return {**COUNTS, **dict(lines)}


def without(*ages: int) -> dict[Any, Any]:
    return {key: n for key, n in COUNTS.items() if key[1] not in ages}


def with_totals() -> dict[Any, Any]:
    ages = {(sex, 999): sum(n for (s, _), n in COUNTS.items() if s == sex) for sex in (1, 2)}
    each = {**COUNTS, **ages}
    return each | {(0, age): each[1, age] + each[2, age] for _, age in each}


DEFECTS: list[tuple[Any, str]] = [
    (changed(((2, 40), -5)), "1 rows have a count below 0 (row 102)"),
    (changed(((2, 40), "12.5")), "a count with a fraction"),
    (changed(((2, 40), "")), "1 rows have no count"),
    (changed(((2, 40), "n/a")), "a count that is no whole number"),
    (changed(((2, 40), "1 234")), "a count that is no whole number"),
    (changed(((1, 126), 3), ((2, 126), 4)), "AGE 126 is no age in whole years from 0 to 125"),
    (changed(((1, -1), 3), ((2, -1), 4)), "AGE -1 is no age"),
    (changed(((1, "85+"), 3), ((2, "85+"), 4)), "AGE 85+ is no age"),
    (changed(((1, ""), 3), ((2, ""), 4)), "2 rows say nothing of AGE"),
    (changed(*(((3, age), 7) for age in range(60))), "SEX 3 is no declared code of sex (row 122)"),
    (without(20, 21), "AGE leaves out the ages 20, 21"),
    (without(0, 1, 2), "AGE begins at 3, and the population at 0"),
    ({k: n for k, n in COUNTS.items() if k != (2, 33)}, "1 cells have no row, such as SEX 2, AGE 33"),
    ({k: n for k, n in COUNTS.items() if k[1] < 18}, "it counts nobody in age=adult"),
    (with_totals(), "AGE 999 is a total"),
    (with_totals(), "SEX 0 is a total"),
    (with_totals(), "AGE 999 is no age"),
    (changed(((0, 999), sum(COUNTS.values()))), "SEX 0, AGE 999 is a total: 254280 in row 122"),
    (b"SEX,AGE,POP\n", "0 rows"),
    (b"SEX,AGE,POP\n1,0,\xff\n", "UTF-8"),
    (b'SEX,AGE,POP\n"1,0,5\n', "no CSV"),
    (b"SEX,AGE,POP\n1,0,5,6\n", "1 rows have not 3 fields (row 2)"),
    (b"SEX;AGE;POP\n1;0;5\n", "there is no column AGE: the header is 'SEX;AGE;POP'"),
    (b"SEX,AGE,POP,YEAR\n1,0,5,2019\n", "the column YEAR has no purpose"),
    (b"SEX,AGE,POP,POP\n1,0,5,5\n", "several columns are called POP"),
    (written(COUNTS) + b"1,0,1000\n", "the cell SEX 1, AGE 0 comes 2 times (rows 2, 122)"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "defect"), DEFECTS, ids=[defect for _, defect in DEFECTS])
def test_a_defect_is_named_and_nothing_rests_on_the_table(
    read: Callable[..., Reference], data: Any, defect: str
) -> None:
    reference = read(data)
    assert defect in "; ".join(reference.defects)
    assert "it counts nobody" in defect or reference.tables == {}


def test_every_defect_is_named_at_once(read: Callable[..., Reference]) -> None:
    data = {**with_totals(), (1, 0): "x", (2, 1): -1}
    assert len(read(data, 5).defects) >= 4
    assert len(read({**with_totals(), (4, 0): 9}, 5).defects) >= 6


def test_the_counts_must_sum_to_the_declared_total(read: Callable[..., Reference]) -> None:
    assert "the counts sum to 254280, and the declared total is 254279" in read(COUNTS, 254279).defects


def test_a_total_is_found_by_arithmetic_whatever_it_is_called(read: Callable[..., Reference]) -> None:
    """`9` is declared as a third sex, so that no name gives it away."""
    attributes = {**ATTRIBUTES, "sex": {"female": [2], "male": [1], "other": [9]}}
    data = COUNTS | {(9, age): COUNTS[1, age] + COUNTS[2, age] for age in range(60)}
    (defect,) = read(data, attributes=attributes).defects
    assert (
        defect
        == "SEX 9 is a total: 2055 in row 122 is the sum of the others, and so it is in each of its 60 rows"
    )
    assert read(data | {(9, 7): 8}, attributes=attributes).defects == ()


def test_two_groups_of_the_same_size_are_no_total(read: Callable[..., Reference]) -> None:
    even = {(sex, age): 100 + age for sex in (1, 2) for age in range(60)}
    assert read(even).defects == ()


YEARS = {(year, sex, age): n + year for year in (2018, 2019) for (sex, age), n in COUNTS.items()}
OF_YEARS = written(YEARS, "YEAR,SEX,AGE,POP", "{},{},{},{}".format)
IN_2019 = sum(n for (year, _, _), n in YEARS.items() if year == 2019)


def test_one_of_several_years_is_selected(read: Callable[..., Reference]) -> None:
    reference = read(OF_YEARS, IN_2019, selected=[{"column": "YEAR", "value": 2019}])
    assert reference.defects == ()
    assert reference.says.startswith("120 cells, each once, sum to the declared total of ")
    assert reference.says.endswith("; selected: YEAR 2019")


@pytest.mark.parametrize(
    ("table", "defect"),
    [
        ({"ignored": ["YEAR"]}, "YEAR holds several years or dates (2018, 2019): select one"),
        ({"ignored": ["YEAR"]}, "the cell SEX 1, AGE 0 comes 2 times"),
        ({"selected": [{"column": "YEAR", "value": 2018}]}, "YEAR 2018 is selected, and the"),
        ({"selected": [{"column": "YEAR", "value": 2020}]}, "no row has YEAR 2020"),
    ],
)  # fmt: skip
def test_years_are_not_mixed_and_are_those_that_are_declared(
    read: Callable[..., Reference], table: dict[str, Any], defect: str
) -> None:
    assert defect in "; ".join(read(OF_YEARS, IN_2019, **table).defects)


def test_a_year_for_each_sex_is_seen_though_no_cell_comes_twice(read: Callable[..., Reference]) -> None:
    for spelling, told in (
        ("{},{},{},{}", "2018, 2019"),
        ("FY{} est.,{},{},{}", "2018, 2019"),
        ("{}07,{},{},{}", "201807, 201907"),
        ("{}-07-01,{},{},{}", "2018-07-01, 2019-07-01"),
    ):
        mixed = {(2017 + sex, sex, age): n for (sex, age), n in COUNTS.items()}
        data = written(mixed, "YEAR,SEX,AGE,POP", spelling.format)
        defects = read(data, sum(COUNTS.values()), ignored=["YEAR"]).defects
        assert defects == (f"YEAR holds several years or dates ({told}): select one instead of ignoring it",)


def test_a_note_that_names_a_year_in_some_rows_is_no_mixture(read: Callable[..., Reference]) -> None:
    noted = {(f"revised in {2000 + age}" if age < 9 else "", sex, age): n for (sex, age), n in COUNTS.items()}
    data = written(noted, "NOTE,SEX,AGE,POP", "{},{},{},{}".format)
    assert read(data, sum(COUNTS.values()), ignored=["NOTE"]).defects == ()


YOUNGER = [{"name": "child", "from": 0, "below": 25}, {"name": "adult", "from": 25, "below": 126}]


@pytest.mark.parametrize(
    ("columns", "attributes", "defect"),
    [
        ([{**SEX, "groups": [{"name": "female", "codes": ["2"]}]}, AGE], ATTRIBUTES, "SEX has other groups"),
        ([SEX, {**AGE, "holds": "codes"}], ATTRIBUTES, "so that its groups are told by codes"),
        ([{**SEX, "holds": "ages"}, AGE], ATTRIBUTES, "its groups are told by from"),
        ([SEX, {**AGE, "groups": YOUNGER}], ATTRIBUTES, "child is from 0 to below 18 in the data"),
        ([SEX, {**AGE, "from": 16}], ATTRIBUTES, "to below 18 in the data, and from 16"),
        ([SEX, {**AGE, "below": 50}], ATTRIBUTES, "adult is from 18 to below 126 in the data"),
        ([SEX, AGE], {**ATTRIBUTES, "age": {"child": (0, 17.5), "adult": (17.5, 126)}}, "ends between two"),
        ([SEX, AGE], {**ATTRIBUTES, "age": {"child": (0, 18), "adult": (19, 126)}}, "AGE 18 is an age in no"),
    ],
)  # fmt: skip
def test_what_values_mean_is_declared_and_checked(
    read: Callable[..., Reference], columns: Any, attributes: Any, defect: str
) -> None:
    assert defect in "; ".join(read(COUNTS, columns=columns, attributes=attributes).defects)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"ignored": ["AGE"]}, "in one place"),
        ({"columns": [SEX, {**SEX, "column": "S"}]}, "a single column for each"),
        ({"columns": [{"column": "AGE", "holds": "ages"}]}, "at least one attribute"),
        ({"columns": [{**SEX, "from": 3}]}, "for ages only"),
        ({"columns": [{**SEX, "groups": [{"name": "f", "from": 0, "below": 3}]}]}, "among ages"),
        ({"columns": [{**SEX, "attribute": "size"}]}, "declared, not size"),
        ({"total": 0}, "greater than or equal to 1"),
    ],
)  # fmt: skip
def test_a_declaration_that_cannot_be_meant_is_refused_at_the_door(
    make_subject: Callable[..., Subject], table: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        declared(make_subject, table.pop("total", 1), **table)


def test_a_subject_is_read_in_the_form_that_it_declares(make_subject: Callable[..., Subject]) -> None:
    how = {"count": "POP", "total": sum(COUNTS.values()), "columns": [SEX, AGE]}
    change = {"data": {"reference": {"table": how}}}
    subject = make_subject(attributes=ATTRIBUTES, reference=written(COUNTS), change=change)
    assert reference_of(subject).share("sex=male") < Fraction(1, 2)
    listed = make_subject(reference={"sex=female": "0.5", "sex=male": "0.5"})
    assert reference_of(listed).share("sex=male") == Fraction(1, 2)


def test_a_crossing_is_compared_cell_by_cell(make_subject: Callable[..., Subject]) -> None:
    attributes = {attribute.name: attribute for attribute in declared(make_subject, 1).attributes}
    reference = Reference(tables={("age", "sex"): {"age=child & sex=male": Fraction(1)}}, defects=())
    missing = compared(reference, attributes, [("age", "sex"), ("age",)])
    assert missing == (
        "it gives no share of age=adult & sex=female",
        "it gives no share of age=adult & sex=male",
        "it gives no share of age=child & sex=female",
        "it gives no share of age=adult",
    )


# What statistical offices published


def census() -> pd.DataFrame:
    """Resident population of the United States by month, age, sex and race, one line for each; July 2020.

    The Bureau writes sexes and races as columns, all ages together as the age 999, and publishes 329,877,505
    persons for July 2020 (vintage 2019).
    """
    wide = pd.read_csv(Path(str(SHARED)) / "population/us_census_2019.csv")
    races = ["WA", "BA", "IA", "AA", "NA", "TOM"]
    names = [f"{race}_{sex}" for race in ["TOT", *races] for sex in ("MALE", "FEMALE")]
    long = wide.melt(["UNIVERSE", "MONTH", "YEAR", "AGE"], names, "which", "POP")
    long[["RACE", "SEX"]] = long.pop("which").str.split("_", expand=True)
    return long


ADULTS = {"sex": {"female": ["FEMALE"], "male": ["MALE"]}, "age": {"young": (17, 40), "old": (40, 91)}}
OF_THE_CENSUS = {
    "columns": [SEX, {**AGE, "from": 17, "below": 91}, {"column": "RACE", "holds": "codes"}],
    "selected": [
        {"column": "MONTH", "value": 7}, {"column": "YEAR", "value": 2020},
        {"column": "UNIVERSE", "value": "R"},
    ],
    "attributes": ADULTS, "as_of": "2020-07-01",
}  # fmt: skip
RESIDENTS = 329_877_505
CLEAN = "AGE == 999 or RACE == 'TOT'"
"""What has to be left out of the file so that nobody is counted twice."""


@with_data
def test_the_census_gives_the_published_total_and_the_shares_that_pandas_counts(
    read: Callable[..., Reference],
) -> None:
    people = census().query(f"not ({CLEAN})")
    reference = read(people.to_csv(index=False).encode(), RESIDENTS, **OF_THE_CENSUS)
    assert reference.defects == ()
    july = people.query("MONTH == 7 and 17 <= AGE <= 90")
    women = july.query("SEX == 'FEMALE'")
    assert july["POP"].sum() == 258_940_886
    assert reference.share("sex=female") == Fraction(int(women["POP"].sum()), int(july["POP"].sum()))
    assert float(reference.share("age=young & sex=female")) == pytest.approx(
        women.query("AGE < 40")["POP"].sum() / july["POP"].sum(), abs=1e-12
    )


@with_data
@pytest.mark.parametrize(
    ("left_out", "how", "defect"),
    [
        ("RACE == 'TOT'", {}, "AGE 999 is a total"),
        ("RACE == 'TOT'", {}, "AGE 999 is no age"),
        ("RACE == 'TOT'", {}, "the counts sum to 659755010"),
        ("AGE == 999", {}, "RACE TOT is a total"),
        (CLEAN, {"selected": [], "ignored": ["MONTH", "YEAR", "UNIVERSE"]}, "comes 6 times"),
        (CLEAN, {"as_of": "2019-07-01"}, "YEAR 2020 is selected, and the population"),
        (f"{CLEAN} or 30 <= AGE < 35", {}, "AGE leaves out the ages 30, 31, 32, 33, 34"),
        (f"{CLEAN} or AGE <= 20", {}, "AGE begins at 21, and the population at 17"),
        (f"{CLEAN} or RACE == 'BA'", {}, "the declared total is 329877505"),
    ],
)  # fmt: skip
def test_every_trap_of_the_census_is_told(
    read: Callable[..., Reference], left_out: str, how: dict[str, Any], defect: str
) -> None:
    data = census().query(f"not ({left_out})").to_csv(index=False).encode()
    reference = read(data, RESIDENTS, **{**OF_THE_CENSUS, **how})
    assert defect in "; ".join(reference.defects)
    assert reference.tables == {}


SEXE = {
    "column": "SEXE", "attribute": "sex", "holds": "codes",
    "groups": [{"name": "female", "codes": ["F"]}, {"name": "male", "codes": ["M"]}],
}  # fmt: skip
OF_INSEE = {
    "columns": [SEXE, AGE], "separator": ";", "selected": [{"column": "ANNEE", "value": 2019}],
    "as_of": "2019-01-01",
}  # fmt: skip
IN_FRANCE = 64_988_222


def insee() -> bytes:
    return (Path(str(SHARED)) / "population/insee_fr_1901_2021.csv").read_bytes()


@with_data
def test_the_file_of_insee_is_read_as_it_is(read: Callable[..., Reference]) -> None:
    reference = read(insee(), IN_FRANCE, **OF_INSEE)
    france = pd.read_csv(Path(str(SHARED)) / "population/insee_fr_1901_2021.csv", sep=";").query(
        "ANNEE == 2019"
    )
    assert reference.defects == ()
    assert france["POP"].sum() == IN_FRANCE
    girls = france.query("SEXE == 'F' and AGE < 18")["POP"].sum()
    assert reference.share("age=child & sex=female") == Fraction(int(girls), IN_FRANCE)


@with_data
@pytest.mark.parametrize(
    ("how", "defect"),
    [
        ({"selected": [], "ignored": ["ANNEE"]}, "ANNEE holds several years or dates (1901, 1902, 1903"),
        ({"selected": []}, "the column ANNEE has no purpose"),
        ({"as_of": "2021-01-01"}, "ANNEE 2019 is selected, and the population is declared as of 2021"),
        ({"separator": ","}, "there is no column SEXE"),
        ({"columns": [SEX | {"column": "SEXE"}, AGE]}, "SEXE M is no declared code of sex"),
    ],
)  # fmt: skip
def test_every_trap_of_insee_is_told(
    read: Callable[..., Reference], how: dict[str, Any], defect: str
) -> None:
    assert defect in "; ".join(read(insee(), IN_FRANCE, **{**OF_INSEE, **how}).defects)


@with_data
def test_no_year_of_insee_is_taken_for_a_defective_one(read: Callable[..., Reference]) -> None:
    """Every year that INSEE published is sound but for its total, whichever is declared: no false alarm."""
    france = pd.read_csv(Path(str(SHARED)) / "population/insee_fr_1901_2021.csv", sep=";")
    for year in (1901, 1946, 2021):
        total = int(france.query("ANNEE == @year")["POP"].sum())
        how = {**OF_INSEE, "selected": [{"column": "ANNEE", "value": year}], "as_of": f"{year}-01-01"}
        assert read(insee(), total, **how).defects == ()
