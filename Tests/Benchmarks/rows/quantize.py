"""Matrices to integers and back."""

from __future__ import annotations

from functools import partial

from families import (
    quantize,
    quantize_ggml,
    quantize_grid,
    quantize_observer,
    quantize_samples,
    quantize_trellis,
    quantize_vector,
)
from harness.row import Rival, Row

ROWS = [
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
    *(
        Row(
            name=f"{name} encode {kind}, {threads} thread{'s' if threads > 1 else ''}",
            size=4096,
            data=partial(quantize_grid.matrix, name=name, kind=kind),
            ours=quantize_grid.encode,
            right=quantize_grid.is_nearest,
            threads=threads,
            against=[Rival("limit: copy of the input", copy, least)],
        )
        for name in ("int8", "int4", "e4m3fn", "e5m2", "e2m1fn")
        for kind in ("f32", "bf16")
        for threads, copy, least in (
            (1, quantize_grid.numpy_copy, None),
            (2, quantize_grid.copy_on_two_threads, 0.6),
        )
    ),
    *(
        Row(
            name=f"{name} decode f32, {threads} thread{'s' if threads > 1 else ''}",
            size=4096,
            data=partial(quantize_grid.codes, name=name, kind="f32"),
            ours=quantize_grid.decode,
            right=quantize_grid.is_decoded,
            threads=threads,
            against=[Rival("limit: copy of the output", copy, 0.7)],
        )
        for name in ("int8", "int4", "e4m3fn", "e5m2", "e2m1fn")
        for threads, copy in (
            (1, quantize_grid.numpy_copy),
            (2, quantize_grid.copy_on_two_threads),
        )
    ),
    Row(
        name="nf4 scales and encode f32, groups of 64",
        size=4096,
        data=partial(quantize_grid.matrix, name="nf4", kind="f32"),
        ours=quantize_grid.scales_and_codes,
        right=quantize_grid.is_nearest,
        against=[
            Rival(
                "bitsandbytes",
                quantize_grid.bitsandbytes_nf4,
                50,
                quantize_grid.same_codes,
                "bitsandbytes",
            ),
        ],
    ),
    *(
        Row(
            name=f"{name} encode f32, mode {mode}, 1 thread",
            size=size,
            data=partial(quantize_ggml.matrix, name=name, mode=mode),
            ours=quantize_ggml.encode,
            right=quantize_ggml.is_accurate,
            threads=1,
            against=[Rival("ggml", quantize_ggml.ggml, least, agrees, "ggml_base")],
        )
        for name, size, least_of_modes in (
            ("q4_0", 4096, (1.5, 1.5)),
            ("q4_1", 4096, (1.5, 0.8)),
            ("q8_0", 4096, (1.5, 1.5)),
            ("q2_k", 1024, (5, 5)),
            ("q4_k", 1024, (5, 5)),
            ("q6_k", 1024, (5, 5)),
            ("iq4_nl", 1024, (5, 5)),
        )
        for mode, least, agrees in zip(
            quantize_ggml.MODES,
            least_of_modes,
            (quantize_ggml.same_blocks, quantize_ggml.less_error),
            strict=True,
        )
    ),
    Row(
        name="trellis of 16 bits, 2 a number: the best paths of 256 numbers, 1 thread",
        size=4,
        data=quantize_trellis.sequences,
        ours=quantize_trellis.error,
        right=quantize_trellis.is_below_a_grid,
        threads=1,
        against=[Rival("numpy", quantize_trellis.numpy_error, 20, quantize_trellis.same_error)],
    ),
    *(
        Row(
            name=f"{name}, {words}, {quantize_vector.CENTRES} centres, {threads} thread{'s' if threads > 1 else ''}",
            size=size,
            data=partial(quantize_vector.vectors, dimension=dimension, parts=parts),
            ours=ours,
            right=right,
            threads=threads,
            against=[Rival("faiss", theirs, least, agrees, "faiss")],
        )
        for words, size, dimension, parts in (
            ("vectors of 8", 1 << 19, 8, 1),
            ("vectors of 128 in 16 parts", 1 << 15, 128, 16),
        )
        for name, ours, right, theirs, agrees in (
            (
                f"train code books, {quantize_vector.ITERATIONS} iterations",
                quantize_vector.train,
                quantize_vector.is_trained,
                quantize_vector.faiss_train,
                quantize_vector.as_small_an_objective,
            ),
            (
                "encode with code books",
                quantize_vector.encode,
                quantize_vector.is_nearest,
                quantize_vector.faiss_encode,
                quantize_vector.as_near,
            ),
        )
        # faiss takes all cores.
        for threads, least in ((1, None), (2, 1))
    ),
    *(
        Row(
            name=f"observe a batch, {words}, {threads} thread{'s' if threads > 1 else ''}",
            size=4096,
            data=partial(quantize_observer.batch, channels=channels),
            ours=quantize_observer.observe,
            right=quantize_observer.is_observed,
            threads=threads,
            against=rivals,
        )
        for words, channels, rivals in (
            (
                "one range",
                1,
                [
                    Rival(
                        "NumPy min, max, histogram",
                        quantize_observer.numpy_histogram,
                        5,
                        quantize_observer.same_ends,
                    ),
                    Rival("torch aminmax, histc", quantize_observer.torch_histogram, needs="torch"),
                ],
            ),
            (
                "4096 channels",
                4096,
                [
                    Rival(
                        "NumPy min, max",
                        quantize_observer.numpy_histogram,
                        None,
                        quantize_observer.same_ends,
                    )
                ],
            ),
        )
        for threads in (1, 2)
    ),
    Row(
        name="choose 64 calibration samples by density and diversity, 1 thread",
        size=4096,
        data=quantize_samples.samples,
        ours=quantize_samples.select,
        right=quantize_samples.are_different,
        threads=1,
        against=[
            Rival(
                "NumPy, scikit-learn's distances",
                quantize_samples.sklearn_select,
                1,
                quantize_samples.same_samples,
                "sklearn",
            )
        ],
    ),
    Row(
        name="the int4 range of 50 that changes predictions least, 1 thread",
        size=4096,
        data=quantize_samples.activations,
        ours=quantize_samples.prediction_range,
        right=quantize_samples.is_finite,
        threads=1,
        against=[
            Rival(
                "NumPy",
                quantize_samples.numpy_range,
                1,
                quantize_samples.as_small_a_difference,
            )
        ],
    ),
]
