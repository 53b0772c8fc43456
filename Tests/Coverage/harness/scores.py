"""Kinds of scores to count on: a theorem knows nothing of their distribution."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

CONTINUOUS = ("normal", "heavy tails")
TIED = ("five values", "often infinite")
SHAPES = (*CONTINUOUS, *TIED)


def is_tied(shape: str) -> bool:
    return shape in TIED


def scores(random: np.random.Generator, shape: str, *size: int) -> NDArray[Any]:
    """Independent scores of a shape."""
    match shape:
        case "normal":
            return random.standard_normal(size)
        case "heavy tails":
            # No moment of any order above a third.
            return random.standard_cauchy(size) ** 3
        case "five values":
            return random.integers(0, 5, size).astype(np.float64)
        case "often infinite":
            return random.choice(np.array([-np.inf, 0.0, 1.0, np.inf]), size)
    raise ValueError(f"no scores have the shape {shape!r}")
