"""Checks `quantcal quantize`: ... check.py TOOL DIRECTORY

Its files are read again by the packages `gguf` and `safetensors`; what they hold is compared with
what those packages, or NumPy, make of the original. The last line is `N passed, M failed`.
"""

from __future__ import annotations

import json
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
import traceback

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Kind
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from layouts import compressed, load_raw, transposed

TOOL = pathlib.Path(sys.argv[1])
WORK = pathlib.Path(sys.argv[2])
RANDOM = np.random.default_rng(5)
CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def run(*arguments, status=0, **options):
    command = [TOOL, "quantize", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, **options)
    assert done.returncode == status, f"status {done.returncode}: {done.stdout}{done.stderr}"
    return done


def weights(*shape):
    return RANDOM.standard_normal(shape, dtype=np.float32)


MODEL = {
    "wide.weight": weights(48, 512),
    "narrow.weight": weights(40, 96),
    "half.weight": weights(8, 256).astype(np.float16),
    "double.weight": weights(3, 256).astype(np.float64),
    "odd.weight": weights(5, 77),
    "odd.half": weights(5, 77).astype(np.float16),
    "conv.weight": weights(8, 4, 3, 3),
    "final_norm.table": weights(4, 256),
    "bias": weights(48),
    "zeros": np.zeros((2, 256), np.float32),
    "positions": np.arange(512, dtype=np.int64).reshape(2, 256),
    "flags": np.array([[True, False]]),
    "scalar": np.array(3, np.float32),
    "none": np.zeros((0, 256), np.float32),
}


def model(name="model.safetensors", tensors=None, metadata=None):
    path = WORK / name
    save_file(tensors or MODEL, path, metadata=metadata)
    return path


def read(path):
    return {tensor.name: tensor for tensor in gguf.GGUFReader(path).tensors}


def numbers(tensor):
    return gguf.quants.dequantize(tensor.data, tensor.tensor_type)


def error(ours, original):
    original = original.astype(np.float64)
    return float(np.sqrt(np.sum((ours - original) ** 2) / np.sum(original**2)))


def table(text):
    """The rows of the printed table by tensor: type, and error as a share (None: none)."""
    rows = {}
    for line in text.split("\n\n")[0].splitlines()[1:]:
        cells = [cell.strip() for cell in line.split("  ") if cell.strip()]
        shares = [float(cell[:-1]) / 100 for cell in cells if cell.endswith("%")]
        rows[cells[0]] = (cells, shares[0] if shares else None)
    return rows


BLOCKS = {"q4_0": 32, "q4_1": 32, "q5_0": 32, "q5_1": 32, "q8_0": 32, "iq4_nl": 32, "mxfp4": 32, "nvfp4": 64,
          "q2_k": 256, "q3_k": 256, "q4_k": 256, "q5_k": 256, "q6_k": 256, "iq4_xs": 256, "tq1_0": 256, "tq2_0": 256,
          "f16": 1, "bf16": 1}
EXACT = ["q4_0", "q4_1", "q5_0", "q5_1", "q8_0", "tq1_0", "tq2_0", "mxfp4", "bf16"]
# Of these, both modes give the same.
SAME = ["tq1_0", "tq2_0", "mxfp4", "nvfp4", "f16", "bf16"]


@check
def every_type_of_gguf_loads_and_says_its_errors():
    source = model()
    for name, length in BLOCKS.items():
        reference, target = WORK / f"{name}-reference.gguf", WORK / f"{name}.gguf"
        bounds = table(run(source, reference, "--type", name, "--mode", "reference").stdout)
        rows = table(run(source, target, "--type", name).stdout)
        tensors = read(target)
        assert list(tensors) == list(load_order(source)), "the order of the tensors"
        for key, (_, bound) in bounds.items():
            assert bound is None or rows[key][1] <= bound, (name, key)
        for key, original in MODEL.items():
            tensor = tensors[key]
            assert tuple(reversed(tensor.shape.tolist())) == original.shape or original.ndim == 0, key
            if tensor.tensor_type.name.lower() == name and original.dtype.kind == "f" and rows[key][1] is not None:
                assert original.shape[-1] % length == 0
                again = numbers(tensor).reshape(original.shape)
                if original.any():
                    assert abs(error(again, original) - rows[key][1]) < 6e-6, (name, key)
        assert tensors["wide.weight"].tensor_type.name.lower() == name
        for key in ["final_norm.table", "bias", "scalar"]:
            assert tensors[key].tensor_type == Kind.F32 and np.array_equal(numbers(tensors[key]).reshape(
                MODEL[key].shape), MODEL[key]), key
        assert tensors["positions"].tensor_type == Kind.I64
        if name in EXACT:
            encoded = read(reference)["wide.weight"]
            expected = gguf.quants.quantize(MODEL["wide.weight"], encoded.tensor_type)
            assert np.array_equal(encoded.data.view(np.uint8).ravel(), expected.view(np.uint8).ravel())
        assert (rows["wide.weight"][1] < bounds["wide.weight"][1]) == (name not in SAME), name


