"""Grids against the cases that the package onnx has for its own operators."""

from __future__ import annotations

import dataclasses
import warnings
from typing import Any

import numpy as np
import onnx
import onnx.backend.test.case.node
import onnx.reference
import pytest
from onnx import TensorProto, numpy_helper

import quantcal

# Types of codes of up to eight bits, and the grids that they are.
GRIDS = {
    TensorProto.INT2: quantcal.quantize_grid("int2", narrow=False),
    TensorProto.INT4: quantcal.quantize_grid("int4", narrow=False),
    TensorProto.INT8: quantcal.quantize_grid("int8", narrow=False),
    TensorProto.UINT2: quantcal.quantize_grid("uint2"),
    TensorProto.UINT4: quantcal.quantize_grid("uint4"),
    TensorProto.UINT8: quantcal.quantize_grid("uint8"),
    TensorProto.FLOAT4E2M1: quantcal.quantize_grid("e2m1fn"),
    TensorProto.FLOAT8E4M3FN: quantcal.quantize_grid("e4m3fn"),
    TensorProto.FLOAT8E4M3FNUZ: quantcal.quantize_grid("e4m3fnuz"),
    TensorProto.FLOAT8E5M2: quantcal.quantize_grid("e5m2"),
    TensorProto.FLOAT8E5M2FNUZ: quantcal.quantize_grid("e5m2fnuz"),
    TensorProto.FLOAT8E8M0: quantcal.quantize_grid("e8m0fnu"),
}


def tensor(given: Any) -> onnx.TensorProto:
    if isinstance(given, onnx.TensorProto):
        return given
    return numpy_helper.from_array(np.asarray(given))


def attributes(case: Any) -> dict[str, Any]:
    node = case.model.graph.node[0]
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    ALL = onnx.backend.test.case.node.collect_testcases(None)


def cases(operator: str) -> list[Any]:
    return [case for case in ALL if case.name.split("_")[1] == operator.lower()]


def levels_of(given: onnx.TensorProto) -> Any:
    """The numbers that codes stand for, as onnx reads them."""
    return numpy_helper.to_array(given).astype(np.float32)


def codes_of(given: onnx.TensorProto) -> Any:
    """The codes as they are stored, a byte each."""
    packed = np.frombuffer(given.raw_data, np.uint8)
    if not given.raw_data:
        packed = np.array(given.int32_data, np.int32).astype(np.uint8)
    count = int(np.prod(given.dims))
    codes = quantcal.unpack_codes(packed[None], count, GRIDS[given.data_type].bits, signed=False)
    return codes.reshape(given.dims)


def decoded(codes: Any, grid: Any, scales: Any, zeros: Any) -> Any:
    """The numbers of rows of codes, a scale each."""
    packed = quantcal.pack_codes(codes, grid.bits)
    return quantcal.quantize_grid_decode(
        packed, grid, scales, codes.shape[1], zeros, granularity="row"
    )


def rows_of(x: Any, scales: Any, axis: int) -> tuple[Any, Any, Any]:
    """x so that the values of a scale are a row, scales, and the way back."""
    if scales.ndim == x.ndim:  # blocks along the axis
        moved = np.moveaxis(x, axis, -1)
        size = x.shape[axis] // scales.shape[axis]
        blocks = np.ascontiguousarray(moved).reshape(-1, size)
        return (
            blocks,
            np.moveaxis(scales, axis, -1).ravel(),
            lambda y: np.moveaxis(y.reshape(moved.shape), -1, axis),
        )
    moved = np.moveaxis(x, axis, 0) if scales.size > 1 else x[None]
    blocks = np.ascontiguousarray(moved).reshape(max(scales.size, 1), -1)

    def back(y: Any) -> Any:
        y = y.reshape(moved.shape)
        return np.moveaxis(y, 0, axis) if scales.size > 1 else y[0]

    return blocks, scales.ravel(), back


def parameters(case: Any) -> tuple[Any, Any, Any, Any]:
    given, scale, *zero = (tensor(one) for one in case.data_sets[0][0])
    scales = numpy_helper.to_array(scale).astype(np.float32)
    zeros = levels_of(zero[0]).reshape(scales.shape) if zero else np.zeros_like(scales)
    return given, scales, zeros, attributes(case).get("axis", 1)


# Sixteen bits are more than a grid has.
QUANTIZE = [c for c in cases("QuantizeLinear") if tensor(c.data_sets[0][1][0]).data_type in GRIDS]
DEQUANTIZE = [
    c for c in cases("DequantizeLinear") if tensor(c.data_sets[0][0][0]).data_type in GRIDS
]
CASTS_FROM = [c for c in cases("Cast") if tensor(c.data_sets[0][0][0]).data_type in GRIDS]
# A cast to whole numbers cuts bits off: it is no rounding.
CASTS_TO = [
    c
    for c in cases("Cast")
    if GRIDS.get(tensor(c.data_sets[0][1][0]).data_type, GRIDS[TensorProto.INT8]).kind == "float"
]


