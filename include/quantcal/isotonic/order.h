/*
 * Family `isotonic`: regression under a partial order: points, grids, graphs.
 */
#ifndef QUANTCAL_ISOTONIC_ORDER_H
#define QUANTCAL_ISOTONIC_ORDER_H

#include "regression.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct qc_isotonic_order_options {
    size_t struct_size;
    /* QC_ISOTONIC_SQUARED (default), _QUANTILE or _CHEBYSHEV. */
    int32_t loss;
    /* QC_ISOTONIC_SOLUTION_DEFAULT (default), ...; the squared loss has one only. */
    int32_t solution;
    double level; /* of quantile: above 0, below 1; default 0.5 */
    qc_progress progress;
} qc_isotonic_order_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_isotonic_order_options_init(qc_isotonic_order_options *options, size_t size);

/*
 * Isotonic regression of points in any number of dimensions: of all functions
 * that rise in every coordinate (fall, where its direction is decreasing), the
 * values x at the points that minimise
 *
 *     sum_i weights[i] * (y[i] - x[i])^2                  QC_ISOTONIC_SQUARED
 *     sum_i weights[i] * (level * (y[i] - x[i]), or       QC_ISOTONIC_QUANTILE
 *                         (1 - level) * (x[i] - y[i]) if that is positive)
 *     max_i weights[i] * |y[i] - x[i]|                    QC_ISOTONIC_CHEBYSHEV
 *
 * subject to x[i] <= x[j] where no coordinate of point i is beyond that of j.
 * Equal points have equal values; points that are not comparable do not constrain
 * each other. The squared loss has one solution. Of the quantile loss, options->solution
 * chooses the smallest (default), the largest or the mean of both; of the Chebyshev
 * loss the smallest, the largest or the mean (default), limited to the largest finite
 * number.
 *
 * points       n * dimensions coordinates, row by row, finite. -0 equals 0.
 * n            number of points, at most 2^31 - 2; 0 is allowed.
 * dimensions   at least 1; one dimension is the usual total order.
 * directions   for each dimension QC_ISOTONIC_INCREASING or _DECREASING; NULL: all
 *              increasing. QC_ISOTONIC_AUTO is not allowed.
 * y            n values, finite.
 * weights      n weights, finite and >= 0, not all zero, with a finite sum; or NULL
 *              for ones. A point of weight 0 does not move the fit. It has the largest
 *              fitted value among the points of positive weight that precede or equal it,
 *              or where there are none the smallest of all.
 * options      NULL for the defaults.
 * fitted       n fitted values. May be the same pointer as `y`.
 * blocks       n numbers: the block of each point. Points with equal fitted values
 *              are one block, and blocks are numbered from 0 by rising value. May be NULL.
 * block_count  the number of blocks. May be NULL.
 *
 * Every loss is minimised exactly, up to rounding. Squared: fitted values are
 * means of blocks, from compensated sums, and a partition that is optimal for data moved by
 * about 1e-16 of their range. Quantile: fitted values are values of y (but for the mean of two
 * solutions); weights count in units of 2^-60 of their sum or finer, so that solutions for
 * integers as weights are exact, and the level is read as the simplest fraction that rounds
 * to it. NaN or an infinity is an error; values up to the largest finite number do not overflow.
 *
 * Cost: one or two dimensions O(n log n) a cut, about log2(n) cuts deep for usual data (at most
 * 300 deep); 100,000 points take about a second. More dimensions: least cuts by greatest
 * flows in a graph of the order, which has an edge for each pair with nothing between, or if
 * those are too many O(n log^(dimensions - 1) n) edges by way of additional nodes; up to 100 MB of
 * scratch for 40,000 points. Chebyshev: a few sweeps over the order.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE (no dimension, too many points), QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS, QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (weights, directions), QC_ERR_OPTIONS,
 * QC_ERR_NO_MEMORY, QC_CANCELLED.
 *
 * Source: recursive partitioning: Spouge, Wan, Wilbur (2003), Luss, Rosset (2014); quantile
 * and Chebyshev loss, and the graph with additional nodes: Stout (2013, 2015). Departures:
 * in the plane cuts are found by a sweep and not by a flow; deep recursions are
 * balanced. Since 0.1.
 */
qc_status qc_isotonic_order_points_f64(const double *points, size_t n, size_t dimensions,
                                       const int32_t *directions, const double *y,
                                       const double *weights,
                                       const qc_isotonic_order_options *options, double *fitted,
                                       size_t *blocks, size_t *block_count);

/* The same in single precision; sums run in double. Since 0.1. */
qc_status qc_isotonic_order_points_f32(const float *points, size_t n, size_t dimensions,
                                       const int32_t *directions, const float *y,
                                       const float *weights,
                                       const qc_isotonic_order_options *options, float *fitted,
                                       size_t *blocks, size_t *block_count);

