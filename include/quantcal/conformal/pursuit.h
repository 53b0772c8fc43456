/*
 * Family `conformal`: information pursuit, which answer to ask for next. Each query has
 * answers; after some of them the classes still possible are a conformal set. The next
 * query is the one after whose answer the set is expected to be smallest:
 *
 *     minimise over q   ln E |C(history, answer to q)|.
 *
 * The steps are: qc_conformal_pursuit_histories() draws the histories that calibration
 * points are asked; a calibrator whose group is the length of the history makes a threshold
 * for each length; any predictor makes the sets after each answer that a query may get, and
 * the functions below weigh their sizes. Pursuit ends when nothing is left to ask, when the
 * budget is spent, or when the spread of the estimates is so small that no query tells
 * more than another.
 *
 * The coverage that calibration promises is that of random histories. A history that was
 * chosen by what was answered before has no such promise.
 */
#ifndef QUANTCAL_CONFORMAL_PURSUIT_H
#define QUANTCAL_CONFORMAL_PURSUIT_H

#include "../base.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Random histories: for each point, the first queries of a uniformly random order of all
 * of them. The first k of a row are a random history of length k, and do not depend on
 * how many more there are.
 *
 * seed          of the random numbers.
 * first_point   the number of row 0. A row depends on the seed, its number and `queries`
 *               alone: rows made in several calls are those of one call.
 * points        rows; 0 does nothing.
 * queries       1 to INT32_MAX.
 * length        0 to queries; 0 does nothing.
 * orders        points x length numbers of queries, 0 to queries - 1, none twice in a row.
 *
 * Cost: O(points length + queries) time, scratch of 4 bytes a query.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE (points, queries, length), QC_ERR_ALIGNMENT,
 * QC_ERR_NO_MEMORY.
 * Source: Fisher, Yates (1938), with Philox 4x32-10. Since 0.1.
 */
qc_status qc_conformal_pursuit_histories(uint64_t seed, uint64_t first_point, size_t points,
                                         size_t queries, size_t length, int32_t *orders);

/*
 * The log of the expected set size after each query, in nats:
 *
 *     log_sizes[q] = ln( sum_s weights[q, s] sizes[q, s] / sum_s weights[q, s] ).
 *
 * sizes       queries x samples set sizes, >= 0: one sample for each answer that the query
 *             may get, or for each point that could answer it.
 * weights     queries x samples probabilities of the answers, finite, >= 0, not all 0 in
 *             a row; they need not sum to 1. NULL for equal ones.
 * queries     0 does nothing.
 * samples     at least 1.
 * log_sizes   queries values; -infinity where all sets (that have weight) are empty.
 *
 * Queries of equal weights and equal sums of sizes get equal values. The values are accurate
 * in relative terms, also next to ln 1.
 *
 * Cost: O(queries samples) time, no scratch.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE (weights), QC_ERR_DOMAIN (sizes, weights).
 * Source: Conformal information pursuit (2025), which takes the log of the mean, not the
 * mean of the logs: an empty set has no log. Since 0.1.
 */
qc_status qc_conformal_pursuit_log_sizes(const int32_t *sizes, const double *weights,
                                         size_t queries, size_t samples, double *log_sizes);

/*
 * The query to ask next: that of the least value among those not asked, the first of
 * them if values tie.
 *
 * log_sizes   queries values, as above. Infinities are data, NaN is an error.
 * asked       queries bytes, not 0 where a query was asked; or NULL if none was.
 * index       0 to queries - 1.
 * spread      the largest value less the smallest, of those not asked; 0 if all are equal.
 *             May be NULL.
 *
 * Cost: O(queries) time, no scratch.
 * Errors: QC_INFEASIBLE if all were asked, or there are none; QC_ERR_NULL_POINTER,
 * QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE. Since 0.1.
 */
qc_status qc_conformal_pursuit_choose(const double *log_sizes, const uint8_t *asked, size_t queries,
                                      size_t *index, double *spread);

/* Which bound on the entropy. K classes, S the expected size, miss probability e. */
enum {
    /* The largest, over e from alpha - 1 / (n + 1) to alpha, of
     *     h(e) + e ln min(K, (K - S) / e) + (1 - e) ln min(K, S / (1 - e)),
     * h(e) the entropy of a coin of chance e. */
    QC_CONFORMAL_PURSUIT_SHARP = 0,
    /* h(min(alpha, 1/2)) + alpha ln K + (1 - alpha + 1 / (n + 1)) ln(S / (1 - alpha)) */
    QC_CONFORMAL_PURSUIT_PUBLISHED = 1
};

/*
 * An upper bound on the entropy of the class given what is known, H(Y | X) in nats, by the
 * expected size of a conformal set: small sets mean that little is left to learn. At most
 * ln classes.
 *
 * classes     K, 1 to INT32_MAX.
 * n           calibration scores, without ties, so that the coverage is below 1 - alpha +
 *             1 / (n + 1); 0 takes coverages up to 1, which holds with ties too.
 * alpha       miscoverage level, strictly between 0 and 1.
 * mean_size   S, 0 to classes. The expected size of a set that covers is at least 1 -
 *             alpha; an estimate below counts as that.
 * kind        one of the constants above.
 * bound       one value.
 *
 * It holds for the joint law of calibration and test points, with the expected size over
 * both. Cost: O(1).
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE (classes, n), QC_ERR_ALIGNMENT,
 * QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (alpha, mean_size), QC_ERR_OPTIONS (kind).
 * Source: Correia et al. (2024); Conformal information pursuit (2025), proposition 3.1,
 * which needs alpha < 1/2. Departure: the sharp bound, from the same chain of inequalities
 * without giving away that a size can be no larger than K. Since 0.1.
 */
qc_status qc_conformal_pursuit_entropy_bound(size_t classes, size_t n, double alpha,
                                             double mean_size, int32_t kind, double *bound);

#ifdef __cplusplus
}
#endif

#endif
