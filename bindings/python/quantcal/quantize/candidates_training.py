"""Candidates for the codes of vectors, in a training framework: forward, backward, and settling."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_size_t
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import (
    F32,
    Array,
    as_float,
    as_size,
    expect_shape,
    real_array,
)
from quantcal._errors import check
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind
from quantcal.quantize._candidates import Options, given_candidates, table_of

_mix = bind(
    "qc_quantize_candidates_mix_f32",
    ArrayOf(np.uint16),  # candidates
    ArrayOf(np.float32),  # logits
    c_size_t,
    c_size_t,
    ArrayOf(np.float32),  # centres
    POINTER(Options),
    ArrayOf(np.float32),  # ratios
    ArrayOf(np.float32),  # vectors
)
_gradient = bind(
    "qc_quantize_candidates_gradient_f32",
    ArrayOf(np.float32),  # gradients
    ArrayOf(np.uint16),  # candidates
    ArrayOf(np.float32),  # logits
    c_size_t,
    c_size_t,
    ArrayOf(np.float32),  # centres
    POINTER(Options),
    ArrayOf(np.float32),  # logit_gradients
    ArrayOf(np.float32),  # centre_gradients
)
_settle = bind(
    "qc_quantize_candidates_settle_f32",
    ArrayOf(np.uint16),  # candidates
    ArrayOf(np.float32),  # logits
    c_size_t,
    POINTER(Options),
    ArrayOf(np.float32),  # settled_logits
    ArrayOf(np.uint16),  # codes
    POINTER(c_size_t),
    POINTER(c_double),
)


class CandidateMixtures(NamedTuple):
    """What `quantize_candidates_mix` gives."""

    ratios: NDArray[np.float32]
    """Shape (..., candidates)."""
    vectors: NDArray[np.float32]
    """Shape (..., dimension)."""


class CandidateGradients(NamedTuple):
    """What `quantize_candidates_gradient` gives."""

    logits: NDArray[np.float32]
    """Shape (..., candidates)."""
    centres: NDArray[np.float32]
    """Shape (centres, dimension)."""


class SettledCandidates(NamedTuple):
    """What `quantize_candidates_settle` gives."""

    logits: NDArray[np.float32]
    """Of settled vectors 0 and -infinity; shape (..., candidates)."""
    codes: NDArray[np.uint16]
    """Of each vector the candidate with the largest ratio."""
    open: int
    """How many vectors have more than one candidate left."""
    penalty: float
    """The mean of their sums of p (1 - p)."""


def quantize_candidates_mix(candidates: Array, logits: Array, centres: Array) -> CandidateMixtures:
    """Vectors as mixtures of their candidates, with the softmax of logits as ratios.

    Parameters
    ----------
    candidates, logits : array_like, shape (..., candidates)
        As `quantize_candidates_find` gives them.
    centres : array_like, shape (centres, dimension)

    Returns
    -------
    CandidateMixtures
        The named tuple ``(ratios, vectors)``.

    Raises
    ------
    QuantcalValueError
        For NaN, a candidate without a centre, logits of infinity, or a wrong shape.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.quantize_candidates_mix([[0, 1]], [[0.0, 0.0]], [[1.0, 2.0], [3.0, 0.0]]).vectors
    array([[2., 1.]], dtype=float32)
    """
    codes, scores, options = given_candidates(candidates, logits)
    table = table_of(centres, options)
    count = int(np.prod(codes.shape[:-1], dtype=np.intp))
    ratios = lent(codes.shape, np.float32)
    vectors = lent((*codes.shape[:-1], table.shape[1]), np.float32)
    check(_mix(codes, scores, count, table.shape[1], table, byref(options), ratios, vectors))
    return CandidateMixtures(ratios, vectors)


def quantize_candidates_gradient(
    gradients: Array, candidates: Array, logits: Array, centres: Array, *, penalty: float = 1.0
) -> CandidateGradients:
    """Gradients at logits and centres, from those of a loss at the mixtures.

    Parameters
    ----------
    gradients : array_like, shape (..., dimension)
        Of the loss, at the vectors of `quantize_candidates_mix`.
    candidates, logits, centres : array_like
        As there.
    penalty : float
        The weight of what is added to the loss: the mean, over vectors with more than one
        candidate left, of their sums of p (1 - p).

    Returns
    -------
    CandidateGradients
        The named tuple ``(logits, centres)``.

    Raises
    ------
    QuantcalValueError
        As `quantize_candidates_mix`, and for a negative penalty.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.quantize_candidates_gradient([[1.0]], [[0, 1]], [[0.0, 0.0]], [[1.0], [3.0]])
    CandidateGradients(logits=array([[-0.5,  0.5]], dtype=float32), centres=array([[0.5],
           [0.5]], dtype=float32))
    """
    codes, scores, options = given_candidates(candidates, logits)
    table = table_of(centres, options)
    slopes = real_array("gradients", gradients, F32)
    expect_shape("gradients", slopes, (*codes.shape[:-1], table.shape[1]))
    options.penalty = as_float("penalty", penalty)
    count = int(np.prod(codes.shape[:-1], dtype=np.intp))
    found = CandidateGradients(lent(codes.shape, np.float32), lent(table.shape, np.float32))
    status = _gradient(slopes, codes, scores, count, table.shape[1], table, byref(options), *found)
    check(status)
    return found


def quantize_candidates_settle(
    candidates: Array, logits: Array, *, centres: int = 65536, settled: float = 0.99
) -> SettledCandidates:
    """Settles vectors with a large ratio, and gives the codes of the largest ratios.

    Parameters
    ----------
    candidates, logits : array_like, shape (..., candidates)
        As `quantize_candidates_find` gives them.
    centres : int
        How many there are: candidates are below.
    settled : float
        Above this ratio a vector has one candidate: the logits of others become -infinity.

    Returns
    -------
    SettledCandidates
        The named tuple ``(logits, codes, open, penalty)``.

    Raises
    ------
    QuantcalValueError
        For NaN, logits of infinity, or a wrong shape.

    Examples
    --------
    >>> import quantcal
    >>> quantcal.quantize_candidates_settle([[4, 7], [2, 4]], [[5.0, 0.0], [0.0, 1.0]]).codes
    array([4, 4], dtype=uint16)
    """
    codes, scores, options = given_candidates(candidates, logits)
    options.centres = as_size("centres", centres)
    options.settled = as_float("settled", settled)
    count = int(np.prod(codes.shape[:-1], dtype=np.intp))
    new, chosen = lent(codes.shape, np.float32), lent(codes.shape[:-1], np.uint16)
    left, penalty = c_size_t(), c_double()
    status = _settle(codes, scores, count, byref(options), new, chosen, byref(left), byref(penalty))
    check(status)
    return SettledCandidates(new, chosen, left.value, penalty.value)
