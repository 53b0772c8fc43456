"""Unimodal, convex and concave regression."""

from __future__ import annotations

from ctypes import POINTER, byref, c_int32, c_size_t
from dataclasses import dataclass
from typing import Any, Literal

from numpy.typing import NDArray

from quantcal._arrays import (
    REALS,
    Array,
    as_size,
    bind_real,
    constant,
    real_pair,
    real_vector,
    weight_array,
)
from quantcal._errors import check
from quantcal._lent import kept, lent
from quantcal._progress import Progress, ProgressCallback, reporting
from quantcal._structs import Struct, options_of

__all__ = ["ConvexFit", "UnimodalFit", "isotonic_convex", "isotonic_unimodal"]

Shape = Literal["peak", "valley"]
Curvature = Literal["convex", "concave"]
Monotonicity = Literal["increasing", "decreasing", "any"]


class _UnimodalOptions(Struct):
    """qc_isotonic_unimodal_options."""

    _fields_ = (
        ("shape", c_int32),
        ("reserved", c_int32),
        ("mode", c_size_t),
        ("progress", Progress),
    )


class _ConvexOptions(Struct):
    """qc_isotonic_convex_options."""

    _fields_ = (
        ("curvature", c_int32),
        ("monotonicity", c_int32),
        ("progress", Progress),
    )


_new_unimodal_options = options_of("qc_isotonic_unimodal_options_init", _UnimodalOptions)
_new_convex_options = options_of("qc_isotonic_convex_options_init", _ConvexOptions)

_UNIMODAL = bind_real(
    "qc_isotonic_unimodal",
    REALS,  # y
    REALS,  # weights
    c_size_t,
    POINTER(_UnimodalOptions),
    REALS,  # x
    POINTER(c_size_t),  # mode
)

_CONVEX = bind_real(
    "qc_isotonic_convex",
    REALS,  # x
    REALS,  # y
    REALS,  # weights
    c_size_t,
    POINTER(_ConvexOptions),
    REALS,  # fitted
    REALS,  # knots
    REALS,  # values
    POINTER(c_size_t),  # knot_count
)


@dataclass(frozen=True, eq=False)
class UnimodalFit:
    """A unimodal regression.

    Attributes
    ----------
    x : ndarray, shape (n,)
        The fitted values, in the type of `y`.
    mode : int
        The index of the peak or the valley; 0 if there are no points.
    """

    x: NDArray[Any]
    mode: int


@dataclass(frozen=True, eq=False)
class ConvexFit:
    """A convex or concave regression: a piecewise linear function.

    Attributes
    ----------
    fitted : ndarray, shape (n,)
        The function at each predictor, in the type of `y`.
    knots : ndarray, shape (K,)
        The predictors, ascending, at which the function begins, bends, and ends.
    values : ndarray, shape (K,)
        The function at the knots.
    """

    fitted: NDArray[Any]
    knots: NDArray[Any]
    values: NDArray[Any]


