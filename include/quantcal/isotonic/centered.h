/*
 * Family `isotonic`: centered isotonic regression with intervals.
 */
#ifndef QUANTCAL_ISOTONIC_CENTERED_H
#define QUANTCAL_ISOTONIC_CENTERED_H

#include "regression.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ties: whether neighbours with equal means are pooled */
enum {
    QC_ISOTONIC_CENTERED_TIES_BOUNDARY = 0, /* unless both are at the same end of the range */
    QC_ISOTONIC_CENTERED_TIES_NEVER = 1,
    QC_ISOTONIC_CENTERED_TIES_ALWAYS = 2
};

/* interval */
enum {
    QC_ISOTONIC_CENTERED_INTERVAL_NONE = 0, /* all four outputs for bounds must be NULL */
    QC_ISOTONIC_CENTERED_INTERVAL_WILSON = 1,
    QC_ISOTONIC_CENTERED_INTERVAL_MORRIS = 2
};

typedef struct qc_isotonic_centered_options {
    size_t struct_size;
    int32_t direction; /* QC_ISOTONIC_INCREASING (default) or _DECREASING */
    int32_t ties;      /* QC_ISOTONIC_CENTERED_TIES_BOUNDARY (default), _NEVER, _ALWAYS */
    int32_t interval;  /* QC_ISOTONIC_CENTERED_INTERVAL_MORRIS (default), _WILSON, _NONE */
    int32_t reserved;  /* 0 */
    double confidence; /* of the intervals, strictly between 0 and 1; 0.9 */
    /* The ends of the range of y, for ties; either may be infinite. 0 and 1. */
    double range_lower;
    double range_upper;
    qc_progress progress;
} qc_isotonic_centered_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_isotonic_centered_options_init(qc_isotonic_centered_options *options, size_t size);

/*
 * Centered isotonic regression: a curve that rises strictly where isotonic
 * regression has steps.
 *
 * Points of equal x are pooled first. Then, as in isotonic regression, neighbours
 * whose means are out of order are pooled until none are (and ties, as options->ties
 * says); but a pool is one point: at the weighted mean of its x, with the weighted
 * mean of its y. The curve runs straight between these points, and is level beyond
 * them: if a point at an end has moved inwards, a knot with its value and weight 0
 * is added at the least (largest) x of positive weight.
 *
 * With an interval y are shares of successes in weights[i] trials, and each point has
 * bounds for its chance, with z = the normal quantile of (1 + confidence) / 2:
 *
 *     WILSON  (p + z^2/2n -+ z sqrt(p (1 - p)/n + z^2/4n^2)) / (1 + z^2/n)
 *     MORRIS  with tail = (1 - confidence) / 2 and k = n p to the nearest whole number
 *             (of two the even one), the upper bound of point j solves G_j(chance) =
 *             tail, where G_j = P(X_j < k_j) + P(X_j = k_j) G_(j+1), G past the last
 *             point is 1, and X_j is binomial; the lower bound by the same from the other
 *             side; then the tighter of these and Wilson's; then no lower bound is below
 *             one further down, and no upper above one further up, the curve.
 *
 * Bounds run straight between points, too.
 *
 * x             n predictors, finite, in any order; -0 equals 0.
 * y             n values, finite; 0 to 1 if bounds are asked for.
 * weights       n weights, finite and >= 0, not all zero, with a finite sum; or NULL
 *               for ones. Whole numbers if bounds are asked for, for MORRIS at most 10^9
 *               in all. A point of weight 0 does not take part: its fitted value is
 *               that of the curve.
 * n             number of points; 0 is allowed and gives no knots.
 * fitted        the curve at each x, in the order of the input.
 * lower, upper  its bounds there. Either may be NULL.
 * knots         room for n + 1: the x of the points, ascending strictly.
 * values        room for n + 1: the curve at the knots.
 * knot_weights  room for n + 1: the weight of each. May be NULL.
 * knot_lower,   room for n + 1: the bounds of each; of a knot of weight 0 those of its
 * knot_upper    neighbour. May be NULL.
 * knot_count    how many knots there are.
 * Beyond the entries in use, those from knots on hold no defined values.
 *
 * To predict at other x give knots and values to qc_isotonic_predict_f64() with
 * QC_ISOTONIC_OUTSIDE_CLIP. (Not x and fitted: the curve bends at knots only.)
 *
 * Means are compared exactly: a y that is the number nearest to k / w, for a whole
 * weight w and a whole k, stands for that fraction, and otherwise for itself. Where
 * data lie outside the range, ties at its ends can depend on the order of pooling,
 * which is from the side of the lower values. A decreasing curve is that of the
 * reversed sequence.
 *
 * Cost: O(n) time for the sort and the pools. For MORRIS, with m points whose
 * neighbours are k apart in sharing chance, O(m k) sums of O(sqrt(weight)) terms;
 * k is 1 or 2 unless groups are small. Scratch: at most 30 numbers a point.
 *
 * Errors: QC_ERR_NULL_POINTER (x, y, fitted, knots, values, knot_count), QC_ERR_SIZE,
 * QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE (x, y, weights, confidence, range),
 * QC_ERR_DOMAIN (weights, y, confidence, range), QC_ERR_OPTIONS, QC_ERR_NO_MEMORY,
 * QC_CANCELLED.
 *
 * Source: Oron, Flournoy (2017), Centered isotonic regression: point and interval
 * estimation for dose-response studies; Morris (1988), Small-sample confidence limits
 * for parameters under inequality constraints, equation (4.3), its index of G
 * corrected; Wilson (1927). Departures from the authors' package cir: it compares
 * means rounded to 8 decimals, finds Morris's bounds to 4 digits or so, and gives no
 * interval where all points make one. Since 0.1.
 */
qc_status qc_isotonic_centered_f64(const double *x, const double *y, const double *weights,
                                   size_t n, const qc_isotonic_centered_options *options,
                                   double *fitted, double *lower, double *upper, double *knots,
                                   double *values, double *knot_weights, double *knot_lower,
                                   double *knot_upper, size_t *knot_count);

/* The same in single precision; sums and bounds run in double. Since 0.1. */
qc_status qc_isotonic_centered_f32(const float *x, const float *y, const float *weights, size_t n,
                                   const qc_isotonic_centered_options *options, float *fitted,
                                   float *lower, float *upper, float *knots, float *values,
                                   float *knot_weights, float *knot_lower, float *knot_upper,
                                   size_t *knot_count);

#ifdef __cplusplus
}
#endif

#endif
