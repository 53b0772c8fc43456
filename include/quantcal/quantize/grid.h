/*
 * Family `quantize`: scalar grids, codes of 1 to 8 bits that stand for any levels.
 *
 * A grid is a list of levels, one a code, in units of a scale, and a rule that says
 * which level a number goes to. Formulas (integers, small floats, powers) and code
 * books are grids in the same way. Elements of a matrix share scales by groups.
 */
#ifndef QUANTCAL_QUANTIZE_GRID_H
#define QUANTCAL_QUANTIZE_GRID_H

#include "../base.h"
#include "integer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Kinds of grids. b is the number of bits; "nearest" is the nearest level. */
enum {
    /* Whole numbers: -(2^(b-1)) or, if narrow, 1 - 2^(b-1) to 2^(b-1) - 1, in two's
     * complement; without a sign 0 to 2^b - 1. Nearest, ties to even. Two bits and
     * narrow are the ternary grid. Signed: 1 to 8 bits; narrow: 2 to 8.
     * Not narrow and with zero points of -1/2 this is the grid of StatsQ (OFQ): levels k + 1/2, x going
     * to k = rne(x / s - 1/2), so that a tie is even in k; the scales are those of
     * QC_QUANTIZE_RANGE_MEAN_ABSOLUTE, the gradient is QC_QUANTIZE_GRADIENT_IDENTITY. */
    QC_QUANTIZE_GRID_INTEGER = 0,
    /* k + 1/2 for k from -(2^(b-1)) to 2^(b-1) - 1, code k + 2^(b-1). Nearest; a tie
     * goes where k is odd. There is no level 0. */
    QC_QUANTIZE_GRID_MIDRISE = 1,
    /* -1 (code 0) and 1 (code 1); 0 goes to 1. One bit. */
    QC_QUANTIZE_GRID_BINARY = 2,
    /* 2^-k for the codes k = 0 to 2^b - 2, and 0 for the last code. x > 0 goes to
     * k = rne(-log2(x)), at least 0; beyond the last k, and for x <= 0, to 0. 1 to 7 bits. */
    QC_QUANTIZE_GRID_LOG2 = 3,
    /* The same with 2^(-k/2) and k = rne(-2 log2(x)). */
    QC_QUANTIZE_GRID_LOG_SQRT2 = 4,
    /* 0 (code 0) and +-2^(-k/2), k = 0 to 2^(b-1) - 2, code k + 1, with 2^(b-1) more if
     * negative; code 2^(b-1) is not used. Nearest, ties to the smaller magnitude. 2 to 8 bits. */
    QC_QUANTIZE_GRID_SQRT2_POWERS = 5,
    /* sign(q) |q|^(1/a), q = 1 - 2^(b-1) to 2^(b-1) - 1 in two's complement. x goes to
     * q = sign(x) rne(|x|^a). a is `parameter`, 1/16 to 1. 2 to 8 bits. */
    QC_QUANTIZE_GRID_POWER = 6,
    /* (1 + atan((2q/N - 1) tan(t)) / t) / 2, q = 0 to N = 2^b - 1, finer near 0 and 1. x goes
     * to q = rne(N (tan(t (2x - 1)) / tan(t) + 1) / 2). t is `parameter`, 0 (evenly spaced)
     * to 1.5. */
    QC_QUANTIZE_GRID_TANGENT = 7,
    /* Small floating-point numbers: a sign bit if is_signed, exponent_bits for E, the rest (m
     * bits) for M: 2^(E - bias) (1 + M / 2^m), and 2^(1 - bias) M / 2^m for E = 0. Nearest,
     * ties to the even code; the sign of a zero or of what rounds to zero stays. */
    QC_QUANTIZE_GRID_FLOAT = 8,
    /* `levels`, in any order: code k is levels[k]. Nearest, ties to the lower level. */
    QC_QUANTIZE_GRID_CODE_BOOK = 9
};

/* The codes of a FLOAT grid that are no numbers. */
enum {
    QC_QUANTIZE_SPECIALS_NONE = 0, /* every code is finite */
    QC_QUANTIZE_SPECIALS_IEEE = 1, /* largest E: infinity for M = 0, else NaN (e5m2) */
    QC_QUANTIZE_SPECIALS_FN = 2,   /* all ones but the sign: NaN; no infinity (e4m3fn) */
    QC_QUANTIZE_SPECIALS_FNUZ = 3, /* a sign and zeros: NaN; no infinity, no -0 (e4m3fnuz) */
    /* Exponents only (e8m0fnu): code k is 2^(k - bias), the last is NaN. No sign, no
     * mantissa, no zero. Ties go up. */
    QC_QUANTIZE_SPECIALS_EXPONENT = 4
};

/* Where a FLOAT grid puts what is beyond its largest level (when rounded as if the exponents
 * went on), and infinities. */
