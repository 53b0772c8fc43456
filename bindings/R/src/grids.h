/*
 * Scalar grids and matrices on them, for the files that use them.
 */
#ifndef QUANTCAL_R_GRIDS_H
#define QUANTCAL_R_GRIDS_H

#include "quantcal_r.h"

/* Doubles as singles, in memory that lives as long as the call. */
float *qcr_singles_of(SEXP numbers);
/* A matrix as singles, row after row. */
float *qcr_singles_by_rows(SEXP values, size_t rows, size_t columns);
/* Singles by rows as an R matrix. */
SEXP qcr_single_matrix(const float *by_rows, size_t rows, size_t columns);

/* `given` is list(fields, levels), as grid_fields() makes it. */
qc_quantize_grid qcr_grid_from(SEXP given);
/* `given` is list(granularity, group_size). The progress callback is left unset. */
qc_quantize_grid_options qcr_grid_options_from(SEXP given);

/* The fields of a rule, as rule_fields() makes them. */
qc_quantize_range_rule qcr_range_rule_from(SEXP numbers);

/* How much room the library wants, and the shape of the scales as an R matrix. */
typedef struct qcr_grid_room {
    size_t code_bytes, group_count;
    size_t scale_rows, scale_columns;
} qcr_grid_room;

qcr_grid_room qcr_grid_room_of(const qc_quantize_grid *grid, size_t rows, size_t columns,
                               const qc_quantize_grid_options *options);

/* Parameters of groups, row by row; NULL for R's NULL. */
const float *qcr_parameters(SEXP given, const qcr_grid_room *room, const char *name);
/* list(scales, zeros); zeros are NULL if they are. */
SEXP qcr_parameter_list(const float *scales, const float *zeros, const qcr_grid_room *room);

#endif
