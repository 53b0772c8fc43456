"""Family `quantize`: weights and activations in fewer bits."""

from quantcal.quantize.ggml import (
    GgmlLayout,
    quantize_ggml_decode,
    quantize_ggml_encode,
    quantize_ggml_layout,
)
from quantcal.quantize.integer import QuantizedMatrix, quantize
from quantcal.quantize.layout import QuantizeLayout, quantize_layout
from quantcal.quantize.packing import pack_codes, unpack_codes

__all__ = [
    "GgmlLayout",
    "QuantizeLayout",
    "QuantizedMatrix",
    "pack_codes",
    "quantize",
    "quantize_ggml_decode",
    "quantize_ggml_encode",
    "quantize_ggml_layout",
    "quantize_layout",
    "unpack_codes",
]
