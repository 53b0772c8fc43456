"""Do the families' checks refuse an answer that is a little off, and pass the right one?"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from families import (
    calibration,
    conformal,
    conformal_distribution,
    conformal_cross,
    conformal_selection,
    isotonic,
    isotonic_distribution,
    isotonic_order,
    quantize,
    quantize_ggml,
    quantize_grid,
    quantize_trellis,
    quantize_observer,
    quantize_vector,
)
from families.shared import same_value
from harness.row import WrongAnswer

ROWS = 1000
Checks = Iterator[tuple[str, Callable[..., Any], tuple[Any, ...], tuple[Any, ...]]]


def of_conformal() -> Checks:
    data = conformal.scores(ROWS, "normal", "float64")
    ours = conformal.threshold(data)
    theirs = conformal.numpy_partition(data)
    yield "same_value", same_value, (data, ours, theirs), (data, np.nextafter(ours, 9), theirs)


def of_conformal_selection() -> Checks:
    for weighted, definition in (
        (False, conformal_selection.definition),
        (True, conformal_selection.weighted_definition),
    ):
        data = conformal_selection.points(ROWS, weighted=weighted)
        ours, theirs = conformal_selection.select(data), definition(data)
        wrong = theirs.copy()
        wrong[0] = not wrong[0]
        check = conformal_selection.same_points
        yield "same_points", check, (data, ours, theirs), (data, ours, wrong)


def of_conformal_cross() -> Checks:
    data = conformal_cross.lines(ROWS)
    lower, upper = conformal_cross.intervals(data)
    check = conformal_cross.same_ends
    near, far = ((lower[:9], upper[:9] + by) for by in (1e-11, 1e-8))
    yield "same_ends", check, (data, (lower, upper), near), (data, (lower, upper), far)
    right = conformal_cross.is_right_and_small
    yield "the rank", right, (data, (lower, upper)), (data, (lower, np.nextafter(upper, 9) + 1e-8))


def of_conformal_distribution() -> Checks:
    data = conformal_distribution.points(ROWS)
    quantiles, scores = conformal_distribution.quantiles(data), conformal_distribution.crps(data)
    theirs = np.concatenate(quantiles, axis=1)[:100]
    check = conformal_distribution.same_quantiles
    moved = (np.nextafter(quantiles[0], 9), quantiles[1])
    yield "same_quantiles", check, (data, quantiles, theirs), (data, moved, theirs)
    mean = float(np.mean(scores[:100]))
    compare = conformal_distribution.same_crps(10)
    yield "same_crps", compare, (data, scores, mean), (data, scores * (1 + 1e-8), mean)


def of_isotonic() -> Checks:
    data = isotonic.sequence(ROWS, "trend", weighted=True)
    fit = isotonic.regression(data)
    near, far = (replace(fit, x=fit.x * (1 + by)) for by in (1e-12, 1e-8))
    yield "same_fit", isotonic.same_fit, (data, near, fit), (data, far, fit)
    yield "same_bits", isotonic.same_bits, (data, fit, fit), (data, near, fit)


def of_isotonic_distribution() -> Checks:
    data = isotonic_distribution.observations(ROWS, rise=1)
    fit = isotonic_distribution.fit(data)
    theirs = isotonic_distribution.scipy_at_every_threshold(data)
    check = isotonic_distribution.same_functions
    yield "same_functions", check, (data, fit, theirs), (data, fit, theirs * (1 + 1e-10))


def of_isotonic_order() -> Checks:
    data = isotonic_order.cloud(200, 2)
    fit = isotonic_order.fit("squared")(data)
    theirs = isotonic_order.scipy_nnls(data)
    yield "same_fit", isotonic_order.same_fit, (data, fit, theirs), (data, fit, theirs + 2e-7)
    shifted = replace(fit, fitted=fit.fitted + 2e-7)
    yield "is_least_squares", isotonic_order.is_least_squares, (data, fit), (data, shifted)
    bent = fit.fitted.copy()
    bent[np.argmax(bent)] = bent.min() - 1
    yield "rises", isotonic_order.rises, (data, fit), (data, replace(fit, fitted=bent))


def of_calibration() -> Checks:
    data = calibration.logits(ROWS)
    fit = calibration.temperature(data)
    yield "is_optimum", calibration.is_optimum, (data, fit), (data, fit * (1 + 2e-6))
    same = calibration.same_temperature
    yield "same_temperature, an early stop", same, (data, fit, fit * 1.001), (data, fit, fit * 1.02)
    yield "same_temperature, a late stop of ours", same, (data, fit, fit), (data, fit * 1.001, fit)
    data = calibration.probabilities(ROWS)
    error = calibration.error(data)
    yield "is_error", calibration.is_error, (data, error), (data, error + 2e-6)
    yield "same_error", calibration.same_error, (data, error, error), (data, error, error + 2e-6)
    rough = calibration.roughly_same_error
    yield "roughly_same_error", rough, (data, error, error + 5e-6), (data, error, error + 2e-4)


def of_quantize() -> Checks:
    for bits in (8, 4):
        right, wrong = quantize.matrix(4, bits), quantize.matrix(4, bits)
        quantize.encode(right)
        quantize.encode(wrong)
        wrong.quantized.packed[1, 7] ^= 2
        yield f"is_quantized, {bits} bits", quantize.is_quantized, (right, None), (wrong, None)
    codes, other = quantize.codes(4, bits=4), quantize.codes(4, bits=4)
    quantize.decode(codes)
    quantize.decode(other)
    other.room[2, 3] = np.nextafter(other.room[2, 3], np.float32(9))
    yield "is_decoded", quantize.is_decoded, (codes, None), (other, None)


def of_quantize_grid() -> Checks:
    for name in quantize_grid.GROUPS:
        right, wrong = (quantize_grid.codes(4, name, "f32") for _ in range(2))
        quantize_grid.decode(right)
        quantize_grid.decode(wrong)
        wrong.room[1, 3] = np.nextafter(wrong.room[1, 3], np.float32(9))
        yield f"is_decoded, {name}", quantize_grid.is_decoded, (right, None), (wrong, None)
        wrong.packed[7] ^= 2
        yield f"is_nearest, {name}", quantize_grid.is_nearest, (right, None), (wrong, None)
    data = quantize_grid.matrix(4, "nf4", "f32")
    quantize_grid.scales_and_codes(data)
    theirs = data.packed >> 4 | data.packed << 4
    same, other = (theirs, data.scales), (data.packed, data.scales)
    yield "same_codes", quantize_grid.same_codes, (data, None, same), (data, None, other)


def of_quantize_trellis() -> Checks:
    data = quantize_trellis.sequences(2)
    ours, theirs = quantize_trellis.error(data), quantize_trellis.numpy_error(data)
    check = quantize_trellis.same_error
    yield "same_error", check, (data, ours, theirs), (data, ours * 1.001, theirs)
    right = quantize_trellis.is_below_a_grid
    yield "is_below_a_grid", right, (data, ours), (data, ours * 1.5)


def of_quantize_ggml() -> Checks:
    for name in quantize_ggml.GGML_ERRORS:
        right, wrong = (quantize_ggml.matrix(4, name, "reference") for _ in range(2))
        for data in (right, wrong):
            quantize_ggml.encode(data)
            data.theirs[:] = data.blocks
        wrong.blocks[3] ^= 0x80
        yield (
            f"same_blocks, {name}",
            quantize_ggml.same_blocks,
            (right, None, None),
            (wrong, None, None),
        )
        wrong.blocks[: len(wrong.blocks) // 4] = 0
        yield f"is_accurate, {name}", quantize_ggml.is_accurate, (right, None), (wrong, None)
        better = quantize_ggml.matrix(4, name, "best")
        quantize_ggml.encode(better)
        better.theirs[:] = right.blocks
        wrong.theirs[:] = better.blocks
        yield (
            f"less_error, {name}",
            quantize_ggml.less_error,
            (better, None, None),
            (wrong, None, None),
        )


def of_quantize_vector() -> Checks:
    data = quantize_vector.vectors(ROWS, 4, 2)
    books, codes = quantize_vector.train(data), quantize_vector.encode(data)
    wrong = codes.copy()
    wrong[3, 1] ^= 1
    off = books._replace(objective=books.objective * 1.01)
    yield "is_trained", quantize_vector.is_trained, (data, books), (data, off)
    yield "is_nearest", quantize_vector.is_nearest, (data, codes), (data, wrong)
    yield "as_near", quantize_vector.as_near, (data, codes, codes), (data, wrong, codes)
    check = quantize_vector.as_small_an_objective
    yield "as_small", check, (data, books, books.centres), (data, off, books.centres)


def of_quantize_observer() -> Checks:
    for channels in (1, 4096):
        data = quantize_observer.batch(8, channels)
        observer = quantize_observer.observe(data)
        other = quantize_observer.observe(replace(data, values=data.values + 1))
        yield "is_observed", quantize_observer.is_observed, (data, observer), (data, other)
        ends = quantize_observer.numpy_histogram(data)
        yield "same_ends", quantize_observer.same_ends, (data, observer, ends), (data, other, ends)


def refuses(check: Callable[..., Any], arguments: tuple[Any, ...]) -> bool:
    try:
        check(*arguments)
    except WrongAnswer:
        return True
    return False


def check_all() -> int:
    passed = failed = 0
    for family in (
        of_conformal,
        of_conformal_distribution,
        of_conformal_selection,
        of_conformal_cross,
        of_isotonic,
        of_isotonic_distribution,
        of_isotonic_order,
        of_calibration,
        of_quantize,
        of_quantize_grid,
        of_quantize_ggml,
        of_quantize_trellis,
        of_quantize_vector,
        of_quantize_observer,
    ):
        for name, check, right, wrong in family():
            for case, arguments, refused in (("right", right, False), ("wrong", wrong, True)):
                if refuses(check, arguments) == refused:
                    passed += 1
                else:
                    failed += 1
                    verdict = "passed" if refused else "refused"
                    print(f"FAILED: {name}: the {case} answer was {verdict}")
    print(f"families: {passed} passed, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(check_all())
