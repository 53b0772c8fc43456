"""Planning of training with quantization in the loop, by two published laws."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_size_t

from quantcal._arrays import as_float, as_size
from quantcal._errors import check
from quantcal._library import bind
from quantcal._structs import Struct, options_of


class _Options(Struct):
    """qc_quantize_qat_options."""

    _fields_ = (("constant", c_double),)


_new_options = options_of("qc_quantize_qat_options_init", _Options)
_fraction = bind(
    "qc_quantize_qat_fraction", c_double, c_double, c_double, POINTER(_Options), POINTER(c_double)
)


def quantize_qat_fraction(
    tokens: float, parameters: float, bits: float, *, constant: float = 6.7297
) -> float:
    """The share of all training tokens that is best spent on quantization-aware training.

    It is ``exp(-constant / log(S))`` with ``S = tokens / (parameters * bits / 8)``, the tokens
    for each byte of the quantized model (arXiv 2509.22935).

    Parameters
    ----------
    tokens : float
        Of all training.
    parameters : float
        Of the model.
    bits : float
        Of a parameter; need not be whole.
    constant : float
        Of the published fit.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    QuantcalValueError
        If an argument is not positive and finite, or S is not above 1.

    Examples
    --------
    >>> import quantcal
    >>> round(quantcal.quantize_qat_fraction(tokens=1e12, parameters=2e9, bits=4), 3)
    0.377
    """
    options = _new_options()
    options.constant = as_float("constant", constant)
    numbers = as_float("tokens", tokens), as_float("parameters", parameters), as_float("bits", bits)
    fraction = c_double()
    check(_fraction(*numbers, byref(options), byref(fraction)))
    return fraction.value


_loss = bind(
    "qc_quantize_qat_loss",
    c_double,  # tokens
    c_double,  # parameters
    c_size_t,  # group_size
    c_double,  # factor
    c_double,  # token_exponent
    c_double,  # parameter_exponent
    c_double,  # group_exponent
    POINTER(c_double),
)


def quantize_qat_loss(
    tokens: float,
    parameters: float,
    group_size: int,
    *,
    factor: float,
    token_exponent: float,
    parameter_exponent: float,
    group_exponent: float,
) -> float:
    """The loss that quantization adds, by a law whose constants you have fitted.

    It is ``factor * tokens**token_exponent * log2(group_size)**group_exponent /
    parameters**parameter_exponent`` (the form of arXiv 2505.14302). The constants depend on the
    training that was measured, and on the units of `tokens` and `parameters`.

    Parameters
    ----------
    tokens, parameters : float
        Of the training and of the model, in the units of the fit.
    group_size : int
        How many weights share a scale; for one scale a row the length of a row.
    factor, token_exponent, parameter_exponent, group_exponent : float
        The fitted constants.

    Returns
    -------
    float
        0 for groups of 1.

    Raises
    ------
    QuantcalValueError
        If an argument is outside its range.

    Examples
    --------
    >>> import quantcal
    >>> law = dict(factor=2.0, token_exponent=0.5, parameter_exponent=1.0, group_exponent=2.0)
    >>> quantcal.quantize_qat_loss(4.0, 9.0, 8, **law)
    4.0
    """
    loss = c_double()
    check(
        _loss(
            as_float("tokens", tokens),
            as_float("parameters", parameters),
            as_size("group_size", group_size),
            as_float("factor", factor),
            as_float("token_exponent", token_exponent),
            as_float("parameter_exponent", parameter_exponent),
            as_float("group_exponent", group_exponent),
            byref(loss),
        )
    )
    return loss.value
