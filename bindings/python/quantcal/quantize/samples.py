"""Which samples a model is calibrated with."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int32, c_size_t, c_uint64
from typing import Literal

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


class SamplesOptions(Struct):
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


new_options = options_of("qc_quantize_samples_options_init", SamplesOptions)
_filter = bind(
    "qc_quantize_samples_filter_f64",
    ArrayOf(F64),  # statistics
    c_size_t,
    c_size_t,
    ArrayOf(np.int64),  # categories
    POINTER(SamplesOptions),
    ArrayOf(np.uint8),  # kept
)
_select = bind(
    "qc_quantize_samples_select_f32",
    ArrayOf(F32),  # features
    c_size_t,
    c_size_t,
    ArrayOf(np.uint8),  # kept
    c_size_t,
    POINTER(SamplesOptions),
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
    options = new_options()
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
    options = new_options()
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
