/*
 * Family `conformal`: split conformal prediction: the threshold of calibration scores,
 * and the sets and intervals that it gives. With exchangeable scores they hold the
 * truth with probability at least 1 - alpha (exactly rank / (n + 1) when scores do
 * not tie).
 */
#ifndef QUANTCAL_CONFORMAL_SPLIT_H
#define QUANTCAL_CONFORMAL_SPLIT_H

#include "../base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Whose thresholds an array of them holds, where a function takes more than one. */
enum {
    QC_CONFORMAL_FOR_ALL = 0,       /* one threshold for everything */
    QC_CONFORMAL_FOR_EACH_ROW = 1,  /* one for each row (groups, weights) */
    QC_CONFORMAL_FOR_EACH_CLASS = 2 /* one for each class (class-conditional) */
};

/*
 * The conformal rank: the smallest integer k >= (n + 1) * (1 - alpha), where
 * alpha is the decimal that the caller typed (the shortest decimal that rounds
 * to the given double) and the arithmetic is exact. The usual
 * ceil((n + 1) * (1 - alpha)) in floating point is one too large for many pairs:
 * n = 24, alpha = 0.44 gives 15 where 14 is right.
 *
 * n       number of calibration scores; less than SIZE_MAX / 2.
 * alpha   miscoverage level, strictly between 0 and 1.
 * rank    the rank, 1 to n + 1. n + 1 means that n scores are too few for this
 *         alpha: the threshold is +infinity.
 *
 * Cost: O(1). Errors: QC_ERR_NULL_POINTER (rank), QC_ERR_ALIGNMENT,
 * QC_ERR_SIZE (n), QC_ERR_NOT_FINITE or QC_ERR_DOMAIN (alpha).
 * Source: Vovk, Gammerman, Shafer (2005), section 2. Since 0.1.
 */
qc_status qc_conformal_rank(size_t n, double alpha, size_t *rank);

/*
 * The conformal threshold: the rank-th smallest of n scores, with the rank of
 * qc_conformal_rank(), or +infinity if the rank is n + 1. Exact (no
 * interpolation), by selection: the scores are neither sorted nor copied.
 *
 * scores     n scores in any order. -infinity and +infinity are data; NaN is an
 *            error. Ties are counted each. n = 0 gives +infinity.
 * threshold  one value. Must not be an element of `scores`.
 *
 * Cost: about one pass over the scores, whatever their order and ties; worst
 * case a few passes (O(n)). Scratch: a few per cent of the scores' size.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE (a NaN score, alpha), QC_ERR_DOMAIN (alpha),
 * QC_ERR_NO_MEMORY.
 * Source: split conformal prediction, Papadopoulos et al. (2002); selection by
 * a sampled bracket after Floyd and Rivest (1975). Since 0.1.
 */
qc_status qc_conformal_threshold_f64(const double *scores, size_t n, double alpha,
                                     double *threshold);

/* The same in single precision. Since 0.1. */
qc_status qc_conformal_threshold_f32(const float *scores, size_t n, double alpha, float *threshold);

/*
 * Prediction sets: class j is in the set of row i if and only if
 * scores[i, j] <= threshold.
 *
 * scores     rows x classes. Infinities are data, NaN is an error.
 * threshold  as from qc_conformal_threshold; +infinity takes every class in,
 *            -infinity only scores of -infinity. NaN is an error.
 * mask       rows x ceil(classes / 8) bytes: bit j % 8 (bit 0 the lowest) of
 *            byte j / 8 of row i is class j; unused high bits are 0. This is
 *            numpy.packbits(..., axis=1, bitorder="little"). May be NULL.
 * sizes      rows: the number of classes in each set, 0 to classes. May be NULL,
 *            but not together with mask.
 *
 * Sets may be empty. rows = 0 does nothing; classes must be 1 to INT32_MAX.
 * Cost: O(rows * classes) time, no scratch.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE. Since 0.1.
 */
qc_status qc_conformal_sets_f64(const double *scores, size_t rows, size_t classes, double threshold,
                                uint8_t *mask, int32_t *sizes);

/* The same in single precision. Since 0.1. */
qc_status qc_conformal_sets_f32(const float *scores, size_t rows, size_t classes, float threshold,
                                uint8_t *mask, int32_t *sizes);

/*
 * Prediction intervals for absolute residuals |y - mean|:
 *
 *     lower[i] = mean[i] - threshold,   upper[i] = mean[i] + threshold,
 *
 * each rounded to nearest once. A threshold of +infinity gives the whole line.
 *
 * mean       n predictions, finite.
 * threshold  >= 0, +infinity allowed.
 * lower      n values. May be the same pointer as `mean`.
 * upper      n values. May be the same pointer as `mean`, but not as `lower`.
 *
 * n = 0 does nothing. Cost: O(n), no scratch.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE (mean, or a NaN threshold), QC_ERR_DOMAIN (threshold < 0).
 * Since 0.1.
 */
qc_status qc_conformal_intervals_f64(const double *mean, size_t n, double threshold, double *lower,
                                     double *upper);

/* The same in single precision. Since 0.1. */
qc_status qc_conformal_intervals_f32(const float *mean, size_t n, float threshold, float *lower,
                                     float *upper);

#ifdef __cplusplus
}
#endif

#endif
