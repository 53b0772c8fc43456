/*
 * Family `conformal`: scores of classifiers, and the sets that thresholds on them give,
 * straight from probabilities. A score goes to a calibrator (qc_conformal_threshold, or
 * any other), whose thresholds come back here.
 */
#ifndef QUANTCAL_CONFORMAL_CLASS_SCORES_H
#define QUANTCAL_CONFORMAL_CLASS_SCORES_H

#include "../base.h"
#include "split.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The kind of score. p is a class's probability, o its rank from 1 (larger
 * probabilities first, equal ones by index), A the sum of those before it, u the
 * point's share (see the randomisation), p_1 the largest of the row.
 *
 *     LAC       1 - p. The smallest sets on average; some may be empty.
 *     MARGIN    the largest probability of another class, less p
 *     APS       A + u p. Larger sets where the model is unsure.
 *     RAPS      A + u p + lambda max(0, o - k_reg)
 *     SAPS      o = 1: u p_1; else p_1 + lambda (o - 2 + u)
 *     TOP_K     o - 1 + u
 *     LOG_LOSS  -ln p; +infinity for p = 0
 *     ENTROPY   -ln p - H, H = -sum p ln p of the row in nats: how much stranger the
 *               class is than the row's classes on average
 *     ENTMAX    on logits z instead of probabilities: the norm of z_j - z over the
 *               classes j before it, of exponent 1 / (gamma - 1). gamma = 2: their sum
 *               (sparsemax); 1.5: the root of their sum of squares; 1: the largest,
 *               z_1 - z (log-margin). A set is the support of entmax at a temperature.
 */
enum {
    QC_CONFORMAL_LAC = 0,
    QC_CONFORMAL_MARGIN = 1,
    QC_CONFORMAL_APS = 2,
    QC_CONFORMAL_RAPS = 3,
    QC_CONFORMAL_SAPS = 4,
    QC_CONFORMAL_TOP_K = 5,
    QC_CONFORMAL_LOG_LOSS = 6,
    QC_CONFORMAL_ENTROPY = 7,
    QC_CONFORMAL_ENTMAX = 8
};

/*
 * The share u of its own probability that a class counts (APS, RAPS, SAPS, TOP_K).
 * Coverage is at least 1 - alpha with each of them, if calibration and test use the same.
 */
enum {
    /* u = 1. A set goes on until the threshold is passed. Where scores tie (TOP_K, a
     * coarse model) coverage may be far above 1 - alpha. */
    QC_CONFORMAL_INCLUSIVE = 0,
    /* u = 0. The top class scores 0, so no set is empty at a threshold >= 0. Ties, and
     * with them coverage above 1 - alpha, are the rule: every label that is the top
     * class scores 0. */
    QC_CONFORMAL_EXCLUSIVE = 1,
    /* u uniform, one for each point: scores do not tie, and coverage is exactly
     * rank / (n + 1). Sets may be empty. */
    QC_CONFORMAL_RANDOMISED = 2
};

/*
 * Whose random numbers are drawn. u is a function of the seed, of the number of the point
 * (first_row + row) and of whether it is a calibration or a test point: a test point
 * must not share the u of a calibration point, or coverage is not what it should be.
 * Rows given in several calls, each with its first_row, get what one call gives them.
 */
enum {
    /* label_scores: calibration; class_scores and class_sets: test. */
    QC_CONFORMAL_POINTS_BY_CALL = 0,
    QC_CONFORMAL_POINTS_CALIBRATION = 1,
    /* Also for label_scores, to see the scores that true labels have among the test
     * points' class_scores. */
    QC_CONFORMAL_POINTS_TEST = 2
};

/* A set that is empty. */
enum {
    QC_CONFORMAL_EMPTY_SETS_KEPT = 0,
    /* The top class is added: coverage can only rise, and is no longer exact. */
    QC_CONFORMAL_EMPTY_SETS_TOP_LABEL = 1
};

typedef struct qc_conformal_class_options {
    size_t struct_size;
    int32_t kind;          /* QC_CONFORMAL_LAC (default) ... */
    int32_t randomisation; /* QC_CONFORMAL_INCLUSIVE (default) ... */
    int32_t points;        /* QC_CONFORMAL_POINTS_BY_CALL (default) ... */
    int32_t threshold_for; /* QC_CONFORMAL_FOR_ALL (default), _FOR_EACH_ROW, _FOR_EACH_CLASS */
    int32_t empty_sets;    /* QC_CONFORMAL_EMPTY_SETS_KEPT (default) or _TOP_LABEL */
    int32_t k_reg;         /* RAPS: ranks up to it cost nothing; >= 0, default 5 */
    double lambda;         /* RAPS, SAPS: cost of a rank; finite, >= 0, default 0.2 */
    double gamma;          /* ENTMAX: 1, 1.5 (default) or 2 */
    uint64_t seed;         /* of the random shares; default 42 */
    uint64_t first_row;    /* the number of row 0; default 0 */
} qc_conformal_class_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_conformal_class_options_init(qc_conformal_class_options *options, size_t size);

