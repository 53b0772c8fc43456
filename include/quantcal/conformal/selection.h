/*
 * Family `conformal`: p-values of test points, and the selection of test points with few
 * false ones among them.
 *
 * Points have scores. Calibration points may have weights, and test points, too: the
 * likelihood ratio of where the test points come from to where the calibration points come
 * from, on any common scale. Weights count in units of less than 2^-58 of the sum of all
 * calibration weights and the largest test weight, so that the ratios of integers are exact; a test
 * weight counts as at most 2^20 times the sum of the calibration weights. Equal weights are as
 * none. Weights may be NULL for ones.
 *
 * A bound q on the share of false selections, strictly between 0 and 1, is the decimal that
 * the caller typed, if its digits fit 63 bits together with m; else a little less.
 *
 * Random numbers depend on the seed and the index of a point only.
 */
#ifndef QUANTCAL_CONFORMAL_SELECTION_H
#define QUANTCAL_CONFORMAL_SELECTION_H

#include "calibrator.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Conformal p-values: with calibration scores S_i and weights w_i, and a test point's
 * score s and weight w,
 *
 *     p = (sum of w_i where S_i > s  +  U * (w + sum of w_i where S_i = s)) / (w + sum of w_i)
 *
 * for the upper tail, S_i < s for the lower one. U = 1, which counts ties as at least as
 * strange; or, randomised, a multiple of 2^-53 above 0 up to 1, given by the seed and the number
 * of the test point. These are the p-values of qc_conformal_calibrator_p_values(), for calibration
 * points that are used once. If the test point is
 * exchangeable with the calibration points (weighted exchangeable, with weights), p is at
 * most t with probability at most t; randomised, with probability t exactly.
 *
 * calibration          n scores. Infinities are data, NaN is an error.
 * calibration_weights  n weights, finite and >= 0, not all zero, with a finite sum; or NULL.
 * n                    at most 2^31 - 2. n = 0 gives p = U.
 * test                 m scores.
 * test_weights         m weights, finite and >= 0, and positive if n = 0; or NULL.
 * m                    at most 2^31 - 2; 0 does nothing.
 * options              NULL for the defaults.
 * p                    m p-values. Must not overlap inputs.
 *
 * Without weights p is the double nearest to its ratio, if it is not randomised; otherwise
 * there are at most three roundings.
 * Cost: with weights two sorts, 32 bytes of scratch for each point; without, one of the
 * calibration points, a look into a table for each test point, and 28 bytes for each
 * calibration point.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE (NaN, an infinite weight), QC_ERR_DOMAIN (weights), QC_ERR_OPTIONS,
 * QC_ERR_NO_MEMORY.
 * Source: Vovk, Gammerman, Shafer (2005), chapter 2; weights: Jin, Candes (2023), below.
 * Since 0.1.
 */
qc_status qc_conformal_p_values_f64(const double *calibration, const double *calibration_weights,
                                    size_t n, const double *test, const double *test_weights,
                                    size_t m, const qc_conformal_p_value_options *options,
                                    double *p);

/* The same for scores and weights in single precision. Since 0.1. */
qc_status qc_conformal_p_values_f32(const float *calibration, const float *calibration_weights,
                                    size_t n, const float *test, const float *test_weights,
                                    size_t m, const qc_conformal_p_value_options *options,
                                    double *p);

/*
 * The Benjamini-Hochberg procedure: rejects the k hypotheses with the smallest p-values,
 * for the largest k such that the k-th smallest is at most q * k / m; so all that are
 * tied with a rejected one are rejected. For p-values of independent test points from one
 * calibration set, the expected share of true hypotheses among the rejected is at most q.
 *
 * p         m p-values, 0 to 1.
 * m         at most 2^31 - 2; 0 gives count 0.
 * q         the bound on that share, strictly between 0 and 1.
 * rejected  m bytes, 1 or 0.
 * count     the number of 1s. May be NULL.
 *
 * A p-value is compared with the double nearest to q * k / m. So ratios with denominator d,
 * each rounded to the nearest double, are compared exactly as ratios, if d * m * 10^(digits
 * of q) is below 2^53. (A q of so many digits that m * 10^digits is above that is not a decimal
 * any more: q * k / m is then computed in doubles.)
 * Cost: O(m), no sort; 4 bytes of scratch for each p-value.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE (NaN), QC_ERR_DOMAIN (p, q), QC_ERR_NO_MEMORY.
 * Source: Benjamini, Hochberg (1995); for conformal p-values Bates et al. (2023), "Testing
 * for outliers with conformal p-values". Since 0.1.
 */
qc_status qc_conformal_benjamini_hochberg(const double *p, size_t m, double q, uint8_t *rejected,
                                          size_t *count);

/*
 * The same for e-values: rejects the k largest, for the largest k such that the k-th
 * largest is at least m / (q * k). The bound q holds however the e-values depend on each
 * other.
 *
 * e         m e-values, >= 0; +infinity is data.
 * All else as above; comparisons are with the double nearest to m / (q * k).
 * Source: Wang, Ramdas (2022), "False discovery rate control with e-values". Since 0.1.
 */
