/*
 * What calls on grids have alike: a grid, groups of 16 elements that share a scale, and scales.
 */
#ifndef QUANTCAL_TESTS_CALLS_GRIDS_H
#define QUANTCAL_TESTS_CALLS_GRIDS_H

#include "calls.h"

/* Integers of three bits. */
extern const qc_quantize_grid three_bit_grid;
extern const bad_values must_be_scales;

/* The last group of a row may be short. */
size_t groups_of_16(size_t rows, size_t columns);
argument *add_grid(call *c, const qc_quantize_grid *grid);
/* Options that share scales in such groups. */
argument *add_groups_of_16(call *c);

#endif
