"""Diagnostics of quantization against NumPy and SciPy in double precision."""

from __future__ import annotations

import math

import ml_dtypes
import numpy as np
import pytest
import scipy.special
import scipy.stats

import quantcal

RANDOM = np.random.default_rng(17)


@pytest.mark.parametrize("dtype", [np.float32, np.float16, ml_dtypes.bfloat16])
def test_errors_are_those_of_numpy(dtype: type) -> None:
    w = RANDOM.normal(size=(37, 53)).astype(dtype)
    y = np.round(w.astype(np.float32) * 4) / 4
    x, z = w.astype(np.float64), y.astype(np.float64)
    error = quantcal.quantize_error(w, y)
    expected = (
        np.mean((x - z) ** 2),
        np.mean(z - x),
        np.max(np.abs(x - z)),
        np.linalg.norm(x - z) / np.linalg.norm(x),
        10 * np.log10(np.sum(x**2) / np.sum((x - z) ** 2)),
        np.sum(x * z) / np.linalg.norm(x) / np.linalg.norm(z),
    )
    np.testing.assert_allclose(error, expected, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float16, ml_dtypes.bfloat16])
@pytest.mark.parametrize("count", [1, 2, 9, 1000, 200_000])
def test_statistics_are_those_of_scipy(dtype: type, count: int) -> None:
    w = (RANDOM.standard_t(4, size=count) + 3).astype(dtype)
    x = w.astype(np.float64)
    found = quantcal.quantize_statistics(w)
    assert found.minimum == x.min() and found.maximum == x.max()
    assert found.zero_count == np.sum(x == 0)
    np.testing.assert_allclose(found.mean, x.mean(), rtol=1e-13)
    np.testing.assert_allclose(found.variance, x.var(), rtol=1e-12)
    np.testing.assert_allclose(found.root_mean_square, np.sqrt(np.mean(x**2)), rtol=1e-13)
    np.testing.assert_allclose(found.max_to_mean, abs(x).max() / abs(x).mean(), rtol=1e-13)
    if count == 1:
        assert math.isnan(found.skewness) and math.isnan(found.kurtosis)
        return
    np.testing.assert_allclose(found.skewness, scipy.stats.skew(x), rtol=1e-10, atol=1e-12)
    expected = scipy.stats.kurtosis(x, fisher=False)
    np.testing.assert_allclose(found.kurtosis, expected, rtol=1e-10)


def test_known_laws() -> None:
    """Lloyd-Max's quantizer of 4 bits has 20.22 dB; kurtosis is 3 and 1.8."""
    normal = scipy.stats.norm.ppf((np.arange(400_000) + 0.5) / 400_000)
    assert abs(quantcal.quantize_statistics(normal).kurtosis - 3) < 1e-3
    uniform = (np.arange(100_000) + 0.5) / 100_000
    assert abs(quantcal.quantize_statistics(uniform).kurtosis - 1.8) < 1e-6
    levels = scipy.stats.norm.ppf((np.arange(16) + 0.5) / 16)
    for _ in range(300):
        cuts = (levels[1:] + levels[:-1]) / 2
        nearest = np.searchsorted(cuts, normal)
        sums = np.bincount(nearest, normal, 16)
        levels = sums / np.bincount(nearest, minlength=16)
    assert abs(quantcal.quantize_error(normal, levels[nearest]).sqnr_db - 20.22) < 0.01


@pytest.mark.parametrize("columns", [1, 2, 5, 64, 1001])
def test_outlier_columns(columns: int) -> None:
    x = RANDOM.normal(size=(2, 31, columns)).astype(np.float32)
    x[..., ::7] *= 30
    found = quantcal.quantize_outlier_columns(x, threshold=4)
    largest = np.abs(x).max(axis=(0, 1))
    np.testing.assert_array_equal(found.magnitudes, largest)
    limit = 4 * np.median(largest.astype(np.float64))
    np.testing.assert_array_equal(found.is_outlier, largest >= limit)
    assert found.outlier_count == found.is_outlier.sum()
    fixed = quantcal.quantize_outlier_columns(x, threshold=6.0, reference="fixed")
    np.testing.assert_array_equal(fixed.is_outlier, largest >= 6)


