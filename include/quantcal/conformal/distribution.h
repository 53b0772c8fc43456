/*
 * Family `conformal`: predictive distributions. The residuals of n calibration points,
 *
 *     r_i = (y_i - mean_i) / scale_i,
 *
 * turn each prediction into a whole distribution of its outcome, which holds if the
 * outcome is exchangeable with the calibration points, however wrong the model. With groups
 * (Mondrian categories) each prediction has the residuals of its own group, and all of that holds
 * within each group; below, n is then the number of these, and r_i the i-th of them.
 */
#ifndef QUANTCAL_CONFORMAL_DISTRIBUTION_H
#define QUANTCAL_CONFORMAL_DISTRIBUTION_H

#include "../base.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Distribution functions: the one of prediction i at thresholds[j] lies in the band
 *
 *     lower(i, j) = #{r < z} / (n + 1),   upper(i, j) = (#{r <= z} + 1) / (n + 1),
 *
 * where z = (thresholds[j] - mean[i]) / scale[i], and smoothed(i, j) is in between:
 * (#{r < z} + u_i (1 + #{r = z})) / (n + 1), with one uniform number u_i for each
 * prediction. It is never below lower nor above upper.
 *
 * Residuals and z are compared as they are, with no tolerance. For ties to be ties, the
 * residuals must come from the same arithmetic as z: a difference, then a quotient
 * unless scale is NULL, each rounded to nearest in the type of the function.
 *
 * residuals   n residuals in any order. Infinities are data; NaN is an error.
 * residual_groups   n groups of the residuals, any integers; or NULL, with `groups`, for one of
 *             all.
 * n           number of residuals; 0 is allowed: the band is 0 to 1, as it is for a group
 *             without residuals.
 * mean        m predictions, finite.
 * scale       m scales, finite and > 0; or NULL for ones.
 * groups      m groups of the predictions.
 * m           number of predictions; 0 is allowed.
 * thresholds  k thresholds in any order; not NaN, may be infinite.
 * k           number of thresholds; 0 is allowed.
 * seed        the same seed gives the same u_i on every machine: Philox 4x32-10, by i.
 * lower       m x k, written. May be NULL.
 * upper       m x k, written. May be NULL.
 * smoothed    m x k, written. May be NULL.
 *
 * Cost: O(n) for a sort and O(log n) for each output, on several threads; scratch for twice the
 * residuals and their groups.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE (residuals, mean, scale, thresholds), QC_ERR_DOMAIN (scale),
 * QC_ERR_NO_MEMORY.
 * Source: Vovk, Petej, Nouretdinov, Manokhin, Gammerman (2020), "Computationally efficient
 * versions of conformal predictive distributions". Since 0.1.
 */
qc_status qc_conformal_distribution_cdf_f64(const double *residuals, const int64_t *residual_groups,
                                            size_t n, const double *mean, const double *scale,
                                            const int64_t *groups, size_t m,
                                            const double *thresholds, size_t k, uint64_t seed,
                                            double *lower, double *upper, double *smoothed);

/* The same in single precision. Since 0.1. */
qc_status qc_conformal_distribution_cdf_f32(const float *residuals, const int64_t *residual_groups,
                                            size_t n, const float *mean, const float *scale,
                                            const int64_t *groups, size_t m,
                                            const float *thresholds, size_t k, uint64_t seed,
                                            float *lower, float *upper, float *smoothed);

/*
 * Quantiles that are safe on one side:
 *
 *     lower(i, j) = mean[i] + scale[i] r_(floor(levels[j] (n + 1)))
 *     upper(i, j) = mean[i] + scale[i] r_(ceil(levels[j] (n + 1))),
 *
 * with r_(1) <= ... <= r_(n), r_(0) = -infinity, r_(n + 1) = +infinity. The outcome is
 * at most upper with probability at least levels[j], and below lower with probability
 * at most levels[j]; so lower at 0.05 to upper at 0.95 holds it with 0.9. Ranks are exact
 * for the decimals typed, as for qc_conformal_rank().
 *
 * residuals  as for qc_conformal_distribution_cdf_f64(), and likewise residual_groups, mean,
 *            scale, groups.
 * n          number of residuals; 0 is allowed: quantiles are infinite.
 * m          number of predictions; 0 is allowed.
 * levels     k levels strictly between 0 and 1, in any order; doubles for every type.
 * k          number of levels; 0 is allowed.
 * lower      m x k, written; a product and a sum, each rounded to nearest. May be NULL.
 * upper      m x k, written. May be NULL.
 *
 * Cost: O(n) for a sort and O(1) for each quantile, on several threads; scratch for twice the
 * residuals and their groups, and for the quantiles of each group.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE (residuals, mean, scale, levels), QC_ERR_DOMAIN (scale, levels),
 * QC_ERR_NO_MEMORY. Source: as above. Since 0.1.
 */
qc_status qc_conformal_distribution_quantile_f64(const double *residuals,
                                                 const int64_t *residual_groups, size_t n,
                                                 const double *mean, const double *scale,
                                                 const int64_t *groups, size_t m,
                                                 const double *levels, size_t k, double *lower,
                                                 double *upper);

/* The same in single precision. Since 0.1. */
qc_status qc_conformal_distribution_quantile_f32(const float *residuals,
                                                 const int64_t *residual_groups, size_t n,
                                                 const float *mean, const float *scale,
                                                 const int64_t *groups, size_t m,
                                                 const double *levels, size_t k, float *lower,
                                                 float *upper);

/*
 * The continuous ranked probability score of each prediction's distribution for its
 * outcome; the lower, the better:
 *
 *     crps[i] = integral over t of (F_i(t) - [y[i] <= t])^2,
 *
 * where F_i has mass 1 / n at each mean[i] + scale[i] r_j. (The n + 1 shares of the
 * band would put mass at infinity, and make every score infinite.) It is
 * scale[i] (mean |r - z| - G / 2), z = (y[i] - mean[i]) / scale[i] and G the mean
 * difference of two residuals; but summed so that nothing cancels. +infinity if a residual
 * is infinite.
 *
 * residuals  as for qc_conformal_distribution_cdf_f64(), and likewise residual_groups, mean,
 *            scale, groups.
 * n          number of residuals, at least 1; and each prediction's group has one.
 * y          m outcomes, finite.
 * m          number of predictions; 0 is allowed.
 * crps       m scores, written; computed in double.
 *
 * Cost: O(n) for a sort, and O(log n) for each score, on several threads; scratch for five times
 * the residuals, as doubles, and their groups.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE (also n = 0), QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE (residuals, mean, scale, y), QC_ERR_DOMAIN (scale, groups),
 * QC_ERR_NO_MEMORY. Source: Gneiting, Raftery (2007), equation 20. Since 0.1.
 */
qc_status qc_conformal_distribution_crps_f64(const double *residuals,
                                             const int64_t *residual_groups, size_t n,
                                             const double *mean, const double *scale,
                                             const int64_t *groups, const double *y, size_t m,
                                             double *crps);

/* The same in single precision. Since 0.1. */
qc_status qc_conformal_distribution_crps_f32(const float *residuals, const int64_t *residual_groups,
                                             size_t n, const float *mean, const float *scale,
                                             const int64_t *groups, const float *y, size_t m,
                                             float *crps);

/*
 * The probability integral transform of each prediction's distribution at its outcome:
 * the band of qc_conformal_distribution_cdf_f64() at y[i], and the smoothed value in it.
 * That is a p-value: exactly uniform on 0 to 1 if the outcome is exchangeable with the
 * calibration points.
 *
 * residuals  as for qc_conformal_distribution_cdf_f64(), and likewise residual_groups, mean,
 *            scale, groups.
 * n          number of residuals; 0 is allowed.
 * y          m outcomes; not NaN, may be infinite.
 * m          number of predictions; 0 is allowed.
 * seed       gives the u_i of qc_conformal_distribution_cdf_f64() with this seed.
 * lower      m probabilities, written. May be NULL.
 * upper      m probabilities, written. May be NULL.
 * pit        m draws, written. May be NULL.
 *
 * Cost: as for qc_conformal_distribution_cdf_f64() with k = 1.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE (residuals, mean, scale, y), QC_ERR_DOMAIN (scale),
 * QC_ERR_NO_MEMORY. Source: as above. Since 0.1.
 */
qc_status qc_conformal_distribution_pit_f64(const double *residuals, const int64_t *residual_groups,
                                            size_t n, const double *mean, const double *scale,
                                            const int64_t *groups, const double *y, size_t m,
                                            uint64_t seed, double *lower, double *upper,
                                            double *pit);

/* The same in single precision. Since 0.1. */
qc_status qc_conformal_distribution_pit_f32(const float *residuals, const int64_t *residual_groups,
                                            size_t n, const float *mean, const float *scale,
                                            const int64_t *groups, const float *y, size_t m,
                                            uint64_t seed, float *lower, float *upper, float *pit);

#ifdef __cplusplus
}
#endif

#endif
