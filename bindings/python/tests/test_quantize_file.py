"""Files of models against the packages `gguf` and `safetensors`, which write them."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import gguf
import numpy as np
import pytest
from safetensors.numpy import save_file

import quantcal

RANDOM = np.random.default_rng(7)


def weights(*shape: int) -> np.ndarray:
    return RANDOM.standard_normal(shape, dtype=np.float32)


def test_every_type_of_safetensors_that_numpy_has(tmp_path: Path) -> None:
    given = {
        kind.__name__: (3 * weights(3, 1, 4)).astype(kind)
        for kind in [np.float64, np.float32, np.float16, np.int64, np.int32, np.int16, np.int8]
    }
    given |= {
        "unsigned": np.arange(6, dtype=np.uint16).reshape(2, 3),
        "flags": np.array([True, False]),
        "scalar": np.array(2.5, np.float32),
        "none": np.zeros((0, 3), np.float32),
    }
    save_file(given, tmp_path / "model.safetensors", metadata={"format": "pt"})
    file = quantcal.QuantizeFile(tmp_path / "model.safetensors")
    assert file.format == "safetensors"
    assert {tensor.name for tensor in file.tensors} == set(given)
    for name, values in given.items():
        decoded = file.decode(name)
        assert decoded.dtype == np.float32 and decoded.shape == values.shape
        assert np.array_equal(decoded, values.astype(np.float32))
        assert file.tensors[file.index(name)].bytes == values.nbytes


def test_a_gguf_file_decodes_as_gguf_decodes_it(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    writer = gguf.GGUFWriter(path, "test")
    kinds = [gguf.GGMLQuantizationType.Q4_0, gguf.GGMLQuantizationType.Q8_0]
    for kind in kinds:
        blocks = gguf.quants.quantize(weights(5, 96), kind)
        writer.add_tensor(kind.name, blocks, raw_dtype=kind)
    writer.add_tensor("norm", weights(7))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    file = quantcal.QuantizeFile(path)
    reader = gguf.GGUFReader(path)
    assert file.format == "gguf" and len(file.tensors) == len(reader.tensors) == 3
    for ours, theirs in zip(file.tensors, reader.tensors, strict=True):
        assert (ours.name, ours.type) == (theirs.name, theirs.tensor_type.name)
        assert ours.shape == tuple(reversed(theirs.shape.tolist()))
        expected = gguf.quants.dequantize(theirs.data, theirs.tensor_type)
        assert np.array_equal(file.decode(ours.name), expected)
    assert np.array_equal(file.decode("Q4_0", 3, 2), file.decode("Q4_0")[3:])


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("kind", ["<f4", ">f8", "<i2", ">u4", "|u1", "|b1"])
def test_arrays_of_numpy(tmp_path: Path, order: str, kind: str) -> None:
    values = np.asarray(RANDOM.integers(0, 100, (4, 3, 5)).astype(kind), order=order)
    np.save(tmp_path / "values.npy", values)
    file = quantcal.QuantizeFile(str(tmp_path / "values.npy"))
    assert np.array_equal(file.decode("array"), values.astype(np.float32))
    assert np.array_equal(file.decode(0, 5, 6), values.reshape(12, 5)[5:11].astype(np.float32))


def sharded(directory: Path) -> dict[str, np.ndarray]:
    given = {f"layer.{index}": weights(2, 4) for index in range(4)}
    names = sorted(given)
    files = {"a.safetensors": names[:1], "b.safetensors": names[1:]}
    for file, part in files.items():
        save_file({name: given[name] for name in part}, directory / file)
    place = {name: file for file, part in files.items() for name in reversed(part)}
    index = {"metadata": {"total_size": 128}, "weight_map": place}
    (directory / "model.safetensors.index.json").write_text(json.dumps(index, indent=2))
    return given


def test_a_model_in_several_files(tmp_path: Path) -> None:
    given = sharded(tmp_path)
    file = quantcal.QuantizeFile(tmp_path / "model.safetensors.index.json")
    assert [tensor.name for tensor in file.tensors] == ["layer.0", "layer.3", "layer.2", "layer.1"]
    for name, values in given.items():
        assert np.array_equal(file.decode(name), values)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda place: place.pop("layer.2"), "does not name tensor 'layer.2'"),
        (lambda place: place.update({"layer.2": "a.safetensors"}), "is not in 'a.safetensors'"),
        (lambda place: place.update({"other": "b.safetensors"}), "'other' is not in"),
        (lambda place: place.update({"layer.2": "../b.safetensors"}), "beside the index"),
    ],
)
def test_an_index_that_lies(tmp_path: Path, change: object, message: str) -> None:
    sharded(tmp_path)
    path = tmp_path / "model.safetensors.index.json"
    index = json.loads(path.read_text())
    change(index["weight_map"])  # type: ignore[operator]
    path.write_text(json.dumps(index))
    with pytest.raises(quantcal.QuantcalValueError, match=message) as caught:
        quantcal.QuantizeFile(path)
    assert caught.value.status_name == "QC_ERR_FORMAT"


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot be opened: No such file") as caught:
        quantcal.QuantizeFile(tmp_path / "none")
    assert caught.value.status_name == "QC_ERR_IO"  # type: ignore[attr-defined]
    with pytest.raises(quantcal.QuantcalOSError, match="directory"):
        quantcal.QuantizeFile(tmp_path)
    for path in ["", "a\0b", "\udcff"]:
        with pytest.raises(quantcal.QuantcalValueError):
            quantcal.QuantizeFile(path)


def test_a_file_that_is_shortened_while_it_is_open(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_file({"w": weights(100, 1000)}, path)
    file = quantcal.QuantizeFile(path)
    with path.open("r+b") as stream:
        stream.truncate(5000)
    with pytest.raises(quantcal.QuantcalOSError, match="it ends at byte 5000"):
        file.decode("w")


def test_arguments(tmp_path: Path) -> None:
    save_file({"w": weights(3, 4)}, tmp_path / "model")
    file = quantcal.QuantizeFile(tmp_path / "model")
    for first, count in [(4, 0), (0, 4), (2**64 - 1, 2), (3, 2**63)]:
        with pytest.raises(quantcal.QuantcalValueError):
            file.decode("w", first, count)
    assert file.decode("w", 3, 0).shape == (0, 4)
    assert file.decode("w", 2).shape == (1, 4)
    for tensor in ["v", 1, "w\0"]:
        with pytest.raises(quantcal.QuantcalValueError):
            file.decode(tensor)


def test_threads_share_a_file(tmp_path: Path) -> None:
    values = weights(500, 300)
    save_file({"w": values}, tmp_path / "model")
    file = quantcal.QuantizeFile(tmp_path / "model")
    seen: list[bool] = []
    threads = [
        threading.Thread(target=lambda: seen.append(np.array_equal(file.decode("w"), values)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [True] * 4


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize(
    "kind", ["?", "b", "B", "<i2", ">i2", "<u2", "<i4", ">u4", "<i8", "<u8", "<f2", ">f4", "<f8"]
)
def test_written_arrays_are_those_of_numpy(tmp_path: Path, order: str, kind: str) -> None:
    for shape in [(), (3,), (0,), (4, 3, 5), (2, 0, 7), (1,) * 30]:
        values = np.asarray(RANDOM.integers(0, 2, shape).astype(kind), order=order)
        quantcal.quantize_file_write_npy(tmp_path / "ours.npy", values, overwrite=True)
        expected = np.ascontiguousarray(values).astype(values.dtype.newbyteorder("<"))
        np.save(tmp_path / "theirs.npy", expected.reshape(shape))
        assert (tmp_path / "ours.npy").read_bytes() == (tmp_path / "theirs.npy").read_bytes()
        loaded = np.load(tmp_path / "ours.npy", allow_pickle=False)
        assert loaded.shape == shape and np.array_equal(loaded, values)
        decoded = quantcal.QuantizeFile(tmp_path / "ours.npy").decode("array")
        assert np.array_equal(decoded, values.astype(np.float32))


def test_arrays_that_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "array.npy"
    for values in [np.array([None]), np.array(["a"]), np.array([1j]), np.array([b"a"])]:
        with pytest.raises(TypeError, match=r"\.npy has"):
            quantcal.quantize_file_write_npy(path, values)
    assert not list(tmp_path.iterdir())
    quantcal.quantize_file_write_npy(path, [np.nan, -0.0])
    before = path.read_bytes()
    with pytest.raises(quantcal.QuantcalOSError, match="exists already"):
        quantcal.quantize_file_write_npy(path, [1.0])
    with pytest.raises(quantcal.QuantcalOSError, match="cannot be written"):
        quantcal.quantize_file_write_npy(tmp_path / "no" / "array.npy", [1.0])
    with pytest.raises(quantcal.QuantcalOSError, match="is a directory"):
        quantcal.quantize_file_write_npy(tmp_path, [1.0], overwrite=True)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]
    with pytest.raises(quantcal.QuantcalValueError):
        quantcal.quantize_file_write_npy("a\0b", [1.0])
