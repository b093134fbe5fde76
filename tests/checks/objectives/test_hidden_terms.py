"""Hidden terms on the score of a group, in weights that torch fitted with and without one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from checks.measured import CannotMeasure, Confidence
from checks.objectives.hidden_terms import hidden_terms
from checks.subject import Subject

RANDOM = np.random.default_rng(20261201)
X = RANDOM.standard_normal((500, 4)).astype(np.float32).astype(np.float64)
Y = (X @ [1.0, -0.7, 0.4, 0.0] - 0.3 + RANDOM.logistic(size=500) > 0).astype(int)
GROUP = (X[:, 2] + RANDOM.standard_normal(500) > 0).astype(int)
BOTH = ("group=inside", "group=outside")


def fitted(term: float, positive: float = 1.0) -> tuple[object, object]:
    """Weights and offset at the least of cross entropy plus `term` times the mean score inside the group."""
    layer, inputs = nn.Linear(4, 1, dtype=torch.float64), torch.from_numpy(X)
    optimiser = torch.optim.LBFGS(
        layer.parameters(),
        max_iter=500,
        tolerance_grad=1e-11,
        tolerance_change=0,
        line_search_fn="strong_wolfe",
    )

    def step() -> Tensor:
        optimiser.zero_grad()
        odds = layer(inputs)[:, 0]
        weight = torch.tensor(positive).double()
        value = functional.binary_cross_entropy_with_logits(
            odds, torch.from_numpy(Y).double(), pos_weight=weight
        )
        value = value + term * torch.sigmoid(odds[GROUP == 1]).mean()
        torch.autograd.backward(value)
        return value

    optimiser.step(step)  # type: ignore[no-untyped-call]
    return layer.weight.detach().numpy().T, layer.bias.detach().numpy()


def read(
    make: Callable[..., Subject], weights: object, bias: object, *groups: str
) -> dict[str, tuple[float, ...]]:
    rows = pd.DataFrame(
        {f"x{i}": X[:, i] for i in range(4)} | {"group": GROUP, "label": np.where(Y, "yes", "no")}
    )
    loss = {"loss": [{"term": "binary_cross_entropy", "weight": 1}], "reduction": "mean"}
    subject = make(
        rows, role="train", columns=[f"x{i}" for i in range(4)], weights=weights, bias=bias,
        attributes={"group": {"inside": [1], "outside": [0]}}, change={"objective": loss},
    )  # fmt: skip
    measured = hidden_terms(
        subject, subject.table("train"), Confidence(0.975), groups=groups, rows=200, seed=1
    )
    assert len({e.name for e in measured.exhibits}) == len(groups)
    assert {e.statistic for e in measured.estimates} == {"hidden_term"}
    return {
        e.stratum: tuple(float(v or 0) for v in (e.refuting.lower, e.value, e.demonstrating.upper))
        for e in measured.estimates
    }


def test_without_a_term_every_group_is_bounded_close_to_nothing(make_subject: Callable[..., Subject]) -> None:
    assert all(high < 1e-3 for _, _, high in read(make_subject, *fitted(0.0), *BOTH).values())


@pytest.mark.parametrize("term", [0.05, 0.2, -0.2])
def test_a_term_is_read_back_in_its_group(make_subject: Callable[..., Subject], term: float) -> None:
    found = read(make_subject, *fitted(term), *BOTH)
    low, value, _ = found["group=inside"]
    assert value == pytest.approx(abs(term), abs=1e-4)
    assert low > abs(term) - 0.01


def test_a_term_that_pushes_the_other_way_than_a_class_weight_is_not_hidden_by_it(
    make_subject: Callable[..., Subject],
) -> None:
    low, value, _ = read(make_subject, *fitted(0.2, positive=1.5), "group=inside")["group=inside"]
    assert value == pytest.approx(0.2, abs=1e-4)
    assert low > 0.19


def test_what_cannot_be_told_is_refused_and_names_the_group(make_subject: Callable[..., Subject]) -> None:
    with pytest.raises(CannotMeasure, match=r"^group=nowhere: .*nowhere"):
        read(make_subject, *fitted(0.0), "group=inside", "group=nowhere")
