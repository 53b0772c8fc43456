"""Matrices on integer grids: codes of 2 to 8 bits, and a scale for each group of them."""

from __future__ import annotations

import math
from ctypes import POINTER, byref, c_size_t
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from quantcal._arrays import (
    F32,
    Array,
    as_rows,
    as_size,
    contiguous,
    integer_array,
    real_array,
)
from quantcal._errors import Status, check, refuse
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind
from quantcal._progress import ProgressCallback, reporting
from quantcal.quantize.kinds import BITS, KINDS, input_array, output_array
from quantcal.quantize.layout import Granularity, Options, integer_options, layout_of, sized
from quantcal.quantize.packing import row_bytes, unpack_codes

_ENCODE = {
    kind: bind(
        f"qc_quantize_integer_encode_{suffix}",
        ArrayOf(stored),  # values
        c_size_t,
        c_size_t,
        POINTER(Options),
        ArrayOf(np.uint8),  # codes
        ArrayOf(np.float32),  # scales
        ArrayOf(np.uint8),  # zeros
    )
    for kind, suffix, stored in KINDS
}

_DECODE = {
    kind: bind(
        f"qc_quantize_integer_decode_{suffix}",
        ArrayOf(np.uint8),  # codes
        ArrayOf(np.float32),  # scales
        ArrayOf(np.uint8),  # zeros
        c_size_t,
        c_size_t,
        POINTER(Options),
        ArrayOf(stored),  # values
    )
    for kind, suffix, stored in KINDS
}


