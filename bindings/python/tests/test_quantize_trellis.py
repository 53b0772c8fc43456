"""Trellis-coded quantization from Python: against Viterbi in NumPy and published figures."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

import quantcal
from quantcal import QuantizeTrellis


def states_of(codes: NDArray[np.uint8], steps: int, trellis: QuantizeTrellis) -> NDArray[np.int64]:
    """The states of one sequence, from the layout's words."""
    bits = np.unpackbits(codes)
    size, step = trellis.state_bits, trellis.step_bits
    bits = bits[: steps * step] if trellis.tail_biting else bits[: size + (steps - 1) * step]
    ring = np.concatenate([bits, bits])
    windows = [ring[i * step : i * step + size] for i in range(steps)]
    return np.array([int("".join(map(str, window)), 2) for window in windows])


def viterbi(
    x: NDArray[np.float64], values: NDArray[np.float32], size: int, step: int
) -> tuple[float, NDArray[np.int64]]:
    """The best open path in doubles, by the textbook: the least sum over all predecessors."""
    states = np.arange(1 << size)
    before = (states >> step)[:, None] | (np.arange(1 << step) << (size - step))[None, :]
    rows = x.reshape(-1, values.shape[1])
    sums = np.sum((rows[0] - values.astype(float)) ** 2, axis=1)
    back = []
    for row in rows[1:]:
        choice = np.argmin(sums[before], axis=1)
        back.append(before[states, choice])
        sums = sums[back[-1]] + np.sum((row - values.astype(float)) ** 2, axis=1)
    path = [int(np.argmin(sums))]
    for link in reversed(back):
        path.append(int(link[path[-1]]))
    return float(np.min(sums)), np.array(path[::-1])


