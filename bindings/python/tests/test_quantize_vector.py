"""Code books from Python: against brute force and scikit-learn, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

import quantcal


def distances(x: NDArray, centres: NDArray, importance: NDArray | None = None) -> NDArray:
    """Weighted squared distances in double, in the order of the numbers."""
    total = np.zeros((len(x), len(centres)))
    for j in range(x.shape[1]):
        square = (x[:, j, None].astype(float) - centres[None, :, j].astype(float)) ** 2
        total += square if importance is None else importance[:, j, None] * square
    return total


def draws(rng: np.random.Generator, count: int, dimension: int) -> NDArray[np.float32]:
    """Vectors of many kinds: with ties, with an offset, very large and small."""
    shape = (count, dimension)
    kinds = [
        rng.standard_normal(shape),
        rng.integers(0, 3, shape),
        rng.standard_normal(shape) * 10.0 ** rng.integers(-30, 30),
        rng.integers(0, 5, shape) + 1e7,
    ]
    return np.float32(kinds[rng.integers(len(kinds))])


@pytest.mark.parametrize("seed", range(5))
def test_training_is_what_it_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(40):
        x = draws(rng, int(rng.integers(1, 70)), int(rng.integers(1, 6)))
        weights = rng.integers(1, 4, len(x)) if rng.random() < 0.5 else None
        importance = rng.integers(0, 4, x.shape) if rng.random() < 0.5 else None
        k, last = int(rng.integers(1, 12)), np.inf
        for iterations in (0, 1, 2, 9):
            books = quantcal.quantize_vector_train(
                x, k, weights=weights, importance=importance, iterations=iterations, tolerance=0
            )
            all_distances = distances(x, books.centres[0, 0], importance)
            codes = all_distances.argmin(axis=1)
            assert np.array_equal(books.codes[:, 0, 0], codes)
            errors = all_distances.min(axis=1) * (1 if weights is None else weights)
            assert books.objective == pytest.approx(errors.sum(), rel=1e-12)
            assert books.objective <= last
            assert books.used == len(set(codes))
            last = books.objective
        again = quantcal.quantize_vector_encode(x, books.centres, importance=importance)
        assert np.array_equal(again, books.codes)


def test_fewer_distinct_vectors_than_centres() -> None:
    rng = np.random.default_rng(1)
    for start in ("plus_plus", "sample"):
        x = np.float32(rng.integers(0, 2, (300, 4)))
        books = quantcal.quantize_vector_train(x, 40, start=start)
        assert books.objective == 0
        assert books.used == len(np.unique(x, axis=0))
        decoded = quantcal.quantize_vector_decode(books.codes, books.centres)
        assert np.array_equal(decoded, x)


def test_lloyd_equals_scikit_learn() -> None:
    cluster = pytest.importorskip("sklearn.cluster")
    x = np.float32(np.random.default_rng(2).standard_normal((2000, 6)))
    weights = np.random.default_rng(3).integers(1, 5, len(x))
    first = x[:12]
    peer = cluster.KMeans(12, init=first, n_init=1, max_iter=500, tol=0, algorithm="lloyd")
    peer.fit(x.astype(float), sample_weight=weights)
    books = quantcal.quantize_vector_train(
        x, 12, first=first, weights=weights, iterations=500, tolerance=0
    )
    assert books.converged
    assert np.allclose(books.centres[0, 0], peer.cluster_centers_, atol=1e-5)
    assert books.objective == pytest.approx(peer.inertia_, rel=1e-6)


def test_parts_are_independent() -> None:
    x = np.float32(np.random.default_rng(4).standard_normal((500, 6)))
    whole = quantcal.quantize_vector_train(
        x, 8, parts=3, first=x[:8].reshape(8, 3, 1, 2).transpose(1, 2, 0, 3)
    )
    for part in range(3):
        piece = x[:, 2 * part : 2 * part + 2]
        own = quantcal.quantize_vector_train(piece, 8, first=piece[:8])
        assert np.array_equal(whole.centres[part], own.centres[0])
        assert np.array_equal(whole.codes[:, part], own.codes[:, 0])


def test_stages_add_up() -> None:
    x = np.float32(np.random.default_rng(5).standard_normal((4, 250, 4)))
    books = quantcal.quantize_vector_train(x, 8, parts=2, stages=2)
    assert books.centres.shape == (2, 2, 8, 2)
    assert books.codes.shape == (4, 250, 2, 2)
    decoded = quantcal.quantize_vector_decode(books.codes, books.centres)
    assert books.objective == pytest.approx(np.square(decoded - x).sum(), rel=1e-5)
    errors = []
    for passes in (0, 1, 4):
        codes = quantcal.quantize_vector_encode(x, books.centres, passes=passes)
        errors.append(np.square(quantcal.quantize_vector_decode(codes, books.centres) - x).sum())
    assert errors[0] >= errors[1] >= errors[2]


def test_a_seed_is_a_result() -> None:
    x = np.float32(np.random.default_rng(6).standard_normal((1000, 4)))
    one, again, other = (quantcal.quantize_vector_train(x, 30, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.centres, again.centres)
    assert not np.array_equal(one.centres, other.centres)
    best = quantcal.quantize_vector_train(x, 30, seed=1, restarts=5)
    assert best.objective <= one.objective


def test_progress() -> None:
    x = np.float32(np.random.default_rng(7).standard_normal((3000, 4)))
    seen: list[float] = []
    quantcal.quantize_vector_train(x, 16, parts=2, stages=2, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[0] == 0
    with pytest.raises(quantcal.QuantcalError, match="cancelled"):
        quantcal.quantize_vector_train(x, 16, progress=lambda _: True)


def test_what_does_not_fit_is_refused() -> None:
    x = np.zeros((4, 6), np.float32)
    with pytest.raises(quantcal.QuantcalError, match="centres is 0"):
        quantcal.quantize_vector_train(x, 0)
    with pytest.raises(quantcal.QuantcalError, match="parts, 4"):
        quantcal.quantize_vector_train(x, 2, parts=4)
    with pytest.raises(quantcal.QuantcalError, match="first is None"):
        quantcal.quantize_vector_train(x, 2, start="given")
    with pytest.raises(quantcal.QuantcalError, match="first has shape"):
        quantcal.quantize_vector_train(x, 2, first=x)
    with pytest.raises(quantcal.QuantcalError, match="centres has shape"):
        quantcal.quantize_vector_encode(x, np.zeros((2, 5)))
    with pytest.raises(quantcal.QuantcalError, match=r"codes.1. is 65535"):
        quantcal.quantize_vector_decode([[[0]], [[-1]]], np.zeros((2, 5)))


def outputs_error(
    w: NDArray, hessian: NDArray, codes: NDArray, centres: NDArray, weights: NDArray | None = None
) -> float:
    """Of what a layer gives out, from codes."""
    decoded = quantcal.quantize_vector_decode(codes, centres).astype(float).reshape(w.shape)
    rest = w - decoded
    rows = np.einsum("ri,ij,rj->r", rest, hessian, rest)
    return float(rows.sum() if weights is None else rows @ weights)


def layer(seed: int, rows: int, columns: int) -> tuple[NDArray, NDArray]:
    """Weights, and the Hessian of inputs that go together."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((200, columns)) @ rng.standard_normal((columns, columns))
    w = rng.standard_normal((rows, columns)).astype(np.float32)
    return w, np.float32(x.T @ x / 200)


