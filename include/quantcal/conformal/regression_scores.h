/*
 * Family `conformal`: scores of regression models, and the intervals that thresholds
 * on them give. A score goes to a calibrator (qc_conformal_threshold, or any other),
 * whose thresholds come back here.
 */
#ifndef QUANTCAL_CONFORMAL_REGRESSION_SCORES_H
#define QUANTCAL_CONFORMAL_REGRESSION_SCORES_H

#include "../base.h"
#include "split.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The kind of score, and what the columns of `predictions` are. All kinds but the last
 * have the form
 *
 *     below = (a - y) / v,     above = (y - b) / w,     interval [a - t v, b + t w]:
 *
 *                              columns         a, b        v, w
 *     QC_CONFORMAL_ABSOLUTE    mean            mean        1
 *     QC_CONFORMAL_NORMALISED  mean, sigma     mean        sigma + beta
 *     QC_CONFORMAL_GAMMA       mean > 0        mean        mean; y >= 0 and lower >= 0
 *     QC_CONFORMAL_CQR         lo, hi          lo, hi      1
 *     QC_CONFORMAL_CQR_R       lo, hi          lo, hi      hi - lo
 *     QC_CONFORMAL_CQR_M       lo, mid, hi     lo, hi      mid - lo, hi - mid
 *     QC_CONFORMAL_QUANTILES   one a level     below = 1/2 - F(y), above = F(y-) - 1/2
 *
 * Columns of quantiles (CQR and below) that cross are sorted, here and there alike. v
 * and w of the kinds NORMALISED, CQR_R and CQR_M are at least minimum_scale.
 *
 * QUANTILES takes a distribution function F from the predicted quantiles q_1 <= q_2 <=
 * ... at the given levels: linear between them, with the outermost probabilities at
 * q_1 and q_m, so F is 0 below q_1 and 1 from q_m on. Where quantiles are equal, F
 * jumps. A threshold of 1/2 or more gives the whole line.
 */
enum {
    QC_CONFORMAL_ABSOLUTE = 0,
    QC_CONFORMAL_NORMALISED = 1,
    QC_CONFORMAL_GAMMA = 2,
    QC_CONFORMAL_CQR = 3,
    QC_CONFORMAL_CQR_R = 4,
    QC_CONFORMAL_CQR_M = 5,
    QC_CONFORMAL_QUANTILES = 6
};

/*
 * How the two sides of an interval are scored. With the coverage of a threshold at
 * level alpha:
 */
enum {
    /* One score, the larger of below and above. Coverage at least 1 - alpha, and
     * exactly rank / (n + 1) without ties; how misses share the sides is open. */
    QC_CONFORMAL_SYMMETRIC = 0,
    /* Two scores, below and above, each with a threshold of its own. With levels
     * alpha_lower + alpha_upper = alpha each side misses as often as its level says,
     * and coverage is at least 1 - alpha by the sum. Mostly wider. */
    QC_CONFORMAL_ASYMMETRIC = 1,
    /* below alone: a lower bound, upper = +infinity; the full alpha is on one side. */
    QC_CONFORMAL_LOWER = 2,
    /* above alone (for ABSOLUTE, the signed residual): lower = -infinity. */
    QC_CONFORMAL_UPPER = 3
};

/* An interval that a threshold below 0 leaves empty (lower > upper). */
enum {
    /* lower = upper = the middle between the ends, or between a and b where an end is
     * infinite: one point more than nothing, which can only add coverage. */
    QC_CONFORMAL_EMPTY_MIDPOINT = 0,
    /* lower = upper = NaN: the set as it is. */
    QC_CONFORMAL_EMPTY_MARKED = 1
};

