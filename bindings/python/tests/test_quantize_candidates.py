"""Candidates from Python: gradients by differences, calibration against every choice of codes."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

import quantcal


def softmax(logits: NDArray) -> NDArray:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def layer(seed: int, rows: int, columns: int) -> tuple[NDArray, NDArray]:
    """Weights, and the Hessian of inputs that go together."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((50, columns)) @ rng.standard_normal((columns, columns))
    w = rng.standard_normal((rows, columns)).astype(np.float32)
    return w, np.float32(x.T @ x / 50)


def outputs_error(w: NDArray, hessian: NDArray, codes: NDArray, centres: NDArray) -> float:
    rest = w - centres[codes].astype(float).reshape(w.shape)
    return float(np.einsum("ri,ij,rj->", rest, hessian, rest))


def test_candidates_are_the_nearest_and_ratios_fall_with_distance() -> None:
    rng = np.random.default_rng(1)
    x = rng.standard_normal((4, 30, 3)).astype(np.float32)
    centres = rng.standard_normal((20, 3)).astype(np.float32)
    found = quantcal.quantize_candidates_find(x, centres, candidates=5)
    distances = np.linalg.norm(x[..., None, :].astype(float) - centres, axis=-1)
    order = np.argsort(distances, axis=-1)[..., :5]
    np.testing.assert_array_equal(found.candidates, order)
    mixed = quantcal.quantize_candidates_mix(*found, centres)
    nearness = 1 / np.take_along_axis(distances, order, axis=-1)
    ratios = nearness / nearness.sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(mixed.ratios, ratios, rtol=1e-5)
    vectors = (ratios[..., None] * centres[order]).sum(axis=-2)
    np.testing.assert_allclose(mixed.vectors, vectors, rtol=1e-4, atol=1e-6)


def test_gradients_are_those_of_the_definition() -> None:
    rng = np.random.default_rng(2)
    x, centres = rng.standard_normal((12, 2)), rng.standard_normal((6, 2))
    found = quantcal.quantize_candidates_find(x, centres, candidates=3)
    logits = found.logits.astype(float)
    logits[3, 1:] = -np.inf  # settled

    def loss(logits: NDArray, centres: NDArray) -> float:
        p = softmax(logits)
        mixed = (p[..., None] * centres[found.candidates]).sum(axis=1)
        still_open = np.isfinite(logits).sum(axis=1) > 1
        return float(
            ((mixed - x) ** 2).sum() / 2 + 0.7 * (p * (1 - p)).sum(axis=1)[still_open].mean()
        )

    slopes = quantcal.quantize_candidates_mix(found.candidates, logits, centres).vectors - x
    ours = quantcal.quantize_candidates_gradient(
        slopes, found.candidates, logits, centres, penalty=0.7
    )
    for values, got in [(logits, ours.logits), (centres, ours.centres)]:
        for place in np.ndindex(values.shape):
            if not np.isfinite(values[place]):
                assert got[place] == 0
                continue
            sides = []
            for step in (1e-5, -1e-5):
                moved = values.copy()
                moved[place] += step
                sides.append(loss(moved, centres) if values is logits else loss(logits, moved))
            assert got[place] == pytest.approx((sides[0] - sides[1]) / 2e-5, rel=1e-4, abs=1e-6)


def test_settling_leaves_one_candidate() -> None:
    logits = np.array([[10.0, 0, 1], [1, 2, 1.5], [0, -np.inf, -np.inf]])
    found = quantcal.quantize_candidates_settle([[4, 2, 0]] * 3, logits)
    assert found.codes.tolist() == [4, 2, 4]
    assert found.open == 1
    p = softmax(logits[1])
    assert found.penalty == pytest.approx((p * (1 - p)).sum())
    np.testing.assert_array_equal(found.logits[0], [0, -np.inf, -np.inf])
    again = quantcal.quantize_candidates_settle([[4, 2, 0]] * 3, found.logits)
    np.testing.assert_array_equal(again.logits, found.logits)


def test_calibration_lies_between_the_best_and_the_nearest() -> None:
    gained = 0
    for seed in range(12):
        w, hessian = layer(seed, 2, 8)
        centres = quantcal.quantize_vector_train(w.reshape(-1, 2), 4, seed=seed).centres[0, 0]
        found = quantcal.quantize_candidates_calibrate(
            w, hessian, centres, candidates=2, centre_step=0
        )
        np.testing.assert_array_equal(found.centres[0, 0], centres)
        codes = found.codes.ravel()
        first = quantcal.quantize_candidates_find(w.reshape(-1, 2), centres).candidates
        assert all(code in own for code, own in zip(codes, first, strict=True))
        error = outputs_error(w, hessian, codes, centres)
        assert found.objective == pytest.approx(error, rel=1e-5)
        nearest = outputs_error(w, hessian, first[:, 0], centres)
        best = min(
            outputs_error(w, hessian, np.array(choice), centres) for choice in product(*first)
        )
        assert best * (1 - 1e-6) <= error <= nearest * (1 + 1e-6)
        gained += error < nearest * (1 - 1e-6)
    assert gained >= 5


def test_centres_are_calibrated_with_them() -> None:
    w, hessian = layer(5, 24, 16)
    centres = quantcal.quantize_vector_train(w.reshape(-1, 2), 8).centres[0, 0]
    fixed, free = (
        quantcal.quantize_candidates_calibrate(w, hessian, centres, centre_step=step)
        for step in (0, 1e-3)
    )
    assert fixed.converged
    assert free.converged
    assert free.objective < fixed.objective


def test_what_does_not_fit_is_refused() -> None:
    w, hessian = layer(1, 4, 6)
    centres = np.eye(3, 2)
    seen: list[float] = []
    quantcal.quantize_candidates_calibrate(w, hessian, centres, progress=seen.append)
    assert seen == sorted(seen)
    with pytest.raises(quantcal.QuantcalError, match="cancelled"):
        quantcal.quantize_candidates_calibrate(w, hessian, centres, progress=lambda _: True)
    with pytest.raises(quantcal.QuantcalError, match="logits has shape"):
        quantcal.quantize_candidates_settle([[0, 1]], [[0.0]])
    with pytest.raises(quantcal.QuantcalError, match="gradients has shape"):
        quantcal.quantize_candidates_gradient([[1.0]], [[0, 1]], [[0.0, 1.0]], centres)
    with pytest.raises(quantcal.QuantcalError, match=r"candidates.1. is 65535"):
        quantcal.quantize_candidates_mix([[0, -1]], [[0.0, 1.0]], centres)
