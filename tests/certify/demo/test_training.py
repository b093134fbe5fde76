import pytest
import torch
from torch import Tensor, nn

from certify.demo.training import Schedule, fit_in_batches, fit_to_the_minimum, reproducible


def trained() -> Tensor:
    with reproducible(5) as generator:
        network = nn.Linear(2, 3)
        inputs = torch.randn(60, 2, generator=generator)
        fit_in_batches(
            network, inputs, inputs.argmax(dim=1),
            augment=lambda values, random: values + 0.1 * torch.randn(values.shape, generator=random),
            schedule=Schedule(epochs=20, batch=16, rate=0.1), generator=generator,
        )  # fmt: skip
        scores: Tensor = network(inputs)
    return scores.argmax(dim=1) == inputs.argmax(dim=1)


def test_the_same_seed_trains_the_same_network() -> None:
    assert torch.equal(trained(), trained())


def test_training_learns_what_can_be_learnt() -> None:
    assert trained().float().mean() > 0.95


def fail_halfway() -> None:
    with reproducible(1):
        torch.randn(3)
        raise RuntimeError(f"stopped on {torch.get_num_threads()} thread")


def test_the_process_is_left_as_it_was() -> None:
    threads, state = torch.get_num_threads(), torch.get_rng_state()
    with pytest.raises(RuntimeError, match="stopped on 1 thread"):
        fail_halfway()
    assert torch.get_num_threads() == threads
    assert not torch.are_deterministic_algorithms_enabled()
    assert torch.equal(torch.get_rng_state(), state)


def test_a_convex_loss_is_minimised_to_its_known_minimum() -> None:
    """The minimum of |Ax - b|^2 is at the least-squares solution."""
    generator = torch.Generator().manual_seed(2)
    matrix = torch.randn(30, 4, generator=generator, dtype=torch.float64)
    right = torch.randn(30, generator=generator, dtype=torch.float64)
    found = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    fit_to_the_minimum([found], lambda: (matrix @ found - right).square().sum())
    expected = torch.linalg.lstsq(matrix, right[:, None]).solution[:, 0]
    assert torch.allclose(found.detach(), expected, atol=1e-8)
