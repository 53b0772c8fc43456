/*
 * Family `quantize`: outlier-victim pairs (OliVe): four-bit integers of which one in a pair gives its
 * place to a large neighbour.
 */
#ifndef QUANTCAL_QUANTIZE_OUTLIER_VICTIM_H
#define QUANTCAL_QUANTIZE_OUTLIER_VICTIM_H

#include "../base.h"
#include "grid.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Elements 2k and 2k + 1 of a row are a pair; an odd row ends with a 0 that is not stored as an
 * element. In units of the scale a pair is either
 *
 *   two normal numbers, -7 to 7, each in four bits in two's complement, or
 *   an outlier, +-12, 16, 24, 32, 48, 64 or 96, and its victim, which is 0. The outlier's four bits are
 *   a sign, two bits E and one bit M of 2^(E + 3) (1 + M / 2); those of the victim are 1000.
 *
 * A number goes to the nearest of all these; ties go to the even integer or mantissa, and between 7
 * and 12 to 7. Beyond 96 it goes to 96. In a pair of two outliers the larger stays, of equals the first.
 */
typedef struct qc_quantize_outlier_victim_options {
    size_t struct_size;
    int32_t granularity; /* QC_QUANTIZE_PER_ROW (default), _PER_GROUP or _PER_TENSOR */
    int32_t steps;       /* of the search for scales: 1 (`high` alone) to 65536; default 51 */
    size_t group_size;   /* even, at least 2; default 128; used by _PER_GROUP only */
    double low;          /* 2^-10 to high; default 0.5 */
    double high;         /* 2^-10 to 16; default 1.5 */
    qc_progress progress;
} qc_quantize_outlier_victim_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_quantize_outlier_victim_options_init(qc_quantize_outlier_victim_options *options,
                                                  size_t size);

/*
 * The scales of least squared error: of the candidates t (|mean| + 3 standard deviations) / 7, t being
 * `steps` numbers evenly from `high` down to `low`, the widest of the best for each group.
 *
 * values  rows x columns, finite.
 * scales  group_count of qc_quantize_grid_layout() for this granularity, each positive and normal;
 *         1 for a group of zeros.
 *
 * Errors are those of the whole pairs, victims included. Sums are in double, in the order of the
 * elements. rows = 0 or columns = 0 does nothing.
 *
 * Cost: `steps` encodings; 4 KiB of scratch a thread. Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS, QC_ERR_NOT_FINITE, QC_ERR_OPTIONS, QC_CANCELLED. Source: Guo et al.
 * (2023), OliVe; there a pair of two outliers keeps the left one, and pairs may lie in two rows.
 * Since 0.1.
 */
qc_status qc_quantize_outlier_victim_scales_f32(const float *values, size_t rows, size_t columns,
                                                const qc_quantize_outlier_victim_options *options,
                                                float *scales);

/* The same for IEEE half precision values, given as their bits. Since 0.1. */
qc_status qc_quantize_outlier_victim_scales_f16(const uint16_t *values, size_t rows, size_t columns,
                                                const qc_quantize_outlier_victim_options *options,
                                                float *scales);

/* The same for bfloat16 values, given as their bits. Since 0.1. */
qc_status qc_quantize_outlier_victim_scales_bf16(const uint16_t *values, size_t rows,
                                                 size_t columns,
                                                 const qc_quantize_outlier_victim_options *options,
                                                 float *scales);

/*
 * Rounds a matrix to outlier-victim pairs.
 *
 * values  rows x columns, finite.
 * scales  group_count, finite and > 0.
 * codes   rows * ceil(columns / 2) bytes: a pair each, its first element in the low half. The high
 *         half of an odd row's last byte is 0, or 1000 if the element before is an outlier.
 *
 * x / s is one division in single precision. The fields of the search are not looked at. rows = 0 or
 * columns = 0 does nothing. Cost: two passes; 4 KiB of scratch a thread. Progress is asked before
 * anything is written. Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (scales), QC_ERR_OPTIONS, QC_CANCELLED. Since 0.1.
 */
qc_status qc_quantize_outlier_victim_encode_f32(const float *values, size_t rows, size_t columns,
                                                const qc_quantize_outlier_victim_options *options,
                                                const float *scales, uint8_t *codes);

/* The same for IEEE half precision values, given as their bits. Since 0.1. */
qc_status qc_quantize_outlier_victim_encode_f16(const uint16_t *values, size_t rows, size_t columns,
                                                const qc_quantize_outlier_victim_options *options,
                                                const float *scales, uint8_t *codes);

/* The same for bfloat16 values, given as their bits. Since 0.1. */
qc_status qc_quantize_outlier_victim_encode_bf16(const uint16_t *values, size_t rows,
                                                 size_t columns,
                                                 const qc_quantize_outlier_victim_options *options,
                                                 const float *scales, uint8_t *codes);

/*
 * The numbers that outlier-victim pairs stand for: units times the scale, rounded once to single
 * precision.
 *
 * codes   rows * ceil(columns / 2) bytes. Every bit pattern decodes: an outlier whose lower three
 *         bits are 0 is 0.
 * scales  group_count, finite.
 * values  rows x columns.
 *
 * Cost: one pass; 4 KiB of scratch a thread. Progress is asked once, before anything is written.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE,
 * QC_ERR_OPTIONS, QC_CANCELLED. Since 0.1.
 */
qc_status qc_quantize_outlier_victim_decode_f32(const uint8_t *codes, const float *scales,
                                                size_t rows, size_t columns,
                                                const qc_quantize_outlier_victim_options *options,
                                                float *values);

/* The same, rounded again to IEEE half precision (to nearest, ties to even; beyond its range to an
 * infinity). Since 0.1. */
qc_status qc_quantize_outlier_victim_decode_f16(const uint8_t *codes, const float *scales,
                                                size_t rows, size_t columns,
                                                const qc_quantize_outlier_victim_options *options,
                                                uint16_t *values);

/* The same, rounded again to bfloat16. Since 0.1. */
qc_status qc_quantize_outlier_victim_decode_bf16(const uint8_t *codes, const float *scales,
                                                 size_t rows, size_t columns,
                                                 const qc_quantize_outlier_victim_options *options,
                                                 uint16_t *values);

#ifdef __cplusplus
}
#endif

#endif
