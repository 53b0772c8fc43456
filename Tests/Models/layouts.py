"""The layouts of compressed-tensors, GPTQ and AWQ by their definitions, in NumPy: files, and the numbers in them."""

from __future__ import annotations

import json

import numpy as np


def words(packed, bits, axis):
    """Codes that fill words along an axis, the lowest bits first, across words."""
    lanes = np.moveaxis(packed, axis, -1)
    stream = np.unpackbits(np.ascontiguousarray(lanes).view(np.uint8), axis=-1, bitorder="little")
    count = stream.shape[-1] // bits
    codes = stream[..., : count * bits].reshape(*stream.shape[:-1], count, bits) @ (1 << np.arange(bits))
    return np.moveaxis(codes, -1, axis)


AWQ_ORDER = [0, 4, 1, 5, 2, 6, 3, 7]
E2M1 = np.array([0, 0.5, 1, 1.5, 2, 3, 4, 6])


def by_groups(parameters, columns):
    return np.repeat(parameters, columns // parameters.shape[1], axis=1)


def compressed(tensors, config, module):
    """A matrix from the tensors of compressed-tensors, by their definition."""
    weights = config["config_groups"]["group_0"]["weights"]
    bits, scale = weights["num_bits"], tensors[f"{module}.weight_scale"]
    if config["format"] == "mxfp8-quantized":
        values = floats8(tensors[f"{module}.weight"])
        return values * by_groups(2.0 ** (scale.astype(np.float64) - 127), values.shape[1])
    if config["format"].endswith("4-pack-quantized"):
        packed = tensors[f"{module}.weight_packed"]
        codes = np.stack([packed & 15, packed >> 4], axis=-1).reshape(len(packed), -1)
        values = np.where(codes > 7, -1, 1) * E2M1[codes & 7]
        if config["format"].startswith("mx"):
            return values * by_groups(2.0 ** (scale.astype(np.float64) - 127), codes.shape[1])
        shared = tensors[f"{module}.weight_global_scale"].astype(np.float64)
        return values * by_groups(floats8(scale), codes.shape[1]) / shared
    scale = scale.astype(np.float64)
    if config["format"] == "int-quantized":
        assert bits == 8 and weights["type"] == "int" and weights["symmetric"]
        levels = tensors[f"{module}.weight"].astype(np.float64)
        return levels * (scale if weights["strategy"] == "tensor" else by_groups(scale, levels.shape[1]))
    if config["format"] == "float-quantized":
        return floats8(tensors[f"{module}.weight"]) * scale
    rows, columns = tensors[f"{module}.weight_shape"]
    levels = words(tensors[f"{module}.weight_packed"], bits, 1)[:, :columns] - 2 ** (bits - 1)
    scale = scale.reshape(-1, 1) if weights["strategy"] == "tensor" else scale
    if not weights["symmetric"]:
        zeros = words(tensors[f"{module}.weight_zero_point"], bits, 0)[:rows] - 2 ** (bits - 1)
        levels = levels - by_groups(zeros, columns)
    return levels * by_groups(np.broadcast_to(scale, (rows, scale.shape[1])), columns)


def transposed(tensors, config, module):
    """A matrix from the tensors of GPTQ or AWQ."""
    qweight, qzeros = tensors[f"{module}.qweight"], tensors[f"{module}.qzeros"]
    scales, bits = tensors[f"{module}.scales"].astype(np.float64), config["bits"]
    zeros = words(qzeros, bits, 1)
    if config["quant_method"] == "awq":
        assert config["version"] == "gemm" and config["zero_point"]
        order = (np.arange(zeros.shape[1]) // 8 * 8).reshape(-1, 8) + AWQ_ORDER
        levels, zeros = words(qweight, bits, 1)[:, order.ravel()], zeros[:, order.ravel()]
        groups = np.arange(len(levels)) // (config["group_size"] if config["group_size"] > 0 else len(levels))
    else:
        levels, groups = words(qweight, bits, 0), tensors[f"{module}.g_idx"]
        zeros = zeros + (config["checkpoint_format"] == "gptq")
        if config["sym"]:
            assert (zeros == 2 ** (bits - 1)).all()
    return ((levels - zeros[groups]) * scales[groups]).T


def floats8(values):
    codes = values.view(np.uint8).astype(np.int64)
    exponent, mantissa = codes >> 3 & 15, codes & 7
    magnitude = np.where(exponent > 0, (8 + mantissa) * 2.0 ** (exponent - 10.0), mantissa * 2.0**-9)
    return np.where(codes > 127, -magnitude, magnitude)


def load_raw(path):
    """Every tensor by name, floats of 8 bits as bytes and bfloat16 widened."""
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    texts = header.pop("__metadata__", {})
    kinds = {"F8_E4M3": np.uint8, "U8": np.uint8, "I8": np.int8, "I32": np.uint32, "I64": np.int64, "F16": np.float16,
             "F32": np.float32}
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        part = data[8 + length + begin : 8 + length + end]
        if entry["dtype"] == "BF16":
            values = (np.frombuffer(part, np.uint16).astype(np.uint32) << 16).view(np.float32)
        else:
            values = np.frombuffer(part, kinds[entry["dtype"]])
        tensors[name] = values.reshape(entry["shape"])
    return tensors, texts
