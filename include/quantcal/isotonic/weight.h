/*
 * Family `isotonic`: steadier importance weights.
 *
 * qc_isotonic_weight_stabilize() makes importance weights a monotone function of a
 * score. It is cross-fitted, with the folds of reward.h.
 */
#ifndef QUANTCAL_ISOTONIC_WEIGHT_H
#define QUANTCAL_ISOTONIC_WEIGHT_H

#include "reward.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    QC_ISOTONIC_WEIGHT_REWARDS = 0,
    QC_ISOTONIC_WEIGHT_RESIDUALS = 1
};

typedef struct qc_isotonic_weight_options {
    size_t struct_size;
    uint64_t seed;  /* of the folds; default 42 */
    int32_t folds;  /* how many, 2 to 1000; default 5 */
    int32_t target; /* what `targets` are: QC_ISOTONIC_WEIGHT_REWARDS (default) or _RESIDUALS */
    int32_t include_raw; /* 1: the raw weights are a candidate, too; default 0 */
    int32_t reserved;    /* 0 */
    double variance_cap; /* the most variance of the result, > 0, +inf for no cap; default 1 */
    double ess_floor;    /* the least effective sample size as a share of n, 0 to 1; default 0.2 */
    double weight_floor; /* the least weight of a candidate, > 0 and at most 1; default 1e-9 */
    double shrinkage;    /* towards the raw weights, 0 to 1; default 0 */
    qc_progress progress;
} qc_isotonic_weight_options;

typedef struct qc_isotonic_weight_result {
    size_t struct_size;
    double variance_before; /* of the weights scaled to mean 1, dividing by n */
    double variance_after;
    double ess_before; /* n / (1 + variance) */
    double ess_after;
    double blend;              /* gamma: how much of the uniform weights came in */
    double mixture_increasing; /* the shares of the candidates, of sum 1 */
    double mixture_decreasing;
    double mixture_raw;
    int32_t folds;    /* in use */
    int32_t reserved; /* 0 */
} qc_isotonic_weight_result;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_isotonic_weight_options_init(qc_isotonic_weight_options *options, size_t size);

/*
 * Makes importance weights steadier by making them a function of a score (SIMCal-W).
 *
 * 1. Weights are scaled to mean 1. Candidates are their increasing and their decreasing
 *    isotonic regressions on the score, points of equal score sharing one value,
 *    each raised to weight_floor where it is below, and scaled to mean 1 again; and the
 *    raw weights if asked for.
 * 2. Each candidate w gets an influence column: for a point of some fold, with the mean m
 *    of w and the ratio psi = sum w r / sum w over the other folds,
 *        (w (r - psi) - psi (w - m)) / m     for rewards r,
 *        w r / m                             for residuals r.
 * 3. The mixture is the p >= 0 of sum 1 that minimises p'Cp, where C is the covariance of
 *    the columns, plus 10^-8 of its mean diagonal on the diagonal; equal shares if C is 0.
 * 4. Where the variance v of the mixed weights is above
 *        V = min(variance_cap, 1 / ess_floor - 1),
 *    they become 1 + (1 - gamma)(w - 1) with gamma = 1 - sqrt(V / v), are raised to
 *    weight_floor, and scaled to mean 1.
 * 5. With `shrinkage` t they become (1 - t) w + t raw.
 *
 * weights         n weights, finite and >= 0, not all zero, with a finite sum.
 * scores          n scores, finite.
 * targets         n rewards or residuals, finite; or NULL: rewards of 1.
 * fold            n numbers, 0 to K - 1, each of them in use, K >= 2; or NULL:
 *                 qc_isotonic_reward_folds() of n clusters of one point.
 * n               number of points, at least 4 (with `fold`, 2).
 * new_weights     m weights of further points, as `weights`; NULL if neither
 *                 include_raw nor shrinkage asks for them.
 * new_scores      m scores, finite.
 * m               number of further points, 0 for none.
 * stabilized      n weights of mean 1. May be the same pointer as `weights`.
 * new_stabilized  m weights of mean 1: steps 1, 4 and 5 again, with the regressions (linear
 *                 between scores, constant beyond), mixture and gamma found above.
 *
 * Cost: O((n + m) log n) time, 200 bytes of scratch a point.
 *
 * Errors: QC_ERR_NULL_POINTER (weights, scores, stabilized, result; new_scores,
 * new_stabilized, new_weights if needed), QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (weights, new_weights, fold), QC_ERR_OPTIONS,
 * QC_ERR_NO_MEMORY, QC_CANCELLED.
 *
 * Source: Causal Judge Evaluation (arXiv 2512.11150) and its package cje-eval 0.3.0, the last
 * to have it. Unlike it, folds come from a hash and not from NumPy's shuffle,
 * weights may be 0, and the mixture is exact for three candidates, too. Since 0.1.
 */
qc_status qc_isotonic_weight_stabilize_f64(const double *weights, const double *scores,
                                           const double *targets, const int32_t *fold, size_t n,
                                           const double *new_weights, const double *new_scores,
                                           size_t m, const qc_isotonic_weight_options *options,
                                           double *stabilized, double *new_stabilized,
                                           qc_isotonic_weight_result *result);

/* The same in single precision; all work is in double. Since 0.1. */
qc_status qc_isotonic_weight_stabilize_f32(const float *weights, const float *scores,
                                           const float *targets, const int32_t *fold, size_t n,
                                           const float *new_weights, const float *new_scores,
                                           size_t m, const qc_isotonic_weight_options *options,
                                           float *stabilized, float *new_stabilized,
                                           qc_isotonic_weight_result *result);

#ifdef __cplusplus
}
#endif

#endif
