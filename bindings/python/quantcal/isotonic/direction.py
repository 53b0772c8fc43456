"""Whether a response rises or falls with a predictor."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_int32, c_size_t
from dataclasses import dataclass

from quantcal._arrays import REALS, Array, bind_real, real_pair
from quantcal._errors import check
from quantcal._structs import Struct

__all__ = ["DirectionResult", "IsotonicDirection", "isotonic_direction"]


@dataclass(frozen=True)
class IsotonicDirection:
    """Whether a response rises or falls with a predictor.

    Attributes
    ----------
    increasing : bool
        Whether the rank correlation is 0 or positive.
    is_ambiguous : bool
        Whether the data do not tell: the interval holds 0, or there is no correlation.
    correlation : float
        Spearman's rho; NaN if all values of one side are equal.
    interval : tuple of float
        Fisher's interval of rho, at about 95 %; NaN for three points or fewer.
    """

    increasing: bool
    is_ambiguous: bool
    correlation: float
    interval: tuple[float, float]


class DirectionResult(Struct):
    """qc_isotonic_direction_result."""

    _fields_ = (
        ("direction", c_int32),
        ("is_ambiguous", c_int32),
        ("correlation", c_double),
        ("interval_lower", c_double),
        ("interval_upper", c_double),
    )

    def decision(self) -> IsotonicDirection:
        return IsotonicDirection(
            self.direction == 0,
            self.is_ambiguous != 0,
            self.correlation,
            (self.interval_lower, self.interval_upper),
        )


_DIRECTION = bind_real(
    "qc_isotonic_direction",
    REALS,  # x
    REALS,  # y
    c_size_t,
    POINTER(DirectionResult),
)


def isotonic_direction(x: Array, y: Array) -> IsotonicDirection:
    """Whether `y` rises or falls with `x`, by Spearman's rank correlation.

    The rule of scikit-learn's ``IsotonicRegression(increasing="auto")``: increasing if the
    correlation is 0 or positive; ambiguous, where scikit-learn warns, if the ends of its
    interval differ in sign.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Finite values.

    Returns
    -------
    IsotonicDirection

    Raises
    ------
    QuantcalValueError
        For NaN, infinities, or arrays of different lengths.

    Examples
    --------
    >>> import quantcal
    >>> answer = quantcal.isotonic_direction(range(10), [0, 2, 1, 3, 5, 4, 6, 9, 7, 8])
    >>> answer.increasing, round(answer.correlation, 5)
    (True, 0.93939)
    """
    predictors, responses = real_pair("x", x, "y", y)
    result = DirectionResult()
    call = _DIRECTION[predictors.dtype]
    check(call(predictors, responses, predictors.size, byref(result)))
    return result.decision()
