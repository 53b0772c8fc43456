/*
 * Family `isotonic`: a fit that can be asked at new predictors: ties, direction, knots.
 */
#ifndef QUANTCAL_ISOTONIC_PREDICTION_H
#define QUANTCAL_ISOTONIC_PREDICTION_H

#include "regression.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Whether y rises or falls with x. Set struct_size before the call. */
typedef struct qc_isotonic_direction_result {
    size_t struct_size;
    int32_t direction;     /* QC_ISOTONIC_INCREASING or _DECREASING */
    int32_t is_ambiguous;  /* 1 if the data do not tell: the interval holds 0, or there is no
                            * correlation; else 0 */
    double correlation;    /* Spearman's rho; NaN if all of x or all of y are equal */
    double interval_lower; /* about 95 % confidence; NaN if n <= 3 or rho is NaN */
    double interval_upper;
} qc_isotonic_direction_result;

/*
 * Whether y rises or falls with x, by Spearman's rank correlation rho: increasing if
 * rho >= 0, decreasing if it is negative or NaN. Equal values share the mean of their
 * ranks (and -0 equals 0); sums of ranks are exact. For n > 3 Fisher's interval is
 *
 *     tanh(atanh(rho) -+ 1.96 / sqrt(n - 3))
 *
 * x, y    n values each, finite.
 * n       number of points; with 0 or 1 there is no correlation.
 * result  see there.
 *
 * Cost: O(n) time; scratch of about 64 bytes a point.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE (x, y), QC_ERR_OPTIONS (struct_size), QC_ERR_NO_MEMORY.
 *
 * Source: the rule of scikit-learn's IsotonicRegression(increasing="auto"), where
 * is_ambiguous is a warning. Unlike it, n <= 3 with no correlation is ambiguous too.
 * Since 0.1.
 */
qc_status qc_isotonic_direction_f64(const double *x, const double *y, size_t n,
                                    qc_isotonic_direction_result *result);

/* The same in single precision. Since 0.1. */
qc_status qc_isotonic_direction_f32(const float *x, const float *y, size_t n,
                                    qc_isotonic_direction_result *result);

/*
 * Isotonic regression of y on x: a curve that rises (or falls) with x, for every loss of
 * qc_isotonic_regression_f64(). Points are put in order of x; options->ties says
 * what is asked of points of equal x:
 *
 *     QC_ISOTONIC_TIES_SECONDARY  one fitted value for all (default): what the loss gives to
 *                                 the members together, never to their means
 *     QC_ISOTONIC_TIES_PRIMARY    they are put in order of y, and may differ
 *     QC_ISOTONIC_TIES_TERTIARY   only what they have in common is in order: fitted =
 *                                 y + (fit of the tie - what the tie by itself would give)
 *
 * x            n predictors, finite, in any order; -0 equals 0. With a tie_tolerance t > 0, x
 *              joins a tie whose least member is a if x - a <= t * max(|a|, |x|).
 * y            n responses, finite.
 * weights      n weights, finite and >= 0, not all zero, with a finite sum; or NULL for
 *              ones. A point of weight 0 does not take part: its fitted value is that of
 *              the curve, clipped to the nearest knot beyond the ends.
 * n            number of points; 0 is allowed and gives no knots.
 * options      NULL for the defaults. Bounds hold for the curve (under tertiary ties not
 *              for the fitted values). minimum_gap is that between neighbours of different
 *              x. With QC_ISOTONIC_AUTO the direction is that of qc_isotonic_direction_f64()
 *              on all points, unweighted.
 * fitted       n fitted values in the order of the input. May be NULL.
 * knots        room for n: the predictors between which the curve is linear, ascending
 *              strictly: both ends of each run of equal values. A tie within a tolerance
 *              reaches from its least to its largest member.
 * values       room for n: the values there. Under primary ties the weighted mean of the
 *              fitted values of the tie.
 * knot_count   how many knots there are.
 * result       what was decided; with a direction that was given, its numbers are NaN. May be
 *              NULL.
 * Beyond the entries in use, knots and values hold no defined values.
 *
 * Cost: O(n) time for the sort (digits of a fixed width, on all threads) and for the squared
 * loss; for others see qc_isotonic_regression_f64(). Scratch: about 8 numbers a point,
 * up to 25 where there are ties and fitted values are asked for.
 *
 * Errors: QC_ERR_NULL_POINTER (x, y, knots, values, knot_count), QC_ERR_SIZE,
 * QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (weights; y for a
 * deviance), QC_ERR_OPTIONS, QC_ERR_NO_MEMORY, QC_CANCELLED.
 *
 * Source: Kruskal (1964) and de Leeuw (1977) for ties. Knots are those of
 * scikit-learn's IsotonicRegression; unlike it, ties are exact by default, and a negative
 * weight is an error. Since 0.1.
 */
