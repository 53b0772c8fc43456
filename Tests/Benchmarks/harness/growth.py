"""The curves of complexity.py: what is called, on which data, at which sizes."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import quantcal
from numpy.typing import NDArray

Values = NDArray[np.float64]
Shape = Callable[[np.random.Generator, int], Values]

#: 10^4 to 10^7, and 10^3 to 10^5 where the work is more than linear.
LINE = (10_000, 100_000, 1_000_000, 10_000_000)
BEYOND = (1_000, 10_000, 100_000)


def _heavy_merges(_rng: np.random.Generator, n: int) -> Values:
    """Stairs, each of which is below the one before and falls: every merge takes in all so far."""
    width = max(int(np.sqrt(n)), 1)
    step, place = np.divmod(np.arange(n), width)
    return -step.astype(float) * 2 - place / width


SHAPES: dict[str, Shape] = {
    "noisy increasing": lambda rng, n: np.arange(n) / n + rng.standard_normal(n),
    "binary labels": lambda rng, n: (rng.random(n) < np.linspace(0, 1, n)).astype(float),
    "random walk": lambda rng, n: np.cumsum(rng.standard_normal(n)),
    "sorted": lambda rng, n: np.sort(rng.standard_normal(n)),
    "reversed": lambda rng, n: np.sort(rng.standard_normal(n))[::-1].copy(),
    "sawtooth": lambda _, n: (np.arange(n) % 100) + np.arange(n) / n,
    "all equal": lambda _, n: np.ones(n),
    "alternating": lambda _, n: np.arange(n) % 2 * 2.0 + np.arange(n) * 1e-3,
    "heavy merges": _heavy_merges,
}

#: The losses beside the squared one.
LOSSES = ("quantile", "expectile", "huber", "chebyshev")

#: R's time for stats::isoreg of a vector that comes as bytes, of some calls.
_ISOREG = """
y <- readBin(file("stdin", "rb"), "double", n = {n})
invisible(isoreg(y[seq_len(min({n}, 100))]))
times <- replicate({runs}, system.time(isoreg(y))[["elapsed"]])
cat(min(times))
"""


@dataclass(frozen=True)
class Curve:
    """A function on data of growing size. `missing` says why it cannot be measured, if so."""

    name: str
    group: str
    sizes: tuple[int, ...]
    prepare: Callable[[int], Callable[[], Any]]
    missing: str = ""
    shape: Shape | None = None

    @property
    def is_isoreg(self) -> bool:
        return self.shape is not None


def _generator() -> np.random.Generator:
    return np.random.default_rng(20220501)


def _regression(shape: Shape, **options: Any) -> Callable[[int], Callable[[], Any]]:
    def prepare(n: int) -> Callable[[], Any]:
        y = shape(_generator(), n)
        return lambda: quantcal.isotonic_regression(y, **options)

    return prepare


def isoreg_seconds(curve: Curve, n: int) -> float:
    """The time of R's isoreg on the same values, taken inside R."""
    assert curve.shape is not None
    y = curve.shape(_generator(), n)
    program = _ISOREG.format(n=n, runs=3 if n <= 10_000 else 1)
    done = subprocess.run(
        ["Rscript", "-e", program], input=y.tobytes(), capture_output=True, check=True
    )
    # R's clock counts milliseconds.
    return max(float(done.stdout), 1e-3)


def _isoreg(shape: str) -> Curve:
    return Curve(
        f"R isoreg, {shape}",
        "squared loss",
        LINE,
        lambda _n: lambda: None,
        "" if shutil.which("Rscript") else "there is no R",
        SHAPES[shape],
    )


def _plane(n: int) -> tuple[Values, Values]:
    """Points of a square, and a function of them that rises, with noise."""
    rng = _generator()
    points = rng.random((n, 2))
    return points, points.sum(axis=1) + rng.standard_normal(n)


def _of_package(name: str, function: str, call: Callable[[Any, int], Callable[[], Any]]) -> Curve:
    """A curve of a function that a version of the package may lack."""
    found = getattr(quantcal, function, None)
    return Curve(
        name,
        "partial orders and distributions",
        BEYOND,
        lambda n: call(found, n),
        "" if found else f"the package has no {function}",
    )


def _order(function: Any, n: int) -> Callable[[], Any]:
    points, y = _plane(n)
    return lambda: function(points, y)


def _distribution(function: Any, n: int) -> Callable[[], Any]:
    points, y = _plane(n)
    x = points[:, 0].copy()
    return lambda: function(x, y)


CURVES: tuple[Curve, ...] = (
    *(Curve(name, "squared loss", LINE, _regression(shape)) for name, shape in SHAPES.items()),
    _isoreg("noisy increasing"),
    _isoreg("sorted"),
    *(
        Curve(
            f"{loss}, {shape}",
            "other losses",
            LINE,
            _regression(SHAPES[shape], loss=loss),
        )
        for loss in LOSSES
        for shape in ("noisy increasing", "random walk")
    ),
    _of_package("2-D order, squared loss", "isotonic_order", _order),
    _of_package("distribution", "isotonic_distribution", _distribution),
)
