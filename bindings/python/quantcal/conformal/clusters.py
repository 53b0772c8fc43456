"""Clusters of classes whose scores are distributed alike, as groups for a calibrator."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int32, c_size_t, c_uint64
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    REALS,
    Array,
    as_int32,
    as_level,
    as_size,
    bind_real,
    constant,
    expect_rank,
    integer_array,
    label_array,
    real_vector,
)
from quantcal._errors import Status, check, refuse
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind
from quantcal._progress import Progress, ProgressCallback, reporting
from quantcal._structs import Struct, options_of

__all__ = [
    "ConformalClassClusters",
    "ConformalClusterPlan",
    "conformal_class_clusters",
    "conformal_cluster_plan",
]

Rare = Literal["marginal", "none"]


class _Options(Struct):
    """qc_conformal_cluster_options."""

    _fields_ = (
        ("cluster_count", c_int32),
        ("rare", c_int32),
        ("restarts", c_int32),
        ("reserved", c_int32),
        ("seed", c_uint64),
        ("progress", Progress),
    )


_new_options = options_of("qc_conformal_cluster_options_init", _Options)

_plan = bind(
    "qc_conformal_cluster_plan",
    ArrayOf(np.int64),  # counts
    c_size_t,
    c_double,
    POINTER(c_double),
    POINTER(c_size_t),
)
_CLUSTERS = bind_real(
    "qc_conformal_class_clusters",
    REALS,  # scores
    ArrayOf(np.int64),  # labels
    c_size_t,
    c_size_t,
    c_double,
    POINTER(_Options),
    ArrayOf(np.int64),  # clusters
    POINTER(c_size_t),
)


@dataclass(frozen=True)
class ConformalClusterPlan:
    """How to part calibration points.

    Attributes
    ----------
    fraction : float
        The part of the points that makes the clusters; the rest calibrates.
    cluster_count : int
        How many clusters to ask for. Fewer than 2 are none: all points calibrate.
    """

    fraction: float
    cluster_count: int


@dataclass(frozen=True, eq=False)
class ConformalClassClusters:
    """Classes in clusters.

    Attributes
    ----------
    clusters : ndarray of int64, shape (class_count,)
        The cluster of each class: 0 to `cluster_count` - 1, `cluster_count` for the null
        cluster, -1 for none.
    cluster_count : int
        How many clusters there are besides the null cluster; never 1.
    """

    clusters: NDArray[np.int64]
    cluster_count: int


def conformal_cluster_plan(counts: Array, alpha: float) -> ConformalClusterPlan:
    """What part of the calibration points shall make clusters, and how many clusters.

    Parameters
    ----------
    counts : array_like of int, shape (class_count,)
        Calibration points of each class.
    alpha : float
        Level, strictly between 0 and 1.

    Returns
    -------
    ConformalClusterPlan

    Raises
    ------
    QuantcalValueError
        For a negative count, or an `alpha` outside its range.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.conformal_cluster_plan([40] * 25, 0.1)
    ConformalClusterPlan(fraction=0.25, cluster_count=5)
    """
    numbers = integer_array("counts", counts)
    expect_rank("counts", numbers, 1)
    numbers = label_array("counts", numbers, numbers.shape)
    fraction, cluster_count = c_double(), c_size_t()
    check(_plan(numbers, numbers.size, as_level(alpha), byref(fraction), byref(cluster_count)))
    return ConformalClusterPlan(fraction.value, cluster_count.value)


def conformal_class_clusters(
    scores: Array,
    labels: Array,
    alpha: float,
    *,
    class_count: int | None = None,
    cluster_count: int = 0,
    rare: Rare = "marginal",
    restarts: int = 10,
    seed: int = 0,
    progress: ProgressCallback | None = None,
) -> ConformalClassClusters:
    """Clusters of classes whose scores are distributed alike.

    They are the groups of a calibrator, for classes that have too few calibration points for
    thresholds of their own::

        found = conformal_class_clusters(scores[:k], labels[:k], alpha)
        calibrator = ConformalCalibrator(group_count=found.cluster_count + 1, last_group="all")
        calibrator.update(scores[k:], groups=found.clusters[labels[k:]])
        thresholds = calibrator.thresholds(alpha)[found.clusters]  # of each class

    The points that calibrate must be others than those here. Every cluster then has its
    coverage, and a class as far as its scores are distributed like those of its cluster.
    (With ``rare="none"`` a class of cluster -1 has the threshold +inf.)

    Parameters
    ----------
    scores : array_like, shape (n,)
        Of the true labels; larger is stranger. Infinite ones count as the extreme finite ones.
    labels : array_like of int, shape (n,)
        0 to `class_count` - 1.
    alpha : float
        Level, strictly between 0 and 1.
    class_count : int, optional
        One more than the largest label by default.
    cluster_count : int
        The most there may be; 0 for half the number of points of the smallest class that is
        not rare. See `conformal_cluster_plan`.
    rare : {"marginal", "none"}
        Where classes go that have too few points for a finite threshold: to the null cluster,
        which has the marginal threshold, or to none.
    restarts : int
        1 to 1000; the best of so many clusterings is taken.
    seed : int
        Of the first centres.
    progress : callable, optional
        Called with the fraction done; returning True stops the work.

    Returns
    -------
    ConformalClassClusters

    Raises
    ------
    QuantcalValueError
        For a NaN score, an unknown label, wrong shapes, an option outside its range.

    Examples
    --------
    >>> import quantcal
    >>> found = quantcal.conformal_class_clusters(
    ...     [0, 5, 0.5, 6], [0, 1, 2, 3], 0.5, class_count=5, cluster_count=2
    ... )
    >>> found.clusters
    array([0, 1, 0, 1, 2])
    """
    options = _new_options()
    options.cluster_count = as_int32("cluster_count", cluster_count)
    options.rare = constant("rare", rare, Rare)
    options.restarts = as_int32("restarts", restarts)
    options.seed = as_size("seed", seed)
    values = real_vector("scores", scores)
    classes = label_array("labels", labels, values.shape)
    if class_count is None:
        class_count = int(classes.max(initial=-1)) + 1
    size = as_size("class_count", class_count)
    if size > np.iinfo(np.int32).max:
        raise refuse(Status.QC_ERR_SIZE, f"class_count is {size}; it must fit 32 bits")
    clusters = lent(size, np.int64)
    found = c_size_t()
    with reporting(progress, values.size) as options.progress:
        status = _CLUSTERS[values.dtype](
            values,
            classes,
            values.size,
            size,
            as_level(alpha),
            byref(options),
            clusters,
            byref(found),
        )
    check(status)
    return ConformalClassClusters(clusters, found.value)
