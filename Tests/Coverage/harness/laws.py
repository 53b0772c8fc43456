"""Exact laws of counts: all terms of a distribution, in double precision."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from functools import cache

import numpy as np
from numpy.typing import NDArray


def exact_rank(n: int, alpha: float) -> int:
    """The smallest integer k >= (n + 1)(1 - alpha), for the decimal that `alpha` prints as."""
    return math.ceil((n + 1) * (1 - Fraction(Decimal(repr(alpha)))))


def log_factorials(n: int) -> NDArray[np.float64]:
    """log k! for k = 0 to n."""
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])


@cache
def binomial(n: int, p: float) -> NDArray[np.float64]:
    """P(X = k) for k = 0 to n, X binomial."""
    if p <= 0 or p >= 1:
        terms = np.zeros(n + 1)
        terms[0 if p <= 0 else n] = 1
        return terms
    k = np.arange(n + 1)
    logs = log_factorials(n)
    return np.exp(logs[n] - logs - logs[::-1] + k * np.log(p) + (n - k) * np.log1p(-p))


@cache
def beta_binomial(m: int, a: int, b: int) -> NDArray[np.float64]:
    """P(X = k) for k = 0 to m: of m points, how many have a probability drawn from Beta(a, b)."""
    k = np.arange(m + 1)
    logs = log_factorials(m + a + b)
    inside = logs[k + a - 1] + logs[m - k + b - 1] - logs[m + a + b - 1]
    whole = logs[a - 1] + logs[b - 1] - logs[a + b - 1]
    return np.exp(logs[m] - logs[k] - logs[m - k] + inside - whole)


def lower_tail(terms: NDArray[np.float64], k: int) -> float:
    """P(X <= k)."""
    return min(1.0, float(np.sort(terms[: k + 1]).sum()))


def upper_tail(terms: NDArray[np.float64], k: int) -> float:
    """P(X >= k)."""
    return min(1.0, float(np.sort(terms[k:]).sum()))