@pytest.mark.parametrize(
    ("size", "step", "width"), [(8, 1, 1), (8, 2, 1), (9, 3, 2), (10, 2, 1), (7, 7, 1), (11, 9, 2)]
)
def test_an_open_path_is_the_best_one(size: int, step: int, width: int) -> None:
    x = np.random.default_rng(size).standard_normal((1, 60)).astype(np.float32)
    trellis = QuantizeTrellis("gaussian", size, step, width, tail_biting=False, length=60)
    codes, error = quantcal.quantize_trellis_encode(x, [1.0], trellis)
    values = quantcal.quantize_trellis_values(trellis)
    best, path = viterbi(x[0].astype(float), values, size, step)
    assert error == pytest.approx(best, rel=1e-6)
    np.testing.assert_array_equal(states_of(codes, 60 // width, trellis), path)


def test_an_importance_weighted_path_is_the_best_one() -> None:
    rng = np.random.default_rng(1)
    x = rng.standard_normal((1, 7)).astype(np.float32)
    importance = rng.random((1, 7)).astype(np.float32)
    trellis = QuantizeTrellis("gaussian", 4, 1, tail_biting=False, length=7)
    values = quantcal.quantize_trellis_values(trellis)[:, 0].astype(float)
    best = np.inf
    for first, *bits in itertools.product(range(16), *[range(2)] * 6):
        path = [first]
        for bit in bits:
            path.append((path[-1] << 1 | bit) & 15)
        best = min(best, float(np.sum(importance[0] * (x[0] - values[path]) ** 2)))
    error = quantcal.quantize_trellis_encode(x, [1.0], trellis, importance=importance).error
    assert error == pytest.approx(best, rel=1e-6)


@pytest.mark.parametrize(("size", "step", "width"), [(8, 2, 1), (12, 3, 2), (9, 4, 1), (16, 2, 1)])
def test_rings_close(size: int, step: int, width: int) -> None:
    x = np.random.default_rng(3).standard_normal((3, 64)).astype(np.float32)
    trellis = QuantizeTrellis("gaussian", size, step, width, length=64)
    codes, _ = quantcal.quantize_trellis_encode(x, [1.0] * 3, trellis)
    steps = 64 // width
    assert len(codes) == 3 * steps * step // 8  # not a bit for a first state
    values = quantcal.quantize_trellis_values(trellis)
    decoded = quantcal.quantize_trellis_decode(codes, [1.0] * 3, x.shape, trellis)
    for row, own in enumerate(codes.reshape(3, -1)):
        states = states_of(own, steps, trellis)
        assert states[-1] & ((1 << (size - step)) - 1) == states[0] >> step
        np.testing.assert_array_equal(decoded[row], values[states].ravel())


def test_computed_codes_are_their_definitions() -> None:
    state = np.arange(1 << 16, dtype=np.uint64)
    word = (34038481 * state + 76625530) % 2**32
    total = sum(word >> np.uint64(shift) & np.uint64(255) for shift in (0, 8, 16, 24))
    expected = np.float32((np.asarray(total, float) - 510) / 147.800537109375)
    np.testing.assert_array_equal(quantcal.quantize_trellis_values()[:, 0], expected)
    word = ((89226354 * state + 64248484) % 2**32 & np.uint64(0x8FFF8FFF)) ^ np.uint64(0x3B603B60)
    halves = word.astype(np.uint32).view(np.float16).reshape(-1, 2)
    expected = np.float32(halves[:, 0] + halves[:, 1])
    values = quantcal.quantize_trellis_values(QuantizeTrellis("3inst"))
    np.testing.assert_array_equal(values[:, 0], expected)


def test_hybrid_is_its_definition() -> None:
    table = np.random.default_rng(5).standard_normal((512, 2)).astype(np.float32)
    trellis = QuantizeTrellis("hybrid", 16, 4, 2, table=table)
    hashed = np.arange(1 << 16) * (np.arange(1 << 16) + 1)
    expected = table[(hashed >> 6) & 511]
    expected[:, 0] *= 1 - 2 * ((hashed >> 15) & 1)
    np.testing.assert_array_equal(quantcal.quantize_trellis_values(trellis), expected)


@pytest.mark.parametrize(
    ("code", "ratio", "published"),
    [("1mad", 0.9, 0.069), ("3inst", 0.9, 0.069), ("gaussian", 1, 0.068)],
)
def test_two_bits_have_the_published_error(code: str, ratio: float, published: float) -> None:
    """QTIP's figures for normal numbers, L = 16, T = 256; the bound of two bits is 0.0625."""
    x = np.random.default_rng(7).standard_normal((24, 256)).astype(np.float32)
    trellis = QuantizeTrellis(code)  # type: ignore[arg-type]
    scales = quantcal.quantize_trellis_scales(x, trellis, ratio=ratio, granularity="tensor")
    error = quantcal.quantize_trellis_encode(x, scales, trellis, granularity="tensor").error
    assert error / x.size == pytest.approx(published, abs=0.0015)


def test_rates_between_whole_bits() -> None:
    x = np.random.default_rng(9).standard_normal((16, 256)).astype(np.float32)
    errors = []
    for step in range(2, 7):
        trellis = QuantizeTrellis("gaussian", 12, step, 2)
        assert quantcal.quantize_trellis_layout(16, 256, trellis).code_bytes == 16 * 128 * step // 8
        errors.append(quantcal.quantize_trellis_encode(x, [1.0] * 16, trellis).error / x.size)
    bounds = 4.0 ** -(np.arange(2, 7) / 2)
    assert np.all(np.diff(errors) < 0)
    assert np.all(np.array(errors) > bounds * 0.97)
    assert np.all(np.array(errors) < bounds * 1.45)


def test_shapes_and_scales() -> None:
    x = np.random.default_rng(11).standard_normal((4, 5, 33)).astype(np.float32) * 3
    trellis = QuantizeTrellis("gaussian", 8, 3, length=40)
    shapes = {"row": (20, 1), "group": (20, 3), "tensor": (1, 1)}
    for granularity, shape in shapes.items():
        sharing = {"granularity": granularity, "group_size": 16}
        scales = quantcal.quantize_trellis_scales(x, trellis, **sharing)
        assert scales.shape == shape
        codes, error = quantcal.quantize_trellis_encode(x, scales, trellis, **sharing)
        decoded = quantcal.quantize_trellis_decode(codes, scales, (20, 33), trellis, **sharing)
        own = np.sum((decoded - x.reshape(20, 33)).astype(float) ** 2)
        assert error == pytest.approx(own, rel=1e-6)
        assert error < 0.05 * np.sum(x.astype(float) ** 2)


def test_progress_and_cancelling() -> None:
    x = np.random.default_rng(13).standard_normal((400, 256))
    trellis = QuantizeTrellis("gaussian", 12, 2)
    seen: list[float] = []
    quantcal.quantize_trellis_encode(x, np.ones(400), trellis, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[0] == 0
    with pytest.raises(quantcal.QuantcalError, match="cancelled"):
        quantcal.quantize_trellis_encode(x, np.ones(400), trellis, progress=lambda _: True)


def test_what_does_not_fit_is_refused() -> None:
    x = np.zeros((2, 6), np.float32)
    with pytest.raises(quantcal.QuantcalError, match="code is 'none'"):
        quantcal.quantize_trellis_values(QuantizeTrellis("none"))  # type: ignore[arg-type]
    with pytest.raises(quantcal.QuantcalError, match="table is None"):
        quantcal.quantize_trellis_values(QuantizeTrellis("table"))
    with pytest.raises(quantcal.QuantcalError, match="table has shape"):
        quantcal.quantize_trellis_values(QuantizeTrellis("table", 2, table=[1, 2, 3]))
    with pytest.raises(quantcal.QuantcalError, match="scales"):
        quantcal.quantize_trellis_encode(x, [1.0])
    with pytest.raises(quantcal.QuantcalError, match="importance"):
        quantcal.quantize_trellis_encode(x, [1.0, 1.0], importance=np.ones((2, 5)))
    with pytest.raises(quantcal.QuantcalError, match="codes has shape"):
        quantcal.quantize_trellis_decode(np.zeros(4, np.uint8), [1.0, 1.0], (2, 6))
    with pytest.raises(quantcal.QuantcalError, match="length is 65536"):
        quantcal.quantize_trellis_layout(1, 1, QuantizeTrellis(state_bits=20, length=65536))
