"""ggml's blocks against the `gguf` package, which llama.cpp publishes."""

from __future__ import annotations

from typing import Literal

import gguf
import gguf.quants
import numpy as np
import pytest

import quantcal
from quantcal.quantize.ggml import _NUMBERS

# gguf 0.19 names Q1_0 in its later versions only, and has halves outside its table.
KNOWN = {kind.name.lower(): kind for kind in gguf.quants._type_traits}
TYPES = sorted(KNOWN)


def decoded(blocks: np.ndarray, name: str) -> np.ndarray:
    with np.errstate(all="ignore"):
        return gguf.quants.dequantize(blocks, KNOWN[name])


def test_numbers_and_sizes_are_those_of_gguf() -> None:
    for name, number in _NUMBERS.items():
        if name not in KNOWN:
            assert name in ("f16", "q1_0")
            continue
        assert number == KNOWN[name].value
        length, size = gguf.GGML_QUANT_SIZES[KNOWN[name]]
        layout = quantcal.quantize_ggml_layout(3, 5 * length, name)
        assert layout == (length, size, 5 * size, 15 * size)
    assert set(TYPES) <= set(_NUMBERS)


@pytest.mark.parametrize("name", TYPES)
def test_every_pattern_of_bytes_decodes_as_gguf_decodes_it(name: str) -> None:
    random = np.random.default_rng(TYPES.index(name))
    blocks = random.integers(0, 256, (64, 8 * KNOWN_SIZES[name]), np.uint8)
    np.testing.assert_array_equal(
        quantcal.quantize_ggml_decode(blocks, name), decoded(blocks, name)
    )
    for byte in (0x00, 0xFF, 0x7C, 0x7F):
        blocks = np.full((2, KNOWN_SIZES[name]), byte, np.uint8)
        expected = decoded(blocks, name)
        np.testing.assert_array_equal(quantcal.quantize_ggml_decode(blocks, name), expected)


KNOWN_SIZES = {name: gguf.GGML_QUANT_SIZES[kind][1] for name, kind in KNOWN.items()}


def test_every_point_of_the_codebooks() -> None:
    """IQ1_S, IQ2_XS and IQ3_S address all of their points by words that are counted up."""
    for name, high in (("iq2_xs", 512), ("iq1_s", 2048), ("iq2_s", 1024), ("iq3_s", 512)):
        random = np.random.default_rng(high)
        blocks = random.integers(0, 256, (4096, KNOWN_SIZES[name]), np.uint8)
        blocks[:, :2] = [0x00, 0x3C]
        np.testing.assert_array_equal(
            quantcal.quantize_ggml_decode(blocks, name), decoded(blocks, name)
        )


def test_halves_and_signs() -> None:
    bits = np.arange(65536, dtype=np.uint16)
    halves = quantcal.quantize_ggml_decode(bits.view(np.uint8), "f16")
    np.testing.assert_array_equal(halves, bits.view(np.float16).astype(np.float32))
    block = np.array([0x00, 0x3E, 0b101, *15 * [0]], np.uint8)
    values = quantcal.quantize_ggml_decode(block, "q1_0")
    np.testing.assert_array_equal(values[:4], [1.5, -1.5, 1.5, -1.5])
    assert values.shape == (128,)


def test_shapes() -> None:
    blocks = np.zeros((2, 3, 4 * 18), np.uint8)
    assert quantcal.quantize_ggml_decode(blocks, "q4_0").shape == (2, 3, 128)
    assert quantcal.quantize_ggml_decode(np.zeros((0, 18), np.uint8), "q4_0").shape == (0, 32)
    assert quantcal.quantize_ggml_decode(np.zeros((2, 0), np.uint8), "q4_0").shape == (2, 0)
    with pytest.raises(
        quantcal.QuantcalValueError, match="rows of 17 bytes; q4_0 has blocks of 18"
    ):
        quantcal.quantize_ggml_decode(np.zeros(17, np.uint8), "q4_0")
    with pytest.raises(TypeError, match="uint8"):
        quantcal.quantize_ggml_decode(np.zeros(18, np.int32), "q4_0")
    with pytest.raises(quantcal.QuantcalValueError, match="'Q9'"):
        quantcal.quantize_ggml_decode(np.zeros(18, np.uint8), "Q9")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "columns", "fallback"),
    [("q4_k", 96, "Q5_0"), ("q5_k", 96, "Q5_1"), ("q6_k", 96, "Q8_0"), ("q2_k", 96, "IQ4_NL"),
     ("iq4_xs", 96, "IQ4_NL"), ("tq1_0", 96, "Q4_0"), ("q6_k", 33, "F16"), ("q4_0", 33, "F16")],
)  # fmt: skip
def test_rows_that_blocks_do_not_divide(name: str, columns: int, fallback: str) -> None:
    with pytest.raises(quantcal.QuantcalValueError, match=f"columns is {columns};.* {fallback} "):
        quantcal.quantize_ggml_layout(1, columns, name)  # type: ignore[arg-type]


# NVFP4, the K types and IQ4 have no encoder in gguf: the shared vectors have ggml's own bytes.
ENCODERS = ["q4_0", "q4_1", "q5_0", "q5_1", "q8_0", "mxfp4", "tq1_0", "tq2_0", "bf16"]


