"""Martingales: integrals by SciPy, products by definition, Ville's inequality, and what the class
adds to the library."""

from __future__ import annotations

import copy
import math
import pickle

import numpy as np
import pytest
from scipy.special import gammainc, gammaln

import quantcal
from quantcal import ConformalMartingale

BETTINGS = ("jumper", "composite", "power", "mixture")


def p_value_paths(n: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(1)
    uniform = 1 - random.uniform(size=n)
    return {"uniform": uniform, "small": uniform**2, "large": 1 - uniform**2 / 2}


@pytest.mark.parametrize("name", p_value_paths(1))
def test_the_mixture_is_an_incomplete_gamma_function(name: str) -> None:
    p_values = p_value_paths(5000)[name]
    path = ConformalMartingale("mixture").bet(p_values)
    a, t = -np.cumsum(np.log(p_values)), np.arange(1, len(p_values) + 1)
    lower = gammainc(t + 1, a)
    known = lower > 1e-200
    expected = a - (t + 1) * np.log(a) + gammaln(t + 1) + np.log(np.where(known, lower, 1))
    assert known.sum() > 100
    np.testing.assert_allclose(path[known], expected[known], atol=1e-8)


def test_many_bets_at_the_peak_of_the_mixture() -> None:
    # Where a = t, M is close to sqrt(pi / (2 t)) - 1 / (3 t).
    for t in (10**4, 10**6):
        martingale = ConformalMartingale("mixture")
        path = martingale.bet(np.full(t, math.exp(-1)))
        assert path[-1] == pytest.approx(
            math.log(math.sqrt(math.pi / (2 * t)) - 2 / (3 * t)), abs=1e-4
        )


@pytest.mark.parametrize("name", p_value_paths(1))
def test_jumpers_and_powers_by_definition(name: str) -> None:
    p_values = p_value_paths(300)[name]
    for jump in (1.0, 0.01, 1e-4):
        accounts, expected = np.full(3, 1 / 3), []
        for p in p_values:
            stakes = (1 - jump) * accounts + jump * accounts.sum() / 3
            accounts = stakes * (1 + np.array([-1, 0, 1]) * (p - 0.5))
            expected.append(accounts.sum())
        path = ConformalMartingale("jumper", jump=jump).bet(p_values)
        np.testing.assert_allclose(np.exp(path), expected, rtol=1e-11)
    path = ConformalMartingale("power", epsilon=0.75).bet(p_values)
    np.testing.assert_allclose(np.exp(path), np.cumprod(0.75 * p_values**-0.25), rtol=1e-11)
    jumpers = [
        np.exp(ConformalMartingale("jumper", jump=jump).bet(p_values))
        for jump in (1, 0.1, 0.01, 0.001, 0.0001)
    ]
    path = ConformalMartingale("composite").bet(p_values)
    np.testing.assert_allclose(np.exp(path), np.mean(jumpers, axis=0), rtol=1e-11)


def test_p_values_of_tied_scores_are_uniform_and_independent() -> None:
    random = np.random.default_rng(2)
    scores = random.integers(0, 3, (4000, 3)).astype(float)
    p_values = np.array(
        [ConformalMartingale(seed=seed).update(row).p_values for seed, row in enumerate(scores)]
    )
    # Cells of a third: 27 of equal probability.
    cells = np.minimum((p_values * 3).astype(int), 2) @ [9, 3, 1]
    counts = np.bincount(cells, minlength=27)
    statistic = np.sum((counts - 4000 / 27) ** 2) / (4000 / 27)
    assert statistic < 65  # 26 degrees of freedom: exceeded with probability 4e-5


@pytest.mark.parametrize("betting", BETTINGS)
def test_a_change_is_noticed_and_no_change_is_not(betting: str) -> None:
    random = np.random.default_rng(3)
    scores = np.abs(random.standard_normal(1000))
    martingale = ConformalMartingale(betting, seed=5)
    martingale.update(scores)
    assert martingale.summary().log_maximum < math.log(1000)
    martingale.update(2 * np.abs(random.standard_normal(1500)))
    assert martingale.summary().p_value < 1e-6


@pytest.mark.parametrize("betting", BETTINGS)
def test_the_supremum_obeys_ville(betting: str) -> None:
    random = np.random.default_rng(4)
    reached = 0
    for seed in range(500):
        martingale = ConformalMartingale(betting, seed=seed, epsilon=0.5)
        martingale.update(random.integers(0, 4, 60))
        reached += martingale.summary().p_value <= 0.2
    assert reached <= 150  # at most 100 are expected: 5.6 standard deviations


@pytest.mark.parametrize("betting", BETTINGS)
def test_copies_and_pickles_go_their_own_way(betting: str) -> None:
    martingale = ConformalMartingale(betting, seed=3)
    martingale.update([3, 1, 2, math.inf])
    twins = [
        copy.copy(martingale),
        copy.deepcopy(martingale),
        pickle.loads(pickle.dumps(martingale)),
    ]
    expected = martingale.update([1, 5, 0]).log_martingale
    for twin in twins:
        assert twin.summary().score_count == 4
        np.testing.assert_array_equal(twin.update([1, 5, 0]).log_martingale, expected)
        assert twin.summary() == martingale.summary()


def test_errors_change_nothing() -> None:
    martingale = ConformalMartingale()
    martingale.update([1, 2])
    data = martingale.to_bytes()
    for call in (
        lambda: martingale.update([1, math.nan]),
        lambda: martingale.bet([0.5, 2]),
        lambda: martingale.bet([math.nan]),
        lambda: martingale.update([[1.0, 2.0]]),
    ):
        with pytest.raises(quantcal.QuantcalValueError):
            call()
    assert martingale.to_bytes() == data
    assert martingale.update([]).p_values.shape == (0,)
    assert martingale.to_bytes() == data
    with pytest.raises(quantcal.QuantcalValueError, match="bytes are not a martingale"):
        ConformalMartingale.from_bytes(data[:-1])
    with pytest.raises(quantcal.QuantcalValueError, match="betting"):
        ConformalMartingale("roulette")  # type: ignore[arg-type]