/*
 * Isotonic regression of a matrix: as qc_isotonic_order_points_f64() for points that
 * are the cells, with row and column numbers as coordinates. Also known as bimonotone
 * regression.
 *
 * y                 rows * columns values, row by row, finite.
 * weights           rows * columns weights, or NULL for ones. Cells of weight 0 are
 *                   missing cells: they are left out of the fit and then filled,
 *                   with the largest fitted value at or above and at or to their left (in the
 *                   order of the directions), or where there is none with the smallest of all.
 * rows, columns     either may be 0; at most 2^31 - 2 cells.
 * row_direction     QC_ISOTONIC_INCREASING: values rise from row to row, down every
 *                   column; QC_ISOTONIC_DECREASING: they fall.
 * column_direction  the same from column to column, along every row.
 * options           NULL for the defaults.
 * fitted            rows * columns fitted values. May be the same pointer as `y`.
 *
 * Cost: as for points in the plane. Errors: as there; QC_ERR_DOMAIN also for a direction.
 * Since 0.1.
 */
qc_status qc_isotonic_order_grid_f64(const double *y, const double *weights, size_t rows,
                                     size_t columns, int32_t row_direction,
                                     int32_t column_direction,
                                     const qc_isotonic_order_options *options, double *fitted);

/* The same in single precision; sums run in double. Since 0.1. */
qc_status qc_isotonic_order_grid_f32(const float *y, const float *weights, size_t rows,
                                     size_t columns, int32_t row_direction,
                                     int32_t column_direction,
                                     const qc_isotonic_order_options *options, float *fitted);

/*
 * Isotonic regression under any partial order, given by edges: as
 * qc_isotonic_order_points_f64(), subject to fitted[from[e]] <= fitted[to[e]] for every edge.
 *
 * from, to      edge_count indices of points each. An edge may be given more than once, and
 *               need not be given if others imply it.
 * edge_count    0 is allowed: then every fitted value is y.
 * y, weights, n, options, fitted, blocks, block_count   as for points; a point of weight 0
 *               carries the order on from those that precede it to those that follow.
 *
 * Cost: O(n + edge_count) memory; time that of at most n greatest flows, usually of a few on
 * the whole graph and then on ever smaller parts. Chebyshev: a few times O(n + edge_count).
 *
 * Errors: as for points, and QC_ERR_DOMAIN for an index that is not less than n, and for
 * edges that make a cycle, which the message names. Since 0.1.
 */
qc_status qc_isotonic_order_graph_f64(const size_t *from, const size_t *to, size_t edge_count,
                                      const double *y, const double *weights, size_t n,
                                      const qc_isotonic_order_options *options, double *fitted,
                                      size_t *blocks, size_t *block_count);

/* The same in single precision; sums run in double. Since 0.1. */
qc_status qc_isotonic_order_graph_f32(const size_t *from, const size_t *to, size_t edge_count,
                                      const float *y, const float *weights, size_t n,
                                      const qc_isotonic_order_options *options, float *fitted,
                                      size_t *blocks, size_t *block_count);

typedef struct qc_isotonic_order_predict_options {
    size_t struct_size;
    /* Which of the values that the order allows: QC_ISOTONIC_SOLUTION_LOWER, _UPPER or
     * _MIDDLE, which is the default. */
    int32_t solution;
    int32_t reserved; /* 0 */
    qc_progress progress;
} qc_isotonic_order_predict_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_isotonic_order_predict_options_init(qc_isotonic_order_predict_options *options,
                                                 size_t size);

/*
 * Values at new points from a fit of points: the order allows all from the largest
 * fitted value of the points that precede or equal the new one (the lower prediction) to
 * the smallest of those that follow or equal it (the upper). The middle is half way
 * between, or the one of them that there is.
 *
 * points, n, dimensions, directions   as they were fitted.
 * fitted       n fitted values, finite.
 * queries      m * dimensions coordinates, row by row, finite.
 * m            number of queries; 0 is allowed.
 * options      NULL for the defaults.
 * predictions  m values; NaN where no point precedes (lower), none follows (upper), or
 *              none does either (middle).
 *
 * At a fitted point the prediction is its fitted value.
 *
 * Cost: one or two dimensions O((n + m) log(n + m)). More: the points are tried in the order of
 * their values until one precedes (follows) the query, O(n m dimensions) at worst.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE,
 * QC_ERR_DOMAIN (directions), QC_ERR_OPTIONS, QC_ERR_NO_MEMORY, QC_CANCELLED. Since 0.1.
 */
qc_status qc_isotonic_order_predict_f64(const double *points, const double *fitted, size_t n,
                                        size_t dimensions, const int32_t *directions,
                                        const double *queries, size_t m,
                                        const qc_isotonic_order_predict_options *options,
                                        double *predictions);

/* The same in single precision. Since 0.1. */
qc_status qc_isotonic_order_predict_f32(const float *points, const float *fitted, size_t n,
                                        size_t dimensions, const int32_t *directions,
                                        const float *queries, size_t m,
                                        const qc_isotonic_order_predict_options *options,
                                        float *predictions);

#ifdef __cplusplus
}
#endif

#endif
