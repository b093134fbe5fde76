"""The qualification of the intervals behind claimed metrics: their certified share at the limit, and price.

`make qualify` prints them beside those of `test_campaign`. Where no other test has the same guarantee, the
price is that over the best known test without one, which nothing with a guarantee can undercut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from campaign import ALPHA, LEVEL, Scenario, Z, at_most_alpha, missed, smallest
from scipy import stats

from checks.design import Design, Share
from checks.measured import CannotMeasure
from checks.statistics.calibration import calibration, plain
from checks.statistics.concordance import concordance
from checks.statistics.differences import difference_bounds
from checks.statistics.events import Events
from checks.statistics.means import bounded_mean
from checks.statistics.pairs import PAIRED, paired_bounds
from checks.statistics.savings import ABSOLUTE, SQUARE, Loss, saved

pytestmark = pytest.mark.qualify

Draw = Callable[[np.random.Generator, int], np.ndarray]


def normal(mean: float, spread: float = 1.0) -> Draw:
    return lambda rng, n: rng.normal(mean, spread, n)


def choice(values: list[float], shares: list[float]) -> Draw:
    return lambda rng, n: rng.choice(values, n, p=shares)


CLASSES: dict[str, tuple[Draw, Draw, float]] = {
    "normal, 0.76": (normal(1), normal(0), float(stats.norm.cdf(1 / 2**0.5))),
    "normal, 0.98": (normal(3), normal(0), float(stats.norm.cdf(3 / 2**0.5))),
    "wide and narrow": (normal(1, 5), normal(0), float(stats.norm.cdf(1 / 26**0.5))),
    "ties": (choice([0, 1, 2], [0.1, 0.2, 0.7]), choice([0, 1, 2], [0.6, 0.3, 0.1]), 0.845),
    "few positives at the bottom": (choice([-1, 1], [0.02, 0.98]), choice([0], [1]), 0.98),
    "few negatives on top": (choice([0], [1]), choice([-1, 1], [0.98, 0.02]), 0.98),
    "heavy tails": (lambda r, n: r.standard_cauchy(n), lambda r, n: r.standard_cauchy(n), 0.5),
}
SIZES = ((30, 30, 500), (30, 1000, 250), (1000, 30, 250), (1000, 1000, 100), (20_000, 20_000, 4))


def of_areas() -> Iterator[Scenario]:
    rng = np.random.default_rng(21)
    for says, (positive, negative, truth) in CLASSES.items():
        for m, n, trials in SIZES:
            found = [
                concordance(positive(rng, m), negative(rng, n), LEVEL).demonstrating for _ in range(trials)
            ]
            yield Scenario(f"{m} and {n}, {says}", missed(found, truth), trials)


def delong(positives: np.ndarray, negatives: np.ndarray) -> float:
    """The normal lower bound of DeLong, DeLong and Clarke-Pearson."""
    below = np.searchsorted(np.sort(negatives), positives, "left")
    upto = np.searchsorted(np.sort(negatives), positives, "right")
    won = (below + upto) / (2 * len(negatives))
    below = np.searchsorted(np.sort(positives), negatives, "left")
    upto = np.searchsorted(np.sort(positives), negatives, "right")
    lost = 1 - (below + upto) / (2 * len(positives))
    variance = won.var(ddof=1) / len(positives) + lost.var(ddof=1) / len(negatives)
    return float(won.mean() - Z * np.sqrt(variance))


def test_delong_is_no_bound_where_few_cases_decide() -> None:
    """Why it is not used: the share of systems at their limit that it certifies."""
    rng, worst = np.random.default_rng(22), {}
    for says, (positive, negative, truth) in CLASSES.items():
        for m, n, _ in SIZES[:-1]:
            beyond = [delong(positive(rng, m), negative(rng, n)) > truth + 1e-9 for _ in range(2000)]
            worst[f"{m} and {n}, {says}"] = float(np.mean(beyond))
    for says, share in sorted(worst.items(), key=lambda item: -item[1])[:4]:
        print(f"DeLong, not used: certifies {share:.3f} ({says})")
    assert max(worst.values()) > 4 * ALPHA


FREQUENCIES: dict[str, tuple[Callable[[np.ndarray], np.ndarray], float]] = {
    "calibrated": (lambda p: p, 0.0),
    "always a half": (lambda p: 0 * p + 0.5, 0.25),
    "too sure": (lambda p: np.clip(p, 0.1, 0.9), 0.01),
    "one bin of ten is off": (lambda p: np.where(p < 0.1, p + 0.5, p), 0.05),
    "turned round": (lambda p: 1 - p, 0.5),
}


def stated(rng: np.random.Generator, n: int, frequency: Callable[[np.ndarray], np.ndarray], skew: float):
    p = rng.random(n) if skew == 1 else rng.beta(skew, skew, n)
    return (rng.random(n) < frequency(p)) - p, np.minimum((p * 10).astype(np.int64), 9)


def of_calibration() -> Iterator[Scenario]:
    rng = np.random.default_rng(23)
    for says, (frequency, truth) in FREQUENCIES.items():
        for n, trials in ((30, 400), (1000, 100), (50_000, 3)):
            found = [calibration(*stated(rng, n, frequency, 1), LEVEL).demonstrating for _ in range(trials)]
            yield Scenario(f"n = {n}, {says}", missed(found, truth), trials)
    for n, trials in ((30, 400), (1000, 100)):  # nearly all probabilities close to 0 or 1
        found = [calibration(*stated(rng, n, lambda p: p, 0.1), LEVEL).demonstrating for _ in range(trials)]
        yield Scenario(f"n = {n}, sure and calibrated", missed(found, 0.0), trials)


TRUTHS: dict[str, tuple[Draw, Draw, float, float]] = {
    "even": (lambda r, n: r.uniform(0, 10, n), lambda r, n: r.uniform(-2, 2, n), 0.84, 0.6),
    "rare gross errors": (
        choice([0, 10], [0.5, 0.5]), choice([0, 10], [0.99, 0.01]), 1 - 1 / 25, 1 - 0.1 / 5
    ),
    "rare truths": (choice([0, 10], [0.97, 0.03]), choice([0, 1], [0.9, 0.1]), 1 - 0.1 / 2.91, 1 - 0.1 / 0.3),
    "no better than the constant": (
        lambda r, n: r.uniform(0, 10, n), lambda r, n: r.uniform(-5, 5, n), 0.0, 0.0
    ),
}  # fmt: skip


def _saved(truths: np.ndarray, errors: np.ndarray, loss: Loss) -> tuple[float, float]:
    """What is not measured certifies nobody."""
    try:
        found = saved(errors, truths, largest_error=10, ends=(0, 10), loss=loss, confidence=LEVEL)
    except CannotMeasure:
        return -np.inf, np.inf
    return found.demonstrating


def of_savings(loss: Loss) -> Iterator[Scenario]:
    rng = np.random.default_rng(24)
    for says, (truths, errors, squares, absolute) in TRUTHS.items():
        for n, trials in ((30, 200), (300, 80), (10_000, 4)):
            found = [_saved(truths(rng, n), errors(rng, n), loss) for _ in range(trials)]
            yield Scenario(f"n = {n}, {says}", missed(found, squares if loss is SQUARE else absolute), trials)


def of_pairs() -> Iterator[Scenario]:
    n = 30
    found = [
        [paired_bounds(Events(x, n), Events(y, n), 1 - ALPHA)[0] if x + y <= n else -2 for y in range(n + 1)]
        for x in range(n + 1)
    ]
    x, y = np.meshgrid(range(n + 1), range(n + 1), indexing="ij")
    for p, q in [(0.02, 0.01), (0.1, 0.1), (0.3, 0.2), (0.5, 0.4), (0.9, 0.05), (0.05, 0.9), (1.0, 0.0)]:
        chance = stats.binom.pmf(x, n, p) * stats.binom.pmf(y, n - x, min(1, q / (1 - p)) if p < 1 else 0)
        yield Scenario(f"{n} cases, shares {p} and {q}", float(chance[np.array(found) > p - q + 1e-12].sum()))
    rng = np.random.default_rng(25)
    for n, p, q, trials in [(300, 0.1, 0.05, 200), (1000, 0.02, 0.02, 100), (5000, 0.3, 0.25, 15)]:
        drawn = rng.multinomial(n, [p, q, 1 - p - q], trials).tolist()
        bounds = [paired_bounds(Events(a, n), Events(b, n), 1 - ALPHA) for a, b, _ in drawn]
        yield Scenario(f"{n} cases, shares {p} and {q}", missed(bounds, p - q), trials)


def of_designs() -> Iterator[Scenario]:
    """Shares and averages of shares, the wrong rows being oversampled, alone or in whole units."""
    rng = np.random.default_rng(26)
    for units, each, trials in [(40, 1, 400), (40, 8, 400), (2000, 3, 60)]:
        for heavy in (1.0, 20.0):
            found, averages = [], []
            for _ in range(trials):
                hits = np.repeat(rng.random(units) < 0.5, each)
                weights = np.where(hits, 1.0, heavy)
                ids = np.repeat(np.arange(units), each)
                design = Design(
                    says="clustered and weighted", units=ids, weights=weights, most=heavy * each,
                    rows_at_most=each,
                )  # fmt: skip
                first = np.arange(len(ids)) % 2 == 0
                halves = tuple(Share(counted=hits & half, among=half) for half in (first, ~first))
                found.append(design.share(Share(counted=hits, among=hits | True), LEVEL).demonstrating)
                averages.append(design.average(halves, LEVEL).demonstrating)
            says = f"{units} units of {each}, wrong rows weigh {heavy:g}"
            yield Scenario(f"share, {says}", missed(found, 1 / (1 + heavy)), trials)
            yield Scenario(f"average, {says}", missed(averages, 1 / (1 + heavy)), trials)


METHODS: dict[str, Callable[[], Iterator[Scenario]]] = {
    "area under the curve": of_areas,
    "calibration error": of_calibration,
    "R squared": lambda: of_savings(SQUARE),
    "saved of absolute errors": lambda: of_savings(ABSOLUTE),
    "exact, paired difference": of_pairs,
    "clusters and weights": of_designs,
}


@pytest.mark.parametrize("method", METHODS)
def test_a_system_at_its_limit_is_certified_with_alpha_at_most(method: str) -> None:
    at_most_alpha(method, METHODS[method]())


def power(certifies: Callable[[np.random.Generator, int], bool], n: int, trials: int = 80) -> float:
    rng = np.random.default_rng(27)
    return float(np.mean([certifies(rng, n) for _ in range(trials)]))


@pytest.mark.parametrize(("apart", "margin"), [(1.5, 0.06), (3.0, 0.02)])
def test_the_price_of_an_area(apart: float, margin: float) -> None:
    """Against the bound of independent pairs, which has the same guarantee, and DeLong, which has none."""
    floor = float(stats.norm.cdf(apart / 2**0.5)) - margin

    def drawn(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
        return rng.normal(apart, 1, n), rng.normal(0, 1, n)

    def by_pairs(rng: np.random.Generator, n: int) -> bool:
        positives, negatives = drawn(rng, n)
        return bounded_mean((positives > negatives) * 1.0, 0, 1, LEVEL).demonstrating[0] >= floor

    ways = {
        "ours": lambda rng, n: concordance(*drawn(rng, n), LEVEL).demonstrating[0] >= floor,
        "pairs": by_pairs,
        "DeLong": lambda rng, n: delong(*drawn(rng, n)) >= floor,
    }
    n = {name: smallest(lambda k, w=way: power(w, k), 20, 8000) for name, way in ways.items()}
    ratios = f"ours over pairs {n['ours'] / n['pairs']:.2f}, over DeLong {n['ours'] / n['DeLong']:.2f}"
    print(f"area {margin} above its floor of {floor:.2f}, cases of each class: {n}, {ratios}")
    assert n["ours"] < n["pairs"]


def test_the_price_of_a_calibration_error() -> None:
    """Against the bound of bounded differences (McDiarmid), which has the same guarantee."""
    ways = {
        "ours": lambda rng, n: calibration(*stated(rng, n, lambda p: p, 0.3), LEVEL).demonstrating[1] <= 0.1,
        "McDiarmid": lambda rng, n: (
            plain(*stated(rng, n, lambda p: p, 0.3)) + np.sqrt(-2 * np.log(ALPHA) / n) <= 0.1
        ),
    }
    n = {name: smallest(lambda k, w=way: power(w, k), 50, 8000) for name, way in ways.items()}
    print(f"calibration error below 0.1: {n}, ours over McDiarmid {n['ours'] / n['McDiarmid']:.2f}")
    assert n["ours"] < n["McDiarmid"]


@pytest.mark.parametrize(("p", "q", "margin", "most"), [(0.12, 0.05, 0.0, 700), (0.02, 0.001, 0.0, 900)])
def test_the_price_of_an_exact_paired_difference(p: float, q: float, margin: float, most: int) -> None:
    """Against Tango's score test, which has no guarantee, and McNemar's exact one, which has."""

    def counted(rng: np.random.Generator, n: int) -> tuple[int, int]:
        return tuple(rng.multinomial(n, [p, q, 1 - p - q])[:2].tolist())

    def by_score(x: int, y: int, n: int) -> bool:
        return bool(PAIRED.score(margin, np.array([float(x)]), n, np.array([float(y)]), n)[0] >= Z)

    def mcnemar(x: int, y: int, n: int) -> bool:
        return margin == 0 and stats.binom.sf(x - 1, x + y, 0.5) <= ALPHA

    def union(x: int, y: int, n: int) -> bool:
        return difference_bounds(Events(x, n), Events(y, n), 1 - ALPHA)[0] > margin

    def exact(x: int, y: int, n: int) -> bool:
        return paired_bounds(Events(x, n), Events(y, n), 1 - ALPHA)[0] > margin

    tests = {"exact": exact, "union": union, "score": by_score} | ({} if margin else {"McNemar": mcnemar})
    n = {
        name: smallest(lambda k, t=test: power(lambda rng, m: t(*counted(rng, m), m), k, 80), 30, most)
        for name, test in tests.items()
    }
    print(f"shares {p} and {q} more than {margin} apart: {n}, exact over score {n['exact'] / n['score']:.3f}")
    assert n["exact"] <= 1.15 * n["score"]
    assert n["exact"] <= n["union"]


def test_the_price_of_r_squared() -> None:
    """Against the normal interval of a ratio (delta method), which has no guarantee; reported only."""

    def drawn(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
        return rng.uniform(-2, 2, n), rng.uniform(0, 10, n)

    def ours(rng: np.random.Generator, n: int) -> bool:
        errors, truths = drawn(rng, n)
        found = saved(errors, truths, largest_error=10, ends=(0, 10), loss=SQUARE, confidence=LEVEL)
        return found.demonstrating[0] >= 0.7

    def delta(rng: np.random.Generator, n: int) -> bool:
        errors, truths = drawn(rng, n)
        gains = errors**2 - 0.3 * (truths - truths.mean()) ** 2
        return bool(gains.mean() + Z * gains.std(ddof=1) / np.sqrt(n) <= 0)

    n = {
        name: smallest(lambda k, w=way: power(w, k, 80), 20, 2000)
        for name, way in (("ours", ours), ("delta", delta))
    }
    print(f"R squared of 0.84 above 0.7: {n}, ratio {n['ours'] / n['delta']:.2f}")
    assert n["ours"] < 20 * n["delta"]
