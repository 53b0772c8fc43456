"""What is accepted as an array, in which type it is computed, and that it is not copied."""

from __future__ import annotations

import array
import sys
import tracemalloc
from types import SimpleNamespace
from typing import Any

import ml_dtypes
import numpy as np
import pytest

import quantcal
from quantcal import conformal, isotonic
from quantcal.calibration import error as calibration_error
from quantcal.calibration import temperature
from quantcal.quantize import integer, packing

SORTED = [1.0, 2.5, 2.5, 4.0]
Y = [1, 3, 2, 4]


def fitted(y: Any) -> np.ndarray:
    return quantcal.isotonic_regression(y).x


class Lent:
    """An array of another library, which lends its memory by DLPack alone."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    def __dlpack__(self, **options: Any) -> Any:
        return self.values.__dlpack__(**options)

    def __dlpack_device__(self) -> tuple[Any, Any]:
        return self.values.__dlpack_device__()


class Convertible:
    """Has __array__ alone."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self.values


@pytest.mark.parametrize(
    ("given", "computed"),
    [
        ("float32", "float32"),
        (">f4", "float32"),
        ("float64", "float64"),
        (">f8", "float64"),
        ("float16", "float64"),
        ("longdouble", "float64"),
        ("int8", "float64"),
        ("uint16", "float64"),
        ("int64", "float64"),
        (ml_dtypes.bfloat16, "float64"),
    ],
)
def test_types(given: Any, computed: str) -> None:
    x = fitted(np.array(Y).astype(given))
    assert x.dtype == computed and x.dtype.isnative
    assert x.tolist() == SORTED


def test_booleans_are_0_and_1() -> None:
    assert fitted(np.array([True, False])).tolist() == [0.5, 0.5]
    assert fitted([True, False, True]).dtype == np.float64


@pytest.mark.parametrize(
    "y", [[1j, 2], ["1", "2"], [None, 1.0], [b"a"], np.array(["2020-01-01"], "M8[D]"), "text", {}]
)
def test_other_types_are_refused_by_name(y: Any) -> None:
    with pytest.raises(TypeError, match=r"^y has dtype .*; expected real numbers$"):
        fitted(y)
    with pytest.raises(TypeError, match=r"^weights has dtype"):
        quantcal.isotonic_regression([1.0, 2.0], weights=y)


def test_labels_are_integers() -> None:
    for labels in ([0, 1], np.array([0, 1], np.uint8), [False, True], np.array([0, 1], ">i4")):
        assert quantcal.calibration_error([0.0, 1.0], labels) == 0
    with pytest.raises(TypeError, match="labels has dtype float64; expected integers"):
        quantcal.calibration_error([0.0, 1.0], [0.0, 1.0])
    with pytest.raises(ValueError, match=r"labels\[1\] is 9223372036854775807"):
        quantcal.calibration_error([0.0, 1.0], np.array([0, 2**64 - 1], np.uint64))


def test_weights_take_the_type_of_the_values() -> None:
    y = np.array(Y, np.float32)
    fit = quantcal.isotonic_regression(y, weights=[1, 1, 3, 1])
    assert fit.x.dtype == fit.weights.dtype == np.float32
    assert fit.x.tolist() == [1, 2.25, 2.25, 4]
    with pytest.raises(ValueError, match=r"weights\[1\] is inf"):
        quantcal.isotonic_regression(y, weights=[1, 1e300, 1, 1])


def test_other_arrays() -> None:
    values = np.array(Y, np.float64)
    for given in [
        Lent(values),
        Convertible(values),
        memoryview(values),
        array.array("d", Y),
        tuple(Y),
        values.view(np.recarray),
        np.ma.masked_array(values),
    ]:
        assert fitted(given).tolist() == SORTED
    assert fitted(array.array("f", Y)).dtype == np.float32
    assert fitted(bytearray([3, 1])).tolist() == [2, 2]


def test_masked_elements_are_refused() -> None:
    with pytest.raises(TypeError, match="y has masked elements"):
        fitted(np.ma.masked_array([1.0, 2.0], mask=[False, True]))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_layouts(rng: np.random.Generator, dtype: type) -> None:
    """Strided, reversed, transposed, misaligned and read-only arrays give the same numbers."""
    scores = rng.normal(size=(20, 30)).astype(dtype)
    expected = quantcal.conformal_sets(scores, 0.2)
    wide = np.zeros((20, 60), dtype)
    wide[:, ::2] = scores
    misaligned = np.frombuffer(b"\0" + scores.tobytes(), np.uint8)[1:].view(dtype).reshape(20, 30)
    assert not misaligned.flags.aligned
    frozen = scores.copy()
    frozen.flags.writeable = False
    layouts = [
        wide[:, ::2],
        np.asfortranarray(scores),
        scores[::-1].copy()[::-1],
        misaligned,
        frozen,
        scores.astype(scores.dtype.newbyteorder()),
        Lent(wide[:, ::2]),
    ]
    for one in layouts:
        sets = quantcal.conformal_sets(one, 0.2)
        np.testing.assert_array_equal(sets.mask, expected.mask)
        np.testing.assert_array_equal(sets.sizes, expected.sizes)


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

    spy = spy_on(conformal._THRESHOLD, key)
    quantcal.conformal_threshold(wrap(flat), 0.1)
    assert np.shares_memory(spy.arguments[0], flat)

    spy = spy_on(conformal._SETS, key)
    quantcal.conformal_sets(wrap(matrix), 0.5)
    assert np.shares_memory(spy.arguments[0], matrix)

    spy = spy_on(conformal._INTERVALS, key)
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
        (ml_dtypes.bfloat16, integer.BFLOAT16),
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


def test_inputs_are_not_written_to(rng: np.random.Generator) -> None:
    y = rng.normal(size=100)
    matrix = rng.normal(size=(20, 5))
    before = y.tobytes() + matrix.tobytes()
    quantcal.isotonic_regression(y)
    quantcal.conformal_intervals(y, 1.0)
    quantcal.temperature_apply(matrix, 0.5)
    quantcal.quantize(matrix)
    assert y.tobytes() + matrix.tobytes() == before


def test_single_precision_thresholds_are_rounded_to_nearest() -> None:
    scores = np.array([[0.1, 0.2]], np.float32)
    assert quantcal.conformal_sets(scores, 0.1).sizes.tolist() == [1]
    assert quantcal.conformal_sets(scores.astype(np.float64), 0.1).sizes.tolist() == [0]


class Tensor:
    """As much of a PyTorch tensor as is relied upon, for machines without PyTorch."""

    def __init__(self, bits: np.ndarray, dtype: str = "torch.bfloat16", grad: bool = True) -> None:
        self.bits, self.dtype, self.grad = bits, dtype, grad

    def detach(self) -> Tensor:
        return Tensor(self.bits, self.dtype, grad=False)

    def view(self, dtype: str) -> Tensor:
        return Tensor(self.bits.view(dtype.removeprefix("torch.")), dtype, self.grad)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if self.grad or self.dtype == "torch.bfloat16":
            raise RuntimeError("a tensor with a gradient, or of bfloat16, is no NumPy array")
        return self.bits


def test_a_tensor_of_bfloat16_is_read_in_place(
    rng: np.random.Generator, spy_on: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(Tensor=Tensor, int16="torch.int16"))
    w = rng.normal(size=(4, 64)).astype(ml_dtypes.bfloat16)
    spy = spy_on(integer._ENCODE, integer.BFLOAT16)
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
        spy = spy_on(integer._ENCODE, integer.BFLOAT16)
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
