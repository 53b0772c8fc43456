/*
 * Family `isotonic`: regression of a sequence under an order constraint.
 */
#ifndef QUANTCAL_ISOTONIC_REGRESSION_H
#define QUANTCAL_ISOTONIC_REGRESSION_H

#include "../base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* direction */
enum {
    QC_ISOTONIC_INCREASING = 0,
    QC_ISOTONIC_DECREASING = 1,
    QC_ISOTONIC_AUTO = 2 /* what the data say: see `direction` below */
};

/* loss: what a residual y - x costs, for a point of weight 1 */
enum {
    QC_ISOTONIC_SQUARED = 0,   /* (y - x)^2; block value: the mean */
    QC_ISOTONIC_QUANTILE = 1,  /* level * (y - x) if y >= x, (1 - level) * (x - y) if not; the
                                * quantile of that level. Level 0.5 is the absolute loss. */
    QC_ISOTONIC_EXPECTILE = 2, /* level * (y - x)^2 if y >= x, (1 - level) * (y - x)^2 if not */
    QC_ISOTONIC_HUBER = 3,     /* r^2 / 2 if |r| <= t, t * (|r| - t / 2) if not; r = y - x and
                                * t = huber_threshold */
    QC_ISOTONIC_POWER = 4,     /* |y - x|^power */
    QC_ISOTONIC_CHEBYSHEV = 5, /* not a sum: the largest weight * |y - x| */
    QC_ISOTONIC_POISSON = 6,   /* deviance y * log(y / x) - y + x; y >= 0 */
    QC_ISOTONIC_BINOMIAL = 7   /* deviance y * log(y / x) + (1 - y) * log((1 - y) / (1 - x));
                                * 0 <= y <= 1 */
};

/* solution: which one, where a loss does not have one only */
enum {
    QC_ISOTONIC_SOLUTION_DEFAULT = 0, /* the middle for Chebyshev, the lower for the others */
    QC_ISOTONIC_SOLUTION_LOWER = 1,   /* no optimal fit has a lower value at any point */
    QC_ISOTONIC_SOLUTION_UPPER = 2,   /* no optimal fit has a higher value at any point */
    QC_ISOTONIC_SOLUTION_MIDDLE = 3   /* the mean of those two, optimal as well */
};

/* ties: what a fit to a predictor does with equal values of it */
enum {
    QC_ISOTONIC_TIES_SECONDARY = 0, /* equal predictors, equal fitted values */
    QC_ISOTONIC_TIES_PRIMARY = 1,   /* equal predictors in the order of y */
    QC_ISOTONIC_TIES_TERTIARY = 2   /* only the means over equal predictors are in order */
};

typedef struct qc_isotonic_regression_options {
    size_t struct_size;
    /* QC_ISOTONIC_INCREASING (default), _DECREASING, or _AUTO: increasing if the rank
     * correlation of y with x is >= 0 (with its position, where there is no x). */
    int32_t direction;
    int32_t reserved; /* 0 */
    qc_progress progress;
    int32_t loss;           /* QC_ISOTONIC_SQUARED (default), ... */
    int32_t solution;       /* QC_ISOTONIC_SOLUTION_DEFAULT (default), ... */
    double level;           /* of quantile and expectile: above 0, below 1; default 0.5 */
    double huber_threshold; /* finite, above 0; default 1 */
    double power;           /* finite, above 1; default 2 */
    double lower_bound;     /* of the fit; default -infinity */
    double upper_bound;     /* of the fit, at least lower_bound; default +infinity */
    double minimum_gap;     /* of neighbours in the fit; finite, >= 0; default 0 */
    int32_t ties;           /* of fits to a predictor: QC_ISOTONIC_TIES_SECONDARY (default), ... */
    int32_t reserved_2;     /* 0 */
    /* Of fits to a predictor: values are equal that differ from the first of them by no more
     * than this part of the larger magnitude; finite, >= 0; default 0. */
    double tie_tolerance;
} qc_isotonic_regression_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_isotonic_regression_options_init(qc_isotonic_regression_options *options, size_t size);