typedef struct qc_conformal_regression_options {
    size_t struct_size;
    int32_t kind;          /* QC_CONFORMAL_ABSOLUTE (default) ... */
    int32_t sides;         /* QC_CONFORMAL_SYMMETRIC (default) ... */
    int32_t threshold_for; /* QC_CONFORMAL_FOR_ALL (default) or _FOR_EACH_ROW */
    int32_t empty;         /* QC_CONFORMAL_EMPTY_MIDPOINT (default) or _MARKED */
    double beta;           /* NORMALISED: added to sigma; finite, >= 0; default 0 */
    double minimum_scale;  /* least v and w; finite, >= 0; default 1e-8 */
} qc_conformal_regression_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_conformal_regression_options_init(qc_conformal_regression_options *options,
                                               size_t size);

/*
 * Scores of n outcomes: max(below, above), or one side, or both, as options.sides says.
 *
 * Scores are rounded up and the ends of intervals inwards, each from the exact value
 * of the formula (v and w being doubles). So in exact arithmetic and in this library
 * alike y lies in its interval if and only if its score is at most the threshold, and
 * discrete data lose no coverage to rounding. QUANTILES interpolates in double
 * precision; there the ends are searched for, so that the same holds.
 *
 * y            n outcomes, finite.
 * predictions  n x columns, finite; see the table of kinds. sigma must be >= 0 (and
 *              sigma + beta > 0 if minimum_scale is 0; likewise differences).
 * columns      as many as the kind has; at least 1 for QUANTILES.
 * levels       QUANTILES: `columns` levels, strictly increasing, strictly between 0
 *              and 1. Not looked at otherwise, and may be NULL.
 * options      NULL for the defaults. threshold_for and empty do not matter here.
 * scores       n; for ASYMMETRIC n x 2, below and above. +infinity where the score is
 *              too large for the type.
 *
 * n = 0 does nothing. Cost: O(n * columns) time; scratch of 16 bytes a column and thread.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE (columns), QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (y, predictions, levels), QC_ERR_OPTIONS,
 * QC_ERR_NO_MEMORY.
 * Source: normalised: Papadopoulos, Gammerman, Vovk (2008); CQR: Romano, Patterson,
 * Candes (2019); R: Sesia, Candes (2020); M: Kivaranovic, Johnson, Leeb (2020); gamma:
 * MAPIE; quantiles: Chernozhukov, Wuthrich, Zhu (2021). Departures: crossing quantiles
 * are sorted, scales bounded from below, rounding directed. Since 0.1.
 */
qc_status qc_conformal_regression_scores_f64(const double *y, size_t n, const double *predictions,
                                             size_t columns, const double *levels,
                                             const qc_conformal_regression_options *options,
                                             double *scores);

/* The same in single precision; computed in double. Since 0.1. */
qc_status qc_conformal_regression_scores_f32(const float *y, size_t n, const float *predictions,
                                             size_t columns, const double *levels,
                                             const qc_conformal_regression_options *options,
                                             float *scores);

/*
 * The intervals of all y whose scores are at most the thresholds.
 *
 * predictions, columns, levels  as for the scores.
 * thresholds   for all: 1 (ASYMMETRIC: 2, for below and above); for each row: n (n x
 *              2). +infinity gives the whole line, whatever the scale (GAMMA: from 0);
 *              below 0 they narrow the predicted interval. NaN is an error.
 * options      as for the scores, whose kind, sides, beta and minimum_scale they must
 *              have.
 * lower, upper n each; both ends belong to the interval.
 *
 * n = 0 does nothing. Cost and errors: as for the scores. Since 0.1.
 */
qc_status qc_conformal_regression_intervals_f64(const double *predictions, size_t n, size_t columns,
                                                const double *levels, const double *thresholds,
                                                const qc_conformal_regression_options *options,
                                                double *lower, double *upper);

/* The same in single precision; computed in double. Since 0.1. */
qc_status qc_conformal_regression_intervals_f32(const float *predictions, size_t n, size_t columns,
                                                const double *levels, const float *thresholds,
                                                const qc_conformal_regression_options *options,
                                                float *lower, float *upper);

#ifdef __cplusplus
}
#endif

#endif
