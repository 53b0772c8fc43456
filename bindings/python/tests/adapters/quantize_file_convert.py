"""`quantize/file_convert` from Python."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import quantcal
from adapters.quantize_file import opened
from adapters.registry import Inputs, adapter, default_arguments, given


@adapter("qc_quantize_file_convert_options_init")
def _defaults(inputs: Inputs, kind: str) -> dict[str, Any]:
    return default_arguments(quantcal.quantize_file_convert)


@adapter("qc_quantize_file_convert")
def _convert(inputs: Inputs, kind: str) -> dict[str, Any]:
    options = given(inputs, "format", "mode", "group_size", "layout", "granularity")
    options["requantize"] = bool(inputs.get("requantize"))
    options["plan_only"] = bool(inputs.get("plan_only"))
    with tempfile.TemporaryDirectory() as directory:
        outcomes = quantcal.quantize_file_convert(
            opened(inputs), Path(directory, "model"), inputs["type"], **options
        )
    return outcomes[inputs["index"]]._asdict()
