/*
 * Family `quantize`: planning of training with quantization in the loop, by two published laws.
 */
#ifndef QUANTCAL_QUANTIZE_PLANNING_H
#define QUANTCAL_QUANTIZE_PLANNING_H

#include "../base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct qc_quantize_qat_options {
    size_t struct_size;
    double constant; /* a, finite and above 0; default 6.7297 */
} qc_quantize_qat_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_quantize_qat_options_init(qc_quantize_qat_options *options, size_t size);

/*
 * Of a budget of training tokens, the share that is best spent on quantization-aware training
 * at the end, after training in full precision:
 *
 *     exp(-a / ln S),   S = tokens / (parameters * bits / 8).
 *
 * S is the number of tokens for each byte of the quantized model.
 *
 * tokens       of all training, finite and above 0.
 * parameters   of the model, finite and above 0.
 * bits         of a parameter, finite and above 0; need not be whole.
 * fraction     strictly between 0 and 1, but for rounding.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE,
 * QC_ERR_DOMAIN (also if S is not above 1, where the law says nothing), QC_ERR_OPTIONS.
 * Source: arXiv 2509.22935, with its constant a; that the logarithm is the natural one is our
 * reading. Since 0.1.
 */
qc_status qc_quantize_qat_fraction(double tokens, double parameters, double bits,
                                   const qc_quantize_qat_options *options, double *fraction);

/*
 * The loss that quantization adds, by a law whose constants the caller has fitted:
 *
 *     factor * tokens^token_exponent * log2(group_size)^group_exponent
 *            / parameters^parameter_exponent.
 *
 * tokens, parameters   finite and above 0, in the units of the fit.
 * group_size           how many weights share a scale, at least 1. For one scale a row it is
 *                      the length of a row. Groups of 1 add no loss.
 * factor               k, finite and >= 0.
 * token_exponent, parameter_exponent   finite.
 * group_exponent       finite and above 0.
 * loss                 +infinity where it leaves the range of doubles.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_ALIGNMENT, QC_ERR_SIZE, QC_ERR_NOT_FINITE, QC_ERR_DOMAIN.
 * Source: arXiv 2505.14302, the form of the law. Its constants depend on the training that was
 * measured and on the units of tokens and parameters: none are included. Since 0.1.
 */
qc_status qc_quantize_qat_loss(double tokens, double parameters, size_t group_size, double factor,
                               double token_exponent, double parameter_exponent,
                               double group_exponent, double *loss);

#ifdef __cplusplus
}
#endif

#endif
