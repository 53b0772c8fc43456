"""Family `quantize`: weights and activations in fewer bits."""

from quantcal.quantize.checkpoint import (
    CheckpointLayout,
    CheckpointWeights,
    quantize_checkpoint_layout,
    quantize_checkpoint_read,
    quantize_checkpoint_write,
)
from quantcal.quantize.file import FileTensor, QuantizeFile
from quantcal.quantize.ggml import (
    GgmlLayout,
    quantize_ggml_decode,
    quantize_ggml_encode,
    quantize_ggml_layout,
)
from quantcal.quantize.grid import (
    QuantizeGrid,
    quantize_grid,
    quantize_grid_layout,
    quantize_grid_levels,
)
from quantcal.quantize.grid_codes import (
    quantize_grid_decode,
    quantize_grid_encode,
    quantize_grid_scales,
)
from quantcal.quantize.grid_training import (
    GridFake,
    GridNeighbours,
    quantize_grid_fake,
    quantize_grid_neighbours,
)
from quantcal.quantize.integer import QuantizedMatrix, quantize
from quantcal.quantize.layout import QuantizeLayout, quantize_layout
from quantcal.quantize.packing import pack_codes, unpack_codes

__all__ = [
    "CheckpointLayout",
    "CheckpointWeights",
    "FileTensor",
    "GgmlLayout",
    "GridFake",
    "GridNeighbours",
    "QuantizeFile",
    "QuantizeGrid",
    "QuantizeLayout",
    "QuantizedMatrix",
    "pack_codes",
    "quantize",
    "quantize_checkpoint_layout",
    "quantize_checkpoint_read",
    "quantize_checkpoint_write",
    "quantize_ggml_decode",
    "quantize_ggml_encode",
    "quantize_ggml_layout",
    "quantize_grid",
    "quantize_grid_decode",
    "quantize_grid_encode",
    "quantize_grid_fake",
    "quantize_grid_layout",
    "quantize_grid_levels",
    "quantize_grid_neighbours",
    "quantize_grid_scales",
    "quantize_layout",
    "unpack_codes",
]
