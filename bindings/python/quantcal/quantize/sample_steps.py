"""Of which time steps a model is calibrated with samples, and how many."""

from __future__ import annotations

from ctypes import POINTER, byref, c_size_t
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    F32,
    F64,
    Array,
    as_float,
    as_rows,
    as_size,
    constant,
    real_array,
)
from quantcal._errors import check
from quantcal._library import ArrayOf, bind
from quantcal._progress import ProgressCallback, reporting
from quantcal.quantize.samples import SamplesOptions, new_options

StepDraw = Literal["even", "uniform", "normal"]

_allocate = bind(
    "qc_quantize_samples_allocate_f32",
    ArrayOf(F32),  # features
    c_size_t,
    c_size_t,
    c_size_t,
    POINTER(SamplesOptions),
    ArrayOf(F64),  # weights
    ArrayOf(np.uintp),  # counts
)
_steps = bind(
    "qc_quantize_samples_steps",
    c_size_t,
    c_size_t,
    POINTER(SamplesOptions),
    ArrayOf(np.uintp),  # chosen
)


class AllocatedSamples(NamedTuple):
    """How many calibration samples each time step gives."""

    counts: NDArray[np.intp]
    """They add up to what was wanted."""
    weights: NDArray[np.float64]
    """The shares that were rounded."""


def quantize_samples_allocate(
    features: Array,
    total: int,
    *,
    radius: float = 0.3,
    diversity: float = 1.0,
    progress: ProgressCallback | None = None,
) -> AllocatedSamples:
    """How many calibration samples each time step of a diffusion model gives, as EDA-DM has it:
    more where features are like those of many other steps, and where they point elsewhere.

    Parameters
    ----------
    features : array_like, shape (steps, dimension)
        A row for each time step, such as what a block in the middle of the model gives.
    total : int
        How many samples there are to be.
    radius : float
        The mean squared difference up to which steps are neighbours.
    diversity : float
        The weight of the variety beside the density.
    progress : callable, optional
        Called with the fraction done; returning true stops.

    Returns
    -------
    AllocatedSamples
        ``(counts, weights)``.

    Raises
    ------
    QuantcalValueError
        For NaN and infinities, samples of no steps, an option outside its range.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.quantize_samples_allocate([[1, 0], [1, 0.1], [0, 1]], 10, radius=0.1).counts
    array([4, 3, 3])
    """
    options = new_options()
    options.radius = as_float("radius", radius)
    options.diversity = as_float("diversity", diversity)
    values = as_rows("features", real_array("features", features, F32))
    rows, columns = values.shape
    counts, weights = np.empty(rows, np.uintp), np.empty(rows, np.float64)
    wanted = as_size("total", total)
    with reporting(progress, values.size) as options.progress:
        status = _allocate(values, rows, columns, wanted, byref(options), weights, counts)
    check(status)
    return AllocatedSamples(counts.astype(np.intp), weights)


def quantize_samples_steps(
    steps: int,
    count: int,
    *,
    draw: StepDraw = "even",
    mean: float = 0.4,
    deviation: float = 0.5,
    seed: int = 0,
) -> NDArray[np.intp]:
    """The time steps of a diffusion model at which calibration samples are taken.

    Parameters
    ----------
    steps : int
        How many there are.
    count : int
        How many to draw.
    draw : {"even", "uniform", "normal"}
        At equal distances, as Q-Diffusion; or at random, all equally likely, or from a normal
        distribution, as PTQ4DM.
    mean, deviation : float
        "normal": as shares of `steps`.
    seed : int
        Of what is drawn at random.

    Returns
    -------
    ndarray of int, shape (count,)
        From 0 to ``steps - 1``: ascending if "even", else as they are drawn.

    Raises
    ------
    QuantcalValueError
        For no steps, or an option outside its range.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.quantize_samples_steps(50, 4)
    array([ 0, 12, 25, 37])
    """
    options = new_options()
    options.draw = constant("draw", draw, StepDraw)
    options.mean = as_float("mean", mean)
    options.deviation = as_float("deviation", deviation)
    options.seed = as_size("seed", seed)
    chosen = np.empty(as_size("count", count), np.uintp)
    check(_steps(as_size("steps", steps), chosen.size, byref(options), chosen))
    return chosen.astype(np.intp)
