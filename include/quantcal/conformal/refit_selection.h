/*
 * Family `conformal`: the selection of test points by any model, which the caller refits on the
 * very points that also bound the share of false selections. (For ridge regression the library
 * refits by itself: qc_conformal_select_ridge().)
 *
 * There are n calibration points, m test points and one or more models, chosen beforehand. For
 * each test point j and each model:
 *
 * 1. Point j takes the outcome that it has if selecting it is wrong: t_j = 0, where t = 1 or by
 *    how much the outcome exceeds its bound, and 0 if it does not.
 * 2. The model is fitted to the n calibration points and j, all n + 1 treated alike: without each of
 *    them in turn (n + 1 fits), or without each of K folds into which the n + 1 points are divided at
 *    random, independently of the data (K fits).
 * 3. Score V of a calibration point, and of j: the negative prediction by the fit without its fold; but
 *    +infinity for a calibration point with t > 0. Score of another test point: the negative mean
 *    of its predictions by all fits.
 * 4. qc_conformal_refit_rank() turns these scores into two numbers, which are all that need be kept.
 *
 * Then qc_conformal_select_refitted() selects. Among the selected points the expected share of those
 * with t = 0 is at most q, whatever the models are worth. That needs calibration and test points that
 * are exchangeable, and scores that would be the same, each with its point, if j changed places with a
 * calibration point (with folds: have the same distribution). These are not:
 *
 * - the score of j by a fit without j, those of calibration points by fits that know them;
 * - those of calibration points by fits that do not know j;
 * - those of other test points by the one fit without j, as in scripts that were published with the
 *   paper; or by fits to the n calibration points only;
 * - folds in which j has a place of its own, or which depend on outcomes;
 * - models that were chosen, or tuned, on the calibration points beforehand. To choose among them is
 *   what step 4 does for each of them.
 *
 * The cost is the caller's: m K fits for each model with K folds, m (n + 1) without each point. With
 * scores that do not depend on j it is qc_conformal_select_models(), without refits.
 */
#ifndef QUANTCAL_CONFORMAL_REFIT_SELECTION_H
#define QUANTCAL_CONFORMAL_REFIT_SELECTION_H

#include "selection.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What test point j has with one model that was refitted with it: its rank, which is 1 + the number
 * of V_i <= V_j, and how many points the Benjamini-Hochberg procedure rejects at the level q if
 * p_j is set to 0 and each other p_l to
 *
 *     (number of V_i <= V_l  +  1 if V_j <= V_l) / (n + 1).
 *
 * calibration  n scores V_i. Infinities are data, NaN is an error.
 * n            at most 2^31 - 2; 0 is allowed.
 * test         m scores V_l, V_j among them; small ones promising.
 * m            1 to 2^31 - 2.
 * j            the number of the test point, 0 to m - 1.
 * q            as for qc_conformal_select().
 * rank         1 to n + 1.
 * rejections   1 to m.
 *
 * Every comparison is exact. Cost: a sort of n + m numbers; 16 bytes of scratch for each, and 0.6 MB.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE
 * (a NaN score, q), QC_ERR_DOMAIN (j, q), QC_ERR_NO_MEMORY.
 * Source: Bai, Jin (2024), "Optimized conformal selection", OptCS-Full. Departure: ties count against
 * the test point. Since 0.1.
 */
qc_status qc_conformal_refit_rank_f64(const double *calibration, size_t n, const double *test,
                                      size_t m, size_t j, double q, size_t *rank,
                                      size_t *rejections);

/* The same for scores in single precision. Since 0.1. */
qc_status qc_conformal_refit_rank_f32(const float *calibration, size_t n, const float *test,
                                      size_t m, size_t j, double q, size_t *rank,
                                      size_t *rejections);

/*
 * Selects by what qc_conformal_refit_rank() has found. Point j has the model with the most
 * rejections R_j, one of them at random if several have; with it p_j = rank / (n + 1). Candidates and
 * pruning are those of qc_conformal_select().
 *
 * ranks        m x models numbers, 1 to n + 1: a row for each test point.
 * rejections   m x models numbers, 1 to m, counted with the same q.
 * m            at most 2^31 - 2; 0 gives count 0.
 * models       1 to INT32_MAX.
 * n            the number of calibration points, at most 2^31 - 2.
 * q, options, selected, p, e, chosen, count   as for qc_conformal_select_models().
 *
 * Every comparison is exact. Cost: O(m models); 24 bytes of scratch for each test point.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE (q),
 * QC_ERR_DOMAIN (ranks, rejections, q), QC_ERR_OPTIONS, QC_ERR_NO_MEMORY.
 * Source: Bai, Jin (2024), "Optimized conformal selection": OptCS-Full for one model,
 * OptCS-Full-MSel for several. Since 0.1.
 */
qc_status qc_conformal_select_refitted(const size_t *ranks, const size_t *rejections, size_t m,
                                       size_t models, size_t n, double q,
                                       const qc_conformal_select_options *options,
                                       uint8_t *selected, double *p, double *e, size_t *chosen,
                                       size_t *count);

#ifdef __cplusplus
}
#endif

#endif