/*
 * Weighted isotonic regression of a sequence, by least squares unless the options say
 * otherwise: the x that minimises
 *
 *     sum_i weights[i] * loss(y[i], x[i])   subject to x[0] <= x[1] <= ... <= x[n-1]
 *
 * (>= for QC_ISOTONIC_DECREASING; for QC_ISOTONIC_CHEBYSHEV not the sum but the largest
 * weights[i] * |y[i] - x[i]|). The solution is made of blocks of neighbours that share one
 * value; for the squared loss it is unique, and the value the block's weighted mean.
 *
 * y              n values, finite; for QC_ISOTONIC_POISSON >= 0, for _BINOMIAL 0 to 1.
 * weights        n weights, finite and >= 0, not all zero, with a finite sum; or
 *                NULL for ones. A point of weight 0 does not move the fit; it
 *                joins the block of the next lower value, to its left (to its right
 *                if decreasing), or where there is none the block on its other side.
 * n              number of points; 0 is allowed and gives no blocks.
 * x              n fitted values. May be the same pointer as `y`.
 * block_weights  room for n: the sum of weights of each block. May be NULL.
 * blocks         room for n + 1: block b holds points blocks[b] up to, not
 *                including, blocks[b + 1]; blocks[0] = 0, the last entry is n.
 *                May be NULL.
 * block_count    the number of blocks. May be NULL.
 * Beyond the entries in use, block_weights and blocks hold no defined values.
 *
 * Neighbours with equal fitted values are one block, so values differ strictly
 * from block to block. A decreasing fit is that of the reversed sequence,
 * reversed. NaN or an infinity in y or weights is an error. Block means come from
 * compensated sums, and from exact ones where values of both signs cancel almost
 * wholly, so neither that nor a large common offset costs accuracy; values up to
 * the largest finite number do not overflow. Weights more than 10^150 times smaller
 * than others may count as nothing.
 *
 * Losses. The optimal fits of the quantile, Huber and Chebyshev losses lie between a
 * lowest and a highest one; see `solution`. Those of the quantile loss are found exactly:
 * `level` is taken as the simplest fraction that rounds to it (0.9 is nine tenths), and sums of
 * weights are compared as integers; weights more than 2^70 times smaller than others may be rounded. The
 * Poisson and binomial deviances, as all Bregman divergences, have the fit of the
 * squared loss. For expectiles, Huber and power losses the value of a block is that of
 * its best level, and is right to within rounding relative to the range of y; where a
 * loss is so flat that its slopes at some points vanish beside those at others (power
 * above about 8), so is the loss, but values of such points may be far from optimal
 * ones.
 *
 * Bounds clip the fit, which is optimal for every convex loss. A minimum gap asks for
 * x[i+1] - x[i] >= minimum_gap (x[i] - x[i+1] if decreasing): the fit is that of y[i] -
 * i * minimum_gap, with the multiples of the gap added again, and blocks are its blocks:
 * runs of neighbours that lie just the gap apart. A gap is refused with the Poisson
 * and binomial losses, and if n points do not fit between the bounds with it. Bounds are
 * rounded to the type of x.
 *
 * Cost: O(n) time for the squared, Poisson, binomial and Chebyshev losses; O(n log n) for
 * the quantile loss; for expectiles, Huber and power losses O(n) times the number of looks
 * at a point, about log n times a few and never above about 130. Scratch: n bytes and 4 MiB
 * a thread for the squared loss, with 56 bytes for each point where sums cancel almost
 * wholly, else up to 40 bytes a point; 16 bytes more with a gap.
 *
 * Errors: QC_ERR_NULL_POINTER (y, x), QC_ERR_SIZE, QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS, QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (weights, y), QC_ERR_OPTIONS,
 * QC_ERR_NO_MEMORY, QC_CANCELLED.
 *
 * Source: pool adjacent violators, Ayer et al. (1955). Blocks are those of
 * scipy.optimize.isotonic_regression; unlike it, weights of 0 are accepted and NaN is
 * refused. Quantiles: Ahuja, Orlin (2001). Other losses: level sets as in Spouge, Wan,
 * Wilbur (2003). Since 0.1.
 */
qc_status qc_isotonic_regression_f64(const double *y, const double *weights, size_t n,
                                     const qc_isotonic_regression_options *options, double *x,
                                     double *block_weights, size_t *blocks, size_t *block_count);

/* The same in single precision; sums run in double. Since 0.1. */
qc_status qc_isotonic_regression_f32(const float *y, const float *weights, size_t n,
                                     const qc_isotonic_regression_options *options, float *x,
                                     float *block_weights, size_t *blocks, size_t *block_count);

#ifdef __cplusplus
}
#endif

#endif