def load_order(path):
    with safe_open(path, "np") as file:
        return file.offset_keys()


@check
def what_blocks_do_not_fit_falls_back_and_is_said_before():
    done = run(model(), WORK / "fallback.gguf", "--type", "q4_k")
    kinds = {name: tensor.tensor_type for name, tensor in read(WORK / "fallback.gguf").items()}
    assert kinds["narrow.weight"] == Kind.Q5_0
    assert kinds["odd.weight"] == kinds["odd.half"] == kinds["conv.weight"] == Kind.F16
    assert "'narrow.weight' becomes Q5_0: Q4_K has blocks of 256, rows have 96" in done.stderr
    assert "'flags' becomes F32: gguf has no BOOL" in done.stderr
    planned = run(model(), WORK / "planned.gguf", "--type", "q4_k", "--plan").stdout
    assert not (WORK / "planned.gguf").exists()
    assert {key: row[0][3] for key, row in table(planned).items() if len(row[0]) > 5} == {
        key: row[0][3] for key, row in table(done.stdout).items() if len(row[0]) > 5}


def unpacked(codes, bits, columns):
    flat = np.unpackbits(codes, axis=1, bitorder="little")[:, : bits * columns]
    return flat.reshape(len(codes), columns, bits) @ (1 << np.arange(bits))


def spread(parameters, columns, group):
    return np.repeat(parameters, group, axis=1)[:, :columns]


