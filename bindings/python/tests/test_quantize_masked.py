"""Salient elements and parts of matrices: against NumPy, and against a part quantized alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import quantcal


def test_salient_elements_are_the_first_of_a_stable_sort() -> None:
    random = np.random.default_rng(0)
    for _ in range(300):
        rows, columns = random.integers(1, 9, 2)
        w = random.integers(-4, 5, (rows, columns)) / 4
        factors = random.integers(1, 4, columns) / 2
        fraction = float(random.choice([0, 0.1, 1 / 3, 0.5, 0.9, 1]))
        granularity = str(random.choice(["tensor", "row", "group"]))
        size = int(random.integers(1, 10))
        mask = quantcal.quantize_salient_mask(
            w, fraction, factors=factors, granularity=granularity, group_size=size
        )
        saliency = np.abs(w) * factors
        expected = np.zeros(w.shape, bool)
        step = {"tensor": columns, "row": columns, "group": size}[granularity]
        blocks = [np.s_[:, :]] if granularity == "tensor" else []
        if granularity != "tensor":
            blocks = [
                np.s_[i : i + 1, j : j + step] for i in range(rows) for j in range(0, columns, step)
            ]
        for block in blocks:
            values = saliency[block].ravel()
            order = np.argsort(-values, kind="stable")[: round(fraction * values.size)]
            chosen = np.zeros(values.size, bool)
            chosen[order] = True
            expected[block] = chosen.reshape(saliency[block].shape)
        np.testing.assert_array_equal(mask, expected)


def test_large_matrices_have_exact_counts() -> None:
    w = np.random.default_rng(1).standard_normal((300, 200)).round(2)
    mask = quantcal.quantize_salient_mask(w, 0.05)
    assert mask.sum() == 3000
    assert np.abs(w[mask]).min() >= np.abs(w[~mask]).max()


@pytest.mark.parametrize("selected", [True, False])
@pytest.mark.parametrize("grid", ["int4", "uint8", "binary", "nf4", "midrise3"])
@pytest.mark.parametrize("rule", ["min_max", "mean_absolute", "percentile", "mse"])
def test_a_part_is_quantized_as_if_it_were_alone(grid: str, rule: str, selected: bool) -> None:
    random = np.random.default_rng(2)
    w = (random.standard_normal((6, 90)) ** 3).astype(np.float32)
    mask = random.random(w.shape) < 0.2
    found = quantcal.quantize_masked_range(
        w, mask, grid, rule, selected=selected, zeros=True, granularity="row"
    )
    codes = quantcal.quantize_masked_encode(
        w, mask, grid, *found, selected=selected, granularity="row"
    )
    out = w.copy()
    quantcal.quantize_masked_decode(
        codes, mask, grid, *found, selected=selected, granularity="row", out=out
    )
    chosen = mask == selected
    np.testing.assert_array_equal(out[~chosen], w[~chosen])
    start = 0
    for row in range(len(w)):
        alone = w[row][chosen[row]]
        scales, zeros = quantcal.quantize_range(alone, grid, rule, zeros=True, granularity="row")
        np.testing.assert_array_equal(found.scales[row], scales[0])
        assert zeros is not None and found.zeros is not None
        np.testing.assert_array_equal(found.zeros[row], zeros[0])
        expected = quantcal.quantize_grid_encode(alone, grid, scales, zeros, granularity="row")[0]
        np.testing.assert_array_equal(codes[start : start + len(expected)], expected)
        start += len(expected)
        decoded = quantcal.quantize_grid_decode(
            expected[None], grid, scales, len(alone), zeros, granularity="row"
        )
        np.testing.assert_array_equal(out[row][chosen[row]], decoded[0])
    assert start == len(codes)
    layout = quantcal.quantize_masked_layout(mask, grid, selected=selected, granularity="row")
    assert layout == (chosen.sum(), len(codes), len(w))


def partly_binary(w: Any, mask: Any) -> tuple[Any, int]:
    """Salient weights in eight bits, the others in one; and all bytes."""
    out = np.zeros(w.shape, np.float32)
    size = (w.shape[1] + 7) // 8 * len(w)
    for grid, rule, selected in [("uint8", "min_max", True), ("binary", "mean_absolute", False)]:
        found = quantcal.quantize_masked_range(w, mask, grid, rule, selected=selected, zeros=True)
        codes = quantcal.quantize_masked_encode(w, mask, grid, *found, selected=selected)
        quantcal.quantize_masked_decode(codes, mask, grid, *found, selected=selected, out=out)
        assert found.zeros is not None
        size += codes.nbytes + found.scales.nbytes + found.zeros.nbytes
    return out, size


def test_partly_binary_weights() -> None:
    w = np.array([[3, 2.5, 0.1, -0.1, 0.3, -0.05]])
    decoded, _ = partly_binary(w, quantcal.quantize_salient_mask(w, 1 / 3))
    rest = decoded[0, 2:]
    np.testing.assert_allclose(rest, [0.2, -0.075, 0.2, -0.075], rtol=1e-6)
    assert np.mean((rest - w[0, 2:]) ** 2) == pytest.approx(0.0053125)
    # Of weights with heavy tails: more salient ones, less error, and the bytes that they cost.
    w = np.random.default_rng(3).standard_t(3, (64, 512)).astype(np.float32)
    errors = []
    for fraction in [0, 0.05, 0.1, 0.2, 0.4]:
        decoded, size = partly_binary(w, quantcal.quantize_salient_mask(w, fraction))
        errors.append(np.mean((decoded - w) ** 2))
        bits = 8 * size / w.size
        # A mask, one bit or eight, rounded up in each row, and two pairs of singles a group.
        assert bits == pytest.approx(1 + 1 + 7 * fraction + 128 / 128, abs=2 * 8 / 512)
    assert errors == sorted(errors, reverse=True)


def test_split_channels() -> None:
    """The two halves of a concatenation have two ranges; a split at an end leaves one."""
    random = np.random.default_rng(4)
    x = np.hstack([random.standard_normal((50, 30)), 40 + 10 * random.standard_normal((50, 20))])
    one = quantcal.quantize_range(x, "uint4", zeros=True, granularity="tensor")

    def error(split: int) -> float:
        mask = np.arange(x.shape[1]) < split
        out = np.zeros(x.shape, np.float32)
        for selected in [True, False]:
            options: Any = {"selected": selected, "granularity": "tensor"}
            found = quantcal.quantize_masked_range(x, mask, "uint4", zeros=True, **options)
            if split in (0, x.shape[1]) and selected == (split > 0):
                assert found.scales == one.scales and found.zeros == one.zeros
            codes = quantcal.quantize_masked_encode(x, mask, "uint4", *found, **options)
            quantcal.quantize_masked_decode(codes, mask, "uint4", *found, out=out, **options)
        return float(np.mean((out - x) ** 2))

    assert error(30) < error(10) < error(0) == error(50)


def test_what_does_not_fit_is_refused() -> None:
    w = np.ones((2, 3))
    mask = np.ones((2, 3), bool)
    with pytest.raises(TypeError, match="mask has dtype int64; expected bool"):
        quantcal.quantize_masked_range(w, mask.astype(int), "int4")
    with pytest.raises(quantcal.QuantcalValueError, match="mask has shape"):
        quantcal.quantize_masked_range(w, mask[:1], "int4")
    with pytest.raises(quantcal.QuantcalValueError, match="w has shape"):
        quantcal.quantize_masked_range(w, mask[:, :2], "int4")
    with pytest.raises(quantcal.QuantcalValueError, match="rows must be given"):
        quantcal.quantize_masked_layout(mask[0], "int4")
    with pytest.raises(quantcal.QuantcalValueError, match="codes has shape"):
        quantcal.quantize_masked_decode(
            np.zeros(3, np.uint8), mask, "int4", [1, 1], out=np.zeros((2, 3), np.float32)
        )
    with pytest.raises(quantcal.QuantcalValueError, match="out has shape"):
        quantcal.quantize_masked_decode(
            np.zeros(3, np.uint8), mask, "int4", [1, 1], out=np.zeros((2, 4), np.float32)
        )
    with pytest.raises(TypeError, match="out is a list"):
        quantcal.quantize_masked_decode(
            np.zeros(3, np.uint8),
            mask,
            "int4",
            [1, 1],
            out=[[0.0] * 3] * 2,  # type: ignore[arg-type]
        )
