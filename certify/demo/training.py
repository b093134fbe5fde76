"""Training that gives the same weights each time on the same machine.

Decides about threads, seeds and the order of work; what is learnt from which data belongs to the caller. No
clock is read: a duration in a submission would give it other bytes with every build. Weights are the same
for the same version of torch on the same kind of processor; elsewhere the last digits may differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

Augment = Callable[[Tensor, torch.Generator], Tensor]
"""Varies a batch of inputs at random, without changing what they show."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """How long and how fast to train: `rate` is the highest learning rate of a one-cycle schedule."""

    epochs: int
    batch: int
    rate: float


@contextmanager
def reproducible(seed: int) -> Iterator[torch.Generator]:
    """One thread, deterministic kernels and seeded randomness; afterwards the process is as it was."""
    threads, strict = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    with torch.random.fork_rng(devices=[]):
        try:
            torch.set_num_threads(1)
            torch.use_deterministic_algorithms(True)
            torch.manual_seed(seed)
            yield torch.Generator().manual_seed(seed)
        finally:
            torch.set_num_threads(threads)
            torch.use_deterministic_algorithms(strict)


def fit_in_batches(
    network: nn.Module, inputs: Tensor, labels: Tensor, *,
    augment: Augment, schedule: Schedule, generator: torch.Generator,
) -> None:  # fmt: skip
    """Minimise the mean cross entropy of scores [cases, classes] with Adam, on varied inputs."""
    optimiser = torch.optim.Adam(network.parameters(), lr=schedule.rate)
    steps = schedule.epochs * -(-len(labels) // schedule.batch)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimiser, schedule.rate, total_steps=steps)
    for _ in range(schedule.epochs):
        order = torch.randperm(len(labels), generator=generator)
        varied, shuffled = augment(inputs[order], generator), labels[order]
        for start in range(0, len(labels), schedule.batch):
            some = slice(start, start + schedule.batch)
            optimiser.zero_grad()
            torch.autograd.backward(nn.functional.cross_entropy(network(varied[some]), shuffled[some]))
            optimiser.step()
            cycle.step()


def fit_to_the_minimum(parameters: list[Tensor], loss: Callable[[], Tensor]) -> None:
    """Minimise a convex loss until its gradient is numerically zero, with L-BFGS.

    What is delivered is then the minimum of the formula that was declared, and not a point on the way.
    """
    optimiser = torch.optim.LBFGS(
        parameters, max_iter=1000, tolerance_grad=1e-9, tolerance_change=0.0, line_search_fn="strong_wolfe"
    )

    def step() -> Tensor:
        optimiser.zero_grad()
        value = loss()
        torch.autograd.backward(value)
        return value

    optimiser.step(step)  # type: ignore[no-untyped-call]  # torch leaves this method without types
