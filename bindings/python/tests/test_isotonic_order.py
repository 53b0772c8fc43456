"""Isotonic regression under a partial order: against linear programs, against its own special
cases, and by its properties."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.optimize
import scipy.sparse

import quantcal


def comparable(points: np.ndarray) -> list[tuple[int, int]]:
    """The pairs of points of which the first precedes or equals the second."""
    below = (points[:, None, :] <= points[None, :, :]).all(axis=2)
    np.fill_diagonal(below, False)
    return [(int(a), int(b)) for a, b in np.argwhere(below)]


def differences(pairs: list[tuple[int, int]], n: int, columns: int) -> Any:
    """Rows x[a] - x[b] of a linear program whose first n unknowns are x."""
    rows = np.repeat(np.arange(len(pairs)), 2)
    places = np.array(pairs, dtype=int).reshape(-1)
    signs = np.tile([1.0, -1.0], len(pairs))
    return scipy.sparse.coo_matrix((signs, (rows, places)), shape=(len(pairs), columns))


def least_loss(
    pairs: list[tuple[int, int]], y: np.ndarray, w: np.ndarray, loss: str, level: float
) -> float:
    """The optimum by HiGHS. The unknowns are the fit, then costs that bound the losses."""
    n = len(y)
    eye = scipy.sparse.eye(n)
    if loss == "quantile":
        costs, slopes = eye, (level * w, (1 - level) * w)
    else:
        costs, slopes = scipy.sparse.csr_matrix(np.ones((n, 1))), (w, w)
    above = scipy.sparse.hstack([scipy.sparse.diags(-slopes[0]), -costs])
    below = scipy.sparse.hstack([scipy.sparse.diags(slopes[1]), -costs])
    order = differences(pairs, n, n + costs.shape[1])
    solved = scipy.optimize.linprog(
        np.r_[np.zeros(n), np.ones(costs.shape[1])],
        A_ub=scipy.sparse.vstack([above, below, order]),
        b_ub=np.r_[-slopes[0] * y, slopes[1] * y, np.zeros(len(pairs))],
        bounds=(None, None),
        method="highs",
    )
    assert solved.status == 0
    return float(solved.fun)


def loss_of(y: np.ndarray, w: np.ndarray, x: np.ndarray, loss: str, level: float) -> float:
    if loss == "chebyshev":
        return float(np.max(w * np.abs(y - x)))
    return float(np.sum(w * np.maximum(level * (y - x), (level - 1) * (y - x))))


def random_case(
    rng: np.random.Generator, n: int, d: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points with ties, values with ties in half of the cases, and weights."""
    points = rng.integers(0, 5, (n, d)).astype(float)
    y = rng.normal(size=n) if rng.random() < 0.5 else rng.integers(-4, 5, n).astype(float)
    w = rng.random(n) + 0.1 if rng.random() < 0.5 else np.ones(n)
    return points, y, w


@pytest.mark.parametrize("d", [1, 2, 3, 4])
@pytest.mark.parametrize("loss", ["quantile", "chebyshev"])
def test_no_worse_than_a_linear_program(rng: np.random.Generator, loss: Any, d: int) -> None:
    for _ in range(25):
        points, y, w = random_case(rng, int(rng.integers(1, 40)), d)
        pairs = comparable(points)
        level = float(rng.choice([0.5, 0.25, 0.9, 1 / 3]))
        optimum = least_loss(pairs, y, w, loss, level)
        fits = {}
        for solution in ("default", "lower", "upper", "middle"):
            fit = quantcal.isotonic_order(
                points, y, weights=w, loss=loss, level=level, solution=solution
            )
            fits[solution] = x = fit.fitted
            assert all(x[a] <= x[b] for a, b in pairs)
            assert loss_of(y, w, x, loss, level) <= optimum + 1e-9
        assert np.all(fits["lower"] <= fits["upper"])
        np.testing.assert_allclose(fits["middle"], (fits["lower"] + fits["upper"]) / 2)
        standard = "lower" if loss == "quantile" else "middle"
        assert fits["default"].tolist() == fits[standard].tolist()


def assert_least_squares(
    pairs: list[tuple[int, int]], y: np.ndarray, w: np.ndarray, x: np.ndarray
) -> None:
    """x is optimal if no upper set has a residual sum above 0 and residuals are orthogonal to x."""
    assert all(x[a] <= x[b] for a, b in pairs)
    residuals = w * (y - x)
    most = scipy.optimize.linprog(
        -residuals,
        A_ub=differences(pairs, len(y), len(y)),
        b_ub=np.zeros(len(pairs)),
        bounds=(0, 1),
        method="highs",
    )
    assert -most.fun <= 1e-9
    assert abs(residuals @ x) <= 1e-10


