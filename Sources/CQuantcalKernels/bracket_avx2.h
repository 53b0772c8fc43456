/* Without an instruction for it, the lanes in a mask are stored one by one. */
INLINE void keep_f32(__m256 x, uint32_t mask, float *kept) {
    float lanes[8];
    _mm256_storeu_ps(lanes, x);
    for (; mask; mask &= mask - 1) {
        *kept++ = lanes[__builtin_ctz(mask)];
    }
}

INLINE void keep_f64(__m256d x, uint32_t mask, double *kept) {
    double lanes[4];
    _mm256_storeu_pd(lanes, x);
    for (; mask; mask &= mask - 1) {
        *kept++ = lanes[__builtin_ctz(mask)];
    }
}

#define NAME bracket_f32
#define REAL float
#define VECTOR __m256
#define LANES 8
#define LOAD _mm256_loadu_ps
#define SPREAD _mm256_set1_ps
#define COMPARE(a, b, op) ((uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(a, b, op)))
#define KEEP(x, mask, p) keep_f32(x, mask, p)
#include "bracket_body.h"

#define NAME bracket_f64
#define REAL double
#define VECTOR __m256d
#define LANES 4
#define LOAD _mm256_loadu_pd
#define SPREAD _mm256_set1_pd
#define COMPARE(a, b, op) ((uint32_t)_mm256_movemask_pd(_mm256_cmp_pd(a, b, op)))
#define KEEP(x, mask, p) keep_f64(x, mask, p)
#include "bracket_body.h"
