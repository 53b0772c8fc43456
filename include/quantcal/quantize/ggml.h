/*
 * Family `quantize`: the blocks of ggml, as GGUF files hold them.
 */
#ifndef QUANTCAL_QUANTIZE_GGML_H
#define QUANTCAL_QUANTIZE_GGML_H

#include "../base.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Types by ggml's own numbers. A block is so many neighbours of a row in so many bytes. `d` and
 * `m` are scales and offsets in half precision, `s` and `t` small integers that scale a part of a
 * block, `q` the level of an element.
 */
enum {
    QC_QUANTIZE_GGML_F16 = 1,      /* IEEE half precision: blocks of one element */
    QC_QUANTIZE_GGML_Q4_0 = 2,     /* 32 in 18 bytes: d * (q - 8) */
    QC_QUANTIZE_GGML_Q4_1 = 3,     /* 32 in 20: d * q + m */
    QC_QUANTIZE_GGML_Q5_0 = 6,     /* 32 in 22: d * (q - 16) */
    QC_QUANTIZE_GGML_Q5_1 = 7,     /* 32 in 24: d * q + m */
    QC_QUANTIZE_GGML_Q8_0 = 8,     /* 32 in 34: d * q */
    QC_QUANTIZE_GGML_Q2_K = 10,    /* 256 in 84: d * s * q - m * t in parts of 16 */
    QC_QUANTIZE_GGML_Q3_K = 11,    /* 256 in 110: d * (s - 32) * (q - 4) in parts of 16 */
    QC_QUANTIZE_GGML_Q4_K = 12,    /* 256 in 144: d * s * q - m * t in parts of 32 */
    QC_QUANTIZE_GGML_Q5_K = 13,    /* 256 in 176: as Q4_K, with levels of 5 bits */
    QC_QUANTIZE_GGML_Q6_K = 14,    /* 256 in 210: d * s * (q - 32) in parts of 16 */
    QC_QUANTIZE_GGML_IQ2_XXS = 16, /* 256 in 66: points of a codebook, with signs */
    QC_QUANTIZE_GGML_IQ2_XS = 17,  /* 256 in 74 */
    QC_QUANTIZE_GGML_IQ3_XXS = 18, /* 256 in 98 */
    QC_QUANTIZE_GGML_IQ1_S = 19,   /* 256 in 50: points of a codebook of -1, 0 and 1 */
    QC_QUANTIZE_GGML_IQ4_NL = 20,  /* 32 in 18: d * K[q], sixteen levels of unequal distance */
    QC_QUANTIZE_GGML_IQ3_S = 21,   /* 256 in 110 */
    QC_QUANTIZE_GGML_IQ2_S = 22,   /* 256 in 82 */
    QC_QUANTIZE_GGML_IQ4_XS = 23,  /* 256 in 136: d * (s - 32) * K[q] in parts of 32 */
    QC_QUANTIZE_GGML_IQ1_M = 29,   /* 256 in 56 */
    QC_QUANTIZE_GGML_BF16 = 30,    /* bfloat16: blocks of one element */
    QC_QUANTIZE_GGML_TQ1_0 = 34,   /* 256 in 54: d * (q - 1), q of 0 to 2, five to a byte */
    QC_QUANTIZE_GGML_TQ2_0 = 35,   /* 256 in 66: d * (q - 1), four to a byte */
    QC_QUANTIZE_GGML_MXFP4 = 39,   /* 32 in 17: E2M1 with a scale 2^e */
    QC_QUANTIZE_GGML_NVFP4 = 40,   /* 64 in 36: E2M1 with an E4M3 scale for each 16 */
    QC_QUANTIZE_GGML_Q1_0 = 41     /* 128 in 18: d or -d */
};

/*
 * How a rows x columns matrix lies in blocks: row by row, each row a whole number of blocks, and
 * nothing between them.
 *
 * type          QC_QUANTIZE_GGML_...
 * columns       a multiple of the elements of a block.
 * block_length  the elements of a block. May be NULL, as all outputs.
 * block_bytes   its bytes.
 * row_bytes     columns / block_length * block_bytes.
 * bytes         rows * row_bytes.
 *
 * Errors: QC_ERR_OPTIONS (type), QC_ERR_SIZE (columns is not a multiple, and the message names
 * the type that llama.cpp falls back on; or a product does not fit), QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS.
 * Source: ggml's ggml-common.h. Since 0.1.
 */
qc_status qc_quantize_ggml_layout(int32_t type, size_t rows, size_t columns, size_t *block_length,
                                  size_t *block_bytes, size_t *row_bytes, size_t *bytes);

/*
 * Decodes blocks to single precision, as ggml and the Python package `gguf` do, bit for bit: each
 * operation is rounded by itself.
 *
 * type     QC_QUANTIZE_GGML_...
 * rows, columns  as for qc_quantize_ggml_layout().
 * blocks   its `bytes` bytes. Every pattern decodes: where a scale is infinite or NaN, so are the
 *          elements that it scales (0 times infinity is NaN).
 * values   rows x columns.
 *
 * rows = 0 or columns = 0 does nothing. Cost: one pass, without scratch.
 * Errors: QC_ERR_OPTIONS (type), QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS.
 * Source: ggml-quants.c and gguf/quants.py of llama.cpp. Since 0.1.
 */
