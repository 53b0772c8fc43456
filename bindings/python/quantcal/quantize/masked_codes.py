"""Codes of a part of a matrix, and the numbers that they stand for."""

from __future__ import annotations

from ctypes import POINTER, byref, c_size_t
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import F32, Array, as_rows, expect_shape
from quantcal._errors import check
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind
from quantcal._progress import ProgressCallback, reporting
from quantcal.quantize.grid import GridStruct, QuantizeGrid
from quantcal.quantize.grid_codes import group_parameters
from quantcal.quantize.kinds import BITS, KINDS, input_array, output_array
from quantcal.quantize.layout import Granularity
from quantcal.quantize.masked import MaskedOptions, Part
from quantcal.quantize.packing import code_bytes

_ENCODE = {
    kind: bind(
        f"qc_quantize_masked_encode_{suffix}",
        ArrayOf(stored),  # values
        c_size_t,
        c_size_t,
        ArrayOf(np.uint8),  # mask
        POINTER(GridStruct),
        POINTER(MaskedOptions),
        ArrayOf(np.float32),  # scales
        ArrayOf(np.float32),  # zeros
        ArrayOf(np.uint8),  # codes
    )
    for kind, suffix, stored in KINDS
}
_DECODE = {
    kind: bind(
        f"qc_quantize_masked_decode_{suffix}",
        ArrayOf(np.uint8),  # codes
        ArrayOf(np.float32),  # scales
        ArrayOf(np.float32),  # zeros
        ArrayOf(np.uint8),  # mask
        c_size_t,
        c_size_t,
        POINTER(GridStruct),
        POINTER(MaskedOptions),
        ArrayOf(stored),  # values
    )
    for kind, suffix, stored in KINDS
}


def quantize_masked_encode(
    w: Array,
    mask: Array,
    grid: QuantizeGrid | str,
    scales: Array,
    zeros: Array | None = None,
    *,
    selected: bool = True,
    group_size: int = 128,
    granularity: Granularity = "group",
    progress: ProgressCallback | None = None,
) -> NDArray[np.uint8]:
    """Round a part of a matrix to a grid.

    Parameters
    ----------
    w, mask, grid, selected, group_size, granularity, progress
        As for `quantize_masked_range`.
    scales, zeros
        One for each group, as `quantize_masked_range` gives them.

    Returns
    -------
    ndarray of uint8, 1-D
        The codes of each row behind each other, without those of other parts; each row starts
        on a byte.

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, a scale that is not positive, a wrong shape, or an option outside
        its range.
    """
    kind, values = input_array(w)
    rows = as_rows("w", values).shape[0]
    part = Part(mask, rows, grid, selected, group_size, granularity)
    part.expect(values)
    parameters, offsets = group_parameters(scales, zeros, part.group_shape())
    codes = lent(part.layout().code_bytes, np.uint8)
    with reporting(progress, values.size) as part.options.progress:
        status = _ENCODE[kind](
            values,
            rows,
            part.columns,
            part.mask,
            byref(part.grid),
            byref(part.options),
            parameters,
            offsets,
            codes,
        )
    check(status)
    return codes


def quantize_masked_decode(
    codes: Array,
    mask: Array,
    grid: QuantizeGrid | str,
    scales: Array,
    zeros: Array | None = None,
    *,
    out: NDArray[Any],
    selected: bool = True,
    group_size: int = 128,
    granularity: Granularity = "group",
    progress: ProgressCallback | None = None,
) -> NDArray[Any]:
    """Write the numbers that codes of a part stand for to their places in a matrix.

    Parameters
    ----------
    codes : array_like of uint8, 1-D
        As `quantize_masked_encode` gives them.
    mask, grid, scales, zeros, selected, group_size, granularity, progress
        As given there.
    out : ndarray, shape (rows, columns)
        float32, float16, ``ml_dtypes.bfloat16`` or its bits as uint16; C-contiguous. What is
        not in the part stays.

    Returns
    -------
    ndarray
        `out`.

    Raises
    ------
    QuantcalValueError
        For parameters that are not finite, a wrong shape, or an option outside its range.
    """
    kind, result = output_array(np.shape(out), None, out)
    part = Part(mask, len(result), grid, selected, group_size, granularity)
    expect_shape("out", result, (part.rows, part.columns))
    packed = code_bytes(codes)
    expect_shape("codes", packed, (part.layout().code_bytes,))
    parameters, offsets = group_parameters(scales, zeros, part.group_shape())
    stored = BITS if kind != F32 else F32
    with reporting(progress, result.size) as part.options.progress:
        status = _DECODE[kind](
            packed,
            parameters,
            offsets,
            part.mask,
            part.rows,
            part.columns,
            byref(part.grid),
            byref(part.options),
            result.view(stored),
        )
    check(status)
    return result