enum {
    QC_QUANTIZE_OVERFLOW_SATURATE = 0, /* the largest level */
    QC_QUANTIZE_OVERFLOW_IEEE = 1      /* infinity, or NaN where there is none, or the largest level
                                        * where there is neither; zero and below in _EXPONENT: NaN */
};

typedef struct qc_quantize_grid {
    size_t struct_size;
    int32_t kind;          /* QC_QUANTIZE_GRID_... */
    int32_t bits;          /* of a code, 1 to 8 */
    int32_t is_signed;     /* 0 or 1: INTEGER and FLOAT */
    int32_t is_narrow;     /* 0 or 1: a signed INTEGER without its lowest code */
    int32_t exponent_bits; /* FLOAT: 1 to bits less the sign */
    int32_t specials;      /* FLOAT: QC_QUANTIZE_SPECIALS_... */
    int32_t overflow;      /* FLOAT: QC_QUANTIZE_OVERFLOW_... */
    int32_t reserved;      /* 0 */
    double bias;           /* FLOAT: of the exponent, any real number within +-1000 */
    double parameter;      /* POWER: a; TANGENT: t */
    const float *levels;   /* CODE_BOOK: finite and different; 0 and -0 are the same */
    size_t level_count;    /* CODE_BOOK: 1 to 2^bits */
} qc_quantize_grid;

/*
 * Fills *grid with a grid of a name; NULL is "int4".
 *
 * "int2" to "int8" (signed and narrow, so symmetric), "uint1" to "uint8", "midrise1" to
 * "midrise8", "binary", "ternary", "log2_1" to "log2_7", "log_sqrt2_1" to "log_sqrt2_7",
 * "sqrt2_powers2" to "sqrt2_powers8", "power2" to "power8" (a = 1/2), "tangent1" to
 * "tangent8" (t = 1.2), "e4m3fn", "e5m2", "e4m3fnuz", "e5m2fnuz", "e3m2fn", "e2m3fn",
 * "e2m1fn", "e8m0fnu", "nf4" (a code book; its levels live as long as the library). Floats
 * saturate. Fields may be changed afterwards.
 *
 * The functions below look at the fields that a grid's kind uses, and at no others. A field out
 * of its range, and levels that are equal or do not fit single precision, are QC_ERR_OPTIONS;
 * levels of a code book that are not finite are QC_ERR_NOT_FINITE.
 *
 * `size` is sizeof *grid. Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS (the
 * size, a name that is unknown). Source: Micikevicius et al. (2022) and the OCP formats (small
 * floats), Dettmers et al. (2023) (NF4), Li et al. (2023) (log sqrt2), Yvinec et al. (2023)
 * (power); the exact levels of powers of sqrt2 and of the tangent, and the code for zero of the
 * logarithmic grids, are our own. Since 0.1.
 */
qc_status qc_quantize_grid_init(qc_quantize_grid *grid, size_t size, const char *name);

/*
 * The level of each code.
 *
 * levels  room for 2^bits; NaN for a code that is NaN or is not used.
 *
 * Levels are rounded to single precision where they must be (logarithmic kinds, POWER, TANGENT,
 * a bias that is not a whole number). Errors: QC_ERR_NULL_POINTER, QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS, QC_ERR_OPTIONS, QC_ERR_NOT_FINITE. Since 0.1.
 */
qc_status qc_quantize_grid_levels(const qc_quantize_grid *grid, float *levels);

/* Which elements share a scale. */
typedef struct qc_quantize_grid_options {
    size_t struct_size;
    int32_t granularity; /* QC_QUANTIZE_PER_GROUP (default), _PER_ROW or _PER_TENSOR */
    int32_t reserved;    /* 0 */
    size_t group_size;   /* at least 1; default 128; used by _PER_GROUP only */
    qc_progress progress;
} qc_quantize_grid_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_quantize_grid_options_init(qc_quantize_grid_options *options, size_t size);

/*
 * How much room the codes and scales of a rows x columns matrix need: code_bytes and group_count
 * as qc_quantize_integer_layout() gives them, for grids of 1 to 8 bits. Either may be NULL.
 *
 * Errors: QC_ERR_NULL_POINTER (grid), QC_ERR_OPTIONS, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE (levels), QC_ERR_SIZE (a product does not fit). Since 0.1.
 */
qc_status qc_quantize_grid_layout(const qc_quantize_grid *grid, size_t rows, size_t columns,
                                  const qc_quantize_grid_options *options, size_t *code_bytes,
                                  size_t *group_count);

/*
 * Min-max scales: for each group the smallest with which no value lies beyond the outermost
 * levels, max(max(x) / highest, min(x) / lowest). A side without levels other than 0 does not
 * count, so grids without negative levels look at max(x) only.
 *
 * values   rows x columns, finite.
 * scales   group_count values, each positive and normal.
 *
 * Where that is 0 or below, the scale is 1; one below the smallest normal number is raised to
 * it; one that single precision does not have, or with which that level would decode to an
 * infinity, becomes the largest that will do. Computed in double, rounded once. For grids
 * with zero points see qc_quantize_integer_encode_f32(). rows = 0 or columns = 0 does nothing.
 *
 * Cost: one pass. Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_OPTIONS, QC_ERR_NO_MEMORY, QC_CANCELLED. Since 0.1.
 */
