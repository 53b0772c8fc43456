"""Temperature scaling and calibration error: against SciPy and plain loops."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import scipy.optimize
import scipy.special

import quantcal


def nll(logits: np.ndarray, labels: np.ndarray, weights: np.ndarray, inverse: float) -> float:
    log_probabilities = scipy.special.log_softmax(logits * inverse, axis=1)
    return float(-np.average(log_probabilities[np.arange(len(labels)), labels], weights=weights))


def classification(
    rng: np.random.Generator, rows: int, classes: int, temperature: float
) -> tuple[np.ndarray, np.ndarray]:
    """Logits whose best temperature is about the given one, and labels."""
    logits = rng.normal(size=(rows, classes)) * 2
    labels = np.argmax(logits + rng.gumbel(size=logits.shape), axis=1)
    return logits * temperature, labels


@pytest.mark.parametrize("temperature", [0.05, 0.7, 1.0, 3.0, 100.0])
@pytest.mark.parametrize("classes", [2, 3, 10, 101])
def test_the_temperature_is_the_optimum(
    rng: np.random.Generator, classes: int, temperature: float
) -> None:
    logits, labels = classification(rng, 600, classes, temperature)
    weights = rng.random(600)
    fit = quantcal.temperature_fit(logits, labels, weights=weights)
    assert fit.outcome == "ok" and fit.iterations <= 20
    peer = scipy.optimize.minimize_scalar(
        lambda inverse: nll(logits, labels, weights, inverse),
        bracket=(0.5 / temperature, 1 / temperature),
        options={"xtol": 1e-12},
    )
    # A minimum is flat: the place is known to half the digits, its value to all of them.
    assert fit.inverse_temperature == pytest.approx(peer.x, rel=1e-6)
    assert fit.nll_after <= peer.fun * (1 + 1e-15)
    assert fit.nll_after == pytest.approx(
        nll(logits, labels, weights, fit.inverse_temperature), rel=1e-13
    )
    assert fit.nll_before == pytest.approx(nll(logits, labels, weights, 1.0), rel=1e-13)
    assert abs(fit.gradient) * fit.inverse_temperature < 1e-12
    assert fit.temperature == pytest.approx(1 / fit.inverse_temperature, rel=1e-15)


def test_single_precision_finds_the_same_optimum(rng: np.random.Generator) -> None:
    logits, labels = classification(rng, 5000, 10, 2.5)
    single = logits.astype(np.float32)
    double = quantcal.temperature_fit(single.astype(np.float64), labels)
    assert quantcal.temperature_fit(single, labels).temperature == pytest.approx(
        double.temperature, rel=1e-6
    )


def test_outcomes_that_are_no_optimum() -> None:
    separated = quantcal.temperature_fit([[2, 0], [0, 1]], [0, 1])
    assert (separated.outcome, separated.temperature) == ("separated", 0)
    inverted = quantcal.temperature_fit([[2, 0], [0, 1]], [1, 0])
    assert (inverted.outcome, inverted.temperature) == ("inverted", math.inf)
    assert inverted.inverse_temperature == 0
    degenerate = quantcal.temperature_fit([[2, 2], [1, 1]], [1, 0])
    assert (degenerate.outcome, degenerate.temperature) == ("degenerate", 1)
    # A row of weight 0 does not count for the outcome.
    ignored = quantcal.temperature_fit([[2, 0], [0, 1], [5, 0]], [0, 1, 1], weights=[1, 1, 0])
    assert ignored.outcome == "separated"


def test_too_few_iterations_are_said(rng: np.random.Generator) -> None:
    logits, labels = classification(rng, 300, 5, 40.0)
    fit = quantcal.temperature_fit(logits, labels, max_iterations=2)
    assert fit.outcome == "not_converged" and fit.iterations <= 2


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("temperature", [0.1, 1.0, 7.3])
def test_probabilities_are_the_softmax(
    rng: np.random.Generator, temperature: float, dtype: type
) -> None:
    logits = (rng.normal(size=(4, 37, 10)) * 5).astype(dtype)
    ours = quantcal.temperature_apply(logits, temperature)
    assert ours.shape == logits.shape and ours.dtype == dtype
    distances = logits.astype(np.longdouble) - logits.max(axis=-1, keepdims=True)
    exponents = distances / np.longdouble(temperature)
    exact = np.exp(exponents) / np.exp(exponents).sum(axis=-1, keepdims=True)
    # The exponent is rounded three times, and its size multiplies a relative error in it.
    unit = np.finfo(dtype).eps
    bound = exact * unit * (4 - 1.5 * exponents) + 2 * np.finfo(dtype).smallest_subnormal
    assert np.all(np.abs(ours - exact) <= bound)
    np.testing.assert_array_equal(quantcal.temperature_apply(logits[0, 0], temperature), ours[0, 0])


def test_a_fit_is_called_on_logits(rng: np.random.Generator) -> None:
    logits, labels = classification(rng, 300, 4, 3.0)
    fit = quantcal.temperature_fit(logits, labels)
    expected = quantcal.temperature_apply(logits, fit.temperature)
    np.testing.assert_array_equal(fit(logits), expected)


def bin_of(probability: float, bins: int, edges: str) -> int:
    """Equal width: the bin whose interval, (a, b] or [a, b), holds the probability."""
    cuts = [index / bins for index in range(1, bins)]
    if edges == "right":
        return sum(cut < probability for cut in cuts)
    return sum(cut <= probability for cut in cuts)


def equal_mass_bins(values: np.ndarray, weights: np.ndarray, bins: int) -> np.ndarray:
    """Going up through the distinct values, a bin ends where its share is reached."""
    result = np.empty(len(values), dtype=int)
    total, so_far, index = weights.sum(), 0.0, 0
    for value in np.unique(values):
        result[values == value] = index
        so_far += weights[values == value].sum()
        while index < bins - 1 and so_far >= (index + 1) * total / bins:
            index += 1
    return result


def gaps(
    confidence: np.ndarray, outcome: np.ndarray, weights: np.ndarray, options: dict[str, object]
) -> float:
    """The error of one target, from the definition, by loops."""
    bins, norm = options["bins"], options["norm"]
    if options["binning"] == "equal_width":
        where = np.array([bin_of(p, bins, options["edges"]) for p in confidence])
    else:
        where = equal_mass_bins(confidence, weights, bins)
    shares, distances = [], []
    for index in range(bins):
        inside = where == index
        weight = weights[inside].sum()
        if weight > 0:
            mean_confidence = (weights * confidence)[inside].sum() / weight
            mean_outcome = (weights * outcome)[inside].sum() / weight
            shares.append(weight / weights.sum())
            distances.append(abs(mean_confidence - mean_outcome))
    if norm == "l1":
        return float(np.dot(shares, distances))
    if norm == "l2":
        return float(np.sqrt(np.dot(shares, np.square(distances))))
    return float(max(distances))


def expected_error(
    probabilities: np.ndarray, labels: np.ndarray, weights: np.ndarray, options: dict[str, object]
) -> float:
    if options["target"] == "top_label":
        confidence = probabilities.max(axis=1)
        correct = probabilities.argmax(axis=1) == labels
        return gaps(confidence, correct.astype(float), weights, options)
    errors = [
        gaps(probabilities[:, one], (labels == one).astype(float), weights, options)
        for one in range(probabilities.shape[1])
    ]
    if options["norm"] == "l1":
        return float(np.mean(errors))
    return float(np.sqrt(np.mean(np.square(errors)))) if options["norm"] == "l2" else max(errors)


OPTIONS = {
    "bins": [1, 2, 10, 15],
    "target": ["top_label", "classwise"],
    "binning": ["equal_width", "equal_mass"],
    "norm": ["l1", "l2", "max"],
    "edges": ["right", "left"],
}


@pytest.mark.parametrize("values", list(itertools.product(*OPTIONS.values())), ids=str)
def test_errors_follow_the_definition(rng: np.random.Generator, values: tuple) -> None:
    options = dict(zip(OPTIONS, values, strict=True))
    rows, classes = 211, 4
    # Multiples of 1/64: many ties, and sums without rounding, so that no bin is a matter of
    # the last bit; weights are small integers for the same reason.
    probabilities = rng.integers(0, 65, (rows, classes)) / 64
    labels = rng.integers(0, classes, rows)
    weights = rng.integers(0, 5, rows).astype(float)
    expected = expected_error(probabilities, labels, weights, options)
    actual = quantcal.calibration_error(probabilities, labels, weights=weights, **options)
    assert actual == pytest.approx(expected, abs=1e-14)
    single = probabilities.astype(np.float32)
    again = quantcal.calibration_error(single, labels, weights=weights, **options)
    assert again == pytest.approx(expected, abs=1e-14)


def test_one_column_is_the_probability_of_class_1(rng: np.random.Generator) -> None:
    probabilities = rng.random(500)
    labels = rng.random(500) < probabilities
    flat = quantcal.calibration_error(probabilities, labels)
    assert flat == quantcal.calibration_error(probabilities[:, None], labels)
    options = {"bins": 15, "binning": "equal_width", "norm": "l1", "edges": "right"}
    expected = gaps(probabilities, labels.astype(float), np.ones(500), options)
    assert flat == pytest.approx(expected, abs=1e-14)


def test_bins_add_up_to_the_error(rng: np.random.Generator) -> None:
    logits, labels = classification(rng, 2000, 3, 3.0)
    probabilities = scipy.special.softmax(logits, axis=1)
    table = quantcal.reliability_bins(probabilities, labels, bins=20)
    assert table.weight.shape == table.confidence.shape == table.outcome.shape == (20,)
    assert table.weight.sum() == 2000
    empty = table.weight == 0
    assert empty.any() and np.isnan(table.confidence[empty]).all()
    gap = np.abs(table.confidence - table.outcome)
    total = np.nansum(table.weight * gap) / 2000
    assert table.error == pytest.approx(total, rel=1e-13)
    assert table.error == quantcal.calibration_error(probabilities, labels, bins=20)


def test_bins_of_each_class(rng: np.random.Generator) -> None:
    probabilities, labels = rng.random((300, 3)), rng.integers(0, 3, 300)
    table = quantcal.reliability_bins(probabilities, labels, bins=5, target="classwise")
    assert table.weight.shape == (3, 5) and (table.weight.sum(axis=1) == 300).all()
    one = quantcal.reliability_bins(probabilities[:, 1], labels == 1, bins=5)
    np.testing.assert_allclose(table.outcome[1], one.outcome, rtol=1e-14)
    np.testing.assert_allclose(table.confidence[1], one.confidence, rtol=1e-14)
