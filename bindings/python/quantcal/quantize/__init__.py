"""Family `quantize`: weights and activations in fewer bits."""

from quantcal.quantize.integer import QuantizedMatrix, quantize
from quantcal.quantize.layout import QuantizeLayout, quantize_layout
from quantcal.quantize.packing import pack_codes, unpack_codes

__all__ = [
    "QuantizeLayout",
    "QuantizedMatrix",
    "pack_codes",
    "quantize",
    "quantize_layout",
    "unpack_codes",
]
