"""Twin logarithms: what encoding and decoding keep, and what the fit is worth."""

from __future__ import annotations

import numpy as np
import pytest

import quantcal


def test_decoded_numbers_encode_to_their_codes() -> None:
    random = np.random.default_rng(0)
    w = random.standard_normal((7, 100)).astype(np.float32) * 0.3
    for bits in range(3, 9):
        parameters = quantcal.quantize_twin_log_fit(w, bits=bits)
        assert parameters.shape == (7, 1, 5)
        codes = quantcal.quantize_twin_log_encode(w, parameters, bits=bits)
        decoded = quantcal.quantize_twin_log_decode(codes, parameters, 100, bits=bits)
        again = quantcal.quantize_twin_log_encode(decoded, parameters, bits=bits)
        decoded_again = quantcal.quantize_twin_log_decode(again, parameters, 100, bits=bits)
        np.testing.assert_array_equal(decoded_again, decoded)
        assert np.all(np.sign(decoded) * np.sign(w) >= 0)


def test_more_bits_and_smaller_groups_are_better() -> None:
    random = np.random.default_rng(1)
    w = random.laplace(size=(4, 512)).astype(np.float32) * 0.2

    def error(**options: object) -> float:
        parameters = quantcal.quantize_twin_log_fit(w, **options)  # type: ignore[arg-type]
        codes = quantcal.quantize_twin_log_encode(w, parameters, **options)  # type: ignore[arg-type]
        back = quantcal.quantize_twin_log_decode(codes, parameters, 512, **options)  # type: ignore[arg-type]
        return float(((w - back) ** 2).mean())

    by_bits = [error(bits=bits) for bits in (3, 4, 6, 8)]
    assert by_bits == sorted(by_bits, reverse=True)
    assert error(granularity="group", group_size=32) < error() <= error(granularity="tensor")


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(quantcal.QuantcalValueError, match="bits is 2"):
        quantcal.quantize_twin_log_fit([[1, 2]], bits=2)
    with pytest.raises(ValueError, match="parameters"):
        quantcal.quantize_twin_log_encode([[1, 2]], [0, 1, 1])
    with pytest.raises(quantcal.QuantcalValueError, match=r"w|values"):
        quantcal.quantize_twin_log_fit([[1, np.nan]])
    with pytest.raises(quantcal.Cancelled):
        quantcal.quantize_twin_log_fit(np.ones((3, 4)), progress=lambda fraction: True)
