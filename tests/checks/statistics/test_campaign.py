"""The qualification of the intervals: how often a system at its limit is certified, and at what price.

`make qualify` prints two tables. The first: of systems whose true value is exactly the limit, so that they do
not deserve to be certified, the share that is, over sizes, imbalance, rare events, ties, heavy tails and
clusters; exact where all samples can be added up, else by simulation with its error. It must not exceed
alpha. The second: by how much a sample must be larger for 90 % power than that of the best known test with
the same guarantee, or of a test that has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from campaign import ALPHA, LEVEL, Scenario, Z, at_most_alpha, smallest, window
from scipy import stats

from checks.statistics.averages import average
from checks.statistics.contrasts import DIFFERENCE, RATIO
from checks.statistics.differences import difference_bounds
from checks.statistics.events import Events
from checks.statistics.means import bounded_mean
from checks.statistics.proportions import clopper_pearson
from checks.statistics.quantiles import median
from checks.statistics.rates import garwood
from checks.statistics.ratios import ratio_bounds
from checks.statistics.sequences import _log_average
from checks.statistics.unconditional import upper_limit_of_difference, upper_limit_of_ratio
from checks.statistics.weighted import weighted_rate

pytestmark = pytest.mark.qualify


def of_proportions() -> Iterator[Scenario]:
    for n in (30, 100, 1000, 10_000, 100_000):
        for p in (0.001, 0.01, 0.1, 0.5, 0.9, 0.999):
            counts = window(n, p)
            lower = np.array([clopper_pearson(int(c), n, 1 - ALPHA)[0] for c in counts])
            yield Scenario(f"n = {n}, rate {p}", float(stats.binom.pmf(counts, n, p)[lower > p].sum()))


def of_two(
    limit: Callable[[Events, Events], float], contrast: Callable[[float, float], float]
) -> Iterator[Scenario]:
    for m, n, p, q in [(30, 30, 0.08, 0.03), (15, 60, 0.9, 0.8), (60, 10, 0.3, 0.2)]:
        counts, others = window(m, p), window(n, q)
        found = np.array([[limit(Events(int(x), m), Events(int(y), n)) for y in others] for x in counts])
        chance = np.outer(stats.binom.pmf(counts, m, p), stats.binom.pmf(others, n, q))
        yield Scenario(f"{m} and {n}, rates {p} and {q}", float(chance[found < contrast(p, q) - 1e-12].sum()))
    rng = np.random.default_rng(6)
    for m, n, p, q, trials in [
        (30, 300, 0.05, 0.02, 500), (1000, 1000, 0.82, 0.8, 300), (30, 900, 0.5, 0.45, 300),
        (3000, 300, 0.004, 0.003, 300), (100_000, 100_000, 0.805, 0.8, 50),
    ]:  # fmt: skip
        drawn = zip(rng.binomial(m, p, trials).tolist(), rng.binomial(n, q, trials).tolist(), strict=True)
        missed = np.mean([limit(Events(x, m), Events(y, n)) < contrast(p, q) for x, y in drawn])
        yield Scenario(f"{m} and {n}, rates {p} and {q}", float(missed), trials)


def of_averages() -> Iterator[Scenario]:
    rng, trials = np.random.default_rng(7), 800
    for sizes, truths in [
        ((30, 300), (0.7, 0.9)),
        ((1000, 50), (0.95, 0.6)),
        ((60, 60, 60), (0.5, 0.8, 0.9)),
    ]:
        draws = np.stack([rng.binomial(n, p, trials) for n, p in zip(sizes, truths, strict=True)], axis=1)
        found = [average(tuple(map(Events, draw, sizes)), LEVEL).demonstrating[0] for draw in draws.tolist()]
        yield Scenario(f"{sizes}, rates {truths}", float(np.mean(np.array(found) > np.mean(truths))), trials)


SHAPES: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "two ends": lambda rng, n: (rng.random(n) < 0.5).astype(float),
    "rare and large": lambda rng, n: (rng.random(n) < 0.01).astype(float),
    "rare and small": lambda rng, n: (rng.random(n) > 0.01).astype(float),
    "heavy tail": lambda rng, n: np.minimum(1, 0.01 * (1 + rng.pareto(1.1, n))),
    "ties": lambda rng, n: rng.integers(0, 4, n) / 3,
    "even": lambda rng, n: rng.random(n),
}


def of_means() -> Iterator[Scenario]:
    rng = np.random.default_rng(8)
    for shape, draw in SHAPES.items():
        truth = float(np.mean([draw(np.random.default_rng(9), 2_000_000).mean() for _ in range(2)]))
        for n, trials in ((30, 2000), (1000, 600), (100_000, 30)):
            both = [bounded_mean(draw(rng, n), 0, 1, LEVEL).demonstrating for _ in range(trials)]
            lower, upper = np.array(both).T
            missed = max(np.mean(lower > truth + 1e-3), np.mean(upper < truth - 1e-3))
            yield Scenario(f"n = {n}, {shape}", float(missed), trials)


def of_medians() -> Iterator[Scenario]:
    rng, trials = np.random.default_rng(10), 3000
    for n in (30, 101, 1000):
        for shape, draw, truth in [
            ("Cauchy", rng.standard_cauchy, 0.0),
            ("ties", lambda k: rng.integers(0, 3, k) * 1.0, 1.0),
        ]:
            missed = np.mean(
                [median(draw(n).tolist(), LEVEL).demonstrating[0] > truth for _ in range(trials)]
            )
            yield Scenario(f"n = {n}, {shape}", float(missed), trials)


def of_clusters() -> Iterator[Scenario]:
    rng, trials = np.random.default_rng(11), 1500
    for units, rate, most in [(30, 0.1, 50), (100, 0.5, 20), (1000, 0.9, 5)]:
        for how in ("all rows of a unit alike", "large units have the event"):
            happened = rng.random((trials, units)) < rate
            sizes = rng.integers(1, most + 1, (trials, units)).astype(float)
            if how.startswith("large"):
                sizes = np.where(happened, most, 1.0)
            truth = rate if how.startswith("all") else rate * most / (rate * most + 1 - rate)
            found = [
                weighted_rate(s * h, s, most, LEVEL).demonstrating
                for s, h in zip(sizes, happened, strict=True)
            ]
            lower, upper = np.array(found).T
            missed = max(np.mean(lower > truth), np.mean(upper < truth))
            yield Scenario(f"{units} units of at most {most}, rate {rate}, {how}", float(missed), trials)


def of_counts() -> Iterator[Scenario]:
    for rate in (0.01, 0.3, 2.0, 30.0, 1000.0):
        counts = np.arange(int(rate + 12 * np.sqrt(rate) + 30))
        lower = np.array([garwood(int(c), 1.0, 1 - ALPHA)[0] for c in counts])
        yield Scenario(f"{rate} expected", float(stats.poisson.pmf(counts, rate)[lower > rate].sum()))


def of_sequences() -> Iterator[Scenario]:
    rng, trials, looks = np.random.default_rng(12), 2000, np.unique(np.geomspace(2, 100_000, 120).astype(int))
    for rate in (0.001, 0.02, 0.5, 0.95):
        ever = 0
        for _ in range(trials):
            steps = np.diff(looks, prepend=0)
            counts = np.cumsum(rng.binomial(steps, rate))
            promising = counts / looks > rate
            pairs = zip(counts[promising].tolist(), looks[promising].tolist(), strict=True)
            ever += any(_log_average(Events(c, n), rate) > -np.log(ALPHA) for c, n in pairs)
        yield Scenario(f"120 looks up to 100,000, rate {rate}", ever / trials, trials)


METHODS: dict[str, Callable[[], Iterator[Scenario]]] = {
    "Clopper-Pearson": of_proportions,
    "exact unconditional, difference": lambda: of_two(
        lambda a, b: upper_limit_of_difference(a, b, 1 - ALPHA), lambda p, q: p - q
    ),
    "exact unconditional, ratio": lambda: of_two(
        lambda a, b: upper_limit_of_ratio(a, b, 1 - ALPHA), lambda p, q: p / q
    ),
    "union bound, difference": lambda: of_two(
        lambda a, b: difference_bounds(a, b, 1 - ALPHA)[1], lambda p, q: p - q
    ),
    "union bound, ratio": lambda: of_two(lambda a, b: ratio_bounds(a, b, 1 - ALPHA)[1], lambda p, q: p / q),
    "average of rates": of_averages,
    "betting, mean": of_means,
    "order statistics, median": of_medians,
    "betting, ratio of means by unit": of_clusters,
    "Garwood": of_counts,
    "mixture, at any time": of_sequences,
}


@pytest.mark.parametrize("method", METHODS)
def test_a_system_at_its_limit_is_certified_with_alpha_at_most(method: str) -> None:
    at_most_alpha(method, METHODS[method]())


def power_of_two(certifies: Callable[[Events, Events], bool], n: int, p: float, trials: int = 150) -> float:
    rng = np.random.default_rng(13)
    drawn = zip(rng.binomial(n, p, trials).tolist(), rng.binomial(n, p, trials).tolist(), strict=True)
    return float(np.mean([certifies(Events(x, n), Events(y, n)) for x, y in drawn]))


def by_score(contrast, theta: float) -> Callable[[Events, Events], bool]:
    """Miettinen and Nurminen's asymptotic test, which has no guarantee: nothing with one can need fewer."""

    def certifies(a: Events, b: Events) -> bool:
        x, y = np.array([float(a.count)]), np.array([float(b.count)])
        return bool(contrast.score(theta, x, a.trials, y, b.trials)[0] <= -Z)

    return certifies


