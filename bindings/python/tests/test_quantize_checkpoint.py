"""Layouts of other runtimes: what those runtimes make of them, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

import quantcal

FORMATS = ["compressed_tensors", "gptq", "gptq_v2", "awq", "matmul_nbits"]


def quantized(
    rng: np.random.Generator, shape: tuple[int, int], **options: Any
) -> quantcal.QuantizedMatrix:
    return quantcal.quantize(rng.normal(size=shape).astype(np.float32), **options)


def matmul_nbits(
    a: np.ndarray, stored: quantcal.CheckpointWeights, shape: tuple[int, int], bits: int, size: int
) -> np.ndarray:
    """The product with the matrix, by ONNX Runtime's operator."""
    outputs, inputs = shape
    tensors = {"B": stored.weights, "scales": stored.scales}
    if stored.zeros is not None:
        tensors["zero_points"] = stored.zeros
    node = onnx.helper.make_node(
        "MatMulNBits",
        ["A", *tensors],
        ["Y"],
        domain="com.microsoft",
        K=inputs,
        N=outputs,
        bits=bits,
        block_size=size,
    )
    real = onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        [node],
        "product",
        [onnx.helper.make_tensor_value_info("A", real, [None, inputs])],
        [onnx.helper.make_tensor_value_info("Y", real, [None, outputs])],
        [onnx.numpy_helper.from_array(array, name) for name, array in tensors.items()],
    )
    domains = [onnx.helper.make_opsetid("", 21), onnx.helper.make_opsetid("com.microsoft", 1)]
    model = onnx.helper.make_model(graph, opset_imports=domains, ir_version=10)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    product: np.ndarray = session.run(None, {"A": a})[0]
    return product


@pytest.mark.parametrize("bits", [2, 4, 8])
@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize(("columns", "size"), [(96, 32), (100, 32), (16, 16), (300, 128)])
def test_onnx_runtime_multiplies_by_the_matrix(
    rng: np.random.Generator, bits: int, symmetric: bool, columns: int, size: int
) -> None:
    q = quantized(rng, (24, columns), bits=bits, group_size=size, symmetric=symmetric)
    a = rng.normal(size=(5, columns)).astype(np.float32)
    stored = quantcal.quantize_checkpoint_write(q, "matmul_nbits")
    product = matmul_nbits(a, stored, (24, columns), bits, size)
    exact = a.astype(np.float64) @ q.dequantize().astype(np.float64).T
    np.testing.assert_allclose(product, exact, rtol=0, atol=2e-6 * np.abs(exact).max())


@pytest.mark.parametrize("bits", [4, 8])
@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("shape", [(5, 10), (16, 64), (33, 96)])
def test_is_what_compressed_tensors_packs(
    rng: np.random.Generator, bits: int, symmetric: bool, shape: tuple[int, int]
) -> None:
    """Where that package is there: it needs PyTorch. Vectors have some of its words."""
    helpers = pytest.importorskip("compressed_tensors.compressors.pack_quantized.helpers")
    torch = pytest.importorskip("torch")
    q = quantized(rng, shape, bits=bits, granularity="row", symmetric=symmetric)
    stored = quantcal.quantize_checkpoint_write(q, "compressed_tensors")
    middle = 0 if symmetric else 1 << (bits - 1)

    def signed(codes: np.ndarray) -> Any:
        return torch.tensor((codes.astype(np.int16) - middle).astype(np.int8))

    packed = helpers.pack_to_int32(signed(q.codes), bits)
    np.testing.assert_array_equal(packed.numpy(), stored.weights)
    if q.zeros is not None and stored.zeros is not None:
        zeros = helpers.pack_to_int32(signed(q.zeros), bits, packed_dim=0)
        np.testing.assert_array_equal(zeros.numpy(), stored.zeros)


def gptq_weights(stored: quantcal.CheckpointWeights, bits: int, size: int, less: int) -> np.ndarray:
    """scales * (q - z) of a GPTQ checkpoint, for codes that divide a word."""
    shifts = np.arange(0, 32, bits, dtype=np.uint32)
    mask = np.uint32(2**bits - 1)
    words = stored.weights.view(np.uint32)
    codes = (words[:, None, :] >> shifts[:, None] & mask).reshape(-1, words.shape[1])
    assert stored.zeros is not None
    zero_words = stored.zeros.view(np.uint32)
    zeros = (zero_words[:, :, None] >> shifts & mask).reshape(len(zero_words), -1) + less
    group = np.arange(len(codes)) // size
    values: np.ndarray = stored.scales[group] * (codes.astype(float) - zeros[group])
    return values.T


