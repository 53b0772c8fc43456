/*
 * Family `quantize`: trellis-coded quantization (QTIP): a sequence of numbers as the path through a
 * graph of states, found by the Viterbi algorithm.
 */
#ifndef QUANTCAL_QUANTIZE_TRELLIS_H
#define QUANTCAL_QUANTIZE_TRELLIS_H

#include "../base.h"
#include "integer.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A state is L bits. It stands for V numbers, in units of a scale: the values of the next V elements.
 * The next state has the low L - B bits of this one above B new bits, so a step costs B bits, and an
 * element B / V. What follows says which numbers a state s stands for; halves of words are IEEE half precision.
 */
enum {
    /* (the sum of the four bytes of (34038481 s + 76625530) mod 2^32, less 510) / 147.800537109375.
     * V is 1. The mean square of all states is 1.0002. */
    QC_QUANTIZE_TRELLIS_1MAD = 0,
    /* The sum, in half precision, of the halves of
     * ((89226354 s + 64248484) mod 2^32 and 8FFF8FFF) xor 3B603B60 (in hexadecimal). V is 1. The mean
     * square is 1.5468. */
    QC_QUANTIZE_TRELLIS_3INST = 1,
    /* Independent standard normal numbers, from `seed`. */
    QC_QUANTIZE_TRELLIS_GAUSSIAN = 2,
    /* Row s of the caller's table, 2^L x V. */
    QC_QUANTIZE_TRELLIS_TABLE = 3,
    /* With h = s (s + 1): row (h >> (15 - Q)) mod 2^Q of the caller's table, 2^Q x V, its first number
     * with the other sign if bit 15 of h is set (QTIP's HYB). */
    QC_QUANTIZE_TRELLIS_HYBRID = 4
};

typedef struct qc_quantize_trellis_options {
    size_t struct_size;
    int32_t code;        /* QC_QUANTIZE_TRELLIS_...; default _1MAD */
    int32_t state_bits;  /* L: 1 to 20, default 16 */
    int32_t step_bits;   /* B: 1 to 16, at most L; default 2 */
    int32_t step_values; /* V: 1 to 16, default 1 */
    int32_t table_bits;  /* Q of HYBRID: 1 to 15, default 9 */
    /* 0 or 1 (default): whether a sequence's last state leads to its first */
    int32_t is_tail_biting;
    int32_t granularity; /* of scales: QC_QUANTIZE_PER_ROW (default), _PER_GROUP or _PER_TENSOR */
    int32_t reserved;    /* 0 */
    size_t group_size;   /* at least 1, default 128; used by _PER_GROUP only */
    /* T, elements of a sequence: 1 to 2^24, default 256; the steps of a sequence times 2^(L - B) must
     * be at most 2^30 */
    size_t length;
    uint64_t seed; /* of GAUSSIAN; default 0 */
    double ratio;  /* of qc_quantize_trellis_scales_f32(): 2^-10 to 2^10, default 0.9 */
    qc_progress progress;
} qc_quantize_trellis_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_quantize_trellis_options_init(qc_quantize_trellis_options *options, size_t size);

/*
 * The numbers that each state stands for.
 *
 * table   for TABLE and HYBRID: as above, finite, magnitudes at most 2^20. For other codes not looked at.
 * values  2^L x V, rounded to single precision.
 *
 * Cost: a few operations a number. Errors: QC_ERR_NULL_POINTER, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_DOMAIN, QC_ERR_OPTIONS. Source: Tseng et al. (2024), QTIP,
 * section 3.1 (1MAD, 3INST, HYB). Since 0.1.
 */
qc_status qc_quantize_trellis_values_f32(const float *table,
                                         const qc_quantize_trellis_options *options, float *values);

/*
 * How many bytes the codes of a rows x columns matrix need, and how many scales it has. Either may be
 * NULL.
 *
 * A sequence is T neighbours in the order of the rows, across their ends; the last may be shorter.
 * t elements take n = ceil(t / V) steps; with tail-biting at least ceil(L / B), of which the last
 * then stand for nothing. A sequence's codes begin at a byte. They are its bits in order, the
 * first in the highest bit of the first byte, and 0 up to the end of the last byte. With
 * tail-biting these are n B bits, read as a ring; else L + (n - 1) B. State i is the L bits from bit
 * i B on, the first of them the highest. (QTIP's words of 16 bits have these bits, highest first.)
 *
 * Errors: QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_OPTIONS, QC_ERR_SIZE (a product does not fit).
 * Since 0.1.
 */
