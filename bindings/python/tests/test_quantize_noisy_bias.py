"""Noisy bias: the theorem, and that what is reported is what a layer computes."""

from __future__ import annotations

import numpy as np
import pytest

import quantcal


def rounded(x: np.ndarray, layer: quantcal.NoisyLayer, grid: str) -> np.ndarray:
    options = {"granularity": "tensor"}
    codes = quantcal.quantize_grid_encode(
        (x + layer.noise).astype(np.float32), grid, [layer.scale], [layer.zero], **options
    )
    return quantcal.quantize_grid_decode(
        codes, grid, [layer.scale], x.shape[1], [layer.zero], **options
    )


@pytest.mark.parametrize("place", [0.0, 0.45])
def test_noise_helps_between_levels_and_not_on_them(place: float) -> None:
    random = np.random.default_rng(0)
    x = (random.integers(-20, 20, (200, 64)) + place).astype(np.float32)
    weights = random.standard_normal((8, 64)).astype(np.float32)
    bias = random.standard_normal(8).astype(np.float32)
    layer = quantcal.quantize_noisy_bias(x, weights, bias, "int8", 1.0)
    assert (layer.amplitude > 0) == (place > 0)
    assert layer.error <= layer.plain_error
    exact = x.astype(np.float64) @ weights.T + bias
    output = rounded(x, layer, "int8").astype(np.float64) @ weights.T + layer.bias
    np.testing.assert_allclose(((output - exact) ** 2).mean(), layer.error, rtol=1e-4, atol=1e-9)
    if place == 0:
        np.testing.assert_array_equal(layer.noise, 0)
        np.testing.assert_array_equal(layer.bias, bias)


def test_the_error_of_dithered_values_is_a_twelfth() -> None:
    """Theorem 1 of NoisyQuant, with many channels, each an output, in place of many draws."""
    channels = 2000
    x = np.full((1, channels), 0.4990234375, np.float32)
    layer = quantcal.quantize_noisy_bias(x, np.eye(channels), None, "int8", 1.0)
    assert layer.amplitude == 1
    assert abs(layer.plain_error - 0.4990234375**2) < 1e-9
    assert abs(layer.error / layer.scale**2 - 1 / 12) < 5e-3
    errors = rounded(x, layer, "int8") - layer.noise - x
    np.testing.assert_allclose(float((errors**2).mean()), layer.error, rtol=1e-4)


def test_seeds_and_threads() -> None:
    random = np.random.default_rng(1)
    x, weights = random.integers(-9, 9, (300, 90)) + 0.45, random.standard_normal((70, 90))
    one = quantcal.quantize_noisy_bias(x, weights, None, "int8", 1.0, seed=1)
    before = quantcal.thread_count()
    try:
        quantcal.set_thread_count(7)
        again = quantcal.quantize_noisy_bias(x, weights, None, "int8", 1.0, seed=1)
    finally:
        quantcal.set_thread_count(before)
    other = quantcal.quantize_noisy_bias(x, weights, None, "int8", 1.0, seed=2)
    assert one.error == again.error
    np.testing.assert_array_equal(one.noise, again.noise)
    assert not np.array_equal(one.noise, other.noise)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(quantcal.QuantcalValueError, match="integer and midrise"):
        quantcal.quantize_noisy_bias([[1.0]], [[1.0]], None, "nf4", 1.0)
    with pytest.raises(ValueError, match="weights"):
        quantcal.quantize_noisy_bias([[1.0]], [[1.0, 2.0]], None, "int4", 1.0)
    with pytest.raises(quantcal.Cancelled):
        quantcal.quantize_noisy_bias(
            [[1.0]], [[1.0]], None, "int4", 1.0, progress=lambda fraction: True
        )
