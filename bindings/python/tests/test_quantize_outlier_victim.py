"""Outlier-victim pairs: against the nearest number by brute force, and a search with NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import quantcal

OUTLIERS = np.array([12, 16, 24, 32, 48, 64, 96])
UNITS = np.concatenate([-OUTLIERS[::-1], np.arange(-7, 8), OUTLIERS]).astype(float)


def decoded(w: Any, scales: Any, **options: Any) -> Any:
    codes = quantcal.quantize_outlier_victim_encode(w, scales, **options)
    return quantcal.quantize_outlier_victim_decode(codes, scales, np.shape(w)[1], **options)


def test_numbers_go_to_the_nearest() -> None:
    random = np.random.default_rng(0)
    u = (random.standard_t(2, (50, 40)) * 3).astype(np.float32)
    units = decoded(u, np.ones(50))
    nearest = UNITS[np.abs(u[..., None] - UNITS).argmin(-1)]
    pairs, found = nearest.reshape(-1, 2), units.reshape(-1, 2)
    magnitudes = np.abs(u).reshape(-1, 2)
    is_normal = magnitudes.max(1) <= 9.5
    np.testing.assert_array_equal(found[is_normal], pairs[is_normal])
    victim = magnitudes.argmin(1)[~is_normal]
    rows = np.arange(len(victim))
    np.testing.assert_array_equal(found[~is_normal][rows, victim], 0)
    np.testing.assert_array_equal(
        found[~is_normal][rows, 1 - victim], pairs[~is_normal][rows, 1 - victim]
    )
    assert 0.02 < 1 - is_normal.mean() < 0.5


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize("granularity", ["row", "group", "tensor"])
def test_scales_are_those_of_least_error(granularity: Any, dtype: Any) -> None:
    random = np.random.default_rng(1)
    w = random.standard_t(3, (4, 63)).astype(dtype)
    options = {"granularity": granularity, "group_size": 16}
    scales = quantcal.quantize_outlier_victim_scales(w, **options)
    height, width = {"row": (1, 63), "group": (1, 16), "tensor": (4, 63)}[granularity]
    for (i, j), scale in np.ndenumerate(scales):
        block = w[i * height : (i + 1) * height, j * width : (j + 1) * width].astype(float)
        reach = abs(block.mean()) + 3 * block.std()
        candidates = np.linspace(1.5, 0.5, 51) * reach / 7
        errors = [
            np.sum((decoded(block, [c], granularity="tensor").astype(float) - block) ** 2)
            for c in candidates.astype(np.float32)
        ]
        assert scale == pytest.approx(candidates[int(np.argmin(errors))], rel=1e-6)


def test_outliers_are_worth_their_victims() -> None:
    """Where few numbers are large, the error is below that of integers of the same bytes."""
    random = np.random.default_rng(2)
    w = random.standard_normal((16, 256)).astype(np.float32)
    w[random.random(w.shape) < 0.01] *= 20
    scales = quantcal.quantize_outlier_victim_scales(w)
    codes = quantcal.quantize_outlier_victim_encode(w, scales)
    plain = quantcal.quantize_range(w, "int4", "mse", granularity="row").scales
    integers = quantcal.quantize_grid_encode(w, "int4", plain, granularity="row")
    back = quantcal.quantize_grid_decode(integers, "int4", plain, 256, granularity="row")
    assert codes.nbytes == integers.nbytes
    assert np.mean((decoded(w, scales) - w) ** 2) < np.mean((back - w) ** 2) / 2


def test_decoded_numbers_are_their_own() -> None:
    """Every pair that an encoder writes is encoded to itself."""
    w = (np.random.default_rng(3).standard_t(2, (20, 31)) * 4).astype(np.float32)
    once = decoded(w, np.full(20, 0.5))
    np.testing.assert_array_equal(decoded(once, np.full(20, 0.5)), once)


def test_what_does_not_fit_is_refused() -> None:
    w = np.ones((2, 6))
    with pytest.raises(quantcal.QuantcalValueError, match="group_size is 3"):
        quantcal.quantize_outlier_victim_scales(w, granularity="group", group_size=3)
    with pytest.raises(quantcal.QuantcalValueError, match="scales has shape"):
        quantcal.quantize_outlier_victim_encode(w, [1, 1, 1])
    with pytest.raises(quantcal.QuantcalValueError, match="codes has shape"):
        quantcal.quantize_outlier_victim_decode(np.zeros((2, 4), np.uint8), [1, 1], 6)
    with pytest.raises(quantcal.Cancelled):
        quantcal.quantize_outlier_victim_scales(w, progress=lambda _: True)
