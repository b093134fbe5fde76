from decimal import Decimal

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, recall_score

from certify.demo.claim import Share, share_right, shares_right


@pytest.mark.parametrize(("right", "of"), [(200, 200), (199, 200), (77, 100), (38, 46), (1, 3), (0, 5)])
def test_a_claim_is_the_lower_bound_rounded_down(right: int, of: int) -> None:
    low = binomtest(right, of, alternative="greater").proportion_ci(0.975).low
    claimed = Share(right=right, of=of).claimed
    assert claimed % Decimal("0.05") == 0
    assert 0 <= Decimal(low) - claimed < Decimal("0.05")


def test_a_claim_is_printed_with_two_decimals() -> None:
    assert str(Share(right=77, of=100).claimed) == "0.65"


def test_a_share_is_printed_with_its_decimals_and_half_to_even() -> None:
    assert Share(right=796, of=800).printed(5) == "0.99500"
    assert [Share(right=n, of=8).printed(2) for n in (1, 3)] == ["0.12", "0.38"]


def test_the_shares_are_those_of_scikit_learn() -> None:
    random = np.random.default_rng(3)
    true, decided = random.integers(0, 2, 500), random.integers(0, 2, 500)
    shares = {name: share.right / share.of for name, share in shares_right(decided, true).items()}
    assert shares == {
        "accuracy": accuracy_score(true, decided),
        "sensitivity": recall_score(true, decided, pos_label=1),
        "specificity": recall_score(true, decided, pos_label=0),
    }


def test_no_decision_is_no_right_one() -> None:
    assert share_right(np.array([-1, 1]), np.array([0, 1])) == Share(right=1, of=2)
