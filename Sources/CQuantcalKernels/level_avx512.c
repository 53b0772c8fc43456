#if defined(__x86_64__)
#include "levels.h"

#include <immintrin.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(                                                                      \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi,bmi2,popcnt,lzcnt"))),  \
    apply_to = function)
#include "lanes.h"

#include "bracket_avx512.h"
#include "integer_body.h"
#include "softmax_body.h"

#define NAME top_f32
#define REAL float
#define LANES f32x16
#define PLACES i32x16
#define COLUMN column_f32
#define SELECT select_f32
#include "top_body.h"

#define NAME top_f64
#define REAL double
#define LANES f64x16
#define PLACES i64x16
#define COLUMN column_f64
#define SELECT select_f64
#include "top_body.h"

#define NAME sums_f32
#define REAL float
#include "sums_body.h"

#define NAME sums_f64
#define REAL double
#include "sums_body.h"
#pragma clang attribute pop

const quantcal_kernel_table quantcal_kernels_avx512 = {
    bracket_f32,    bracket_f64,    moments_f32, moments_f64, range,
    integer_encode, integer_decode, pack4,       unpack4,     sums_f32,
    sums_f64,       top_f32,        top_f64,     softmax_f32, softmax_f64,
};
#endif
