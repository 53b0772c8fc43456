"""Packed codes that are read at fewer bits."""

from __future__ import annotations

from ctypes import POINTER, byref, c_int32, c_size_t
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import F32, Array, as_int32, as_size, constant, real_array
from quantcal._errors import check
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind
from quantcal._progress import Progress, ProgressCallback, reporting
from quantcal._structs import Struct, options_of
from quantcal.quantize.grid import grid_options, grid_struct
from quantcal.quantize.grid_codes import group_shape
from quantcal.quantize.layout import Granularity, sized
from quantcal.quantize.packing import packed_rows, row_bytes


class ElasticOptions(Struct):
    """qc_quantize_elastic_options."""

    _fields_ = (
        ("granularity", c_int32),
        ("refit", c_int32),
        ("group_size", c_size_t),
        ("progress", Progress),
    )


_new_options = options_of("qc_quantize_elastic_options_init", ElasticOptions)
_elastic = bind(
    "qc_quantize_elastic",
    ArrayOf(np.uint8),  # codes
    ArrayOf(np.float32),  # scales
    c_size_t,
    c_size_t,
    c_int32,  # bits
    c_int32,  # fewer_bits
    POINTER(ElasticOptions),
    ArrayOf(np.uint8),  # fewer_codes
    ArrayOf(np.float32),  # fewer_scales
)


class ElasticCodes(NamedTuple):
    """Codes on a midrise grid, with the scales of their groups."""

    codes: NDArray[np.uint8]
    scales: NDArray[np.float32]


def quantize_elastic(
    codes: Array,
    scales: Array,
    columns: int,
    bits: int,
    fewer_bits: int,
    *,
    refit: bool = False,
    group_size: int = 128,
    granularity: Granularity = "group",
    progress: ProgressCallback | None = None,
) -> ElasticCodes:
    """Read codes on a midrise grid at fewer bits.

    Parameters
    ----------
    codes : array_like of uint8, shape (rows, ceil(columns * bits / 8))
        As `quantize_grid_encode` gives them for the grid ``f"midrise{bits}"``.
    scales : array_like
        One for each group, positive.
    columns : int
        Codes in a row.
    bits, fewer_bits : int
        1 to 8; at most `bits`.
    refit : bool
        Whether scales are those of least squares from the numbers that `codes` stand for; else
        they are multiplied with ``2**(bits - fewer_bits)``.
    group_size, granularity, progress
        As for `quantize_grid_encode`.

    Returns
    -------
    ElasticCodes
        The named tuple ``(codes, scales)`` for the grid ``f"midrise{fewer_bits}"``.

    Raises
    ------
    QuantcalValueError
        For a scale that is not positive, a wrong shape, or a number outside its range.

    Examples
    --------
    >>> import quantcal
    >>> w = [[-3.5, -0.5, 0.5, 2.5]]
    >>> codes = quantcal.quantize_grid_encode(w, "midrise3", [1.0])
    >>> fewer = quantcal.quantize_elastic(codes, [1.0], 4, 3, 2)
    >>> quantcal.quantize_grid_decode(fewer.codes, "midrise2", fewer.scales, 4)
    array([[-3., -1.,  1.,  3.]], dtype=float32)
    """
    columns, width = as_size("columns", columns), as_int32("bits", bits)
    fewer = as_int32("fewer_bits", fewer_bits)
    packed, rows = packed_rows(codes, columns, width)
    shape = group_shape(
        rows, columns, grid_struct("midrise1"), grid_options(group_size, granularity)
    )
    parameters = sized("scales", real_array("scales", scales, F32), shape)
    options = _new_options()
    options.granularity = constant("granularity", granularity, Granularity)
    options.group_size = as_size("group_size", group_size)
    options.refit = bool(refit)
    fewer_codes = lent((rows, row_bytes(columns, fewer)), np.uint8)
    fewer_scales = lent(shape, np.float32)
    with reporting(progress, rows * columns) as options.progress:
        status = _elastic(
            packed,
            parameters,
            rows,
            columns,
            width,
            fewer,
            byref(options),
            fewer_codes,
            fewer_scales,
        )
    check(status)
    return ElasticCodes(fewer_codes, fewer_scales)