qc_status qc_quantize_trellis_layout(size_t rows, size_t columns,
                                     const qc_quantize_trellis_options *options, size_t *code_bytes,
                                     size_t *group_count);

/*
 * Scales with which the root mean square of a group is `ratio` times that of all states' numbers.
 *
 * values  rows x columns, finite.
 * table   as for qc_quantize_trellis_values_f32(); not all 0.
 * scales  group_count of qc_quantize_trellis_layout(), each positive and normal; 1 for a group of
 *         zeros.
 *
 * For normal numbers in rings of 256 the ratios of least error are 0.95 to 1 at two bits, 0.9 to 0.95 at
 * three and four. Sums are in double, in the order of the elements. rows = 0 or columns = 0 does nothing.
 *
 * Cost: one pass; 4 * 2^L * V bytes of scratch. Progress is asked once, before anything is written.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE,
 * QC_ERR_DOMAIN, QC_ERR_OPTIONS, QC_ERR_NO_MEMORY, QC_CANCELLED. Source: QTIP, whose published
 * settings have the ratio 0.9. Since 0.1.
 */
qc_status qc_quantize_trellis_scales_f32(const float *values, size_t rows, size_t columns,
                                         const float *table,
                                         const qc_quantize_trellis_options *options, float *scales);

/*
 * Codes of a matrix: for each sequence the path that minimises the sum of
 * importance * (value - number * scale)^2.
 *
 * values      rows x columns, finite.
 * importance  rows x columns, finite, >= 0; NULL: all 1.
 * scales      group_count, finite and > 0.
 * table       as for qc_quantize_trellis_values_f32().
 * codes       code_bytes bytes.
 * error       the least sum, of all sequences, in double and of what qc_quantize_trellis_decode_f32()
 *             gives; NULL: not wanted.
 *
 * Without tail-biting the path is the best one. With it, as in QTIP, a first search for the
 * sequence turned by half its steps says where a path crosses from the last element to the first, and a
 * second one finds the best path that begins and ends there: not always the best of all rings.
 * Sums of distances are in single precision, less the least one each step; among paths of
 * equal sums the lowest last state counts, and at each step back the lowest state before. Elements
 * without importance, and steps that stand for nothing, have no say. x / scale is one division, and
 * beyond +-2^60 counts as that.
 *
 * rows = 0 or columns = 0 does nothing but set *error to 0. The result depends neither on threads nor on
 * instruction sets. Cost: about 2^L (V + 1) operations a step, twice with tail-biting; a thread needs
 * 12 * 2^L bytes and steps * 2^(L - B) bytes (twice as many where B > 8), and threads are so few
 * that this stays below 1 GiB. Codes are written at the end; until then they are scratch. Errors:
 * QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE, QC_ERR_DOMAIN,
 * QC_ERR_OPTIONS, QC_ERR_NO_MEMORY, QC_CANCELLED. Source: Tseng et al. (2024), QTIP; Lee et al. (2025),
 * Q-Palette (rates B / V); Marcellin and Fischer (1990). Sequences across rows, their tails, and
 * importance are ours. Since 0.1.
 */
qc_status qc_quantize_trellis_encode_f32(const float *values, const float *importance, size_t rows,
                                         size_t columns, const float *scales, const float *table,
                                         const qc_quantize_trellis_options *options, uint8_t *codes,
                                         double *error);

/*
 * The numbers that codes stand for: those of the states times the scale, rounded once.
 *
 * codes   code_bytes bytes. Every bit pattern decodes; the bits up to the end of a sequence's last
 *         byte are not looked at.
 * scales  group_count, finite.
 * table   as for qc_quantize_trellis_values_f32().
 * values  rows x columns.
 *
 * Cost: one look-up a step; 4 * 2^L * V bytes of scratch. Progress is asked once, before anything is
 * written. Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_DOMAIN, QC_ERR_OPTIONS, QC_ERR_NO_MEMORY, QC_CANCELLED. Since 0.1.
 */
qc_status qc_quantize_trellis_decode_f32(const uint8_t *codes, const float *scales,
                                         const float *table, size_t rows, size_t columns,
                                         const qc_quantize_trellis_options *options, float *values);

#ifdef __cplusplus
}
#endif

#endif
