"""Errors: their classes, what they say, and what they leave untouched."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import quantcal
from quantcal._errors import check
from quantcal._library import ArrayOf


def test_the_library_speaks_for_itself() -> None:
    with pytest.raises(ValueError) as caught:
        quantcal.isotonic_regression([1.0, 2.0], weights=[1.0, -0.5])
    error = caught.value
    assert isinstance(error, quantcal.QuantcalError)
    assert error.status == quantcal.Status.QC_ERR_DOMAIN
    assert error.status_name == "QC_ERR_DOMAIN"
    assert str(error) == quantcal.last_error()
    assert str(error).startswith("weights[1] is -0.5")


def test_statuses_are_named_as_in_the_library() -> None:
    for status in quantcal.Status:
        assert quantcal.status_name(status) == status.name
    assert quantcal.status_name(-13) == "QC_UNKNOWN"


@pytest.mark.parametrize(
    ("status", "builtin", "ours"),
    [
        (-8, MemoryError, quantcal.QuantcalMemoryError),
        (-9, quantcal.QuantcalError, quantcal.Cancelled),
        (-2, ValueError, quantcal.QuantcalValueError),
        (-10, ValueError, quantcal.QuantcalValueError),
        (-11, quantcal.QuantcalError, quantcal.Infeasible),
        (-12, OSError, quantcal.QuantcalOSError),
    ],
)
def test_classes(status: int, builtin: type, ours: type) -> None:
    with pytest.raises(builtin) as caught:
        check(status)
    assert type(caught.value) is ours
    copy = pickle.loads(pickle.dumps(caught.value))
    assert type(copy) is ours and str(copy) == str(caught.value) and copy.status == status


def test_what_is_no_fault_of_an_argument_is_no_value_error() -> None:
    for ours in (quantcal.Cancelled, quantcal.Infeasible):
        assert not issubclass(ours, (ValueError, MemoryError))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: quantcal.isotonic_regression(1.0), r"y has shape \(\); expected a 1-D array"),
        (lambda: quantcal.isotonic_regression([[1.0]]), r"y has shape \(1, 1\); expected a 1-D"),
        (
            lambda: quantcal.isotonic_regression([1.0, 2.0], weights=[1.0]),
            r"weights has shape \(1,\); expected \(2,\)",
        ),
        (lambda: quantcal.conformal_threshold([[1.0]], 0.1), r"scores has shape \(1, 1\)"),
        (lambda: quantcal.conformal_sets([1.0], 0.1), r"scores has shape \(1,\); expected a 2-D"),
        (lambda: quantcal.conformal_intervals([[1.0]], 0.1), r"mean has shape \(1, 1\)"),
        (lambda: quantcal.temperature_fit([1.0], [0]), r"logits has shape \(1,\); expected a 2-D"),
        (
            lambda: quantcal.temperature_fit([[1.0, 2.0]], [0, 1]),
            r"labels has shape \(2,\); expected \(1,\)",
        ),
        (lambda: quantcal.temperature_apply(1.0, 1), r"logits has shape \(\)"),
        (
            lambda: quantcal.calibration_error([[[0.5]]], [0]),
            r"probs has shape \(1, 1, 1\); expected a 1-D or 2-D array",
        ),
        (lambda: quantcal.quantize(1.0), r"w has shape \(\); expected at least 1-D"),
    ],
)
def test_wrong_shapes_are_said(call: Any, message: str) -> None:
    with pytest.raises(quantcal.QuantcalValueError, match=message) as caught:
        call()
    assert caught.value.status_name == "QC_ERR_SIZE"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"binning": "equal"}, "binning is 'equal'; expected one of 'equal_width', 'equal_mass'"),
        ({"norm": 2}, "norm is 2"),
        ({"bins": 0}, "bins is 0"),
        ({"bins": -1}, "bins is -1"),
        ({"bins": 1_000_001}, "bins is 1000001"),
        ({"bins": 2**32 + 15}, "bins is 4294967311"),
    ],
)
def test_wrong_options_are_said(options: dict[str, Any], message: str) -> None:
    for function in (quantcal.calibration_error, quantcal.reliability_bins):
        with pytest.raises(quantcal.QuantcalValueError, match=message) as caught:
            function([0.5], [1], **options)
        assert caught.value.status_name == "QC_ERR_OPTIONS"


def test_numbers_do_not_wrap_around() -> None:
    for n in (-1, 2**64, 2**64 + 5):
        with pytest.raises(quantcal.QuantcalValueError, match=f"n is {n}"):
            quantcal.conformal_rank(n, 0.1)
    with pytest.raises(quantcal.QuantcalValueError, match="group_size is -128"):
        quantcal.quantize([1.0], group_size=-128)
    with pytest.raises(quantcal.QuantcalValueError, match="bits is 4294967300"):
        quantcal.quantize([1.0], bits=2**32 + 4)
    with pytest.raises(quantcal.QuantcalValueError, match="count is 4294967297"):
        quantcal.set_thread_count(2**32 + 1)


def test_numbers_are_numbers() -> None:
    with pytest.raises(TypeError):
        quantcal.conformal_rank(10.0, 0.1)
    with pytest.raises(TypeError, match=r"alpha is '0\.1'; expected a number"):
        quantcal.conformal_rank(10, "0.1")
    with pytest.raises(TypeError):
        quantcal.conformal_rank(10, 0.1j)
    with pytest.raises(TypeError):
        quantcal.quantize([1.0], bits=4.0)
    assert quantcal.conformal_rank(np.int32(10), np.float64(0.1)) == 10


def test_out_is_untouched_after_an_error(rng: np.random.Generator) -> None:
    q = quantcal.quantize(rng.normal(size=(2, 8)))
    q.scales[1, 0] = np.nan
    out = np.full((2, 8), 7, np.float32)
    with pytest.raises(quantcal.QuantcalValueError, match=r"scales\[1\] is nan"):
        q.dequantize(out=out)
    assert (out == 7).all()


def test_a_wrong_array_never_reaches_the_library() -> None:
    parameter = ArrayOf(np.float64)
    assert parameter.from_param(None) is None
    for wrong in (np.zeros(3, np.float32), np.zeros((4, 4))[:, ::2], np.zeros(8)[::-1]):
        with pytest.raises(TypeError, match="not a contiguous, aligned array of float64"):
            parameter.from_param(wrong)


@pytest.mark.parametrize(
    ("library", "message"),
    [("/nonexistent/libquantcal.so", "cannot load its library"), ("libm.so.6", "has no function")],
)
def test_a_library_that_is_none_is_an_import_error(library: str, message: str) -> None:
    result = subprocess.run(
        [sys.executable, "-c", "import quantcal"],
        env={**os.environ, "QUANTCAL_LIBRARY": library},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert "ImportError" in result.stderr and message in result.stderr