@pytest.mark.parametrize("bits", [2, 4, 8])
@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize(("format", "less"), [("gptq", 1), ("gptq_v2", 0)])
def test_gptq_is_what_its_formula_says(
    rng: np.random.Generator, bits: int, symmetric: bool, format: Any, less: int
) -> None:
    # Zero points of 0, which the first version has not, do not come up here.
    w = np.sort(rng.normal(size=(64, 96)), axis=1).reshape(64, 3, 32)
    w = rng.permuted(w - w.mean(axis=2, keepdims=True), axis=2).reshape(64, 96).astype(np.float32)
    q = quantcal.quantize(w, bits=bits, group_size=32, symmetric=symmetric)
    stored = quantcal.quantize_checkpoint_write(q, format)
    np.testing.assert_allclose(gptq_weights(stored, bits, 32, less), q.dequantize(), rtol=1e-6)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("symmetric", [True, False])
def test_what_is_laid_out_is_read_again(
    rng: np.random.Generator, format: Any, symmetric: bool
) -> None:
    w = np.abs(rng.normal(size=(64, 256))).astype(np.float32)
    w[:, ::2] *= -1
    q = quantcal.quantize(w, group_size=64, symmetric=symmetric)
    stored = quantcal.quantize_checkpoint_write(q, format)
    again = quantcal.quantize_checkpoint_read(
        *stored, w.shape, format, group_size=64, symmetric=symmetric
    )
    np.testing.assert_array_equal(again.codes, q.codes)
    np.testing.assert_array_equal(again.scales, q.scales)
    if q.zeros is not None:
        np.testing.assert_array_equal(again.zeros, q.zeros)


def test_shapes_are_those_of_the_formats(rng: np.random.Generator) -> None:
    q = quantized(rng, (64, 96), group_size=32, symmetric=False)
    shapes = {
        "compressed_tensors": ((64, 12), (64, 3), (8, 3)),
        "gptq_v2": ((12, 64), (3, 64), (3, 8)),
        "awq": ((96, 8), (3, 64), (3, 8)),
        "matmul_nbits": ((64, 3, 16), (64, 3), (64, 2)),
    }
    for format, expected in shapes.items():
        stored = quantcal.quantize_checkpoint_write(q, format)  # type: ignore[arg-type]
        assert stored.zeros is not None
        assert (stored.weights.shape, stored.scales.shape, stored.zeros.shape) == expected
        assert stored.weights.dtype == (np.uint8 if format == "matmul_nbits" else np.int32)


def test_scales_of_a_model_are_taken_in_its_type(rng: np.random.Generator) -> None:
    q = quantized(rng, (32, 64), group_size=32)
    stored = quantcal.quantize_checkpoint_write(q, "gptq")
    halves = stored.scales.astype(np.float16)
    again = quantcal.quantize_checkpoint_read(
        stored.weights, halves, stored.zeros, (32, 64), "gptq", group_size=32
    )
    np.testing.assert_array_equal(again.scales, halves.T.astype(np.float32))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"weights": np.zeros(3, np.int32)}, ValueError, "weights"),
        ({"weights": np.zeros((4, 4), np.float32)}, TypeError, "weights"),
        ({"weights": np.zeros((4, 4), np.int64)}, TypeError, "int64"),
        ({"scales": np.zeros(5)}, ValueError, "scales"),
        ({"zeros": np.zeros(1, np.int32)}, ValueError, "zeros"),
        ({"format": "exl2"}, ValueError, "format"),
        ({"shape": (-4, 32)}, ValueError, "shape"),
    ],
)
def test_what_does_not_belong_together_is_refused(
    change: dict[str, Any], error: type[Exception], message: str
) -> None:
    given: dict[str, Any] = {
        "weights": np.zeros((4, 4), np.int32),
        "scales": np.ones((4, 1)),
        "zeros": None,
        "shape": (4, 32),
        "format": "compressed_tensors",
        "group_size": 32,
    }
    assert quantcal.quantize_checkpoint_read(**given).codes.min() == -8
    with pytest.raises(error, match=message):
        quantcal.quantize_checkpoint_read(**given | change)


def test_only_matrices_are_laid_out() -> None:
    q = quantcal.quantize(np.ones((2, 3, 32)), group_size=32)
    with pytest.raises(ValueError, match="3 dimensions"):
        quantcal.quantize_checkpoint_write(q, "gptq")
