/*
 * Family `conformal`: bounds for the scores of several test points together, a batch.
 *
 * n calibration scores and m test scores are exchangeable; S_(1) <= ... <= S_(n) are the
 * former in order, T_(1) <= ... <= T_(m) the latter. R, the rank of T_(zeta), is 1 and
 * one more for each calibration score below it, 1 to n + 1. Without ties all C(n + m, m)
 * orders are equally likely. Ranks of calibration scores bound test scores: rank 0
 * stands for -infinity, n + 1 for +infinity; qc_conformal_order_statistic() gives the
 * score of a rank. With ties the bounds hold with at least the same probability.
 *
 * What can be asked:
 *   - a quantile of the batch, the median say:  qc_conformal_batch_rank
 *   - at least zeta of the m scores at most S_(upper) (alpha_upper); all m: zeta = m
 *   - few false selections: let the scores be those of a selection, where a test score
 *     is below that of the truth or equal to it if its selection would be false. Take
 *     those test points whose score is below S_(lower), for zeta = k and alpha_lower:
 *     k or more of them are false with probability at most alpha_lower
 *   - two quantiles together:                   qc_conformal_batch_bracket
 *   - the mean of the batch:                    qc_conformal_batch_rank_sum and
 *                                               qc_conformal_batch_mean
 *
 * Levels are the decimals that the caller typed, and probabilities of ranks are compared
 * with them in exact arithmetic; of very large sets to the safe side, as said below.
 *
 * Source: Lee, Tchetgen Tchetgen, Dobriban (2024), "Batch predictive inference".
 */
#ifndef QUANTCAL_CONFORMAL_BATCH_H
#define QUANTCAL_CONFORMAL_BATCH_H

#include "../base.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The rank-th smallest of n scores.
 *
 * scores   n scores in any order. -infinity and +infinity are data; NaN is an error.
 * rank     0 to n + 1: 0 gives -infinity, n + 1 gives +infinity.
 * value    one value. Must not be an element of `scores`.
 *
 * Cost: as qc_conformal_threshold_f64(). Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE,
 * QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE (a NaN score), QC_ERR_DOMAIN (rank),
 * QC_ERR_NO_MEMORY. Since 0.1.
 */
qc_status qc_conformal_order_statistic_f64(const double *scores, size_t n, size_t rank,
                                           double *value);

/* The same in single precision. Since 0.1. */
qc_status qc_conformal_order_statistic_f32(const float *scores, size_t n, size_t rank,
                                           float *value);

/*
 * The law of R, the rank of the zeta-th smallest of m test scores, without ties:
 *
 *     pmf[i]     = P(R = k) = C(k + zeta - 2, zeta - 1) C(n + m - k - zeta + 1, m - zeta)
 *                             / C(n + m, m),   k = ranks[i],
 *     at_most[i] = P(R <= k),   at_least[i] = P(R >= k).
 *
 * n, m       calibration and test scores, at most 2^40 each.
 * zeta       1 to m.
 * ranks      `count` ranks; those outside 1 to n + 1 have pmf 0.
 * pmf, at_most, at_least   count probabilities each. Each may be NULL.
 *
 * count = 0 does nothing. Cost: O(sqrt(min(n, m))) for each rank, no scratch.
 *
 * Errors: QC_ERR_NULL_POINTER (ranks), QC_ERR_SIZE (n, m, count), QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS, QC_ERR_DOMAIN (zeta). Since 0.1.
 */
qc_status qc_conformal_batch_law(size_t n, size_t m, size_t zeta, const size_t *ranks, size_t count,
                                 double *pmf, double *at_most, double *at_least);

/*
 * Ranks of calibration scores that bound the zeta-th smallest of m test scores:
 *
 *     P(T_(zeta) < S_(lower)) <= alpha_lower,   P(T_(zeta) > S_(upper)) <= alpha_upper,
 *
 * with the largest lower and the smallest upper rank for which P(R <= lower) and
 * P(R > upper) are at most these levels.
 *
 * n, m          calibration and test scores, at most 2^40 each.
 * zeta          1 to m.
 * alpha_lower   0 to 1; 0 asks for no lower bound and gives rank 0.
 * alpha_upper   0 to 1; 0 asks for no upper bound and gives rank n + 1. The sum of both
 *               is strictly between 0 and 1; both alpha / 2 give a two-sided bound.
 * lower         0 to n.
 * upper         1 to n + 1.
 *
 * Where doubles cannot tell whether a probability is above a level, orders are counted
 * in whole numbers if min(n, m) <= 2^12; beyond, a probability within 10^-7 of a level,
 * relative to it, counts as above it: the bound is safe, and wider by no more than that.
 * Cost: O(log(n) sqrt(min(n, m))); where orders are counted, O(min(n, m)^2 log(n)).
 *
 * Errors: QC_ERR_NULL_POINTER (lower, upper), QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_SIZE (n, m), QC_ERR_NOT_FINITE or QC_ERR_DOMAIN (the levels), QC_ERR_DOMAIN
 * (zeta). Since 0.1.
 */