def matrices() -> dict[str, np.ndarray]:
    random = np.random.default_rng(11)
    normal = random.standard_normal((64, 512)).astype(np.float32)
    ties = random.integers(-15, 16, (64, 512)).astype(np.float32) / 2
    sparse = np.where(random.random((64, 512)) < 0.03, normal, 0).astype(np.float32)
    return {
        "normal": normal,
        "heavy tails": random.standard_t(2, (64, 512)).astype(np.float32),
        "tiny": normal * np.float32(1e-7),
        "large": normal * np.float32(3e5),
        "ties": ties,
        "ternary": random.integers(-1, 2, (64, 512)).astype(np.float32),
        "sparse": sparse,
        "powers": (2.0 ** random.integers(-20, 15, (64, 512))).astype(np.float32),
        "zeros": np.zeros((3, 512), np.float32),
        "negative zeros": np.full((3, 512), -0.0, np.float32),
    }


@pytest.mark.parametrize("name", ENCODERS)
def test_encoders_give_the_bytes_of_gguf(name: str) -> None:
    for kind, values in matrices().items():
        with np.errstate(all="ignore"):
            expected = gguf.quants.quantize(values, KNOWN[name])
        blocks = quantcal.quantize_ggml_encode(values, name, mode="reference")  # type: ignore[arg-type]
        np.testing.assert_array_equal(blocks, np.asarray(expected).view(np.uint8), kind)


@pytest.mark.parametrize(
    ("name", "published"),
    [("q2_k", 8.82e-2), ("q4_k", 5.08e-3), ("q6_k", 3.13e-4), ("iq4_nl", 5.75e-3)],
)
def test_errors_are_those_that_ggml_has_or_less(name: str, published: float) -> None:
    """The mean squared error of ggml's encoders on normal numbers."""
    values = np.random.default_rng(12).standard_normal((64, 4096)).astype(np.float32)
    blocks = quantcal.quantize_ggml_encode(values, name, mode="reference")  # type: ignore[arg-type]
    error = np.mean((decoded(blocks, name) - values) ** 2)
    assert error == pytest.approx(published, rel=0.02)
    best = quantcal.quantize_ggml_encode(values, name)  # type: ignore[arg-type]
    assert np.mean((decoded(best, name) - values) ** 2) < 0.98 * error


TUNED = ["q4_0", "q4_1", "q5_0", "q5_1", "q8_0", "q2_k", "q3_k", "q4_k", "q5_k", "q6_k"]


@pytest.mark.parametrize("name", [*TUNED, "iq4_nl", "iq4_xs"])
def test_best_is_no_worse_than_ggml_in_any_block(name: str) -> None:
    length = quantcal.quantize_ggml_layout(0, 0, name).block_length  # type: ignore[arg-type]
    counts = np.random.default_rng(14).exponential(size=512).astype(np.float32)
    counts[::7] = 0

    def errors(
        values: np.ndarray, importance: np.ndarray | None, mode: Literal["best", "reference"]
    ) -> np.ndarray:
        blocks = quantcal.quantize_ggml_encode(values, name, importance, mode=mode)  # type: ignore[arg-type]
        difference = decoded(blocks, name).astype(float) - values
        weighted = difference**2 * (1 if importance is None else importance)
        return np.asarray(weighted.reshape(-1, length).sum(axis=1))

    for kind, values in matrices().items():
        for importance in (None, counts):
            with np.errstate(all="ignore"):
                best = errors(values, importance, "best")
                reference = errors(values, importance, "reference")
            assert not np.any(best > reference * (1 + 1e-12)), kind


@pytest.mark.parametrize("name", ["q4_0", "q5_1", "q2_k", "q3_k", "q4_k", "q5_k", "q6_k", "iq4_nl"])
def test_importance_lowers_the_weighted_error(name: str) -> None:
    random = np.random.default_rng(13)
    values = random.standard_normal((64, 512)).astype(np.float32)
    importance = random.exponential(size=512).astype(np.float32) ** 3

    def error(blocks: np.ndarray) -> float:
        return float(np.sum(importance * (decoded(blocks, name) - values) ** 2))

    plain = quantcal.quantize_ggml_encode(values, name)  # type: ignore[arg-type]
    weighted = quantcal.quantize_ggml_encode(values, name, importance)  # type: ignore[arg-type]
    assert error(weighted) < error(plain)


def test_arguments_of_the_encoder() -> None:
    values = np.ones((2, 3, 64), np.float32)
    assert quantcal.quantize_ggml_encode(values, "q4_0").shape == (2, 3, 36)
    with pytest.raises(quantcal.QuantcalValueError, match="IQ1_S can be decoded, and not encoded"):
        quantcal.quantize_ggml_encode(np.ones(256), "iq1_s")
    with pytest.raises(ValueError, match="importance has shape"):
        quantcal.quantize_ggml_encode(values, "q4_0", np.ones(5))
    with pytest.raises(quantcal.QuantcalValueError, match="mode"):
        quantcal.quantize_ggml_encode(values, "q4_0", mode="other")  # type: ignore[arg-type]
    with pytest.raises(quantcal.Cancelled):
        quantcal.quantize_ggml_encode(values, "q4_0", progress=lambda _: True)