qc_status qc_conformal_e_benjamini_hochberg(const double *e, size_t m, double q, uint8_t *rejected,
                                            size_t *count);

enum {
    /* Without weights _NONE, with weights _HETEROGENEOUS. */
    QC_CONFORMAL_PRUNING_DEFAULT = 0,
    /* The Benjamini-Hochberg procedure on the p-values. With weights there is no proof for it. */
    QC_CONFORMAL_PRUNING_NONE = 1,
    QC_CONFORMAL_PRUNING_HETEROGENEOUS = 2, /* a random number for each point */
    QC_CONFORMAL_PRUNING_HOMOGENEOUS = 3,   /* one for all */
    QC_CONFORMAL_PRUNING_DETERMINISTIC = 4  /* 1 for all */
};

typedef struct qc_conformal_select_options {
    size_t struct_size;
    int32_t pruning;    /* QC_CONFORMAL_PRUNING_DEFAULT (default), ... */
    int32_t randomised; /* the p-values: 0 (default) or 1 */
    uint64_t seed;      /* of p-values and pruning; default 0 */
} qc_conformal_select_options;

/* Fills *options with the defaults, as qc_conformal_p_value_options_init(). Since 0.1. */
qc_status qc_conformal_select_options_init(qc_conformal_select_options *options, size_t size);

/*
 * Conformal selection: finds test points whose unseen outcome Y_j exceeds c_j, such that
 * the expected share of those that do not is at most q. The score V(x, y) must not fall
 * as y rises; calibration[i] = V(X_i, Y_i) and test[j] = V(X_j, c_j), so small test scores are
 * promising. (A good choice is V(x, y) = +infinity if y > c, else -prediction(x).)
 *
 * The p-values are those of qc_conformal_p_values() for the lower tail. Without pruning,
 * what is selected is what the Benjamini-Hochberg procedure rejects. With pruning (needed for
 * weights), R_j is the number that it rejects if p_j is set to 0 and each other p_l to
 *
 *     (sum of w_i where V_i < test[l]  +  w_j if test[j] < test[l]) / (w_j + sum of w_i);
 *
 * the candidates are the j with p_j <= q * R_j / m; and those are selected which have
 * xi_j * R_j <= r, for the largest r that at least r candidates reach. xi_j are uniform
 * (multiples of 2^-53 above 0 up to 1) or 1, as the pruning says. All three are valid; random
 * ones select more.
 *
 * calibration, calibration_weights, n, test, test_weights, m   as for qc_conformal_p_values();
 *              calibration points with infinite scores count like all others.
 * q            the bound on the expected share of false selections, strictly between 0 and 1.
 * options      NULL for the defaults.
 * selected     m bytes, 1 or 0.
 * p            m p-values. May be NULL.
 * e            m e-values: m / (q * R_j * xi_j) for candidates, else 0; without pruning
 *              m / (q * count) where selected. Selected is what
 *              qc_conformal_e_benjamini_hochberg() rejects for them. May be NULL.
 * count        the number of 1s. May be NULL.
 *
 * With pruning every comparison is exact. m = 0 gives count 0.
 * Cost: O((n + m) log m) after two sorts; up to 100 bytes of scratch for each point. Without
 * weights, pruning and random numbers O(n + m): scores are counted in buckets, and only those near the
 * last selected one are sorted, or in the worst case all, with up to 28 bytes of scratch
 * for each; and p costs what qc_conformal_p_values() costs, unless it is NULL.
 *
 * Errors: those of qc_conformal_p_values(), and QC_ERR_DOMAIN or QC_ERR_NOT_FINITE (q).
 * Source: Jin, Candes (2023), "Selection by prediction with conformal p-values"; with
 * weights Jin, Candes (2023), "Model-free selective inference under covariate shift via weighted
 * conformal p-values". All R_j come from one sort, suffix maxima and a tree of
 * minima, not from m sorts. Since 0.1.
 */
qc_status qc_conformal_select_f64(const double *calibration, const double *calibration_weights,
                                  size_t n, const double *test, const double *test_weights,
                                  size_t m, double q, const qc_conformal_select_options *options,
                                  uint8_t *selected, double *p, double *e, size_t *count);

/* The same for scores and weights in single precision. Since 0.1. */
qc_status qc_conformal_select_f32(const float *calibration, const float *calibration_weights,
                                  size_t n, const float *test, const float *test_weights, size_t m,
                                  double q, const qc_conformal_select_options *options,
                                  uint8_t *selected, double *p, double *e, size_t *count);

