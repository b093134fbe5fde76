"""Pairs of values in one network: none is left out, each has its own distance, and no other is confirmed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.proof.claims import TwinClaim
from checks.proof.couples import couples_of
from checks.proof.declared import nearest_of
from checks.proof.property import Region

SIZES = st.sampled_from([1e-6, 1e-3, 1.0, 1e4, 1e9])


def claim(values, *, between=False):
    return TwinClaim(
        region=Region(np.zeros(2), np.full(2, 1e12)), column=0, values=tuple(values), output="y",
        unsafe=lambda numbers, link: (), violates=lambda points: np.zeros(len(points), bool), between=between,
    )  # fmt: skip


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=8, unique=True), SIZES)
def test_every_pair_is_in_one_group_at_its_own_distance(numbers, size):
    values = [float(np.float32(number * size)) for number in numbers]
    pairs = {(a, b) for a in values for b in values if a != b}
    found = list(couples_of(claim(sorted(pairs))))
    assert sorted((a, b) for c in found for a, b in zip(c.firsts, c.seconds, strict=True)) == sorted(pairs)
    for couples in found:
        least, most = couples.distance
        apart = couples.seconds - couples.firsts
        assert least <= apart.min()
        assert apart.max() <= most
        assert most - least <= 2e-4 * len(apart) * max(abs(least), abs(most))
        assert float(np.float32(least)) == least
        assert (np.diff(couples.firsts) > 0).all()


def test_a_claim_between_two_values_is_one_group_from_the_least_to_the_greatest():
    high, parts = 3e8, 7
    step = high / parts
    assert high - (high - step) != step
    (couples,) = couples_of(claim([(0.0, step), (high - step, high)], between=True))
    region = couples.region(Region(np.zeros(2), np.array([high, 1.0])))
    assert (region.lower[0], region.upper[0]) == (0, high - step)
    assert region.lower[2] <= step <= region.upper[2]


def test_only_pairs_of_the_claim_are_asked_of_the_model():
    """Codes 0, 1, 3 and 4: one apart are 0 and 1, 3 and 4, and never 1 and 2."""
    pairs = [(a, b) for a in (0.0, 1.0, 3.0, 4.0) for b in (0.0, 1.0, 3.0, 4.0) if a != b]
    for couples in couples_of(claim(pairs)):
        points = np.column_stack([np.linspace(-1, 5, 61), np.zeros(61), np.full(61, couples.distance[0])])
        asked = couples.claimed(None, points)
        first = couples.firsts[nearest_of(couples.firsts, points[:, 0])]
        assert set(zip(first, asked[:, -1], strict=True)) <= set(pairs)


@pytest.mark.parametrize("allowed", [[2.0], [0.0, 1.0], [-3.0, 0.0, 0.5, 9.0]])
def test_the_nearest_is_that_of_all_distances(allowed):
    allowed, wanted = np.array(allowed), np.linspace(-5, 11, 333)
    assert (nearest_of(allowed, wanted) == np.abs(wanted[:, None] - allowed).argmin(axis=1)).all()