@pytest.mark.parametrize("d", [1, 2, 3, 4])
def test_least_squares_are_optimal(rng: np.random.Generator, d: int) -> None:
    for _ in range(12):
        points, y, w = random_case(rng, int(rng.integers(2, 90)), d)
        x = quantcal.isotonic_order(points, y, weights=w).fitted
        assert_least_squares(comparable(points), y, w, x)


def test_any_graph_is_fitted_as_linear_programs_say(rng: np.random.Generator) -> None:
    """Random edges, from any point to any that a random order puts after it."""
    for _ in range(150):
        n = int(rng.integers(1, 25))
        _, y, w = random_case(rng, n, 1)
        w *= rng.random(n) < 0.8
        w[rng.integers(n)] = 1
        order = rng.permutation(n)
        ends = np.sort(rng.integers(0, n, (int(rng.integers(0, 2 * n + 1)), 2)), axis=1)
        edges = order[ends[ends[:, 0] < ends[:, 1]]].reshape(-1, 2)
        pairs = [(int(a), int(b)) for a, b in edges]
        fit = quantcal.isotonic_graph(edges, y, weights=w)
        if pairs:
            assert_least_squares(pairs, y, w, fit.fitted)
        else:
            np.testing.assert_array_equal(fit.fitted[w > 0], y[w > 0])
        for loss in ("quantile", "chebyshev"):
            level = float(rng.choice([0.5, 0.2, 2 / 3]))
            optimum = least_loss(pairs, y, w, loss, level)
            fits = [
                quantcal.isotonic_graph(
                    edges, y, weights=w, loss=loss, level=level, solution=solution
                ).fitted
                for solution in ("lower", "upper")
            ]
            for x in fits:
                assert all(x[a] <= x[b] for a, b in pairs)
                assert abs(loss_of(y, w, x, loss, level) - optimum) <= 1e-9 * max(1.0, optimum)
            assert np.all(fits[0] <= fits[1])


def test_directions_turn_coordinates_round(rng: np.random.Generator) -> None:
    points, y, w = random_case(rng, 60, 3)
    turned = points * [1, -1, 1]
    fit = quantcal.isotonic_order(points, y, weights=w, increasing=[True, False, True])
    np.testing.assert_array_equal(fit.fitted, quantcal.isotonic_order(turned, y, weights=w).fitted)
    down = quantcal.isotonic_order(points, y, weights=w, increasing=False)
    np.testing.assert_array_equal(
        down.fitted, quantcal.isotonic_order(-points, y, weights=w).fitted
    )


def test_one_dimension_is_the_usual_regression(rng: np.random.Generator) -> None:
    y = rng.normal(size=3000) + np.linspace(0, 3, 3000)
    order = rng.permutation(3000)
    fit = quantcal.isotonic_order(order, y[order])
    chain = quantcal.isotonic_regression(y)
    np.testing.assert_allclose(fit.fitted, chain.x[order], rtol=1e-14)
    assert fit.block_count == len(chain.weights)


def test_points_grids_and_graphs_agree(rng: np.random.Generator) -> None:
    y = rng.normal(size=(9, 7))
    weights = rng.integers(0, 3, (9, 7)).astype(float)
    rows, columns = np.indices(y.shape)
    points = np.stack([rows.ravel(), columns.ravel()], axis=1)
    cells = np.arange(y.size).reshape(y.shape)
    edges = np.vstack(
        [
            np.stack([cells[:, :-1].ravel(), cells[:, 1:].ravel()], axis=1),
            np.stack([cells[:-1].ravel(), cells[1:].ravel()], axis=1),
        ]
    )
    for loss in ("squared", "quantile", "chebyshev"):
        grid = quantcal.isotonic_grid(y, weights=weights, loss=loss)
        assert np.all(np.diff(grid, axis=0) >= 0) and np.all(np.diff(grid, axis=1) >= 0)
        given = {"weights": weights.ravel(), "loss": loss}
        for fit in (
            quantcal.isotonic_order(points, y.ravel(), **given),
            quantcal.isotonic_graph(edges, y.ravel(), **given),
        ):
            np.testing.assert_allclose(fit.fitted, grid.ravel(), rtol=1e-14, atol=1e-15)


