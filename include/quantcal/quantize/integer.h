/*
 * Family `quantize`: matrices in integer codes of 2 to 8 bits, with a scale for each group.
 */
#ifndef QUANTCAL_QUANTIZE_INTEGER_H
#define QUANTCAL_QUANTIZE_INTEGER_H

#include "../base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Integer grids, with b bits, scale s and zero point z. `rne` rounds to nearest,
 * ties to even; x / s is one division in single precision. */
enum {
    /* s = max|x| / (2^(b-1) - 1), q = rne(x / s), decoded q * s. Codes are signed,
     * -(2^(b-1) - 1) to 2^(b-1) - 1, stored in two's complement. */
    QC_QUANTIZE_SYMMETRIC = 0,
    /* s = (max(x, 0) - min(x, 0)) / (2^b - 1), z = rne(-min(x, 0) / s),
     * q = rne(x / s) + z, decoded (q - z) * s. Codes are unsigned, 0 to 2^b - 1;
     * 0 is always a level. */
    QC_QUANTIZE_AFFINE = 1
};

/* Which elements of a matrix share a scale (and a zero point). */
enum {
    QC_QUANTIZE_PER_GROUP = 0, /* group_size neighbours of a row; a last group may be shorter */
    QC_QUANTIZE_PER_ROW = 1,
    QC_QUANTIZE_PER_TENSOR = 2
};

typedef struct qc_quantize_integer_options {
    size_t struct_size;
    int32_t bits;        /* 2 to 8; default 4 */
    int32_t scheme;      /* QC_QUANTIZE_SYMMETRIC (default) or _AFFINE */
    int32_t granularity; /* QC_QUANTIZE_PER_GROUP (default), _PER_ROW or _PER_TENSOR */
    int32_t reserved;    /* 0 */
    size_t group_size;   /* at least 1; default 128; used by _PER_GROUP only */
    qc_progress progress;
} qc_quantize_integer_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_quantize_integer_options_init(qc_quantize_integer_options *options, size_t size);

/*
 * How much room the codes and parameters of a rows x columns matrix need.
 *
 * code_bytes   rows * ceil(columns * bits / 8). May be NULL.
 * group_count  the number of scales: rows * ceil(columns / group_size), rows,
 *              or 1 (0 for an empty matrix). May be NULL.
 *
 * Packed storage: each row starts on a byte; code j of a row is the `bits` bits
 * from bit j * bits of the row on, bit 0 being the lowest of the first byte.
 * So 8-bit codes are bytes, and of two 4-bit codes the first is the low half.
 * Bits after the last code of a row are 0. Scales and zero points lie row by
 * row, in the order of the groups.
 *
 * Errors: QC_ERR_OPTIONS, QC_ERR_ALIGNMENT, QC_ERR_SIZE (a product does not
 * fit). Since 0.1.
 */
qc_status qc_quantize_integer_layout(size_t rows, size_t columns,
                                     const qc_quantize_integer_options *options, size_t *code_bytes,
                                     size_t *group_count);

/*
 * Quantizes a matrix.
 *
 * values   rows x columns, finite.
 * codes    code_bytes bytes, as qc_quantize_integer_layout() says.
 * scales   group_count values, each positive and normal.
 * zeros    group_count zero points, 0 to 2^bits - 1. Required for
 *          QC_QUANTIZE_AFFINE; not used, and may be NULL, for _SYMMETRIC.
 *
 * A group of zeros gets scale 1. A scale below the smallest normal number is
 * raised to it. Where a code would decode to an infinity in the type of the values
 * (next to its largest finite number), the nearest code that does not is used. Scales are
 * computed in double and rounded once. rows = 0 or columns = 0 does nothing.
 *
 * Cost: two passes over the values; scratch of 8 KiB a thread and 32 bytes a group.
 * Progress covers the first pass, which reads only; the second is not stopped.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_OPTIONS, QC_ERR_NO_MEMORY, QC_CANCELLED.
 * Source: the uniform quantizers of ONNX QuantizeLinear (rounding, zero points)
 * and Jacob et al. (2018). Since 0.1.
 */
qc_status qc_quantize_integer_encode_f32(const float *values, size_t rows, size_t columns,
                                         const qc_quantize_integer_options *options, uint8_t *codes,
                                         float *scales, uint8_t *zeros);

/* The same for IEEE half precision values, given as their bits. Since 0.1. */
qc_status qc_quantize_integer_encode_f16(const uint16_t *values, size_t rows, size_t columns,
                                         const qc_quantize_integer_options *options, uint8_t *codes,
                                         float *scales, uint8_t *zeros);

/* The same for bfloat16 values, given as their bits. Since 0.1. */
qc_status qc_quantize_integer_encode_bf16(const uint16_t *values, size_t rows, size_t columns,
                                          const qc_quantize_integer_options *options,
                                          uint8_t *codes, float *scales, uint8_t *zeros);

/*
 * Decodes what qc_quantize_integer_encode_...() wrote, with the same options:
 * q * s, or (q - z) * s, rounded once to single precision.
 *
 * codes    code_bytes bytes. Every bit pattern decodes.
 * scales   group_count values, finite.
 * zeros    group_count; required for QC_QUANTIZE_AFFINE, else not used. Each at
 *          most 2^bits - 1.
 * values   rows x columns.
 *
 * Cost: one pass; 8 KiB of scratch a thread. Progress is asked once, before
 * anything is written. Errors: QC_ERR_NULL_POINTER,
 * QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE (scales),
 * QC_ERR_DOMAIN (zeros), QC_ERR_OPTIONS, QC_ERR_NO_MEMORY, QC_CANCELLED.
 * Since 0.1.
 */
qc_status qc_quantize_integer_decode_f32(const uint8_t *codes, const float *scales,
                                         const uint8_t *zeros, size_t rows, size_t columns,
                                         const qc_quantize_integer_options *options, float *values);

/* The same, the single-precision value rounded again to IEEE half precision
 * (to nearest, ties to even; beyond its range to an infinity). Since 0.1. */
qc_status qc_quantize_integer_decode_f16(const uint8_t *codes, const float *scales,
                                         const uint8_t *zeros, size_t rows, size_t columns,
                                         const qc_quantize_integer_options *options,
                                         uint16_t *values);

/* The same, rounded again to bfloat16. Since 0.1. */
qc_status qc_quantize_integer_decode_bf16(const uint8_t *codes, const float *scales,
                                          const uint8_t *zeros, size_t rows, size_t columns,
                                          const qc_quantize_integer_options *options,
                                          uint16_t *values);

#ifdef __cplusplus
}
#endif

#endif
