/*
 * Family `conformal`: intervals without a calibration set: CV+, the jackknife+, their
 * minmax forms, and the jackknife+ after the bootstrap. Each training point i has a
 * residual, from a model that was fitted without it; mu_i(x) is that model's prediction
 * of a test point x. With n residuals R_i and absolute residuals |y_i - mu_i(x_i)|,
 *
 *     lower = the l-th smallest of the mu_i(x) - R_i,   l = floor(alpha (n + 1)),
 *     upper = the k-th smallest of the mu_i(x) + R_i,   k = ceil((1 - alpha) (n + 1)),
 *
 * in exact arithmetic for the decimal alpha that the caller typed. l = 0 and k = n + 1
 * give the whole line. With exchangeable points (and a fitting that takes them alike) y
 * is in its interval with probability
 *
 *     jackknife+, also after the bootstrap   at least 1 - 2 alpha, typically 1 - alpha
 *     CV+, K folds of n / K points           at least 1 - 2 alpha - min(
 *                                            2 (1 - 1/K) / (n/K + 1), (1 - K/n) / (K + 1))
 *     minmax                                 at least 1 - alpha
 *
 * For the bootstrap this holds if the number of bags is itself drawn (binomially); a
 * fixed number is usual, and not covered by the theorem.
 */
#ifndef QUANTCAL_CONFORMAL_CROSS_H
#define QUANTCAL_CONFORMAL_CROSS_H

#include "../base.h"
#include "regression_scores.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    /* The two ranks above, of predictions and residuals together. */
    QC_CONFORMAL_CROSS_PLUS = 0,
    /* lower = min mu_i(x) - R_(k), upper = max mu_i(x) + R_(k): wider, and safer. */
    QC_CONFORMAL_CROSS_MINMAX = 1
};

/* How the predictions of several models become one. */
enum {
    QC_CONFORMAL_CROSS_MEAN = 0,
    QC_CONFORMAL_CROSS_MEDIAN = 1 /* of an even number the mean of the two in the middle */
};

/*
 * Of sides, only SYMMETRIC takes absolute residuals; the others take signed ones, R_i =
 * y_i - mu_i(x_i), and ranks of mu_i(x) + R_i (minmax: of R_i) for both ends:
 *
 *     ASYMMETRIC   each side misses with half the level: floor((n + 1) alpha / 2) for
 *                  the lower end, n + 1 less that for the upper
 *     LOWER        the lower end alone, of rank l; upper = +infinity
 *     UPPER        the upper end alone, of rank k; lower = -infinity
 */
typedef struct qc_conformal_cross_options {
    size_t struct_size;
    int32_t method;      /* QC_CONFORMAL_CROSS_PLUS (default) or _MINMAX */
    int32_t sides;       /* QC_CONFORMAL_SYMMETRIC (default) ... */
    int32_t aggregation; /* after the bootstrap: QC_CONFORMAL_CROSS_MEAN (default) or _MEDIAN */
    int32_t reserved;    /* 0 */
    qc_progress progress;
} qc_conformal_cross_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_conformal_cross_options_init(qc_conformal_cross_options *options, size_t size);

/*
 * Intervals of CV+ (K folds) or the jackknife+ (a fold for each point).
 *
 * residuals    n, by the models without the points' folds; absolute (>= 0) or signed, as
 *              options.sides says. Infinities are data.
 * fold         n numbers, 0 to fold_count - 1: the fold of each point. Folds may have
 *              unequal sizes; that of no point is not looked at. NULL if fold_count is
 *              n: point i is fold i.
 * predictions  m x fold_count, finite: of each test point by the model without each
 *              fold. Test points do not depend on each other, so a large m can go in
 *              several calls.
 * fold_count   at least 1, or 0 if n is 0; at most INT32_MAX.
 * alpha        strictly between 0 and 1.
 * options      NULL for the defaults; aggregation does not matter here.
 * lower, upper m each; both ends belong to the interval. Each is a prediction plus or
 *              minus a residual, rounded to nearest once. With alpha above 1/2 they may
 *              cross: an empty interval.
 *
 * n = 0 gives the whole line, m = 0 does nothing. No n x m matrix is made: residuals are
 * sorted once by fold, and the ranks found by bisection in all folds. Time: O(n log n +
 * m K log n), if fold_count K is small against n, for as many steps as bisection takes
 * (about ten; never more than 80); O(m n) if it is not, as for the jackknife+, whose
 * predictions are as many. Scratch: about 32 bytes a training point and 16 a test point.
 *
 * Errors: QC_ERR_NULL_POINTER (also fold, if fold_count is not n), QC_ERR_SIZE,
 * QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE (a NaN residual, predictions,
 * alpha), QC_ERR_DOMAIN (fold, alpha, a negative absolute residual), QC_ERR_OPTIONS,
 * QC_ERR_NO_MEMORY, QC_CANCELLED.
 * Source: Barber, Candes, Ramdas, Tibshirani (2021), "Predictive inference with the
 * jackknife+"; selection in shifted sorted lists by bisection, compare Frederickson and
 * Johnson (1982). Since 0.1.
 */
