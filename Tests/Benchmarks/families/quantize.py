"""Integer quantization of a matrix, into memory that is there.

`quantcal.quantize` takes new memory each time, and the first touch of a page costs more than
the arithmetic; what is timed here is the library's function itself. `dequantize` has `out`.
"""

from __future__ import annotations

from ctypes import byref
from dataclasses import dataclass
from typing import Any

import numpy as np
import quantcal
from numpy.typing import NDArray
from quantcal._errors import check
from quantcal.quantize.integer import _ENCODE
from quantcal.quantize.layout import integer_options

from families.shared import generator
from harness.row import WrongAnswer

COLUMNS = 4096
GROUP = 128


@dataclass(frozen=True)
class Matrix:
    """Numbers, and room for what becomes of them."""

    values: NDArray[np.float32]
    quantized: quantcal.QuantizedMatrix
    room: NDArray[np.float32]

    @property
    def inputs(self) -> list[NDArray[Any]]:
        return [self.values]


@dataclass(frozen=True)
class Codes(Matrix):
    """The same where the codes are what is read."""

    @property
    def inputs(self) -> list[NDArray[Any]]:
        return [self.values, self.quantized.packed, self.quantized.scales]


def matrix(rows: int, bits: int) -> Matrix:
    values = generator().standard_normal((rows, COLUMNS), np.float32)
    room = quantcal.quantize(np.zeros_like(values), bits=bits, group_size=GROUP)
    return Matrix(values, room, np.zeros_like(values))


def codes(rows: int, bits: int) -> Codes:
    values = generator().standard_normal((rows, COLUMNS), np.float32)
    quantized = quantcal.quantize(values, bits=bits, group_size=GROUP)
    return Codes(values, quantized, np.zeros_like(values))


def encode(data: Matrix) -> None:
    to = data.quantized
    options = integer_options(to.bits, to.group_size, True, "group")
    rows, columns = data.values.shape
    check(
        _ENCODE[data.values.dtype](
            data.values, rows, columns, byref(options), to.packed, to.scales, None
        )
    )


def decode(data: Codes) -> None:
    data.quantized.dequantize(out=data.room)


def numpy_copy(data: Matrix) -> None:
    """The limit: as many numbers, read and written."""
    np.copyto(data.room, data.values)


def _by_hand(quantized: quantcal.QuantizedMatrix) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """The codes of 8 or 4 bits, and the scale of each, from the documented storage."""
    integers = quantized.packed.view(np.int8)
    if quantized.bits == 4:
        halves = np.stack([integers << 4, integers], axis=-1) >> 4  # the shift back keeps the sign
        integers = halves.reshape(quantized.shape)
    return integers, np.repeat(quantized.scales, GROUP, axis=1)


def is_quantized(data: Matrix, _nothing: None) -> None:
    """Each group uses its grid to the end, and each number decodes to within half a step."""
    integers, scales = _by_hand(data.quantized)
    largest = 2 ** (data.quantized.bits - 1) - 1
    ends = np.abs(integers.astype(np.int32)).reshape(-1, GROUP).max(axis=1)
    if not np.array_equal(ends, np.full_like(ends, largest)):
        raise WrongAnswer(f"a group's largest code is {ends[ends != largest][0]}, not {largest}")
    steps = np.abs(data.values.astype(np.float64) / scales - integers).max()
    if not steps <= 0.5 + largest * 2.0**-24:  # the quotient is rounded once
        raise WrongAnswer(f"a number decodes to {steps} steps from what it was")


def is_decoded(data: Codes, _nothing: None) -> None:
    """Code times scale, rounded once."""
    integers, scales = _by_hand(data.quantized)
    if not np.array_equal(data.room, integers * scales):
        raise WrongAnswer("a decoded number is not code * scale")
