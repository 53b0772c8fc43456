/*
 * Family `quantize`: ranges by what they do to a model's predictions, which the caller measures.
 */
#ifndef QUANTCAL_QUANTIZE_PREDICTION_RANGE_H
#define QUANTCAL_QUANTIZE_PREDICTION_RANGE_H

#include "../base.h"
#include "grid.h"
#include "range.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A candidate range, with what a model would have in place of the values. The arrays are those of the
 * library, and change with the next candidate. */
typedef struct qc_quantize_range_candidate {
    size_t struct_size; /* set by the library, as all but `difference` */
    size_t index;       /* from 0, the widest */
    size_t candidates;  /* how many there are */
    double factor;      /* which the min-max ranges are multiplied by */
    double error;       /* the mean of |x - decoded|^norm */
    size_t rows;
    size_t columns;
    const float *quantized; /* rows x columns: decoded values */
    size_t group_count;
    const float *scales; /* group_count */
    const float *zeros;  /* group_count; NULL: there are none */
    double difference;   /* the answer: how far predictions are from those of the model as it is;
                            NaN before */
} qc_quantize_range_candidate;

/*
 * What measures differences. `measure` is called from the thread that made the call, once for each
 * candidate, the widest first, with `context`. It writes candidate->difference, any number but NaN
 * (infinity: not this one), and returns 0; another result stops the work, which then returns
 * QC_CANCELLED. It may call the library, must not throw through it, nor longjmp out of it.
 */
typedef struct qc_quantize_difference {
    int32_t (*measure)(void *context, qc_quantize_range_candidate *candidate);
    void *context;
} qc_quantize_difference;

typedef struct qc_quantize_prediction_range_result {
    size_t struct_size; /* set by the caller: sizeof the struct */
    size_t index;       /* of the candidate that is taken */
    double factor;      /* and its numbers */
    double difference;
    double error;
    double loss;
} qc_quantize_prediction_range_result;

/*
 * The scales, and zero points if wanted, of the range that changes a model's predictions least.
 *
 * Candidates are those of QC_QUANTIZE_RANGE_MSE: the min-max range of each group times `steps` numbers,
 * evenly from `high` down to `low`, the same number for all groups. For each one the values are rounded
 * to the grid and back, and the caller says by how much the model's predictions differ with them. The
 * widest of the candidates with the least
 *
 *     difference + error_weight * mean of |x - decoded|^norm
 *
 * is taken. PD-Quant's difference is the Kullback-Leibler divergence of softmax(z / T) with T = 4 from
 * that of the model as it is, mean over the batch; its loss adds the squared error of the layer with
 * the weight 0.1 (both times 10 there).
 *
 * values        rows x columns, finite: activations, or weights.
 * rule          kind must be QC_QUANTIZE_RANGE_MSE, of which scale_form, steps, norm, low and high are used
 *               (`refinements` must be in its bounds, and are not made); NULL: "mse".
 * error_weight  finite, >= 0; 0: the difference alone decides.
 * difference    see there; not NULL.
 * scales        group_count of qc_quantize_grid_layout().
 * zeros         group_count; NULL: none are wanted.
 * result        see there.
 *
 * Scales, zero points and decoded values are those of qc_quantize_range_f32() and
 * qc_quantize_grid_fake_f32(). A group of zeros stays. rows = 0 or columns = 0 does nothing, `result`
 * being zeros. The progress of `options` is called before each candidate. Cost: an encoding and a
 * decoding for each candidate beside the callback's; scratch of 4 bytes a value, 24 a group. Errors:
 * QC_ERR_NULL_POINTER (also measure), QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE (a
 * difference is NaN), QC_ERR_DOMAIN (error_weight), QC_ERR_OPTIONS, QC_ERR_NO_MEMORY, QC_CANCELLED. Source:
 * Liu et al. (2023), PD-Quant, and its code; there the scale is learned by gradients beside the
 * rounding of weights, and activations' statistics are corrected; a search over candidates is
 * ours. Since 0.1.
 */
qc_status qc_quantize_prediction_range_f32(const float *values, size_t rows, size_t columns,
                                           const qc_quantize_grid *grid,
                                           const qc_quantize_grid_options *options,
                                           const qc_quantize_range_rule *rule, double error_weight,
                                           const qc_quantize_difference *difference, float *scales,
                                           float *zeros,
                                           qc_quantize_prediction_range_result *result);

#ifdef __cplusplus
}
#endif

#endif
