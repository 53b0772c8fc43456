#if defined(__x86_64__)
#include "levels.h"

#include <immintrin.h>
#include <math.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,bmi,bmi2,popcnt,lzcnt"))),       \
                             apply_to = function)
#include "lanes.h"

#include "bracket_avx2.h"
#include "lookup_avx2.h"
#include "words_avx2.h"
#define TABLE quantcal_kernels_avx2
#define NEAREST_WIDTH 1
#include "level_body.h"
#pragma clang attribute pop
#endif