def isotonic_unimodal(
    y: Array,
    *,
    weights: Array | None = None,
    shape: Shape = "peak",
    mode: int | None = None,
    progress: ProgressCallback | None = None,
) -> UnimodalFit:
    """The unimodal sequence nearest to `y` in weighted least squares.

    It minimises ``sum(weights * (y - x)**2)`` subject to ``x[0] <= ... <= x[mode] >= ...
    >= x[n-1]`` (the other way round for a valley), in linear time.

    Parameters
    ----------
    y : array_like, shape (n,)
        Finite values. float32 is computed on as it is (sums in double) and gives a
        float32 result, all else as float64. Empty is allowed.
    weights : array_like, shape (n,), optional
        Finite and >= 0, not all zero, converted to the type of `y`; ones by default. A
        point of weight 0 does not move the fit: it has the value of its neighbour away
        from the mode, or if there is none, of the other.
    shape : {"peak", "valley"}
        Whether the fit first rises and then falls, or the other way round.
    mode : int, optional
        The index of the peak or valley. By default the one with the least error is
        found; the smallest if some tie.
    progress : callable, optional
        Called now and then with the fraction done, 0 to 1. A true result stops the work
        with `Cancelled`; an exception stops it too and is raised.

    Returns
    -------
    UnimodalFit
        With ``.x`` and ``.mode``.

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, a negative weight, weights that are all 0, a wrong shape, or a
        mode that is not below n.
    TypeError
        If `y` or `weights` are not real numbers.

    Examples
    --------
    >>> import quantcal
    >>> fit = quantcal.isotonic_unimodal([1, 3, 2, 5, 4, 4, 1, 2])
    >>> fit.x
    array([1. , 2.5, 2.5, 5. , 4. , 4. , 1.5, 1.5])
    >>> fit.mode
    3
    """
    values = real_vector("y", y)
    n = values.size
    point_weights = weight_array("weights", weights, values.dtype, (n,))
    options = _new_unimodal_options()
    options.shape = constant("shape", shape, Shape)
    if mode is not None:
        options.mode = as_size("mode", mode)
    x = lent(values.shape, values.dtype)
    found = c_size_t()
    with reporting(progress, n) as options.progress:
        status = _UNIMODAL[values.dtype](values, point_weights, n, byref(options), x, byref(found))
    check(status)
    return UnimodalFit(x, found.value)


def isotonic_convex(
    x: Array,
    y: Array,
    *,
    weights: Array | None = None,
    curvature: Curvature = "convex",
    monotonicity: Monotonicity = "any",
    progress: ProgressCallback | None = None,
) -> ConvexFit:
    """The convex or concave function of `x` nearest to `y` in weighted least squares.

    It minimises ``sum(weights * (y - g(x))**2)`` among all functions ``g`` of the given
    curvature and monotonicity. The solution is piecewise linear with few knots, and
    exact up to rounding: there is no tolerance to choose.

    Parameters
    ----------
    x : array_like, shape (n,)
        Finite predictors in any order. Points with equal predictors count as one, with
        their weighted mean.
    y : array_like, shape (n,)
        Finite values. If both `x` and `y` are float32, so is the result (computed in
        double); all else is float64. Empty is allowed.
    weights : array_like, shape (n,), optional
        Finite and >= 0, not all zero; ones by default. A point of weight 0 does not move
        the fit; its fitted value is that of the function.
    curvature : {"convex", "concave"}
        Whether slopes rise or fall.
    monotonicity : {"any", "increasing", "decreasing"}
        Whether the function must be increasing or decreasing.
    progress : callable, optional
        Called now and then with an estimate of the fraction done, 0 to 1. A true result
        stops the work with `Cancelled`; an exception stops it too and is raised.

    Returns
    -------
    ConvexFit
        With ``.fitted``, ``.knots`` and ``.values``. Between knots the function is linear;
        beyond the first and the last it goes on with the slope at the end.

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, a negative weight, weights that are all 0, or a wrong shape.
    TypeError
        If `x`, `y` or `weights` are not real numbers.

    Examples
    --------
    >>> import quantcal
    >>> fit = quantcal.isotonic_convex([0, 1, 2, 3, 4, 5], [3, 1, 2, 0, 2, 6])
    >>> fit.fitted
    array([3. , 1.5, 1. , 0.5, 2. , 6. ])
    >>> fit.knots
    array([0., 1., 3., 4., 5.])
    """
    positions, values = real_pair("x", x, "y", y)
    n = positions.size
    point_weights = weight_array("weights", weights, values.dtype, (n,))
    options = _new_convex_options()
    options.curvature = constant("curvature", curvature, Curvature)
    options.monotonicity = constant("monotonicity", monotonicity, Monotonicity)
    fitted = lent(values.shape, values.dtype)
    knots, knot_values = (lent(n, values.dtype) for _ in range(2))
    count = c_size_t()
    with reporting(progress, n) as options.progress:
        status = _CONVEX[values.dtype](
            positions,
            values,
            point_weights,
            n,
            byref(options),
            fitted,
            knots,
            knot_values,
            byref(count),
        )
    check(status)
    return ConvexFit(fitted, kept(knots, count.value), kept(knot_values, count.value))
