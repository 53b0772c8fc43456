"""Folds for cross-fitting: whole clusters, dealt by a hash of their names."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from ctypes import POINTER, byref, c_int32, c_size_t, c_uint64
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    Array,
    as_array,
    as_int32,
    as_size,
    contiguous,
    expect_shape,
    integer_array,
)
from quantcal._errors import check
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind
from quantcal._progress import Progress
from quantcal._structs import Struct, options_of

__all__ = ["RewardFolds", "RewardOptions", "fold_array", "isotonic_reward_folds", "reward_options"]


class RewardOptions(Struct):
    """qc_isotonic_reward_options."""

    _fields_ = (
        ("seed", c_uint64),
        ("folds", c_int32),
        ("mode", c_int32),
        ("progress", Progress),
    )


_new_options = options_of("qc_isotonic_reward_options_init", RewardOptions)

_folds = bind(
    "qc_isotonic_reward_folds",
    ArrayOf(np.uint8),  # text
    c_size_t,
    ArrayOf(np.uintp),  # ends
    ArrayOf(np.uint8),  # labelled
    c_size_t,
    POINTER(RewardOptions),
    ArrayOf(np.int32),  # fold
    POINTER(c_int32),  # fold_count
)


def reward_options(folds: int, seed: int) -> RewardOptions:
    """The library's options, for folds of this number and seed."""
    options = _new_options()
    options.folds = as_int32("folds", folds)
    options.seed = as_size("seed", seed)
    return options


def fold_array(name: str, value: Array | None, n: int) -> NDArray[np.int32] | None:
    """Fold numbers; what does not fit 32 bits is no fold, and stays none."""
    if value is None:
        return None
    array = integer_array(name, value)
    expect_shape(name, array, (n,))
    limits = np.iinfo(np.int32)
    return contiguous(np.clip(array, limits.min, limits.max), np.dtype(np.int32))


class RewardFolds(NamedTuple):
    """The fold of each point, and how many folds there are."""

    fold: NDArray[np.int32]
    fold_count: int


def isotonic_reward_folds(
    clusters: Sequence[Any] | NDArray[Any] | int,
    *,
    labelled: Array | None = None,
    folds: int = 5,
    seed: int = 42,
) -> RewardFolds:
    """Deal clusters to folds, whole and evenly, by a hash of their names.

    Points of one cluster (all answers to one prompt, say) share a fold, so none is
    predicted by a model that has seen its siblings.

    Parameters
    ----------
    clusters : sequence of str or other identifiers, or int
        The cluster of each point, by ``str()`` of what is given. A number n stands for n
        points that are each a cluster, ``"row_0"``, ``"row_1"``, ...
    labelled : array_like of bool, shape (n,), optional
        Which points have a label; all by default. The labelled clusters are dealt
        evenly, the others go where their hash says.
    folds : int
        How many, 2 to 1000; half the number of labelled clusters if that is less than
        twice as many.
    seed : int
        0 to 2**64 - 1.

    Returns
    -------
    RewardFolds
        ``fold``, int32, and ``fold_count``.

    Raises
    ------
    QuantcalValueError
        For less than 4 labelled clusters, or an option out of range.

    Notes
    -----
    The folds are those of the package cje-eval 0.6.0.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.isotonic_reward_folds(["ann", "bob", "ann", "cyd", "dee"])
    RewardFolds(fold=array([0, 0, 0, 1, 1], dtype=int32), fold_count=2)
    """
    text: NDArray[np.uint8] | None = None
    ends: NDArray[np.uintp] | None = None
    if isinstance(clusters, (int, np.integer)):
        n = as_size("clusters", int(clusters))
    else:
        names = [str(one).encode() for one in clusters]
        n = len(names)
        text = np.frombuffer(b"".join(names), np.uint8)
        ends = np.fromiter(itertools.accumulate(map(len, names)), np.uintp, n)
    mask: NDArray[np.uint8] | None = None
    if labelled is not None:
        array = as_array("labelled", labelled)
        expect_shape("labelled", array, (n,))
        mask = contiguous(array.astype(bool), np.dtype(np.uint8))
    fold = lent(n, np.int32)
    count = c_int32()
    options = reward_options(folds, seed)
    size = 0 if text is None else text.size
    check(_folds(text, size, ends, mask, n, byref(options), fold, byref(count)))
    return RewardFolds(fold, count.value)
