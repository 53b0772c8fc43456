"""Codes of a few bits: one to a byte, or packed without a gap."""

from __future__ import annotations

from ctypes import c_int32, c_size_t
from typing import Any

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
)
from quantcal._errors import Status, check, refuse
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind

_SIGNED, _UNSIGNED = np.dtype(np.int8), np.dtype(np.uint8)


def _in_bytes(name: str, array: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    """The integers as bytes of type `dtype`; those that do not fit are refused."""
    limits = np.iinfo(dtype)
    if array.dtype != dtype and array.size:
        for value in (int(array.min()), int(array.max())):
            if not limits.min <= value <= limits.max:
                raise refuse(
                    Status.QC_ERR_DOMAIN, f"{name} contains {value}, which does not fit {dtype}"
                )
    return contiguous(array, dtype)


def row_bytes(columns: int, bits: int) -> int:
    """The bytes of a packed row; 0 for a number of bits that the library will refuse."""
    return -(-columns * bits // 8) if 1 <= bits <= 8 else 0


def packed_rows(codes: Array, columns: int, bits: int) -> tuple[NDArray[np.uint8], int]:
    """Packed codes of `columns` numbers in a row, and how many rows there are; a wrong number of
    bits is for the library to refuse."""
    packed = code_bytes(codes)
    rows = as_rows("codes", packed).shape[0]
    if 1 <= bits <= 8:
        expect_shape("codes", packed, (*packed.shape[:-1], row_bytes(columns, bits)))
    return packed, rows


def code_bytes(codes: Array) -> NDArray[np.uint8]:
    """Codes as they are stored, contiguous."""
    packed = integer_array("codes", codes)
    if packed.dtype != np.uint8:
        raise TypeError(f"codes has dtype {packed.dtype}; expected uint8")
    return contiguous(packed, packed.dtype)


_pack = bind(
    "qc_quantize_pack",
    ArrayOf(np.uint8),  # unpacked
    c_size_t,
    c_size_t,
    c_int32,  # bits
    c_int32,  # is_signed
    ArrayOf(np.uint8),  # packed
)


def pack_codes(codes: Array, bits: int, *, signed: bool | None = None) -> NDArray[np.uint8]:
    """Pack codes into `bits` bits each.

    Each row (last axis) starts on a byte. Code j of a row is the `bits` bits from bit
    ``j * bits`` of the row on, bit 0 being the lowest of the first byte; bits after the
    last code are 0.

    Parameters
    ----------
    codes : array_like of int, shape (..., columns)
        Signed codes from ``-2**(bits - 1)`` to ``2**(bits - 1) - 1``, or unsigned ones
        from 0 to ``2**bits - 1``. int8 and uint8 are read in place.
    bits : int
        1 to 8.
    signed : bool, optional
        Whether the codes are signed; by default, whether their type is.

    Returns
    -------
    ndarray of uint8, shape (..., ceil(columns * bits / 8))

    Raises
    ------
    QuantcalValueError
        If a code does not fit, or `bits` is outside its range.
    TypeError
        If `codes` are not integers.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.pack_codes([1, -1, 7], bits=4)
    array([241,   7], dtype=uint8)
    """
    array = integer_array("codes", codes)
    is_signed = array.dtype.kind == "i" if signed is None else bool(signed)
    numbers = _in_bytes("codes", array, _SIGNED if is_signed else _UNSIGNED)
    rows, columns = as_rows("codes", numbers).shape
    width = as_int32("bits", bits)
    packed = lent((*numbers.shape[:-1], row_bytes(columns, width)), np.uint8)
    check(_pack(numbers.view(np.uint8), rows, columns, width, is_signed, packed))
    return packed


_unpack = bind(
    "qc_quantize_unpack",
    ArrayOf(np.uint8),  # packed
    c_size_t,
    c_size_t,
    c_int32,  # bits
    c_int32,  # is_signed
    ArrayOf(np.uint8),  # unpacked
)


def unpack_codes(packed: Array, columns: int, bits: int, signed: bool) -> NDArray[Any]:
    """One code a byte again: the inverse of `pack_codes`.

    Parameters
    ----------
    packed : array_like of uint8, shape (..., ceil(columns * bits / 8))
        Packed rows.
    columns : int
        The number of codes in a row.
    bits : int
        1 to 8.
    signed : bool
        Whether the codes are in two's complement.

    Returns
    -------
    ndarray of int8 (if `signed`) or uint8, shape (..., columns)

    Raises
    ------
    QuantcalValueError
        For a wrong shape, or `bits` outside its range.
    TypeError
        If `packed` is not of integers.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.unpack_codes([241, 7], columns=3, bits=4, signed=True)
    array([ 1, -1,  7], dtype=int8)
    """
    rows_of_bytes = _in_bytes("packed", integer_array("packed", packed), _UNSIGNED)
    rows = len(as_rows("packed", rows_of_bytes))
    width, count = as_int32("bits", bits), as_size("columns", columns)
    leading = rows_of_bytes.shape[:-1]
    if 1 <= width <= 8:
        expect_shape("packed", rows_of_bytes, (*leading, row_bytes(count, width)))
    unpacked = lent((*leading, count), _SIGNED if signed else _UNSIGNED)
    check(_unpack(rows_of_bytes, rows, count, width, bool(signed), unpacked.view(np.uint8)))
    return unpacked
