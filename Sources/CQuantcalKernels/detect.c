#include "quantcal_kernels.h"

/* The best level that this processor can run: 0 reference, 1 AVX2, 2 AVX-512.
 * A level stands for a set of features that always come together in practice;
 * each is asked for by name. */
int32_t quantcal_kernels_supported(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi2")) {
        return 0;
    }
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
        return 2;
    }
    return 1;
#else
    return 0;
#endif
}
