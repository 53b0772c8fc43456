/*
 * Family `conformal`: a policy for when to give one label, a set of labels or no answer.
 *
 * A policy is two levels. Of calibration points they make two thresholds, by
 * qc_conformal_threshold_f64() from the scores of the true labels: single_alpha that of
 * single labels, abstention_alpha that of the sets and of abstention. With the least score
 * of a row as its uncertainty, and its class (the first, if scores tie) as the top label,
 * the decisions are those of qc_conformal_abstention_decisions_f64():
 *
 *     least score > abstention threshold    no answer
 *     least score <= single threshold       the top label
 *     else                                  the classes with scores <= abstention threshold
 *
 * A policy may be tried and learned on tuning points; it is then used with thresholds
 * from calibration points that had no part in it, and only these keep its promise: the
 * probability that the set misses the truth is at most abstention_alpha, whatever is
 * answered, and so is that of no answer. A single label has no such guarantee.
 */
#ifndef QUANTCAL_CONFORMAL_POLICY_H
#define QUANTCAL_CONFORMAL_POLICY_H

#include "../base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Answers that are right are worth 1. Costs are finite and >= 0; levels lie strictly
 * between 0 and 1. */
typedef struct qc_conformal_policy_options {
    size_t struct_size;
    double wrong_cost;      /* of a label that is not the truth, of a set that misses it; 1 */
    double size_cost;       /* of a set of all classes, right or wrong, beside what it is
                             * worth; of a smaller one in proportion to size - 1; 1 */
    double abstention_cost; /* of no answer; 0 */
    /* What follows is for learning. */
    double single_low; /* single_alpha is at least this; 0.05 */
    double single_high;
    double abstention_low; /* abstention_alpha is at least this; 0.01 */
    double abstention_high;
    int32_t candidates; /* policies that are tried in a round, 1 to 65536; 100 */
    int32_t rounds;     /* 1 to 65536; 30 */
    uint64_t seed;      /* 42 */
    qc_progress progress;
} qc_conformal_policy_options;

/* Fills `options` with the defaults; single_high is 0.95, abstention_high 0.05.
 * struct_size = sizeof(qc_conformal_policy_options). Since 0.1. */
qc_status qc_conformal_policy_options_init(qc_conformal_policy_options *options,
                                           size_t struct_size);

/* A policy, and what became of the points that it was tried on. Coverage is
 * (singles_right + sets_right) / (singles + sets), counted over answers. */
typedef struct qc_conformal_policy {
    size_t struct_size;
    double single_alpha;
    double abstention_alpha;
    double value; /* of a point, on average */
    size_t abstained;
    size_t singles;
    size_t singles_right;
    size_t sets;
    size_t sets_right;
    size_t set_sizes; /* the sum of their sizes */
} qc_conformal_policy;

/*
 * What a policy is worth on tuning points. Each point is decided by thresholds from the
 * other points only, so that its own label has no part in its decision and the value is
 * unbiased for a further point:
 *
 *     value = (right - wrong_cost wrong - abstention_cost abstained
 *              - size_cost (set_sizes - sets) / (classes - 1)) / rows,
 *
 * right and wrong being answers of both kinds. With one class sizes cost nothing.
 *
 * scores            rows x classes, larger is stranger. Infinities are data, NaN is an
 *                   error.
 * labels            the true classes, 0 to classes - 1.
 * rows              at least 1. Too few for a level give a threshold of +infinity.
 * single_alpha, abstention_alpha   the policy. If single_alpha is the smaller, no sets
 *                   are given.
 * options           of these the costs; NULL for the defaults.
 * result            struct_size to be set by the caller.
 *
 * Cost: O(rows classes) time, scratch of 16 bytes a row (8 in single precision), and as
 * much again while they are sorted.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (labels, levels), QC_ERR_OPTIONS, QC_ERR_NO_MEMORY.
 * Since 0.1.
 */
qc_status qc_conformal_policy_value_f64(const double *scores, const int64_t *labels, size_t rows,
                                        size_t classes, double single_alpha,
                                        double abstention_alpha,
                                        const qc_conformal_policy_options *options,
                                        qc_conformal_policy *result);

/* The same in single precision. Since 0.1. */
qc_status qc_conformal_policy_value_f32(const float *scores, const int64_t *labels, size_t rows,
                                        size_t classes, double single_alpha,
                                        double abstention_alpha,
                                        const qc_conformal_policy_options *options,
                                        qc_conformal_policy *result);

/*
 * Searches for the policy of the highest value, by the cross-entropy method: in every
 * round candidates are drawn from a normal distribution over both ranges of levels, first
 * in the middle of each and half of it wide, and what lies outside is put to the nearer
 * end; the best tenth of them, at least one, the earlier ones if they tie, give the next
 * round's mean and standard deviation. The policy is the last mean: nothing about it is
 * random but the way to it, which is the same for the same seed, on any machine and
 * number of threads.
 *
 * scores, labels, rows, classes   as above.
 * options           NULL for the defaults. With equal ends a level is fixed.
 * result            as above: the policy, and what it does to these points. Its value is
 *                   that of the points that it was chosen on.
 *
 * Cost: O(rounds candidates rows classes) time at most, for rows get sets only where
 * neither threshold decides; scratch as above. Cancellable.
 * Errors: as above, and QC_CANCELLED.
 * Source: Rubinstein (1999), "The cross-entropy method for combinatorial and continuous
 * optimization"; the two levels as a policy: Tayebati and others (2025), "Learning
 * conformal abstention policies". There the policy climbs a gradient by rewards that read
 * the labels of test points, and acts at random when it is used; neither is so here.
 * Since 0.1.
 */
qc_status qc_conformal_policy_learn_f64(const double *scores, const int64_t *labels, size_t rows,
                                        size_t classes, const qc_conformal_policy_options *options,
                                        qc_conformal_policy *result);

/* The same in single precision. Since 0.1. */
qc_status qc_conformal_policy_learn_f32(const float *scores, const int64_t *labels, size_t rows,
                                        size_t classes, const qc_conformal_policy_options *options,
                                        qc_conformal_policy *result);

#ifdef __cplusplus
}
#endif

#endif