@check
def our_layout_holds_any_width():
    source = model(metadata={"format": "pt"})
    for name, group in [("int4", 128), ("int3", 7), ("int8", 1000), ("uint4", 32), ("uint2", 50), ("nf4", 64)]:
        target = WORK / f"{name}.safetensors"
        rows = table(run(source, target, "--type", name, "--group-size", group).stdout)
        tensors = load_file(target)
        with safe_open(target, "np") as file:
            texts = file.metadata()
        assert texts["format"] == "pt"
        for key in ["wide.weight", "odd.weight", "conv.weight", "half.weight", "zeros"]:
            original = MODEL[key].astype(np.float32).reshape(len(MODEL[key]), -1)
            columns, bits = original.shape[1], int(name[-1])
            shape = ",".join(map(str, MODEL[key].shape))
            assert texts[f"quantcal:{key}"] == f"{name} {group} {shape}" and key not in tensors
            codes, scales = tensors[f"{key}.codes"], tensors[f"{key}.scales"]
            assert codes.shape == (len(original), -(-columns * bits // 8))
            assert scales.shape == (len(original), -(-columns // group))
            levels = unpacked(codes, bits, columns).astype(np.int64)
            if name == "nf4":
                continue
            if name.startswith("int"):
                levels = np.where(levels >= 1 << (bits - 1), levels - (1 << bits), levels)
            else:
                levels = levels - spread(tensors[f"{key}.zeros"].astype(np.int64), columns, group)
            decoded = levels * spread(scales, columns, group).astype(np.float64)
            worst = np.abs(decoded - original) - spread(scales, columns, group) * 0.5
            assert worst.max() <= 1e-6 * np.abs(original).max() + (name.startswith("u") * scales.max() * 0.5), (name, key)
            if original.any():
                assert abs(error(decoded, original) - rows[key][1]) < 6e-6, (name, key)
        for key in ["bias", "positions", "final_norm.table", "none"]:
            assert np.array_equal(tensors[key], MODEL[key]) and tensors[key].dtype == MODEL[key].dtype


LINEAR = {
    "model.a.weight": weights(64, 256),
    "model.half.weight": weights(32, 128).astype(np.float16),
    "model.positive.weight": np.abs(weights(96, 128)),
    "model.zero.weight": np.zeros((32, 128), np.float32),
    "model.tiny.weight": weights(32, 128) * np.float32(1e-7),
    "model.odd.weight": weights(40, 100),
    "model.conv.weight": weights(4, 2, 3, 3),
    "model.embed_tokens.weight": weights(64, 128),
    "model.norm.weight": weights(256),
    "lm_head.weight": weights(64, 128),
}
# Layout, type, what shares a scale, the largest error.
RUNTIMES = [
    ("compressed-tensors", "int4", "group", 0.12), ("compressed-tensors", "int4", "row", 0.13),
    ("compressed-tensors", "int4", "tensor", 0.2), ("compressed-tensors", "uint4", "group", 0.12),
    ("compressed-tensors", "int8", "row", 0.008), ("compressed-tensors", "int8", "tensor", 0.011),
    ("compressed-tensors", "uint8", "group", 0.008), ("compressed-tensors", "e4m3fn", "row", 0.03),
    ("compressed-tensors", "e4m3fn", "tensor", 0.03), ("compressed-tensors", "mxfp4", "group", 0.14),
    ("compressed-tensors", "nvfp4", "group", 0.12), ("compressed-tensors", "mxfp8", "group", 0.04),
    ("int-quantized", "int8", "group", 0.008), ("int-quantized", "int8", "row", 0.008),
    ("int-quantized", "int8", "tensor", 0.011), ("gptq", "int4", "group", 0.12), ("gptq", "uint4", "group", 0.12),
    ("gptq", "uint3", "group", 0.23), ("gptq_v2", "uint4", "row", 0.12), ("gptq_v2", "int3", "group", 0.27),
    ("gptq", "int8", "row", 0.008), ("gptq", "uint2", "group", 0.52), ("awq", "int4", "group", 0.12),
    ("awq", "uint4", "row", 0.12),
]


COMPRESSED = ["compressed-tensors", "int-quantized"]


@check
def runtimes_layouts_hold_the_numbers():
    source = model("linear.safetensors", LINEAR)
    (WORK / "config.json").write_text('{"model_type": "test", "list": [1, {}]}')
    for layout, kind, sharing, bound in RUNTIMES:
        place = WORK / f"{layout}-{kind}-{sharing}"
        place.mkdir()
        done = run(source, place / "model.safetensors", "--type", kind, "--layout", layout, "--granularity", sharing,
                   "--group-size", 64, "--config", WORK / "config.json")
        rows = table(done.stdout)
        written = json.loads((place / "config.json").read_text())
        config = written.pop("quantization_config")
        assert written == {"model_type": "test", "list": [1, {}]}
        tensors, texts = load_raw(place / "model.safetensors")
        assert texts["format"] == "pt" and json.loads(texts["quantization_config"]) == config
        decode = compressed if layout in COMPRESSED else transposed
        for key, original in LINEAR.items():
            if key.split(".")[1] in ["a", "half", "positive", "zero", "tiny"]:
                assert rows[key][0][3] == kind, key
                decoded = decode(tensors, config, key.removesuffix(".weight"))
                assert decoded.shape == original.shape
                if not original.any():
                    assert not decoded.any()
                else:
                    found = error(decoded, original)
                    # Scales of F16 have few digits where numbers are tiny, zero points none of their own.
                    limit = bound if "tiny" not in key else 1
                    assert found <= limit and abs(found - rows[key][1]) < 6e-6, (layout, kind, sharing, key, found)
            elif "odd" not in key:
                assert np.array_equal(tensors[key], original), key
        kept = rows["model.odd.weight"][0][3] == "F32"
        assert kept == ("'model.odd.weight' becomes F32" in done.stderr)
        others = {"lm_head", "model.embed_tokens"} | ({"model.odd"} if kept else set())
        if layout in COMPRESSED:
            assert set(config["ignore"]) == others
        elif layout == "awq":
            assert set(config["modules_to_not_convert"]) == others
        else:
            matched = {name for name in ["lm_head", "model.embed_tokens", "model.odd", "model.a", "modelxodd"]
                       if any(re.match(pattern.removeprefix("-:"), name) for pattern in config["dynamic"])}
            assert matched == others
        assert "'model.conv.weight' becomes F32" in done.stderr


def copied(source, directory, metadata=None, config=None, keep=lambda name: True):
    """The tensors of a file in another, with other words about them."""
    directory.mkdir(parents=True, exist_ok=True)
    data = source.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = {name: entry for name, entry in json.loads(data[8 : 8 + length]).items() if name != "__metadata__"}
    parts, entries = [], {"__metadata__": metadata} if metadata else {}
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        if keep(name):
            begin, end = entry["data_offsets"]
            first = sum(map(len, parts))
            parts.append(data[8 + length + begin : 8 + length + end])
            entries[name] = entry | {"data_offsets": [first, first + end - begin]}
    text = json.dumps(entries).encode()
    path = directory / "model.safetensors"
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(parts))
    for name, content in (config or {}).items():
        (directory / name).write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def decoded_by(tensors, config, layout):
    decode = compressed if layout in COMPRESSED else transposed
    return {key: decode(tensors, config, key.removesuffix(".weight")) for key in LINEAR
            if key.split(".")[1] in ["a", "half", "positive", "zero", "tiny"]}


@check
def runtimes_layouts_are_read():
    """What was written before becomes floats again, with the configuration beside it only, and GGUF."""
    for layout, kind, sharing, _ in RUNTIMES:
        place = WORK / f"{layout}-{kind}-{sharing}"
        config = json.loads((place / "config.json").read_text())["quantization_config"]
        tensors, _ = load_raw(place / "model.safetensors")
        expected = decoded_by(tensors, config, layout)
        for metadata in [None, {"format": "pt", "quantization_config": json.dumps(config)}]:
            beside = {} if metadata else {"config.json": {"quantization_config": config}}
            again = copied(place / "model.safetensors", WORK / f"again-{place.name}-{bool(metadata)}", metadata, beside)
            target = again.with_name("floats.safetensors")
            done = run(again, target, "--type", "int4", "--exclude", "*")
            floats = load_file(target)
            assert set(floats) == set(LINEAR), (place.name, set(floats) ^ set(LINEAR))
            for key, values in expected.items():
                assert floats[key].shape == values.shape and np.allclose(floats[key], values, rtol=2e-7, atol=0), (place.name, key)
                assert table(done.stdout)[key][0][2] in [kind, "uint" + kind[3:]], (place.name, key)
        run(again, target.with_suffix(".gguf"), "--type", "q4_0")
        blocks = read(target.with_suffix(".gguf"))
        for key in ["model.a.weight", "model.positive.weight"]:
            assert blocks[key].tensor_type == Kind.Q4_0
            assert error(numbers(blocks[key]), expected[key]) < 0.11, (place.name, key)


@check
def what_configurations_say_is_found():
    source = WORK / "gptq-uint4-group" / "model.safetensors"
    config = json.loads((source.with_name("config.json")).read_text())["quantization_config"]
    expected = decoded_by(load_raw(source)[0], config, "gptq")["model.a.weight"]
    plain = {key: value for key, value in config.items() if key in ["bits", "group_size", "sym", "desc_act"]}

    def floats(name, beside, status=0, **options):
        again = copied(source, WORK / name, config=beside, **options)
        done = run(again, again.with_name("floats.safetensors"), "--type", "int4", "--include", "lm_head*", status=status)
        return load_file(again.with_name("floats.safetensors"))["model.a.weight"] if status == 0 else done.stderr

    # AutoGPTQ's own file; the first version where none is named; the second where it is.
    for beside in [{"quantize_config.json": plain}, {"config.json": {"quantization_config": plain | {"extra": [None, {}]}}}]:
        assert np.allclose(floats("found", beside), expected, rtol=2e-7, atol=0)
        shutil.rmtree(WORK / "found")
    second = floats("found", {"config.json": {"quantization_config": plain | {"checkpoint_format": "gptq_v2"}}})
    scales = np.repeat(load_raw(source)[0]["model.a.scales"], 64, axis=0).T
    assert np.allclose(second, expected + scales, rtol=1e-5, atol=1e-6)
    shutil.rmtree(WORK / "found")

    def refused(beside, words):
        again = copied(source, WORK / "open", config=beside)
        text = run(again, WORK / "open" / "x.gguf", "--type", "q8_0", status=1).stderr
        assert words in text and "'model.a.qweight'" in text and not (WORK / "open" / "x.gguf").exists(), text
        # Unless it is not to be touched: then the parts stay what they are.
        run(again, WORK / "open" / "x.gguf", "--type", "q8_0", "--exclude", "*.qweight")
        assert read(WORK / "open" / "x.gguf")["model.a.qweight"].tensor_type == Kind.I32
        shutil.rmtree(WORK / "open")

    refused({}, "whether zero points are those of gptq or gptq_v2")
    refused({"config.json": '{"quantization_config": {"bits": 4,}}'}, "invalid JSON")
    refused({"config.json": {"model_type": "llama"}}, "gptq or gptq_v2")
    refused({"config.json": {"quantization_config": plain | {"bits": 3}}}, "4 bits, which the configuration does not say")


@check
def parts_of_a_matrix_lie_in_several_files():
    source = WORK / "awq-uint4-row" / "model.safetensors"
    place = WORK / "shards"
    shards = {"one": lambda name: name.endswith("qweight"), "two": lambda name: not name.endswith("qweight")}
    weights = {}
    for name, keep in shards.items():
        copied(source, place / name, keep=keep)
        (place / name / "model.safetensors").rename(place / f"{name}.safetensors")
        weights |= {key: f"{name}.safetensors" for key in load_raw(place / f"{name}.safetensors")[0]}
    index = place / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": weights}))
    run(index, WORK / "whole.safetensors", "--type", "int4", "--exclude", "*")
    run(source, WORK / "one.safetensors", "--type", "int4", "--exclude", "*")
    whole, one = load_file(WORK / "whole.safetensors"), load_file(WORK / "one.safetensors")
    assert set(whole) == set(one) == set(LINEAR) and all(np.array_equal(whole[key], one[key]) for key in one)


@check
def configurations_are_kept_and_checked():
    source, place = model("linear.safetensors", LINEAR), WORK / "configured"
    place.mkdir()
    given, target = WORK / "given.json", place / "model.safetensors"

    def configured(text, status=0):
        given.write_text(text)
        return run(source, target, "--type", "int4", "--layout", "gptq", "--group-size", 32, "--overwrite",
                   "--config", given, status=status).stderr

    for text in ['{}', '{"a": "}", "quantization_config": {"old": [1]}, "b": 2}\n', '{\n  "é": 1\n}\n']:
        configured(text)
        found = json.loads((place / "config.json").read_text())
        assert found.pop("quantization_config")["quant_method"] == "gptq"
        assert found == {key: value for key, value in json.loads(text).items() if key != "quantization_config"}
    before = (place / "config.json").read_bytes()
    for text in ["", "[]", '{"a": 1,}', '{"a": 1} x']:
        assert "not a valid configuration" in configured(text, status=1)
    done = run(source, place / "other.safetensors", "--type", "int4", "--layout", "gptq", "--config", given, status=1)
    assert "not a valid configuration" in done.stderr
    given.write_text("{}")
    done = run(source, place / "other.safetensors", "--type", "int4", "--layout", "gptq", "--config", given, status=1)
    assert "exists already" in done.stderr and (place / "config.json").read_bytes() == before
    assert sorted(path.name for path in place.iterdir()) == ["config.json", "model.safetensors"]
    printed = run(source, target, "--type", "int4", "--layout", "awq", "--plan").stdout
    config = json.loads(printed[printed.index('"quantization_config":') + len('"quantization_config":') :])
    assert config["bits"] == 4 and config["group_size"] == 128
    assert "--layout" in run(source, target, "--type", "int4", "--config", given, status=64).stderr
    assert "of GGUF" in run(source, WORK / "x.gguf", "--type", "q4_0", "--layout", "awq", status=64).stderr
    for wrong in [("nf4", "gptq", "group"), ("int4", "awq", "tensor"), ("e4m3fn", "compressed-tensors", "group"),
                  ("uint4", "compressed-tensors", "tensor"), ("int4", "quantcal", "row")]:
        run(source, target, "--type", wrong[0], "--layout", wrong[1], "--granularity", wrong[2], status=64)


@check
def compressed_tensors_reads_its_layouts():
    """With the package itself, where it is installed: it needs torch."""
    try:
        import torch
        from compressed_tensors.compressors import BaseCompressor
        from compressed_tensors.quantization import QuantizationConfig
        from safetensors.torch import load_file as load_torch
    except ImportError:
        return print("   compressed-tensors is not installed: only definitions were checked")
    for place in sorted(path for layout in COMPRESSED for path in WORK.glob(f"{layout}-*")):
        config = json.loads((place / "config.json").read_text())["quantization_config"]
        scheme = QuantizationConfig.model_validate(config).config_groups["group_0"]
        reader = BaseCompressor.get_value_from_registry(config["format"])
        raw, _ = load_raw(place / "model.safetensors")
        for name in ["a", "half", "positive", "zero", "tiny"]:
            prefix = f"model.{name}."
            parts = {key.removeprefix(prefix): value for key, value in load_torch(place / "model.safetensors").items()
                     if key.startswith(prefix)}
            found = reader.decompress(parts, scheme)["weight"]
            steps = {torch.bfloat16: 2.0**-8, torch.float16: 2.0**-10, torch.float32: 1e-6}[found.dtype]
            expected = compressed(raw, config, prefix[:-1])
            difference = np.abs(found.to(torch.float64).numpy() - expected).max()
            assert difference <= steps * np.abs(expected).max(), (place.name, name)


def gguf_model(path, type=Kind.F32):
    writer = gguf.GGUFWriter(path, "test")
    writer.add_name("a name")
    writer.add_array("tokenizer.ggml.tokens", ["<s>", "é", ""])
    writer.add_custom_alignment(64)
    writer.add_quantization_version(1)
    writer.add_tensor("blk.0.attn.weight", weights(32, 256))
    writer.add_tensor("blk.0.experts.weight", weights(3, 4, 256))
    writer.add_tensor("blk.0.attn_norm.weight", weights(256))
    blocks = gguf.quants.quantize(weights(4, 256), Kind.Q8_0)
    writer.add_tensor("blk.1.done.weight", blocks, raw_dtype=Kind.Q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@check
def metadata_of_gguf_are_kept():
    source = gguf_model(WORK / "source.gguf")
    run(source, WORK / "kept.gguf", "--type", "q6_k")
    before, after = gguf.GGUFReader(source), gguf.GGUFReader(WORK / "kept.gguf")
    for key, field in before.fields.items():
        if key not in ["general.quantization_version", "GGUF.kv_count"]:
            assert after.fields[key].contents() == field.contents(), key
    assert after.fields["general.quantization_version"].contents() == 2
    assert after.fields["general.file_type"].contents() == 18
    assert after.alignment == 64
    kinds = {tensor.name: tensor.tensor_type for tensor in after.tensors}
    assert kinds["blk.0.attn.weight"] == kinds["blk.0.experts.weight"] == Kind.Q6_K
    assert kinds["blk.0.attn_norm.weight"] == Kind.F32 and kinds["blk.1.done.weight"] == Kind.Q8_0
    one, other = before.tensors[-1], after.tensors[-1]
    assert one.name == other.name and np.array_equal(one.data, other.data)
    run(WORK / "kept.gguf", WORK / "from-blocks.safetensors", "--type", "int8")
    tensors = load_file(WORK / "from-blocks.safetensors")
    assert tensors["blk.1.done.weight.codes"].shape == (4, 256) and "blk.0.attn_norm.weight" in tensors


@check
def blocks_are_quantized_anew_only_if_that_is_wanted():
    source = gguf_model(WORK / "anew.gguf")
    done = run(source, WORK / "not-anew.gguf", "--type", "q4_0")
    assert "'blk.1.done.weight' becomes Q8_0: already Q8_0" in done.stderr
    before, kept = read(source)["blk.1.done.weight"], read(WORK / "not-anew.gguf")["blk.1.done.weight"]
    assert kept.tensor_type == Kind.Q8_0 and np.array_equal(before.data, kept.data)
    done = run(source, WORK / "renewed.gguf", "--type", "q4_0", "--requantize", "--mode", "reference")
    after = gguf.GGUFReader(WORK / "renewed.gguf")
    renewed = {tensor.name: tensor for tensor in after.tensors}["blk.1.done.weight"]
    assert renewed.tensor_type == Kind.Q4_0 and "done" not in done.stderr
    assert np.array_equal(renewed.data, gguf.quants.quantize(numbers(before), Kind.Q4_0))
    assert after.fields["tokenizer.ggml.tokens"].contents() == ["<s>", "é", ""] and after.alignment == 64
    # What is of the wanted type stays, byte for byte; blocks that are no blocks of the new type fall back.
    run(source, WORK / "same.gguf", "--type", "q8_0", "--requantize")
    assert np.array_equal(read(WORK / "same.gguf")["blk.1.done.weight"].data, before.data)
    assert "already" not in run(source, WORK / "same.gguf", "--type", "q8_0", "--overwrite").stderr
    run(WORK / "renewed.gguf", WORK / "deeper.gguf", "--type", "q2_k", "--requantize", "--exclude", "*experts*")
    kinds = {name: tensor.tensor_type for name, tensor in read(WORK / "deeper.gguf").items()}
    assert kinds["blk.1.done.weight"] == Kind.Q2_K and kinds["blk.0.experts.weight"] == Kind.Q4_0


def imatrix(path, entries):
    writer = gguf.GGUFWriter(path, "imatrix")
    for name, sums, counts in entries:
        writer.add_tensor(f"{name}.in_sum2", sums.astype(np.float32))
        writer.add_tensor(f"{name}.counts", counts.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@check
def importance_lowers_the_weighted_error():
    source = gguf_model(WORK / "source.gguf")
    original = {name: numbers(tensor) for name, tensor in read(source).items()}
    sums = RANDOM.exponential(size=(1, 256)) ** 4
    expert = RANDOM.exponential(size=(3, 256)) ** 4
    matrix = imatrix(WORK / "imatrix.gguf", [("blk.0.attn.weight", 8 * sums, np.full((1, 1), 8)),
                                             ("blk.0.experts.weight", expert * 5, np.full((3, 1), 5))])
    plain = {"blk.0.attn.weight": sums.astype(np.float32), "other": np.ones(3, np.float32)}
    save_file({key: value.ravel() for key, value in plain.items()}, WORK / "importance.safetensors")
    for name in ["q2_k", "q4_k", "q4_0"]:
        run(source, WORK / "even.gguf", "--type", name, "--overwrite")
        run(source, WORK / "weighted.gguf", "--type", name, "--overwrite", "--importance", matrix)
        even, weighted = read(WORK / "even.gguf"), read(WORK / "weighted.gguf")
        for key, factor in [("blk.0.attn.weight", sums), ("blk.0.experts.weight", expert[:, None, :])]:
            def loss(tensor):
                return np.sum(factor * (numbers(tensor).reshape(original[key].shape) - original[key]) ** 2)
            assert loss(weighted[key]) < 0.95 * loss(even[key]), (name, key)
        run(source, WORK / "plain.gguf", "--type", name, "--overwrite", "--importance",
            WORK / "importance.safetensors")
        assert np.array_equal(read(WORK / "plain.gguf")["blk.0.attn.weight"].data, weighted["blk.0.attn.weight"].data)
    assert "1: importance" not in run(source, WORK / "x.safetensors", "--type", "int4", "--importance", matrix,
                                      status=1).stderr
    imatrix(WORK / "wrong.gguf", [("blk.0.attn.weight", np.ones((1, 255)), np.ones((1, 1)))])
    assert "255 numbers" in run(source, WORK / "x.gguf", "--type", "q4_k", "--importance", WORK / "wrong.gguf",
                                status=1).stderr
    imatrix(WORK / "none.gguf", [("somebody", np.ones((1, 256)), np.ones((1, 1)))])
    assert "none of the tensors" in run(source, WORK / "x.gguf", "--type", "q4_k", "--importance",
                                        WORK / "none.gguf", status=1).stderr
    assert not (WORK / "x.gguf").exists() and not (WORK / "x.safetensors").exists()


@check
def importance_counts_in_the_layouts_of_runtimes():
    source = model("weighted.safetensors", {"m.weight": weights(64, 256), "n.weight": np.abs(weights(32, 128))})
    original = load_file(source)
    importance = {"m.weight": (RANDOM.exponential(size=256) ** 4).astype(np.float32)}
    save_file(importance, WORK / "columns.safetensors")
    for layout, kind, sharing, gain in [
            ("gptq", "int4", "group", 0.9), ("gptq", "uint4", "group", 0.95), ("gptq_v2", "uint3", "group", 0.95),
            ("awq", "uint4", "row", 0.95), ("compressed-tensors", "int4", "row", 0.9), ("compressed-tensors", "int8", "row", 1),
            ("compressed-tensors", "uint4", "group", 0.95), ("compressed-tensors", "e4m3fn", "row", 1),
            ("int-quantized", "int8", "group", 1)]:
        losses = []
        for extra in [[], ["--importance", WORK / "columns.safetensors"]]:
            run(source, WORK / "w.safetensors", "--type", kind, "--layout", layout, "--granularity", sharing, "--group-size",
                64, "--overwrite", *extra)
            tensors, texts = load_raw(WORK / "w.safetensors")
            decode = compressed if layout in COMPRESSED else transposed
            found = decode(tensors, json.loads(texts["quantization_config"]), "m")
            losses.append(float(np.sum(importance["m.weight"] * (found - original["m.weight"]) ** 2)))
        assert losses[1] <= gain * losses[0], (layout, kind, sharing, losses)
    for kind, sharing, layout in [("mxfp4", "group", "compressed-tensors"), ("int4", "tensor", "compressed-tensors"),
                                  ("int4", "group", "quantcal")]:
        done = run(source, WORK / "x.safetensors", "--type", kind, "--granularity", sharing, "--layout", layout,
                   "--importance", WORK / "columns.safetensors", status=1)
        assert "does not use it" in done.stderr


@check
def patterns_choose():
    def chosen(*patterns):
        run(model(), WORK / "chosen.gguf", "--type", "q8_0", "--overwrite", *patterns)
        return {name for name, one in read(WORK / "chosen.gguf").items() if one.tensor_type == Kind.Q8_0}

    everything = {"wide.weight", "narrow.weight", "half.weight", "double.weight", "zeros"}
    assert chosen() == everything
    assert chosen("--exclude", "*.weight") == {"zeros"}
    assert chosen("--include", "w?de.*", "--include", "final_norm*") == {"wide.weight", "final_norm.table"}
    assert chosen("--include", "*", "--exclude", "[nz]*") == everything - {"narrow.weight", "zeros"} | {"final_norm.table"}


@check
def nothing_is_overwritten_silently():
    target = WORK / "there.gguf"
    target.write_text("mine")
    assert "exists already" in run(model(), target, "--type", "q8_0", status=1).stderr
    assert target.read_text() == "mine"
    run(model(), target, "--type", "q8_0", "--overwrite")
    assert read(target) and not list(WORK.glob("*partial*"))
    source = gguf_model(WORK / "self.gguf")
    run(source, source, "--type", "q8_0", "--overwrite")
    assert read(source)["blk.0.attn.weight"].tensor_type == Kind.Q8_0


@check
def errors_are_clear_and_leave_nothing():
    target = WORK / "error.gguf"

    def refused(*arguments, status=1, **options):
        text = run(*arguments, status=status, **options).stderr
        assert not list(WORK.glob("error*")), text
        return text

    assert "cannot be opened" in refused(WORK / "nobody", target, "--type", "q8_0")
    (WORK / "broken").write_bytes(b"GGUF" + bytes(10))
    assert "not a valid GGUF file" in refused(WORK / "broken", target, "--type", "q8_0")
    assert "q9_9" in refused(model(), target, "--type", "q9_9", status=64)
    assert "--format is needed" in refused(model(), WORK / "error", "--type", "q8_0", status=64)
    assert "cannot be written" in refused(model(), WORK / "no" / "directory.gguf", "--type", "q8_0")
    assert "is a directory" in refused(model(), WORK, "--type", "q8_0", "--format", "gguf", "--overwrite")
    bad = weights(4, 256)
    bad[2, 3] = np.nan
    source = model("nan.safetensors", {"a": weights(2, 256), "b": bad})
    assert "tensor 'b': values[515] is nan" in refused(source, target, "--type", "q8_0")
    source = model("complex.safetensors", {"c": np.ones((2, 2), np.uint64)})
    assert "U64, which gguf has not" in refused(source, target, "--type", "q8_0")

    def small_disk():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    assert "cannot be written: File too large" in refused(model(), target, "--type", "q8_0", preexec_fn=small_disk)


@check
def piped_output_has_no_bar():
    done = run(model(), WORK / "piped.gguf", "--type", "q8_0")
    assert "\r" not in done.stdout + done.stderr and "\x1b" not in done.stdout + done.stderr
    assert "14 tensors" in done.stdout


def large():
    path = WORK / "large.safetensors"
    if not path.exists():
        save_file({f"layer.{index}": weights(1500, 2048) for index in range(12)}, path)
    return path


def stopped(target, how, condition):
    process = subprocess.Popen([TOOL, "quantize", large(), target, "--type", "q4_k", "--threads", "1"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    partial = pathlib.Path(f"{target}.quantcal-partial")
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None and not condition(partial):
        time.sleep(0.01)
    assert process.poll() is None, f"ended by itself: {process.communicate()}"
    process.send_signal(how)
    _, errors = process.communicate(timeout=120)
    return process.returncode, errors, partial


def has_written(partial, place=0.4):
    """Whether bytes beyond this share of the file are no longer zero."""
    if not partial.exists() or partial.stat().st_size == 0:
        return False
    with partial.open("rb") as file:
        file.seek(int(partial.stat().st_size * place))
        return any(file.read(64))


def work_of(*arguments):
    """A run and its seconds of processor time, which other programs on the machine hardly change."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    return run(*arguments), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


@check
def an_interrupt_is_gone_on_from():
    whole, target = WORK / "whole.gguf", WORK / "interrupted.gguf"
    full = work_of(large(), whole, "--type", "q4_k", "--threads", "1")[1]
    status, errors, partial = stopped(target, signal.SIGINT, has_written)
    assert status == 130 and "the same call continues it" in errors, (status, errors)
    assert partial.exists() and not target.exists()
    before = partial.read_bytes()
    done, rest = work_of(large(), target, "--type", "q4_k", "--threads", "1")
    assert target.read_bytes() == whole.read_bytes() and not partial.exists()
    assert len(table(done.stdout)) == 12 and all(row[1] for row in table(done.stdout).values())
    assert rest < full, (rest, full)

    # Other options, another input: what is there is not taken.
    partial.write_bytes(before)
    run(large(), target, "--type", "q4_0", "--overwrite")
    assert read(target)["layer.0"].tensor_type == Kind.Q4_0
    # A journal that lies about one record: its tensor is made again.
    partial.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
    run(large(), target, "--type", "q4_k", "--overwrite")
    assert target.read_bytes() == whole.read_bytes()


@check
def a_kill_is_gone_on_from():
    target = WORK / "killed.gguf"
    status, _, partial = stopped(target, signal.SIGKILL, has_written)
    assert status == -signal.SIGKILL and partial.exists()
    run(large(), target, "--type", "q4_k")
    assert target.read_bytes() == (WORK / "whole.gguf").read_bytes() and not partial.exists()


def main():
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    failed = 0
    for function in CHECKS:
        try:
            function()
            print(f"ok: {function.__name__}")
        except Exception:
            failed += 1
            print(f"FAILED: {function.__name__}\n{traceback.format_exc()}")
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
