/*
 * The inner loops that need one instruction set, and two questions about the
 * machine. Each kernel does what its reference in QuantcalCore does, bit for bit;
 * it takes proven arguments and checks nothing. A name ends in the level that
 * it was compiled for.
 */
#ifndef QUANTCAL_KERNELS_H
#define QUANTCAL_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/* The best level that this processor can run: 0 reference, 1 AVX2, 2 AVX-512. */
int32_t quantcal_kernels_supported(void);

/* The processors that this process may run on, at least 1. */
int32_t quantcal_processor_count(void);

#endif
