/*
 * Family `quantize`: a matrix in parts, each on a grid of its own. A mask says which elements belong to
 * a part: the salient weights that stay at eight bits while the rest gets one (PB-LLM), the channels
 * that stay at four (PTQ1.61), the two halves of a concatenation (Q-Diffusion).
 *
 * Each part has its own codes and parameters, and one call a part. Partly binary weights, w, are
 *
 *     qc_quantize_salient_mask_f32(w, rows, columns, NULL, NULL, mask);          -- a tenth of w
 *     qc_quantize_masked_options salient, rest;                                  -- init both; then
 *     rest.selected = 0;                                                         -- the zeros of the mask
 *     qc_quantize_masked_range_f32(w, rows, columns, mask, &uint8, &salient, &min_max, s1, z1);
 *     qc_quantize_masked_range_f32(w, rows, columns, mask, &binary, &rest, &mean_absolute, s2, z2);
 *
 * and two calls of qc_quantize_masked_encode_f32(); two of qc_quantize_masked_decode_f32() put the
 * numbers back into one matrix. All of it is the mask and, of each part, codes, scales and zero points.
 */
#ifndef QUANTCAL_QUANTIZE_MASKED_H
#define QUANTCAL_QUANTIZE_MASKED_H

#include "../base.h"
#include "grid.h"
#include "range.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How many elements are salient, and among which. */
typedef struct qc_quantize_salient_options {
    size_t struct_size;
    int32_t granularity; /* QC_QUANTIZE_PER_TENSOR (default), _PER_ROW or _PER_GROUP */
    int32_t reserved;    /* 0 */
    size_t group_size;   /* at least 1; default 128; used by _PER_GROUP only */
    double fraction;     /* 0 to 1; default 0.1 */
    qc_progress progress;
} qc_quantize_salient_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_quantize_salient_options_init(qc_quantize_salient_options *options, size_t size);

/*
 * Marks the salient elements of a matrix: of each n that are compared with each other the
 * rne(fraction * n) with the largest |value| * factor of the column; of equals the first.
 *
 * values   rows x columns, finite.
 * factors  columns numbers, finite, >= 0, not all 0; NULL: all 1. With 1 / d, d being the
 *          diagonal of the Cholesky factor of the inverse Hessian, the order is that of w^2 / d^2
 *          (PB-LLM, SparseGPT); with the norms of a layer's inputs, that of Wanda.
 * mask     rows * ceil(columns / 8) bytes: each row starts on a byte, the first element has the lowest
 *          bit. These are codes of one bit: qc_quantize_pack() and qc_quantize_unpack() convert
 *          them. Bits after a row's last are 0.
 *
 * Whole columns are the salient elements of a matrix of one row, such as the largest |x| that each
 * input channel has had (PTQ1.61): a mask for all rows. rows = 0 or columns = 0 does nothing.
 *
 * Cost: about four passes, and 8 bytes of scratch for each element that is compared (PER_TENSOR: of
 * the matrix, else of a group, for each thread). Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (factors), QC_ERR_OPTIONS, QC_ERR_NO_MEMORY, QC_CANCELLED.
 * Source: Shang et al. (2024), PB-LLM; Zhao et al. (2025), PTQ1.61, whose threshold keeps one element
 * too many. Since 0.1.
 */
qc_status qc_quantize_salient_mask_f32(const float *values, size_t rows, size_t columns,
                                       const float *factors,
                                       const qc_quantize_salient_options *options, uint8_t *mask);

/* The same for IEEE half precision values, given as their bits. Since 0.1. */
qc_status qc_quantize_salient_mask_f16(const uint16_t *values, size_t rows, size_t columns,
                                       const float *factors,
                                       const qc_quantize_salient_options *options, uint8_t *mask);

/* The same for bfloat16 values, given as their bits. Since 0.1. */
qc_status qc_quantize_salient_mask_bf16(const uint16_t *values, size_t rows, size_t columns,
                                        const float *factors,
                                        const qc_quantize_salient_options *options, uint8_t *mask);

/* Which elements a part has, and which of them share a scale. */
typedef struct qc_quantize_masked_options {
    size_t struct_size;
    int32_t granularity; /* QC_QUANTIZE_PER_GROUP (default), _PER_ROW or _PER_TENSOR */
    int32_t selected;    /* 1 (default): the elements whose bit is 1; 0: those whose bit is 0 */
    size_t group_size;   /* at least 1; default 128; used by _PER_GROUP only */
    int32_t is_shared;   /* 1: the mask has one row, for all rows; default 0 */
    int32_t reserved;    /* 0 */
    qc_progress progress;
} qc_quantize_masked_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_quantize_masked_options_init(qc_quantize_masked_options *options, size_t size);

/*
 * How much room a part of a rows x columns matrix needs.
 *
 * mask            rows * ceil(columns / 8) bytes as above, or ceil(columns / 8) if is_shared. Bits
 *                 after a row's last are not looked at.
 * selected_count  the elements of the part. May be NULL.
 * code_bytes      the sum over rows of ceil(selected elements of the row * bits / 8). May be NULL.
 * group_count     the number of scales, as qc_quantize_grid_layout() gives it. May be NULL.
 *
 * Codes of a row follow each other without those of other parts; each row starts on a byte. A group
 * is group_size neighbours of the matrix, of which it has the selected ones, or none.
 *
 * Errors: QC_ERR_NULL_POINTER (grid, mask), QC_ERR_OPTIONS, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE (levels), QC_ERR_SIZE (a product does not fit). Since 0.1.
 */
