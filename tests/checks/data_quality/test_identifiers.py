"""Identifiers are seeded by Faker into tables that hold none; Adult and German are real and hold none."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from faker import Faker

from certify.evidence import Statement
from checks.data_quality.identifiers import identifiers
from checks.measured import CannotMeasure, Confidence
from checks.subject import Subject

CONFIDENCE = Confidence(0.975)
WORDS = ("came as usual", "to be seen again in spring", "nothing to report", "see chapter 3")

Stated = Callable[..., dict[tuple[str, str], Statement]]


def plain(rows: int) -> pd.DataFrame:
    """Rows of a table without identifiers."""
    random = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "x": random.normal(size=rows).round(4),
            "weight": random.integers(12_285, 1_484_705, rows),
            "row": np.arange(rows) + 100_000_000,
            "seen": pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 500, rows), "D"),
            "note": random.choice(WORDS, rows),
            "region": random.choice(["Paris", "May", "Lyon", "Grant"], rows),
            "label": random.choice(["yes", "no"], rows),
        }
    )


@pytest.fixture
def stated(make_subject: Callable[..., Subject]) -> Stated:
    def run(frame: object, **more: object) -> dict[tuple[str, str], Statement]:
        subject = make_subject(frame, **more)
        measured = identifiers(subject, subject.relation("test"), CONFIDENCE, seed=1)
        assert not measured.exhibits
        return {(s.name, s.subject): s for s in measured.statements}

    return run


def held(said: dict[tuple[str, str], Statement]) -> bool:
    return said["no_identifier_found", "all"].holds


def test_a_table_without_identifiers_is_free_of_them_in_every_column(stated: Stated) -> None:
    said = stated(plain(500))
    columns = {subject for name, subject in said if name == "free_of_identifiers"}
    assert columns == set(plain(1).columns)
    assert all(statement.holds for statement in said.values())
    assert {statement.kind for statement in said.values()} == {"search", "statistical"}


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("write to ann.lee@example.org", "email"),
        ("call +44 20 7946 0958", "phone"),
        ("IBAN GB33BUKB20201555555555", "bank_account"),
    ],
)
def test_one_identifier_in_one_row_of_many_is_found(stated: Stated, value: str, kind: str) -> None:
    frame = plain(20_000)
    frame.loc[13_131, "note"] = value
    said = stated(frame)
    assert not held(said)
    assert not said["free_of_identifiers", "note"].holds
    assert kind in said["free_of_identifiers", "note"].explanation
    assert said["free_of_identifiers", "region"].holds


@pytest.mark.parametrize(
    ("header", "method", "locale"),
    [("code", "ssn", "nl_NL"), ("who", "name", "de_DE"), ("c7", "email", "fr_FR"), ("c8", "iban", "en_GB")],
)
def test_a_column_that_is_not_fed_to_the_model_is_searched(
    stated: Stated, header: str, method: str, locale: str
) -> None:
    faker = Faker(locale)
    faker.seed_instance(3)
    values = [str(getattr(faker, method)()) for _ in range(300)]
    said = stated(plain(300).assign(**{header: values}))
    assert not said["free_of_identifiers", header].holds
    assert said["every_column_searched", "all"].holds


def test_dates_of_birth_are_measured_against_the_end_of_collection(stated: Stated) -> None:
    random = np.random.default_rng(2)
    born = pd.Timestamp("2025-06-01") - pd.to_timedelta(random.integers(6_600, 32_000, 400), "D")
    assert not held(stated(plain(400).assign(when=born)))


def test_no_value_that_was_found_is_shown(stated: Stated) -> None:
    faker = Faker("en_GB")
    faker.seed_instance(4)
    frame = plain(200)
    frame = frame.assign(
        who=[faker.name() for _ in range(200)],
        mail=[faker.email() for _ in range(200)],
        iban=[faker.iban() for _ in range(200)],
        born=[str(faker.date_of_birth(minimum_age=18)) for _ in range(200)],
    )
    said = " ".join(statement.explanation for statement in stated(frame).values())
    for column in ("who", "mail", "iban", "born"):
        assert not any(value in said for value in frame[column])
        assert f"{column}: " in said


def test_what_is_declared_with_a_reason_is_told_and_does_not_refuse(stated: Stated) -> None:
    frame = plain(100).assign(contact="ann.lee@example.org")
    declared = {"column": "contact", "kind": "email", "reason": "Patients are called back by the ward."}
    said = stated(frame, change={"data": {"identifiers": [declared]}})
    assert held(said)
    assert "called back by the ward" in said["free_of_identifiers", "contact"].explanation


@pytest.mark.parametrize(
    "declared",
    [
        {"column": "contact", "kind": "phone", "reason": "Patients are called back by the ward."},
        {"column": "note", "kind": "email", "reason": "Patients are called back by the ward."},
        {"column": "contact", "kind": "email", "reason": "TODO"},
    ],
)
def test_another_kind_another_column_or_no_reason_declares_nothing(
    stated: Stated, declared: dict[str, str]
) -> None:
    frame = plain(100).assign(contact="ann.lee@example.org")
    assert not held(stated(frame, change={"data": {"identifiers": [declared]}}))


def test_a_column_that_cannot_be_read_as_text_is_not_taken_for_searched(stated: Stated) -> None:
    frame = plain(50).assign(pair=[["ann.lee", "example.org"]] * 50)
    stream = io.BytesIO()
    frame.to_parquet(stream)
    said = stated(frame, files={"test": {"rows.parquet": stream.getvalue()}})
    assert not said["every_column_searched", "all"].holds
    assert "pair" in said["every_column_searched", "all"].explanation


def test_arrays_of_pixels_hold_no_identifier_and_texts_beside_them_may(stated: Stated) -> None:
    random = np.random.default_rng(5)
    data = {
        "image": random.integers(0, 256, (40, 8, 8)).astype(np.float32),
        "label": np.array(["a", "b"] * 20),
    }
    more = {"task": "multiclass", "tensor": "image", "quantity": {"range": (0, 255)}}
    assert held(stated(data, **more))
    notes = np.array(["came", "ann.lee@example.org"] * 20)
    assert not held(stated({**data, "note": notes}, **more))


def test_no_data_are_not_measured(make_subject: Callable[..., Subject]) -> None:
    with pytest.raises(CannotMeasure, match="none was given"):
        identifiers(make_subject(), None, CONFIDENCE, seed=1)


# Real data


@pytest.mark.parametrize(
    ("file", "how"),
    [
        ("adult/adult.data", {"skipinitialspace": True}),
        ("german_credit/german.data", {"sep": " "}),
        ("diabetes_tree/pima-indians-diabetes.csv", {}),
    ],
)
def test_real_data_without_identifiers_raise_no_alarm(
    stated: Stated, certify_data: Path, file: str, how: dict[str, object]
) -> None:
    frame = pd.read_csv(certify_data / file, header=None, **how)  # type: ignore[call-overload]
    frame.columns = [f"c{place}" for place in frame.columns]
    said = stated(frame.assign(x=0.5, label=["yes", "no"] * (len(frame) // 2) + ["yes"] * (len(frame) % 2)))
    assert [statement.explanation for statement in said.values() if not statement.holds] == []


@pytest.mark.qualify
def test_rates_over_tables_seeded_at_known_rates(make_subject: Callable[..., Subject]) -> None:
    """Rows with an e-mail address or a telephone number in a note, from one in 10,000 on."""
    seen = {}
    for rate in (0, 1e-4, 1e-3, 1e-2, 1e-1):
        found = 0
        for seed in range(20):
            faker, random = Faker(["fr_FR", "es_ES"]), np.random.default_rng(seed)
            faker.seed_instance(seed)
            frame = plain(10_000)
            for row in random.choice(10_000, round(rate * 10_000), replace=False):
                frame.loc[row, "note"] = (
                    f"see {faker.email()}" if row % 2 else f"call +33 6 12 34 {row % 90 + 10} 78"
                )
            subject = make_subject(frame)
            said = identifiers(subject, subject.relation("test"), CONFIDENCE, seed=seed).statements
            found += not all(statement.holds for statement in said)
        seen[rate] = found
    print({f"{rate:.2%} of rows": f"{found} of 20 tables" for rate, found in seen.items()})
    assert seen[0] == 0
    assert all(found == 20 for rate, found in seen.items() if rate)