/*
 * The score of each row's true label: what a calibrator takes.
 *
 * probabilities  rows x classes, each 0 to 1 (ENTMAX: logits, finite). Rows need not
 *                sum to 1.
 * labels         rows, each 0 to classes - 1.
 * classes        1 to INT32_MAX. With one class the margin is -p.
 * options        NULL for the defaults. threshold_for and empty_sets do not matter here.
 * scores         rows. ENTMAX: +infinity where differences are too large for a double.
 *
 * A of APS and RAPS is a sum of whole multiples of 2^-62 (probabilities lose what is
 * below), exact in whatever order: it is had without sorting, and label_scores,
 * class_scores and class_sets agree to the last bit. A + u p is rounded once to double.
 * All scores are computed in double and then rounded to the type.
 *
 * rows = 0 does nothing. Cost: O(classes) a row, no scratch; ENTMAX sorts what stands
 * before the label: O(classes) a row and 590 KB (f64, f32) with 16 bytes a class and
 * thread of scratch.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (probabilities, labels), QC_ERR_OPTIONS,
 * QC_ERR_NO_MEMORY.
 * Source: LAC: Sadinle, Lei, Wasserman (2019); APS: Romano, Sesia, Candes (2020); RAPS:
 * Angelopoulos et al. (2021); SAPS: Huang et al. (2024); ENTMAX: Campos et al. (2025).
 * Departures: one u a point, so that sets are of the first ranks; ENTROPY is not the
 * entropy alone, which says nothing about the class. Since 0.1.
 */
qc_status qc_conformal_label_scores_f64(const double *probabilities, const int64_t *labels,
                                        size_t rows, size_t classes,
                                        const qc_conformal_class_options *options, double *scores);

/* The same for probabilities in single precision. Since 0.1. */
qc_status qc_conformal_label_scores_f32(const float *probabilities, const int64_t *labels,
                                        size_t rows, size_t classes,
                                        const qc_conformal_class_options *options, float *scores);

/*
 * The scores of all classes, rows x classes; all else is as for the labels. For sets,
 * qc_conformal_class_sets does without this matrix.
 *
 * Cost: O(rows * classes), by a radix sort of each row where scores go by rank.
 * Errors: as for the labels. Since 0.1.
 */
qc_status qc_conformal_class_scores_f64(const double *probabilities, size_t rows, size_t classes,
                                        const qc_conformal_class_options *options, double *scores);

/* The same in single precision. Since 0.1. */
qc_status qc_conformal_class_scores_f32(const float *probabilities, size_t rows, size_t classes,
                                        const qc_conformal_class_options *options, float *scores);

/*
 * Prediction sets: class j is in the set of row i if and only if its score, as
 * qc_conformal_class_scores gives it, is at most its threshold.
 *
 * probabilities  rows x classes, as for the scores.
 * thresholds     1 for all, one for each row (groups, weights), or one for each class
 *                (class-conditional), as options.threshold_for says. +infinity takes
 *                everything in; NaN is an error.
 * options        those of the label scores from which the thresholds come.
 * mask, sizes    as of qc_conformal_sets: rows x ceil(classes / 8) bytes, bit j % 8 of
 *                byte j / 8 for class j; and how many classes. Either may be NULL, but
 *                not both.
 *
 * rows = 0 does nothing. Cost: O(rows * classes) expected, of which most is one pass;
 * scratch of 16 bytes (f64: 32) a class and 590 KB for each thread.
 * Errors: as for the scores. Since 0.1.
 */
qc_status qc_conformal_class_sets_f64(const double *probabilities, size_t rows, size_t classes,
                                      const double *thresholds,
                                      const qc_conformal_class_options *options, uint8_t *mask,
                                      int32_t *sizes);

/* The same in single precision. Since 0.1. */
qc_status qc_conformal_class_sets_f32(const float *probabilities, size_t rows, size_t classes,
                                      const float *thresholds,
                                      const qc_conformal_class_options *options, uint8_t *mask,
                                      int32_t *sizes);

typedef struct qc_conformal_raps_result {
    size_t struct_size; /* set by the caller: sizeof the struct */
    double lambda;
    double mean_size; /* of the sets of the tuning data at lambda and k_reg */
    int32_t k_reg;
    int32_t reserved;
} qc_conformal_raps_result;

/*
 * The penalty of RAPS: k_reg is the conformal quantile of the true labels' ranks (the
 * qc_conformal_rank-th smallest; `classes` if the rows are too few), lambda the one of a
 * list whose sets, at the threshold of the same rows, have the smallest mean size (the
 * first of equals). The rows must be neither calibration nor test points: the coverage
 * of what follows holds for any penalty that does not depend on those.
 *
 * probabilities, labels, classes  as for the scores; rows at least 1.
 * alpha         the miscoverage level that is aimed at, strictly between 0 and 1.
 * lambdas       lambda_count candidates, at least 1, finite and >= 0. The paper's are
 *               0.001, 0.01, 0.1, 0.2, 0.5.
 * options       randomisation, points, empty_sets, seed and first_row count.
 * result        written on success.
 * mean_sizes    lambda_count: the mean size of each. May be NULL.
 *
 * Cost: for each candidate label scores, a threshold and sets; 16 bytes a row (f32: 8).
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (probabilities, labels, alpha, lambdas),
 * QC_ERR_OPTIONS, QC_ERR_NO_MEMORY.
 * Source: Angelopoulos et al. (2021), appendix E. Departure: exact quantiles. Since 0.1.
 */
qc_status qc_conformal_raps_tune_f64(const double *probabilities, const int64_t *labels,
                                     size_t rows, size_t classes, double alpha,
                                     const double *lambdas, size_t lambda_count,
                                     const qc_conformal_class_options *options,
                                     qc_conformal_raps_result *result, double *mean_sizes);

/* The same for probabilities in single precision. Since 0.1. */
qc_status qc_conformal_raps_tune_f32(const float *probabilities, const int64_t *labels, size_t rows,
                                     size_t classes, double alpha, const double *lambdas,
                                     size_t lambda_count, const qc_conformal_class_options *options,
                                     qc_conformal_raps_result *result, double *mean_sizes);

#ifdef __cplusplus
}
#endif

#endif
