/*
 * Family `isotonic`: rewards from a judge's scores.
 *
 * A cheap judge scores every answer, and some answers have a label from an oracle.
 * qc_isotonic_reward_fit() turns scores into rewards on the oracle's scale, without
 * changing their mean. It is cross-fitted: points are dealt to folds, and what is
 * learned for a fold is learned from the others.
 */
#ifndef QUANTCAL_ISOTONIC_REWARD_H
#define QUANTCAL_ISOTONIC_REWARD_H

#include "regression.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    QC_ISOTONIC_REWARD_AUTO = 0,
    QC_ISOTONIC_REWARD_MONOTONE = 1,
    QC_ISOTONIC_REWARD_TWO_STAGE = 2
};

typedef struct qc_isotonic_reward_options {
    size_t struct_size;
    uint64_t seed; /* of the folds; default 42 */
    int32_t folds; /* how many, 2 to 1000; default 5 */
    int32_t mode;  /* QC_ISOTONIC_REWARD_AUTO (default), _MONOTONE or _TWO_STAGE */
    qc_progress progress;
} qc_isotonic_reward_options;

typedef struct qc_isotonic_reward_result {
    size_t struct_size;
    int32_t mode;            /* that serves: QC_ISOTONIC_REWARD_MONOTONE or _TWO_STAGE */
    int32_t folds;           /* in use */
    int32_t thirds_won;      /* of the scores, where two stages do better; 0 if not compared */
    int32_t reserved;        /* 0 */
    double rmse;             /* of `calibrated` against the labels */
    double rmse_out_of_fold; /* of `out_of_fold` */
    double rmse_monotone;    /* of each mode out of fold; NaN if it was not fitted */
    double rmse_two_stage;
    double rmse_standard_error; /* of rmse_monotone; NaN if that is */
} qc_isotonic_reward_result;

/* A fitted calibration. It does not change, so threads may share it. */
typedef struct qc_isotonic_reward qc_isotonic_reward;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_isotonic_reward_options_init(qc_isotonic_reward_options *options, size_t size);

/*
 * Deals clusters (all answers to one prompt, say) to folds, whole and evenly.
 *
 * The identifier of each cluster, a hyphen and the seed in decimal are hashed by
 * BLAKE2b to 16 bytes. The labelled clusters, sorted by hash, get the folds 0, 1,
 * ..., K - 1, 0, 1, ... in turn; a cluster without labels gets its hash, read as
 * a big-endian number, modulo K. K is options->folds if there are at least twice
 * as many labelled clusters, else half their number, at least 2.
 *
 * text        text_bytes bytes, the identifiers of all points one after the other,
 *             in UTF-8 for results that other languages agree with.
 * ends        n numbers, never falling and at most text_bytes: the identifier of point i is
 *             bytes ends[i - 1] (0 for i = 0) up to, not including, ends[i]. NULL: every
 *             point is a cluster of its own, called row_0, row_1, ...; text is not read.
 * labelled    n bytes, 0 for a point without a label; or NULL: all have one.
 * n           number of points.
 * fold        n numbers, 0 to K - 1.
 * fold_count  K. May be NULL.
 *
 * Of the options, seed and folds count. Cost: O(n) time and the length of the text;
 * 50 bytes of scratch a point.
 *
 * Errors: QC_ERR_NULL_POINTER (text, fold), QC_ERR_SIZE (also for less than 4
 * labelled clusters), QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_DOMAIN (ends),
 * QC_ERR_OPTIONS, QC_ERR_NO_MEMORY.
 *
 * Source: the package cje-eval 0.6.0 of Causal Judge Evaluation, whose folds these are.
 * Since 0.1.
 */
qc_status qc_isotonic_reward_folds(const uint8_t *text, size_t text_bytes, const size_t *ends,
                                   const uint8_t *labelled, size_t n,
                                   const qc_isotonic_reward_options *options, int32_t *fold,
                                   int32_t *fold_count);

