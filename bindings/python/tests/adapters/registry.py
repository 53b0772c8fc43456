"""How each function of the library is called from Python, for the test vectors.

An adapter takes a case's inputs and its type, and gives the outputs by name.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
from vectors import array, decode

Inputs = dict[str, Any]
ADAPTERS: dict[str, Callable[[Inputs, str], dict[str, Any]]] = {}


def adapter(*functions: str) -> Callable[[Any], Any]:
    def register(call: Callable[[Inputs, str], dict[str, Any]]) -> Any:
        ADAPTERS.update(dict.fromkeys(functions, call))
        return call

    return register


def given(inputs: Inputs, *names: str) -> dict[str, Any]:
    """The scalars of these names that the case has, for keyword arguments."""
    return {name: decode(inputs[name]) for name in names if name in inputs}


def arrays(inputs: Inputs, kind: str, *names: str) -> dict[str, np.ndarray]:
    return {name: array(inputs[name], kind) for name in names if name in inputs}


def default_arguments(function: Callable[..., Any]) -> dict[str, Any]:
    parameters = inspect.signature(function).parameters.values()
    return {one.name: one.default for one in parameters if one.default is not one.empty}
