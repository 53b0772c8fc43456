"""A file of a model into another, with its weights quantized."""

from __future__ import annotations

import os
from collections.abc import Sequence
from ctypes import POINTER, Structure, byref, c_char, c_char_p, c_double, c_int32, c_size_t
from typing import Literal, NamedTuple, get_args

from quantcal._arrays import as_size, constant
from quantcal._errors import Status, check, refuse
from quantcal._library import bind
from quantcal._progress import Progress, ProgressCallback, reporting
from quantcal._structs import Struct, options_of
from quantcal.quantize.file import _FILE, QuantizeFile, encoded
from quantcal.quantize.ggml import GgmlMode
from quantcal.quantize.layout import Granularity

ConvertFormat = Literal["gguf", "safetensors"]
ConvertLayout = Literal["quantcal", "compressed-tensors", "gptq", "gptq_v2", "awq", "int-quantized"]
ConvertAction = Literal["kept", "decoded", "quantized"]


class TensorOutcome(NamedTuple):
    """What has become of a tensor, or would."""

    name: str
    type: str
    """Its type in the new file, such as ``"Q4_K"`` or ``"int4"``."""
    action: ConvertAction
    """Kept as it is, ``"decoded"`` to F32 as the format has not its type, or quantized."""
    bytes: int
    """In the new file."""
    error: float
    """The sum of squared differences to the original; 0 unless quantized, and in a plan."""
    square: float
    """The sum of the squares of the original, likewise."""
    reason: str
    """Why it is not what was asked for; empty if it is, or was not to be quantized."""


class _Outcome(Structure):
    """qc_quantize_file_outcome."""

    _fields_ = (
        ("bytes", c_size_t),
        ("error", c_double),
        ("square", c_double),
        ("type", c_char * 16),
        ("action", c_int32),
        ("reserved", c_int32),
        ("reason", c_char * 128),
    )


class _Options(Struct):
    """qc_quantize_file_convert_options."""

    _fields_ = (
        ("include", POINTER(c_char_p)),
        ("include_count", c_size_t),
        ("exclude", POINTER(c_char_p)),
        ("exclude_count", c_size_t),
        ("importance", c_char_p),
        ("group_size", c_size_t),
        ("format", c_int32),
        ("mode", c_int32),
        ("overwrite", c_int32),
        ("plan_only", c_int32),
        ("progress", Progress),
        ("config", c_char_p),
        ("layout", c_int32),
        ("granularity", c_int32),
        ("requantize", c_int32),
        ("reserved", c_int32),
    )


_new_options = options_of("qc_quantize_file_convert_options_init", _Options)
_convert = bind(
    "qc_quantize_file_convert",
    _FILE,
    c_char_p,  # path
    c_char_p,  # type
    POINTER(_Options),
    POINTER(_Outcome),
    c_size_t,
)


def _format(path: str, format: ConvertFormat | None) -> int:
    if format is not None:
        return constant("format", format, ConvertFormat)
    for number, ending in enumerate(get_args(ConvertFormat)):
        if path.endswith(f".{ending}"):
            return number
    raise refuse(
        Status.QC_ERR_OPTIONS,
        f"format is None, and path, {path!r}, ends in neither .gguf nor .safetensors",
    )


