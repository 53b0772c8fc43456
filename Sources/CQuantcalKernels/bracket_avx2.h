/* Without an instruction for it, the lanes in a mask are stored one by one. */
#define KEEP_LANES(from, mask, p)                                                                  \
    for (uint32_t lanes = mask, place = 0; lanes; lanes &= lanes - 1) {                            \
        (p)[place++] = (from)[__builtin_ctz(lanes)];                                               \
    }

#define NAME bracket_f32
#define REAL float
#define VECTOR __m256
#define LANES 8
#define LOAD _mm256_loadu_ps
#define SPREAD _mm256_set1_ps
#define COMPARE(a, b, op) ((uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(a, b, op)))
#define KEEP(x, from, mask, p) KEEP_LANES(from, mask, p)
#include "bracket_body.h"

#define NAME bracket_f64
#define REAL double
#define VECTOR __m256d
#define LANES 4
#define LOAD _mm256_loadu_pd
#define SPREAD _mm256_set1_pd
#define COMPARE(a, b, op) ((uint32_t)_mm256_movemask_pd(_mm256_cmp_pd(a, b, op)))
#define KEEP(x, from, mask, p) KEEP_LANES(from, mask, p)
#include "bracket_body.h"
