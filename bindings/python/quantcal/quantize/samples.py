"""Which samples a model is calibrated with."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int32, c_size_t, c_uint64
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    F32,
    F64,
    Array,
    as_float,
    as_int32,
    as_rows,
    as_size,
    constant,
    expect_shape,
    integer_array,
    label_array,
    real_array,
)
from quantcal._errors import check
from quantcal._library import ArrayOf, bind
from quantcal._progress import Progress, ProgressCallback, reporting
from quantcal._structs import Struct, options_of

SampleMethod = Literal["density_diversity", "clusters"]
StepDraw = Literal["even", "uniform", "normal"]


class _SamplesOptions(Struct):
    """qc_quantize_samples_options."""

    _fields_ = (
        ("seed", c_uint64),
        ("clusters", c_size_t),
        ("method", c_int32),
        ("restarts", c_int32),
        ("draw", c_int32),
        ("reserved", c_int32),
        ("radius", c_double),
        ("diversity", c_double),
        ("fence", c_double),
        ("mean", c_double),
        ("deviation", c_double),
        ("progress", Progress),
    )


_new_options = options_of("qc_quantize_samples_options_init", _SamplesOptions)
_filter = bind(
    "qc_quantize_samples_filter_f64",
    ArrayOf(F64),  # statistics
    c_size_t,
    c_size_t,
    ArrayOf(np.int64),  # categories
    POINTER(_SamplesOptions),
    ArrayOf(np.uint8),  # kept
)
_select = bind(
    "qc_quantize_samples_select_f32",
    ArrayOf(F32),  # features
    c_size_t,
    c_size_t,
    ArrayOf(np.uint8),  # kept
    c_size_t,
    POINTER(_SamplesOptions),
    ArrayOf(np.uintp),  # chosen
)
_allocate = bind(
    "qc_quantize_samples_allocate_f32",
    ArrayOf(F32),  # features
    c_size_t,
    c_size_t,
    c_size_t,
    POINTER(_SamplesOptions),
    ArrayOf(F64),  # weights
    ArrayOf(np.uintp),  # counts
)
_steps = bind(
    "qc_quantize_samples_steps",
    c_size_t,
    c_size_t,
    POINTER(_SamplesOptions),
    ArrayOf(np.uintp),  # chosen
)


def quantize_samples_filter(
    statistics: Array, categories: Array | None = None, *, fence: float = 1.5
) -> NDArray[np.bool_]:
    """Whether each sample's statistics are like those of the others, as QuantVGGT filters noise.

    Parameters
    ----------
    statistics : array_like, shape (samples, statistics)
        Of each sample whatever shows noise, such as mean and standard deviation of what the
        model's last blocks have in.
    categories : array_like of int, shape (samples,), optional
        Quartiles are those of a sample's category; categories of fewer than 4 stay as they are.
    fence : float
        How many interquartile ranges beyond the quartiles a statistic may lie.

    Returns
    -------
    ndarray of bool, shape (samples,)

    Raises
    ------
    QuantcalValueError
        For NaN and infinities, a negative fence, other shapes.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.quantize_samples_filter([[1], [2], [3], [4], [100]])
    array([ True,  True,  True,  True, False])
    """
    options = _new_options()
    options.fence = as_float("fence", fence)
    values = as_rows("statistics", real_array("statistics", statistics, F64))
    rows, columns = values.shape
    labels = None if categories is None else label_array("categories", categories, (rows,))
    kept = np.empty(rows, np.uint8)
    check(_filter(values, rows, columns, labels, byref(options), kept))
    return kept.astype(np.bool_)


def quantize_samples_select(
    features: Array,
    choose: int,
    kept: Array | None = None,
    *,
    method: SampleMethod = "density_diversity",
    radius: float = 0.3,
    diversity: float = 1.0,
    clusters: int = 5,
    restarts: int = 10,
    seed: int = 0,
    progress: ProgressCallback | None = None,
) -> NDArray[np.intp]:
    """Some samples out of many.

    Parameters
    ----------
    features : array_like, shape (samples, dimension)
        A row for each sample, as the model sees it.
    choose : int
        How many.
    kept : array_like of bool, shape (samples,), optional
        As `quantize_samples_filter` gives it: the others are not there.
    method : {"density_diversity", "clusters"}
        One by one those that have many neighbours and lie far from the chosen ones; or the same
        number at random from each cluster of k-means.
    radius : float
        "density_diversity": the mean squared difference up to which samples are neighbours.
    diversity : float
        "density_diversity": the weight of the distance beside the density.
    clusters, restarts : int
        "clusters": at most how many, and how often k-means is begun.
    seed : int
        "clusters": of k-means and of the draws.
    progress : callable, optional
        Called with the fraction done; returning true stops.

    Returns
    -------
    ndarray of int, shape (choose,)
        Rows of `features`: by "density_diversity" in the order in which they are chosen, by
        "clusters" ascending.

    Raises
    ------
    QuantcalValueError
        For NaN and infinities, more than there are, an option outside its range.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.quantize_samples_select([[0], [1], [2], [50], [51]], 3, radius=1)
    array([1, 4, 0])
    """
    options = _new_options()
    options.method = constant("method", method, SampleMethod)
    options.radius = as_float("radius", radius)
    options.diversity = as_float("diversity", diversity)
    options.clusters = as_size("clusters", clusters)
    options.restarts = as_int32("restarts", restarts)
    options.seed = as_size("seed", seed)
    values = as_rows("features", real_array("features", features, F32))
    rows, columns = values.shape
    flags = None
    if kept is not None:
        flags = integer_array("kept", kept).astype(np.uint8)
        expect_shape("kept", flags, (rows,))
    count = as_size("choose", choose)
    chosen = np.empty(min(count, rows), np.uintp)
    with reporting(progress, values.size) as options.progress:
        status = _select(values, rows, columns, flags, count, byref(options), chosen)
    check(status)
    return chosen.astype(np.intp)


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
    options = _new_options()
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
    options = _new_options()
    options.draw = constant("draw", draw, StepDraw)
    options.mean = as_float("mean", mean)
    options.deviation = as_float("deviation", deviation)
    options.seed = as_size("seed", seed)
    chosen = np.empty(as_size("count", count), np.uintp)
    check(_steps(as_size("steps", steps), chosen.size, byref(options), chosen))
    return chosen.astype(np.intp)
