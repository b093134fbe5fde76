"""What is read, what is refused, and that a refusal says where."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from certify.errors import Problem, UnusableInput
from certify.strict_yaml import MAX_BYTES, MAX_DEPTH, MAX_NODES, read, spell
from certify.value import Line, Number, Value


def value_of(text: str) -> Any:
    return read(text.encode(), source="f.yaml").value


def refusal(data: bytes) -> UnusableInput:
    with pytest.raises(UnusableInput) as caught:
        read(data, source="f.yaml")
    return caught.value


AMBIGUOUS = (
    "yes", "no", "NO", "on", "Off", "y", "N", "True", "FALSE", "Null", "NULL", "~", "=", "<<",
    "017", "08", "0o17", "0x1F", "-0x1f", "0b101", "+1", "1_000", "1_0.5", ".5", "1.", "+.5", "1e3", "1E-2",
    "1.5e3", ".inf", "-.Inf", ".NaN", "12:30:45", "190:20:30", "1:30.5", "2026-07-27", "2026-7-1",
    "2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43.10 -5",
)  # fmt: skip
"""Plain words that YAML 1.1, YAML 1.2 and JSON would not all type alike."""

HOSTILE: dict[str, tuple[bytes, int | None, str]] = {
    "nothing": (b"", 1, "a document"),
    "comments only": (b"# nothing\n", 2, "a document"),
    "two documents": (b"a: 1\n---\nb: 2\n", 2, "one document"),
    "an empty second document": (b"a: 1\n---\n", 2, "one document"),
    "a directive of version": (b"%YAML 1.1\n---\na: 1\n", 1, "no directives"),
    "a directive of tags": (b"%TAG ! tag:example.org,2026:\n---\na: 1\n", 1, "no directives"),
    "an unknown version": (b"%YAML 3.0\n---\na: 1\n", 1, "well-formed YAML"),
    "an anchor": (b"a: &x 1\n", 1, "no anchors"),
    "an anchor on a mapping": (b"a: 1\nb: &x\n  c: 1\n", 2, "no anchors"),
    "an alias": (b"a: 1\nb: *a\n", 2, "no aliases"),
    "an alias as key": (b"a: 1\n*a : 2\n", 2, "no aliases"),
    "an alias in a list": (b"- 1\n- *a\n", 2, "no aliases"),
    "a merge key": (b"a: 1\n<<: {b: 2}\n", 2, "types alike"),
    "a tag": (b"a: !!str 1\n", 1, "no tags"),
    "a tag of our own": (b"a: !limit 1\n", 1, "no tags"),
    "the tag that says nothing": (b"a: ! 1\n", 1, "no tags"),
    "a tag that runs code": (b"a: 1\nb: !!python/object/apply:os.system ['true']\n", 2, "no tags"),
    "a key twice": (b"a: 0.05\nb: 1\na: 0.5\n", 3, "each key once"),
    "a key twice in a flow": (b"a: {b: 1, b: 2}\n", 1, "each key once"),
    "a key twice, once in quotes": (b'a: 1\n"a": 2\n', 2, "each key once"),
    "a key twice, deep down": (b"a:\n  - b: 1\n    c: 2\n    b: 3\n", 4, "each key once"),
    "a number as key": (b"1: a\n", 1, "a word as key"),
    "a truth value as key": (b"true: a\n", 1, "a word as key"),
    "null as key": (b"null: a\n", 1, "a word as key"),
    "a list as key": (b"? [a, b]\n: c\n", 1, "a word as key"),
    "a mapping as key": (b"? {a: 1}\n: c\n", 1, "a word as key"),
    "an empty key": (b"? \n: a\n", 1, "a value"),
    "a key without a value": (b"a: 1\nb:\nc: 2\n", 2, "a value"),
    "an empty item": (b"- 1\n-\n- 2\n", 2, "a value"),
    "an integer beyond 2**53": (b"a: 1\nb: 9007199254740992\n", 2, "2**53"),
    "an integer of 10,000 digits": (b"a: " + b"9" * 10_000, 1, "2**53"),
    "a decimal of 10,000 digits": (b"a: 0." + b"9" * 10_000, 1, "at most 40"),
    "no UTF-8": (b"a: 1\nb: \xff\n", 2, "UTF-8"),
    "Latin-1": ("a: élève\n".encode("latin-1"), 1, "UTF-8"),
    "UTF-16": ("a: 1\n".encode("utf-16"), 1, "UTF-8"),
    "UTF-16 without a mark": ("a: 1\n".encode("utf-16-le"), 1, "printable"),
    "an overlong encoding": (b"a: \xc0\xaf\n", 1, "UTF-8"),
    "a surrogate in UTF-8": (b"a: \xed\xa0\x80\n", 1, "UTF-8"),
    "a byte-order mark": (b"\xef\xbb\xbfa: 1\n", 1, "printable"),
    "a NUL": (b"a: 1\nb: x\x00y\n", 2, "printable"),
    "an escape character": (b"a: \x1b[31m\n", 1, "printable"),
    "a delete character": (b"a: x\x7f\n", 1, "printable"),
    "carriage returns": (b"a: 1\r\nb: 2\r\n", 1, "printable"),
    "a next-line character": ("a: 1\u0085b: 2\n".encode(), 1, "printable"),
    "a line separator": ("a: 1\u2028b: 2\n".encode(), 1, "printable"),
    "a paragraph separator": ("a: x\u2029\n".encode(), 1, "printable"),
    "text turned round": ("a: 1\n# \u202e\n".encode(), 2, "printable"),
    "an isolate": ("a: \u2066x\n".encode(), 1, "printable"),
    "a mark of direction": ("a: x\u200f\n".encode(), 1, "printable"),
    "a space of no width": ("a\u200b: 1\n".encode(), 1, "printable"),
    "a joiner of words": ("a: x\u2060y\n".encode(), 1, "printable"),
    "text in tag characters": ("a: x\U000e0041\n".encode(), 1, "printable"),
    "no character": ("a: 1\nb: \uffff\n".encode(), 2, "printable"),
    "an escape for NUL": (rb'a: "\0"', 1, "printable"),
    "an escape for text turned round": (rb"a: 1" b"\n" rb'b: "\u202e"', 2, "printable"),
    "an escape for a next line": (rb'a: "\N"', 1, "printable"),
    "an escape in a key": (rb'"a\u200b": 1', 1, "printable"),
    "an escape for half a character": (rb'a: "\ud800"', 1, "well-formed YAML"),
    "an unknown escape": (rb'a: "\q"', 1, "well-formed YAML"),
    "a tab as indentation": (b"a:\n\tb: 1\n", 2, "well-formed YAML"),
    "a bracket left open": (b"a: [1, 2\n", 2, "well-formed YAML"),
    "a quote left open": (b"a: 'x\n", 2, "well-formed YAML"),
    "a colon too many": (b"a: b: c\n", 1, "well-formed YAML"),
    "a reserved sign": (b"a: @x\n", 1, "well-formed YAML"),
    "wrong indentation": (b"a:\n    b: 1\n  c: 2\n", 3, "well-formed YAML"),
    "a list beside a mapping": (b"a: 1\n- b\n", 2, "well-formed YAML"),
    "lists 10,000 deep": (b"[" * 10_000, 1, ""),
    "mappings 10,000 deep": (b"{a: " * 10_000, 1, ""),
    "items 10,000 deep": (b"- " * 10_000, 1, ""),
    "one level too many": (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), 1, "levels"),
    "too many values": (b"- 1\n" * (MAX_NODES + 1), MAX_NODES, "values"),
    "ten megabytes": (b"a: " + b"x" * (10 << 20), None, "bytes"),
    "a byte too many": (b"#" * MAX_BYTES + b"\n", None, "bytes"),
    "aliases that multiply": (
        b"a: &a [x, x, x, x, x, x, x, x]\n"
        + b"".join(b"%c: &%c [%s]\n" % (c, c, b", ".join([b"*%c" % (c - 1)] * 8)) for c in range(98, 106)),
        1,
        "no anchors",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile_or_unclear_is_refused_with_its_line(name: str) -> None:
    data, line, expected = HOSTILE[name]
    problem = refusal(data).problems[0]
    assert (problem.source, problem.line) == ("f.yaml", line)
    assert expected in problem.expected
    assert problem.found
    assert problem.remedy


@pytest.mark.parametrize("word", AMBIGUOUS)
def test_a_plain_word_that_readers_type_differently_is_refused_and_in_quotes_is_text(word: str) -> None:
    problem = refusal(f"a: 1\nb: {word}\n".encode()).problems[0]
    assert (problem.line, problem.column, problem.key) == (2, 4, "b")
    assert value_of(f'b: "{word}"\n') == {"b": word}
    assert value_of(f"b: '{word}'\n") == {"b": word}


@pytest.mark.parametrize("word", AMBIGUOUS)
def test_an_ambiguous_word_is_refused_as_a_key_as_well(word: str) -> None:
    assert refusal(f"? {word}\n: 1\n".encode()).problems[0].line == 1


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert len(HOSTILE) >= 60


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 0.05", {"a": Decimal("0.05")}),
        ("a: 0.30", {"a": Decimal("0.30")}),
        ("a: -12.5", {"a": Decimal("-12.5")}),
        ("a: 17", {"a": 17}),
        ("a: 9007199254740991", {"a": 9007199254740991}),
        ("a: -9007199254740991", {"a": -9007199254740991}),
        ("a: true", {"a": True}),
        ("a: null", {"a": None}),
        ("[1, [2], {}]", (1, (2,), {})),
        ("a: digit=0", {"a": "digit=0"}),
        ("a: 1.0.0", {"a": "1.0.0"}),
        ("a: 10:75", {"a": "10:75"}),
        ('a: ""', {"a": ""}),
        ("a: >-\n  one\n  two\n", {"a": "one two"}),
        ("a: |\n  yes\n", {"a": "yes\n"}),
        ("a: d'un élève 😀", {"a": "d'un élève 😀"}),
        ("a: x # a comment\n", {"a": "x"}),
        ("---\na: 1\n...\n", {"a": 1}),
    ],
)
def test_what_nobody_can_misread_is_read(text: str, value: Any) -> None:
    assert value_of(text) == value


def test_a_decimal_keeps_the_digits_in_which_it_is_written() -> None:
    assert str(value_of("a: 0.30")["a"]) == "0.30"
    assert type(value_of("a: 1")["a"]) is int


def test_the_deepest_and_the_largest_that_are_allowed_are_read() -> None:
    value_of("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    assert len(value_of("- 1\n" * (MAX_NODES - 1))) == MAX_NODES - 1


def test_every_defect_is_reported_and_not_only_the_first() -> None:
    problems = refusal(b"a: yes\nb: &x 1\na: 2\nc:\n").problems
    assert [problem.line for problem in problems] == [1, 2, 3, 4]


def test_defects_are_reported_up_to_the_place_where_the_text_stops_making_sense() -> None:
    problems = refusal(b"a: yes\nb: [1\n").problems
    assert [problem.expected for problem in problems][-1] == "well-formed YAML"
    assert problems[0].key == "a"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text("abcdé 0:,-#&*!'{}[]\"\\"),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc:# -", max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON)
def test_every_json_document_within_the_caps_is_read_as_json_reads_it(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False)
    assert read(text.encode(), source="f.json").value == tuples(json.loads(text))


def tuples(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(tuples, value))
    return {k: tuples(v) for k, v in value.items()} if isinstance(value, dict) else value


@given(st.binary(max_size=60) | st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")))
@example("a: \ufffe".encode())
def test_any_bytes_are_either_read_or_refused(data: bytes) -> None:
    with suppress(UnusableInput):
        read(data, source="f.yaml")


@given(st.text("ab:-? \n[]{},&*!|>'\"%@#~<0159.", max_size=40))
def test_any_arrangement_of_the_signs_of_yaml_is_either_read_or_refused(text: str) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        read(text.encode(), source="f.yaml")
    except UnusableInput as error:
        problems = error.problems
    assert all(problem.line and problem.column for problem in problems)


class Inner(Value):
    name: Line
    share: Number


class Outer(Value):
    title: Line
    inner: tuple[Inner, ...]


def test_a_document_becomes_a_value() -> None:
    document = read(b"title: x\ninner:\n  - {name: z, share: 0.5}\n", source="f.yaml")
    assert document.validate(Outer) == Outer(title="x", inner=(Inner(name="z", share=Decimal("0.5")),))


def test_every_defect_of_a_value_has_its_place_and_a_slip_of_the_pen_its_correction() -> None:
    document = read(b"titel: x\ninner:\n  - name: z\n    share: much\n", source="f.yaml")
    with pytest.raises(UnusableInput) as caught:
        document.validate(Outer)
    found = {problem.key: problem for problem in caught.value.problems}
    assert found["titel"].place == "f.yaml:1:1"
    assert found["titel"].remedy == 'Did you mean "title"?'
    assert found["inner[0].share"].place == "f.yaml:4:5"
    assert "title" not in found, "it is there, misspelt: said once"


def test_a_number_is_no_text_and_text_no_truth() -> None:
    document = read(b"title: 1\ninner: []\n", source="f.yaml")
    with pytest.raises(UnusableInput, match=r"f\.yaml:1:1: title"):
        document.validate(Outer)


def test_a_path_that_does_not_exist_is_located_at_its_nearest_parent() -> None:
    document = read(b"a:\n  b: 1\n", source="f.yaml")
    problem = document.problem(("a", "c", 3), expected="x", found="y", remedy="z")
    assert (problem.line, problem.key) == (1, "a.c[3]")


def test_paths_are_spelled_as_people_write_them() -> None:
    assert spell(("data", 0, "role")) == "data[0].role"
    assert spell(()) == ""
