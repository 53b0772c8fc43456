/*
 * Family `conformal`: parameters whose risk, the expected loss on a new point, is
 * controlled.
 *
 * Conformal risk control picks the first parameter whose expected loss is at most alpha,
 * if losses fall along the parameters. Learn then Test takes any losses from 0 to 1: a
 * p-value for each parameter says how surely its risk is at most alpha, and a procedure
 * over the p-values selects parameters so that with probability at least 1 - delta all
 * that are selected have it.
 *
 * "No parameter is valid" and "all are valid" are told apart: the first is QC_INFEASIBLE
 * where one parameter is asked for, and a selection of none where a selection is; the
 * second is the first index, or the threshold -infinity.
 */
#ifndef QUANTCAL_CONFORMAL_RISK_H
#define QUANTCAL_CONFORMAL_RISK_H

#include "../base.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Conformal risk control on a grid of parameters: the first index j with
 *
 *     (sum_i losses[i, j] + bound) / (n + 1) <= alpha.
 *
 * With exchangeable points the expected loss of a new one is then at most alpha. The
 * sum is compared in twice the precision of a double with the decimal alpha that was
 * typed: exactly, if the sum is a double and alpha has up to 22 decimals.
 *
 * losses       n x count: one row for each point, one column for each parameter. Finite,
 *              at most bound, not rising along a row.
 * n            number of points; 0 is allowed.
 * count        number of parameters, at least 1.
 * bound        what no loss exceeds, also of a new point; finite, > 0.
 * alpha        wanted risk; finite, > 0.
 * monotonize   1: each loss stands for the largest of it and all later ones of its row,
 *              so that rows may rise; the control then holds for these. 0: a row that
 *              rises is an error.
 * bounds       count values: the left side of the inequality for each parameter. May be
 *              NULL.
 * index        the first valid parameter, 0 to count - 1. 0 if all are valid.
 *
 * Cost: O(n count) time, scratch of 16 bytes for each parameter.
 *
 * Errors: QC_INFEASIBLE if no parameter is valid (with n + 1 < bound / alpha none can
 * be); QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (a loss above bound, or above the one before it;
 * bound, alpha), QC_ERR_OPTIONS (monotonize), QC_ERR_NO_MEMORY.
 * Source: Angelopoulos, Bates, Fisch, Lei, Schuster (2024), "Conformal risk control",
 * theorem 1. The authors' code returns a parameter also if none is valid. Since 0.1.
 */
qc_status qc_conformal_risk_control(const double *losses, size_t n, size_t count, double bound,
                                    double alpha, int32_t monotonize, double *bounds,
                                    size_t *index);

/*
 * The same for losses that fall in steps as a threshold grows: the loss of threshold t
 * is the sum of the drops of its point at positions above t. The threshold is the least
 * t with
 *
 *     (sum of drops[e] over positions[e] > t, + bound) / (n + 1) <= alpha.
 *
 * For example: with the scores of every true label as positions, and 1 / (number of true
 * labels of its point) as drops, the sets of labels with scores up to the threshold miss
 * at most a share alpha of the true labels, in expectation. With one position and a drop
 * of 1 for each point, it is the threshold of qc_conformal_threshold_f64().
 *
 * positions   count numbers in any order, of all points together. Infinities are data,
 *             NaN is an error.
 * drops       count drops, finite and >= 0; or NULL for ones. Those of one point must
 *             not exceed bound in sum (which is not checked).
 * count       number of steps; 0 is allowed.
 * n           number of points.
 * bound, alpha   as in qc_conformal_risk_control().
 * threshold   one of the positions; -infinity if every threshold is valid.
 *
 * Cost: O(count) time by a radix sort, scratch of about 40 bytes a step.
 *
 * Errors: QC_INFEASIBLE if no threshold is valid (n + 1 < bound / alpha);
 * QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE,
 * QC_ERR_DOMAIN, QC_ERR_NO_MEMORY. Since 0.1.
 */
qc_status qc_conformal_risk_steps(const double *positions, const double *drops, size_t count,
                                  size_t n, double bound, double alpha, double *threshold);

/* Bounds that p-values come from; R is a mean of n losses, h(a, b) the divergence
 * a log(a / b) + (1 - a) log((1 - a) / (1 - b)). */
enum {
    /* The smaller of the next two. */
    QC_CONFORMAL_RISK_HOEFFDING_BENTKUS = 0,
    /* exp(-n h(min(R, alpha), alpha)) */
    QC_CONFORMAL_RISK_HOEFFDING = 1,
    /* e P(Bin(n, alpha) <= ceil(n R)), at most 1 */
    QC_CONFORMAL_RISK_BENTKUS = 2,
    /* P(Bin(n, alpha) <= n R), for losses that are 0 or 1 */
    QC_CONFORMAL_RISK_BINOMIAL = 3
};

