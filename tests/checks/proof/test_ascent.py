"""The steps of the ascent are those of Adam as torch has it."""

import torch

from checks.proof.ascent import _Climber


def test_steps_are_those_of_torch() -> None:
    generator = torch.Generator().manual_seed(1)
    ours, theirs = ([torch.ones(4), torch.zeros(2, 3)] for _ in range(2))
    optimizer = torch.optim.Adam(theirs, lr=0.1, betas=(0.9, 0.95), maximize=True)
    climber = _Climber(ours)
    for _ in range(30):
        for mine, other in zip(ours, theirs, strict=True):
            mine.grad = torch.randn(mine.shape, generator=generator)
            other.grad = mine.grad.clone()
        climber.step(0.1)
        optimizer.step()
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, other)
