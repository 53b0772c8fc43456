/*
 * Family `conformal`: what a calibration set of a given size can promise, and how large
 * it must be.
 *
 * Throughout, the threshold is the rank-th smallest of n scores (+infinity if the rank
 * is n + 1), which are drawn independently from a law without ties; `coverage` is the
 * probability, given these scores, that a new score is at most the threshold. It varies
 * from one calibration set to the next. With ties it is stochastically larger than what
 * is said here.
 *
 * Where a probability is compared with one that the caller wants, the two count as equal
 * if they agree to 12 digits, so that ties are decided as in exact arithmetic.
 */
#ifndef QUANTCAL_CONFORMAL_PLANNING_H
#define QUANTCAL_CONFORMAL_PLANNING_H

#include "../base.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The law of the coverage, Beta(rank, n + 1 - rank):
 *
 *     at_most[i]  = P(coverage <= values[i]),   at_least[i] = P(coverage >= values[i]).
 *
 * Both tails are accurate in relative terms, however small.
 *
 * n          calibration scores, at most 2^40.
 * rank       1 to n + 1, as from qc_conformal_rank() or qc_conformal_pac_rank(). With
 *            n + 1 the coverage is 1.
 * values     count numbers: coverages, 0 to 1, or beyond; NaN is an error.
 * at_most    count probabilities. May be NULL.
 * at_least   count probabilities. May be NULL.
 *
 * count = 0 does nothing. Cost: O(sqrt(n)) for each value, no scratch.
 *
 * Errors: QC_ERR_NULL_POINTER (values), QC_ERR_SIZE (n, count), QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS, QC_ERR_NOT_FINITE (values), QC_ERR_DOMAIN (rank).
 * Source: Vovk (2012), "Conditional validity of inductive conformal predictors". The
 * tails are summed as those of Bin(n, values[i]). Since 0.1.
 */
qc_status qc_conformal_coverage_law(size_t n, size_t rank, const double *values, size_t count,
                                    double *at_most, double *at_least);

/*
 * Quantiles of the coverage: the number that it does not exceed with probability
 * levels[i].
 *
 * n, rank     as in qc_conformal_coverage_law().
 * levels      count probabilities, 0 to 1.
 * quantiles   count coverages, 0 to 1; all 1 if the rank is n + 1. May not overlap.
 *
 * count = 0 does nothing. Cost: O(sqrt(n)) for each level, times 62 halvings.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE (n, count), QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE (levels), QC_ERR_DOMAIN (rank, levels). Since 0.1.
 */
qc_status qc_conformal_coverage_quantile(size_t n, size_t rank, const double *levels, size_t count,
                                         double *quantiles);

/*
 * The law of how many of m new points are covered, over calibration sets and new points
 * together, BetaBinomial(m, rank, n + 1 - rank):
 *
 *     pmf[i]      = P(covered  = counts[i]),
 *     at_most[i]  = P(covered <= counts[i]),   at_least[i] = P(covered >= counts[i]).
 *
 * One calibration set and its m points are one draw of this law: to count a coverage,
 * draw a new calibration set each time.
 *
 * n, rank    as in qc_conformal_coverage_law().
 * m          new points, at most 2^40.
 * counts     `count` numbers of points; above m their pmf is 0.
 * pmf, at_most, at_least   count probabilities each. Each may be NULL.
 *
 * count = 0 does nothing. Cost: O(sqrt(min(n, m))) for each number, no scratch.
 *
 * Errors: QC_ERR_NULL_POINTER (counts), QC_ERR_SIZE (n, m, count), QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS, QC_ERR_DOMAIN (rank). Source: as above; the tails are those of
 * hypergeometric laws of the ranks of all n + m scores. Since 0.1.
 */
qc_status qc_conformal_covered_law(size_t n, size_t rank, size_t m, const size_t *counts,
                                   size_t count, double *pmf, double *at_most, double *at_least);

/*
 * Quantiles of the number of covered points: the smallest number that is not exceeded
 * with probability at least levels[i].
 *
 * n, rank, m  as in qc_conformal_covered_law().
 * levels      count probabilities, 0 to 1.
 * quantiles   count numbers, 0 to m.
 *
 * count = 0 does nothing. Cost: O(log(m) sqrt(min(n, m))) for each level.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE (n, m, count), QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS, QC_ERR_NOT_FINITE (levels), QC_ERR_DOMAIN (rank, levels). Since 0.1.
 */
qc_status qc_conformal_covered_quantile(size_t n, size_t rank, size_t m, const double *levels,
                                        size_t count, size_t *quantiles);

/*
 * The rank that holds for nearly every calibration set: the smallest one for which
 *
 *     P(coverage >= 1 - alpha) >= 1 - delta,   that is   P(Bin(n, 1 - alpha) >= rank) <= delta.
 *
 * (qc_conformal_rank() promises 1 - alpha on the average of calibration sets.)
 *
 * n       calibration scores, at most 2^40.
 * alpha   miscoverage level, strictly between 0 and 1.
 * delta   probability of a calibration set that fails, strictly between 0 and 1.
 * rank    1 to n + 1. n + 1 means that n scores are too few: the threshold is +infinity.
 *
 * Cost: O(log(n) sqrt(n)). Errors: QC_ERR_NULL_POINTER (rank), QC_ERR_ALIGNMENT,
 * QC_ERR_SIZE (n), QC_ERR_NOT_FINITE or QC_ERR_DOMAIN (alpha, delta).
 * Source: Vovk (2012), proposition 2a; Wilks (1941). Since 0.1.
 */
qc_status qc_conformal_pac_rank(size_t n, double alpha, double delta, size_t *rank);

/*
 * How many scores qc_conformal_pac_rank() needs to give a rank below n + 1: the smallest
 * n with (1 - alpha)^n <= delta.
 *
 * alpha, delta   as there.
 * n              1 to 10^8.
 *
 * Cost: O(1). Errors: QC_INFEASIBLE if no n up to 10^8 suffices; QC_ERR_NULL_POINTER
 * (n), QC_ERR_ALIGNMENT, QC_ERR_NOT_FINITE or QC_ERR_DOMAIN (alpha, delta). Since 0.1.
 */
qc_status qc_conformal_pac_sample_size(double alpha, double delta, size_t *n);

/*
 * How many scores make the coverage what it should be: the smallest n for which the
 * threshold of qc_conformal_rank() is finite and
 *
 *     P(|coverage - (1 - alpha)| <= tolerance) >= 1 - delta.
 *
 * As the rank goes in steps, the probability may fall a little short again for a few
 * numbers above n; qc_conformal_coverage_law() tells it for each.
 *
 * alpha       miscoverage level, strictly between 0 and 1.
 * tolerance   strictly between 0 and 1.
 * delta       strictly between 0 and 1.
 * n           1 to 10^8.
 *
 * Cost: O(n): every number from 1 on is looked at, some 16 ns each.
 * Errors: QC_INFEASIBLE if no n up to 10^8 suffices; QC_ERR_NULL_POINTER (n),
 * QC_ERR_ALIGNMENT, QC_ERR_NOT_FINITE or QC_ERR_DOMAIN (alpha, tolerance, delta).
 * Since 0.1.
 */
qc_status qc_conformal_sample_size(double alpha, double tolerance, double delta, size_t *n);

#ifdef __cplusplus
}
#endif

#endif
