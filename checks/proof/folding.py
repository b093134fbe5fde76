"""Neighbouring affine layers as one, where that makes a network smaller and changes no function.

A product of two numbers of single precision is exact in double precision, so that folding a standardisation
or a normalisation into a matrix is exact as a rule; where three meet, one rounding of double precision
enters, less than bounds leave for rounding. A layer is folded only into its sole reader.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from checks.proof.linear_map import Convolution, Dense, LinearMap, Picking, Scaling
from checks.proof.network import Affine, Layer, Network, Sum


def folded(network: Network) -> Network:
    """The same function with fewer layers."""
    while True:
        place = _foldable(network)
        if place is None:
            return network
        network = place


def _foldable(network: Network) -> Network | None:
    readers = [source for layer in network.layers for source in layer.sources]
    for place, layer in enumerate(network.layers):
        if not isinstance(layer, Affine) or layer.source == 0 or readers.count(layer.source) > 1:
            continue
        before = network.layers[layer.source - 1]
        if isinstance(before, Affine) and (linear := _product(layer.linear, before.linear)) is not None:
            offset = layer.linear.apply(before.offset) + layer.offset
            return _without(network, layer.source, place, Affine(before.source, linear, offset))
    return None


def _without(network: Network, value: int, place: int, merged: Affine) -> Network:
    """The network with value `value` gone and layer `place` replaced."""
    layers: list[Layer] = list(network.layers)
    layers[place] = merged
    del layers[value - 1]
    return Network(network.inputs, tuple(_renumbered(layer, value) for layer in layers))


def _renumbered(layer: Layer, gone: int) -> Layer:
    if isinstance(layer, Sum):
        return Sum(tuple(source - (source > gone) for source in layer.sources))
    return replace(layer, source=layer.source - (layer.source > gone))


def _product(after: LinearMap, before: LinearMap) -> LinearMap | None:
    """The map that applies `before`, then `after`; None where it would be larger or is not worth it."""
    match after, before:
        case Scaling(), Scaling():
            return Scaling(after.factors * before.factors)
        case Scaling(), Dense():
            return Dense(after.factors[:, None] * before.weight)
        case Dense(), Scaling():
            return Dense(after.weight * before.factors)
        case Scaling(), Convolution():
            return _per_channel(after, before)
        case Dense(), Picking() if before.terms == 1:
            return Dense(before.transpose(after.weight))
        case Picking(), Dense() if after.terms == 1:
            return Dense(before.weight[after.index[0]] * after.factors)
        case Dense(), Dense() if after.outputs * before.inputs <= after.weight.numel():
            product = after.weight @ before.weight
            return Dense(product) if _reads_the_same(product, after.weight, before.weight) else None
    return None


def _reads_the_same(product: Tensor, after: Tensor, before: Tensor) -> bool:
    """Whether no two weights cancel: a number that is added and taken away again is read all the same."""
    return torch.equal(product != 0, after.abs() @ before.abs() != 0)


def _per_channel(after: Scaling, before: Convolution) -> Convolution | None:
    channels = after.factors.reshape(before.given[0], -1)
    if not torch.equal(channels, channels[:, :1].expand_as(channels)):
        return None
    shape = (-1, *[1] * (before.weight.ndim - 1))
    return replace(before, weight=before.weight * channels[:, 0].reshape(shape))
