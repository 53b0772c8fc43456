/*
 * Family `calibration`: make predicted probabilities honest, and measure how
 * far they are from it.
 */
#ifndef QUANTCAL_CALIBRATION_H
#define QUANTCAL_CALIBRATION_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How a fit ended. All of them are successes of the call (QC_OK). */
enum {
    /* The optimum was found. */
    QC_FIT_OK = 0,
    /* Every label has the highest logit of its row (ties included): the
     * likelihood grows as T falls to 0 and has no optimum. temperature = 0. */
    QC_FIT_SEPARATED = 1,
    /* The logits speak against the labels: no positive temperature beats the
     * uniform distribution. temperature = +infinity. */
    QC_FIT_INVERTED = 2,
    /* Every row's logits are all equal: every temperature is as good.
     * temperature = 1. */
    QC_FIT_DEGENERATE = 3,
    /* max_iterations was reached; the best temperature so far is returned. */
    QC_FIT_NOT_CONVERGED = 4
};

typedef struct qc_calibration_temperature_options {
    size_t struct_size;
    int32_t max_iterations; /* passes over the data, at least 1; default 100 */
    int32_t reserved;       /* 0 */
    qc_progress progress;
} qc_calibration_temperature_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_calibration_temperature_options_init(qc_calibration_temperature_options *options,
                                                  size_t size);

typedef struct qc_calibration_temperature_result {
    size_t struct_size;         /* set by the caller: sizeof the struct */
    double temperature;         /* T; 0, +infinity or 1 as the outcome says */
    double inverse_temperature; /* 1 / T */
    double nll_before;          /* weighted mean negative log-likelihood at T = 1, nats */
    double nll_after;           /* the same at the returned temperature (its limit at 0) */
    double gradient;            /* d nll / d(1/T) at the returned temperature */
    int32_t outcome;            /* QC_FIT_... */
    int32_t iterations;         /* passes over all rows */
} qc_calibration_temperature_result;

/*
 * Temperature scaling: the T > 0 that minimises the weighted mean negative
 * log-likelihood of softmax(logits / T),
 *
 *     sum_i w[i] * (logsumexp(logits[i, :] / T) - logits[i, labels[i]] / T) / sum_i w[i].
 *
 * It is convex in 1/T; the solver is a bracketed Newton iteration in 1/T, so it
 * cannot leave the bracket, and it ends within a few units in the last place
 * of 1/T (as far as the accuracy of the sums goes). Data without a finite
 * positive optimum get an outcome that says so, never a meaningless number.
 *
 * logits    rows x classes, finite.
 * labels    rows, each 0 to classes - 1.
 * weights   rows, finite and >= 0, not all zero; NULL for ones. A row of weight
 *           0 counts for nothing, not even for the outcome.
 * rows      at least 1.
 * classes   at least 2, at most INT32_MAX. For a binary model with one logit z
 *           pass (0, z).
 * result    written on success.
 *
 * Cost: about six passes, each O(rows * classes); scratch of at most 64 MiB a
 * thread, mostly 128 bytes a class (f64: 256). Logits whose largest magnitude is
 * outside 2^-32 to 2^33 (f64: 2^-480 to 2^481) are copied and scaled first, and so
 * are weights outside 2^-32 to 2^33. The exponentials of the f32 form are computed
 * in single precision (1 ulp), all sums in double.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT,
 * QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (labels, weights), QC_ERR_OPTIONS,
 * QC_ERR_NO_MEMORY, QC_CANCELLED.
 * Source: Guo, Pleiss, Sun, Weinberger (2017); the outcomes follow from
 * convexity. Since 0.1.
 */
qc_status qc_calibration_temperature_fit_f64(const double *logits, const int64_t *labels,
                                             const double *weights, size_t rows, size_t classes,
                                             const qc_calibration_temperature_options *options,
                                             qc_calibration_temperature_result *result);

/* The same for logits and weights in single precision. Since 0.1. */
qc_status qc_calibration_temperature_fit_f32(const float *logits, const int64_t *labels,
                                             const float *weights, size_t rows, size_t classes,
                                             const qc_calibration_temperature_options *options,
                                             qc_calibration_temperature_result *result);

/*
 * Applies a temperature: probabilities[i, :] = softmax(logits[i, :] / T).
 *
 * logits         rows x classes, finite.
 * temperature    T, 0 to +infinity. 0 gives the limit: the highest logits of the
 *                row share all probability equally; +infinity gives 1 / classes.
 * probabilities  rows x classes. May be the same pointer as `logits`.
 *
 * rows = 0 does nothing; classes at least 1. Cost: O(rows * classes), scratch as
 * for the fit.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (temperature < 0), QC_ERR_NO_MEMORY.
 * Since 0.1.
 */
