"""Every case of every file in Tests/Vectors."""

from __future__ import annotations

import ctypes
import re
from pathlib import Path

import pytest
from adapters import ADAPTERS
from vectors import Run, decode, matches, runs

import quantcal


@pytest.mark.parametrize("run", list(runs()), ids=str)
def test_vector(run: Run) -> None:
    call = ADAPTERS.get(run.function)
    assert call is not None, f"{run.function} has vectors, but no adapter"
    if "status" in run.case:
        with pytest.raises(quantcal.QuantcalError) as caught:
            call(run.case["in"], run.kind)
        assert caught.value.status_name == run.case["status"]
        assert run.case.get("message", "") in str(caught.value)
        return
    outputs = call(run.case["in"], run.kind)
    for name, expected in run.case["out"].items():
        actual = outputs[name]
        if name == "one_of":
            assert actual in expected
        else:
            assert matches(actual, expected, run.tolerance), f"{name}: {actual} is not {expected}"


def test_the_comparison_can_fail() -> None:
    one = 1.0
    assert matches(one, "0x1.0p+0", {})
    assert not matches(one, "0x1.0000000000001p+0", {})
    assert matches(one, "0x1.0000000000001p+0", {"ulps": 1})
    assert not matches(one, "0x1.0000000000002p+0", {"ulps": 1})
    assert not matches(one, "nan", {"absolute": 1e-3})
    assert matches(float("inf"), "inf", {}) and not matches(float("inf"), "-inf", {})
    assert matches(2, 2, {}) and not matches(2, 3, {"absolute": 1e-3})
    assert decode("9223372036854775808") == 2**63


def test_every_declaration_is_bound() -> None:
    """A function of the headers that this package never looked up would not be tested."""
    include = Path(__file__).resolve().parents[3] / "include" / "quantcal"
    comments = re.compile(r"/\*.*?\*/", re.DOTALL)
    declared = {
        name
        for header in include.rglob("*.h")
        for name in re.findall(r"\b(qc_\w+)\(", comments.sub("", header.read_text()))
    }
    assert len(declared) > 25
    library = quantcal._library.library
    bound = {name for name, one in vars(library).items() if isinstance(one, ctypes._CFuncPtr)}
    assert declared - bound == set()
