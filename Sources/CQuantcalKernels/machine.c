#define _GNU_SOURCE
#include "levels.h"

#include <sched.h>
#include <unistd.h>

/* A level stands for a set of features that always come together in practice;
 * each is asked for by name. */
int32_t quantcal_kernels_supported(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") ||
        !__builtin_cpu_supports("bmi2") || !__builtin_cpu_supports("f16c")) {
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

const quantcal_kernel_table *quantcal_kernels_at(int32_t level) {
#if defined(__x86_64__)
    if (level == 2) {
        return &quantcal_kernels_avx512;
    }
    if (level == 1) {
        return &quantcal_kernels_avx2;
    }
#endif
    (void)level;
    return NULL;
}

int32_t quantcal_processor_count(void) {
#if defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) {
        return CPU_COUNT(&set);
    }
#endif
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (int32_t)count : 1;
}