qc_status qc_calibration_temperature_apply_f64(const double *logits, size_t rows, size_t classes,
                                               double temperature, double *probabilities);

/* The same in single precision. Since 0.1. */
qc_status qc_calibration_temperature_apply_f32(const float *logits, size_t rows, size_t classes,
                                               double temperature, float *probabilities);

/* What is binned. */
enum {
    /* The highest probability of a row (the lowest index among ties) against
     * whether that class is the label. With classes = 1: the probability of
     * class 1 against the label, 0 or 1. */
    QC_CALIBRATION_TOP_LABEL = 0,
    /* Each class by itself, its probability against whether it is the label; the
     * errors of the classes are combined as the norm says. With classes = 1 it is
     * the same as QC_CALIBRATION_TOP_LABEL. */
    QC_CALIBRATION_CLASSWISE = 1
};

/* Where bins are cut. */
enum {
    QC_CALIBRATION_EQUAL_WIDTH = 0,
    QC_CALIBRATION_EQUAL_MASS = 1
};

/* How the bins' gaps |mean confidence - mean outcome| become one number; with
 * W_b the weight of bin b and W their sum. Classwise errors are combined by the
 * mean, the root of the mean square, and the maximum. */
enum {
    QC_CALIBRATION_L1 = 0, /* sum_b (W_b / W) gap_b */
    QC_CALIBRATION_L2 = 1, /* sqrt(sum_b (W_b / W) gap_b^2) */
    QC_CALIBRATION_MAX = 2 /* max_b gap_b over bins that are not empty */
};

/* Which bin an equal-width edge i / bins (correctly rounded in the type of
 * the probabilities) belongs to. 0 and 1 are always in the first and last bin. */
enum {
    QC_CALIBRATION_EDGES_RIGHT = 0, /* bins (a, b]: the lower bin */
    QC_CALIBRATION_EDGES_LEFT = 1   /* bins [a, b): the upper bin */
};

typedef struct qc_calibration_error_options {
    size_t struct_size;
    int32_t bins;     /* 1 to 1,000,000; default 15 */
    int32_t target;   /* QC_CALIBRATION_TOP_LABEL (default) or _CLASSWISE */
    int32_t binning;  /* QC_CALIBRATION_EQUAL_WIDTH (default) or _EQUAL_MASS */
    int32_t norm;     /* QC_CALIBRATION_L1 (default), _L2 or _MAX */
    int32_t edges;    /* QC_CALIBRATION_EDGES_RIGHT (default) or _LEFT */
    int32_t reserved; /* 0 */
} qc_calibration_error_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_calibration_error_options_init(qc_calibration_error_options *options, size_t size);

/*
 * Binned calibration error (expected calibration error for the L1 norm).
 *
 * probabilities  rows x classes, each 0 to 1. Rows need not sum to 1.
 * labels         rows, each 0 to classes - 1 (0 or 1 if classes = 1).
 * weights        rows, finite and >= 0, not all zero; NULL for ones.
 * rows           at least 1.
 * classes        1 to INT32_MAX.
 * error          the error, 0 to 1.
 * bin_table      bins x 3 (classwise: classes x bins x 3): weight, mean confidence,
 *                mean outcome of each bin, for a reliability diagram; an empty bin
 *                has weight 0 and means NaN. May be NULL.
 *
 * Equal-mass bins never split ties: going up through the distinct values, bin b
 * ends at the first that brings the weight so far to (b + 1) * W / bins or more;
 * bins that a heavy tie passes over stay empty, and `edges` does not matter.
 *
 * Cost: equal width O(rows * classes + bins); equal mass sorts: O(rows) for a
 * radix sort of each target and 32 bytes a row. Errors: QC_ERR_NULL_POINTER,
 * QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE,
 * QC_ERR_DOMAIN (probabilities, labels, weights), QC_ERR_OPTIONS,
 * QC_ERR_NO_MEMORY.
 * Source: Naeini, Cooper, Hauskrecht (2015); Guo et al. (2017); classwise:
 * Kumar, Liang, Ma (2019). Since 0.1.
 */
qc_status qc_calibration_error_f64(const double *probabilities, const int64_t *labels,
                                   const double *weights, size_t rows, size_t classes,
                                   const qc_calibration_error_options *options, double *error,
                                   double *bin_table);

/* The same for probabilities and weights in single precision. Since 0.1. */
qc_status qc_calibration_error_f32(const float *probabilities, const int64_t *labels,
                                   const float *weights, size_t rows, size_t classes,
                                   const qc_calibration_error_options *options, double *error,
                                   double *bin_table);

#ifdef __cplusplus
}
#endif

#endif
