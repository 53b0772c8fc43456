"""Regression scores and intervals: exact rounding, agreement to the last bit, coverage."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import quantcal

LINEAR = ["absolute", "normalised", "gamma", "cqr", "cqr_r", "cqr_m"]
COLUMNS = {"absolute": 1, "normalised": 2, "gamma": 1, "cqr": 2, "cqr_r": 2, "cqr_m": 3}
LEVELS = [0.1, 0.3, 0.5, 0.8]


def random_rows(rng: np.random.Generator, n: int, kind: str, dtype: Any) -> np.ndarray:
    """Of all magnitudes, and half of them on a grid of tenths, where scores tie."""
    columns = COLUMNS.get(kind, len(LEVELS))
    rows = rng.normal(size=(n, columns)) * 10.0 ** rng.integers(-3, 9, (n, 1))
    rows[::2] = np.round(rng.normal(size=rows[::2].shape), 1)
    if kind in ("normalised", "gamma"):
        rows[:, -1] = np.abs(rows[:, -1]) + 0.1
    return rows.astype(dtype)


def outcomes(rng: np.random.Generator, rows: np.ndarray, kind: str) -> np.ndarray:
    near = rows[:, 0] + rng.normal(size=len(rows)) * np.abs(rows).max(axis=1)
    near[::2] = np.round(rng.normal(size=near[::2].shape), 1)
    return (np.abs(near) if kind == "gamma" else near).astype(rows.dtype)


def exact_sides(row: np.ndarray, y: float, kind: str) -> tuple[Fraction, Fraction]:
    """From the definition, with the scales in doubles."""
    values = [Fraction(float(value)) for value in row]
    if kind.startswith("cqr"):
        values.sort()
    low, high = values[0], values[-1] if kind.startswith("cqr") else values[0]
    scales = {
        "absolute": (Fraction(1), Fraction(1)),
        "cqr": (Fraction(1), Fraction(1)),
        "gamma": (values[0], values[0]),
        "normalised": (values[-1], values[-1]),
        "cqr_r": (values[-1] - low, values[-1] - low),
        "cqr_m": (values[len(values) // 2] - low, high - values[len(values) // 2]),
    }[kind]
    if kind in ("normalised", "cqr_r", "cqr_m"):
        scales = tuple(Fraction(max(float(scale), 1e-8)) for scale in scales)
    return (low - Fraction(float(y))) / scales[0], (Fraction(float(y)) - high) / scales[1]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", LINEAR)
def test_scores_are_rounded_up(rng: np.random.Generator, kind: Any, dtype: Any) -> None:
    rows = random_rows(rng, 1500, kind, dtype)
    y = outcomes(rng, rows, kind)
    scores = quantcal.conformal_regression_scores(y, rows, kind=kind, sides="asymmetric")
    below = np.nextafter(scores, dtype(-np.inf))
    for row, value, own, less in zip(rows, y, scores, below, strict=True):
        for exact, one, other in zip(exact_sides(row, value, kind), own, less, strict=True):
            assert Fraction(float(other)) < exact <= Fraction(float(one))
    both = quantcal.conformal_regression_scores(y, rows, kind=kind)
    np.testing.assert_array_equal(both, scores.max(axis=1))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", [*LINEAR, "quantiles"])
@pytest.mark.parametrize("sides", ["symmetric", "asymmetric", "lower", "upper"])
def test_an_interval_is_what_the_scores_allow(
    rng: np.random.Generator, kind: Any, dtype: Any, sides: Any
) -> None:
    rows = random_rows(rng, 400, kind, dtype)
    y = outcomes(rng, rows, kind)
    options: dict[str, Any] = {"kind": kind, "sides": sides}
    if kind == "quantiles":
        options["levels"] = LEVELS
    own = quantcal.conformal_regression_scores(y, rows, **options)
    limits = own[rng.permutation(400)]
    limits[::2] = own[::2]
    lower, upper = quantcal.conformal_regression_intervals(
        rows, limits, threshold_for="each_row", empty="marked", **options
    )
    near = [np.nextafter(end, dtype(to)) for end in (lower, upper) for to in (-np.inf, np.inf)]
    for candidate in (y, lower, upper, *near):
        values = np.where(np.isfinite(candidate), candidate, y)
        if kind == "gamma":
            values = np.abs(values)
        scores = quantcal.conformal_regression_scores(values, rows, **options)
        allowed = scores <= limits
        if sides == "asymmetric":
            allowed = allowed.all(axis=1)
        with np.errstate(invalid="ignore"):
            np.testing.assert_array_equal((lower <= values) & (values <= upper), allowed)


def test_infinite_thresholds_give_the_whole_line(rng: np.random.Generator) -> None:
    for kind in (*LINEAR, "quantiles"):
        rows = random_rows(rng, 20, kind, np.float64)
        levels = LEVELS if kind == "quantiles" else None
        lower, upper = quantcal.conformal_regression_intervals(
            rows, math.inf, kind=kind, levels=levels
        )
        assert np.all(lower == (0 if kind == "gamma" else -np.inf)) and np.all(upper == np.inf)


def test_quantile_scores_are_distances_from_the_median() -> None:
    rows = [[1.0, 2.0, 4.0, 8.0]] * 6
    y = [0.0, 1.0, 1.5, 3.0, 8.0, 9.0]
    scores = quantcal.conformal_regression_scores(y, rows, kind="quantiles", levels=LEVELS)
    np.testing.assert_allclose(scores, [0.5, 0.4, 0.3, 0.1, 0.3, 0.5], atol=1e-16)


def test_types_and_shapes(rng: np.random.Generator) -> None:
    y, mean = rng.normal(size=9).astype(np.float32), rng.normal(size=9).astype(np.float32)
    assert quantcal.conformal_regression_scores(y, mean).dtype == np.float32
    wide = quantcal.conformal_regression_scores(y, mean.astype(float))
    np.testing.assert_array_equal(wide, np.abs(y.astype(float) - mean.astype(float)))
    lower, upper = quantcal.conformal_regression_intervals(mean, 0.25)
    assert lower.dtype == upper.dtype == np.float32 and lower.shape == (9,)
    assert quantcal.conformal_regression_scores(y, mean, sides="asymmetric").shape == (9, 2)
    assert quantcal.conformal_regression_scores([], []).shape == (0,)


@pytest.mark.parametrize("kind", ["absolute", "normalised", "cqr"])
@pytest.mark.parametrize("tied", [False, True])
def test_coverage_is_what_is_promised(rng: np.random.Generator, kind: Any, tied: bool) -> None:
    """Over many draws: rank / (n + 1), or more where scores tie."""
    n, alpha, draws = 19, 0.25, 4000
    covered = 0
    for _ in range(draws):
        centre = rng.normal(size=n + 1)
        y = centre + rng.standard_t(2, n + 1) * 0.4
        if tied:
            centre, y = np.round(centre), np.round(y)
        spread = 0.5 if tied else rng.uniform(0.3, 0.6, n + 1)
        rows = {
            "absolute": centre[:, None],
            "normalised": np.stack(np.broadcast_arrays(centre, spread), axis=1),
            "cqr": np.stack([centre - spread, centre + spread], axis=1),
        }[kind]
        scores = quantcal.conformal_regression_scores(y[:n], rows[:n], kind=kind)
        limit = quantcal.conformal_threshold(scores, alpha)
        lower, upper = quantcal.conformal_regression_intervals(rows[n:], limit, kind=kind)
        covered += int(lower[0] <= y[n] <= upper[0])
    expected = quantcal.conformal_rank(n, alpha) / (n + 1)
    tolerance = 4 * math.sqrt(expected * (1 - expected) / draws)
    assert covered / draws > expected - tolerance
    if not tied:
        assert covered / draws < expected + tolerance


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: quantcal.conformal_regression_scores([1], [1, 2]), "y has shape"),
        (lambda: quantcal.conformal_regression_scores([1], [[1, 2]]), "columns is 2"),
        (lambda: quantcal.conformal_regression_scores([1], [1], kind="best"), "kind"),
        (
            lambda: quantcal.conformal_regression_scores(
                [1], [[1, 2]], kind="quantiles", levels=[0.5]
            ),
            "levels has shape",
        ),
        (lambda: quantcal.conformal_regression_intervals([1], [1, 2]), "thresholds has shape"),
        (lambda: quantcal.conformal_regression_intervals([1], math.nan), "thresholds\\[0\\]"),
    ],
)
def test_refused(call: Any, message: str) -> None:
    with pytest.raises(quantcal.QuantcalValueError, match=message):
        call()
