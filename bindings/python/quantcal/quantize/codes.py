"""How many bits packed codes carry."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int32, c_size_t

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    Array,
    as_int32,
    as_rows,
    as_size,
    contiguous,
    expect_shape,
    integer_array,
    size_array,
)
from quantcal._errors import Status, check, refuse
from quantcal._library import ArrayOf, bind
from quantcal.quantize.packing import row_bytes

_count = bind(
    "qc_quantize_code_counts",
    ArrayOf(np.uint8),  # codes
    c_size_t,
    c_size_t,
    c_int32,  # bits
    ArrayOf(np.uintp),  # counts
)


def quantize_code_counts(packed: Array, columns: int, bits: int) -> NDArray[np.uintp]:
    """How often each code occurs among packed codes.

    Parameters
    ----------
    packed : array_like of uint8, shape (..., ceil(columns * bits / 8))
        Packed rows, as `pack_codes` and `quantize` give them.
    columns : int
        The number of codes in a row.
    bits : int
        1 to 8.

    Returns
    -------
    ndarray of uintp, shape (2**bits,)
        A signed code -k is counted at ``2**bits - k``.

    Raises
    ------
    QuantcalValueError
        For a wrong shape, or `bits` outside its range.
    TypeError
        If `packed` is not of uint8.

    Examples
    --------
    >>> import quantcal
    >>> packed = quantcal.pack_codes([3, 0, 3, 1, 3], bits=2, signed=False)
    >>> quantcal.quantize_code_counts(packed, 5, 2)
    array([1, 1, 0, 3], dtype=uint64)
    """
    array = integer_array("packed", packed)
    if array.size and array.dtype != np.uint8:
        raise TypeError(f"packed has dtype {array.dtype}; expected uint8")
    codes = contiguous(array, np.dtype(np.uint8))
    rows = len(as_rows("packed", codes))
    width, count = as_int32("bits", bits), as_size("columns", columns)
    if not 1 <= width <= 8:
        raise refuse(Status.QC_ERR_DOMAIN, f"bits is {width}; bits must be 1 to 8")
    expect_shape("packed", codes, (*codes.shape[:-1], row_bytes(count, width)))
    counts = np.empty(1 << width, np.uintp)
    check(_count(codes, rows, count, width, counts))
    return counts


_entropy = bind("qc_quantize_entropy", ArrayOf(np.uintp), c_size_t, POINTER(c_double))


def quantize_entropy(counts: Array) -> float:
    """The entropy, in bits, of a law given by counts.

    It is the least mean length to which an entropy coder can bring codes with these counts,
    if it takes each by itself.

    Parameters
    ----------
    counts : array_like of int
        Not negative, and not all 0.

    Returns
    -------
    float
        From 0 to ``log2(len(counts))``.

    Raises
    ------
    QuantcalValueError
        For a negative count, or no counts but 0.
    TypeError
        If `counts` are not integers.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.quantize_entropy([2, 1, 1, 0])
    1.5
    """
    array = size_array("counts", counts, 1)
    bits = c_double()
    check(_entropy(array, array.size, byref(bits)))
    return bits.value
