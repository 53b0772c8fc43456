"""What the functions of candidates share."""

from __future__ import annotations

from ctypes import c_double, c_int32, c_size_t

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import F32, Array, expect_rank, expect_shape, integer_array, real_array
from quantcal._progress import Progress
from quantcal._structs import Struct, options_of
from quantcal.quantize._code_books import stored_codes


class Options(Struct):
    """qc_quantize_candidates_options."""

    _fields_ = (
        ("centres", c_size_t),
        ("candidates", c_size_t),
        ("penalty", c_double),
        ("settled", c_double),
        ("logit_step", c_double),
        ("centre_step", c_double),
        ("smoothing", c_double),
        ("iterations", c_int32),
        ("reserved", c_int32),
        ("progress", Progress),
    )


new_options = options_of("qc_quantize_candidates_options_init", Options)


def given_candidates(
    candidates: Array, logits: Array
) -> tuple[NDArray[np.uint16], NDArray[np.float32], Options]:
    codes = integer_array("candidates", candidates)
    if codes.ndim == 0:
        expect_rank("candidates", codes, 1)
    scores = real_array("logits", logits, F32)
    expect_shape("logits", scores, codes.shape)
    options = new_options()
    options.candidates = codes.shape[-1]
    return stored_codes(codes), scores, options


def table_of(centres: Array, options: Options) -> NDArray[np.float32]:
    table = real_array("centres", centres, F32)
    expect_rank("centres", table, 2, 2)
    options.centres = table.shape[0]
    return table