@pytest.mark.parametrize(("p", "gap"), [(0.8, 0.1), (0.5, 0.15), (0.95, 0.05)])
def test_the_price_of_an_exact_difference(p: float, gap: float) -> None:
    ways = {
        "score": by_score(DIFFERENCE, gap),
        "exact": lambda a, b: upper_limit_of_difference(a, b, 1 - ALPHA) <= gap,
        "union": lambda a, b: difference_bounds(a, b, 1 - ALPHA)[1] <= gap,
    }
    n = {name: smallest(lambda k, w=way: power_of_two(w, k, p), 50, 2000) for name, way in ways.items()}
    print(f"difference below {gap} at rates {p}: {n}, exact over score {n['exact'] / n['score']:.3f}")
    assert n["exact"] <= 1.10 * n["score"]


@pytest.mark.parametrize(("p", "ratio"), [(0.5, 1.25), (0.3, 1.5)])
def test_the_price_of_an_exact_ratio(p: float, ratio: float) -> None:
    ways = {
        "score": by_score(RATIO, ratio),
        "exact": lambda a, b: upper_limit_of_ratio(a, b, 1 - ALPHA) <= ratio,
        "union": lambda a, b: ratio_bounds(a, b, 1 - ALPHA)[1] <= ratio,
    }
    n = {name: smallest(lambda k, w=way: power_of_two(w, k, p), 50, 2500) for name, way in ways.items()}
    print(f"ratio below {ratio} at rates {p}: {n}, exact over score {n['exact'] / n['score']:.3f}")
    assert n["exact"] <= 1.10 * n["score"]
