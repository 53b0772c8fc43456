/*
 * Family `isotonic`: partial fits of ranges of x, which merge exactly.
 *
 * A state takes points in the order of x, as they come, and keeps what the fit of all
 * of them needs. States of neighbouring ranges merge; a state becomes bytes and a
 * state again. So a fit can follow a stream, or be made by many machines, each of
 * which has a part of the data.
 *
 * Threads: several calls may read one state at the same time; while a call changes
 * one, no other may use it.
 */
#ifndef QUANTCAL_ISOTONIC_STATE_H
#define QUANTCAL_ISOTONIC_STATE_H

#include "regression.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct qc_isotonic_state qc_isotonic_state;

typedef struct qc_isotonic_state_options {
    size_t struct_size;
    int32_t loss;      /* QC_ISOTONIC_SQUARED (default) or _QUANTILE */
    int32_t direction; /* QC_ISOTONIC_INCREASING (default) or _DECREASING */
    /* Of the quantile loss: QC_ISOTONIC_SOLUTION_DEFAULT (default; the lower), _LOWER, _UPPER */
    int32_t solution;
    int32_t reserved; /* 0 */
    double level;     /* of the quantile loss: above 0, below 1; default 0.5 */
} qc_isotonic_state_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_isotonic_state_options_init(qc_isotonic_state_options *options, size_t size);

/*
 * Makes a state without points, which qc_isotonic_state_destroy() releases.
 *
 * options   NULL for the defaults.
 * state     where the handle goes.
 *
 * Errors: QC_ERR_NULL_POINTER (state), QC_ERR_ALIGNMENT, QC_ERR_OPTIONS. Since 0.1.
 */
qc_status qc_isotonic_state_create(const qc_isotonic_state_options *options,
                                   qc_isotonic_state **state);

/* Releases a state. NULL is allowed. Since 0.1. */
void qc_isotonic_state_destroy(qc_isotonic_state *state);

/*
 * Adds points to the end of the range of a state. Its fit is then that of all points so
 * far: the function of x that minimises
 *
 *     sum_i weights[i] * loss(y[i], f(x[i]))   subject to f(a) <= f(b) where a < b
 *
 * (>= for QC_ISOTONIC_DECREASING). Points with equal x have one value: that which
 * is best for all of them (secondary ties).
 *
 * state     the state; after an error it is what it was.
 * x         n predictors, finite, none below the one before it, and none below the
 *           last x that the state has; it may equal that.
 * y         n values, finite.
 * weights   n weights, finite and >= 0, not all zero, with a finite sum; or NULL
 *           for ones. A point of weight 0 is checked and then ignored: its x belongs
 *           to no block. The sum of all weights of a state must be finite as well.
 * n         number of points; 0 is allowed and changes nothing.
 *
 * Squared loss: the state is the blocks of the fit, with their sums in twice the
 * precision of a double; the first and the last x stand by themselves, because what
 * comes before or after may have the same x, and a block cannot be taken apart.
 * Memory is that of the blocks, which may be far fewer than the points. Where a value
 * is more than 10^300 times smaller than the largest, or a weight 10^150 times, it may
 * count as 0, or as one so much smaller.
 *
 * Quantile loss: the state keeps every point, sorted inside its block, because any of
 * them may be the quantile of a larger block. The level is taken for the fraction that
 * was meant, as in qc_isotonic_regression_f64().
 *
 * Cost: O(n) time for the squared loss and O(n log^2 n) for quantiles, in which many
 * points at once are much better than many calls: a call takes as long as the points of
 * those blocks are many that it joins. Scratch of up to 64 n bytes.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_NOT_FINITE,
 * QC_ERR_DOMAIN (x, weights), QC_ERR_NO_MEMORY.
 *
 * Source: pool adjacent violators, Ayer et al. (1955); for quantiles the joint fit of
 * two ranges is min(left, t) and max(right, t), by the level sets of Spouge, Wan and
 * Wilbur (2003), with t found by weighted selection. Since 0.1.
 */
