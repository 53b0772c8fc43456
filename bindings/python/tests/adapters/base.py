"""`base` from Python."""

from __future__ import annotations

from typing import Any

from vectors import decode

import quantcal
from adapters.registry import Inputs, adapter


@adapter("qc_version")
def _version(inputs: Inputs, kind: str) -> dict[str, Any]:
    return {"value": quantcal.version()}


@adapter("qc_kernel_level")
def _kernel_level(inputs: Inputs, kind: str) -> dict[str, Any]:
    return {"one_of": quantcal.kernel_level()}


@adapter("qc_status_name")
def _status_name(inputs: Inputs, kind: str) -> dict[str, Any]:
    return {"value": quantcal.status_name(decode(inputs["status"]))}


@adapter("qc_last_error")
def _last_error(inputs: Inputs, kind: str) -> dict[str, Any]:
    try:
        quantcal.conformal_rank(decode(inputs["n"]), decode(inputs["alpha"]))
    except quantcal.QuantcalError:
        return {"value": quantcal.last_error()}
    raise AssertionError("the call should have failed")


@adapter("qc_set_thread_count", "qc_thread_count")
def _thread_count(inputs: Inputs, kind: str) -> dict[str, Any]:
    try:
        quantcal.set_thread_count(decode(inputs["count"]))
        return {"count": quantcal.thread_count()}
    finally:
        quantcal.set_thread_count(0)
