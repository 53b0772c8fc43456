/* The tables of kernels, one for each level that is compiled. */
#ifndef QUANTCAL_LEVELS_H
#define QUANTCAL_LEVELS_H

#include "quantcal_kernels.h"

extern const quantcal_kernel_table quantcal_kernels_avx2;
extern const quantcal_kernel_table quantcal_kernels_avx512;

#endif