def test_missing_cells_do_not_move_the_others(rng: np.random.Generator) -> None:
    y = rng.normal(size=(6, 8))
    weights = (rng.random((6, 8)) < 0.7).astype(float)
    fit = quantcal.isotonic_grid(y, weights=weights)
    other = quantcal.isotonic_grid(np.where(weights > 0, y, 1e6), weights=weights)
    np.testing.assert_array_equal(fit, other)


def test_a_large_problem_of_the_plane(rng: np.random.Generator) -> None:
    points = rng.random((100_000, 2))
    y = points.sum(axis=1) + rng.normal(size=100_000)
    fit = quantcal.isotonic_order(points, y)
    sums = np.bincount(fit.blocks, y)
    counts = np.bincount(fit.blocks)
    values = np.unique(fit.fitted)
    assert len(values) == fit.block_count
    np.testing.assert_allclose(sums / counts, values, rtol=1e-12, atol=1e-12)
    # By first coordinate, no value is below the largest before it with a smaller second one.
    order = np.lexsort((points[:, 1], points[:, 0]))[::50]
    a, b = np.triu_indices(len(order), 1)
    below = points[order[a], 1] <= points[order[b], 1]
    assert np.all(fit.fitted[order[a][below]] <= fit.fitted[order[b][below]])


def test_predictions_are_bounds_of_the_order(rng: np.random.Generator) -> None:
    for d in (1, 2, 3):
        points, y, w = random_case(rng, 50, d)
        fit = quantcal.isotonic_order(points, y, weights=w)
        np.testing.assert_array_equal(fit.predict(points), fit.fitted)
        queries = rng.integers(-1, 7, (200, d)) / 1.25
        lower = fit.predict(queries, solution="lower")
        upper = fit.predict(queries, solution="upper")
        for query, low, high in zip(queries, lower, upper, strict=True):
            before = fit.fitted[(points <= query).all(axis=1)]
            after = fit.fitted[(points >= query).all(axis=1)]
            assert low == before.max() if before.size else np.isnan(low)
            assert high == after.min() if after.size else np.isnan(high)
        middle = np.where(
            np.isnan(lower), upper, np.where(np.isnan(upper), lower, (lower + upper) / 2)
        )
        np.testing.assert_array_equal(fit.predict(queries), middle)


def test_single_precision_stays_single(rng: np.random.Generator) -> None:
    points = rng.random((200, 2)).astype(np.float32)
    y = rng.normal(size=200).astype(np.float32)
    fit = quantcal.isotonic_order(points, y)
    assert fit.fitted.dtype == np.float32
    assert fit.predict(points[:3]).dtype == np.float32
    wide = quantcal.isotonic_order(points.astype(float), y.astype(float))
    np.testing.assert_array_equal(fit.fitted, wide.fitted.astype(np.float32))
    assert quantcal.isotonic_order(points, y.astype(float)).fitted.dtype == np.float64
    assert quantcal.isotonic_grid(y.reshape(20, 10)).dtype == np.float32


def test_progress_can_stop_the_work(rng: np.random.Generator) -> None:
    points, y = rng.random((50_000, 2)), rng.normal(size=50_000)
    fractions: list[float] = []
    quantcal.isotonic_order(points, y, progress=fractions.append)
    assert fractions == sorted(fractions) and len(fractions) > 1 and fractions[-1] <= 1
    with pytest.raises(quantcal.Cancelled):
        quantcal.isotonic_order(points, y, progress=lambda fraction: fraction >= 0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: quantcal.isotonic_order([[1, 2]], [1, 2]), "y has shape"),
        (lambda: quantcal.isotonic_order([[[1]]], [1]), "points has shape"),
        (lambda: quantcal.isotonic_order([[1, 2]], [1], increasing=[True] * 3), "increasing"),
        (lambda: quantcal.isotonic_order([[1, 2]], [1], loss="huber"), "loss"),
        (lambda: quantcal.isotonic_order([[1, 2]], [1]).predict([[1, 2, 3]]), "queries has shape"),
        (lambda: quantcal.isotonic_grid([1, 2]), "y has shape"),
        (lambda: quantcal.isotonic_grid([[1, 2]], weights=[1, 2]), "weights has shape"),
        (lambda: quantcal.isotonic_graph([(0, -1)], [1, 2]), "edges\\[0\\]"),
        (lambda: quantcal.isotonic_graph([(0, 1, 2)], [1, 2]), "edges has shape"),
        (lambda: quantcal.isotonic_graph([(0, 1), (1, 0)], [1, 2]), "a cycle"),
    ],
)
def test_refused(call: Any, message: str) -> None:
    with pytest.raises(quantcal.QuantcalValueError, match=message):
        call()
