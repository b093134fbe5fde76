"""Looking for a violation by projected gradient descent on the network (Madry et al., ICLR 2018).

For each unsafe condition some points walk down the row that is farthest from being met, by the sign of its
gradient, within the box, in single precision. A search: what it finds is for the model itself to decide, and
that it finds nothing means nothing.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from torch import Tensor

from checks.proof.network import F64, Network
from checks.proof.property import Case

STARTS: Final = 8
STEPS: Final = 40
FIRST_STEP: Final = 0.25
"""As a share of the width of the box; later steps are shorter."""


def descended(network: Network, case: Case, generator: np.random.Generator) -> F64:
    """Points (k, inputs) of the box, one for each condition: the nearest to meeting it that was found."""
    low, high = (torch.tensor(end, dtype=torch.float32) for end in (case.region.lower, case.region.upper))
    share = torch.tensor(generator.random((len(case.unsafe) * STARTS, network.inputs)), dtype=torch.float32)
    single, points = network.to(torch.float32), low + share * (high - low)
    best, least = points, torch.full((len(points),), torch.inf)
    with torch.enable_grad():
        for step in range(STEPS + 1):
            points = points.detach().requires_grad_(True)
            gaps = _gaps(single.forward(points), case)
            nearer = gaps < least
            best, least = (
                torch.where(nearer[:, None], points, best).detach(),
                torch.minimum(gaps, least).detach(),
            )
            (slope,) = torch.autograd.grad(gaps.sum(), points)
            pace = FIRST_STEP * (1 - step / (STEPS + 1)) * (high - low)
            points = torch.minimum(torch.maximum(points - pace * slope.sign(), low), high)
    first = least.reshape(len(case.unsafe), STARTS).argmin(1)
    chosen = best.reshape(len(case.unsafe), STARTS, -1)[torch.arange(len(first)), first].double().numpy()
    result: F64 = np.clip(chosen, case.region.lower, case.region.upper)
    return result


def _gaps(answers: Tensor, case: Case) -> Tensor:
    """How far the answer of each point is from meeting its condition: at most 0 where it meets it."""
    groups = answers.reshape(len(case.unsafe), STARTS, -1)
    gaps = []
    for group, condition in zip(groups, case.unsafe, strict=True):
        rows = torch.tensor(condition.rows, dtype=torch.float32)
        excess = group @ rows.T - torch.tensor(condition.limits, dtype=torch.float32)
        gaps.append(excess.max(1).values)
    return torch.cat(gaps)