def encoded(x: Any, grid: Any, scales: Any, zeros: Any) -> Any:
    """The levels that numbers go to, a row for each scale."""
    packed = quantcal.quantize_grid_encode(x, grid, scales, zeros, granularity="row")
    codes = quantcal.unpack_codes(packed, x.shape[1], grid.bits, signed=False)
    return quantcal.quantize_grid_levels(grid)[codes]


def same(ours: Any, theirs: Any) -> None:
    np.testing.assert_array_equal(ours, theirs)
    numbers = ~np.isnan(theirs)
    np.testing.assert_array_equal(np.signbit(ours)[numbers], np.signbit(theirs)[numbers])


@pytest.mark.parametrize("case", QUANTIZE, ids=lambda case: str(case.name))
def test_quantize_linear(case: Any) -> None:
    given, scales, zeros, axis = parameters(case)
    x, rows, back = rows_of(numpy_helper.to_array(given), scales, axis)
    expected = tensor(case.data_sets[0][1][0])
    offsets = rows_of(numpy_helper.to_array(given), zeros, axis)[1]
    ours = back(encoded(x, GRIDS[expected.data_type], rows, offsets))
    np.testing.assert_array_equal(ours, levels_of(expected))


@pytest.mark.parametrize("case", DEQUANTIZE, ids=lambda case: str(case.name))
def test_dequantize_linear(case: Any) -> None:
    given, scales, zeros, axis = parameters(case)
    codes, rows, back = rows_of(codes_of(given), scales, axis)
    offsets = rows_of(codes_of(given), zeros, axis)[1]
    ours = decoded(codes, GRIDS[given.data_type], rows, offsets)
    expected = numpy_helper.to_array(tensor(case.data_sets[0][1][0]))
    np.testing.assert_array_equal(back(ours).astype(expected.dtype), expected)


@pytest.mark.parametrize("case", CASTS_FROM, ids=lambda case: str(case.name))
def test_cast_from_codes(case: Any) -> None:
    given, expected = (tensor(data[0]) for data in case.data_sets[0])
    codes = codes_of(given).reshape(1, -1)
    ours = decoded(codes, GRIDS[given.data_type], np.ones(1, np.float32), None)
    theirs = levels_of(expected)
    if expected.data_type == TensorProto.FLOAT16:
        ours = ours.astype(np.float16).astype(np.float32)
    same(ours.reshape(expected.dims), theirs)


@pytest.mark.parametrize("case", CASTS_TO, ids=lambda case: str(case.name))
def test_cast_to_codes(case: Any) -> None:
    given, expected = (tensor(data[0]) for data in case.data_sets[0])
    overflow = "saturate" if attributes(case).get("saturate", 1) else "ieee"
    grid = dataclasses.replace(GRIDS[expected.data_type], overflow=overflow)
    x, theirs = numpy_helper.to_array(given).ravel(), levels_of(expected).ravel()
    counts = np.ones(x.shape, bool)
    if grid.bits < 8:  # onnx casts NaN to a number there, which here is an error
        counts = ~np.isnan(x)
    if expected.data_type == TensorProto.FLOAT8E8M0:  # onnx goes up always, this to the nearest
        parts = np.frexp(x.astype(np.float64))[0]
        counts = (parts == 0.5) | (parts >= 0.75)
    assert counts.sum() > 3
    ours = encoded(x[counts][None], grid, np.ones(1, np.float32), None)
    same(ours.ravel(), theirs[counts])


@pytest.mark.parametrize("data_type", [TensorProto.INT8, TensorProto.UINT8, TensorProto.UINT4])
def test_ties_with_odd_zero_points(data_type: int) -> None:
    grid = GRIDS[data_type]
    low, high = quantcal.quantize_grid_levels(grid)[
        [2 ** (grid.bits - 1), 2 ** (grid.bits - 1) - 1]
    ]
    zeros = np.arange(min(low, 0), max(high, 2 ** (grid.bits - 1)), dtype=np.float32)
    scales = np.resize(np.float32([0.5, 1, 0.1, 3]), zeros.shape)
    x = np.outer(scales, np.arange(-600, 600, dtype=np.float32) / 2).astype(np.float32)
    tensors = [
        onnx.helper.make_tensor_value_info(name, kind, None)
        for name, kind in [("x", TensorProto.FLOAT), ("s", TensorProto.FLOAT), ("z", data_type)]
    ]
    node = onnx.helper.make_node("QuantizeLinear", ["x", "s", "z"], ["y"], axis=0)
    output = onnx.helper.make_tensor_value_info("y", data_type, None)
    model = onnx.helper.make_model(onnx.helper.make_graph([node], "g", tensors, [output]))
    given = onnx.helper.make_tensor("z", data_type, zeros.shape, zeros.astype(np.int64))
    (theirs,) = onnx.reference.ReferenceEvaluator(model).run(
        None, {"x": x, "s": scales, "z": numpy_helper.to_array(given)}
    )
    np.testing.assert_array_equal(encoded(x, grid, scales, zeros), theirs.astype(np.float32))
