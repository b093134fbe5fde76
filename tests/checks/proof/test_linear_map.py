"""Maps, their transposes and their absolute values against full matrices."""

from __future__ import annotations

import pytest
import torch

from checks.proof.linear_map import Convolution, Dense, LinearMap, Picking, Scaling, matrix_of


def drawn(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(sum(shape)))


def convolution(
    taken: tuple[int, ...], weight: torch.Tensor, groups: int, *more: tuple[int, ...]
) -> Convolution:
    strides, before, after, dilations = more
    return Convolution(weight, taken, strides, before, after, dilations, groups)


MAPS: dict[str, LinearMap] = {
    "dense": Dense(drawn(4, 7)),
    "scaling": Scaling(drawn(7)),
    "picking": Picking(torch.tensor([[0, 3, 3, 6], [1, 1, 2, 0]]), drawn(2), 7),
    "convolution": convolution((2, 7, 8), drawn(3, 2, 3, 2), 1, (1, 1), (1, 0), (1, 0), (1, 1)),
    "strides": convolution((2, 7, 8), drawn(3, 2, 3, 2), 1, (2, 3), (1, 0), (0, 1), (1, 2)),
    "groups": convolution((4, 9), drawn(6, 2, 3), 2, (2,), (1,), (2,), (2,)),
    "negative": convolution(
        (1, 4, 4, 5), drawn(2, 1, 2, 2, 2), 1, (1, 2, 1), (0, 1, 0), (1, 1, 0), (1, 1, 1)
    ),
}


@pytest.mark.parametrize("name", MAPS)
def test_a_row_over_the_image_is_the_transposed_row_over_the_input(name: str) -> None:
    linear = MAPS[name]
    rows, values = drawn(5, linear.outputs), drawn(3, linear.inputs)
    torch.testing.assert_close(linear.apply(values) @ rows.T, values @ linear.transpose(rows).T)


@pytest.mark.parametrize("name", MAPS)
def test_the_absolute_map_has_the_absolute_matrix(name: str) -> None:
    linear = MAPS[name]
    torch.testing.assert_close(matrix_of(linear.absolute()), matrix_of(linear).abs())


@pytest.mark.parametrize("name", MAPS)
def test_leading_axes_are_kept(name: str) -> None:
    linear = MAPS[name]
    values = drawn(2, 3, linear.inputs)
    torch.testing.assert_close(linear.apply(values)[1], linear.apply(values[1]))
    rows = drawn(2, 3, linear.outputs)
    torch.testing.assert_close(linear.transpose(rows)[1], linear.transpose(rows[1]))


@pytest.mark.parametrize("name", MAPS)
def test_no_output_adds_more_products_than_said(name: str) -> None:
    linear = MAPS[name]
    assert int((matrix_of(linear) != 0).sum(dim=1).max()) <= linear.terms
