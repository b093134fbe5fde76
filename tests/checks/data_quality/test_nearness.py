"""Oracle: every pair compared by scipy's `cdist`, with the greatest difference as the distance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.neighbors import NearestNeighbors

from checks.data_quality import nearness
from checks.data_quality.nearness import coordinates, is_quantity, near_earlier, queries, search
from checks.features import Feature

LENGTH = Feature(name="length", codes=0, low=0, high=10)
WIDTH = Feature(name="width", codes=0, low=-1, high=1)
KIND = Feature(name="kind", codes=9, low=1, high=5, step=0.5)


def earlier_by_pairs(stored, points, places):
    return ((cdist(points, stored, "chebyshev") <= 1) & (np.arange(len(stored)) < places[:, None])).any(1)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 300), st.integers(1, 4), st.sampled_from([1, 5, 50]), st.integers(0, 10**6))
def test_earlier_rows_are_found_as_by_comparing_every_pair(rows, columns, wide, seed):
    random = np.random.default_rng(seed)
    stored = random.integers(0, wide, (rows, columns)) + random.choice([0, 0.5], (rows, columns))
    points, places = stored[random.permutation(rows)], np.arange(rows)
    assert (near_earlier(stored, stored, places) == earlier_by_pairs(stored, stored, places)).all()
    assert (
        search(stored, stored, places, among_stored=True) == earlier_by_pairs(stored, stored, places)
    ).all()
    later = random.integers(0, 2 * rows, rows)
    assert (
        search(stored, points, later, among_stored=False) == earlier_by_pairs(stored, points, later)
    ).all()


def test_halves_give_what_one_comparison_gives(monkeypatch):
    random = np.random.default_rng(3)
    stored, places = random.normal(scale=8, size=(900, 3)), np.arange(900)
    whole = near_earlier(stored, stored, places)
    monkeypatch.setattr(nearness, "_AT_ONCE", 100)
    assert (near_earlier(stored, stored, places) == whole).all()
    assert 0 < whole.sum() < 900


def test_rows_all_alike_all_repeat_the_first():
    stored = np.ones((20_000, 3))
    found = search(stored, stored, np.arange(20_000), among_stored=True)
    assert found.sum() == 19_999
    assert not found[0]


def test_another_row_is_near_where_sklearns_neighbour_is_within_the_tolerance():
    values = np.random.default_rng(1).uniform((0, -1), (10, 1), (500, 2))
    points = coordinates(values, (LENGTH, WIDTH), 0.02)
    scaled = (values - [0, -1]) / [10, 2]
    distances, _ = (
        NearestNeighbors(n_neighbors=1, metric="chebyshev").fit(scaled[:250]).kneighbors(scaled[250:])
    )
    found = search(points[:250], points[250:], np.full(250, 10**9), among_stored=False)
    assert (found == (distances[:, 0] <= 0.02)).all()
    assert 0 < found.sum() < 250


def test_near_is_a_share_of_the_range_and_the_same_code_and_the_same_gaps():
    rows = np.array(
        [[5, 1.0], [5.099, 1.0], [5.1, 1.0], [5.102, 1.0], [5, 1.5], [np.nan, 1.0], [np.nan, np.nan]]
    )
    points = coordinates(rows, (LENGTH, KIND), 0.01)
    near = cdist(points, points, "chebyshev") <= 1 + 1e-9
    assert near[0].tolist() == [True, True, True, False, False, False, False]
    assert near[5].tolist() == [False] * 5 + [True, False]


def test_infinite_numbers_are_near_each_other_and_nothing_else():
    points = coordinates(np.array([[np.inf], [np.inf], [-np.inf], [3.0]]), (LENGTH,), 0.01)
    assert (cdist(points, points, "chebyshev") <= 1).sum(axis=1).tolist() == [2, 2, 1, 1]


@pytest.fixture
def asked():
    random = np.random.default_rng(2)
    values = np.stack([random.uniform(0, 10, 400).round(1), random.choice([1, 1.5], 400)], axis=1)
    values[:20, 0] = np.nan
    return queries(coordinates(values, (LENGTH, KIND), 0.002), np.arange(400), [0], random)


def test_a_control_has_one_quantity_moved_out_of_reach_to_a_value_that_others_have(asked):
    (control,) = asked.controls
    moved = np.abs(control - asked.points)
    assert not moved[:, 1].any()
    assert not moved[:20].any(), "what is missing stays missing"
    assert (moved[20:, 0] >= 2).all()
    assert np.isin(control[20:, 0], asked.points[20:, 0]).all()
    assert np.median(moved[20:, 0]) < 20, "a hundredth of the rows is close by"


def test_codes_are_no_quantity_unless_there_are_more_than_tolerances_in_a_range():
    many = Feature(name="number", codes=200, low=0, high=199, step=1)
    assert [is_quantity(feature, 0.01) for feature in (LENGTH, KIND, many)] == [True, False, True]
    points = coordinates(np.array([[7.0], [8.0], [9.5]]), (many,), 0.01)
    assert (cdist(points, points, "chebyshev") <= 1)[0].tolist() == [True, True, False]


def test_constants_are_never_moved():
    values = np.stack([np.full(50, 4.0), np.tile([1, 1.5], 25)], axis=1)
    points = coordinates(values, (LENGTH, KIND), 0.01)
    assert not queries(points, np.arange(50), [0], np.random.default_rng(1)).controls


def test_what_has_a_heap_at_one_value_is_moved_last():
    random = np.random.default_rng(5)
    heap = np.where(random.random(2000) < 0.9, 0, random.uniform(0, 10, 2000))
    points = coordinates(np.stack([heap, random.uniform(-1, 1, 2000)], axis=1), (LENGTH, WIDTH), 0.01)
    first, *_ = queries(points, np.arange(2000), [0, 1], random).controls
    assert (first[:, 0] == points[:, 0]).all()
    assert (first[:, 1] != points[:, 1]).all()
