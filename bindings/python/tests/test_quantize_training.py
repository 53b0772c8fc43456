"""Training: gradients against differences, rotations against products."""

from __future__ import annotations

import numpy as np
import pytest

import quantcal


def test_gradients_of_the_sine_are_differences() -> None:
    random = np.random.default_rng(0)
    w = (random.standard_normal((3, 8)) * 0.2).astype(np.float32)
    upstream = random.standard_normal((3, 8)).astype(np.float32)
    scales = np.array([0.5, 1.0, 2.0])

    def loss(w: np.ndarray, scales: np.ndarray) -> float:
        wave = np.sin(30 * w)
        penalty = 5 * ((np.abs(wave) - scales[:, None]) ** 2).mean()
        return float((upstream * wave * scales[:, None]).sum() + penalty)

    made = quantcal.quantize_periodic(w, scales, upstream, binary=False, penalty=5)
    assert made.value_gradients is not None and made.scale_gradients is not None
    exact = w.astype(np.float64)
    for index in np.ndindex(w.shape):
        step = np.zeros(w.shape)
        step[index] = 1e-6
        slope = (loss(exact + step, scales) - loss(exact - step, scales)) / 2e-6
        np.testing.assert_allclose(made.value_gradients[index], slope, rtol=1e-4, atol=1e-4)
    for row in range(3):
        step = np.eye(3)[row] * 1e-6
        slope = (loss(exact, scales + step) - loss(exact, scales - step)) / 2e-6
        np.testing.assert_allclose(made.scale_gradients[row, 0], slope, rtol=1e-4, atol=1e-4)
    binary = quantcal.quantize_periodic(w, scales, upstream, penalty=5)
    np.testing.assert_array_equal(binary.value_gradients, made.value_gradients)
    np.testing.assert_array_equal(np.sign(binary.quantized), np.sign(made.quantized))


@pytest.mark.parametrize("columns", [1, 24, 128, 300])
def test_rotations_keep_products(columns: int) -> None:
    random = np.random.default_rng(1)
    x = random.standard_normal((5, columns)).astype(np.float32)
    w = random.standard_normal((4, columns)).astype(np.float32)
    turned = quantcal.quantize_rotate(x, seed=3), quantcal.quantize_rotate(w, seed=3)
    np.testing.assert_allclose(turned[0] @ turned[1].T, x @ w.T, rtol=1e-4, atol=1e-4)
    back = quantcal.quantize_rotate(turned[0], seed=3, inverse=True)
    np.testing.assert_allclose(back, x, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(
        np.linalg.norm(turned[0], axis=1), np.linalg.norm(x, axis=1), rtol=1e-5
    )


def test_outliers_are_spread_and_the_layer_gets_better() -> None:
    random = np.random.default_rng(2)
    x = random.standard_normal((64, 256)).astype(np.float32)
    x[:, 7] *= 60
    w = random.standard_normal((32, 256)).astype(np.float32)
    choice = quantcal.quantize_rotation_choose(x, w, "int4", "int4")
    assert choice.rotates and choice.rotated_error < choice.plain_error

    def rounded(m: np.ndarray) -> np.ndarray:
        scales = quantcal.quantize_grid_scales(m, "int4", granularity="row")
        return quantcal.quantize_grid_fake(m, "int4", scales, granularity="row").quantized

    exact = x @ w.T
    plain = rounded(x) @ rounded(w).T
    turned = rounded(quantcal.quantize_rotate(x)) @ rounded(quantcal.quantize_rotate(w)).T
    assert np.abs(turned - exact).mean() < 0.75 * np.abs(plain - exact).mean()
    relative = [((rounded(m) - m) ** 2).sum() / (m**2).sum() for m in (x, w)]
    np.testing.assert_allclose(sum(relative), choice.plain_error, rtol=1e-3)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(quantcal.QuantcalValueError, match="block is 3"):
        quantcal.quantize_rotate([[1.0]], block=3)
    with pytest.raises(ValueError, match="weights"):
        quantcal.quantize_rotation_choose([[1.0]], [[1.0, 2.0]], "int4", "int4")
    with pytest.raises(quantcal.Cancelled):
        quantcal.quantize_periodic([[1.0]], [1.0], progress=lambda fraction: True)
