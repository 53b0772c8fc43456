"""Nearly-isotonic regression: against its dual problem, and by its properties."""

from __future__ import annotations

import itertools
import threading
import weakref

import numpy as np
import pytest
import scipy.optimize

import quantcal


def objective(x: np.ndarray, y: np.ndarray, weights: np.ndarray, lmbda: float) -> float:
    return weights @ (y - x) ** 2 / 2 + lmbda * np.maximum(x[:-1] - x[1:], 0).sum()


def lower_bound(y: np.ndarray, weights: np.ndarray, lmbda: float) -> float:
    """The optimum of the dual: over pressures u between neighbours, each 0 to lambda, the fit
    of the data under pressure. No objective is below it."""
    n = len(y)
    press = np.zeros((n, n - 1))
    press[np.arange(n - 1), np.arange(n - 1)] = 1
    press[np.arange(1, n), np.arange(n - 1)] = -1
    root = np.sqrt(weights)
    solution = scipy.optimize.lsq_linear(
        press / root[:, None], root * y, (0, lmbda), method="bvls", tol=1e-14
    )
    return weights @ y**2 / 2 - solution.cost


@pytest.mark.parametrize("kind", ["ties", "noise"])
def test_is_no_worse_than_the_dual(rng: np.random.Generator, kind: str) -> None:
    for _ in range(150):
        n = int(rng.integers(2, 25))
        y = rng.integers(-4, 5, n).astype(float) if kind == "ties" else rng.normal(size=n)
        weights = rng.integers(1, 5, n) * rng.choice([1.0, 0.1])
        path = quantcal.isotonic_nearly(y, weights=weights)
        for lmbda in rng.exponential(size=4):
            bound = lower_bound(y, weights, lmbda)
            assert objective(path.fit(lmbda), y, weights, lmbda) <= bound + 1e-10 * (1 + abs(bound))


@pytest.mark.parametrize("increasing", [True, False])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_leads_from_the_data_to_the_isotonic_fit(
    rng: np.random.Generator, dtype: type, increasing: bool
) -> None:
    y = rng.normal(size=3000).astype(dtype)
    weights = rng.random(3000).astype(dtype)
    path = quantcal.isotonic_nearly(y, weights=weights, increasing=increasing)
    isotonic = quantcal.isotonic_regression(y, weights=weights, increasing=increasing)
    assert path.fit(0).dtype == dtype and path.fit(0).tobytes() == y.tobytes()
    for lmbda in (path.breakpoints[-1], np.inf):
        np.testing.assert_array_max_ulp(path.fit(lmbda), isotonic.x, maxulp=1)
        assert path.degrees_of_freedom(lmbda) == len(isotonic.weights)
    assert path.degrees_of_freedom(0) == len(path) == 3000
    assert path.breakpoints[0] > 0 and np.all(np.diff(path.breakpoints) > 0)


def test_values_move_on_straight_lines_and_groups_only_join(rng: np.random.Generator) -> None:
    y = rng.normal(size=60)
    path = quantcal.isotonic_nearly(y, weights=rng.random(60) + 0.1)
    lambdas = [0.0, *path.breakpoints]
    for start, end in itertools.pairwise(lambdas):
        first, last = path.fit(start), path.fit(end)
        np.testing.assert_allclose(
            path.fit((start + end) / 2), (first + last) / 2, rtol=0, atol=1e-14
        )
        assert np.all(np.diff(last)[np.diff(first) == 0] == 0)
        assert path.degrees_of_freedom(start) == 1 + np.count_nonzero(np.diff(first))


def test_a_decreasing_path_is_the_reversed_one(rng: np.random.Generator) -> None:
    y = rng.normal(size=500)
    down = quantcal.isotonic_nearly(y, increasing=False)
    up = quantcal.isotonic_nearly(y[::-1])
    assert down.breakpoints.tobytes() == up.breakpoints.tobytes()
    assert down.fit(0.3)[::-1].tobytes() == up.fit(0.3).tobytes()


@pytest.mark.parametrize("offset", [1e9, -1e12])
def test_an_offset_costs_no_accuracy(rng: np.random.Generator, offset: float) -> None:
    # Multiples of 2^-10, so that the offset loses none of their digits.
    y = np.round(rng.normal(size=400) * 1024) / 1024
    plain, moved = quantcal.isotonic_nearly(y), quantcal.isotonic_nearly(y + offset)
    np.testing.assert_allclose(moved.breakpoints, plain.breakpoints, rtol=1e-14)
    np.testing.assert_array_max_ulp(moved.fit(0.7), plain.fit(0.7) + offset, maxulp=1)


def test_breakpoints_cannot_be_changed() -> None:
    path = quantcal.isotonic_nearly([2, 1])
    with pytest.raises(ValueError, match="read-only"):
        path.breakpoints[0] = 0
    assert repr(path) == "<NearlyIsotonicPath: 2 points, 1 breakpoints>"


def test_an_order_that_holds_has_no_breakpoints() -> None:
    path = quantcal.isotonic_nearly([1, 1, 2, 5])
    assert path.breakpoints.size == 0 and path.degrees_of_freedom(7) == 3
    assert path.fit(1e6).tolist() == [1, 1, 2, 5]
    assert quantcal.isotonic_nearly([]).fit(1).shape == (0,)


def test_refusals() -> None:
    path = quantcal.isotonic_nearly([2, 1])
    for lmbda, message in [(-1, "lambda is -1"), (np.nan, "lambda is nan")]:
        with pytest.raises(quantcal.QuantcalValueError, match=message):
            path.fit(lmbda)
        with pytest.raises(quantcal.QuantcalValueError, match=message):
            path.degrees_of_freedom(lmbda)
    with pytest.raises(TypeError, match="lmbda is '1'"):
        path.fit("1")  # type: ignore[arg-type]
    with pytest.raises(quantcal.QuantcalValueError, match="expected a 1-D array"):
        quantcal.isotonic_nearly([[1, 2]])


def test_a_callback_stops_the_work() -> None:
    y = -np.arange(300_000.0) % 1000
    fractions: list[float] = []
    quantcal.isotonic_nearly(y, progress=fractions.append)
    assert fractions[0] == 0 and fractions == sorted(fractions) and len(fractions) > 2
    with pytest.raises(quantcal.Cancelled):
        quantcal.isotonic_nearly(y, progress=lambda fraction: fraction > 0)
    with pytest.raises(ZeroDivisionError):
        quantcal.isotonic_nearly(y, progress=lambda fraction: 1 / 0)


def test_threads_may_share_a_path(rng: np.random.Generator) -> None:
    path = quantcal.isotonic_nearly(rng.normal(size=20_000))
    expected = path.fit(0.5).tobytes()
    found: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: found.append(path.fit(0.5).tobytes())) for _ in "abcd"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


def test_the_object_goes_with_its_owner() -> None:
    path = quantcal.isotonic_nearly([2, 1])
    handle = weakref.ref(path._handle)
    del path
    assert handle() is None
