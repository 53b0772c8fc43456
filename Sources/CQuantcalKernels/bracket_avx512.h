#define NAME bracket_f32
#define REAL float
#define VECTOR __m512
#define LANES 16
#define LOAD _mm512_loadu_ps
#define SPREAD _mm512_set1_ps
#define COMPARE(a, b, op) ((uint32_t)_mm512_cmp_ps_mask(a, b, op))
#define KEEP(x, from, mask, p) _mm512_storeu_ps(p, _mm512_maskz_compress_ps((__mmask16)(mask), x))
#include "bracket_body.h"

#define NAME bracket_f64
#define REAL double
#define VECTOR __m512d
#define LANES 8
#define LOAD _mm512_loadu_pd
#define SPREAD _mm512_set1_pd
#define COMPARE(a, b, op) ((uint32_t)_mm512_cmp_pd_mask(a, b, op))
#define KEEP(x, from, mask, p) _mm512_storeu_pd(p, _mm512_maskz_compress_pd((__mmask8)(mask), x))
#include "bracket_body.h"
