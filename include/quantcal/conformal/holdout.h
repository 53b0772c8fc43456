/*
 * Family `conformal`: a holdout set that may be asked again and again, by questions that
 * depend on earlier answers.
 *
 * A question is a function of one point with values from 0 to 1; what the holdout gets
 * to see of it are its means over the training and over the holdout set. Where the two
 * are close, the answer is that of the training set. Else it is that of the holdout,
 * blurred, and costs one of the budget. When the budget is spent, no question is answered
 * any more, for good.
 *
 * Threads: while a call asks a holdout, no other may use it.
 */
#ifndef QUANTCAL_CONFORMAL_HOLDOUT_H
#define QUANTCAL_CONFORMAL_HOLDOUT_H

#include "../base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct qc_conformal_holdout qc_conformal_holdout;

enum {
    /* Thresholdout: the gap is compared with threshold + Laplace(2 sigma) + Laplace(4
     * sigma), the first drawn anew after each answer from the holdout, the second for
     * each question; such an answer is the mean + Laplace(sigma). */
    QC_CONFORMAL_HOLDOUT_NOISE = 0,
    /* Without noise: the gap is compared with the threshold; an answer from the holdout
     * is rounded to the nearest of `grid` evenly spaced numbers from 0 to 1.
     * qc_conformal_holdout_error() says what that guarantees. */
    QC_CONFORMAL_HOLDOUT_GRID = 1
};

typedef struct qc_conformal_holdout_options {
    size_t struct_size;
    int32_t mechanism; /* QC_CONFORMAL_HOLDOUT_NOISE (default) or _GRID */
    int32_t reserved;  /* 0 */
    double threshold;  /* 0 to 1; default 0.04 */
    double sigma;      /* scale of the noise, above 0, at most 1; default 0.01 */
    size_t grid;       /* 2 to 2^20; default 101 */
    size_t budget;     /* answers from the holdout, 1 to 2^20; default 100 */
    uint64_t seed;     /* of the noise; keep it from those who ask. Default 0 */
} qc_conformal_holdout_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_conformal_holdout_options_init(qc_conformal_holdout_options *options, size_t size);

/*
 * Makes a holdout with its budget whole, which qc_conformal_holdout_destroy() releases.
 *
 * options   NULL for the defaults.
 * holdout   where the handle goes.
 *
 * Errors: QC_ERR_NULL_POINTER (holdout), QC_ERR_ALIGNMENT, QC_ERR_OPTIONS.
 * Source: Dwork, Feldman, Hardt, Pitassi, Reingold, Roth (2015), "Generalization in
 * adaptive data analysis and holdout reuse", Thresholdout. Since 0.1.
 */
qc_status qc_conformal_holdout_create(const qc_conformal_holdout_options *options,
                                      qc_conformal_holdout **holdout);

/* Releases a holdout. NULL is allowed. Since 0.1. */
void qc_conformal_holdout_destroy(qc_conformal_holdout *holdout);

/*
 * Answers questions, one after the other, until the budget is spent. The answers do not
 * depend on how questions are split into calls.
 *
 * state          the holdout; after an error it is what it was.
 * training       count means over the training set, 0 to 1.
 * holdout        count means over the holdout set, 0 to 1.
 * count          number of questions; 0 is allowed.
 * answers        count numbers, of which the first *answered are written. With noise
 *                they may be beyond 0 and 1.
 * from_holdout   count bytes, of which the first *answered are written: 1 where an
 *                answer came from the holdout and cost one of the budget, else 0. May be
 *                NULL.
 * answered       how many questions were answered: fewer than count if the budget was
 *                spent on the way.
 *
 * Cost: O(count), no scratch.
 *
 * Errors: QC_INFEASIBLE if the budget was spent before the first question;
 * QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE,
 * QC_ERR_DOMAIN (means). Since 0.1.
 */
