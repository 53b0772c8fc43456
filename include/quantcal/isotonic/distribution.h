/*
 * Family `isotonic`: isotonic distributional regression. The distribution of an
 * outcome given a covariate, under the one assumption that larger covariates make
 * for stochastically larger outcomes; no bandwidth, no parametric form. A covariate of
 * several coordinates is larger than another if none of its coordinates is smaller.
 *
 * A qc_isotonic_distribution is what was fitted. It never changes after it was
 * made: any number of threads may ask the same one at once.
 */
#ifndef QUANTCAL_ISOTONIC_DISTRIBUTION_H
#define QUANTCAL_ISOTONIC_DISTRIBUTION_H

#include "regression.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct qc_isotonic_distribution qc_isotonic_distribution;

typedef struct qc_isotonic_distribution_options {
    size_t struct_size;
    int32_t direction; /* QC_ISOTONIC_INCREASING (default): the larger x, the larger y; or
                          _DECREASING. For all dimensions: negate those in which it is the other. */
    int32_t reserved;  /* 0 */
    qc_progress progress;
} qc_isotonic_distribution_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_isotonic_distribution_options_init(qc_isotonic_distribution_options *options,
                                                size_t size);

/*
 * Fits distribution functions F(. | x) to n observations (x[i], y[i]): for every
 * threshold t they are the weighted least-squares fit, falling as x rises, to the
 * indicators of y[i] <= t,
 *
 *     minimise sum_i weights[i] * (F(t | x[i]) - [y[i] <= t])^2
 *     subject to F(t | a) >= F(t | b) where no coordinate of a is beyond that of b
 *
 * (<= for QC_ISOTONIC_DECREASING). Covariates that are not comparable do not constrain each
 * other. No other isotonic distributions have a lower mean CRPS, nor a lower mean of any
 * other score that weighs thresholds.
 *
 * x             n x dimensions covariates, row by row, finite. Equal rows share a distribution.
 * n             number of observations, 1 to 2^31 - 2.
 * dimensions    at least 1; one dimension is the usual total order.
 * y             n outcomes, finite.
 * weights       n weights, finite and >= 0, not all zero, with a finite sum; or
 *               NULL for ones. An observation of weight 0 is ignored, and so may be
 *               one 10^150 times lighter than others.
 * events        n bytes: 1 if y[i] was observed, 0 if it was right-censored, that is
 *               if the outcome is known to be above y[i] only; NULL if all were observed.
 * distribution  where the handle goes. Give it to qc_isotonic_distribution_destroy().
 *
 * Censoring: the indicators' means are replaced by Kaplan-Meier estimates
 * (at equal y, events precede censorings), and each of these is kept within the bounds that
 * its parts set before it is pooled. Thresholds are then the outcomes observed.
 * A distribution function may stay below 1: the rest of the mass lies beyond all
 * thresholds. Observations censored before the first event say nothing and are
 * ignored, with their covariates. That needs rows of covariates to be pooled: with more than
 * one dimension, censored outcomes (that are not ignored) are QC_ERR_SIZE.
 *
 * Shares are quotients of sums of weights: with weights that are small integers, or none,
 * they are exact to the last rounding. In any case F rises with t, falls with x, and
 * reaches exactly 1 without censoring.
 *
 * Cost, for m distinct covariates of one dimension: O(n log^2 m) time however strong or weak the
 * dependence is, and O(c log m) for the c places in which neighbouring distribution functions
 * change, usually little more than n; memory likewise: changes are stored, no m x n matrix. With
 * censored outcomes O(m^2) time for each threshold, O(b^3) for each change in a
 * block of b covariates, and 20 m^2 bytes while fitting.
 *
 * Of more dimensions: at each threshold an exact fit as by qc_isotonic_order_points_f64(), but only
 * of those blocks that the outcomes there can have changed, usually a tenth to a third of all covariates;
 * and up to 30 bytes for each change that is kept. On one core, two dimensions took 0.1 s for 1000
 * observations and 4 to 14 s for 10,000, the most where y does not depend on x: there 12 million
 * changes in 350 MB were kept, with a dependence 0.5 to 2 million. Three dimensions took 0.1 to 2 s for 1000.
 *
 * Errors: QC_ERR_NULL_POINTER (x, y, distribution), QC_ERR_SIZE (n, dimensions),
 * QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (weights; events that
 * are neither 0 nor 1, or none that is 1 and has weight), QC_ERR_OPTIONS,
 * QC_ERR_NO_MEMORY, QC_CANCELLED.
 *
 * Source: Henzi, Ziegel, Gneiting (2021); in one dimension the sequential algorithm of Henzi,
 * Moesching, Duembgen (2022), with a tree in place of its pooling; in more least cuts, where they
 * solve quadratic programmes; censored outcomes after Bladt, Henzi, van den Heuvel, Ziegel (2026).
 * Since 0.1.
 */
