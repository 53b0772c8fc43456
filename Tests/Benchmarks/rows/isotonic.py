"""Isotonic regression: sequences, distributions, predictors in any order, partial orders."""

from __future__ import annotations

from functools import partial

from families import isotonic, isotonic_distribution, isotonic_order, isotonic_prediction
from families.shared import on_one_thread
from harness.row import Rival, Row

ROWS = [
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
]