qc_status qc_conformal_holdout_ask(qc_conformal_holdout *state, const double *training,
                                   const double *holdout, size_t count, double *answers,
                                   uint8_t *from_holdout, size_t *answered);

/*
 * What is left.
 *
 * budget   how many answers from the holdout are left. May be NULL.
 * asked    how many questions were answered so far. May be NULL.
 *
 * Errors: QC_ERR_NULL_POINTER (state), QC_ERR_ALIGNMENT, QC_ERR_ALIAS. Since 0.1.
 */
qc_status qc_conformal_holdout_remaining(const qc_conformal_holdout *state, size_t *budget,
                                         size_t *asked);

/*
 * Writes a holdout as bytes, the same on every machine, and the same for equal ones.
 *
 * bytes      room for `capacity` bytes. NULL only counts.
 * capacity   at least the size, 88, unless `bytes` is NULL.
 * size       the number of bytes. May be NULL.
 *
 * Errors: QC_ERR_NULL_POINTER (state), QC_ERR_SIZE (capacity), QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS. Since 0.1.
 */
qc_status qc_conformal_holdout_serialize(const qc_conformal_holdout *state, uint8_t *bytes,
                                         size_t capacity, size_t *size);

/*
 * Makes the holdout that qc_conformal_holdout_serialize() wrote, its budget as far spent
 * as it was. The bytes may come from anyone; what is not a holdout is refused.
 *
 * bytes     `size` bytes, and no more.
 * holdout   where the handle goes, to be released by qc_conformal_holdout_destroy().
 *
 * Errors: QC_ERR_FORMAT; QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS. Since 0.1.
 */
qc_status qc_conformal_holdout_deserialize(const uint8_t *bytes, size_t size,
                                           qc_conformal_holdout **holdout);

/*
 * How wrong the answers of QC_CONFORMAL_HOLDOUT_GRID can be: with probability at least
 * 1 - delta over the holdout points, every answer is within
 *
 *     max(threshold, c / 2) + sqrt(ln(2 m N / delta) / (2 n)),
 *     c = 1 / (grid - 1),   N = sum over i = 0 ... budget of C(m, i) grid^i
 *
 * of the expectation of its function, for any m questions however chosen from earlier
 * answers. (Without noise the answers so far decide what is asked next, so there are at
 * most N courses; Hoeffding's inequality holds for all their questions at once.)
 *
 * n           holdout points, independent, at least 1.
 * questions   m, 1 to 2^40.
 * budget, grid, threshold   as in the options; a budget of 0 is allowed.
 * delta       strictly between 0 and 1.
 * error       one number.
 *
 * Cost: O(min(budget, questions)). Errors: QC_ERR_NULL_POINTER (error), QC_ERR_ALIGNMENT,
 * QC_ERR_SIZE (n, questions, budget, grid), QC_ERR_NOT_FINITE or QC_ERR_DOMAIN
 * (threshold, delta). Since 0.1.
 */
qc_status qc_conformal_holdout_error(size_t n, size_t questions, size_t budget, size_t grid,
                                     double threshold, double delta, double *error);

/*
 * How many questions a holdout of this kind can answer: the largest number for which
 * qc_conformal_holdout_error() is at most `accuracy`. Less those that were asked, it is
 * how many looks are left.
 *
 * accuracy    strictly between 0 and 1.
 * questions   1 to 2^40.
 *
 * The other arguments are those of qc_conformal_holdout_error().
 * Cost: O(40 budget). Errors: QC_INFEASIBLE if not even one question has an
 * answer that accurate; QC_ERR_NULL_POINTER (questions), QC_ERR_ALIGNMENT, QC_ERR_SIZE,
 * QC_ERR_NOT_FINITE, QC_ERR_DOMAIN. Since 0.1.
 */
qc_status qc_conformal_holdout_questions(size_t n, size_t budget, size_t grid, double threshold,
                                         double delta, double accuracy, size_t *questions);

#ifdef __cplusplus
}
#endif

#endif