qc_status qc_quantize_grid_scales_f32(const float *values, size_t rows, size_t columns,
                                      const qc_quantize_grid *grid,
                                      const qc_quantize_grid_options *options, float *scales);

/* The same for IEEE half precision values, given as their bits. Since 0.1. */
qc_status qc_quantize_grid_scales_f16(const uint16_t *values, size_t rows, size_t columns,
                                      const qc_quantize_grid *grid,
                                      const qc_quantize_grid_options *options, float *scales);

/* The same for bfloat16 values, given as their bits. Since 0.1. */
qc_status qc_quantize_grid_scales_bf16(const uint16_t *values, size_t rows, size_t columns,
                                       const qc_quantize_grid *grid,
                                       const qc_quantize_grid_options *options, float *scales);

/*
 * Rounds a matrix to a grid: the code of the level that x / s + z goes to, s and z being those of
 * the element's group.
 *
 * values   rows x columns. Infinities only for FLOAT, NaN only for a FLOAT grid that has it; the
 *          sign of NaN stays where there are two.
 * scales   group_count, finite and > 0; such as qc_quantize_grid_scales_f32() gives.
 * zeros    group_count, finite, in units of levels; NULL: none.
 * codes    code_bytes bytes, packed as qc_quantize_integer_layout() says.
 *
 * x / s is one division and + z one addition, each in single precision; where that falls between
 * two levels is then decided exactly. In INTEGER grids z = w + r, w being the nearest whole number,
 * and the level is rne(x / s + r) + w: with whole zero points the one of ONNX's QuantizeLinear, ties
 * included. A quotient that overflows goes to the outermost level (or, in FLOAT, where `overflow`
 * says). rows = 0 or columns = 0 does nothing.
 *
 * Cost: for INTEGER and for FLOAT of a whole bias about a division a value, otherwise log2 of the
 * number of levels. 16 KiB of scratch a thread; where some values are refused also code_bytes of it,
 * but at most 32 MiB, and one more pass over what comes after.
 * Progress is asked before anything is written. Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (scales), QC_ERR_OPTIONS, QC_CANCELLED. Since 0.1.
 */
qc_status qc_quantize_grid_encode_f32(const float *values, size_t rows, size_t columns,
                                      const qc_quantize_grid *grid,
                                      const qc_quantize_grid_options *options, const float *scales,
                                      const float *zeros, uint8_t *codes);

/* The same for IEEE half precision values, given as their bits. Since 0.1. */
qc_status qc_quantize_grid_encode_f16(const uint16_t *values, size_t rows, size_t columns,
                                      const qc_quantize_grid *grid,
                                      const qc_quantize_grid_options *options, const float *scales,
                                      const float *zeros, uint8_t *codes);

/* The same for bfloat16 values, given as their bits. Since 0.1. */
qc_status qc_quantize_grid_encode_bf16(const uint16_t *values, size_t rows, size_t columns,
                                       const qc_quantize_grid *grid,
                                       const qc_quantize_grid_options *options, const float *scales,
                                       const float *zeros, uint8_t *codes);

/*
 * The numbers that codes stand for: (level - z) * s, the difference and the product each rounded
 * to single precision.
 *
 * codes    code_bytes bytes. Every bit pattern decodes; one that is not used is NaN.
 * scales   group_count, finite.
 * zeros    group_count, finite; NULL: none.
 * values   rows x columns.
 *
 * Cost: one pass; 8 KiB of scratch a thread. Progress is asked once, before anything is written.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE,
 * QC_ERR_OPTIONS, QC_CANCELLED. Since 0.1.
 */
qc_status qc_quantize_grid_decode_f32(const uint8_t *codes, const float *scales, const float *zeros,
                                      size_t rows, size_t columns, const qc_quantize_grid *grid,
                                      const qc_quantize_grid_options *options, float *values);

/* The same, rounded again to IEEE half precision (to nearest, ties to even; beyond its range to an
 * infinity). Since 0.1. */
qc_status qc_quantize_grid_decode_f16(const uint8_t *codes, const float *scales, const float *zeros,
                                      size_t rows, size_t columns, const qc_quantize_grid *grid,
                                      const qc_quantize_grid_options *options, uint16_t *values);

/* The same, rounded again to bfloat16. Since 0.1. */
qc_status qc_quantize_grid_decode_bf16(const uint8_t *codes, const float *scales,
                                       const float *zeros, size_t rows, size_t columns,
                                       const qc_quantize_grid *grid,
                                       const qc_quantize_grid_options *options, uint16_t *values);

#ifdef __cplusplus
}
#endif

#endif