@pytest.mark.parametrize(("parts", "stages"), [(1, 1), (2, 1), (1, 2), (2, 2)])
def test_refining_gives_what_it_says(parts: int, stages: int) -> None:
    w, hessian = layer(parts + 10 * stages, 40, 24)
    weights = np.linspace(0.5, 2, 40, dtype=np.float32)
    first = quantcal.quantize_vector_train(w.reshape(-1, 4), 8, parts=parts, stages=stages)
    last = outputs_error(w, hessian, first.codes, first.centres, weights)
    for iterations in range(4):
        found = quantcal.quantize_vector_refine(
            w,
            hessian,
            first.centres,
            first.codes,
            weights=weights,
            iterations=iterations,
            tolerance=0,
        )
        error = outputs_error(w, hessian, found.codes, found.centres, weights)
        assert found.objective == pytest.approx(error, rel=1e-6)
        assert found.objective < last
        last = found.objective


def test_wider_beams_do_no_worse_than_coordinate_descent() -> None:
    for seed in range(20):
        w, hessian = layer(seed, 6, 16)
        first = quantcal.quantize_vector_train(w.reshape(-1, 2), 4, stages=2)
        errors = [
            quantcal.quantize_vector_refine(
                w, hessian, first.centres, first.codes, iterations=0, beam=beam
            ).objective
            for beam in (1, 2, 8, 64)
        ]
        assert max(errors[1:]) <= errors[0] * (1 + 1e-12)


def test_blocks_and_one_stage_are_k_means_in_their_metric() -> None:
    """With one block for all vectors: k-means of the vectors times a root of it."""
    rng = np.random.default_rng(4)
    w = rng.standard_normal((60, 12)).astype(np.float32)
    root = rng.standard_normal((3, 3))
    block = root @ root.T
    hessian = np.kron(np.eye(4), block)
    first = w.reshape(-1, 3)[:5]
    codes = np.zeros((240, 1, 1), int)
    ours = quantcal.quantize_vector_refine(
        w, hessian, first, codes, iterations=200, tolerance=0, beam=1
    )
    turned = w.reshape(-1, 3) @ np.linalg.cholesky(block)
    theirs = quantcal.quantize_vector_train(
        turned, 5, first=first @ np.linalg.cholesky(block), iterations=200, tolerance=0
    )
    assert ours.objective == pytest.approx(theirs.objective, rel=1e-5)
    np.testing.assert_array_equal(ours.codes, theirs.codes)


def test_refining_can_be_interrupted() -> None:
    w, hessian = layer(1, 40, 24)
    first = quantcal.quantize_vector_train(w.reshape(-1, 4), 8)
    seen: list[float] = []
    quantcal.quantize_vector_refine(
        w, hessian, first.centres, first.codes, iterations=3, progress=seen.append
    )
    assert seen == sorted(seen)
    with pytest.raises(quantcal.QuantcalError, match="cancelled"):
        quantcal.quantize_vector_refine(
            w, hessian, first.centres, first.codes, progress=lambda _: True
        )
    with pytest.raises(quantcal.QuantcalError, match="codes has shape"):
        quantcal.quantize_vector_refine(w, hessian, first.centres, first.codes[:3])