qc_status qc_conformal_batch_rank(size_t n, size_t m, size_t zeta, double alpha_lower,
                                  double alpha_upper, size_t *lower, size_t *upper);

/*
 * Ranks between which two quantiles of the batch lie together:
 *
 *     P(S_(lower) <= T_(zeta_low) and T_(zeta_high) <= S_(upper)) >= 1 - alpha.
 *
 * The bracket widens from the ranks at which the two quantiles are expected,
 *
 *     lower = floor((n + 1) zeta_low / (m + 1)),  upper = ceil((n + 1) zeta_high / (m + 1)),
 *
 * upwards by one rank, downwards by one, and so on (not beyond 0 and n + 1); the first
 * one that holds is given.
 *
 * n, m          calibration and test scores, at most 2^20 each.
 * zeta_low      1 to zeta_high.
 * zeta_high     1 to m.
 * alpha         strictly between 0 and 1.
 * lower, upper  0 to n, and 1 to n + 1.
 * probability   of the bracket, without ties. May be NULL.
 *
 * Where doubles cannot tell, orders are counted in whole numbers if m <= 2^9; beyond, a
 * probability of failing within 10^-7 of alpha, relative to it, counts as above it.
 * Cost: O(log(n)) sums of up to zeta_high - zeta_low terms (far fewer where the law is
 * narrow) of O(sqrt(min(n, m))) each.
 *
 * Errors: QC_ERR_NULL_POINTER (lower, upper), QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_SIZE (n, m), QC_ERR_NOT_FINITE (alpha), QC_ERR_DOMAIN (alpha, zeta_low,
 * zeta_high). Since 0.1.
 */
qc_status qc_conformal_batch_bracket(size_t n, size_t m, size_t zeta_low, size_t zeta_high,
                                     double alpha, size_t *lower, size_t *upper,
                                     double *probability);

/*
 * How large the ranks of a batch are together: the smallest u with
 *
 *     P((R_1 - 1) + ... + (R_m - 1) <= u) >= 1 - alpha,
 *
 * where R_j are the ranks of all m test scores. The sum is the Mann-Whitney statistic.
 * (Ranks drawn independently would have a narrower law, and bounds that fail too often.)
 *
 * n          calibration scores.
 * m          test scores, at least 1.
 * alpha      strictly between 0 and 1.
 * rank_sum   0 to n m.
 *
 * All in whole numbers. Cost: min(n, m) n m b / 64 additions, where b is the number of
 * bits of C(n + m, m); twice that
 * for alpha above 1/2. Scratch: n m b / 128 words, or twice that.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_ALIGNMENT, QC_ERR_SIZE (m = 0, or sizes that would
 * take more than 2^32 additions or 2^26 words), QC_ERR_NOT_FINITE or QC_ERR_DOMAIN
 * (alpha), QC_ERR_NO_MEMORY. Since 0.1.
 */
qc_status qc_conformal_batch_rank_sum(size_t n, size_t m, double alpha, size_t *rank_sum);

/*
 * An upper bound for the mean of a batch, which holds whenever the ranks less one add up
 * to at most rank_sum:
 *
 *     H(rank_sum / m),   H the least concave majorant of the points (v, S_(v + 1)),
 *     v = 0 ... min(n, rank_sum), with S_(n + 1) = upper.
 *
 * It is never below the largest mean of m scores S_(v + 1) whose v add up to rank_sum,
 * and often equal to it. For a lower bound, negate the scores.
 *
 * scores     n scores in any order. -infinity and +infinity are data; NaN is an error.
 * m          test scores, at least 1.
 * rank_sum   0 to n m, as from qc_conformal_batch_rank_sum().
 * upper      a bound for all scores, calibration and test; +infinity if there is none:
 *            then the bound is +infinity if rank_sum >= n. At least the largest score.
 * bound      one value. Must not be an element of `scores`. In single precision it is
 *            rounded upwards.
 *
 * Cost: that of sorting, O(n). Scratch: about 24 bytes for each score.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE (n, m), QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE (a NaN score, upper), QC_ERR_DOMAIN (rank_sum, upper),
 * QC_ERR_NO_MEMORY. Since 0.1.
 */
qc_status qc_conformal_batch_mean_f64(const double *scores, size_t n, size_t m, size_t rank_sum,
                                      double upper, double *bound);

/* The same in single precision. Since 0.1. */
qc_status qc_conformal_batch_mean_f32(const float *scores, size_t n, size_t m, size_t rank_sum,
                                      float upper, float *bound);

#ifdef __cplusplus
}
#endif

#endif
