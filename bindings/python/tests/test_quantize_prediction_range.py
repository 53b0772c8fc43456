"""Ranges by predictions: what a model makes of them decides, and what a callback does comes out."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

import quantcal


def divergence(p: np.ndarray, q: np.ndarray, temperature: float = 4.0) -> float:
    def softmax(z: np.ndarray) -> np.ndarray:
        e = np.exp((z - z.max(-1, keepdims=True)) / temperature)
        return e / e.sum(-1, keepdims=True)

    a, b = softmax(p), softmax(q)
    return float((a * np.log(a / b)).sum(-1).mean())


@pytest.mark.parametrize("zeros", [False, True])
def test_the_choice_has_the_least_divergence(zeros: bool) -> None:
    random = np.random.default_rng(0)
    x = random.standard_t(2, (40, 32)).astype(np.float32)
    weights = random.standard_normal((10, 32))
    weights[:, 8:] *= 0.01  # predictions come of a few channels

    seen = []

    def difference(candidate: quantcal.RangeCandidate) -> float:
        seen.append(candidate)
        return divergence(x @ weights.T, candidate.quantized @ weights.T)

    rule = quantcal.quantize_range_rule("mse", steps=30)
    found = quantcal.quantize_prediction_range(x, "int4", difference, rule, zeros=zeros)
    values = [difference(one) for one in seen[:30]]
    assert [one.index for one in seen[:30]] == list(range(30))
    assert found.index == int(np.argmin(values))
    assert found.difference == found.loss == min(values)
    best = seen[found.index]
    np.testing.assert_array_equal(found.scales, best.scales)
    assert (found.zeros is None) == (not zeros)
    # What a candidate has is what the other functions give.
    codes = quantcal.quantize_grid_encode(x, "int4", best.scales, best.zeros, granularity="tensor")
    decoded = quantcal.quantize_grid_decode(
        codes, "int4", best.scales, 32, best.zeros, granularity="tensor"
    )
    np.testing.assert_array_equal(best.quantized, decoded)
    np.testing.assert_allclose(best.error, ((x.astype(np.float64) - decoded) ** 2).mean())
    # With errors alone it is the search of the range rule.
    alone = quantcal.quantize_prediction_range(
        x, "int4", lambda candidate: 0.0, rule, zeros=zeros, error_weight=1
    )
    by_rule = quantcal.quantize_range(x, "int4", rule, zeros=zeros, granularity="tensor")
    np.testing.assert_array_equal(alone.scales, by_rule.scales)


def test_what_a_callback_does() -> None:
    x = np.linspace(-1, 3, 50, dtype=np.float32)

    def fails(candidate: quantcal.RangeCandidate) -> float:
        if candidate.index == 3:
            raise KeyError("a name of its own")
        return 1.0

    def interrupt(candidate: quantcal.RangeCandidate) -> float:
        raise KeyboardInterrupt

    with pytest.raises(KeyError, match="a name of its own"):
        quantcal.quantize_prediction_range(x, "int4", fails)
    with pytest.raises(KeyboardInterrupt):
        quantcal.quantize_prediction_range(x, "int4", interrupt)
    with pytest.raises(quantcal.Cancelled, match="candidate 0"):
        quantcal.quantize_prediction_range(x, "int4", lambda candidate: None)
    with pytest.raises(quantcal.Cancelled):
        quantcal.quantize_prediction_range(
            x, "int4", lambda candidate: 0.0, progress=lambda fraction: fraction > 0.5
        )
    with pytest.raises(quantcal.QuantcalValueError, match="candidate 0 is nan"):
        quantcal.quantize_prediction_range(x, "int4", lambda candidate: float("nan"))
    with pytest.raises((TypeError, ValueError)):
        quantcal.quantize_prediction_range(x, "int4", lambda candidate: "near")  # type: ignore
    with pytest.raises(TypeError, match="difference"):
        quantcal.quantize_prediction_range(x, "int4", 3)  # type: ignore[arg-type]
    with pytest.raises(quantcal.QuantcalValueError, match="kind"):
        quantcal.quantize_prediction_range(x, "int4", lambda candidate: 0.0, "entropy")
    # A call within a call.
    nested = quantcal.quantize_prediction_range(
        x,
        "int4",
        lambda candidate: quantcal.quantize_prediction_range(x, "int3", lambda c: c.index).index,
    )
    assert nested.index == 0


def test_nothing_is_kept() -> None:
    class Model:
        def __call__(self, candidate: quantcal.RangeCandidate) -> float:
            raise ValueError("no")

    model = Model()
    gone = weakref.ref(model)
    with pytest.raises(ValueError, match="no"):
        quantcal.quantize_prediction_range(np.ones(4), "int4", model)
    del model
    gc.collect()
    assert gone() is None
