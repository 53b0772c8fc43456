"""What is accepted as an array, and in which type it is computed."""

from __future__ import annotations

import array
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from foreign_arrays import Convertible, Lent

import quantcal

SORTED = [1.0, 2.5, 2.5, 4.0]
Y = [1, 3, 2, 4]


def fitted(y: Any) -> np.ndarray:
    return quantcal.isotonic_regression(y).x


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
