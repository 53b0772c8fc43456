/*
 * Family `quantize`: candidates for the codes of vectors, chosen by what a layer gives out.
 */
#ifndef QUANTCAL_QUANTIZE_CANDIDATES_H
#define QUANTCAL_QUANTIZE_CANDIDATES_H

#include "vector.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct qc_quantize_candidates_options {
    size_t struct_size;
    size_t centres;    /* k: of the code book; 1 to 65536, default 256 */
    size_t candidates; /* n: of each vector; 1 to 64 and at most k, default 2 */
    double penalty;    /* what the mean of sums of p (1 - p) counts; finite, >= 0, default 1 */
    double settled;    /* above this ratio a vector has one candidate; above 0 to 1, default 0.99 */
    double logit_step; /* of the calibration: sizes of steps; finite, >= 0, default 0.05 */
    double centre_step; /* default 1e-4 */
    double smoothing;   /* of running means of squares; 0 to below 1, default 0.9 */
    int32_t iterations; /* of the calibration, at most; at least 0, default 500 */
    int32_t reserved;   /* 0 */
    qc_progress progress;
} qc_quantize_candidates_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options. Errors: QC_ERR_NULL_POINTER;
 * QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is less than that of the first version, or above
 * 4096. Since 0.1.
 */
qc_status qc_quantize_candidates_options_init(qc_quantize_candidates_options *options, size_t size);

/*
 * Candidates for the codes of vectors: the n nearest centres of each, and logits to begin with.
 *
 * The next functions take a vector as a mixture of its candidates, with ratios p that are the
 * softmax of logits, until one candidate is left of each: VQ4DiT. A framework learns logits and
 * centres with qc_quantize_candidates_mix_f32() forward, qc_quantize_candidates_gradient_f32()
 * backward, an optimizer of its own, and qc_quantize_candidates_settle_f32() between steps; for a
 * linear layer qc_quantize_candidates_calibrate_f32() does all of it.
 *
 * vectors     count x dimension, finite.
 * centres     k x dimension, finite: one code book.
 * candidates  count x n: rows of centres, the nearest first, among equally near ones in order.
 * logits      count x n: log(d_n / d_i) with the distances d, so that ratios are in proportion to
 *             1 / d_i and the last logit is 0. For a vector that is a centre, 0 and then
 *             -infinity: it is settled.
 *
 * Distances are in double, in order of the numbers. count = 0 does nothing. Cost:
 * count * k * dimension multiplications. Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE (dimension is 0),
 * QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE, QC_ERR_OPTIONS, QC_ERR_NO_MEMORY. Source:
 * Deng et al. (2024), VQ4DiT, arXiv 2408.17131. There 1e-5 is added to d_i; ours does not depend on
 * the unit. Since 0.1.
 */
qc_status qc_quantize_candidates_find_f32(const float *vectors, size_t count, size_t dimension,
                                          const float *centres,
                                          const qc_quantize_candidates_options *options,
                                          uint16_t *candidates, float *logits);

/*
 * Forward: ratios, and vectors as mixtures: sums of p times candidates, in double, rounded once.
 *
 * candidates, logits  as above; logits may be -infinity, but not all of a vector.
 * ratios   count x n; NULL: not wanted.
 * vectors  count x dimension.
 *
 * count = 0 does nothing. Errors: as above; QC_ERR_DOMAIN for a candidate of k or more, a logit of
 * infinity, or none above -infinity. Since 0.1.
 */
qc_status qc_quantize_candidates_mix_f32(const uint16_t *candidates, const float *logits,
                                         size_t count, size_t dimension, const float *centres,
                                         const qc_quantize_candidates_options *options,
                                         float *ratios, float *vectors);