qc_status qc_isotonic_distribution_create_f64(const double *x, size_t n, size_t dimensions,
                                              const double *y, const double *weights,
                                              const uint8_t *events,
                                              const qc_isotonic_distribution_options *options,
                                              qc_isotonic_distribution **distribution);

/* The same from single precision; computed in double. Since 0.1. */
qc_status qc_isotonic_distribution_create_f32(const float *x, size_t n, size_t dimensions,
                                              const float *y, const float *weights,
                                              const uint8_t *events,
                                              const qc_isotonic_distribution_options *options,
                                              qc_isotonic_distribution **distribution);

/*
 * Destroys a distribution that nothing uses any more. NULL is allowed. Cannot
 * fail. Since 0.1.
 */
void qc_isotonic_distribution_destroy(qc_isotonic_distribution *distribution);

/*
 * How many coordinates a covariate has.
 *
 * dimensions  written.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_ALIGNMENT. Since 0.1.
 */
qc_status qc_isotonic_distribution_dimensions(const qc_isotonic_distribution *distribution,
                                              size_t *dimensions);

/*
 * The thresholds: the distinct outcomes, ascending, where distribution functions may
 * jump.
 *
 * thresholds  room for `capacity` numbers, or NULL to have them counted only.
 * capacity    at least the count; not looked at if thresholds is NULL.
 * count       how many there are. May be NULL.
 *
 * Errors: QC_ERR_NULL_POINTER (distribution), QC_ERR_SIZE (capacity),
 * QC_ERR_ALIGNMENT, QC_ERR_ALIAS. Since 0.1.
 */
qc_status qc_isotonic_distribution_thresholds_f64(const qc_isotonic_distribution *distribution,
                                                  double *thresholds, size_t capacity,
                                                  size_t *count);

/* The same, rounded to single precision: exact if fitted to that. Since 0.1. */
qc_status qc_isotonic_distribution_thresholds_f32(const qc_isotonic_distribution *distribution,
                                                  float *thresholds, size_t capacity,
                                                  size_t *count);

/*
 * Distribution functions: probabilities(i, j) = F(thresholds[j] | queries[i]).
 *
 * One dimension: a query between two covariates of the fit gets their functions' linear
 * interpolation in x, one beyond the outermost that one's. More dimensions: F is at most the least
 * of the functions of the covariates below the query, and at least the greatest of those
 * above it. A query gets the mean of these bounds, or the one that there is; or if it is
 * comparable to no covariate the distribution of all outcomes. At a covariate of the fit that is
 * its own function, and functions of queries fall along the order where they have both bounds.
 *
 * queries        m x dimensions covariates, row by row; not NaN, may be infinite.
 * m              number of queries; 0 is allowed.
 * thresholds     k thresholds in any order; not NaN, may be infinite.
 * k              number of thresholds; 0 is allowed.
 * probabilities  m x k, written.
 *
 * Cost: O(log^2 n) for each probability; from 16 thresholds on O(log n), and O(j)
 * for each query whose function has j jumps. More dimensions: O(m dimensions) for each query among m
 * covariates to find the nearest below and above, and the rest for each of these. On several threads.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE (queries, thresholds), QC_ERR_NO_MEMORY. Since 0.1.
 */
qc_status qc_isotonic_distribution_cdf_f64(const qc_isotonic_distribution *distribution,
                                           const double *queries, size_t m,
                                           const double *thresholds, size_t k,
                                           double *probabilities);

/* The same in single precision. Since 0.1. */
qc_status qc_isotonic_distribution_cdf_f32(const qc_isotonic_distribution *distribution,
                                           const float *queries, size_t m, const float *thresholds,
                                           size_t k, float *probabilities);

/*
 * Quantiles: quantiles(i, j) is the least threshold t with F(t | queries[i]) >=
 * levels[j]; +infinity if there is none, which takes censored outcomes. F may
 * fall short of a level by a relative 2^-50, so that a level which equals a share
 * in decimals is met by it.
 *
 * queries    as for qc_isotonic_distribution_cdf_f64(), whose function is inverted.
 * m          number of queries; 0 is allowed.
 * levels     k levels strictly between 0 and 1, in any order; doubles for every type.
 * k          number of levels; 0 is allowed.
 * quantiles  m x k, written.
 *
 * Cost: O(log^3 n) for each quantile, and as for probabilities. On several threads.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE (queries, levels), QC_ERR_DOMAIN (levels). Since 0.1.
 */
