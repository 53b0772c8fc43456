/*
 * Family `conformal`: when to give no answer. A point has an uncertainty, larger is more
 * uncertain, and is abstained from if that is above an abstention threshold. The curve
 * of all such thresholds and the one that a rule picks come from points whose truth is
 * known; beside a conformal threshold, which makes the sets, it decides between one
 * label, a set of labels and no answer.
 *
 * What the rates mean here. A point is answered, or it is abstained from; its answer is
 * right or wrong (the label is not the truth, the set does not hold it):
 *
 *     abstention     abstained / all
 *     coverage       right and answered / answered: of the answers, how many hold
 *     error          wrong and answered / answered, 1 - coverage
 *     misses         wrong and answered / wrong: 1 - the ROC curve's height, if "abstain"
 *                    is to find the points whose answer is wrong
 *     false alarms   right and abstained / right: the ROC curve's abscissa
 *
 * Abstaining more does not mean covering more or less: coverage is counted over answers,
 * and is not 1 - abstention.
 */
#ifndef QUANTCAL_CONFORMAL_ABSTENTION_H
#define QUANTCAL_CONFORMAL_ABSTENTION_H

#include "../base.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What every abstention threshold would do: one row for -infinity and for each distinct
 * uncertainty, ascending. A point is answered if its uncertainty is at most the threshold,
 * so points that tie are answered together.
 *
 *     answered[j]       = how many points have uncertainties <= thresholds[j],
 *     answered_wrong[j] = how many of them are wrong.
 *
 * The last row answers all points. All rates follow from the counts, which are exact.
 *
 * uncertainties    n numbers. Infinities are data, NaN is an error; -0 equals 0.
 * wrong            n bytes: not 0 where the point's answer would be wrong.
 * n                0 gives the row of -infinity alone.
 * thresholds, answered, answered_wrong   n + 1 values each; those beyond count are not
 *                  written.
 * count            the number of rows, 1 to n + 1. The first is -infinity, which answers
 *                  points whose uncertainty is -infinity only.
 *
 * Cost: O(n) time by a radix sort, scratch of 32 bytes a point at most.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_NO_MEMORY.
 * Source: El-Yaniv, Wiener (2010), the risk-coverage curve (their coverage is what is
 * called 1 - abstention here). Since 0.1.
 */
qc_status qc_conformal_abstention_curve_f64(const double *uncertainties, const uint8_t *wrong,
                                            size_t n, double *thresholds, size_t *answered,
                                            size_t *answered_wrong, size_t *count);

/* The same in single precision. Since 0.1. */
qc_status qc_conformal_abstention_curve_f32(const float *uncertainties, const uint8_t *wrong,
                                            size_t n, float *thresholds, size_t *answered,
                                            size_t *answered_wrong, size_t *count);

/*
 * Which row of the curve is picked. The last four take a target, and a rate counts as
 * met if its denominator is 0.
 */
enum {
    /* The largest 1 - misses - false alarms (Youden's J); of rows that tie the largest
     * threshold, which abstains least. */
    QC_CONFORMAL_ABSTENTION_YOUDEN = 0,
    /* abstention <= target; the smallest such threshold, which abstains most. */
    QC_CONFORMAL_ABSTENTION_ABSTENTIONS = 1,
    /* false alarms <= target; the smallest such threshold. */
    QC_CONFORMAL_ABSTENTION_FALSE_ALARMS = 2,
    /* misses <= target; the largest such threshold. */
    QC_CONFORMAL_ABSTENTION_MISSES = 3,
    /* error <= target; the largest such threshold, though smaller ones may fail. */
    QC_CONFORMAL_ABSTENTION_ERRORS = 4
};

