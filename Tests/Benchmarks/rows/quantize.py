"""Matrices to integers and back."""

from __future__ import annotations

from functools import partial

from families import quantize
from harness.row import Rival, Row

ROWS = [
    *(
        Row(
            name=f"quantize int{bits}, groups of {quantize.GROUP}",
            size=4096,
            data=partial(quantize.matrix, bits=bits),
            ours=quantize.encode,
            right=quantize.is_quantized,
            threads=1,
            against=[Rival("limit: copy of the input", quantize.numpy_copy, 0.5)],
        )
        for bits in (8, 4)
    ),
    Row(
        name=f"dequantize int4, groups of {quantize.GROUP}",
        size=4096,
        data=partial(quantize.codes, bits=4),
        ours=quantize.decode,
        right=quantize.is_decoded,
        threads=1,
        against=[Rival("limit: copy of the output", quantize.numpy_copy, 0.5)],
    ),
]