@dataclass(frozen=True, eq=False)
class QuantizedMatrix:
    """A matrix in few bits. `quantize` makes it; the constructor takes the parts of one
    that was stored, and refuses parts that do not belong together.

    Attributes
    ----------
    packed : ndarray of uint8, shape (rows, ceil(columns * bits / 8))
        The codes without gaps, as `pack_codes` makes them.
    scales : ndarray of float32
        Shape (rows, groups), (rows, 1) or (1, 1), as `granularity` says.
    zeros : ndarray of uint8, or None
        Zero points, one for each scale; None for symmetric quantization.
    shape : tuple of int
        The shape of the numbers. Columns are its last axis, rows all others.
    bits : int
        Bits of a code, 2 to 8.
    group_size : int
        Neighbours in a row that share a scale, for ``granularity="group"``.
    granularity : {"group", "row", "tensor"}
        What shares a scale.
    """

    packed: NDArray[np.uint8] = field(repr=False)
    scales: NDArray[np.float32] = field(repr=False)
    zeros: NDArray[np.uint8] | None = field(repr=False)
    shape: tuple[int, ...]
    bits: int = 4
    group_size: int = 128
    granularity: Granularity = "group"

    def __post_init__(self) -> None:
        # A wrong size would be read beyond its end, so nothing is taken on trust.
        shape = tuple(as_size("shape", length) for length in self.shape)
        object.__setattr__(self, "shape", shape)
        rows, columns = self._rows_and_columns()
        group_count = layout_of(rows, columns, self._options()).group_count
        if self.granularity == "tensor":
            groups = (group_count, 1)
        else:
            groups = (rows, group_count // max(rows, 1))
        scales = real_array("scales", self.scales, F32)
        row = row_bytes(columns, self.bits)
        object.__setattr__(self, "packed", self._bytes("packed", (rows, row)))
        object.__setattr__(self, "scales", sized("scales", scales, groups))
        if self.zeros is not None:
            object.__setattr__(self, "zeros", self._bytes("zeros", groups))

    def _rows_and_columns(self) -> tuple[int, int]:
        if not self.shape:
            raise refuse(Status.QC_ERR_SIZE, "shape is (); expected at least 1-D")
        return math.prod(self.shape[:-1]), self.shape[-1]

    def _options(self) -> Options:
        return integer_options(self.bits, self.group_size, self.symmetric, self.granularity)

    def _bytes(self, name: str, shape: tuple[int, ...]) -> NDArray[np.uint8]:
        array = integer_array(name, getattr(self, name))
        if array.dtype != np.uint8:
            raise TypeError(f"{name} has dtype {array.dtype}; expected uint8")
        return sized(name, contiguous(array, array.dtype), shape)

    @property
    def symmetric(self) -> bool:
        """Whether zero is the middle of each grid: there are no zero points."""
        return self.zeros is None

    @property
    def codes(self) -> NDArray[Any]:
        """The codes, one a byte, in the numbers' shape: int8 if symmetric, else uint8.
        They are unpacked anew each time."""
        codes = unpack_codes(self.packed, self.shape[-1], self.bits, signed=self.symmetric)
        return codes.reshape(self.shape)

    @property
    def nbytes(self) -> int:
        """The bytes of the packed codes, the scales and the zero points."""
        zeros = 0 if self.zeros is None else self.zeros.nbytes
        return self.packed.nbytes + self.scales.nbytes + zeros

    def dequantize(
        self,
        dtype: DTypeLike | None = None,
        out: NDArray[Any] | None = None,
        *,
        progress: ProgressCallback | None = None,
    ) -> NDArray[Any]:
        """The numbers that the codes stand for: ``codes * scales``, or
        ``(codes - zeros) * scales``, rounded once to single precision.

        Parameters
        ----------
        dtype : dtype, optional
            float32 (the default, unless `out` says otherwise), float16, or
            ``ml_dtypes.bfloat16``; ``"bfloat16"`` gives its bits as uint16. 16-bit
            numbers are rounded from the single-precision ones.
        out : ndarray of `shape`, optional
            Written to, and returned: contiguous, of a type above.
        progress : callable, optional
            Called now and then with the fraction done, 0 to 1. A true result stops the
            work with `Cancelled`; an exception stops it too and is raised.

        Raises
        ------
        QuantcalValueError
            For scales that are not finite, zero points that are no code, or a wrong
            shape of `out`.
        TypeError
            For another type.
        """
        rows, columns = self._rows_and_columns()
        kind, result = output_array(self.shape, dtype, out)
        stored = BITS if kind != F32 else F32
        options = self._options()
        with reporting(progress, result.size) as options.progress:
            status = _DECODE[kind](
                self.packed,
                self.scales,
                self.zeros,
                rows,
                columns,
                byref(options),
                result.view(stored),
            )
        check(status)
        return result


def quantize(
    w: Array,
    bits: int = 4,
    group_size: int = 128,
    symmetric: bool = True,
    granularity: Granularity = "group",
    *,
    progress: ProgressCallback | None = None,
) -> QuantizedMatrix:
    """Round a matrix to integer grids of 2 to 8 bits, a scale for each group of elements.

    Symmetric: ``scale = max(abs(w)) / (2**(bits - 1) - 1)`` and ``code = rint(w / scale)``.
    Otherwise affine: ``scale = (max(w, 0) - min(w, 0)) / (2**bits - 1)``,
    ``zero = rint(-min(w, 0) / scale)`` and ``code = rint(w / scale) + zero``.

    Parameters
    ----------
    w : array_like, shape (..., columns)
        Finite values. Leading axes count rows; 1-D is one row; empty is allowed.
        float32, float16 and bfloat16 (of PyTorch or ml_dtypes) are read in place, all
        else is first rounded to float32.
    bits : int
        2 to 8.
    group_size : int
        Neighbours in a row that share a scale, at least 1; a row's last group may be
        shorter. Used for ``granularity="group"`` only.
    symmetric : bool
        False for affine quantization: unsigned codes and zero points.
    granularity : {"group", "row", "tensor"}
        What shares a scale: groups in a row, a whole row, or all.
    progress : callable, optional
        Called now and then with the fraction done, 0 to 1. A true result stops the work
        with `Cancelled`; an exception stops it too and is raised.

    Returns
    -------
    QuantizedMatrix
        With ``.codes``, ``.packed``, ``.scales``, ``.zeros`` and ``.dequantize()``.

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, a wrong shape, or an option outside its range.
    TypeError
        If `w` is not of real numbers.

    Notes
    -----
    Ties round to even. A group of zeros gets scale 1.

    Examples
    --------
    >>> import quantcal
    >>> q = quantcal.quantize([[0.5, -3.5, 1.2, 7.0], [0.0, 0.0, 1.0, 3.0]], group_size=2)
    >>> q.codes
    array([[ 1, -7,  1,  7],
           [ 0,  0,  2,  7]], dtype=int8)
    >>> q.scales.round(4)
    array([[0.5   , 1.    ],
           [1.    , 0.4286]], dtype=float32)
    >>> q.dequantize().round(2)
    array([[ 0.5 , -3.5 ,  1.  ,  7.  ],
           [ 0.  ,  0.  ,  0.86,  3.  ]], dtype=float32)
    """
    kind, values = input_array(w)
    rows, columns = as_rows("w", values).shape
    options = integer_options(bits, group_size, symmetric, granularity)
    code_bytes, group_count = layout_of(rows, columns, options)
    packed = lent(code_bytes, np.uint8)
    scales = lent(group_count, np.float32)
    zeros = None if symmetric else lent(group_count, np.uint8)
    with reporting(progress, values.size) as options.progress:
        status = _ENCODE[kind](values, rows, columns, byref(options), packed, scales, zeros)
    check(status)
    return QuantizedMatrix(packed, scales, zeros, values.shape, bits, group_size, granularity)
