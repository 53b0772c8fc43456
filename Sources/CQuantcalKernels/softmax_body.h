/*
 * Temperature scaling's sums over rows, for both types; the reference is in
 * SoftmaxMoments.swift. Sixteen rows at a time, one in each lane, so every row is
 * summed in the order of its classes whatever the width of vectors.
 */

/* exp(x) for x <= 0; Exponential.swift. */
INLINE f32x16 exp_f32(f32x16 x) {
    const f32x16 bounded = select_f32(x < -104.0f, spread_f32(-104.0f), x);
    const f32x16 shifted = bounded * 1.44269504f + 12582912.0f;
    const f32x16 n = shifted - 12582912.0f;
    const f32x16 r = (bounded - n * 0.693359375f) + n * 2.12194440e-4f;
    f32x16 p = r * 0.001381454018f + 0.008368745109f;
    p = p * r + 0.04166839078f;
    p = p * r + 0.166665204f;
    p = p * r + 0.4999999343f;
    const f32x16 power = 1.0f + (r + (r * r) * p);
    const i32x16 exponent = (i32x16)shifted - 0x4B400000;
    const i32x16 half = exponent >> 1;
    return power * (f32x16)((half + 127) << 23) * (f32x16)((exponent - half + 127) << 23);
}

INLINE f64x16 exp_f64(f64x16 x) {
    const f64x16 bounded = select_f64(x < -746.0, spread_f64(-746.0), x);
    const f64x16 shifted = bounded * 1.4426950408889634 + 6755399441055744.0;
    const f64x16 n = shifted - 6755399441055744.0;
    const f64x16 r = (bounded - n * 0.69314718036912382) - n * 1.9082149292705877e-10;
    f64x16 p = r * 1.6059043836821613e-10 + 2.0876756987868098e-9;
    p = p * r + 2.5052108385441719e-8;
    p = p * r + 2.7557319223985893e-7;
    p = p * r + 2.7557319223985893e-6;
    p = p * r + 2.4801587301587302e-5;
    p = p * r + 1.9841269841269841e-4;
    p = p * r + 1.388888888888889e-3;
    p = p * r + 8.333333333333333e-3;
    p = p * r + 4.1666666666666664e-2;
    p = p * r + 0.16666666666666666;
    p = p * r + 0.5;
    const f64x16 power = 1.0 + (r + (r * r) * p);
    const i64x16 exponent = (i64x16)shifted - 0x4338000000000000;
    /* exponent / 2 rounded down; it is above -2048, so the shift is of a positive number. */
    const i64x16 half = ((exponent + 2048) >> 1) - 1024;
    return power * (f64x16)((half + 1023) << 52) * (f64x16)((exponent - half + 1023) << 52);
}

/* log(x) for normal x >= 1; Exponential.swift. */
INLINE f64x16 log_f64(f64x16 x) {
    const i64x16 offset = (i64x16)x - 0x3FE6A09E667F3BCD;
    const i64x16 exponent = offset >> 52;
    const f64x16 mantissa = (f64x16)((offset & 0x000FFFFFFFFFFFFF) + 0x3FE6A09E667F3BCD);
    const f64x16 f = mantissa - 1.0;
    const f64x16 s = f / (2.0 + f);
    const f64x16 z = s * s;
    f64x16 t = z * (1.0 / 19) + 1.0 / 17;
    t = t * z + 1.0 / 15;
    t = t * z + 1.0 / 13;
    t = t * z + 1.0 / 11;
    t = t * z + 1.0 / 9;
    t = t * z + 1.0 / 7;
    t = t * z + 1.0 / 5;
    t = t * z + 1.0 / 3;
    t = t * z;
    const f64x16 h = 0.5 * f * f;
    const f64x16 e = __builtin_convertvector(exponent, f64x16);
    return e * 0.69314718036912382 - ((h - (s * (h + 2.0 * t) + e * 1.9082149292705877e-10)) - f);
}

/* Sums over the lanes by halves. */
INLINE double fold(f64x16 vector) {
    double lanes[16];
    memcpy(lanes, &vector, sizeof lanes);
    for (int half = 8; half > 0; half /= 2) {
        for (int lane = 0; lane < half; lane++) {
            lanes[lane] += lanes[lane + half];
        }
    }
    return lanes[0];
}

INLINE int any(i64x16 vector) {
    int64_t lanes[16], all = 0;
    memcpy(lanes, &vector, sizeof lanes);
    for (int lane = 0; lane < 16; lane++) {
        all |= lanes[lane];
    }
    return all != 0;
}

#define SIXTEEN(p, stride)                                                                         \
    {                                                                                              \
        (p)[0], (p)[stride], (p)[2 * stride], (p)[3 * stride], (p)[4 * stride], (p)[5 * stride],   \
            (p)[6 * stride], (p)[7 * stride], (p)[8 * stride], (p)[9 * stride], (p)[10 * stride],  \
            (p)[11 * stride], (p)[12 * stride], (p)[13 * stride], (p)[14 * stride],                \
            (p)[15 * stride]                                                                       \
    }

INLINE f32x16 column_f32(const float *p, ptrdiff_t stride) { return (f32x16)SIXTEEN(p, stride); }

INLINE f64x16 column_f64(const double *p, ptrdiff_t stride) { return (f64x16)SIXTEEN(p, stride); }

/* Sixteen rows for a tile that has fewer: the last one again for those that it lacks. */
#define TILE_OF(name, REAL)                                                                        \
    INLINE const REAL *name(const REAL *rows, ptrdiff_t here, ptrdiff_t classes, REAL *copy) {     \
        if (here == 16) {                                                                          \
            return rows;                                                                           \
        }                                                                                          \
        for (ptrdiff_t lane = 0; lane < 16; lane++) {                                              \
            const ptrdiff_t from = lane < here ? lane : here - 1;                                  \
            memcpy(copy + lane * classes, rows + from * classes, (size_t)classes * sizeof(REAL));  \
        }                                                                                          \
        return copy;                                                                               \
    }

TILE_OF(tile_f32, float)
TILE_OF(tile_f64, double)

#define REAL float
#define LANES f32x16
#define TILE tile_f32
#define COLUMN column_f32
#define EXPONENTIAL(d) exp_f32(beta_high *(d) + beta_low * (d))
#define SELECT select_f32
#define WIDEN(x) __builtin_convertvector(x, f64x16)
#define WIDEN_MASK(x) __builtin_convertvector(x, i64x16)
#define NARROW(x) __builtin_convertvector(x, f32x16)
#define NAME moments_f32
#include "moments_body.h"
#define NAME softmax_f32
#include "softmax_rows_body.h"
#include "undefine.h"

#define REAL double
#define LANES f64x16
#define TILE tile_f64
#define COLUMN column_f64
#define EXPONENTIAL(d) exp_f64(beta_high *(d))
#define SELECT select_f64
#define WIDEN(x) (x)
#define WIDEN_MASK(x) (x)
#define NARROW(x) (x)
#define NAME moments_f64
#include "moments_body.h"
#define NAME softmax_f64
#include "softmax_rows_body.h"
#include "undefine.h"
