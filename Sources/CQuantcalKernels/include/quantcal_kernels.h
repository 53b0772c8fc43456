#ifndef QUANTCAL_KERNELS_H
#define QUANTCAL_KERNELS_H
#include <stddef.h>
#include <stdint.h>
int32_t quantcal_kernels_supported(void);
#endif