qc_status qc_conformal_cross_intervals_f64(const double *residuals, const int32_t *fold, size_t n,
                                           const double *predictions, size_t m, size_t fold_count,
                                           double alpha, const qc_conformal_cross_options *options,
                                           double *lower, double *upper);

/* The same in single precision. Since 0.1. */
qc_status qc_conformal_cross_intervals_f32(const float *residuals, const int32_t *fold, size_t n,
                                           const float *predictions, size_t m, size_t fold_count,
                                           double alpha, const qc_conformal_cross_options *options,
                                           float *lower, float *upper);

/*
 * The out-of-bag prediction of each training point: the mean or median of the models
 * whose bags do not hold it. From these come the residuals of the function below.
 *
 * in_bag       n x models: not 0 where the model's bag holds the point (a count will do).
 * predictions  n x models, finite: of each training point by every model.
 * aggregated   n; NaN for a point that every bag holds (or if there are no models).
 *
 * A mean sums in double precision in the order of the models. n = 0 does nothing. Of the
 * options only aggregation matters. Cost: O(n models) time.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE (predictions), QC_ERR_OPTIONS, QC_ERR_NO_MEMORY. Since 0.1.
 */
qc_status qc_conformal_cross_bootstrap_predictions_f64(const uint8_t *in_bag,
                                                       const double *predictions, size_t n,
                                                       size_t models,
                                                       const qc_conformal_cross_options *options,
                                                       double *aggregated);

/* The same in single precision; means are computed in double. Since 0.1. */
qc_status qc_conformal_cross_bootstrap_predictions_f32(const uint8_t *in_bag,
                                                       const float *predictions, size_t n,
                                                       size_t models,
                                                       const qc_conformal_cross_options *options,
                                                       float *aggregated);

/*
 * Intervals of the jackknife+ after the bootstrap (and its minmax form): mu_i(x) is the
 * mean or median of the predictions of x by the models whose bags do not hold i.
 *
 * residuals    n, of the out-of-bag predictions, as for the intervals above. That of a
 *              point that every bag holds is not looked at, and may be NaN: the point
 *              counts as -infinity below and +infinity above, which only adds coverage.
 * in_bag       n x models, as above.
 * predictions  m x models, finite: of each test point by every model.
 * lower, upper, alpha, options   as for the intervals above.
 *
 * Cost: O(m n models) time, with the median some ten times more; scratch of n x models
 * bytes, and 24 bytes a training point and thread; no n x m matrix. Errors: as for the
 * intervals above.
 * Source: Kim, Xu, Barber (2020), "Predictive inference is free with the
 * jackknife+-after-bootstrap". Departure: points in every bag. Since 0.1.
 */
qc_status qc_conformal_cross_bootstrap_intervals_f64(const double *residuals, const uint8_t *in_bag,
                                                     size_t n, const double *predictions, size_t m,
                                                     size_t models, double alpha,
                                                     const qc_conformal_cross_options *options,
                                                     double *lower, double *upper);

/* The same in single precision. Since 0.1. */
qc_status qc_conformal_cross_bootstrap_intervals_f32(const float *residuals, const uint8_t *in_bag,
                                                     size_t n, const float *predictions, size_t m,
                                                     size_t models, double alpha,
                                                     const qc_conformal_cross_options *options,
                                                     float *lower, float *upper);

#ifdef __cplusplus
}
#endif

#endif
