/*
 * Family `isotonic`: regression of a sequence under an order constraint.
 */
#ifndef QUANTCAL_ISOTONIC_REGRESSION_H
#define QUANTCAL_ISOTONIC_REGRESSION_H

#include "../base.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    QC_ISOTONIC_INCREASING = 0,
    QC_ISOTONIC_DECREASING = 1
};

typedef struct qc_isotonic_regression_options {
    size_t struct_size;
    int32_t direction; /* QC_ISOTONIC_INCREASING (default) or _DECREASING */
    int32_t reserved;  /* 0 */
    qc_progress progress;
} qc_isotonic_regression_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_isotonic_regression_options_init(qc_isotonic_regression_options *options, size_t size);

/*
 * Weighted least-squares isotonic regression of a sequence: the x that
 * minimises
 *
 *     sum_i weights[i] * (y[i] - x[i])^2   subject to x[0] <= x[1] <= ... <= x[n-1]
 *
 * (>= for QC_ISOTONIC_DECREASING). The solution is unique and made of blocks
 * of neighbours that share one value, their weighted mean.
 *
 * y              n values, finite.
 * weights        n weights, finite and >= 0, not all zero, with a finite sum; or
 *                NULL for ones. A point of weight 0 does not move the fit; it
 *                joins the block of the next lower value, to its left (to its right
 *                if decreasing), or where there is none the block on its other side.
 * n              number of points; 0 is allowed and gives no blocks.
 * x              n fitted values. May be the same pointer as `y`.
 * block_weights  room for n: the sum of weights of each block. May be NULL.
 * blocks         room for n + 1: block b holds points blocks[b] up to, not
 *                including, blocks[b + 1]; blocks[0] = 0, the last entry is n.
 *                May be NULL.
 * block_count    the number of blocks. May be NULL.
 * Beyond the entries in use, block_weights and blocks hold no defined values.
 *
 * Neighbours with equal fitted values are one block, so values differ strictly
 * from block to block. A decreasing fit is that of the reversed sequence,
 * reversed. NaN or an infinity in y or weights is an error. Block means come from
 * compensated sums, so a large common offset costs no accuracy; values up to
 * the largest finite number do not overflow. Weights more than 10^150 times smaller
 * than others may count as nothing.
 *
 * Cost: O(n) time; scratch of n bytes and 4 MiB a thread.
 *
 * Errors: QC_ERR_NULL_POINTER (y, x), QC_ERR_SIZE, QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS, QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (weights), QC_ERR_OPTIONS,
 * QC_ERR_NO_MEMORY, QC_CANCELLED.
 *
 * Source: pool adjacent violators, Ayer et al. (1955). Blocks are those of
 * scipy.optimize.isotonic_regression; unlike it, weights of 0 are accepted and
 * NaN is refused. Since 0.1.
 */
qc_status qc_isotonic_regression_f64(const double *y, const double *weights, size_t n,
                                     const qc_isotonic_regression_options *options, double *x,
                                     double *block_weights, size_t *blocks, size_t *block_count);

/* The same in single precision; sums run in double. Since 0.1. */
qc_status qc_isotonic_regression_f32(const float *y, const float *weights, size_t n,
                                     const qc_isotonic_regression_options *options, float *x,
                                     float *block_weights, size_t *blocks, size_t *block_count);

#ifdef __cplusplus
}
#endif

#endif
