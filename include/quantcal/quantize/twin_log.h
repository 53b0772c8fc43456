/*
 * Family `quantize`: twin logarithms: each sign has evenly spaced logarithms of its own.
 */
#ifndef QUANTCAL_QUANTIZE_TWIN_LOG_H
#define QUANTCAL_QUANTIZE_TWIN_LOG_H

#include "../base.h"
#include "integer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A group of elements has five parameters: an offset h, and for positive and for negative numbers a
 * first logarithm f and a step d of their own. Of b bits
 *
 *     code 0                                 is 0,
 *     code 1 + k,         k < 2^(b - 1) - 1, is 2^(f + k d) - h, of the positive f and d,
 *     code 2^(b - 1) + k, k < 2^(b - 1),     is -(2^(f + k d) - h), of the negative ones,
 *
 * magnitudes being at least 0 and at most the largest single-precision number, rounded to it. 0 goes to
 * code 0, any other x to k = (log2(|x| + h) - f) / d, rounded, within the codes of its sign; where
 * d = 0 to k = 0. */
enum {
    QC_QUANTIZE_TWIN_LOG_PARAMETERS = 5
};

typedef struct qc_quantize_twin_log_options {
    size_t struct_size;
    int32_t granularity; /* QC_QUANTIZE_PER_ROW (default), _PER_GROUP or _PER_TENSOR */
    int32_t bits;        /* 3 to 8; default 4 */
    size_t group_size;   /* at least 1; default 128; used by _PER_GROUP only */
    qc_progress progress;
} qc_quantize_twin_log_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_quantize_twin_log_options_init(qc_quantize_twin_log_options *options, size_t size);

/*
 * Parameters of least squared error among candidates.
 *
 * Offsets are 0, 0.001, 0.005, 0.01 to 0.05 by 0.01 and 0.1 to 0.5 by 0.1. For each of them and for
 * each sign the logarithms run from the least of log2(|x| + h) to one of its 98, 99, 99.9, 99.99 and
 * 99.999 percentiles (linear, as qc_quantize_range_f32() has them): d is the distance by the number
 * of codes less one, f the multiple of d that is nearest to the least logarithm, ties to even. The
 * first of the best.
 *
 * values      rows x columns, finite.
 * options     NULL for the defaults.
 * parameters  group_count x 5: h, f and d of positive numbers, f and d of negative ones; group_count
 *             as of qc_quantize_grid_layout() for a grid of so many bits.
 *
 * Where all numbers of a sign are alike d is 0; where there are none f is -1000, which is the level
 * 0. Offsets are meant for values whose magnitude is about 1. rows = 0 or columns = 0 does nothing.
 * Cost: a sort and 65 passes; scratch of 4 bytes for each element of a group, a thread. Errors:
 * QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE,
 * QC_ERR_OPTIONS, QC_ERR_NO_MEMORY, QC_CANCELLED. Source: Yang et al. (2025), LRQ-DiT, and its code.
 * Departures: statistics are of the numbers of a sign alone (there those of the other sign count as 0);
 * zero has a code, so that there are 2^b and not 2^b + 2 levels, and the steps go by the
 * number of levels. Since 0.1.
 */
qc_status qc_quantize_twin_log_fit_f32(const float *values, size_t rows, size_t columns,
                                       const qc_quantize_twin_log_options *options,
                                       float *parameters);

/* The same for IEEE half precision values, given as their bits. Since 0.1. */
qc_status qc_quantize_twin_log_fit_f16(const uint16_t *values, size_t rows, size_t columns,
                                       const qc_quantize_twin_log_options *options,
                                       float *parameters);

/* The same for bfloat16 values, given as their bits. Since 0.1. */
qc_status qc_quantize_twin_log_fit_bf16(const uint16_t *values, size_t rows, size_t columns,
                                        const qc_quantize_twin_log_options *options,
                                        float *parameters);

/*
 * Rounds a matrix to twin logarithms.
 *
 * values      rows x columns, finite.
 * parameters  group_count x 5, finite; h and d >= 0.
 * codes       code_bytes of qc_quantize_grid_layout() for a grid of so many bits, packed as
 *             qc_quantize_integer_layout() says.
 *
 * Magnitudes are compared with 2^(f + (k + 1/2) d) - h, computed in double; one that equals it goes
 * to k + 1. Cost: log2 of the number of codes a value; 5 KiB of scratch a thread. Errors: those of
 * qc_quantize_twin_log_fit_f32(), QC_ERR_DOMAIN (parameters). Since 0.1.
 */
qc_status qc_quantize_twin_log_encode_f32(const float *values, size_t rows, size_t columns,
                                          const qc_quantize_twin_log_options *options,
                                          const float *parameters, uint8_t *codes);

/* The same for IEEE half precision values, given as their bits. Since 0.1. */
qc_status qc_quantize_twin_log_encode_f16(const uint16_t *values, size_t rows, size_t columns,
                                          const qc_quantize_twin_log_options *options,
                                          const float *parameters, uint8_t *codes);

/* The same for bfloat16 values, given as their bits. Since 0.1. */
qc_status qc_quantize_twin_log_encode_bf16(const uint16_t *values, size_t rows, size_t columns,
                                           const qc_quantize_twin_log_options *options,
                                           const float *parameters, uint8_t *codes);

/*
 * The numbers that codes stand for.
 *
 * Arrays as of qc_quantize_twin_log_encode_f32(). Every bit pattern decodes. Cost: a look-up a value.
 * Errors: the same. Since 0.1.
 */
qc_status qc_quantize_twin_log_decode_f32(const uint8_t *codes, const float *parameters,
                                          size_t rows, size_t columns,
                                          const qc_quantize_twin_log_options *options,
                                          float *values);

/* The same, rounded again to IEEE half precision. Since 0.1. */
qc_status qc_quantize_twin_log_decode_f16(const uint8_t *codes, const float *parameters,
                                          size_t rows, size_t columns,
                                          const qc_quantize_twin_log_options *options,
                                          uint16_t *values);

/* The same, rounded again to bfloat16. Since 0.1. */
qc_status qc_quantize_twin_log_decode_bf16(const uint8_t *codes, const float *parameters,
                                           size_t rows, size_t columns,
                                           const qc_quantize_twin_log_options *options,
                                           uint16_t *values);

#ifdef __cplusplus
}
#endif

#endif
