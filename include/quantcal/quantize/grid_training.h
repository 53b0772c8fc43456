/*
 * Family `quantize`: scalar grids in training: the two levels beside a number, and rounding to
 * a grid with gradients.
 */
#ifndef QUANTCAL_QUANTIZE_GRID_TRAINING_H
#define QUANTCAL_QUANTIZE_GRID_TRAINING_H

#include "../base.h"
#include "grid.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The levels on either side of each x / s + z: what rounding has to choose from.
 *
 * values   rows x columns, finite.
 * scales   group_count, finite and > 0.
 * zeros    group_count, finite, in units of levels; NULL: none.
 * lower    rows x columns codes, a byte each: the largest level that is not above.
 * upper    the same: the smallest level that is not below.
 *
 * Both are the level itself where one is met, and the outermost level beyond it. Of two zeros the
 * one without a sign counts. Infinite levels do not.
 *
 * Cost: two passes; 8 KiB of scratch a thread. Progress is asked before anything is written.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE,
 * QC_ERR_DOMAIN (scales), QC_ERR_OPTIONS, QC_CANCELLED. Since 0.1.
 */
qc_status qc_quantize_grid_neighbours_f32(const float *values, size_t rows, size_t columns,
                                          const qc_quantize_grid *grid,
                                          const qc_quantize_grid_options *options,
                                          const float *scales, const float *zeros, uint8_t *lower,
                                          uint8_t *upper);

/* Where the gradient of a rounded number passes to the number: with u = x / s + z where */
enum {
    QC_QUANTIZE_GRADIENT_CLIPPED = 0,  /* lowest <= u <= highest level */
    QC_QUANTIZE_GRADIENT_IDENTITY = 1, /* everywhere */
    /* lowest < u < highest level, as LSQ; gradients of scales are multiplied by
     * 1 / sqrt(n * highest), n being the elements of the group. */
    QC_QUANTIZE_GRADIENT_LEARNED_STEP = 2,
    /* u lies beyond an outermost level by at most half its distance from the next level, as
     * QuEST's trust mask. */
    QC_QUANTIZE_GRADIENT_TRUST = 3,
    /* In part: times 2 - 2 |u|, or 0 where that is below 0. For the sign (BINARY with scales of 1), as
     * Bi-Real Net and, for activations, BiPer. */
    QC_QUANTIZE_GRADIENT_TRIANGLE = 4
};

typedef struct qc_quantize_grid_fake_options {
    size_t struct_size;
    int32_t granularity; /* QC_QUANTIZE_PER_GROUP (default), _PER_ROW or _PER_TENSOR */
    int32_t gradient;    /* QC_QUANTIZE_GRADIENT_CLIPPED (default), ... */
    size_t group_size;   /* at least 1; default 128; used by _PER_GROUP only */
    qc_progress progress;
} qc_quantize_grid_fake_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_quantize_grid_fake_options_init(qc_quantize_grid_fake_options *options, size_t size);

/*
 * Rounds a matrix to a grid and back ("fake quantization"), with gradients if there are some to
 * pass on.
 *
 * values           rows x columns, finite.
 * scales           group_count, finite and > 0.
 * zeros            group_count, finite, in units of levels; NULL: none.
 * quantized        rows x columns: what qc_quantize_grid_decode_f32() makes of the codes.
 *                  Floats saturate.
 * upstream         rows x columns, finite: the loss's gradient by `quantized`. NULL: no
 *                  gradients, and the two below are not used.
 * value_gradients  rows x columns: upstream where the rule passes it, else 0 (TRIANGLE: a part). May be
 *                  NULL.
 * scale_gradients  group_count: the sum of upstream * (L - z - p x / s) over the group, L being the
 *                  element's level, p 1 where the rule passes and else 0 (TRIANGLE: the part). May
 *                  be NULL.
 *
 * Sums are in double, in the order of the elements, and rounded once. Cost: two passes;
 * 16 KiB of scratch a thread and 8 bytes a group. Progress is asked before anything is written.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE,
 * QC_ERR_DOMAIN (scales), QC_ERR_OPTIONS, QC_ERR_NO_MEMORY, QC_CANCELLED. Source: Esser et al.
 * (2020), LSQ, equations 2 and 3; Panferov et al. (2025), QuEST; Liu et al. (2018),
 * Bi-Real Net. Since 0.1.
 */
qc_status qc_quantize_grid_fake_f32(const float *values, size_t rows, size_t columns,
                                    const qc_quantize_grid *grid,
                                    const qc_quantize_grid_fake_options *options,
                                    const float *scales, const float *zeros, float *quantized,
                                    const float *upstream, float *value_gradients,
                                    float *scale_gradients);

#ifdef __cplusplus
}
#endif

#endif
