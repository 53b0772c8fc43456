"""Blocks of ggml, into memory that is there."""

from __future__ import annotations

import ctypes
from ctypes import byref
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import quantcal
from numpy.typing import NDArray
from quantcal._errors import check
from quantcal.quantize.ggml import _ENCODE, _NUMBERS, _new_options

from families.shared import generator
from harness.row import WrongAnswer

COLUMNS = 4096
#: In the order of the constants.
MODES = ("reference", "best")
#: The mean squared error of ggml's own encoders on normal numbers.
GGML_ERRORS = {
    "q4_0": 0.00828,
    "q4_1": 0.00611,
    "q8_0": 4.15e-5,
    "q2_k": 0.0882,
    "q4_k": 0.00508,
    "q6_k": 3.13e-4,
    "iq4_nl": 0.00575,
}


@dataclass(frozen=True)
class Matrix:
    """Numbers, and room for their blocks: ours, and those of ggml."""

    name: str
    mode: str
    values: NDArray[np.float32]
    blocks: NDArray[np.uint8]
    theirs: NDArray[np.uint8]

    @property
    def inputs(self) -> list[NDArray[Any]]:
        return [self.values]

    def errors(self, blocks: NDArray[np.uint8]) -> NDArray[np.float64]:
        """The squared error of each row."""
        rows = blocks.reshape(len(self.values), -1)
        decoded = quantcal.quantize_ggml_decode(rows, self.name)
        return ((decoded.astype(np.float64) - self.values) ** 2).sum(axis=1)


def matrix(rows: int, name: str, mode: str) -> Matrix:
    values = generator().standard_normal((rows, COLUMNS), np.float32)
    size = quantcal.quantize_ggml_layout(rows, COLUMNS, name).bytes
    return Matrix(name, mode, values, np.zeros(size, np.uint8), np.zeros(size, np.uint8))


def encode(data: Matrix) -> None:
    options = _new_options()
    options.mode = MODES.index(data.mode)
    call = _ENCODE[data.values.dtype]
    number = _NUMBERS[data.name]
    check(call(data.values, *data.values.shape, number, None, byref(options), data.blocks))


@cache
def _ggml() -> ctypes.CDLL:
    """The library that peers/ggml.sh builds."""
    import ggml_base

    library = ctypes.CDLL(str(Path(ggml_base.__file__).with_name("libggml-base.so")))
    pointer, size = ctypes.c_void_p, ctypes.c_int64
    library.ggml_quantize_chunk.argtypes = [ctypes.c_int, pointer, pointer, *[size] * 3, pointer]
    library.ggml_quantize_chunk.restype = ctypes.c_size_t
    return library


def ggml(data: Matrix) -> None:
    values, blocks = data.values.ctypes.data, data.theirs.ctypes.data
    number = _NUMBERS[data.name]
    _ggml().ggml_quantize_chunk(number, values, blocks, 0, *data.values.shape, None)


def is_accurate(data: Matrix, _nothing: None) -> None:
    """The blocks decode to about what ggml's encoders reach, or to better."""
    error = data.errors(data.blocks).sum() / data.values.size
    if not error <= GGML_ERRORS[data.name] * 1.05:
        raise WrongAnswer(f"the mean squared error is {error:.4g}")


def same_blocks(data: Matrix, _nothing: None, _theirs: None) -> str:
    others = np.count_nonzero(data.blocks != data.theirs)
    if others:
        raise WrongAnswer(f"{others} of its bytes are not ours")
    return "the same bytes"


def less_error(data: Matrix, _nothing: None, _theirs: None) -> str:
    """In no row more, and how much less in all."""
    ours, theirs = data.errors(data.blocks), data.errors(data.theirs)
    if not np.all(ours <= theirs):
        raise WrongAnswer("it has less squared error in a row")
    return f"our squared error is {100 * (1 - ours.sum() / theirs.sum()):.1f} % less"
