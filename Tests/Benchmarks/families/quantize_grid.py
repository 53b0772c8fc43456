"""Scalar grids: codes and numbers of a matrix, into memory that is there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from ctypes import byref
from dataclasses import dataclass
from typing import Any

import numpy as np
import quantcal
from numpy.typing import NDArray
from quantcal._arrays import BFLOAT16
from quantcal._errors import check
from quantcal.quantize.grid import grid_options, grid_struct
from quantcal.quantize.grid_codes import _DECODE, _ENCODE, _SCALES

from families.shared import generator
from harness.row import WrongAnswer

COLUMNS = 4096
#: How many neighbours share a scale.
GROUPS = {"int8": 128, "int4": 128, "e4m3fn": 128, "e5m2": 128, "e2m1fn": 32, "nf4": 64}
#: Rows that are looked at by hand.
CHECKED = 16


@dataclass(frozen=True)
class Matrix:
    """Numbers, their codes, and room for numbers of the same type."""

    name: str
    #: Single precision, or the bits of bfloat16.
    values: NDArray[Any]
    scales: NDArray[np.float32]
    packed: NDArray[np.uint8]
    room: NDArray[Any]

    @property
    def inputs(self) -> list[NDArray[Any]]:
        return [self.values]

    @property
    def kind(self) -> np.dtype[Any]:
        return BFLOAT16 if self.values.dtype == np.uint16 else self.values.dtype

    @property
    def singles(self) -> NDArray[np.float32]:
        """The first rows of numbers."""
        first = self.values[:CHECKED]
        if first.dtype == np.uint16:
            return (first.astype(np.uint32) << 16).view(np.float32)
        return first

    def codes(self) -> NDArray[np.uint8]:
        """Of the first rows, from the documented storage: the low half of a byte comes first."""
        packed = self.packed.reshape(len(self.values), -1)[:CHECKED]
        if packed.shape[1] == COLUMNS:
            return packed
        return np.stack([packed & 15, packed >> 4], axis=-1).reshape(-1, COLUMNS)

    def spread_scales(self) -> NDArray[np.float32]:
        """Of the first rows, a scale for each number."""
        scales = self.scales.reshape(len(self.values), -1)[:CHECKED]
        return np.repeat(scales, GROUPS[self.name], axis=1)


@dataclass(frozen=True)
class Codes(Matrix):
    """The same where the codes are what is read."""

    @property
    def inputs(self) -> list[NDArray[Any]]:
        return [self.values, self.packed, self.scales]


def matrix(rows: int, name: str, kind: str) -> Matrix:
    values: NDArray[Any] = generator().standard_normal((rows, COLUMNS), np.float32)
    if kind == "bf16":
        values = (values.view(np.uint32) >> 16).astype(np.uint16)
    bits = grid_struct(name).bits
    packed = np.zeros(rows * COLUMNS * bits // 8, np.uint8)
    scales = np.zeros(rows * COLUMNS // GROUPS[name], np.float32)
    data = Matrix(name, values, scales, packed, np.zeros_like(values))
    make_scales(data)
    return data


def codes(rows: int, name: str, kind: str) -> Codes:
    data = matrix(rows, name, kind)
    encode(data)
    return Codes(name, data.values, data.scales, data.packed, data.room)


def make_scales(data: Matrix) -> None:
    grid, options = grid_struct(data.name), grid_options(GROUPS[data.name], "group")
    call = _SCALES[data.kind]
    check(call(data.values, *data.values.shape, byref(grid), byref(options), data.scales))


def encode(data: Matrix) -> None:
    """With scales that are there."""
    grid, options = grid_struct(data.name), grid_options(GROUPS[data.name], "group")
    call = _ENCODE[data.kind]
    shape = data.values.shape
    check(call(data.values, *shape, byref(grid), byref(options), data.scales, None, data.packed))


def scales_and_codes(data: Matrix) -> None:
    make_scales(data)
    encode(data)


def decode(data: Codes) -> None:
    grid, options = grid_struct(data.name), grid_options(GROUPS[data.name], "group")
    call = _DECODE[data.kind]
    shape = data.values.shape
    check(call(data.packed, data.scales, None, *shape, byref(grid), byref(options), data.room))


def numpy_copy(data: Matrix) -> None:
    """The limit: as many numbers, read and written."""
    np.copyto(data.room, data.values)


_two = ThreadPoolExecutor(2)


def copy_on_two_threads(data: Matrix) -> None:
    """The same by halves: NumPy gives up its lock while it copies."""
    half = len(data.values) // 2
    halves = [_two.submit(np.copyto, data.room[:half], data.values[:half])]
    halves.append(_two.submit(np.copyto, data.room[half:], data.values[half:]))
    for copied in halves:
        copied.result()


def is_nearest(data: Matrix, _nothing: None) -> None:
    """No level is nearer to a number than the one of its code."""
    levels = quantcal.quantize_grid_levels(data.name)
    finite = np.sort(levels[np.isfinite(levels)].astype(np.float64))
    quotients = data.singles.astype(np.float64) / data.spread_scales()
    places = np.clip(np.searchsorted(finite, quotients), 1, len(finite) - 1)
    least = np.minimum(abs(quotients - finite[places - 1]), abs(finite[places] - quotients))
    excess = abs(levels[data.codes()] - quotients) - least
    if not excess.max() <= np.abs(quotients).max() * 2.0**-23:  # the quotient is rounded once
        raise WrongAnswer(f"a level is nearer than that of the code, by {excess.max()}")


def is_decoded(data: Codes, _nothing: None) -> None:
    """Level times scale, rounded once."""
    numbers = quantcal.quantize_grid_levels(data.name)[data.codes()] * data.spread_scales()
    if not np.array_equal(data.room[:CHECKED], numbers):
        raise WrongAnswer("a decoded number is not level * scale")


def bitsandbytes_nf4(data: Matrix) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    import torch
    from bitsandbytes.functional import quantize_4bit

    codes, state = quantize_4bit(
        torch.from_numpy(data.values), blocksize=GROUPS["nf4"], quant_type="nf4"
    )
    return codes.numpy().ravel(), state.absmax.numpy()


def same_codes(
    data: Matrix, _nothing: None, theirs: tuple[NDArray[np.uint8], NDArray[np.float32]]
) -> str:
    """It puts the first code of a byte into the high half."""
    codes, largest = theirs
    if not np.array_equal(largest.ravel(), data.scales):
        raise WrongAnswer("its scales are not ours")
    ours = data.packed >> 4 | data.packed << 4
    others = np.count_nonzero((ours ^ codes) & 15) + np.count_nonzero((ours ^ codes) >> 4)
    share = others / (2 * len(codes))
    # It multiplies by a rounded 1 / scale, which moves what is halfway between two levels.
    if share > 1e-4:
        raise WrongAnswer(f"{share:.2%} of its codes are not ours")
    return f"{others} other codes" if others else ""
