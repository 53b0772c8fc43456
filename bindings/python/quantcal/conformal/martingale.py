"""Martingales that test whether data are exchangeable, while they come."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int32, c_size_t, c_uint64
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from quantcal._arrays import F64, Array, as_float, as_size, constant, real_vector
from quantcal._errors import check
from quantcal._handles import NEW_HANDLE, handle_kind
from quantcal._lent import lent
from quantcal._library import ArrayOf, bind
from quantcal._stored import Stored, StoredKind
from quantcal._structs import Struct, options_of

__all__ = ["ConformalMartingale", "ConformalMartingalePath", "ConformalMartingaleSummary"]

MartingaleBetting = Literal["jumper", "composite", "power", "mixture"]


class _Options(Struct):
    """qc_conformal_martingale_options."""

    _fields_ = (
        ("betting", c_int32),
        ("reserved", c_int32),
        ("jump", c_double),
        ("epsilon", c_double),
        ("seed", c_uint64),
    )


class _Summary(Struct):
    """qc_conformal_martingale_summary."""

    _fields_ = (
        ("bets", c_size_t),
        ("score_count", c_size_t),
        ("log_martingale", c_double),
        ("log_maximum", c_double),
        ("p_value", c_double),
    )


_MARTINGALE = handle_kind("qc_conformal_martingale_destroy")
_new_options = options_of("qc_conformal_martingale_options_init", _Options)
_create = bind("qc_conformal_martingale_create", POINTER(_Options), NEW_HANDLE)
_update = bind(
    "qc_conformal_martingale_update",
    _MARTINGALE,
    ArrayOf(F64),  # scores
    c_size_t,
    ArrayOf(F64),  # p_values
    ArrayOf(F64),  # log_martingale
)
_bet = bind("qc_conformal_martingale_bet", _MARTINGALE, ArrayOf(F64), c_size_t, ArrayOf(F64))
_summarize = bind("qc_conformal_martingale_summarize", _MARTINGALE, POINTER(_Summary))
_STORED = StoredKind(
    _MARTINGALE, "qc_conformal_martingale_serialize", "qc_conformal_martingale_deserialize"
)


@dataclass(frozen=True, eq=False)
class ConformalMartingalePath:
    """The p-values of scores, and what bets on them made of the martingale.

    Attributes
    ----------
    p_values : ndarray, shape (n,)
        The rank of each score among those so far, as a share; ties are broken at random.
    log_martingale : ndarray, shape (n,)
        The natural logarithm of the martingale after each bet.
    """

    p_values: NDArray[np.float64]
    log_martingale: NDArray[np.float64]


@dataclass(frozen=True)
class ConformalMartingaleSummary:
    """What can be read off a martingale.

    Attributes
    ----------
    bets, score_count : int
        P-values that were bet on, and those of them that came from scores.
    log_martingale, log_maximum : float
        Natural logarithms of the martingale and of its largest value so far, at least 1.
    p_value : float
        One over that largest value: valid whenever one looks.
    """

    bets: int
    score_count: int
    log_martingale: float
    log_maximum: float
    p_value: float


class ConformalMartingale(Stored):
    """A test of exchangeability, for scores that come one after the other.

    The martingale is the capital of who bets against exchangeability: it starts at 1, and if
    the scores are exchangeable, it ever reaches c with probability at most 1 / c, however long
    one looks. It can be pickled and copied. Threads may share one: they take turns.

    Parameters
    ----------
    betting : {"jumper", "composite", "power", "mixture"}
        The simple jumper, which sees p-values that are too small, too large, or change sides;
        the mean of five of them, with jumps of 1, 0.1, 0.01, 0.001, 0.0001; the power
        martingale, which sees small p-values only; the mean of all of those.
    jump : float
        Of "jumper": what share of each account is spread over all before a bet.
    epsilon : float
        Of "power": above 0, below 1.
    seed : int
        Of the p-values of scores: breaks ties.

    Raises
    ------
    QuantcalValueError
        For an option that is not possible.

    Examples
    --------
    >>> import quantcal
    >>> martingale = quantcal.ConformalMartingale()
    >>> path = martingale.update(range(200))  # each the largest so far
    >>> martingale.summary().p_value < 1e-10
    True
    """

    __module__ = "quantcal"

    _stored = _STORED

    def __init__(
        self,
        betting: MartingaleBetting = "jumper",
        *,
        jump: float = 0.01,
        epsilon: float = 0.92,
        seed: int = 0,
    ) -> None:
        options = _new_options()
        options.betting = constant("betting", betting, MartingaleBetting)
        options.jump = as_float("jump", jump)
        options.epsilon = as_float("epsilon", epsilon)
        options.seed = as_size("seed", seed)
        self._handle = _MARTINGALE.create(lambda place: _create(byref(options), place))

    def update(self, scores: Array) -> ConformalMartingalePath:
        """Take scores in the order of their points, make p-values of them, and bet on these.

        Parameters
        ----------
        scores : array_like, shape (n,)
            Larger is stranger; may be infinite.

        Returns
        -------
        ConformalMartingalePath
            With ``.p_values`` and ``.log_martingale``.
        """
        given = real_vector("scores", scores, F64)
        p_values, path = lent(given.shape, given.dtype), lent(given.shape, given.dtype)
        with self._handle.exclusively() as martingale:
            check(_update(martingale, given, given.size, p_values, path))
        return ConformalMartingalePath(p_values, path)

    def bet(self, p_values: Array) -> NDArray[np.float64]:
        """Bet on p-values from elsewhere.

        Parameters
        ----------
        p_values : array_like, shape (n,)
            From 0 to 1; they must be independent and uniform if nothing is wrong. (Those
            against one calibration set that stays as it is are not.)

        Returns
        -------
        ndarray, shape (n,)
            The natural logarithm of the martingale after each bet.
        """
        given = real_vector("p_values", p_values, F64)
        path = lent(given.shape, given.dtype)
        with self._handle.exclusively() as martingale:
            check(_bet(martingale, given, given.size, path))
        return path

    def summary(self) -> ConformalMartingaleSummary:
        """The martingale and its largest value so far."""
        result = _Summary()
        with self._handle.exclusively() as martingale:
            check(_summarize(martingale, byref(result)))
        return ConformalMartingaleSummary(**result.content())
