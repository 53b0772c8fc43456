#if defined(__x86_64__)
#include "levels.h"

#include <immintrin.h>
#include <math.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(                                                                      \
    __attribute__((                                                                                \
        target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c,bmi,bmi2,popcnt,lzcnt"))),        \
    apply_to = function)
#include "lanes.h"

#include "bracket_avx512.h"
#include "lookup_avx512.h"
#include "words_avx512.h"
#define TABLE quantcal_kernels_avx512
#define NEAREST_WIDTH 2
#include "level_body.h"
#pragma clang attribute pop
#endif
