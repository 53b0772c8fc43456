"""Observers: against all values at once, in any order and any parts."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import ml_dtypes
import numpy as np
import pytest

import quantcal


def observed(values: Any, bins: int = 2048) -> quantcal.QuantizeObserver:
    observer = quantcal.QuantizeObserver(bins=bins)
    observer.update(values)
    return observer


def test_order_and_parts_do_not_matter() -> None:
    random = np.random.default_rng(0)
    for _ in range(200):
        n = int(random.integers(1, 200))
        values = random.standard_normal(n) * 10.0 ** random.integers(-12, 12, n)
        values[random.random(n) < 0.2] = 0
        values = (values if random.random() < 0.7 else np.abs(values)).astype(np.float32)
        bins = int(random.choice([16, 17, 100, 2048]))
        whole = observed(values, bins).to_bytes()
        shuffled = random.permutation(values)
        parts = np.split(shuffled, np.sort(random.integers(0, n + 1, 4)))
        one = quantcal.QuantizeObserver(bins=bins)
        for part in parts:
            one.update(part)
        assert one.to_bytes() == whole
        others = [observed(part, bins) for part in parts]
        while len(others) > 1:
            at = int(random.integers(len(others) - 1))
            others[at].merge(others.pop(at + 1))
        assert others[0].to_bytes() == whole
        summary = one.summary()
        assert (summary.minimum, summary.maximum) == (values.min(), values.max())
        assert (summary.count, summary.zero_count[0]) == (n, np.sum(values == 0))
        assert (summary.maximum - summary.minimum) / summary.bin_width <= bins
        mean = values.astype(float).mean()
        assert abs(summary.mean - mean) <= summary.bin_width / 2 * (1 + 1e-9)
        assert np.log2(summary.bin_width[0]) % 1 == 0
        if (summary.maximum > summary.minimum) and n > 1:
            narrowest = max(abs(summary.minimum[0]), abs(summary.maximum[0])) * 2.0**-40
            bound = 2 * (summary.maximum - summary.minimum) / (bins - 1)
            assert summary.bin_width <= max(bound, narrowest)


@pytest.mark.parametrize("zeros", [False, True])
def test_ranges_are_near_those_of_all_values(zeros: bool) -> None:
    w = np.random.default_rng(1).standard_t(4, (1, 50_000)).astype(np.float32)
    w[0, ::3] = np.maximum(w[0, ::3], 0)
    observer = observed(w, 8192)
    for grid in ["int4", "uint4", "nf4", "e2m1fn"]:
        for rule in ["min_max", "percentile", "mse", "aciq_laplace", "gaussian", "laplace"]:
            expected = quantcal.quantize_range(w, grid, rule, zeros=zeros, granularity="tensor")
            found = observer.range(grid, rule, zeros=zeros)
            if rule == "min_max":
                np.testing.assert_array_equal(found.scales, expected.scales)
                np.testing.assert_array_equal(found.zeros, expected.zeros)
            else:
                # A search may take the next candidate.
                np.testing.assert_allclose(found.scales, expected.scales, rtol=0.05)


def test_percentiles_are_within_a_bin() -> None:
    random = np.random.default_rng(2)
    for _ in range(100):
        n = int(random.integers(1, 3000))
        centre = random.choice([0, 0, 5, -5, 0.1])
        w = (random.standard_normal(n) + centre).astype(np.float32)
        observer = observed(w, 64)
        width = observer.summary().bin_width[0]
        for percentile in [50, 90, 99, 100]:
            rule = quantcal.quantize_range_rule("percentile", percentile=percentile)
            places = [np.floor((n - 1) * percentile / 100), np.ceil((n - 1) * percentile / 100)]
            for grid, values, levels in [("uint8", w, 255), ("int8", np.abs(w), 127)]:
                low, high = np.sort(values)[np.array(places, int)].astype(float)
                if high <= 2 * width:
                    continue
                found = observer.range(grid, rule).scales[0, 0] * levels
                slack = width * (1 + 1e-6) + 1e-6
                assert low - slack <= found <= high + slack


def test_rules_see_each_bin_as_often_as_it_counts() -> None:
    # Values that are the centres of their bins: the observer loses nothing.
    values = np.array([-7.5] + [0.5] * 5 + [2.5] * 3 + [8.5] * 2 + [0.0] * 4, np.float32)
    observer = observed(values, 17)
    assert observer.summary().bin_width[0] == 1
    for rule in ["mse", "entropy", "aciq_gaussian", "aciq_laplace", "gaussian", "laplace"]:
        for zeros in [False, True]:
            expected = quantcal.quantize_range(values, "int3", rule, zeros=zeros)
            found = observer.range("int3", rule, zeros=zeros)
            np.testing.assert_allclose(found.scales, expected.scales, rtol=1e-6)
    for rule in ["half_quadratic", "least_squares", "mean_absolute", "learned_step"]:
        expected = quantcal.quantize_range(values, "uint2", rule, zeros=True)
        found = observer.range("uint2", rule, zeros=True)
        np.testing.assert_allclose(found.scales, expected.scales, rtol=1e-6)
        np.testing.assert_allclose(found.zeros, expected.zeros, rtol=1e-6)


def test_all_types_are_read() -> None:
    values = np.random.default_rng(3).standard_normal(100)
    for kind in (np.float16, ml_dtypes.bfloat16):
        given = values.astype(kind)
        assert observed(given).to_bytes() == observed(given.astype(np.float32)).to_bytes()


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_channels_are_observers_of_their_own(axis: int) -> None:
    random = np.random.default_rng(4)
    batches = [random.standard_normal((4, 3, 5)) * 10 for _ in range(6)]
    channels = batches[0].shape[axis]
    observer = quantcal.QuantizeObserver(channels, bins=64, moving_average=0.1)
    alone = [quantcal.QuantizeObserver(bins=64, moving_average=0.1) for _ in range(channels)]
    low, high = np.zeros(channels), np.zeros(channels)
    for index, batch in enumerate(batches):
        observer.update(batch, axis)
        own = np.moveaxis(batch, axis, 0).reshape(channels, -1).astype(np.float32).astype(float)
        for channel, one in enumerate(alone):
            one.update(own[channel])
        c = 0.1 if index else 1
        low, high = (1 - c) * low + c * own.min(1), (1 - c) * high + c * own.max(1)
    summary = observer.summary()
    np.testing.assert_allclose(summary.average_minimum, low, rtol=1e-12)
    np.testing.assert_allclose(summary.average_maximum, high, rtol=1e-12)
    for channel, one in enumerate(alone):
        for name, each in vars(one.summary()).items():
            if name not in ("channels", "count"):
                assert vars(summary)[name][channel] == each[0]
    found = observer.range("uint8", zeros=True)
    np.testing.assert_allclose(found.scales[:, 0], (high - low) / 255, rtol=1e-6)
    with pytest.raises(quantcal.QuantcalValueError, match="cannot be merged"):
        observer.merge(copy.copy(observer))
    with pytest.raises(quantcal.QuantcalValueError, match="must have"):
        observer.update(np.zeros((2, 2, 2)), axis)


def test_it_is_kept_and_copied() -> None:
    observer = observed([1.0, -2.0, 0.0])
    again = pickle.loads(pickle.dumps(observer))
    other = copy.deepcopy(observer)
    other.update([5.0])
    assert again.to_bytes() == observer.to_bytes() != other.to_bytes()
    again.merge(observer)
    assert again.summary().count == 6
    with pytest.raises(quantcal.QuantcalValueError, match="are the same"):
        again.merge(again)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(quantcal.QuantcalValueError, match="bins is 15"):
        quantcal.QuantizeObserver(bins=15)
    observer = observed([1.0])
    before = observer.to_bytes()
    with pytest.raises(quantcal.QuantcalValueError, match=r"values\[1\] is nan"):
        observer.update([100.0, np.nan])
    with pytest.raises(quantcal.QuantcalValueError, match="other has 1 channels of 16 bins"):
        observer.merge(quantcal.QuantizeObserver(bins=16))
    with pytest.raises(TypeError, match="expected a QuantizeObserver"):
        observer.merge(3)  # type: ignore[arg-type]
    with pytest.raises(quantcal.QuantcalValueError, match="zeros is NULL"):
        observer.range("int4", "half_quadratic")
    with pytest.raises(quantcal.QuantcalValueError, match="bytes are not an observer"):
        quantcal.QuantizeObserver.from_bytes(before[:-1])
    assert observer.to_bytes() == before
    empty = quantcal.QuantizeObserver()
    assert empty.range("uint4", "mse", zeros=True) == (1, 0)
    assert np.isnan(empty.summary().mean)