@pytest.mark.parametrize("bits", range(1, 9))
def test_counts_and_entropy(bits: int) -> None:
    codes = RANDOM.binomial(2**bits - 1, 0.4, size=(5, 3, 77)).astype(np.uint8)
    packed = quantcal.pack_codes(codes, bits)
    counts = quantcal.quantize_code_counts(packed, 77, bits)
    np.testing.assert_array_equal(counts, np.bincount(codes.ravel(), minlength=2**bits))
    expected = scipy.stats.entropy(counts.astype(np.float64), base=2)
    np.testing.assert_allclose(quantcal.quantize_entropy(counts), expected, rtol=1e-13)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("spread", [0.01, 1.0, 30.0])
def test_divergences_are_those_of_scipy(dtype: type, spread: float) -> None:
    a = RANDOM.normal(size=(4, 9, 130)).astype(dtype) * 5
    b = (a + spread * RANDOM.normal(size=a.shape)).astype(dtype)
    found = quantcal.quantize_kl_divergence(a, b)
    p, q = (scipy.special.log_softmax(z.astype(np.float64), axis=-1) for z in (a, b))
    rows = np.sum(np.exp(p) * (p - q), axis=-1)
    assert found.per_row.shape == (4, 9)
    np.testing.assert_allclose(found.per_row, rows, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(found.mean, rows.mean(), rtol=1e-11)
    np.testing.assert_allclose(found.standard_error, scipy.stats.sem(rows.ravel()), rtol=1e-10)
    assert found.maximum == found.per_row.max()
    assert found.top_agreement == np.mean(a.argmax(-1) == b.argmax(-1))


def test_masked_classes() -> None:
    a = RANDOM.normal(size=(3, 6))
    b = a + RANDOM.normal(size=a.shape) / 8
    hidden = np.full((3, 2), -np.inf)
    plain = quantcal.quantize_kl_divergence(a, b)
    masked = quantcal.quantize_kl_divergence(np.hstack([a, hidden]), np.hstack([b, hidden]))
    np.testing.assert_array_equal(masked.per_row, plain.per_row)
    assert quantcal.quantize_kl_divergence(a, np.where(a == a.min(), -np.inf, b)).maximum == np.inf


def test_propagation_is_that_of_numpy() -> None:
    for rows, inner, outputs in [(1, 1, 1), (3, 5, 7), (400, 60, 30)]:
        x = RANDOM.normal(size=(rows, inner)).astype(np.float32)
        w = RANDOM.normal(size=(outputs, inner)).astype(np.float32)
        x2, w2 = np.round(x * 8) / 8, np.round(w * 4) / 4
        error = quantcal.quantize_propagation(x, x2, w, w2)
        wide = [m.astype(np.float64) for m in (x, x2, w, w2)]
        y = wide[0] @ wide[2].T
        carried, own = (wide[1] - wide[0]) @ wide[2].T, wide[1] @ (wide[3] - wide[2]).T
        size = np.linalg.norm(y)
        input_error = np.linalg.norm(x2 - x) / np.linalg.norm(x)
        expected = quantcal.ErrorPropagation(
            input_error=input_error,
            weight_error=np.linalg.norm(w2 - w) / np.linalg.norm(w),
            carried_error=np.linalg.norm(carried) / size,
            own_error=np.linalg.norm(own) / size,
            cross_term=2 * np.sum(carried * own) / size**2,
            total_error=np.linalg.norm(carried + own) / size,
            amplification=np.linalg.norm(carried) / size / input_error,
        )
        np.testing.assert_allclose(error, expected, rtol=1e-5, atol=1e-8)


def test_what_cannot_be_is_refused() -> None:
    cases = [
        (lambda: quantcal.quantize_error([1.0, 2.0], [1.0]), "approximation has shape"),
        (lambda: quantcal.quantize_statistics([]), "count is 0"),
        (lambda: quantcal.quantize_outlier_columns([[1.0]], reference="mean"), "reference"),
        (lambda: quantcal.quantize_entropy([1, -1]), "counts"),
        (lambda: quantcal.quantize_kl_divergence([[1.0]], [[1.0, 2.0]]), "approximation"),
        (lambda: quantcal.quantize_qat_fraction(1, 1, 8), "tokens"),
        (
            lambda: quantcal.quantize_propagation([[1.0]], [[1.0]], [[1.0, 2.0]], [[1.0, 2.0]]),
            "w has shape",
        ),
    ]
    for call, text in cases:
        with pytest.raises(quantcal.QuantcalValueError, match=text):
            call()
    with pytest.raises(TypeError, match="uint8"):
        quantcal.quantize_code_counts(np.zeros(3, np.int32), 3, 8)