/*
 * An abstention threshold from the curve of qc_conformal_abstention_curve_f64(). All
 * comparisons are exact: those of Youden's J by whole numbers, those of a rate with the
 * decimal target that was typed.
 *
 * uncertainties, wrong, n   as above.
 * rule             one of the constants above.
 * target           0 to 1. Not looked at with QC_CONFORMAL_ABSTENTION_YOUDEN.
 * threshold        one of the uncertainties, or -infinity.
 * answered         how many of the points it answers. May be NULL.
 * answered_wrong   how many of them are wrong. May be NULL.
 *
 * The rates are those of these points. For a guarantee on new ones, make the p-values of
 * qc_conformal_risk_p_values() from the curve of points that had no part in the choice.
 *
 * Cost: O(n) time by a radix sort, scratch of 32 bytes a point at most.
 * Errors: QC_INFEASIBLE if there are no wrong or no right points (YOUDEN), or no
 * threshold meets the target (MISSES and ERRORS, where points of -infinity are wrong);
 * QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE,
 * QC_ERR_DOMAIN (target), QC_ERR_OPTIONS (rule), QC_ERR_NO_MEMORY.
 * Source: Youden (1950), "Index for rating diagnostic tests". Since 0.1.
 */
qc_status qc_conformal_abstention_threshold_f64(const double *uncertainties, const uint8_t *wrong,
                                                size_t n, int32_t rule, double target,
                                                double *threshold, size_t *answered,
                                                size_t *answered_wrong);

/* The same in single precision. Since 0.1. */
qc_status qc_conformal_abstention_threshold_f32(const float *uncertainties, const uint8_t *wrong,
                                                size_t n, int32_t rule, double target,
                                                float *threshold, size_t *answered,
                                                size_t *answered_wrong);

/* What a point gets. */
enum {
    QC_CONFORMAL_DECISION_ABSTAIN = 0,
    QC_CONFORMAL_DECISION_SINGLE = 1, /* its top label */
    QC_CONFORMAL_DECISION_SET = 2     /* its set */
};

/*
 * Decisions by two thresholds on the uncertainty, the first of these that applies:
 *
 *     uncertainties[i] > abstention_threshold    abstain
 *     uncertainties[i] <= single_threshold       the top label
 *     sizes[i] = 0                               abstain: no label conforms
 *     else                                       the set
 *
 * If the sets come from a conformal threshold at level alpha, then whatever the other
 * thresholds are, the probability that a set is given and misses is at most alpha less
 * that of abstaining from a point whose set would have missed. In particular, if the
 * uncertainty is the least score of the row and both its abstention threshold and that
 * of the sets are the same, points are abstained from with probability at most alpha. A
 * single label has no such guarantee: its error is to be controlled by
 * qc_conformal_risk_p_values().
 *
 * uncertainties          n numbers. Infinities are data, NaN is an error.
 * sizes                  n sizes of the points' sets, each >= 0, as from
 *                        qc_conformal_sets_f64(); or NULL if no set is empty.
 * single_threshold       -infinity gives single labels to uncertainties of -infinity
 *                        only. NaN is an error.
 * abstention_threshold   +infinity abstains from empty sets only. NaN is an error.
 * decisions              n constants as above.
 *
 * n = 0 does nothing. Cost: O(n) time, no scratch.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (sizes). Since 0.1.
 */
qc_status qc_conformal_abstention_decisions_f64(const double *uncertainties, const int32_t *sizes,
                                                size_t n, double single_threshold,
                                                double abstention_threshold, uint8_t *decisions);

/* The same in single precision. Since 0.1. */
qc_status qc_conformal_abstention_decisions_f32(const float *uncertainties, const int32_t *sizes,
                                                size_t n, float single_threshold,
                                                float abstention_threshold, uint8_t *decisions);

typedef struct qc_conformal_abstention_summary {
    size_t struct_size;
    size_t abstained;
    size_t singles;
    size_t singles_right;
    size_t sets;
    size_t sets_right;
} qc_conformal_abstention_summary;

/*
 * Counts what became of decisions. Coverage is (singles_right + sets_right) / (singles +
 * sets): points that were abstained from are in neither number.
 *
 * decisions      n constants as above.
 * singles_hold   n bytes: not 0 where the top label is the truth.
 * sets_hold      n bytes: not 0 where the set holds the truth.
 * result         struct_size to be set by the caller.
 *
 * Cost: O(n) time, no scratch.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_DOMAIN (decisions), QC_ERR_OPTIONS (result). Since 0.1.
 */
qc_status qc_conformal_abstention_summarize(const uint8_t *decisions, const uint8_t *singles_hold,
                                            const uint8_t *sets_hold, size_t n,
                                            qc_conformal_abstention_summary *result);

#ifdef __cplusplus
}
#endif

#endif
