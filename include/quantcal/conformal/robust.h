/*
 * Family `conformal`: sets that hold the truth though an adversary moves the test input.
 *
 * A score s(x, y) from 0 to 1 is smoothed by noise: its expectation over x + sigma Z, Z
 * standard normal, cannot change fast in x. It is estimated from some draws, calibrated, and
 * corrected for the draws and for the attack:
 *
 *     qc_conformal_smoothed_scores     means of draws: of true labels, and of all classes
 *     qc_conformal_robust_threshold    from the means of the calibration points
 *     qc_conformal_robust_bounds       lower bounds of the test points' scores
 *     qc_conformal_sets                the bounds that are at most the threshold
 *
 * The set then holds the true label with probability at least 1 - alpha whatever moved the
 * test input by at most `radius` in Euclidean norm. Source: RSCP+ of Yan, Romano, Weng (2024).
 */
#ifndef QUANTCAL_CONFORMAL_ROBUST_H
#define QUANTCAL_CONFORMAL_ROBUST_H

#include "../base.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Means of draws: the smoothed scores, and what is needed to bound their error.
 *
 * samples        n x draws scores, each 0 to 1, under noise that is drawn anew for each point,
 *                in the same way for calibration and test points, and that knows no label.
 * draws          1 to 2^40.
 * earlier_means, earlier_variances, earlier_draws
 *                those of earlier draws of the same points (n each), to which these are
 *                added, so that draws may come in parts; or NULL, NULL, 0.
 * means          n numbers. Sums are of twice the precision of a double, so that at most the
 *                last bit depends on how draws come.
 * variances      n sample variances, with draws - 1 (0 for one draw). May be NULL.
 *
 * n = 0 does nothing. Cost: O(n draws), no scratch.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE (draws), QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (samples, earlier_means, earlier_variances).
 * Source of the sum of two parts: Chan, Golub, LeVeque (1983). Since 0.1.
 */
qc_status qc_conformal_smoothed_scores_f64(const double *samples, size_t n, size_t draws,
                                           const double *earlier_means,
                                           const double *earlier_variances, size_t earlier_draws,
                                           double *means, double *variances);

/* The same for samples in single precision; computed in double. Since 0.1. */
qc_status qc_conformal_smoothed_scores_f32(const float *samples, size_t n, size_t draws,
                                           const double *earlier_means,
                                           const double *earlier_variances, size_t earlier_draws,
                                           double *means, double *variances);

/* What a bound is of. */
enum {
    QC_CONFORMAL_BOUND_LOWER = 0, /* of the least that the score was before the attack */
    QC_CONFORMAL_BOUND_UPPER = 1  /* of the most */
};

/*
 * How the mean m of N draws bounds their expectation on one side, but for a probability beta.
 * v is the sample variance.
 */
enum {
    /* sqrt(2 v ln(2 / beta) / N) + 7 ln(2 / beta) / (3 (N - 1)); at least 2 draws. The smaller
     * of the two where the scores hardly vary (Maurer, Pontil 2009). */
    QC_CONFORMAL_EMPIRICAL_BERNSTEIN = 0,
    /* sqrt(ln(1 / beta) / (2 N)): needs no variances. */
    QC_CONFORMAL_HOEFFDING = 1,
    /* Draws that are 0 or 1: the exact binomial bound. N m must be a whole number. */
    QC_CONFORMAL_CLOPPER_PEARSON = 2,
    /* Means that are the expectations themselves (RSCP of Gendler et al., 2022). */
    QC_CONFORMAL_EXACT_MEANS = 3
};

typedef struct qc_conformal_robust_options {
    size_t struct_size;
    int32_t side;       /* QC_CONFORMAL_BOUND_LOWER (default) or _UPPER */
    int32_t correction; /* QC_CONFORMAL_EMPIRICAL_BERNSTEIN (default) ... */
    double beta;        /* chance of failure; 1e-20 to below 0.5, default 0.001 */
    double radius;      /* of the attack; finite, >= 0, default 0 */
    double sigma;       /* standard deviation of the noise; finite, > 0, default 1 */
} qc_conformal_robust_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_conformal_robust_options_init(qc_conformal_robust_options *options, size_t size);