/*
 * Calibrates scores to labels (AutoCal-R), in one of two modes.
 *
 * Monotone: weighted isotonic regression of the labels on the scores, points of
 * equal score sharing one value; between scores linear, beyond them constant.
 *
 * Two stages, for a score that is not monotone: (1) a smooth g by ridge regression
 * on cubic B-splines with min(8, m / 4) equally spaced knots (m the number of
 * points that it is fitted to; the last spline is left out, there is an intercept),
 * constant beyond the scores seen, its penalty the one of 10^-3, 10^-2.5, ...,
 * 10^3 whose leave-one-out squared error is least; (2) isotonic regression of the
 * labels on the ranks of g in the weighted distribution of g. A new score gets
 * the value at the largest g seen that is not above its own, or else the lowest value.
 *
 * AUTO fits both to the points outside of each fold and predicts those inside.
 * With the weighted root mean square errors R_1 and R_2 of these predictions and
 *
 *     S = sd(squared errors of monotone) / sqrt(n) / (2 max(R_1, 10^-12))
 *
 * it takes two stages if R_2 < R_1 - S, or if its error is less in at least two of the
 * three thirds of the points in order of score. (sd divides by n - 1; with
 * weights p of sum 1 it is the weighted one, and n is 1 / sum p^2.)
 *
 * The mode chosen is fitted to all points once more: that model serves.
 *
 * scores       n scores, finite.
 * labels       n labels, 0 to 1.
 * weights      n weights, finite and >= 0, not all zero, with a finite sum; or NULL for
 *              ones. A point of weight 0 moves nothing, and still gets its rewards.
 *              Multiplying all weights by one number changes nothing.
 * fold         n numbers, 0 to K - 1, each of them in use by a point of weight > 0,
 *              K >= 2; or NULL: qc_isotonic_reward_folds() of n clusters of one point.
 * n            number of points.
 * calibrated   n rewards of the serving model, 0 to 1. May be NULL.
 * out_of_fold  n rewards, each of the model that was fitted without its fold. May be NULL.
 * model        the fitted models, for qc_isotonic_reward_predict() and
 *              qc_isotonic_reward_mean(); end it with qc_isotonic_reward_destroy().
 *
 * In monotone mode the weighted mean of `calibrated` is that of the labels. With
 * fewer than 20 points of weight > 0 the mode is monotone, whatever was asked
 * for. A fold whose complement has fewer than 20 of them ranks the scores instead
 * of g.
 *
 * Cost: O(K n log n) time, 200 bytes of scratch a point; the model holds up to 16 (K + 1) n bytes.
 *
 * Errors: QC_ERR_NULL_POINTER (scores, labels, result, model), QC_ERR_SIZE (also for less than 4
 * points, or one fold only), QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE,
 * QC_ERR_DOMAIN (labels, weights, fold), QC_ERR_OPTIONS, QC_ERR_NO_MEMORY, QC_CANCELLED.
 *
 * Source: Causal Judge Evaluation (arXiv 2512.11150) and its package cje-eval 0.6.0. Unlike it,
 * weights may be 0 and are scaled to mean 1 before they meet the penalty, and
 * scores tie only if they are equal. Since 0.1.
 */
qc_status qc_isotonic_reward_fit_f64(const double *scores, const double *labels,
                                     const double *weights, const int32_t *fold, size_t n,
                                     const qc_isotonic_reward_options *options, double *calibrated,
                                     double *out_of_fold, qc_isotonic_reward_result *result,
                                     qc_isotonic_reward **model);

/* The same in single precision; all work is in double. Since 0.1. */
qc_status qc_isotonic_reward_fit_f32(const float *scores, const float *labels, const float *weights,
                                     const int32_t *fold, size_t n,
                                     const qc_isotonic_reward_options *options, float *calibrated,
                                     float *out_of_fold, qc_isotonic_reward_result *result,
                                     qc_isotonic_reward **model);

/* Ends a model. NULL is none. Cannot fail. Since 0.1. */
void qc_isotonic_reward_destroy(qc_isotonic_reward *model);

/*
 * The rewards of new scores.
 *
 * model    a fitted model.
 * scores   n scores, finite.
 * fold     n numbers, 0 to K - 1: each reward is that of the model which was fitted without
 *          this fold. NULL: all are those of the serving model.
 * rewards  n rewards, 0 to 1. May be the same pointer as `scores`.
 *
 * Cost: O(n log k) time for a model of k values.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE (scores), QC_ERR_DOMAIN (fold). Since 0.1.
 */
qc_status qc_isotonic_reward_predict_f64(const qc_isotonic_reward *model, const double *scores,
                                         const int32_t *fold, size_t n, double *rewards);

/* The same in single precision, by a model of either. Since 0.1. */
qc_status qc_isotonic_reward_predict_f32(const qc_isotonic_reward *model, const float *scores,
                                         const int32_t *fold, size_t n, float *rewards);

/*
 * The weighted mean reward of new scores, and the part of its variance that comes
 * from the labels being few: the delete-one-fold jackknife
 *
 *     variance = (K - 1) / K * sum_k (fold_means[k] - their mean)^2
 *
 * where fold_means[k] is the mean reward by the model fitted without fold k.
 *
 * scores      n scores, finite; n >= 1.
 * weights     n weights, finite and >= 0, not all zero, with a finite sum; or NULL for ones.
 * mean        the mean reward by the serving model.
 * variance    of that mean. May be NULL.
 * fold_means  room for K. May be NULL.
 *
 * Cost: O(K n log k) time for models of k values. No scratch.
 *
 * Errors: QC_ERR_NULL_POINTER (model, scores, mean), QC_ERR_SIZE, QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS, QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (weights). Since 0.1.
 */
qc_status qc_isotonic_reward_mean_f64(const qc_isotonic_reward *model, const double *scores,
                                      const double *weights, size_t n, double *mean,
                                      double *variance, double *fold_means);

/* The same in single precision; the results are double. Since 0.1. */
qc_status qc_isotonic_reward_mean_f32(const qc_isotonic_reward *model, const float *scores,
                                      const float *weights, size_t n, double *mean,
                                      double *variance, double *fold_means);

#ifdef __cplusplus
}
#endif

#endif
