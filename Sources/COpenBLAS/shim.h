/*
 * What the library uses of the system's OpenBLAS. Declared here, and not taken
 * from cblas.h, so that the include path is the same on every distribution.
 */
#ifndef QUANTCAL_COPENBLAS_SHIM_H
#define QUANTCAL_COPENBLAS_SHIM_H

#include <stdint.h>

enum {
    QuantcalBlasRowMajor = 101,
    QuantcalBlasNoTranspose = 111,
    QuantcalBlasTranspose = 112
};

void cblas_sgemm(int32_t order, int32_t transa, int32_t transb, int32_t m, int32_t n, int32_t k,
                 float alpha, const float *a, int32_t lda, const float *b, int32_t ldb, float beta,
                 float *c, int32_t ldc);

#endif