qc_status qc_isotonic_state_update_f64(qc_isotonic_state *state, const double *x, const double *y,
                                       const double *weights, size_t n);

/* The same in single precision; the state is in double. Since 0.1. */
qc_status qc_isotonic_state_update_f32(qc_isotonic_state *state, const float *x, const float *y,
                                       const float *weights, size_t n);

/*
 * Adds to `state` all that `other` has: the state of the range that follows, made with
 * the same options. Its first x may equal the last x of `state`.
 *
 * The result is that of one state which got all points. For quantiles, and where the
 * sums of the squared loss are exact in twice the precision of a double (as they are
 * for whole numbers), it is the same to the last bit, so that merging is associative;
 * else means agree to about 2^-100, and so do the doubles that they are rounded to,
 * but for rare last bits.
 *
 * state     changed; after an error it is what it was.
 * other     not changed; it must not be the same as `state`.
 *
 * Cost: the size of `other`, and of the blocks that are joined.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_ALIAS, QC_ERR_DOMAIN (other options; a range
 * that begins before the end of the other; a sum of weights that is not finite),
 * QC_ERR_NO_MEMORY. Since 0.1.
 */
qc_status qc_isotonic_state_merge(qc_isotonic_state *state, const qc_isotonic_state *other);

/*
 * The blocks of the fit of all points so far, from low to high x: each one's first and
 * last x, its value, and the sum of its weights. Values differ strictly from block to
 * block. A state without points has none.
 *
 * first, last, values, weights   room for `capacity` each. Each may be NULL.
 * capacity       at least the number of blocks, unless all four are NULL: such a
 *                call counts them.
 * block_count    the number of blocks. May be NULL.
 *
 * Cost: time and scratch in proportion to the blocks; for quantiles, to the points.
 *
 * Errors: QC_ERR_NULL_POINTER (state), QC_ERR_SIZE (capacity), QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS, QC_ERR_NO_MEMORY. Since 0.1.
 */
qc_status qc_isotonic_state_fit(const qc_isotonic_state *state, double *first, double *last,
                                double *values, double *weights, size_t capacity,
                                size_t *block_count);

/*
 * The same fit as knots for interpolation, x rising strictly: the first x of each
 * block and, if it is another, the last, each with the block's value.
 *
 * x, y          room for `capacity` each. Each may be NULL.
 * capacity      at least the number of knots, unless both are NULL: such a call
 *               counts them.
 * knot_count    the number of knots, at most twice that of blocks. May be NULL.
 *
 * Cost and errors: as qc_isotonic_state_fit(). Since 0.1.
 */
qc_status qc_isotonic_state_knots(const qc_isotonic_state *state, double *x, double *y,
                                  size_t capacity, size_t *knot_count);

/*
 * Writes a state as bytes, the same on every machine, and the same for equal states.
 *
 * bytes      room for `capacity` bytes. NULL only counts.
 * capacity   at least the size, unless `bytes` is NULL.
 * size       the number of bytes. May be NULL.
 *
 * Cost: 48 bytes a block for the squared loss; for quantiles 24 bytes a block and 16
 * a point; and 80 bytes.
 *
 * Errors: QC_ERR_NULL_POINTER (state), QC_ERR_SIZE (capacity), QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS. Since 0.1.
 */
qc_status qc_isotonic_state_serialize(const qc_isotonic_state *state, uint8_t *bytes,
                                      size_t capacity, size_t *size);

/*
 * Makes the state that qc_isotonic_state_serialize() wrote. The bytes may come from
 * anyone: their length, checksum, and all that holds between the parts of a state are
 * checked, and anything else is refused.
 *
 * bytes   `size` bytes, and no more.
 * state   where the handle goes, to be released by qc_isotonic_state_destroy().
 *
 * Errors: QC_ERR_FORMAT; QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS, QC_ERR_NO_MEMORY. Since 0.1.
 */
qc_status qc_isotonic_state_deserialize(const uint8_t *bytes, size_t size,
                                        qc_isotonic_state **state);

#ifdef __cplusplus
}
#endif

#endif