qc_status qc_isotonic_distribution_quantile_f64(const qc_isotonic_distribution *distribution,
                                                const double *queries, size_t m,
                                                const double *levels, size_t k, double *quantiles);

/* The same in single precision. Since 0.1. */
qc_status qc_isotonic_distribution_quantile_f32(const qc_isotonic_distribution *distribution,
                                                const float *queries, size_t m,
                                                const double *levels, size_t k, float *quantiles);

/*
 * The continuous ranked probability score of each query's distribution for its
 * outcome; the lower, the better:
 *
 *     crps[i] = integral over z of (F(z | queries[i]) - [y[i] <= z])^2
 *
 * +infinity if F stays below 1 (censored outcomes only).
 *
 * queries  as for qc_isotonic_distribution_cdf_f64().
 * y        m outcomes, finite.
 * m        number of queries; 0 is allowed.
 * crps     m scores, written.
 *
 * The integral is summed from jump to jump, so nothing cancels; the formula of the
 * source, 2 sum_k w_k ([y < p_k] - F_k + w_k / 2) (p_k - y), has the same value.
 *
 * Cost: O(j) for each query whose function has j jumps, and as for probabilities. On several threads.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE (queries, y), QC_ERR_NO_MEMORY. Source: Jordan, Krueger,
 * Lerch (2019), section 2. Since 0.1.
 */
qc_status qc_isotonic_distribution_crps_f64(const qc_isotonic_distribution *distribution,
                                            const double *queries, const double *y, size_t m,
                                            double *crps);

/* The same in single precision. Since 0.1. */
qc_status qc_isotonic_distribution_crps_f32(const qc_isotonic_distribution *distribution,
                                            const float *queries, const float *y, size_t m,
                                            float *crps);

/*
 * The probability integral transform of each query's distribution at its outcome:
 * the interval from F just below y[i] to F at y[i], and a uniform draw from it, which
 * is uniform on 0 to 1 if the distributions are right.
 *
 * queries  as for qc_isotonic_distribution_cdf_f64().
 * y        m outcomes; not NaN, may be infinite.
 * m        number of queries; 0 is allowed.
 * seed     the same seed gives the same draws on every machine.
 * lower    m probabilities, written: F(y[i]-). May be NULL.
 * upper    m probabilities, written: F(y[i]). May be NULL.
 * pit      m draws, written: lower + u (upper - lower), u from Philox 4x32-10. May be NULL.
 *
 * Cost: O(log^2 n) for each query, and as for probabilities. On several threads.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE (queries, y). Since 0.1.
 */
qc_status qc_isotonic_distribution_pit_f64(const qc_isotonic_distribution *distribution,
                                           const double *queries, const double *y, size_t m,
                                           uint64_t seed, double *lower, double *upper,
                                           double *pit);

/* The same in single precision. Since 0.1. */
qc_status qc_isotonic_distribution_pit_f32(const qc_isotonic_distribution *distribution,
                                           const float *queries, const float *y, size_t m,
                                           uint64_t seed, float *lower, float *upper, float *pit);

/*
 * A distribution as bytes, for a file or another process: the same on every
 * machine, with a version and a checksum.
 *
 * bytes     room for `capacity` bytes, or NULL to have them counted only.
 * capacity  at least the size; not looked at if bytes is NULL.
 * size      how many bytes there are. May be NULL.
 *
 * Cost: O(number of bytes).
 *
 * Errors: QC_ERR_NULL_POINTER (distribution), QC_ERR_SIZE (capacity),
 * QC_ERR_ALIGNMENT (size), QC_ERR_ALIAS. Since 0.1.
 */
qc_status qc_isotonic_distribution_serialize(const qc_isotonic_distribution *distribution,
                                             uint8_t *bytes, size_t capacity, size_t *size);

/*
 * The distribution that qc_isotonic_distribution_serialize() made `bytes` of. It
 * answers like the original, to the last bit.
 *
 * bytes         `size` bytes from anywhere: nothing in them is trusted. Besides the
 *               checksum, all that holds of a distribution is checked.
 * size          how many.
 * distribution  where the handle goes. Give it to qc_isotonic_distribution_destroy().
 *
 * Cost: O(c log m) time, for c changes and m covariates, as for a fit; with more than one
 * dimension a sweep over the covariates for each threshold too, O(m log m) in two.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT (distribution), QC_ERR_ALIAS,
 * QC_ERR_FORMAT, QC_ERR_NO_MEMORY. Since 0.1.
 */
qc_status qc_isotonic_distribution_deserialize(const uint8_t *bytes, size_t size,
                                               qc_isotonic_distribution **distribution);

#ifdef __cplusplus
}
#endif

#endif