/*
 * Bounds of smoothed scores, or of any smoothed probability: with b the correction,
 *
 *     lower: Phi(Phi^-1(max(m - b, 0)) - radius / sigma)
 *     upper: Phi(Phi^-1(min(m + b, 1)) + radius / sigma)
 *
 * with 0 and 1 as they are. Each holds with probability at least 1 - beta for the expectation
 * at any input within `radius` of the one that the draws are from. Rounded outwards.
 *
 * means      n numbers from 0 to 1.
 * variances  n sample variances, 0 to 1/2. Needed by QC_CONFORMAL_EMPIRICAL_BERNSTEIN, not
 *            looked at by the others, and may be NULL for those.
 * draws      N, 1 to 2^40. Not looked at for exact means.
 * options    NULL for the defaults.
 * bounds     n numbers. May be the same pointer as `means`.
 *
 * n = 0 does nothing. Cost: O(n); for Clopper-Pearson O(n sqrt(draws)).
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE (draws), QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (means, variances), QC_ERR_OPTIONS.
 * Source: Salman et al. (2019) for the attack; Hoeffding (1963); Maurer, Pontil (2009);
 * Clopper, Pearson (1934). Since 0.1.
 */
qc_status qc_conformal_robust_bounds(const double *means, const double *variances, size_t n,
                                     size_t draws, const qc_conformal_robust_options *options,
                                     double *bounds);

/*
 * The threshold for lower bounds of test scores: the conformal threshold of the calibration
 * scores at alpha - 2 beta, plus Hoeffding's correction, at most 1. One beta is for the draws of
 * the true label's clean score, one for the bounds, which must have the same beta. The rank is
 * exact for the decimals that were typed.
 *
 * For groups or weights take any calibrator at alpha - 2 beta and give its thresholds to
 * qc_conformal_robust_bounds as means, for upper bounds with QC_CONFORMAL_HOEFFDING and radius 0.
 *
 * scores     n smoothed scores of calibration points with their true labels, not attacked, each
 *            0 to 1.
 * draws      of each calibration and test point, 1 to 2^40.
 * alpha      strictly between 0 and 1.
 * beta       1e-20 to below 0.5.
 * threshold  one number; +infinity if there are too few scores for alpha - 2 beta. Must not be
 *            an element of `scores`.
 *
 * Cost: as qc_conformal_threshold. Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE,
 * QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE, QC_ERR_DOMAIN, QC_ERR_NO_MEMORY,
 * QC_INFEASIBLE (alpha <= 2 beta).
 * Source: Yan, Romano, Weng (2024). Departure: an exact rank, no interpolation. Since 0.1.
 */
qc_status qc_conformal_robust_threshold(const double *scores, size_t n, size_t draws, double alpha,
                                        double beta, double *threshold);

typedef struct qc_conformal_transform_options {
    size_t struct_size;
    double steepness; /* finite, > 0, default 400 */
    double centre;    /* finite, default 0.9; of use near 1 - alpha */
} qc_conformal_transform_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_conformal_transform_options_init(qc_conformal_transform_options *options, size_t size);

/*
 * The transformation of scores before they are smoothed, which makes robust sets smaller: with
 * q the share of reference scores that are at most s,
 *
 *     transformed = 1 / (1 + exp(-steepness (q - centre))).
 *
 * It lies between 0 and 1, whatever the scores, and never falls. Transform calibration and
 * test scores alike, each draw by itself.
 *
 * scores       n scores. Infinities are data, NaN is an error.
 * reference    m scores of true labels (the paper has 500), at least 1, of points that are
 *              neither calibration nor test points.
 * options      NULL for the defaults.
 * transformed  n numbers. May be the same pointer as `scores`.
 *
 * n = 0 does nothing. Cost: O(m log m + n log m); scratch: 24 bytes a reference score.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE (m), QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_OPTIONS, QC_ERR_NO_MEMORY.
 * Source: Yan, Romano, Weng (2024), post-training transformation. Since 0.1.
 */
qc_status qc_conformal_transformed_scores_f64(const double *scores, size_t n,
                                              const double *reference, size_t m,
                                              const qc_conformal_transform_options *options,
                                              double *transformed);

/* The same in single precision; computed in double. Since 0.1. */
qc_status qc_conformal_transformed_scores_f32(const float *scores, size_t n, const float *reference,
                                              size_t m,
                                              const qc_conformal_transform_options *options,
                                              float *transformed);

#ifdef __cplusplus
}
#endif

#endif
