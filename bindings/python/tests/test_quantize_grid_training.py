"""Scalar grids in training: neighbours by brute force, gradients by differences."""

from __future__ import annotations

import numpy as np
import pytest

import quantcal

NAMES = ["int4", "uint3", "midrise3", "binary", "log2_4", "power4", "e4m3fn", "e5m2", "nf4"]


@pytest.mark.parametrize("name", NAMES)
def test_neighbours_are_the_levels_on_either_side(name: str) -> None:
    levels = quantcal.quantize_grid_levels(name)
    finite = np.unique(levels[np.isfinite(levels)])
    random = np.random.default_rng(1)
    numbers = np.concatenate([finite, random.standard_normal(500).astype(np.float32) * finite[-1]])
    sides = quantcal.quantize_grid_neighbours(numbers, name, [1.0], granularity="tensor")
    below = np.maximum(np.searchsorted(finite, numbers, "right") - 1, 0)
    above = np.minimum(np.searchsorted(finite, numbers, "left"), len(finite) - 1)
    np.testing.assert_array_equal(levels[sides.lower], finite[below])
    np.testing.assert_array_equal(levels[sides.upper], finite[above])


@pytest.mark.parametrize("name", ["int4", "uint3", "midrise3", "binary", "e4m3fn", "nf4"])
def test_rounding_takes_a_neighbour(name: str) -> None:
    w = np.random.default_rng(2).standard_normal((5, 70)).astype(np.float32)
    scales = quantcal.quantize_grid_scales(w, name, group_size=32)
    fake = quantcal.quantize_grid_fake(w, name, scales, group_size=32)
    codes = quantcal.quantize_grid_encode(w, name, scales, group_size=32)
    decoded = quantcal.quantize_grid_decode(codes, name, scales, 70, group_size=32)
    np.testing.assert_array_equal(fake.quantized, decoded)
    assert fake.value_gradients is None and fake.scale_gradients is None
    sides = quantcal.quantize_grid_neighbours(w, name, scales, group_size=32)
    levels = quantcal.quantize_grid_levels(name)
    scale_of_each = np.repeat(scales, [32, 32, 6], axis=1)
    chosen = (fake.quantized == levels[sides.lower] * scale_of_each) | (
        fake.quantized == levels[sides.upper] * scale_of_each
    )
    assert chosen.all()


@pytest.mark.parametrize("gradient", ["clipped", "learned_step", "trust", "identity"])
def test_gradients_by_their_definition(gradient: str) -> None:
    random = np.random.default_rng(3)
    w = (random.standard_normal((4, 50)) * 4).astype(np.float32)
    upstream = random.standard_normal((4, 50)).astype(np.float32)
    scales = np.array([[0.5], [0.3], [1.0], [0.7]], np.float32)
    zeros = np.array([[1.0], [-2.0], [0.0], [0.5]], np.float32)
    grid = quantcal.quantize_grid("int3", narrow=False)
    fake = quantcal.quantize_grid_fake(
        w, grid, scales, zeros, upstream, gradient=gradient, granularity="row"
    )
    u = w / scales + zeros
    level = np.clip(np.rint(u), -4, 3)
    passes = {
        "clipped": (u >= -4) & (u <= 3),
        "learned_step": (u > -4) & (u < 3),
        "trust": (u >= -4.5) & (u <= 3.5),
        "identity": np.ones_like(u, bool),
    }[gradient]
    np.testing.assert_array_equal(fake.value_gradients, np.where(passes, upstream, 0))
    along = level - zeros - passes * (w.astype(np.float64) / scales)
    expected = (upstream * along).sum(axis=1, keepdims=True)
    if gradient == "learned_step":
        expected /= np.sqrt(50 * 3)
    np.testing.assert_allclose(fake.scale_gradients, expected, rtol=1e-5)


def test_what_does_not_fit_is_refused() -> None:
    w = np.ones((2, 4), np.float32)
    with pytest.raises(quantcal.QuantcalValueError, match="upstream has shape"):
        quantcal.quantize_grid_fake(w, "int4", [1, 1], upstream=w.T)
    with pytest.raises(quantcal.QuantcalValueError, match="gradient is 'steep'"):
        quantcal.quantize_grid_fake(w, "int4", [1, 1], gradient="steep")  # type: ignore[arg-type]
    with pytest.raises(quantcal.QuantcalValueError, match=r"values\[0\] is nan"):
        quantcal.quantize_grid_neighbours([[np.nan]], "e5m2", [1])
    with pytest.raises(quantcal.Cancelled):
        quantcal.quantize_grid_fake(w, "int4", [1, 1], progress=lambda _: True)
