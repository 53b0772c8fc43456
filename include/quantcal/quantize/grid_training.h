/*
 * Family `quantize`: scalar grids in training: the two levels beside a number, rounding to a grid with
 * gradients, periodic binary weights, and rotations before rounding.
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

typedef struct qc_quantize_periodic_options {
    size_t struct_size;
    int32_t granularity; /* QC_QUANTIZE_PER_ROW (default), _PER_GROUP or _PER_TENSOR */
    int32_t is_binary;   /* 1 (default): the sign of the sine; 0: the sine, for the first stage */
    size_t group_size;   /* at least 1; default 128; used by _PER_GROUP only */
    double frequency;    /* w, finite, above 0; default 30 */
    double penalty;      /* t, finite, at least 0; default 0.001 */
    qc_progress progress;
} qc_quantize_periodic_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_quantize_periodic_options_init(qc_quantize_periodic_options *options, size_t size);

/*
 * Binary weights that are periodic in what is trained, with gradients: a sgn(sin(w x)), sgn(0) being
 * 1, or a sin(w x) in the first stage of training.
 *
 * values           rows x columns, finite.
 * scales           group_count of qc_quantize_grid_layout(): a, finite; usually one for each row.
 * options          NULL for the defaults.
 * quantized        rows x columns.
 * upstream         rows x columns, finite: the loss's gradient by `quantized`. NULL: no gradients,
 *                  and the two below are not used.
 * value_gradients  rows x columns: upstream a w cos(w x), in both stages (straight through the sign),
 *                  and the penalty's. May be NULL.
 * scale_gradients  group_count: the sum of upstream times the sign, or the sine, and the penalty's. May
 *                  be NULL.
 * penalty          t times the mean over all elements of (|sin(w x)| - a)^2; its gradients are part of those
 *                  above. May be NULL. 0 without elements.
 *
 * Computed in double, rounded once; sums in the order of the elements. The bits to store are those of
 * a BINARY grid for sin(w x), so of `quantized` where a > 0. Cost: a sine and a cosine a
 * value; scratch of 16 bytes a row and group. Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS, QC_ERR_NOT_FINITE, QC_ERR_OPTIONS, QC_ERR_NO_MEMORY, QC_CANCELLED. Source: Vargas et al.
 * (2024), BiPer. Departure: the penalty; that of its code, t mean sin^2, is least where the sine is 0,
 * where binary weights are worst. For activations see QC_QUANTIZE_GRADIENT_TRIANGLE. Since 0.1.
 */
qc_status qc_quantize_periodic_f32(const float *values, size_t rows, size_t columns,
                                   const float *scales, const qc_quantize_periodic_options *options,
                                   float *quantized, const float *upstream, float *value_gradients,
                                   float *scale_gradients, double *penalty);

typedef struct qc_quantize_rotation_options {
    size_t struct_size;
    uint64_t seed; /* of the signs; default 0 */
    size_t block;  /* a power of two up to 2^20; default 128 */
    qc_progress progress;
} qc_quantize_rotation_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_quantize_rotation_options_init(qc_quantize_rotation_options *options, size_t size);

/*
 * Rows times a rotation R, or its inverse: x D H, or x H D, D being random signs and H block-diagonal
 * with Hadamard matrices, of entries +-1 / sqrt(block). What remains of a row is in blocks of falling
 * powers of two, so that any length will do.
 *
 * With activations X and weights W, both rounded after it, X W' becomes Q(X R) Q(W R)', whose outliers
 * are spread over their blocks. Training goes straight through: qc_quantize_grid_fake_f32() of what
 * this gives, and its gradients rotated back (RoSTE; with midrise grids and the TRUST gradient QuEST).
 *
 * values      rows x columns, finite.
 * is_inverse  0 or 1.
 * options     NULL for the defaults.
 * result      rows x columns.
 *
 * In double, rounded once; the same for the same seed. Cost: log2(block) additions a value; 8 bytes of
 * scratch a column and thread. Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (is_inverse; a result that single precision does not have),
 * QC_ERR_OPTIONS, QC_ERR_NO_MEMORY, QC_CANCELLED. Source: Wei et al. (2025), RoSTE; Panferov et al.
 * (2025), QuEST. Since 0.1.
 */
qc_status qc_quantize_rotate_f32(const float *values, size_t rows, size_t columns,
                                 int32_t is_inverse, const qc_quantize_rotation_options *options,
                                 float *result);

typedef struct qc_quantize_rotation_result {
    size_t struct_size;   /* set by the caller: sizeof the struct */
    double plain_error;   /* without the rotation */
    double rotated_error; /* with it */
    int32_t rotates;      /* 1 if that is less */
    int32_t reserved;
} qc_quantize_rotation_result;

/*
 * Whether a layer is to be rotated before its activations and weights are rounded: whether that makes
 * |Q(X R) - X R|^2 / |X|^2 + |Q(W R) - W R|^2 / |W|^2 less than without R.
 *
 * activations       rows x columns, finite: X.
 * weights           outputs x columns, finite: W.
 * activation_grid   the grids, with a min-max scale for each row (of activations, each token; no zero
 * weight_grid       points). Floats saturate.
 * options           of the rotation; NULL for the defaults.
 *
 * A matrix of zeros adds nothing. To be asked again every so many steps of training. Cost: as
 * qc_quantize_rotate_f32() and twice a rounding; scratch of 16 bytes a column and thread, 16 a row. Errors:
 * the same, and QC_ERR_OPTIONS of the grids. Source: the criterion is ours; RoSTE chooses rotations
 * by the error of quantization too. Since 0.1.
 */
qc_status qc_quantize_rotation_choose_f32(const float *activations, size_t rows,
                                          const float *weights, size_t outputs, size_t columns,
                                          const qc_quantize_grid *activation_grid,
                                          const qc_quantize_grid *weight_grid,
                                          const qc_quantize_rotation_options *options,
                                          qc_quantize_rotation_result *result);

#ifdef __cplusplus
}
#endif

#endif
