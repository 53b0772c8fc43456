/*
 * Family `quantize`: what quantization did to a model's outputs: the divergence of logits, and
 * the error that a layer hands on.
 */
#ifndef QUANTCAL_QUANTIZE_DIVERGENCE_H
#define QUANTCAL_QUANTIZE_DIVERGENCE_H

#include "../base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct qc_quantize_kl_result {
    size_t struct_size; /* set by the caller: sizeof the struct */
    double mean;        /* of the rows' divergences, nats */
    double
        standard_error; /* of the mean: the rows' sample deviation / sqrt(rows); NaN for one row */
    double maximum;
    double top_agreement; /* the share of rows whose first largest logit is in the same column */
} qc_quantize_kl_result;

/*
 * The Kullback-Leibler divergence of softmax(approximation) from softmax(reference), for each
 * row:
 *
 *     D = sum_j p_j (ln p_j - ln q_j),   p = softmax(reference), q = softmax(approximation).
 *
 * reference      rows x classes logits. -infinity is a class without probability; each row
 *                needs a finite logit. The base model's, for each token.
 * approximation  likewise: the quantized model's. May be the same memory.
 * rows, classes  each at least 1.
 * per_row        rows values: D of each row. May be NULL.
 *
 * With d_j = reference_j - approximation_j less its mean under p, D is
 * ln(1 + sum_j p_j (exp(-d_j) - 1 + d_j)), a sum of terms that are not negative. So a
 * divergence of 1e-12 is as accurate as one of 1, equal rows give exactly 0, and no finite
 * logits overflow. Where some d_j is below -600 the definition is summed. A class
 * that the reference has and the approximation has not makes D +infinity; so do logits whose
 * differences, or a D that, leave the range of doubles.
 *
 * The result does not depend on the number of threads. Cost: three exponentials an element;
 * 16 bytes of scratch a row.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE (NaN, +infinity), QC_ERR_DOMAIN (a row of -infinity), QC_ERR_OPTIONS
 * (struct_size), QC_ERR_NO_MEMORY.
 * Source: what llama.cpp's perplexity tool reports with --kl-divergence; the form of the sum
 * is ours. Since 0.1.
 */
qc_status qc_quantize_kl_divergence_f64(const double *reference, const double *approximation,
                                        size_t rows, size_t classes, double *per_row,
                                        qc_quantize_kl_result *result);

/* The same for logits in single precision; the sums are in double. Since 0.1. */
qc_status qc_quantize_kl_divergence_f32(const float *reference, const float *approximation,
                                        size_t rows, size_t classes, double *per_row,
                                        qc_quantize_kl_result *result);

typedef struct qc_quantize_propagation_result {
    size_t struct_size;   /* set by the caller: sizeof the struct */
    double input_error;   /* ||x' - x|| / ||x|| */
    double weight_error;  /* ||w' - w|| / ||w|| */
    double carried_error; /* ||(x' - x) w^T|| / ||y||: what the layer makes of its input's error */
    double own_error;     /* ||x' (w' - w)^T|| / ||y||: what its own weights add */
    double cross_term;    /* 2 <(x' - x) w^T, x' (w' - w)^T> / ||y||^2 */
    double total_error;   /* ||y' - y|| / ||y||; its square is carried^2 + own^2 + cross */
    double amplification; /* carried_error / input_error */
} qc_quantize_propagation_result;

/*
 * How the error of a linear layer y = x w^T comes about when it computes y' = x' w'^T: since
 *
 *     y' - y = (x' - x) w^T + x' (w' - w)^T,
 *
 * in one part that was there in its input, and one that is its own. Norms are Frobenius's. Going
 * through a model layer by layer, with x' of the quantized model and x of the original, shows
 * where errors arise, and where they grow.
 *
 * input                  x, rows x inner, finite: a row for each token.
 * approximate_input      x', likewise. May be the same memory as `input`.
 * weights                w, outputs x inner, finite.
 * approximate_weights    w', likewise. May be the same memory as `weights`.
 * rows, inner, outputs   each 1 to INT32_MAX.
 *
 * An error relative to a norm of 0 is NaN, and so is an amplification of no error.
 * Matrices are scaled by powers of two, so that no finite values overflow.
 *
 * Cost: three products of matrices in single precision by OpenBLAS, whose rounding limits the
 * accuracy to about 1e-6 of each part; scratch of 8 bytes for each weight, and 24 bytes
 * for each element of at most 256 rows of inputs and outputs.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_OPTIONS (struct_size), QC_ERR_NO_MEMORY. Since 0.1.
 */
qc_status qc_quantize_propagation_f32(const float *input, const float *approximate_input,
                                      const float *weights, const float *approximate_weights,
                                      size_t rows, size_t inner, size_t outputs,
                                      qc_quantize_propagation_result *result);

#ifdef __cplusplus
}
#endif

#endif
