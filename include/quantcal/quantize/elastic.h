/*
 * Family `quantize`: one packed matrix that can be read at fewer bits.
 */
#ifndef QUANTCAL_QUANTIZE_ELASTIC_H
#define QUANTCAL_QUANTIZE_ELASTIC_H

#include "../base.h"
#include "grid.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct qc_quantize_elastic_options {
    size_t struct_size;
    int32_t granularity; /* QC_QUANTIZE_PER_GROUP (default), _PER_ROW or _PER_TENSOR */
    int32_t refit;       /* 0 (default) or 1: scales of least squares */
    size_t group_size;   /* at least 1; default 128; used by _PER_GROUP only */
    qc_progress progress;
} qc_quantize_elastic_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_quantize_elastic_options_init(qc_quantize_elastic_options *options, size_t size);

/*
 * Makes of codes on the grid "midrise<bits>" those on "midrise<fewer_bits>" of the same matrix: the
 * leading bits of each code, with a scale 2^(bits - fewer_bits) times as large.
 *
 * That is what encoding the matrix itself on the grid of fewer bits with that scale gives, but for
 * values exactly between two levels of it. (Codes of "int<bits>", which have a level 0, do not have this
 * property: rounding twice is not rounding once.)
 *
 * codes         rows * ceil(columns * bits / 8) bytes, as qc_quantize_grid_encode_f32() packs them.
 * scales        group_count of qc_quantize_grid_layout(), finite and > 0.
 * bits          1 to 8.
 * fewer_bits    1 to bits.
 * fewer_codes   rows * ceil(columns * fewer_bits / 8) bytes. Bits after a row's last code are 0.
 * fewer_scales  group_count. With `refit` the scale of each group is that of the least squared distance
 *               from the numbers that the given codes stand for, s * sum(l m) / sum(m^2), l and m being
 *               their levels before and after. Rounded once; a scale that single precision does not have
 *               is the largest number.
 *
 * rows = 0 or columns = 0 does nothing. Cost: one pass, two with `refit`; 3 KiB of scratch a thread,
 * with `refit` 16 bytes a group (or, PER_TENSOR, a row). Progress is asked before anything is
 * written. Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE and QC_ERR_DOMAIN (scales), QC_ERR_DOMAIN (bits), QC_ERR_OPTIONS,
 * QC_ERR_NO_MEMORY, QC_CANCELLED. Source: our own; Xu et al. (2023), EQ-Net, keep parameters for each
 * number of bits instead. Since 0.1.
 */
qc_status qc_quantize_elastic(const uint8_t *codes, const float *scales, size_t rows,
                              size_t columns, int32_t bits, int32_t fewer_bits,
                              const qc_quantize_elastic_options *options, uint8_t *fewer_codes,
                              float *fewer_scales);

#ifdef __cplusplus
}
#endif

#endif
