"""Reads the files of Tests/Vectors, and compares results with what they say.

The form of a file is described in Tests/Vectors/README.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np

DIRECTORY = Path(__file__).resolve().parents[3] / "Tests" / "Vectors"

KINDS = {"float64": "f64", "float32": "f32", "float16": "f16", "bfloat16": "bf16"}


@dataclass
class Run:
    """One case, for one type."""

    path: Path
    function: str
    kind: str
    case: dict[str, Any]
    tolerance: dict[str, float]

    def __str__(self) -> str:
        return f"{self.path.parent.name}/{self.path.stem}-{self.kind}-{self.case['name']}"


def runs() -> Iterator[Run]:
    """Every case of every file, once for each of its types."""
    for path in sorted(DIRECTORY.glob("*/*.json")):
        content = json.loads(path.read_text())
        for case in content["cases"]:
            tolerance = case.get("tolerance", content.get("tolerance", {}))
            for kind in case.get("types", content["types"]):
                yield Run(path, content["function"], kind, case, tolerance)


def decode(value: Any) -> Any:
    """A scalar, or nested lists of scalars."""
    if isinstance(value, list):
        return [decode(element) for element in value]
    if isinstance(value, dict) and "repeat" in value:
        return [decode(value["repeat"])] * value["count"]
    if not isinstance(value, str):
        return value
    if re.match("-?0x", value):
        return float.fromhex(value)
    if value in ("nan", "inf", "-inf"):
        return float(value)
    return int(value) if re.fullmatch("-?[0-9]+", value) else value


def round_to_bfloat16(numbers: np.ndarray) -> np.ndarray:
    """The nearest numbers of 8 significant bits, ties to even, still as doubles."""
    _, exponents = np.frexp(numbers)
    quantum = np.ldexp(1.0, np.maximum(exponents, -125) - 8)
    rounded = np.rint(numbers / quantum) * quantum
    return np.where(np.abs(rounded) >= 2.0**128, np.copysign(np.inf, rounded), rounded)


def array(value: Any, kind: str = "f64") -> np.ndarray:
    """An array of the type that the run calls for; integers for kind "int"."""
    if isinstance(value, dict) and "rows" in value:
        numbers = np.empty((value["rows"], value["columns"]))
    else:
        numbers = np.array(decode(value), dtype=np.int64 if kind == "int" else np.float64)
    with np.errstate(over="ignore"):
        if kind == "bf16":
            return round_to_bfloat16(numbers).astype(ml_dtypes.bfloat16)
        names = {"f64": np.float64, "f32": np.float32, "f16": np.float16, "int": np.int64}
        return numbers.astype(names[kind])


def _ordered(numbers: np.ndarray) -> list[int]:
    """Integers in the numbers' order, one apart for neighbours."""
    bits = numbers.view({2: np.int16, 4: np.int32, 8: np.int64}[numbers.itemsize])
    low = int(np.iinfo(bits.dtype).min)
    return [int(one) if one >= 0 else low - int(one) for one in bits.ravel()]


def _close(actual: np.ndarray, expected: np.ndarray, tolerance: dict[str, float]) -> bool:
    """Finite numbers: within the tolerance, which is exactness if there is none."""
    if "ulps" in tolerance:
        pairs = zip(_ordered(actual), _ordered(expected), strict=True)
        return all(abs(one - other) <= tolerance["ulps"] for one, other in pairs)
    one, other = actual.astype(np.float64), expected.astype(np.float64)
    bound = tolerance.get("relative", 0.0) * np.abs(other) + tolerance.get("absolute", 0.0)
    return bool(np.all(np.abs(one - other) <= bound))


def matches(actual: Any, expected: Any, tolerance: dict[str, float]) -> bool:
    """Whether an output is what the file says, in the output's own type."""
    if isinstance(actual, (str, int)):
        return bool(actual == decode(expected))
    actual = np.asarray(actual)
    kind = KINDS.get(actual.dtype.name)
    if kind is None:
        return np.array_equal(actual.ravel(), np.ravel(array(expected, "int")))
    wanted = array(expected, kind).ravel()
    actual = actual.ravel()
    if actual.shape != wanted.shape:
        return False
    finite = np.isfinite(wanted)
    others_equal = np.array_equal(actual[~finite], wanted[~finite], equal_nan=True)
    same_places = np.array_equal(finite, np.isfinite(actual))
    return others_equal and same_places and _close(actual[finite], wanted[finite], tolerance)
