from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
import pytest

from certify.digest import Digest
from checks.cybersecurity.probes import Probe, probes
from checks.subject import Subject

ROWS = pd.DataFrame({"x0": [0.0], "x1": [1.0], "label": ["yes"]})


@pytest.fixture
def probes_of(make_subject: Callable[..., Subject]) -> Callable[..., dict[str, Probe]]:
    def collect(**more: object) -> dict[str, Probe]:
        frame = more.pop("frame", ROWS)
        subject = make_subject(frame, **more)
        return {p.name: p for p in probes(subject.manifest.model.inputs, partial(subject.generator, 5))}

    return collect


def test_corners_are_the_ends_of_the_ranges_and_are_answered(
    probes_of: Callable[..., dict[str, Probe]],
) -> None:
    found = probes_of(quantity={"range": (-2, 6)}, step={"x1": 4})
    assert found["input: every number lowest"].inputs["input"].tolist() == [[-2, -2]]
    assert found["input: every number highest"].inputs["input"].tolist() == [[6, 6]]
    assert found["input: x0 highest"].inputs["input"].tolist() == [[6, 2]]
    corners = [probe for name, probe in found.items() if "random corner" in name]
    assert {tuple(probe.inputs["input"][0]) for probe in corners} == {(-2, -2), (-2, 6), (6, -2), (6, 6)}
    assert {probe.demand for probe in corners} == {"answer"}


@pytest.mark.parametrize(
    ("name", "inside_of_unit", "inside_of_steps"),
    [
        ("NaN", False, False),
        ("infinity", False, False),
        ("minus infinity", False, False),
        ("largest float", False, False),
        ("denormal", True, False),
        ("minus denormal", False, False),
    ],
)
def test_a_strange_number_need_not_be_answered_unless_the_contract_allows_it(
    probes_of: Callable[..., dict[str, Probe]], name: str, inside_of_unit: bool, inside_of_steps: bool
) -> None:
    unit = probes_of(quantity={"range": (0, 1)})[f"input: x0 {name}"]
    steps = probes_of(quantity={"range": (-10, 1)}, step=1)[f"input: x0 {name}"]
    assert (unit.inside, steps.inside) == (inside_of_unit, inside_of_steps)
    assert unit.inputs["input"].shape == (1, 2)


def test_a_range_beyond_the_type_has_corners_that_are_infinite(
    probes_of: Callable[..., dict[str, Probe]],
) -> None:
    huge = probes_of(quantity={"range": ("-1E+40", "1E+40")})
    assert huge["input: every number largest float"].inside
    assert np.isinf(huge["input: every number highest"].inputs["input"]).all()


def test_a_coded_column_allows_its_codes_only(probes_of: Callable[..., dict[str, Probe]]) -> None:
    found = probes_of(coded={"x0": [3, 1, 2]}, quantity={"range": (0, 1)})
    assert found["input: x0 lowest"].inputs["input"].tolist() == [[1, 0.5]]
    assert found["input: x0 highest"].inputs["input"].tolist() == [[3, 0.5]]
    assert not found["input: x0 denormal"].inside
    assert not found["input: every number denormal"].inside


def test_integer_inputs_are_given_the_extreme_integers(probes_of: Callable[..., dict[str, Probe]]) -> None:
    found = probes_of(dtype="int64")
    for word, number in (("smallest", np.iinfo(np.int64).min), ("largest", np.iinfo(np.int64).max)):
        assert found[f"input: every number {word} integer"].inputs["input"].tolist() == [[number, number]]


def test_malformed_tensors_differ_from_the_contract_in_one_way_each(
    probes_of: Callable[..., dict[str, Probe]],
) -> None:
    found = {name: probe for name, probe in probes_of().items() if probe.demand == "refuse"}
    assert {name: (p.inputs["input"].shape, p.inputs["input"].dtype.name) for name, p in found.items()} == {
        "input: an axis too many": ((1, 2, 1), "float32"),
        "input: an axis too few": ((1,), "float32"),
        "input: a number too many": ((1, 3), "float32"),
        "input: another type": ((1, 2), "float64"),
    }


def test_batches_are_empty_and_large(probes_of: Callable[..., dict[str, Probe]]) -> None:
    found = probes_of()
    assert found["no case at all"].inputs["input"].shape == (0, 2)
    batches = {p.cases: p.demand for name, p in found.items() if name.startswith("a batch of")}
    assert batches == dict.fromkeys((2, 64, 1024, 8192), "answer_as_alone")
    assert found["a batch of 8192 cases"].inputs["input"].shape == (8192, 2)


def test_corners_and_batches_follow_from_the_bytes_of_the_submission(
    make_subject: Callable[..., Subject],
) -> None:
    subject = make_subject(ROWS)
    other = Subject(subject.manifest, subject.files, Digest.of(b"other bytes"))
    drawn = [
        {p.name: p.inputs["input"].tolist() for p in probes(s.manifest.model.inputs, partial(s.generator, 5))}
        for s in (subject, subject, other)
    ]
    for name in ("input: random corner 0", "a batch of 64 cases"):
        assert drawn[0][name] == drawn[1][name]
    assert drawn[0]["a batch of 64 cases"] != drawn[2]["a batch of 64 cases"]


def test_a_tensor_is_changed_as_a_whole_and_in_its_first_element(
    probes_of: Callable[..., dict[str, Probe]],
) -> None:
    frame = {"image": np.zeros((1, 2, 2), np.float32), "label": np.asarray(["yes"])}
    found = probes_of(frame=frame, tensor="image", quantity={"range": (0, 4)})
    assert found["input: every number highest"].inputs["input"].tolist() == [[[4, 4], [4, 4]]]
    assert found["input: the first element lowest"].inputs["input"].tolist() == [[[0, 2], [2, 2]]]