qc_status qc_quantize_masked_layout(const uint8_t *mask, size_t rows, size_t columns,
                                    const qc_quantize_grid *grid,
                                    const qc_quantize_masked_options *options,
                                    size_t *selected_count, size_t *code_bytes,
                                    size_t *group_count);

/*
 * The scales, and zero points if wanted, of a part by a rule: what qc_quantize_range_f32() gives for
 * the selected elements alone. What is not selected counts nowhere, so that means, ranges and
 * percentiles are those of the part. A group without elements is one of zeros.
 *
 * values  rows x columns, finite, selected or not.
 * mask    as for qc_quantize_masked_layout().
 * rule    NULL: min-max.
 * scales  group_count, each positive and normal.
 * zeros   group_count; NULL: none are wanted.
 *
 * Binary levels with the mean as zero point are grid "binary", rule "mean_absolute" and zeros: then
 * s = mean |x - m|, and an element is decoded as m + s or m - s.
 *
 * Cost: as qc_quantize_range_f32(), and a pass; scratch of 4 bytes for each element of a group, a
 * thread. Errors: as there (QC_ERR_NULL_POINTER also for mask). Since 0.1.
 */
qc_status qc_quantize_masked_range_f32(const float *values, size_t rows, size_t columns,
                                       const uint8_t *mask, const qc_quantize_grid *grid,
                                       const qc_quantize_masked_options *options,
                                       const qc_quantize_range_rule *rule, float *scales,
                                       float *zeros);

/* The same for IEEE half precision values, given as their bits. Since 0.1. */
qc_status qc_quantize_masked_range_f16(const uint16_t *values, size_t rows, size_t columns,
                                       const uint8_t *mask, const qc_quantize_grid *grid,
                                       const qc_quantize_masked_options *options,
                                       const qc_quantize_range_rule *rule, float *scales,
                                       float *zeros);

/* The same for bfloat16 values, given as their bits. Since 0.1. */
qc_status qc_quantize_masked_range_bf16(const uint16_t *values, size_t rows, size_t columns,
                                        const uint8_t *mask, const qc_quantize_grid *grid,
                                        const qc_quantize_masked_options *options,
                                        const qc_quantize_range_rule *rule, float *scales,
                                        float *zeros);

/*
 * Rounds a part of a matrix to a grid: for each selected element the code that
 * qc_quantize_grid_encode_f32() gives it.
 *
 * values  rows x columns, finite, selected or not.
 * mask    as for qc_quantize_masked_layout().
 * scales  group_count, finite and > 0.
 * zeros   group_count, finite, in units of levels; NULL: none.
 * codes   code_bytes bytes, as qc_quantize_masked_layout() says. Bits after a row's last code are 0.
 *
 * Cost: two passes; 8 KiB of scratch a thread, and 8 bytes a row. Progress is asked before anything
 * is written. Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (scales), QC_ERR_OPTIONS, QC_ERR_NO_MEMORY, QC_CANCELLED.
 * Since 0.1.
 */
qc_status qc_quantize_masked_encode_f32(const float *values, size_t rows, size_t columns,
                                        const uint8_t *mask, const qc_quantize_grid *grid,
                                        const qc_quantize_masked_options *options,
                                        const float *scales, const float *zeros, uint8_t *codes);

/* The same for IEEE half precision values, given as their bits. Since 0.1. */
qc_status qc_quantize_masked_encode_f16(const uint16_t *values, size_t rows, size_t columns,
                                        const uint8_t *mask, const qc_quantize_grid *grid,
                                        const qc_quantize_masked_options *options,
                                        const float *scales, const float *zeros, uint8_t *codes);

/* The same for bfloat16 values, given as their bits. Since 0.1. */
qc_status qc_quantize_masked_encode_bf16(const uint16_t *values, size_t rows, size_t columns,
                                         const uint8_t *mask, const qc_quantize_grid *grid,
                                         const qc_quantize_masked_options *options,
                                         const float *scales, const float *zeros, uint8_t *codes);

/*
 * Writes the numbers of a part to their places in a matrix: (level - z) * s, as
 * qc_quantize_grid_decode_f32(). Elements that are not selected stay what they are.
 *
 * codes   code_bytes bytes. Every bit pattern decodes; one that is not used is NaN.
 * scales  group_count, finite.
 * zeros   group_count, finite; NULL: none.
 * mask    as for qc_quantize_masked_layout().
 * values  rows x columns.
 *
 * Cost: one pass; 8 KiB of scratch a thread, and 8 bytes a row. Progress is asked once, before
 * anything is written. Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_OPTIONS, QC_ERR_NO_MEMORY, QC_CANCELLED. Since 0.1.
 */
qc_status qc_quantize_masked_decode_f32(const uint8_t *codes, const float *scales,
                                        const float *zeros, const uint8_t *mask, size_t rows,
                                        size_t columns, const qc_quantize_grid *grid,
                                        const qc_quantize_masked_options *options, float *values);

/* The same, rounded again to IEEE half precision (to nearest, ties to even; beyond its range to an
 * infinity). Since 0.1. */
qc_status qc_quantize_masked_decode_f16(const uint8_t *codes, const float *scales,
                                        const float *zeros, const uint8_t *mask, size_t rows,
                                        size_t columns, const qc_quantize_grid *grid,
                                        const qc_quantize_masked_options *options,
                                        uint16_t *values);

/* The same, rounded again to bfloat16. Since 0.1. */
qc_status qc_quantize_masked_decode_bf16(const uint8_t *codes, const float *scales,
                                         const float *zeros, const uint8_t *mask, size_t rows,
                                         size_t columns, const qc_quantize_grid *grid,
                                         const qc_quantize_masked_options *options,
                                         uint16_t *values);

#ifdef __cplusplus
}
#endif

#endif
