"""Runs `quantcal demo` on files that are not as they should be, and on unusual ones that are.

    python3 check_errors.py QUANTCAL SCRATCH

Every bad file must end the tool with a status other than 0, the message that belongs to it, and no
report. The good ones are left in SCRATCH/<name> with a table.json each, for check.py.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
from cases import DIGITS, Case, write_tensors
from counting import check, finish

TOOL, SCRATCH = Path(sys.argv[1]).absolute(), Path(sys.argv[2])


def case_called(name):
    return Case(TOOL, SCRATCH, name)


def set_value(values, index, value):
    values = values.copy()
    values.flat[index] = value
    return values


def bad_networks():
    changes = [
        ("a tensor is missing", lambda t: t.pop("fc2.bias"), "there is no tensor fc2.bias"),
        (
            "a layer is missing",
            lambda t: [t.pop("fc2.bias"), t.pop("fc2.weight")],
            "there is no tensor fc2.weight",
        ),
        (
            "a foreign tensor",
            lambda t: t.update({"conv1.weight": t["fc1.bias"]}),
            "tensor 'conv1.weight' is none of fc1.weight, fc1.bias",
        ),
        ("a layer 01", lambda t: t.update({"fc01.weight": t["fc1.bias"]}), "tensor 'fc01.weight' is none of"),
        (
            "layers do not chain",
            lambda t: t.update({"fc2.weight": t["fc2.weight"][:, :200]}),
            "fc1 gives 256 outputs, but fc2.weight takes 200",
        ),
        (
            "a bias does not fit",
            lambda t: t.update({"fc1.bias": t["fc1.bias"][:255]}),
            "fc1.bias has 255 values, but fc1.weight has 256 outputs",
        ),
        (
            "a weight of one dimension",
            lambda t: t.update({"fc1.weight": t["fc1.weight"].ravel()}),
            "fc1.weight has 1 dimensions; 2 are needed: outputs x inputs",
        ),
        (
            "a bias of two",
            lambda t: t.update({"fc3.bias": t["fc3.bias"].reshape(10, 1)}),
            "fc3.bias has 2 dimensions; 1 is needed",
        ),
        (
            "an empty weight",
            lambda t: t.update({"fc1.weight": t["fc1.weight"][:, :0]}),
            "fc1.weight is 256 x 0; neither may be 0",
        ),
        (
            "one class",
            lambda t: t.update({"fc3.weight": t["fc3.weight"][:1], "fc3.bias": t["fc3.bias"][:1]}),
            "the last layer has 1 outputs; a classifier has at least 2",
        ),
        (
            "a weight is NaN",
            lambda t: t["fc2.weight"].__setitem__((3, 4), np.nan),
            "fc2.weight, element 772 is nan; weights must be finite",
        ),
        (
            "a bias is infinite",
            lambda t: t["fc1.bias"].__setitem__(5, -np.inf),
            "fc1.bias, element 5 is -inf; weights must be finite",
        ),
        (
            "integer weights",
            lambda t: t.update({"fc1.weight": t["fc1.weight"].astype(np.int8)}),
            "fc1.weight has the type I8; F32, F16, BF16 or F64 is needed",
        ),
        ("no tensors", lambda t: t.clear(), "there is no tensor fc1.weight"),
    ]
    for name, change, message in changes:
        case = case_called(name)
        case.change_tensors(change)
        case.must_fail("model.safetensors: ", message)

    case = case_called("weights that overflow")
    case.change_tensors(lambda t: [t.update({f"fc{i}.weight": 1e20 * t[f"fc{i}.weight"]}) for i in (1, 2, 3)])
    case.must_fail("model.safetensors: float32: logits[0] is ", "logits must be finite")
    case = case_called("a truncated model")
    case.model.write_bytes(case.model.read_bytes()[:-1])
    case.must_fail("model.safetensors: not a valid safetensors file: ", "go beyond the data's 203303 bytes")
    case = case_called("a model that is no safetensors file")
    shutil.copy(case.path("test", "images"), case.model)
    case.must_fail("model.safetensors: not a valid safetensors file: ", "the header's length is")
    case = case_called("an empty model")
    case.model.write_bytes(b"")
    case.must_fail("model.safetensors: not a valid safetensors file: ", "the file has 0 bytes")


def bad_rows():
    changes = [
        (
            "calibration",
            "labels",
            lambda v: set_value(v, 3, 10),
            "the label of row 3 is 10; the network has the classes 0 to 9",
        ),
        ("test", "labels", lambda v: set_value(v, 0, -1), "the label of row 0 is -1; the network has"),
        ("test", "labels", lambda v: v.astype(np.float32), "its type is F32; an integer type is expected"),
        (
            "test",
            "labels",
            lambda v: v.reshape(-1, 1),
            "its shape is [597, 1]; one label for each row is needed",
        ),
        ("test", "labels", lambda v: v[1:], "images.npy has 597 rows, but labels.npy has 596"),
        ("test", "labels", lambda v: v.astype(str), "the type '<U21' at byte"),
        ("calibration", "images", lambda v: set_value(v, 64 * 7 + 2, np.nan), "row 7, value 2 is nan"),
        ("test", "images", lambda v: set_value(v, 5, np.inf), "row 0, value 5 is inf"),
        ("test", "images", lambda v: v[:, :63], "a row has 63 values, but the network's fc1.weight takes 64"),
        ("test", "images", lambda v: v.ravel(), "its shape is [38208]; rows x inputs are needed"),
        ("test", "images", lambda v: v.astype(np.complex64), "the type '<c8' at byte"),
        ("test", "images", lambda v: v[:0], "images.npy has 0 rows, but labels.npy has 597"),
    ]
    for number, (part, array, change, message) in enumerate(changes):
        case = case_called(f"rows {number}")
        case.change_array(part, array, change)
        case.must_fail(f"{part}", message)

    case = case_called("one row")
    for array in ("images", "labels"):
        case.change_array("calibration", array, lambda v: v[:1])
    case.must_fail("calibration: ", "it has 1 rows; at least 2 are needed")
    case = case_called("truncated rows")
    images = case.path("test", "images")
    images.write_bytes(images.read_bytes()[:-4])
    case.must_fail("images.npy: not a readable .npy file", "takes 152832 bytes, but 152828 follow")


def bad_paths():
    case = case_called("no model")
    case.model.unlink()
    case.must_fail("model.safetensors: cannot be opened: No such file or directory")
    case = case_called("a directory as the model")
    case.model.unlink()
    case.model.mkdir()
    case.must_fail("model.safetensors: is a directory; a file is needed")
    case = case_called("a pipe as the labels")
    case.path("test", "labels").unlink()
    os.mkfifo(case.path("test", "labels"))
    case.must_fail("labels.npy: is not a regular file")
    case = case_called("no labels")
    case.path("calibration", "labels").unlink()
    case.must_fail("calibration/labels.npy: cannot be opened: No such file or directory")
    case = case_called("a file as the calibration")
    shutil.rmtree(case.directory / "calibration")
    (case.directory / "calibration").write_text("")
    case.must_fail("calibration/images.npy: cannot be opened: Not a directory")
    if os.geteuid() != 0:
        case = case_called("an unreadable model")
        case.model.chmod(0)
        case.must_fail("model.safetensors: cannot be opened: Permission denied")


def bad_options():
    def refused(name, arguments, message):
        result = subprocess.run(
            [TOOL, *arguments], check=False, capture_output=True, text=True, timeout=120, cwd=SCRATCH
        )
        check(
            f"{name}: {message}",
            result.returncode > 0 and message in result.stderr,
            f"status {result.returncode}, {result.stderr!r}",
        )

    refused("a model alone", ["demo", "--model", "x"], "give all three, or none")
    refused("an unknown option", ["demo", "--bits", "4"], "Unknown option '--bits'")
    refused(
        "a report in no directory",
        ["demo", "--report", "nowhere/r.html"],
        "nowhere/r.html: cannot be written: No such file or directory",
    )
    refused(
        "a report on a full disk",
        ["demo", "--report", "/dev/full"],
        "/dev/full: cannot be written: No space left on device",
    )
    refused(
        "a table in no directory", ["demo", "--json", "nowhere/t.json"], "nowhere/t.json: cannot be written"
    )


def good_files():
    """Other widths, types and layouts than the digits have; check.py recomputes their tables."""
    images, labels = (np.load(DIGITS / "train" / f"{array}.npy") for array in ("images", "labels"))
    means = np.stack([16 * images[labels == digit].mean(axis=0) for digit in range(10)]).astype(np.float64)
    bias = -0.5 * (means**2).sum(axis=1)
    case = case_called("other forms")  # one layer: the nearest mean
    write_tensors(case.model, {"fc1.bias": bias / 64, "fc1.weight": (means / 64).astype("<f2")})
    case.change_array(
        "calibration", "images", lambda v: np.asfortranarray(16 * v.reshape(-1, 8, 8)).astype(">f4")
    )
    case.change_array("test", "images", lambda v: (16 * v).astype(np.uint8))
    case.change_array("calibration", "labels", lambda v: v.astype(">i4"))
    case.change_array("test", "labels", lambda v: v.astype(np.uint16))
    case.must_work()
    header = case.path("calibration", "images").read_bytes()[:100]
    check("that array lies by columns", b"'fortran_order': True" in header and b"'>f4'" in header, header)

    # The farthest mean: the logits speak against the labels.
    case = case_called("inverted")
    write_tensors(case.model, {"fc1.bias": -bias / 256, "fc1.weight": -means / 16})
    said = case.must_work()
    check(
        "inverted says so",
        "int4: no temperature is best, as the logits speak against the labels" in said,
        said,
    )

    # The rows that the network was trained on: all right, so that no temperature is best.
    case = case_called("separated")
    shutil.rmtree(case.directory / "calibration")
    shutil.copytree(DIGITS / "train", case.directory / "calibration")
    said = case.must_work()
    check(
        "separated says so",
        "float32: no temperature is best, as every row to fit it on is classified right" in said,
        said,
    )

    # Four threshold rows cannot promise 90 %: every class is in every set.
    case = case_called("too few rows")
    for array in ("images", "labels"):
        case.change_array("calibration", array, lambda v: v[:8])
    said = case.must_work()
    table = json.loads((case.directory / "table.json").read_text())
    check(
        "too few rows take every class in",
        all(
            all((one["threshold"], one["coverage"], one["mean_size"]) == ("inf", 1, 10) for one in f["sets"])
            for f in table["formats"]
        )
        and "inf" in said,
        said,
    )

    case = case_called('a <name> & "quotes"')
    case.must_work()


if __name__ == "__main__":
    SCRATCH.mkdir(parents=True, exist_ok=True)
    bad_networks()
    bad_rows()
    bad_paths()
    bad_options()
    good_files()
    finish()
