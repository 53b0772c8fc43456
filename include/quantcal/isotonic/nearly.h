/*
 * Family `isotonic`: nearly-isotonic regression, the whole path.
 */
#ifndef QUANTCAL_ISOTONIC_NEARLY_H
#define QUANTCAL_ISOTONIC_NEARLY_H

#include "regression.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The nearly-isotonic fits of a sequence at every penalty: an object that lives
 * from create to destroy. It never changes, so several threads may ask it at once.
 */
typedef struct qc_isotonic_nearly qc_isotonic_nearly;

typedef struct qc_isotonic_nearly_options {
    size_t struct_size;
    int32_t direction; /* QC_ISOTONIC_INCREASING (default) or _DECREASING */
    int32_t reserved;  /* 0 */
    qc_progress progress;
} qc_isotonic_nearly_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_isotonic_nearly_options_init(qc_isotonic_nearly_options *options, size_t size);

/*
 * Nearly-isotonic regression for all lambda >= 0 at once: the x that minimises
 *
 *     sum_i weights[i] * (y[i] - x[i])^2 / 2 + lambda * sum_i max(x[i] - x[i+1], 0)
 *
 * (max(x[i+1] - x[i], 0) for QC_ISOTONIC_DECREASING). The solution is unique.
 * At lambda = 0 it is y; from some lambda on it is the isotonic fit; in between
 * only falls that pay for their penalty are left. As lambda grows, groups of
 * neighbours with one value join and never part, and between two joins every
 * value moves on a straight line. So the path is a tree of at most 2n - 1 groups.
 *
 * y        n values, finite.
 * weights  n weights, finite and >= 0, not all zero, with a finite sum; or NULL
 *          for ones. A point of weight 0 does not move the fit; it joins the group
 *          on the side of the lower values, its left (its right if decreasing),
 *          or where there is none the group on its other side, from lambda = 0 on.
 * n        number of points; 0 is allowed.
 * path     where the handle goes. Give it to qc_isotonic_nearly_destroy().
 *
 * Equal neighbours in y are one group from the start. A decreasing path is that
 * of the reversed sequence. Group sums are carried in twice the precision, and
 * every fit is computed from them, so that errors do not grow along the path, and
 * a common offset of y costs no accuracy. Joins whose lambdas differ by less than
 * 2^-48 of their size are one. If values reach 10^240, a lambda below 10^-240 may
 * count as 0; weights more than 10^150 times smaller than others, as nothing.
 *
 * Cost: O(n log n) time; 96 n bytes for the object, and 136 n of scratch.
 *
 * Errors: QC_ERR_NULL_POINTER (y, path), QC_ERR_SIZE, QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS, QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (weights), QC_ERR_OPTIONS,
 * QC_ERR_NO_MEMORY, QC_CANCELLED.
 *
 * Source: Tibshirani, Hoefling, Tibshirani (2011), Nearly-isotonic regression,
 * Technometrics 53. Departures: weights; a heap, where the paper looks for the next
 * join among all groups. Since 0.1.
 */
qc_status qc_isotonic_nearly_create_f64(const double *y, const double *weights, size_t n,
                                        const qc_isotonic_nearly_options *options,
                                        qc_isotonic_nearly **path);

/* The same in single precision; the path is kept in double. Since 0.1. */
qc_status qc_isotonic_nearly_create_f32(const float *y, const float *weights, size_t n,
                                        const qc_isotonic_nearly_options *options,
                                        qc_isotonic_nearly **path);

/*
 * The breakpoints of a path: the lambda > 0 at which groups join, in ascending
 * order, each once. The fit is linear in lambda between them, and isotonic from
 * the last one on.
 *
 * path      a handle.
 * lambdas   room for `capacity` numbers, at least as many as there are breakpoints,
 *           of which there are less than n; what is beyond them is left as it is.
 *           NULL: they are only counted, and `capacity` is not looked at.
 * capacity  the room.
 * count     how many breakpoints there are.
 *
 * A breakpoint beyond the largest number, which only values or weights near it
 * can cause, is infinite. Cost: O(n) time.
 *
 * Errors: QC_ERR_NULL_POINTER (path, count), QC_ERR_SIZE if `capacity` is too
 * small, QC_ERR_ALIGNMENT, QC_ERR_ALIAS. Since 0.1.
 */
qc_status qc_isotonic_nearly_breakpoints(const qc_isotonic_nearly *path, double *lambdas,
                                         size_t capacity, size_t *count);

/*
 * The fit of a path at one lambda.
 *
 * path                a handle, from either type of create.
 * lambda              >= 0. Infinity gives the isotonic fit.
 * x                   n fitted values. NULL: only the degrees of freedom.
 * n                   number of points, as given to create; not looked at if x is NULL.
 * degrees_of_freedom  the number of groups of neighbours that have joined: an
 *                     unbiased estimate of the fit's degrees of freedom, if the
 *                     weights are equal. May be NULL.
 *
 * Cost: O(n) time, O(log n) if x is NULL; no scratch.
 *
 * Errors: QC_ERR_NULL_POINTER (path), QC_ERR_SIZE if n is not that of the path,
 * QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE (lambda is NaN), QC_ERR_DOMAIN
 * (lambda is negative).
 *
 * Source: Tibshirani, Hoefling, Tibshirani (2011), sections 2 and 3. Since 0.1.
 */
qc_status qc_isotonic_nearly_fit_f64(const qc_isotonic_nearly *path, double lambda, double *x,
                                     size_t n, size_t *degrees_of_freedom);

/* The same, rounded to single precision. Since 0.1. */
qc_status qc_isotonic_nearly_fit_f32(const qc_isotonic_nearly *path, double lambda, float *x,
                                     size_t n, size_t *degrees_of_freedom);

/* Destroys a path. NULL is allowed. Since 0.1. */
void qc_isotonic_nearly_destroy(qc_isotonic_nearly *path);

#ifdef __cplusplus
}
#endif

#endif
