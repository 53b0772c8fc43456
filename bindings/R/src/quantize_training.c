/*
 * Family `quantize`: periodic binary weights and rotations. R's doubles are rounded to single precision on
 * the way in.
 */
#include "families.h"
#include "grids.h"

SEXP qcr_quantize_periodic(SEXP values, SEXP scales, SEXP upstream, SEXP binary, SEXP frequency,
                           SEXP penalty, SEXP given) {
    const size_t rows = qcr_row_count(values), columns = qcr_column_count(values);
    const qc_quantize_grid_options sharing = qcr_grid_options_from(given);
    qc_quantize_grid grid;
    qcr_check(qc_quantize_grid_init(&grid, sizeof grid, "binary"));
    const qcr_grid_room room = qcr_grid_room_of(&grid, rows, columns, &sharing);
    qc_quantize_periodic_options options;
    qcr_check(qc_quantize_periodic_options_init(&options, sizeof options));
    options.granularity = sharing.granularity;
    options.group_size = sharing.group_size;
    options.is_binary = Rf_asLogical(binary) == TRUE;
    options.frequency = qcr_double(frequency, "frequency");
    options.penalty = qcr_double(penalty, "penalty");
    const float *by_group = qcr_parameters(scales, &room, "scales");
    qcr_interrupt interrupt;
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    const float *by_rows = qcr_singles_by_rows(values, rows, columns);
    const float *from_above =
        Rf_isNull(upstream) ? NULL : qcr_singles_by_rows(upstream, rows, columns);
    float *quantized = (float *)R_alloc(rows * columns, sizeof(float));
    float *of_values = (float *)R_alloc(rows * columns, sizeof(float));
    float *of_scales = (float *)R_alloc(room.group_count, sizeof(float));
    double added = 0;
    const qc_status status =
        qc_quantize_periodic_f32(by_rows, rows, columns, by_group, &options, quantized, from_above,
                                 of_values, of_scales, &added);
    qcr_check_interruptible(status, &interrupt);
    SEXP list = PROTECT(qcr_new_list(4));
    qcr_put(list, "quantized", qcr_single_matrix(quantized, rows, columns));
    qcr_put(list, "value_gradients",
            from_above == NULL ? R_NilValue : qcr_single_matrix(of_values, rows, columns));
    qcr_put(list, "scale_gradients",
            from_above == NULL ? R_NilValue
                               : qcr_single_matrix(of_scales, room.scale_rows, room.scale_columns));
    qcr_put(list, "penalty", Rf_ScalarReal(added));
    UNPROTECT(2);
    return list;
}

/* The progress callback is left unset. */
static qc_quantize_rotation_options rotation_from(SEXP block, SEXP seed) {
    qc_quantize_rotation_options options;
    qcr_check(qc_quantize_rotation_options_init(&options, sizeof options));
    options.block = qcr_size(block, "block");
    options.seed = qcr_size(seed, "seed");
    return options;
}

SEXP qcr_quantize_rotate(SEXP values, SEXP inverse, SEXP block, SEXP seed) {
    const size_t rows = qcr_row_count(values), columns = qcr_column_count(values);
    qc_quantize_rotation_options options = rotation_from(block, seed);
    qcr_interrupt interrupt;
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    const float *by_rows = qcr_singles_by_rows(values, rows, columns);
    float *result = (float *)R_alloc(rows * columns, sizeof(float));
    const qc_status status = qc_quantize_rotate_f32(
        by_rows, rows, columns, Rf_asLogical(inverse) == TRUE, &options, result);
    qcr_check_interruptible(status, &interrupt);
    SEXP matrix = PROTECT(qcr_single_matrix(result, rows, columns));
    UNPROTECT(2);
    return matrix;
}

SEXP qcr_quantize_rotation_choose(SEXP activations, SEXP weights, SEXP activation_grid,
                                  SEXP weight_grid, SEXP block, SEXP seed) {
    const size_t rows = qcr_row_count(activations), columns = qcr_column_count(activations);
    const size_t outputs = qcr_row_count(weights);
    const qc_quantize_grid of_activations = qcr_grid_from(activation_grid);
    const qc_quantize_grid of_weights = qcr_grid_from(weight_grid);
    qc_quantize_rotation_options options = rotation_from(block, seed);
    qc_quantize_rotation_result result = {.struct_size = sizeof result};
    qcr_interrupt interrupt;
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    const float *inputs = qcr_singles_by_rows(activations, rows, columns);
    const float *matrix = qcr_singles_by_rows(weights, outputs, columns);
    const qc_status status =
        qc_quantize_rotation_choose_f32(inputs, rows, matrix, outputs, columns, &of_activations,
                                        &of_weights, &options, &result);
    qcr_check_interruptible(status, &interrupt);
    SEXP list = PROTECT(qcr_new_list(3));
    qcr_put(list, "rotates", Rf_ScalarLogical(result.rotates));
    qcr_put(list, "plain_error", Rf_ScalarReal(result.plain_error));
    qcr_put(list, "rotated_error", Rf_ScalarReal(result.rotated_error));
    UNPROTECT(2);
    return list;
}
