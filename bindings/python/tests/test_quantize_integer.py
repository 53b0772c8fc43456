"""Integer quantization: against the formulas in NumPy; packing against big integers."""

from __future__ import annotations

import ml_dtypes
import numpy as np
import pytest

import quantcal


def groups_of(row: np.ndarray, size: int) -> list[np.ndarray]:
    return [row[start : start + size] for start in range(0, len(row), size)]


def encode_group(group: np.ndarray, bits: int, symmetric: bool) -> tuple[np.ndarray, float, int]:
    """Codes, scale and zero point of one group, as the header defines them."""
    values = group.astype(np.float32)
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    steps = 2 ** (bits - 1) - 1 if symmetric else 2**bits - 1
    scale = np.float32((max(high, -low) if symmetric else high - low) / steps)
    if high == low:
        scale = np.float32(1)
    zero = 0 if symmetric else int(np.rint(np.float32(-low) / scale))
    codes = np.rint(values / scale).astype(int) + zero
    return codes, float(scale), zero


@pytest.mark.parametrize("dtype", [np.float32, np.float16, ml_dtypes.bfloat16])
@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("bits", range(2, 9))
def test_codes_follow_the_formulas(
    rng: np.random.Generator, bits: int, symmetric: bool, dtype: type
) -> None:
    w = rng.normal(size=(5, 77)).astype(dtype)
    w[2, :32] = 0
    q = quantcal.quantize(w, bits=bits, group_size=32, symmetric=symmetric)
    assert q.codes.dtype == (np.int8 if symmetric else np.uint8) and q.codes.shape == w.shape
    assert q.scales.shape == (5, 3)
    for row in range(5):
        parts = [encode_group(group, bits, symmetric) for group in groups_of(w[row], 32)]
        np.testing.assert_array_equal(q.scales[row], [scale for _, scale, _ in parts])
        np.testing.assert_array_equal(
            q.codes[row], np.concatenate([codes for codes, _, _ in parts])
        )
        if not symmetric:
            np.testing.assert_array_equal(q.zeros[row], [zero for _, _, zero in parts])
    assert (q.zeros is None) == symmetric == q.symmetric


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize(("granularity", "groups"), [("row", (6, 1)), ("tensor", (1, 1))])
def test_dequantized_is_codes_times_scales(
    rng: np.random.Generator, granularity: str, groups: tuple[int, int], symmetric: bool
) -> None:
    w = rng.normal(size=(6, 50)).astype(np.float32)
    q = quantcal.quantize(w, 5, symmetric=symmetric, granularity=granularity)
    assert q.scales.shape == groups
    codes = q.codes.astype(np.float32) - (0 if symmetric else q.zeros.astype(np.float32))
    single = codes * q.scales
    np.testing.assert_array_equal(q.dequantize(), single)
    np.testing.assert_array_equal(q.dequantize(np.float16), single.astype(np.float16))
    half = q.dequantize(ml_dtypes.bfloat16)
    assert half.dtype == ml_dtypes.bfloat16
    np.testing.assert_array_equal(half, single.astype(ml_dtypes.bfloat16))
    bits = q.dequantize("bfloat16")
    assert bits.dtype == np.uint16
    np.testing.assert_array_equal(bits, half.view(np.uint16))


def test_errors_are_at_most_half_a_step(rng: np.random.Generator) -> None:
    w = rng.standard_t(3, size=(32, 256)).astype(np.float32)
    worst = []
    for bits in range(2, 9):
        q = quantcal.quantize(w, bits)
        error = np.abs(q.dequantize() - w)
        assert np.all(error <= np.repeat(q.scales, 128, axis=1) * 0.5000001)
        worst.append(error.max())
    assert worst == sorted(worst, reverse=True)


def test_the_shape_comes_back(rng: np.random.Generator) -> None:
    for shape in [(300,), (2, 3, 40), (4, 1, 2, 5), (0, 7), (3, 0), (0,)]:
        w = rng.normal(size=shape)
        for symmetric in (True, False):
            q = quantcal.quantize(w, symmetric=symmetric, group_size=16)
            assert q.shape == q.codes.shape == q.dequantize().shape == shape
            rows = int(np.prod(shape[:-1]))
            flat = quantcal.quantize(w.reshape(rows, shape[-1]), symmetric=symmetric, group_size=16)
            np.testing.assert_array_equal(flat.packed, q.packed)


def test_size_in_bytes(rng: np.random.Generator) -> None:
    w = rng.normal(size=(16, 256)).astype(np.float32)
    assert quantcal.quantize(w, 4).nbytes == 16 * (128 + 2 * 4)
    assert quantcal.quantize(w, 3, symmetric=False).nbytes == 16 * (96 + 2 * 4 + 2)
    layout = quantcal.quantize_layout(16, 256, bits=3)
    assert layout == (16 * 96, 32)


def test_out_is_written_and_returned(rng: np.random.Generator) -> None:
    q = quantcal.quantize(rng.normal(size=(3, 40)))
    for dtype in (np.float32, np.float16, ml_dtypes.bfloat16, np.uint16):
        out = np.empty((3, 40), dtype)
        assert q.dequantize(out=out) is out
        name = "bfloat16" if dtype == np.uint16 else dtype
        np.testing.assert_array_equal(out, q.dequantize(name))