qc_status qc_quantize_ggml_decode_f32(const uint8_t *blocks, size_t rows, size_t columns,
                                      int32_t type, float *values);

/* How levels and scales are found. */
enum {
    QC_QUANTIZE_GGML_REFERENCE = 0, /* as ggml's own encoders do, byte for byte */
    QC_QUANTIZE_GGML_BEST = 1       /* with little squared error, in no block more than those */
};

typedef struct qc_quantize_ggml_options {
    size_t struct_size;
    int32_t mode;     /* QC_QUANTIZE_GGML_BEST */
    int32_t reserved; /* 0 */
    qc_progress progress;
} qc_quantize_ggml_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_quantize_ggml_options_init(qc_quantize_ggml_options *options, size_t size);

/*
 * Encodes a matrix to blocks.
 *
 * values      rows x columns, finite.
 * type        QC_QUANTIZE_GGML_F16, _BF16, _Q4_0, _Q4_1, _Q5_0, _Q5_1, _Q8_0, _Q2_K to _Q6_K,
 *             _IQ4_NL, _IQ4_XS, _TQ1_0, _TQ2_0, _MXFP4 or _NVFP4.
 * importance  for each column how much a squared error counts, finite and >= 0: an importance
 *             matrix. NULL: all count the same, or in mode REFERENCE as ggml does without one. Not
 *             used by F16, BF16, TQ1_0, TQ2_0, MXFP4 and NVFP4, and by Q8_0 in mode BEST only.
 * blocks      the bytes of qc_quantize_ggml_layout().
 *
 * Mode BEST of the K and IQ4 types starts from ggml's scales and from those of a search with the
 * importance as weights. The factors of parts then move where the error falls, and the scales of
 * the block follow by least squares, rounded to half precision. Q4_0 and Q5_0 take the best of nine
 * scales, compared in integers, and one that fits it best; Q4_1 and Q5_1 the best of ten and twelve
 * pairs of a scale and a minimum; of both, with importance the better of that and of what fits its
 * levels. Q8_0 takes the better of what fits ggml's levels and of what fits the levels of that.
 * Every error is that of what will be decoded, with each element at its nearest level; ggml's own
 * bytes stay where the others do not surely decode to a smaller sum of importance times squared
 * error. F16, BF16, TQ1_0, TQ2_0, MXFP4 and NVFP4 are the same in both modes.
 *
 * Mode REFERENCE: without importance the 32-blocks of integers span the numbers: d = x / -8 (Q5_0:
 * -16) for the x of largest magnitude, or (max - min) / 15 (Q5_1: 31) and m = min; Q8_0 max|x| /
 * 127. TQ1_0 and TQ2_0 have d = max|x|. MXFP4 has the exponent floor(log2 max|x|) - 2, NVFP4 the
 * scale max|x| / 6, rounded as ggml does (all from 248 on becomes 448: scale such tensors before).
 * The K and IQ4 types, and the integers with importance, try candidates of a scale, take least
 * squares for the levels that each gives, and keep the best; the scales of parts are integers
 * times one of the block, and levels are found anew for them.
 *
 * Every operation is rounded to single precision by itself, as in a build of ggml without fused
 * multiply-add: results are the same on every machine. A scale or offset beyond half precision is
 * stored as an infinity (the numbers are then of no use; Q4_0 holds what is below 524160, Q8_0
 * below 8321040). Where ggml's result is not defined it is here: the inverse of a scale that is
 * too small for it is 0, an exponent below 0 is 0, a part of IQ4 whose importance is all 0 has
 * scale 0.
 * rows = 0 or columns = 0 does nothing.
 *
 * Cost: one pass. BEST takes 1.3 to 2 times as long as REFERENCE, which it begins with, and 2 to 3
 * times for Q8_0 and for the other integers without importance, where that looks at the numbers
 * once: take REFERENCE there if time counts more than 2 to 40 percent of the squared error.
 * Scratch as large as the blocks, which are copied at the end. Progress covers it all. Results do
 * not depend on the number of threads.
 * Errors: QC_ERR_OPTIONS (also a type that can only be decoded), QC_ERR_NULL_POINTER, QC_ERR_SIZE,
 * QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (importance < 0),
 * QC_ERR_NO_MEMORY, QC_CANCELLED.
 * Source: quantize_row_..._ref and quantize_... of ggml-quants.c; BEST is our own. Since 0.1.
 */
qc_status qc_quantize_ggml_encode_f32(const float *values, size_t rows, size_t columns,
                                      int32_t type, const float *importance,
                                      const qc_quantize_ggml_options *options, uint8_t *blocks);

/* The same for IEEE half precision values, given as their bits. Since 0.1. */
qc_status qc_quantize_ggml_encode_f16(const uint16_t *values, size_t rows, size_t columns,
                                      int32_t type, const float *importance,
                                      const qc_quantize_ggml_options *options, uint8_t *blocks);

/* The same for bfloat16 values, given as their bits. Since 0.1. */
qc_status qc_quantize_ggml_encode_bf16(const uint16_t *values, size_t rows, size_t columns,
                                       int32_t type, const float *importance,
                                       const qc_quantize_ggml_options *options, uint8_t *blocks);

#ifdef __cplusplus
}
#endif

#endif
