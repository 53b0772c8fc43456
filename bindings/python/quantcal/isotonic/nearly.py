"""Nearly-isotonic regression of a sequence, at every penalty."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int32, c_size_t, c_void_p
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    F64,
    REALS,
    Array,
    as_float,
    bind_real,
    counted,
    real_vector,
    weight_array,
)
from quantcal._errors import check
from quantcal._handles import NEW_HANDLE, Handle, handle_kind
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind
from quantcal._progress import Progress, ProgressCallback, reporting
from quantcal._structs import Struct, options_of

__all__ = ["NearlyIsotonicPath", "isotonic_nearly"]


class _Options(Struct):
    """qc_isotonic_nearly_options."""

    _fields_ = (
        ("direction", c_int32),
        ("reserved", c_int32),
        ("progress", Progress),
    )


_new_options = options_of("qc_isotonic_nearly_options_init", _Options)
_PATH = handle_kind("qc_isotonic_nearly_destroy")

_CREATE = bind_real(
    "qc_isotonic_nearly_create",
    REALS,  # y
    REALS,  # weights
    c_size_t,
    POINTER(_Options),
    NEW_HANDLE,
)

_breakpoints = bind(
    "qc_isotonic_nearly_breakpoints",
    _PATH,
    ArrayOf(np.float64),  # lambdas
    c_size_t,  # capacity
    POINTER(c_size_t),  # count
)

_FIT = bind_real(
    "qc_isotonic_nearly_fit",
    _PATH,
    c_double,  # lambda
    REALS,  # x
    c_size_t,
    POINTER(c_size_t),  # degrees_of_freedom
)


class NearlyIsotonicPath:
    """The nearly-isotonic fits of a sequence at every penalty; `isotonic_nearly` makes it.

    It never changes, and threads may share it.
    """

    def __init__(self, handle: Handle, size: int, dtype: np.dtype[Any]) -> None:
        self._handle = handle
        self._size = size
        self._dtype = dtype

    def __repr__(self) -> str:
        return f"<NearlyIsotonicPath: {self._size} points, {self.breakpoints.size} breakpoints>"

    def __len__(self) -> int:
        """The number of points."""
        return self._size

    @cached_property
    def breakpoints(self) -> NDArray[np.float64]:
        """The penalties above 0 at which groups of neighbours join, in ascending order. The
        fit is linear in the penalty between them, and isotonic from the last one on."""
        (lambdas,) = counted(partial(_breakpoints, self._handle), F64)
        lambdas.flags.writeable = False
        return lambdas

    def fit(self, lmbda: float) -> NDArray[Any]:
        """The fitted values at a penalty.

        Parameters
        ----------
        lmbda : float
            At least 0, where the fit is the sequence itself. Infinity gives the isotonic
            fit.

        Returns
        -------
        ndarray, shape (n,)
            In the type of the sequence.
        """
        x = lent(self._size, self._dtype)
        check(_FIT[self._dtype](self._handle, as_float("lmbda", lmbda), x, x.size, None))
        return x

    def degrees_of_freedom(self, lmbda: float) -> int:
        """The number of groups of neighbours that have joined at a penalty: an unbiased
        estimate of the fit's degrees of freedom, if the weights are equal."""
        count = c_size_t()
        fit = _FIT[self._dtype]
        check(fit(self._handle, as_float("lmbda", lmbda), None, 0, byref(count)))
        return count.value


def isotonic_nearly(
    y: Array,
    *,
    weights: Array | None = None,
    increasing: bool = True,
    progress: ProgressCallback | None = None,
) -> NearlyIsotonicPath:
    """Nearly-isotonic regression of a sequence, for every penalty at once.

    At penalty ``lmbda`` the fit minimises ``sum(weights * (y - x)**2) / 2 + lmbda *
    sum(maximum(x[:-1] - x[1:], 0))`` (of rises instead of falls if not `increasing`): from
    `y` itself at 0 to the isotonic fit, and in between only falls that pay for their
    penalty are left. As the penalty grows, neighbours join and never part, so the whole
    path costs O(n log n) time, and a fit O(n).

    Parameters
    ----------
    y : array_like, shape (n,)
        Finite values. float32 gives float32 fits, all else is float64. Empty is allowed.
    weights : array_like, shape (n,), optional
        Finite and >= 0, not all zero, converted to the type of `y`; ones by default. A
        point of weight 0 does not move the fit: it joins the group to its left, the first
        points the group to their right.
    increasing : bool
        False to penalise rises.
    progress : callable, optional
        Called now and then with the fraction done, 0 to 1. A true result stops the work
        with `Cancelled`; an exception stops it too and is raised.

    Returns
    -------
    NearlyIsotonicPath
        With ``.breakpoints``, ``.fit(lmbda)`` and ``.degrees_of_freedom(lmbda)``.

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, a negative weight, weights that are all 0, or a wrong shape.
    TypeError
        If `y` or `weights` are not real numbers.

    References
    ----------
    Tibshirani, Hoefling and Tibshirani (2011), Nearly-isotonic regression. Technometrics 53.

    Examples
    --------
    >>> import quantcal
    >>> path = quantcal.isotonic_nearly([1, 3, 2, 4, 0])
    >>> path.breakpoints
    array([0.5 , 1.5 , 2.25])
    >>> path.fit(1.5), path.degrees_of_freedom(1.5)
    (array([1. , 2.5, 2.5, 2.5, 1.5]), 3)
    """
    values = real_vector("y", y)
    n = values.size
    point_weights = weight_array("weights", weights, values.dtype, (n,))
    options = _new_options()
    options.direction = 0 if increasing else 1
    pointer = c_void_p()
    with reporting(progress, n) as options.progress:
        status = _CREATE[values.dtype](values, point_weights, n, byref(options), byref(pointer))
    check(status)
    return NearlyIsotonicPath(Handle(_PATH, pointer), n, values.dtype)
