"""The rows, all of them. README.md says how to read one."""

from __future__ import annotations

from functools import partial

from families import (
    calibration,
    conformal,
    conformal_classes,
    conformal_cross,
    conformal_distribution,
    conformal_selection,
    isotonic,
    isotonic_distribution,
    isotonic_order,
    isotonic_prediction,
    quantize,
)
from families.calibration import roughly_same_error, same_error, same_temperature
from families.shared import on_one_thread, same_value
from harness.row import Rival, Row

ROWS = [
    *(
        Row(
            name=f"conformal threshold {kind}, {shape}",
            size=10**7,
            data=partial(conformal.scores, shape=shape, dtype=dtype),
            ours=conformal.threshold,
            threads=1,
            against=[
                Rival("numpy.partition", conformal.numpy_partition, 2.5, same_value),
                Rival("its copy alone", conformal.numpy_copy),
                Rival("limit: numpy.sum", conformal.numpy_sum, 0.5),
            ],
        )
        for kind, dtype in (("f64", "float64"), ("f32", "float32"))
        for shape in conformal.SHAPES
    ),
    Row(
        name="conformal threshold f32, normal, hundred million",
        size=10**8,
        data=partial(conformal.scores, shape="normal", dtype="float32"),
        ours=conformal.threshold,
        right=conformal.is_small,
        against=[Rival("numpy.partition", conformal.numpy_partition, 2.5, same_value)],
    ),
    *(
        Row(
            name=f"{kind.upper()} scores and sets f32",
            size=50_000,
            data=conformal_classes.rows,
            ours=conformal_classes.sets(kind),
            against=[
                Rival(
                    "definition in NumPy",
                    conformal_classes.definition(kind),
                    20,
                    conformal_classes.same_size,
                ),
                Rival(
                    "TorchCP",
                    conformal_classes.torchcp(kind),
                    20,
                    conformal_classes.same_size,
                    "torchcp",
                ),
                *mapie,
            ],
        )
        for kind, mapie in (
            (
                "aps",
                # Its matrices of doubles get a tenth of the rows.
                [
                    Rival(
                        "MAPIE, 1 in 10 of the rows",
                        conformal_classes.mapie(10),
                        2,
                        conformal_classes.size,
                        "mapie",
                    )
                ],
            ),
            ("raps", []),
        )
    ),
    Row(
        name="conformal selection f64, ten thousand",
        size=10**4,
        data=partial(conformal_selection.points, weighted=False),
        ours=conformal_selection.select,
        threads=1,
        against=[
            Rival(
                "definition in NumPy",
                conformal_selection.definition,
                10,
                conformal_selection.same_points,
            )
        ],
    ),
    Row(
        name="conformal selection f64, million and million",
        size=2 * 10**6,
        data=partial(conformal_selection.points, weighted=False),
        ours=conformal_selection.select,
        threads=1,
        against=[
            Rival(
                "ConfSelect's definition in NumPy, sorted and searched",
                conformal_selection.by_searching,
                10,
                conformal_selection.same_points,
            ),
            Rival(
                "NumPy, one search",
                conformal_selection.by_one_search,
                None,
                conformal_selection.same_points,
            ),
        ],
    ),
    Row(
        name="conformal selection f64, weighted, four thousand",
        size=4000,
        data=partial(conformal_selection.points, weighted=True),
        ours=conformal_selection.select,
        threads=1,
        against=[
            Rival(
                "definition in NumPy",
                conformal_selection.weighted_definition,
                10,
                conformal_selection.same_points,
            )
        ],
    ),
    *(
        Row(
            name=f"CV+ intervals f64, {label}",
            size=size,
            data=conformal_cross.lines,
            ours=conformal_cross.intervals,
            right=conformal_cross.is_right_and_small,
            against=[
                Rival(
                    f"MAPIE{f', 1 in {part} of the test points' if part > 1 else ''}",
                    conformal_cross.mapie_intervals(part),
                    50 / part,
                    conformal_cross.same_ends,
                    "mapie",
                )
            ],
        )
        # At 10^5 x 10^5 each of MAPIE's matrices has 80 GB. It gets a thousandth of the test
        # points: a twentieth of our time for these is fifty times our time for all.
        for label, size, part in (("three thousand", 3000, 1), ("hundred thousand", 10**5, 1000))
    ),
    # What is asked is 50 times for as many predictions: of a tenth of them 5, of a thousandth 0.05.
    Row(
        name="conformal distribution quantiles f64, 10^5 x 10^5",
        size=10**5,
        data=conformal_distribution.points,
        ours=conformal_distribution.quantiles,
        against=[
            Rival(
                "crepes, a tenth of the points",
                conformal_distribution.crepes_quantiles(10),
                50 / 10,
                conformal_distribution.same_quantiles,
                "crepes",
            )
        ],
    ),
    Row(
        name="conformal distribution CRPS f64, 10^5 x 10^5",
        size=10**5,
        data=conformal_distribution.points,
        ours=conformal_distribution.crps,
        against=[
            Rival(
                "crepes, a thousandth of the points",
                conformal_distribution.crepes_crps(1000),
                50 / 1000,
                conformal_distribution.same_crps(1000),
                "crepes",
            )
        ],
    ),
    *(
        Row(
            name=f"isotonic f64, {label}, {shape}{', weighted' if weighted else ''}",
            size=size,
            data=partial(isotonic.sequence, shape=shape, weighted=weighted),
            ours=isotonic.regression,
            threads=threads,
            against=[
                Rival(
                    "scipy",
                    isotonic.scipy_regression,
                    isotonic.asked(shape, weighted, threads),
                    isotonic.same_fit,
                    "scipy",
                ),
            ],
        )
        for label, size, threads in (
            ("a million, one thread", 10**6, 1),
            ("ten million, one thread", 10**7, 1),
            ("ten million, two threads", 10**7, 2),
        )
        for shape in isotonic.ASKED
        for weighted in (False, True)
    ),
    *(
        Row(
            name=f"isotonic f64, {shape}{', weighted' if weighted else ''}",
            size=10**7,
            data=partial(isotonic.sequence, shape=shape, weighted=weighted),
            ours=isotonic.regression,
            against=[
                Rival("scipy", isotonic.scipy_regression, 1.0, isotonic.same_fit, "scipy"),
                Rival(
                    "ours, 1 thread", on_one_thread(isotonic.regression), None, isotonic.same_bits
                ),
            ],
        )
        for shape in isotonic.OTHERS
        for weighted in (False, True)
    ),
    *(
        Row(
            name=f"isotonic distribution, {kind}, {label}",
            size=size,
            data=partial(isotonic_distribution.observations, rise=rise),
            ours=isotonic_distribution.fit,
            threads=1,
            against=[
                Rival(
                    "scipy at every threshold",
                    isotonic_distribution.scipy_at_every_threshold,
                    10,
                    isotonic_distribution.same_functions,
                    "scipy",
                )
            ],
        )
        for label, size in (("thousand", 10**3), ("ten thousand", 10**4))
        for kind, rise in isotonic_distribution.RISES.items()
    ),
    *(
        Row(
            name=f"isotonic distribution, {kind}, hundred thousand",
            size=10**5,
            data=partial(isotonic_distribution.observations, rise=rise),
            ours=isotonic_distribution.fit,
            threads=1,
            against=[Rival("ours, in ten parts", isotonic_distribution.tenths, 0.4)],
        )
        for kind, rise in isotonic_distribution.RISES.items()
    ),
    Row(
        name="isotonic quantile f64, hundred thousand",
        size=10**5,
        data=partial(isotonic.sequence, shape="noisy increasing", weighted=False),
        ours=isotonic.quantile_regression,
        threads=1,
        against=[
            Rival(
                "model-diagnostics",
                isotonic.model_diagnostics_quantile,
                100,
                isotonic.same_loss,
                "model_diagnostics",
            ),
        ],
    ),
    *(
        Row(
            name=f"isotonic fit f64, shuffled predictor, {label}",
            size=size,
            data=isotonic_prediction.points,
            ours=isotonic_prediction.fit,
            against=[
                Rival(
                    "sklearn",
                    isotonic_prediction.sklearn_fit,
                    10,
                    isotonic_prediction.same_knots,
                    "sklearn",
                )
            ],
        )
        for label, size in (("a million", 10**6), ("ten million", 10**7))
    ),
    *(
        Row(
            name=f"isotonic predict f64, {order} queries",
            size=10**7,
            data=partial(isotonic_prediction.queries, ascending=order == "ascending"),
            ours=isotonic_prediction.predict,
            against=[
                Rival(
                    "sklearn",
                    isotonic_prediction.sklearn_predict,
                    10,
                    isotonic_prediction.same_predictions,
                    "sklearn",
                ),
                Rival("limit: numpy.copy", isotonic_prediction.numpy_copy),
            ],
        )
        # Ascending queries leave scikit-learn little more to do than to move memory.
        for order in ("shuffled", "ascending")
    ),
    Row(
        name="isotonic in the plane, squared",
        size=300,
        data=partial(isotonic_order.cloud, dimensions=2),
        ours=isotonic_order.fit("squared"),
        right=isotonic_order.is_least_squares,
        threads=1,
        against=[
            Rival("scipy nnls", isotonic_order.scipy_nnls, 10, isotonic_order.same_fit, "scipy")
        ],
    ),
    *(
        Row(
            name=f"isotonic in {dimensions} dimensions, {loss}, 10^{digits}",
            size=10**digits,
            data=partial(isotonic_order.cloud, dimensions=dimensions),
            ours=isotonic_order.fit(loss),
            right=right,
            threads=1,
            against=[Rival("limit: numpy.lexsort", isotonic_order.numpy_lexsort)],
        )
        for loss, right in (
            ("squared", isotonic_order.is_least_squares),
            ("quantile", isotonic_order.rises),
            ("chebyshev", isotonic_order.rises),
        )
        for dimensions, sizes in ((2, (3, 4, 5)), (3, (3, 4)))
        for digits in sizes
    ),
    Row(
        name="temperature fit f32",
        size=10**6,
        data=calibration.logits,
        ours=calibration.temperature,
        right=calibration.is_optimum,
        against=[
            Rival("sklearn", calibration.sklearn_fit, 10, same_temperature, "sklearn"),
            Rival(
                "scikit-learn in f64",
                calibration.sklearn_fit_f64,
                None,
                same_temperature,
                "sklearn",
            ),
            Rival("probmetrics", calibration.probmetrics_fit, 50, same_temperature, "probmetrics"),
            Rival("ours, 1 thread", on_one_thread(calibration.temperature), None, same_value),
        ],
    ),
    Row(
        name="expected calibration error f32",
        size=10**6,
        data=calibration.probabilities,
        ours=calibration.error,
        right=calibration.is_error,
        against=[
            Rival("netcal", calibration.netcal_error, 10, same_error, "netcal"),
            Rival(
                "torchmetrics",
                calibration.torchmetrics_error,
                10,
                roughly_same_error,
                "torchmetrics",
            ),
            Rival(
                "torchmetrics with checks",
                partial(calibration.torchmetrics_error, checks=True),
                None,
                roughly_same_error,
                "torchmetrics",
            ),
            Rival("ours, 1 thread", on_one_thread(calibration.error), None, same_value),
        ],
    ),
    *(
        Row(
            name=f"quantize int{bits}, groups of {quantize.GROUP}",
            size=4096,
            data=partial(quantize.matrix, bits=bits),
            ours=quantize.encode,
            right=quantize.is_quantized,
            threads=1,
            against=[Rival("limit: copy of the input", quantize.numpy_copy, 0.5)],
        )
        for bits in (8, 4)
    ),
    Row(
        name=f"dequantize int4, groups of {quantize.GROUP}",
        size=4096,
        data=partial(quantize.codes, bits=4),
        ours=quantize.decode,
        right=quantize.is_decoded,
        threads=1,
        against=[Rival("limit: copy of the output", quantize.numpy_copy, 0.5)],
    ),
]
