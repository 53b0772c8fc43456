"""The salient elements of a matrix."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int32, c_size_t

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import F32, Array, as_float, as_rows, as_size, constant, real_vector
from quantcal._errors import check
from quantcal._library import ArrayOf, bind
from quantcal._progress import Progress, ProgressCallback, reporting
from quantcal._structs import Struct, options_of
from quantcal.quantize.kinds import KINDS, input_array
from quantcal.quantize.layout import Granularity, sized


class SalientOptions(Struct):
    """qc_quantize_salient_options."""

    _fields_ = (
        ("granularity", c_int32),
        ("reserved", c_int32),
        ("group_size", c_size_t),
        ("fraction", c_double),
        ("progress", Progress),
    )


_new_salient_options = options_of("qc_quantize_salient_options_init", SalientOptions)
_SALIENT = {
    kind: bind(
        f"qc_quantize_salient_mask_{suffix}",
        ArrayOf(stored),  # values
        c_size_t,
        c_size_t,
        ArrayOf(np.float32),  # factors
        POINTER(SalientOptions),
        ArrayOf(np.uint8),  # mask
    )
    for kind, suffix, stored in KINDS
}


def quantize_salient_mask(
    w: Array,
    fraction: float = 0.1,
    *,
    factors: Array | None = None,
    granularity: Granularity = "tensor",
    group_size: int = 128,
    progress: ProgressCallback | None = None,
) -> NDArray[np.bool_]:
    """Mark the salient elements of a matrix.

    Parameters
    ----------
    w : array_like, shape (..., columns)
        Finite values. Leading axes count rows; 1-D is one row, whose mask is for all rows of
        another matrix: with the largest magnitudes of channels it marks whole channels.
    fraction : float
        Of n elements that are compared, the ``round(fraction * n)`` largest are salient; of
        equals the first.
    factors : array_like, shape (columns,), optional
        What magnitudes are multiplied with: ``1 / d`` for the diagonal d of the Cholesky
        factor of the inverse Hessian (PB-LLM), norms of a layer's inputs (Wanda).
    granularity : {"tensor", "row", "group"}
        What is compared: all, a row, or `group_size` neighbours of a row.
    group_size, progress
        As for `quantize_grid_encode`.

    Returns
    -------
    ndarray of bool, shape (rows, columns)

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, a wrong shape, or an option outside its range.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.quantize_salient_mask([[3, 2.5, 0.1, -0.1, 0.3, -0.05]], 1 / 3)
    array([[ True,  True, False, False, False, False]])
    """
    kind, values = input_array(w)
    rows, columns = as_rows("w", values).shape
    options = _new_salient_options()
    options.granularity = constant("granularity", granularity, Granularity)
    options.group_size = as_size("group_size", group_size)
    options.fraction = as_float("fraction", fraction)
    weights = None
    if factors is not None:
        weights = sized("factors", real_vector("factors", factors, F32), (columns,))
    mask = np.empty((rows, (columns + 7) // 8), np.uint8)
    with reporting(progress, values.size) as options.progress:
        status = _SALIENT[kind](values, rows, columns, weights, byref(options), mask)
    check(status)
    return np.unpackbits(mask, axis=1, count=columns, bitorder="little").astype(np.bool_)