/*
 * p-values of the hypotheses that the risk of a parameter is above alpha, from the mean
 * of n independent losses from 0 to 1. Accurate in relative terms also where they are
 * tiny. 0 log 0 is 0. A product n risks[i] that is whole but for rounding (2^-50 of it)
 * counts as whole.
 *
 * risks      count means, 0 to 1.
 * n          losses that each is the mean of, 1 to 2^40.
 * alpha      strictly between 0 and 1.
 * bound      one of the constants above.
 * p_values   count values, 0 to 1. May be the same pointer as risks.
 *
 * count = 0 does nothing. Cost: O(sqrt(n)) for each, no scratch.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE (n), QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (risks, also if n times one is not whole for
 * QC_CONFORMAL_RISK_BINOMIAL; alpha), QC_ERR_OPTIONS (bound).
 * Source: Angelopoulos, Bates, Candes, Jordan, Lei (2021), "Learn then Test",
 * proposition 2; for sums of 0 and 1 the exact tail. Since 0.1.
 */
qc_status qc_conformal_risk_p_values(const double *risks, size_t count, size_t n, double alpha,
                                     int32_t bound, double *p_values);

/* Procedures that control the probability of any false rejection. */
enum {
    /* In rising order, p <= delta / (how many are left), up to the first that is not. */
    QC_CONFORMAL_RISK_HOLM = 0,
    /* p <= delta / count */
    QC_CONFORMAL_RISK_BONFERRONI = 1,
    /* In the given order from each of `starts` evenly spaced places (j count / starts,
     * rounded down), p <= delta / starts, up to the first that is not. The order must
     * not come from the data. */
    QC_CONFORMAL_RISK_FIXED_SEQUENCE = 2
};

/*
 * Selects parameters by their p-values so that, with probability at least 1 - delta, the
 * risk of every selected one is at most alpha.
 *
 * p_values         count values, 0 to 1.
 * count            number of parameters; 0 is allowed.
 * delta            strictly between 0 and 1.
 * procedure        one of the constants above.
 * starts           for QC_CONFORMAL_RISK_FIXED_SEQUENCE: 1 to count; not looked at else.
 * selected         count bytes: 1 for a selected parameter, else 0.
 * selected_count   how many are. May be NULL.
 *
 * A selection of none is a normal result. Cost: O(count) time; Holm's procedure takes
 * scratch of about 24 bytes for each.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (p_values, delta, starts), QC_ERR_OPTIONS
 * (procedure), QC_ERR_NO_MEMORY. Source: Holm (1979); Angelopoulos et al. (2021).
 * Since 0.1.
 */
qc_status qc_conformal_risk_select(const double *p_values, size_t count, double delta,
                                   int32_t procedure, size_t starts, uint8_t *selected,
                                   size_t *selected_count);

/*
 * The same by a graph: parameter j has the share weights[j] of delta, and if it is
 * selected, transitions[j, k] of its share goes on to k. Any j with p_values[j] <= delta
 * times its share is selected, until there is none; the order does not matter.
 *
 * p_values         count values, 0 to 1.
 * weights          count shares, 0 to 1, at most 1 in sum (but for rounding).
 * transitions      count x count shares, 0 to 1, each row at most 1 in sum; the diagonal
 *                  is 0.
 * count            number of parameters; 0 is allowed.
 * delta            strictly between 0 and 1.
 * selected         count bytes: 1 for a selected parameter, else 0.
 * selected_count   how many are. May be NULL.
 *
 * Cost: O(count^2) time for each selected one; a copy of the transitions as scratch.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_DOMAIN, QC_ERR_NO_MEMORY.
 * Source: Bretz, Maurer, Brannath, Posch (2009), algorithm 1. Since 0.1.
 */
qc_status qc_conformal_risk_graph(const double *p_values, const double *weights,
                                  const double *transitions, size_t count, double delta,
                                  uint8_t *selected, size_t *selected_count);

/*
 * The best of the selected parameters: that of the least cost, the first of them if
 * costs tie.
 *
 * selected   count bytes; those that are not 0 are selected.
 * costs      count numbers (infinities are data, NaN is an error); or NULL for the first
 *            that is selected.
 * index      0 to count - 1.
 *
 * Errors: QC_INFEASIBLE if none is selected; QC_ERR_NULL_POINTER, QC_ERR_SIZE,
 * QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE (costs). Since 0.1.
 */
qc_status qc_conformal_risk_best(const uint8_t *selected, const double *costs, size_t count,
                                 size_t *index);

#ifdef __cplusplus
}
#endif

#endif