def quantize_file_convert(
    file: QuantizeFile,
    path: str | os.PathLike[str],
    type: str,
    *,
    format: ConvertFormat | None = None,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    importance: str | os.PathLike[str] | None = None,
    mode: GgmlMode = "best",
    group_size: int = 128,
    layout: ConvertLayout = "quantcal",
    granularity: Granularity = "group",
    config: str | os.PathLike[str] | None = None,
    requantize: bool = False,
    overwrite: bool = False,
    plan_only: bool = False,
    progress: ProgressCallback | None = None,
) -> list[TensorOutcome]:
    """Write a file with the tensors of another, of which some are quantized.

    The new file takes its name at the end. If that is interrupted, the same call goes on
    where it was. Tensors are read, encoded and written by pieces.

    Parameters
    ----------
    file : QuantizeFile
        The model.
    path : str or path-like
        Where to write.
    type : str
        For GGUF a type of ggml that can be encoded, such as ``"q4_k"``. For safetensors
        ``"int2"`` to ``"int8"`` (symmetric), ``"uint2"`` to ``"uint8"`` (with zero points) or
        the name of a grid, such as ``"nf4"``; see `layout` for what other runtimes have.
    format : {"gguf", "safetensors"}, optional
        By default as `path` ends.
    include, exclude : sequence of str
        Shell patterns for names of tensors: quantize these and no others; leave these as they
        are. Without `include`, tensors are quantized that have two dimensions or more and
        no "norm" in their names.
    importance : str or path-like, optional
        A file that says how much errors count in each column: llama.cpp's importance
        matrix, or a vector of the same name for each tensor. For GGUF, and for integers and
        ``"e4m3fn"`` per group or row in the layouts of other runtimes.
    mode : {"best", "reference"}
        How ggml's blocks are found; see `quantize_ggml_encode`.
    group_size : int
        Neighbours of a row that share a scale, in safetensors.
    layout : {"quantcal", "compressed-tensors", "gptq", "gptq_v2", "awq", "int-quantized"}
        How quantized tensors lie in safetensors: this library's way, or as other runtimes read
        matrices named ``M.weight``. ``"compressed-tensors"`` has ``"int4"``, ``"int8"``,
        ``"uint4"``, ``"uint8"``, ``"e4m3fn"`` (per row or tensor), ``"mxfp4"``, ``"mxfp8"`` and
        ``"nvfp4"``; ``"int-quantized"``, which is one of compressed-tensors too, ``"int8"``;
        GPTQ integers of 2, 3, 4 and 8 bits; AWQ ``"int4"`` and ``"uint4"``. Without `include`,
        embeddings, heads and routers stay as they are, as does what the layout cannot hold.
        The metadata's key ``quantization_config`` says what config.json must.
    granularity : {"group", "row", "tensor"}
        What shares a scale in the layouts of other runtimes.
    config : str or path-like, optional
        The model's config.json. A copy with ``quantization_config`` goes beside `path`.
    requantize : bool
        Decode blocks of a GGUF file and encode them in another type, with the errors of both;
        otherwise they stay as they are.
    overwrite : bool
        Replace a file that is there.
    plan_only : bool
        Say what would be done, and do nothing.
    progress : callable, optional
        Called now and then with the fraction done, 0 to 1. A true result stops the work
        with `Cancelled`; an exception stops it too and is raised.

    Returns
    -------
    list of TensorOutcome
        One for each tensor, in the order of the file.

    Raises
    ------
    QuantcalOSError
        If a file cannot be read or written, or `path` exists.
    QuantcalValueError
        For an unknown type, a tensor that the format cannot hold, NaN or infinities among
        weights, or importance that does not fit.

    Examples
    --------
    >>> import numpy as np, os, tempfile
    >>> import quantcal
    >>> with tempfile.TemporaryDirectory() as place:
    ...     np.save(f"{place}/w.npy", np.arange(-127, 129, 4, dtype=np.float32).reshape(2, 32))
    ...     file = quantcal.QuantizeFile(f"{place}/w.npy")
    ...     (outcome,) = quantcal.quantize_file_convert(file, f"{place}/w.gguf", "q8_0")
    >>> outcome.type, outcome.action, outcome.bytes
    ('Q8_0', 'quantized', 68)
    """
    place = os.fspath(path)
    options = _new_options()
    for name, patterns in (("include", include), ("exclude", exclude)):
        texts = [encoded(f"{name}[{index}]", text) for index, text in enumerate(patterns)]
        setattr(options, name, (c_char_p * len(texts))(*texts) if texts else None)
        setattr(options, f"{name}_count", len(texts))
    options.importance = None if importance is None else encoded("importance", importance)
    options.group_size = as_size("group_size", group_size)
    options.format = _format(place, format)
    options.mode = constant("mode", mode, GgmlMode)
    options.layout = constant("layout", layout, ConvertLayout)
    options.granularity = constant("granularity", granularity, Granularity)
    options.config = None if config is None else encoded("config", config)
    options.requantize = int(requantize)
    options.overwrite, options.plan_only = int(overwrite), int(plan_only)
    outcomes = (_Outcome * len(file.tensors))()
    elements = sum(tensor.bytes for tensor in file.tensors) // 2
    with reporting(progress, elements) as options.progress:
        status = _convert(
            file._handle,
            encoded("path", place),
            encoded("type", type),
            byref(options),
            outcomes,
            len(outcomes),
        )
    check(status)
    return [
        TensorOutcome(
            tensor.name,
            one.type.decode(),
            get_args(ConvertAction)[one.action],
            one.bytes,
            one.error,
            one.square,
            one.reason.decode(),
        )
        for tensor, one in zip(file.tensors, outcomes, strict=True)
    ]
