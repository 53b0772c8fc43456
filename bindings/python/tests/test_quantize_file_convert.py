"""Converted files, read again by the packages `gguf` and `safetensors`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import gguf
import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import quantcal
from quantcal.quantize.checkpoint import CheckpointFormat
from quantcal.quantize.file_convert import ConvertLayout
from quantcal.quantize.layout import Granularity

RANDOM = np.random.default_rng(9)
MODEL = {
    "a.weight": RANDOM.standard_normal((8, 512), dtype=np.float32),
    "b.weight": RANDOM.standard_normal((4, 96), dtype=np.float32).astype(np.float16),
    "norm.weight": RANDOM.standard_normal((1, 512), dtype=np.float32),
    "bias": RANDOM.standard_normal(8, dtype=np.float32),
}


@pytest.fixture
def model(tmp_path: Path) -> quantcal.QuantizeFile:
    save_file(MODEL, tmp_path / "model.safetensors")
    return quantcal.QuantizeFile(tmp_path / "model.safetensors")


def convert(
    model: quantcal.QuantizeFile, *arguments: object, **options: object
) -> dict[str, quantcal.TensorOutcome]:
    outcomes = quantcal.quantize_file_convert(model, *arguments, **options)  # type: ignore[arg-type]
    return {outcome.name: outcome for outcome in outcomes}


@pytest.mark.parametrize("mode", ["best", "reference"])
def test_blocks_are_those_of_the_encoder(
    model: quantcal.QuantizeFile, tmp_path: Path, mode: quantcal.quantize.ggml.GgmlMode
) -> None:
    target = tmp_path / "model.gguf"
    outcomes = convert(model, target, "q4_k", mode=mode)
    assert {name: one.type for name, one in outcomes.items()} == {
        "a.weight": "Q4_K", "b.weight": "Q5_0", "norm.weight": "F32", "bias": "F32"
    }  # fmt: skip
    assert {one.action for one in outcomes.values()} == {"quantized", "kept"}
    for tensor in gguf.GGUFReader(target).tensors:
        given = MODEL[tensor.name]
        outcome = outcomes[tensor.name]
        assert outcome.type == tensor.tensor_type.name and outcome.bytes == tensor.n_bytes
        decoded = gguf.quants.dequantize(tensor.data, tensor.tensor_type).reshape(given.shape)
        if outcome.action == "kept":
            assert np.array_equal(decoded, given) and outcome.error == outcome.square == 0
            continue
        blocks = quantcal.quantize_ggml_encode(given, outcome.type.lower(), mode=mode)
        assert np.array_equal(tensor.data.view(np.uint8).ravel(), blocks.ravel())
        wide = given.astype(np.float64)
        assert outcome.error == pytest.approx(((decoded - wide) ** 2).sum(), rel=1e-9)
        assert outcome.square == pytest.approx((wide**2).sum(), rel=1e-9)


def test_codes_are_those_of_quantize(model: quantcal.QuantizeFile, tmp_path: Path) -> None:
    target = tmp_path / "codes.safetensors"
    outcomes = convert(model, target, "uint4", group_size=32, exclude=["b.*"])
    tensors = load_file(target)
    assert np.array_equal(tensors["b.weight"], MODEL["b.weight"])
    ours = quantcal.quantize(MODEL["a.weight"], bits=4, group_size=32, symmetric=False)
    assert np.array_equal(tensors["a.weight.codes"], ours.packed.reshape(8, -1))
    assert np.array_equal(tensors["a.weight.scales"], ours.scales)
    assert np.array_equal(tensors["a.weight.zeros"], ours.zeros)
    assert outcomes["a.weight"].bytes == 8 * (256 + 16 * 5)


@pytest.mark.parametrize("granularity", ["group", "row"])
@pytest.mark.parametrize("layout", ["compressed-tensors", "gptq", "gptq_v2", "awq"])
def test_other_runtimes_find_their_tensors(
    tmp_path: Path,
    layout: ConvertLayout,
    granularity: Granularity,
) -> None:
    weight = RANDOM.standard_normal((64, 128), dtype=np.float32)
    embedding = weight[:2].copy()
    save_file({"m.weight": weight, "embed.weight": embedding}, tmp_path / "in.safetensors")
    (tmp_path / "in.json").write_text('{"model_type": "m"}')
    model, target = quantcal.QuantizeFile(tmp_path / "in.safetensors"), tmp_path / "out.safetensors"
    outcomes = convert(
        model,
        target,
        "uint4",
        layout=layout,
        granularity=granularity,
        group_size=32,
        config=tmp_path / "in.json",
    )
    assert outcomes["m.weight"].reason == "" and outcomes["embed.weight"].action == "kept"
    tensors = load_file(target)
    assert np.array_equal(tensors.pop("embed.weight"), embedding)
    assert outcomes["m.weight"].bytes == sum(tensor.nbytes for tensor in tensors.values())
    names = {"weights": "qweight", "scales": "scales", "zeros": "qzeros"}
    if layout == "compressed-tensors":
        names = {"weights": "weight_packed", "scales": "weight_scale", "zeros": "weight_zero_point"}
        assert tensors["m.weight_shape"].tolist() == [64, 128]
    elif layout != "awq":
        groups = np.arange(128) // (32 if granularity == "group" else 128)
        assert np.array_equal(tensors["m.g_idx"], groups)
    parts = {part: np.ascontiguousarray(tensors[f"m.{name}"]) for part, name in names.items()}
    form = cast(CheckpointFormat, layout.replace("-", "_"))
    read = quantcal.quantize_checkpoint_read(
        parts["weights"],
        parts["scales"].astype(np.float32),
        parts["zeros"],
        (64, 128),
        form,
        bits=4,
        group_size=32,
        granularity=granularity,
        symmetric=False,
    )
    decoded = read.dequantize()
    wide = weight.astype(np.float64)
    assert ((decoded - wide) ** 2).sum() == pytest.approx(outcomes["m.weight"].error, rel=1e-6)
    config = json.loads((tmp_path / "config.json").read_text())
    assert config["model_type"] == "m"
    method = config["quantization_config"]["quant_method"]
    assert method == layout.removesuffix("_v2")


def test_reasons_say_why(model: quantcal.QuantizeFile, tmp_path: Path) -> None:
    blocks = convert(model, tmp_path / "x.gguf", "q4_k", plan_only=True)
    assert blocks["b.weight"].reason == "Q4_K has blocks of 256, rows have 96"
    assert blocks["a.weight"].reason == blocks["bias"].reason == ""
    matrices = convert(
        model, tmp_path / "x.safetensors", "int4", layout="awq", include=["b*"], plan_only=True
    )
    assert matrices["bias"].reason == "awq has matrices only"
    assert "multiple of 8" in matrices["b.weight"].reason


def test_a_plan_writes_nothing(model: quantcal.QuantizeFile, tmp_path: Path) -> None:
    target = tmp_path / "model.gguf"
    planned = convert(model, target, "q8_0", plan_only=True)
    assert not target.exists() and all(one.error == 0 for one in planned.values())
    done = convert(model, target, "q8_0")
    assert [one[:4] for one in planned.values()] == [one[:4] for one in done.values()]


def test_importance_lowers_its_error(model: quantcal.QuantizeFile, tmp_path: Path) -> None:
    weights = (RANDOM.exponential(size=512) ** 4).astype(np.float32)
    save_file({"a.weight": weights}, tmp_path / "importance.safetensors")
    errors = []
    for importance in [None, tmp_path / "importance.safetensors"]:
        convert(model, tmp_path / "x.gguf", "q2_k", importance=importance, overwrite=True)
        decoded = quantcal.QuantizeFile(tmp_path / "x.gguf").decode("a.weight")
        errors.append((weights * (decoded - MODEL["a.weight"]) ** 2).sum())
    assert errors[1] < 0.9 * errors[0]


def test_an_existing_file_stays(model: quantcal.QuantizeFile, tmp_path: Path) -> None:
    target = tmp_path / "model.gguf"
    target.write_text("mine")
    with pytest.raises(quantcal.QuantcalOSError, match="exists already"):
        convert(model, target, "q8_0")
    assert target.read_text() == "mine"
    convert(model, target, "q8_0", overwrite=True, include=["a.*"])
    kinds = [tensor.tensor_type.name for tensor in gguf.GGUFReader(target).tensors]
    assert sorted(kinds) == ["F16", "F32", "F32", "Q8_0"]


def test_what_was_stopped_goes_on(model: quantcal.QuantizeFile, tmp_path: Path) -> None:
    whole, target = tmp_path / "whole.gguf", tmp_path / "target.gguf"
    convert(model, whole, "q6_k")
    seen: list[float] = []
    with pytest.raises(quantcal.Cancelled):
        convert(model, target, "q6_k", progress=lambda done: seen.append(done) or done > 0.2)
    assert not target.exists() and Path(f"{target}.quantcal-partial").exists()
    rest: list[float] = []
    convert(model, target, "q6_k", progress=rest.append)
    assert rest[0] > 0 and target.read_bytes() == whole.read_bytes()
    assert sorted(path.name for path in tmp_path.glob("t*")) == ["target.gguf"]


def test_refusals(model: quantcal.QuantizeFile, tmp_path: Path) -> None:
    with pytest.raises(quantcal.QuantcalValueError, match=r"neither .gguf nor .safetensors"):
        convert(model, tmp_path / "model", "q8_0")
    with pytest.raises(quantcal.QuantcalValueError, match="q9"):
        convert(model, tmp_path / "model.gguf", "q9")
    with pytest.raises(quantcal.QuantcalValueError, match="no NUL"):
        convert(model, tmp_path / "model.gguf", "q8_0", include=["a\0b"])
    with pytest.raises(quantcal.QuantcalValueError, match="none of the tensors"):
        save_file({"other": np.ones(3, np.float32)}, tmp_path / "i.safetensors")
        convert(model, tmp_path / "x.gguf", "q8_0", importance=tmp_path / "i.safetensors")
    with pytest.raises(quantcal.QuantcalOSError, match="cannot be written"):
        convert(model, tmp_path / "no" / "model.gguf", "q8_0")
    assert [path.name for path in tmp_path.glob("*.gguf*")] == []
