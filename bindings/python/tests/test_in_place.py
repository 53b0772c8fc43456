"""That arrays are read and written where they lie, whoever owns them."""

from __future__ import annotations

import sys
import tracemalloc
from types import SimpleNamespace
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from foreign_arrays import Convertible, Lent, Tensor

import quantcal
from quantcal import isotonic
from quantcal._arrays import BFLOAT16
from quantcal.calibration import error as calibration_error
from quantcal.calibration import temperature
from quantcal.conformal import split
from quantcal.quantize import integer, packing


def fitted(y: Any) -> np.ndarray:
    return quantcal.isotonic_regression(y).x


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "wrap", [np.asarray, Lent, Convertible, memoryview], ids=lambda one: one.__name__
)
def test_contiguous_arrays_are_read_in_place(
    rng: np.random.Generator, spy_on: Any, wrap: Any, dtype: type
) -> None:
    flat = rng.random(64).astype(dtype)
    weights = rng.random(64).astype(dtype)
    matrix = rng.random((64, 3)).astype(dtype)
    labels = rng.integers(0, 3, 64)
    key = np.dtype(dtype)

    spy = spy_on(isotonic.regression._REGRESSION, key)
    quantcal.isotonic_regression(wrap(flat), weights=wrap(weights))
    assert np.shares_memory(spy.arguments[0], flat)
    assert np.shares_memory(spy.arguments[1], weights)

    spy = spy_on(split._THRESHOLD, key)
    quantcal.conformal_threshold(wrap(flat), 0.1)
    assert np.shares_memory(spy.arguments[0], flat)

    spy = spy_on(split._SETS, key)
    quantcal.conformal_sets(wrap(matrix), 0.5)
    assert np.shares_memory(spy.arguments[0], matrix)

    spy = spy_on(split._INTERVALS, key)
    quantcal.conformal_intervals(wrap(flat), 0.5)
    assert np.shares_memory(spy.arguments[0], flat)

    spy = spy_on(temperature._FIT, key)
    quantcal.temperature_fit(wrap(matrix), wrap(labels), weights=wrap(weights))
    assert np.shares_memory(spy.arguments[0], matrix)
    assert np.shares_memory(spy.arguments[1], labels)
    assert np.shares_memory(spy.arguments[2], weights)

    spy = spy_on(temperature._APPLY, key)
    quantcal.temperature_apply(wrap(matrix), 2.0)
    assert np.shares_memory(spy.arguments[0], matrix)

    spy = spy_on(calibration_error._ERROR, key)
    quantcal.calibration_error(wrap(matrix), wrap(labels), weights=wrap(weights))
    assert np.shares_memory(spy.arguments[0], matrix)
    assert np.shares_memory(spy.arguments[1], labels)


@pytest.mark.parametrize(
    ("dtype", "kind"),
    [
        (np.float32, np.dtype(np.float32)),
        (np.float16, np.dtype(np.float16)),
        (ml_dtypes.bfloat16, BFLOAT16),
    ],
)
def test_weights_to_quantize_are_read_in_place(
    rng: np.random.Generator, spy_on: Any, dtype: type, kind: Any
) -> None:
    w = rng.normal(size=(4, 5, 64)).astype(dtype)
    spy = spy_on(integer._ENCODE, kind)
    q = quantcal.quantize(w)
    assert np.shares_memory(spy.arguments[0], w)
    assert np.shares_memory(spy.arguments[4], q.packed)
    assert np.shares_memory(spy.arguments[5], q.scales)
    out = np.empty(w.shape, dtype)
    spy = spy_on(integer._DECODE, kind)
    q.dequantize(out=out)
    assert np.shares_memory(spy.arguments[0], q.packed)
    assert np.shares_memory(spy.arguments[-1], out)


def test_codes_are_read_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    real = packing._pack
    monkeypatch.setattr(packing, "_pack", lambda *given: seen.append(given) or real(*given))
    for dtype in (np.int8, np.uint8):
        codes = np.array([[1, 2, 3]], dtype)
        packed = quantcal.pack_codes(codes, 4)
        assert np.shares_memory(seen[-1][0], codes) and np.shares_memory(seen[-1][-1], packed)


def test_no_hidden_copies() -> None:
    scores = np.zeros(1 << 20)
    tracemalloc.start()
    try:
        quantcal.conformal_threshold(scores, 0.1)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < scores.nbytes // 100


def test_a_tensor_of_bfloat16_is_read_in_place(
    rng: np.random.Generator, spy_on: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(Tensor=Tensor, int16="torch.int16"))
    w = rng.normal(size=(4, 64)).astype(ml_dtypes.bfloat16)
    spy = spy_on(integer._ENCODE, BFLOAT16)
    q = quantcal.quantize(Tensor(w.view(np.uint16)))
    assert np.shares_memory(spy.arguments[0], w)
    np.testing.assert_array_equal(q.packed, quantcal.quantize(w).packed)
    np.testing.assert_array_equal(fitted(Tensor(w[0].view(np.uint16))), fitted(w[0]))


class TestTorch:
    """PyTorch's own tensors, where it is installed."""

    torch: Any

    @pytest.fixture(autouse=True)
    def _need_torch(self) -> None:
        type(self).torch = pytest.importorskip("torch", reason="PyTorch is not installed")

    def test_tensors_are_read_in_place(self, spy_on: Any) -> None:
        tensor = self.torch.tensor([1.0, 3.0, 2.0], requires_grad=True)
        spy = spy_on(isotonic.regression._REGRESSION, np.dtype(np.float32))
        assert fitted(tensor).tolist() == [1, 2.5, 2.5]
        assert spy.arguments[0].ctypes.data == tensor.data_ptr()
        assert fitted(tensor.double()).dtype == np.float64
        assert fitted(tensor.bfloat16()).tolist() == [1, 2.5, 2.5]

    def test_bfloat16_weights_are_read_in_place(self, spy_on: Any) -> None:
        tensor = self.torch.nn.Parameter(self.torch.randn(8, 64, dtype=self.torch.bfloat16))
        spy = spy_on(integer._ENCODE, BFLOAT16)
        q = quantcal.quantize(tensor)
        assert spy.arguments[0].ctypes.data == tensor.data_ptr()
        expected = quantcal.quantize(tensor.float())
        np.testing.assert_array_equal(q.packed, expected.packed)
        out = self.torch.empty(8, 64, dtype=self.torch.bfloat16)
        q.dequantize(out=out.view(self.torch.uint16).numpy())
        expected_values = self.torch.from_numpy(q.dequantize()).bfloat16()
        assert self.torch.equal(out, expected_values)

    def test_half_precision_and_integers(self) -> None:
        half = self.torch.randn(4, 32).half()
        np.testing.assert_array_equal(
            quantcal.quantize(half).packed, quantcal.quantize(half.numpy()).packed
        )
        labels = self.torch.tensor([0, 1])
        assert quantcal.calibration_error(self.torch.tensor([0.0, 1.0]), labels) == 0