def test_out_must_fit(rng: np.random.Generator) -> None:
    q = quantcal.quantize(rng.normal(size=(3, 40)))
    with pytest.raises(ValueError, match=r"out has shape \(40, 3\); expected \(3, 40\)"):
        q.dequantize(out=np.empty((40, 3), np.float32))
    with pytest.raises(TypeError, match="dtype is float64; expected float32"):
        q.dequantize(out=np.empty((3, 40)))
    with pytest.raises(TypeError, match="dtype is int32"):
        q.dequantize(np.int32)
    with pytest.raises(TypeError, match="out has dtype float16; expected float32"):
        q.dequantize(np.float32, np.empty((3, 40), np.float16))
    with pytest.raises(TypeError, match="out is a list"):
        q.dequantize(out=[[0.0] * 40] * 3)
    frozen = np.empty((3, 40), np.float32)
    frozen.flags.writeable = False
    for out in (np.empty((40, 3), np.float32).T, frozen):
        with pytest.raises(ValueError, match="contiguous, aligned and writeable"):
            q.dequantize(out=out)


def test_a_matrix_is_made_of_stored_parts(rng: np.random.Generator) -> None:
    q = quantcal.quantize(rng.normal(size=(4, 100)), 6, 32, symmetric=False)
    again = quantcal.QuantizedMatrix(
        q.packed.ravel(), q.scales.ravel().tolist(), q.zeros.ravel(), [4, 100], 6, 32
    )
    assert again.packed.shape == q.packed.shape and again.scales.shape == q.scales.shape
    np.testing.assert_array_equal(again.dequantize(), q.dequantize())
    assert repr(again) == (
        "QuantizedMatrix(shape=(4, 100), bits=6, group_size=32, granularity='group')"
    )


def test_parts_that_do_not_belong_together_are_refused(rng: np.random.Generator) -> None:
    q = quantcal.quantize(rng.normal(size=(4, 100)), symmetric=False)
    parts = {"packed": q.packed, "scales": q.scales, "zeros": q.zeros, "shape": (4, 100)}
    quantcal.QuantizedMatrix(**parts)
    for name, value, message in [
        ("packed", q.packed[:, :-1], r"packed has shape \(4, 49\); expected \(4, 50\)"),
        ("scales", q.scales[:3], r"scales has shape \(3, 1\); expected \(4, 1\)"),
        ("zeros", q.zeros[1:], r"zeros has shape \(3, 1\); expected \(4, 1\)"),
        ("shape", (5, 100), "packed has shape"),
        ("shape", (), r"shape is \(\)"),
        ("shape", (-4, -100), "shape is -4"),
        ("shape", (2**40, 2**40), "."),
        ("bits", 9, "bits is 9"),
        ("granularity", "column", "granularity is 'column'; expected one of 'group', 'row'"),
    ]:
        with pytest.raises(quantcal.QuantcalValueError, match=message):
            quantcal.QuantizedMatrix(**{**parts, name: value})
    with pytest.raises(TypeError, match="packed has dtype int8; expected uint8"):
        quantcal.QuantizedMatrix(**{**parts, "packed": q.packed.view(np.int8)})


def packed_row(codes: list[int], bits: int) -> list[int]:
    """One row as one big integer, code j at bit j * bits."""
    total = sum((code & (2**bits - 1)) << (position * bits) for position, code in enumerate(codes))
    return list(total.to_bytes(-(-len(codes) * bits // 8), "little"))


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("bits", range(1, 9))
def test_packing(rng: np.random.Generator, bits: int, signed: bool) -> None:
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1)) if signed else (0, 2**bits)
    for columns in (1, 2, 3, 7, 8, 9, 63, 64, 65, 130):
        codes = rng.integers(low, high, (3, columns)).astype(np.int8 if signed else np.uint8)
        packed = quantcal.pack_codes(codes, bits)
        assert packed.tolist() == [packed_row(row, bits) for row in codes.tolist()]
        np.testing.assert_array_equal(quantcal.unpack_codes(packed, columns, bits, signed), codes)
        wide = codes.astype(np.int64)
        np.testing.assert_array_equal(quantcal.pack_codes(wide, bits, signed=signed), packed)


def test_packing_keeps_leading_axes(rng: np.random.Generator) -> None:
    codes = rng.integers(0, 8, (2, 3, 11), dtype=np.uint8)
    packed = quantcal.pack_codes(codes, 3)
    assert packed.shape == (2, 3, 5)
    np.testing.assert_array_equal(quantcal.unpack_codes(packed, 11, 3, signed=False), codes)
    assert quantcal.pack_codes(np.empty((0, 4), np.uint8), 3).shape == (0, 2)


def test_codes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(quantcal.QuantcalValueError, match="8") as caught:
        quantcal.pack_codes(np.array([1, 8], np.uint8), 3)
    assert caught.value.status_name == "QC_ERR_DOMAIN"
    with pytest.raises(quantcal.QuantcalValueError, match="codes contains 300"):
        quantcal.pack_codes([1, 300], 8, signed=False)
    with pytest.raises(quantcal.QuantcalValueError, match="codes contains -1"):
        quantcal.pack_codes([-1, 3], 8, signed=False)
    for bits in (0, 9, -3):
        with pytest.raises(quantcal.QuantcalValueError, match=f"bits is {bits}"):
            quantcal.pack_codes([1], bits)
        with pytest.raises(quantcal.QuantcalValueError, match=f"bits is {bits}"):
            quantcal.unpack_codes(np.zeros(1, np.uint8), 1, bits, signed=True)
    with pytest.raises(ValueError, match=r"packed has shape \(2,\); expected \(3,\)"):
        quantcal.unpack_codes(np.zeros(2, np.uint8), 5, 4, signed=True)