/*
 * Conformal selection with the best of several scores for each test point. For score k and
 * test point j, R_j^k is the number that the Benjamini-Hochberg procedure rejects if p_j is
 * set to 0 and each other p_l to
 *
 *     (number of V_i^k <= test[l, k]  +  1 if test[j, k] <= test[l, k]) / (n + 1).
 *
 * Point j has the score with the largest R_j^k, one of them at random if several have; with it
 * p_j = (1 + number of V_i^k <= test[j, k]) / (n + 1). Candidates and pruning are those of
 * qc_conformal_select(). The expected share of false selections is at most q, although the
 * scores are chosen on the same data.
 *
 * calibration  n x models scores, fixed beforehand. Infinities are data, NaN is an error.
 * n            at most 2^31 - 2; 0 is allowed.
 * test         m x models scores, small ones promising.
 * m            at most 2^31 - 2; 0 gives count 0.
 * models       1 to INT32_MAX.
 * q            as for qc_conformal_select().
 * options      NULL for the defaults: pruning is then _HETEROGENEOUS. It may not be _NONE,
 *              and `randomised` must be 0.
 * selected, p, e, count   as for qc_conformal_select().
 * chosen       m numbers: which score each test point has. May be NULL.
 *
 * Every comparison is exact. Cost: that of qc_conformal_select() for each score.
 *
 * Errors: those of qc_conformal_select(), and QC_ERR_SIZE (models).
 * Source: Bai, Jin (2024), "Optimized conformal selection", OptCS-MSel. Departure: ties
 * count against the test point. Since 0.1.
 */
qc_status qc_conformal_select_models_f64(const double *calibration, size_t n, const double *test,
                                         size_t m, size_t models, double q,
                                         const qc_conformal_select_options *options,
                                         uint8_t *selected, double *p, double *e, size_t *chosen,
                                         size_t *count);

/* The same for scores in single precision. Since 0.1. */
qc_status qc_conformal_select_models_f32(const float *calibration, size_t n, const float *test,
                                         size_t m, size_t models, double q,
                                         const qc_conformal_select_options *options,
                                         uint8_t *selected, double *p, double *e, size_t *chosen,
                                         size_t *count);

/*
 * Conformal selection without a split: the points that fit the scores also bound the share of
 * false selections. The outcome t_i of calibration point i is by how much it exceeds its
 * bound, 0 if it does not; or 1 and 0.
 *
 * For test point j and a penalty k, ridge regression (coefficients b that minimise
 * sum of (t - x.b)^2 + penalty * b.b) is fitted to the n calibration points and j with t_j = 0,
 * which is right if selecting j is wrong; once without each of these n + 1 points. A
 * calibration point or j has V = -(its prediction by the fit without it), but +infinity if
 * t > 0; another test point l has V_l = -(the mean of its n + 1 predictions). R_j^k is the
 * number that the Benjamini-Hochberg procedure rejects if p_j is set to 0 and each other p_l to
 *
 *     (number of V_i <= V_l  +  1 if V_j <= V_l) / (n + 1).
 *
 * Point j has the penalty with the largest R_j^k, one of them at random if several have; with it
 * p_j = (1 + number of V_i <= V_j) / (n + 1). Candidates and pruning are those of
 * qc_conformal_select(). The expected share of selected points whose outcome is 0 is at most q.
 *
 * x            n rows of `columns` numbers, finite. There is no constant; a column of ones is
 *              one, if it is large hardly penalised.
 * outcomes     n numbers, finite and >= 0.
 * n            at most 2^31 - 2; 0 gives p = 1.
 * test         m rows of `columns` numbers, finite.
 * m            at most 2^31 - 2; 0 gives count 0.
 * columns      1 to INT32_MAX.
 * penalties    finite and positive, chosen beforehand.
 * models       the number of penalties, 1 to INT32_MAX.
 * q, options, selected, p, e, chosen, count   as for qc_conformal_select_models().
 *
 * Scores are computed in double precision, from x and outcomes multiplied by powers of two.
 * Points with equal rows, and outcome 0 if they have one, have equal scores exactly.
 * Cost: for each penalty O((n + m) (columns + m) columns) and sorts of n + m numbers for each
 * test point, in parallel; its n + 1 fits are never made one by one. 8 (2 columns + 5) (n + m)
 * bytes of scratch, and 40 (n + m) more for each thread.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE,
 * QC_ERR_DOMAIN (outcomes, penalties, q; a penalty so small that rounding would decide),
 * QC_ERR_OPTIONS, QC_ERR_NO_MEMORY.
 * Source: Bai, Jin (2024), "Optimized conformal selection": OptCS-Full for one penalty,
 * OptCS-Full-MSel for several. Departures: all fits by rank-one updates of one; other test
 * points are judged by all n + 1 fits. Since 0.1.
 */
qc_status qc_conformal_select_ridge_f64(const double *x, const double *outcomes, size_t n,
                                        const double *test, size_t m, size_t columns,
                                        const double *penalties, size_t models, double q,
                                        const qc_conformal_select_options *options,
                                        uint8_t *selected, double *p, double *e, size_t *chosen,
                                        size_t *count);

/* The same for points in single precision. Since 0.1. */
qc_status qc_conformal_select_ridge_f32(const float *x, const float *outcomes, size_t n,
                                        const float *test, size_t m, size_t columns,
                                        const double *penalties, size_t models, double q,
                                        const qc_conformal_select_options *options,
                                        uint8_t *selected, double *p, double *e, size_t *chosen,
                                        size_t *count);

#ifdef __cplusplus
}
#endif

#endif
