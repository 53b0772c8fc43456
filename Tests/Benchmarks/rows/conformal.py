"""Thresholds, sets of classes, selection, intervals and distributions."""

from __future__ import annotations

from functools import partial

from families import (
    conformal,
    conformal_classes,
    conformal_cross,
    conformal_distribution,
    conformal_selection,
)
from families.shared import same_value
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
        name="conformal selection f64, million and million, with p- and e-values",
        size=2 * 10**6,
        data=partial(conformal_selection.points, weighted=False),
        ours=partial(conformal_selection.select, values=True),
        threads=1,
        against=[
            Rival(
                "ConfSelect's definition in NumPy, sorted and searched",
                conformal_selection.by_searching,
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
]
