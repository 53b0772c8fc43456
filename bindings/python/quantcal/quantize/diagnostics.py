"""What quantization did to numbers: errors, statistics, outlier columns."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int32, c_size_t
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import F32, Array, as_float, as_rows, constant, expect_shape, real_array
from quantcal._errors import check
from quantcal._library import ArrayOf, bind
from quantcal._structs import Struct, options_of
from quantcal.quantize.kinds import KINDS, input_array


class ApproximationError(NamedTuple):
    """How far an approximation is from the original."""

    mean_squared_error: float
    """The mean of ``(x - y)**2``."""
    mean_error: float
    """The mean of ``y - x``: the bias."""
    max_abs_error: float
    """The largest ``abs(x - y)``."""
    relative_error: float
    """``norm(x - y) / norm(x)``; NaN if all x are 0."""
    sqnr_db: float
    """``10 * log10(sum(x**2) / sum((x - y)**2))``: NaN if all x are 0, infinite without an
    error."""
    cosine: float
    """``sum(x * y) / (norm(x) * norm(y))``; NaN if either norm is 0."""


class _ErrorResult(Struct):
    """qc_quantize_error_result."""

    _fields_ = tuple((name, c_double) for name in ApproximationError._fields)


_ERROR = {
    kind: bind(
        f"qc_quantize_error_{suffix}",
        ArrayOf(stored),  # original
        ArrayOf(np.float32),  # approximation
        c_size_t,
        POINTER(_ErrorResult),
    )
    for kind, suffix, stored in KINDS
}


def quantize_error(original: Array, approximation: Array) -> ApproximationError:
    """How far an approximation, such as decoded weights, is from the original.

    Parameters
    ----------
    original : array_like
        Finite values. float32, float16 and bfloat16 (of PyTorch or ml_dtypes) are read in
        place, all else is first rounded to float32.
    approximation : array_like, in the shape of `original`
        Finite values, rounded to float32.

    Returns
    -------
    ApproximationError
        ``(mean_squared_error, mean_error, max_abs_error, relative_error, sqnr_db, cosine)``

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, no values, or another shape.

    Examples
    --------
    >>> import quantcal
    >>> error = quantcal.quantize_error([3.0, -4.0, 0.0], [3.0, -3.5, 0.0])
    >>> error.relative_error
    0.1
    >>> error.sqnr_db
    20.0
    """
    kind, x = input_array(original, "original")
    y = real_array("approximation", approximation, F32)
    expect_shape("approximation", y, x.shape)
    result = _ErrorResult()
    check(_ERROR[kind](x, y, x.size, byref(result)))
    return ApproximationError(**result.content())


class ValueStatistics(NamedTuple):
    """What makes values easy or hard to quantize."""

    minimum: float
    maximum: float
    mean: float
    variance: float
    """Of the population: the mean of ``(x - mean)**2``."""
    root_mean_square: float
    mean_abs: float
    max_abs: float
    max_to_mean: float
    """``max_abs / mean_abs``; of zeros 1."""
    skewness: float
    """The third moment about the mean over ``variance**1.5``; NaN if all values are equal."""
    kurtosis: float
    """The fourth over ``variance**2``: of a normal law 3, of a uniform one 1.8. NaN if all
    values are equal."""
    zero_count: int


class _StatisticsResult(Struct):
    """qc_quantize_statistics_result."""

    _fields_ = (
        *((name, c_double) for name in ValueStatistics._fields[:-1]),
        ("zero_count", c_size_t),
    )


_STATISTICS = {
    kind: bind(
        f"qc_quantize_statistics_{suffix}",
        ArrayOf(stored),  # values
        c_size_t,
        POINTER(_StatisticsResult),
    )
    for kind, suffix, stored in KINDS
}


def quantize_statistics(w: Array) -> ValueStatistics:
    """What makes values easy or hard to quantize.

    Parameters
    ----------
    w : array_like
        Finite values, of which there is one at least; types as for `quantize_error`.

    Returns
    -------
    ValueStatistics
        A named tuple of minimum, maximum, mean, variance, root_mean_square, mean_abs, max_abs,
        max_to_mean, skewness, kurtosis and zero_count.

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, or no values.

    Examples
    --------
    >>> import quantcal
    >>> statistics = quantcal.quantize_statistics([-1.0, 0.0, 1.0, 0.0, 10.0])
    >>> statistics.mean, statistics.max_to_mean, statistics.zero_count
    (2.0, 4.166666666666667, 2)
    """
    kind, values = input_array(w)
    result = _StatisticsResult()
    check(_STATISTICS[kind](values, values.size, byref(result)))
    return ValueStatistics(**result.content())


class OutlierColumns(NamedTuple):
    """Columns in which a value is far larger than elsewhere."""

    magnitudes: NDArray[np.float32]
    """The largest magnitude of each column."""
    is_outlier: NDArray[np.bool_]
    """Whether it is such a column."""
    outlier_count: int
    """How many there are."""


class _OutlierOptions(Struct):
    """qc_quantize_outlier_options."""

    _fields_ = (("reference", c_int32), ("reserved", c_int32), ("threshold", c_double))


_new_options = options_of("qc_quantize_outlier_options_init", _OutlierOptions)

_OUTLIERS = {
    kind: bind(
        f"qc_quantize_outlier_columns_{suffix}",
        ArrayOf(stored),  # values
        c_size_t,
        c_size_t,
        POINTER(_OutlierOptions),
        ArrayOf(np.float32),  # magnitudes
        ArrayOf(np.uint8),  # is_outlier
        POINTER(c_size_t),  # count
    )
    for kind, suffix, stored in KINDS
}

OutlierReference = Literal["median", "fixed"]


def quantize_outlier_columns(
    w: Array, *, threshold: float = 10.0, reference: OutlierReference = "median"
) -> OutlierColumns:
    """Columns (channels, features) in which a value is far larger than elsewhere.

    Parameters
    ----------
    w : array_like, shape (..., columns)
        Finite: activations, a row for each token; or weights. Types as for `quantize_error`.
    threshold : float
        A column is one of them if its largest magnitude is at least this ...
    reference : {"median", "fixed"}
        ... times the median of the columns' largest magnitudes; or this itself: LLM.int8()
        takes ``threshold=6.0, reference="fixed"``.

    Returns
    -------
    OutlierColumns
        ``(magnitudes, is_outlier, outlier_count)``. SmoothQuant makes its scales of the magnitudes.

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, or a threshold that is not positive.

    Examples
    --------
    >>> import quantcal
    >>> x = [[0.5, -40.0, 1.0, 0.1], [-1.5, 35.0, 2.0, 0.2]]
    >>> quantcal.quantize_outlier_columns(x).is_outlier
    array([False,  True, False, False])
    """
    kind, values = input_array(w)
    rows, columns = as_rows("w", values).shape
    options = _new_options()
    options.threshold = as_float("threshold", threshold)
    options.reference = constant("reference", reference, OutlierReference)
    magnitudes: NDArray[Any] = np.empty(columns, np.float32)
    flags = np.empty(columns, np.uint8)
    count = c_size_t()
    check(_OUTLIERS[kind](values, rows, columns, byref(options), magnitudes, flags, byref(count)))
    return OutlierColumns(magnitudes, flags.view(np.bool_), count.value)
