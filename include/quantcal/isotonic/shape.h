/*
 * Family `isotonic`: unimodal, convex and concave regression.
 */
#ifndef QUANTCAL_ISOTONIC_SHAPE_H
#define QUANTCAL_ISOTONIC_SHAPE_H

#include "regression.h"

#ifdef __cplusplus
extern "C" {
#endif

/* shape of a unimodal fit */
enum {
    QC_ISOTONIC_PEAK = 0,
    QC_ISOTONIC_VALLEY = 1
};

typedef struct qc_isotonic_unimodal_options {
    size_t struct_size;
    int32_t shape;    /* QC_ISOTONIC_PEAK (default) or _VALLEY */
    int32_t reserved; /* 0 */
    size_t mode;      /* where the peak or valley is: 0 to n - 1; SIZE_MAX (default) to search it */
    qc_progress progress;
} qc_isotonic_unimodal_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_isotonic_unimodal_options_init(qc_isotonic_unimodal_options *options, size_t size);

/*
 * Weighted least-squares unimodal regression of a sequence: the x that
 * minimises
 *
 *     sum_i weights[i] * (y[i] - x[i])^2
 *     subject to x[0] <= ... <= x[m] >= ... >= x[n-1]
 *
 * (>= up to m and <= after it for QC_ISOTONIC_VALLEY), where the mode m is given,
 * or is the one with the least sum.
 *
 * y        n values, finite.
 * weights  n weights, finite and >= 0, not all zero, with a finite sum; or NULL
 *          for ones. A point of weight 0 does not move the fit; it has the value of
 *          its neighbour away from the mode if that neighbour has one, else of the
 *          other. The mode itself may have weight 0.
 * n        number of points; 0 is allowed, if the mode is to be searched.
 * x        n fitted values. May be the same pointer as `y`.
 * mode     the index of the mode: that in the options, or the one found; 0 if n is
 *          0. May be NULL.
 *
 * For a mode the fit is unique. Modes may tie: then the smallest is taken; sums
 * that differ by no more than their rounding tie. The error sums are sums of
 * nonnegative terms, and the fitted values are means from compensated sums, so a
 * large common offset costs no accuracy; values up to the largest finite number do not
 * overflow. NaN or an infinity in y or weights is an error. A fit of one
 * value throughout (rising and falling) has mode 0 if it was searched.
 *
 * Cost: O(n) time; scratch of about 50 bytes a point.
 *
 * Errors: QC_ERR_NULL_POINTER (y, x), QC_ERR_SIZE, QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS, QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (weights), QC_ERR_OPTIONS (also
 * if mode is not below n), QC_ERR_NO_MEMORY, QC_CANCELLED.
 *
 * Source: prefix isotonic regression, Stout (2008), Unimodal regression via prefix
 * isotonic regression. The error of a prefix grows by
 * w_a * w_b / (w_a + w_b) * (m_a - m_b)^2 when blocks of means m_a, m_b are pooled.
 * Since 0.1.
 */
qc_status qc_isotonic_unimodal_f64(const double *y, const double *weights, size_t n,
                                   const qc_isotonic_unimodal_options *options, double *x,
                                   size_t *mode);

/* The same in single precision; sums run in double. Since 0.1. */
qc_status qc_isotonic_unimodal_f32(const float *y, const float *weights, size_t n,
                                   const qc_isotonic_unimodal_options *options, float *x,
                                   size_t *mode);

/* curvature */
enum {
    QC_ISOTONIC_CONVEX = 0,
    QC_ISOTONIC_CONCAVE = 1
};

/* monotonicity of a convex or concave fit: QC_ISOTONIC_INCREASING, _DECREASING, or */
enum {
    QC_ISOTONIC_ANY = 2
};

typedef struct qc_isotonic_convex_options {
    size_t struct_size;
    int32_t curvature;    /* QC_ISOTONIC_CONVEX (default) or _CONCAVE */
    int32_t monotonicity; /* QC_ISOTONIC_ANY (default), _INCREASING or _DECREASING */
    qc_progress progress;
} qc_isotonic_convex_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_isotonic_convex_options_init(qc_isotonic_convex_options *options, size_t size);

/*
 * Weighted least-squares regression by a convex or concave function of a
 * predictor, which may have to be increasing or decreasing too: the g that minimises
 *
 *     sum_i weights[i] * (y[i] - g(x[i]))^2
 *
 * among all convex (concave; and nondecreasing, nonincreasing) functions. At the points the
 * solution is unique; between them it is taken to be linear. It bends at a few of the points only,
 * the knots.
 *
 * x           n predictors, finite, in any order. Points with equal predictors count as one,
 *             with their weighted mean and the sum of their weights.
 * y           n values, finite.
 * weights     n weights, finite and >= 0, not all zero, with a finite sum; or NULL
 *             for ones. A point of weight 0 does not move the fit; its fitted
 *             value is that of the function.
 * n           number of points; 0 is allowed and gives no knots.
 * fitted      n values g(x[i]), in the order of x. May be the same pointer as `y`, or NULL.
 * knots       room for n: the predictors, ascending, at which the function begins,
 *             bends, and ends. May be NULL.
 * values      room for n: the function at the knots. May be NULL.
 * knot_count  the number of knots: 1 if all predictors of positive weight are
 *             equal, else at least 2. May be NULL.
 * Beyond the entries in use, knots and values hold no defined values.
 *
 * Between knots the function is the line through their values; beyond the first and the
 * last, where only points of weight 0 can lie, it goes on with the slope at the end. Fitted
 * values of an increasing (decreasing) function never fall (rise), not by
 * rounding either; where two slopes differ by less than rounding the function may seem to bend the
 * wrong way. The method is exact: it ends with the solution, up to rounding, and has no
 * tolerance to choose. Values and weights up to the largest finite number do not
 * overflow; a fitted value beyond it becomes it. Values that single weights
 * 10^12 times smaller than those around them determine are less accurate. NaN or an
 * infinity in x, y or weights is an error.
 *
 * Cost: sorting, unless x is in order, and rounds of O(n) time, commonly 10 to 50 of them;
 * scratch of about 80 bytes a point and 250 a knot.
 *
 * Errors: QC_ERR_NULL_POINTER (x, y), QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (weights), QC_ERR_OPTIONS, QC_ERR_NO_MEMORY,
 * QC_CANCELLED.
 *
 * Source: the active-set method of Lawson, Hanson (1974), Solving Least Squares
 * Problems, chapter 23; compare Fraser, Massam (1989). Departures: fits in the basis of
 * hats between knots, which is tridiagonal; a knot is added wherever one is
 * wanted in a round. Since 0.1.
 */
qc_status qc_isotonic_convex_f64(const double *x, const double *y, const double *weights, size_t n,
                                 const qc_isotonic_convex_options *options, double *fitted,
                                 double *knots, double *values, size_t *knot_count);

/* The same in single precision; all is computed in double. Since 0.1. */
qc_status qc_isotonic_convex_f32(const float *x, const float *y, const float *weights, size_t n,
                                 const qc_isotonic_convex_options *options, float *fitted,
                                 float *knots, float *values, size_t *knot_count);

#ifdef __cplusplus
}
#endif

#endif