qc_status qc_isotonic_fit_f64(const double *x, const double *y, const double *weights, size_t n,
                              const qc_isotonic_regression_options *options, double *fitted,
                              double *knots, double *values, size_t *knot_count,
                              qc_isotonic_direction_result *result);

/* The same in single precision; sums run in double. Since 0.1. */
qc_status qc_isotonic_fit_f32(const float *x, const float *y, const float *weights, size_t n,
                              const qc_isotonic_regression_options *options, float *fitted,
                              float *knots, float *values, size_t *knot_count,
                              qc_isotonic_direction_result *result);

/* interpolation */
enum {
    QC_ISOTONIC_LINEAR = 0,
    QC_ISOTONIC_STEP = 1 /* the value of the last knot at or below the query */
};

/* outside: what a query beyond the knots gives */
enum {
    QC_ISOTONIC_OUTSIDE_NAN = 0,
    QC_ISOTONIC_OUTSIDE_CLIP = 1,       /* the value of the nearest knot */
    QC_ISOTONIC_OUTSIDE_ERROR = 2,      /* QC_ERR_DOMAIN, with the index */
    QC_ISOTONIC_OUTSIDE_EXTRAPOLATE = 3 /* the line through the last two knots at that end, or
                                         * with steps the value of the last */
};

typedef struct qc_isotonic_predict_options {
    size_t struct_size;
    int32_t interpolation; /* QC_ISOTONIC_LINEAR (default) or _STEP */
    int32_t outside;       /* QC_ISOTONIC_OUTSIDE_NAN (default), ... */
} qc_isotonic_predict_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_isotonic_predict_options_init(qc_isotonic_predict_options *options, size_t size);

/*
 * The values at `queries` of the curve through (knots[i], values[i]): between knots a < b with
 * values u and v
 *
 *     u + (query - a) / (b - a) * (v - u)
 *
 * or u with QC_ISOTONIC_STEP. At a knot the value is exact, between two it is not beyond
 * either, and where the curve rises no query has a lower prediction than a smaller
 * query, rounding included.
 *
 * knots        finite, ascending strictly; those of qc_isotonic_fit_f64() or any others.
 * values       finite; they need not be in order.
 * knot_count   at least 1. One knot is its value everywhere, whatever `outside` says.
 * queries      n values in any order, also infinite; not NaN. Ascending ones are quicker.
 * n            number of queries; may be 0.
 * options      NULL for the defaults.
 * predictions  n values. May be the same pointer as `queries`.
 *
 * Cost: O(knot_count) and, for each query, O(1) if the knots are spread about evenly, at most
 * O(log(knot_count)); scratch of 32 bytes a knot, at most 2 MiB.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE
 * (knots, values; a query that is NaN), QC_ERR_DOMAIN (knots that do not ascend; a query
 * outside, if that is an error), QC_ERR_OPTIONS, QC_ERR_NO_MEMORY. Since 0.1.
 */
qc_status qc_isotonic_predict_f64(const double *knots, const double *values, size_t knot_count,
                                  const double *queries, size_t n,
                                  const qc_isotonic_predict_options *options, double *predictions);

/* The same in single precision; the arithmetic runs in double. Since 0.1. */
qc_status qc_isotonic_predict_f32(const float *knots, const float *values, size_t knot_count,
                                  const float *queries, size_t n,
                                  const qc_isotonic_predict_options *options, float *predictions);

#ifdef __cplusplus
}
#endif

#endif
