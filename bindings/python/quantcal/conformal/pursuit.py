"""Information pursuit: which answer to ask for next, and how little may be left to learn."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int32, c_size_t, c_uint64
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    F64,
    Array,
    as_array,
    as_float,
    as_level,
    as_size,
    constant,
    contiguous,
    expect_rank,
    expect_shape,
    integer_array,
    real_vector,
    weight_array,
)
from quantcal._errors import Status, check, refuse
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind

__all__ = [
    "PursuitChoice",
    "conformal_pursuit_choose",
    "conformal_pursuit_entropy_bound",
    "conformal_pursuit_histories",
    "conformal_pursuit_log_sizes",
]

_DOUBLES, _INTEGERS, _BYTES = ArrayOf(np.float64), ArrayOf(np.int32), ArrayOf(np.uint8)

Kind = Literal["sharp", "published"]

_histories = bind(
    "qc_conformal_pursuit_histories",
    c_uint64,  # seed
    c_uint64,  # first_point
    c_size_t,
    c_size_t,
    c_size_t,
    _INTEGERS,
)


def conformal_pursuit_histories(
    points: int, queries: int, length: int, *, seed: int = 42, first_point: int = 0
) -> NDArray[np.int32]:
    """Random histories to calibrate by: what each point is asked, in order.

    Parameters
    ----------
    points : int
        How many points.
    queries : int
        How many queries there are, at least 1.
    length : int
        How many of them a point is asked, at most `queries`.
    seed : int, default 42
        Of the random numbers.
    first_point : int, default 0
        The number of the first point: rows made in several calls are those of one call.

    Returns
    -------
    ndarray of int32, shape (points, length)
        The first queries of a uniformly random order of all. The first k of a row are a
        random history of length k.

    Raises
    ------
    QuantcalValueError
        For a size outside its range.

    Examples
    --------
    >>> import quantcal
    >>> sorted(quantcal.conformal_pursuit_histories(1, queries=4, length=4)[0].tolist())
    [0, 1, 2, 3]
    """
    shape = as_size("points", points), as_size("queries", queries), as_size("length", length)
    if shape[2] > shape[1]:
        raise refuse(Status.QC_ERR_SIZE, f"length is {length}; it must be at most {queries}")
    orders = lent((shape[0], shape[2]), np.int32)
    numbers = as_size("seed", seed), as_size("first_point", first_point)
    check(_histories(*numbers, *shape, orders))
    return orders


_log_sizes = bind(
    "qc_conformal_pursuit_log_sizes", _INTEGERS, _DOUBLES, c_size_t, c_size_t, _DOUBLES
)


def conformal_pursuit_log_sizes(
    sizes: Array, *, weights: Array | None = None
) -> NDArray[np.float64]:
    """The log of the expected set size after each query, in nats.

    Parameters
    ----------
    sizes : array_like of int, shape (queries, samples)
        Sizes of the sets after each answer that a query may get, at least 0.
    weights : array_like, shape (queries, samples), optional
        Probabilities of the answers, at least 0 and not all 0 in a row; they need not sum
        to 1. Equal if not given.

    Returns
    -------
    ndarray of float64, shape (queries,)
        ``log(average(sizes, axis=1, weights=weights))``; -inf where all sets are empty.

    Raises
    ------
    QuantcalValueError
        For values outside their range or wrong shapes.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_pursuit_log_sizes([[3, 1], [1, 1]]).round(4)
    array([0.6931, 0.    ])
    """
    numbers = integer_array("sizes", sizes)
    expect_rank("sizes", numbers, 2)
    limits = np.iinfo(np.int32)
    if numbers.size and not limits.min <= numbers.min() <= numbers.max() <= limits.max:
        raise refuse(Status.QC_ERR_DOMAIN, "sizes must fit 32 bits")
    counts: NDArray[Any] = contiguous(numbers, np.dtype(np.int32))
    shares = weight_array("weights", weights, F64, counts.shape)
    values = lent(counts.shape[0], np.float64)
    check(_log_sizes(counts, shares, *counts.shape, values))
    return values


@dataclass(frozen=True)
class PursuitChoice:
    """The query to ask next.

    Attributes
    ----------
    index : int
        Its number; of values that tie, the first.
    spread : float
        The largest value less the smallest, of the queries that were not asked: if it is
        small, no query tells more than another.
    """

    index: int
    spread: float


_choose = bind(
    "qc_conformal_pursuit_choose", _DOUBLES, _BYTES, c_size_t, POINTER(c_size_t), POINTER(c_double)
)


def conformal_pursuit_choose(log_sizes: Array, *, asked: Array | None = None) -> PursuitChoice:
    """The query of the smallest expected set among those not asked.

    Parameters
    ----------
    log_sizes : array_like, shape (queries,)
        As from `conformal_pursuit_log_sizes`. Infinities are data, NaN is an error.
    asked : array_like of bool, shape (queries,), optional
        Which queries were asked before.

    Returns
    -------
    PursuitChoice

    Raises
    ------
    Infeasible
        If all were asked.
    QuantcalValueError
        For NaN or a wrong shape.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_pursuit_choose([0.5, 0.25, 1.0], asked=[False, True, False])
    PursuitChoice(index=0, spread=0.5)
    """
    values = real_vector("log_sizes", log_sizes, F64)
    closed = None
    if asked is not None:
        mask = as_array("asked", asked)
        if mask.dtype != np.bool_ and mask.size:
            raise refuse(Status.QC_ERR_DOMAIN, f"asked has dtype {mask.dtype}; expected bool")
        expect_shape("asked", mask, values.shape)
        closed = contiguous(mask, np.dtype(np.uint8))
    index, spread = c_size_t(), c_double()
    check(_choose(values, closed, values.size, byref(index), byref(spread)))
    return PursuitChoice(index.value, spread.value)


_bound = bind(
    "qc_conformal_pursuit_entropy_bound",
    c_size_t,
    c_size_t,
    c_double,  # alpha
    c_double,  # mean_size
    c_int32,
    POINTER(c_double),
)


def conformal_pursuit_entropy_bound(
    classes: int, n: int, alpha: float, mean_size: float, *, kind: Kind = "sharp"
) -> float:
    """A bound on the entropy of the class given what is known, by the size of conformal sets.

    Parameters
    ----------
    classes : int
        How many there are.
    n : int
        Calibration scores, without ties; 0 for a bound that holds with ties too.
    alpha : float
        Miscoverage level, strictly between 0 and 1.
    mean_size : float
        The expected size of a set, 0 to `classes`; below ``1 - alpha`` it counts as that.
    kind : {"sharp", "published"}
        "published" is proposition 3.1 of Conformal information pursuit (2025), "sharp" a
        smaller bound by the same inequalities.

    Returns
    -------
    float
        In nats, at most ``log(classes)``.

    Raises
    ------
    QuantcalValueError
        For a value outside its range.

    Examples
    --------
    >>> import quantcal
    >>> round(quantcal.conformal_pursuit_entropy_bound(4, 19, 0.1, 1.5), 6)
    0.923455
    """
    bound = c_double()
    sizes = as_size("classes", classes), as_size("n", n)
    numbers = as_level(alpha), as_float("mean_size", mean_size)
    check(_bound(*sizes, *numbers, constant("kind", kind, Kind), byref(bound)))
    return bound.value