/*
 * Backward: gradients at logits and centres, of a loss whose gradient at the mixtures is given, and
 * of the penalty: `penalty` times the mean, over vectors that are open (with more than one
 * logit above -infinity), of their sums of p (1 - p).
 *
 * With g the gradient at a mixture, that at its logit i is p_i (s_i - sum of p_j s_j), where s_i is
 * g^T c_i + penalty (1 - 2 p_i) / open, the second term only if it is open; that at a centre is
 * the sum of p g over the vectors that have it, in order. Of a settled vector's logits it is 0.
 *
 * gradients         count x dimension, finite.
 * logit_gradients   count x n.
 * centre_gradients  k x dimension; of count = 0 vectors 0.
 *
 * Errors: as above. Since 0.1.
 */
qc_status qc_quantize_candidates_gradient_f32(const float *gradients, const uint16_t *candidates,
                                              const float *logits, size_t count, size_t dimension,
                                              const float *centres,
                                              const qc_quantize_candidates_options *options,
                                              float *logit_gradients, float *centre_gradients);

/*
 * Settles vectors whose largest ratio is above `settled`: this logit becomes 0, the others
 * -infinity. What they are no gradient changes.
 *
 * logits          as above.
 * settled_logits  count x n; may be the same memory as logits.
 * codes           count: of each vector the candidate of the largest logit, among equal ones the
 *                 nearest: what the vectors are when training ends.
 * open            one number: how many vectors are open now; NULL: not wanted.
 * penalty         one number: the mean of their sums of p (1 - p); 0 if none is; NULL: not wanted.
 *
 * Of the options centres, candidates and settled are used. count = 0 does nothing but write 0 and 0.
 * Errors: as above. Since 0.1.
 */
qc_status qc_quantize_candidates_settle_f32(const uint16_t *candidates, const float *logits,
                                            size_t count,
                                            const qc_quantize_candidates_options *options,
                                            float *settled_logits, uint16_t *codes, size_t *open,
                                            double *penalty);

/*
 * Candidates of a layer's weights, chosen by what the layer gives out: without labels, and without
 * a framework.
 *
 * The rows of a matrix are cut into rows * columns / dimension vectors. A step takes the gradient of
 * the sum over rows of weights[r] * (w - a)^T H (w - a), divided by the same with a = 0, a being the
 * mixtures and H the Hessian of qc_quantize_vector_refine_f32(); and of the penalty, whose weight
 * grows from 0 by equal steps to `penalty` at the last. Logits and centres then move by
 * their steps times g / r, with r^2 = smoothing * r^2 + (1 - smoothing) * g^2 from 0 on (RMSprop),
 * where r is not 0; and vectors settle. This ends when none is open, or after `iterations`; each
 * vector then is its best candidate. If the nearest of the given centres were no worse, these are
 * the result.
 *
 * matrix, hessian, weights  as of qc_quantize_vector_refine_f32().
 * centres          k x dimension, such as qc_quantize_vector_train_f32() gives them.
 * refined_centres  k x dimension; may be the same memory as centres.
 * codes            rows * columns / dimension.
 * result           objective: the error of the outputs; used; iterations: steps; converged: 1 if
 *                  all vectors settled by themselves.
 *
 * The result does not depend on threads. Cost: rows * columns^2 multiplications a step, less where
 * H is 0; scratch of 28 bytes for each number of the matrix, 4 of the Hessian, and 18 for each
 * candidate. Errors: as above; QC_ERR_SIZE also if there are no rows or columns, or dimension does
 * not divide columns; QC_ERR_DOMAIN also for a negative diagonal of H, a negative weight, or no
 * weight above 0; QC_CANCELLED. Source: as above; VQ4DiT calibrates blocks of layers, which a
 * framework does with the functions above. What the loss is divided by, the penalty's growth, the
 * lack of a term added to r, and the last comparison are ours. Since 0.1.
 */
qc_status qc_quantize_candidates_calibrate_f32(const float *matrix, size_t rows, size_t columns,
                                               size_t dimension, const float *hessian,
                                               const float *weights, const float *centres,
                                               const qc_quantize_candidates_options *options,
                                               float *refined_centres, uint16_t *codes,
                                               qc_quantize_vector_result *result);

#ifdef __cplusplus
}
#endif

#endif
