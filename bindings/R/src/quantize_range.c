/*
 * Family `quantize`: range rules. R's doubles are rounded to single precision on the way in.
 */
#include "families.h"
#include "grids.h"

#include <stdbool.h>
#include <string.h>

SEXP qcr_quantize_range_rule_init(SEXP name) {
    qc_quantize_range_rule rule;
    qcr_check(qc_quantize_range_rule_init(&rule, sizeof rule, CHAR(STRING_ELT(name, 0))));
    SEXP numbers = PROTECT(qcr_new_doubles(13));
    double *fields = REAL(numbers);
    fields[0] = rule.kind;
    fields[1] = rule.scale_form;
    fields[2] = rule.definition;
    fields[3] = rule.steps;
    fields[4] = rule.refinements;
    fields[5] = rule.iterations;
    fields[6] = rule.bins;
    fields[7] = rule.percentile;
    fields[8] = rule.norm;
    fields[9] = rule.low;
    fields[10] = rule.high;
    fields[11] = rule.strength;
    fields[12] = rule.growth;
    UNPROTECT(1);
    return numbers;
}

/* The fields as above. */
qc_quantize_range_rule qcr_range_rule_from(SEXP numbers) {
    const double *fields = REAL(numbers);
    qc_quantize_range_rule rule;
    memset(&rule, 0, sizeof rule);
    rule.struct_size = sizeof rule;
    rule.kind = (int32_t)fields[0];
    rule.scale_form = (int32_t)fields[1];
    rule.definition = (int32_t)fields[2];
    rule.steps = (int32_t)fields[3];
    rule.refinements = (int32_t)fields[4];
    rule.iterations = (int32_t)fields[5];
    rule.bins = (int32_t)fields[6];
    rule.percentile = fields[7];
    rule.norm = fields[8];
    rule.low = fields[9];
    rule.high = fields[10];
    rule.strength = fields[11];
    rule.growth = fields[12];
    return rule;
}

SEXP qcr_parameter_list(const float *scales, const float *zeros, const qcr_grid_room *room) {
    SEXP list = PROTECT(qcr_new_list(2));
    qcr_put(list, "scales", qcr_single_matrix(scales, room->scale_rows, room->scale_columns));
    qcr_put(list, "zeros",
            zeros == NULL ? R_NilValue
                          : qcr_single_matrix(zeros, room->scale_rows, room->scale_columns));
    UNPROTECT(1);
    return list;
}

SEXP qcr_quantize_range(SEXP values, SEXP grid, SEXP rule, SEXP wants_zeros, SEXP importance,
                        SEXP given) {
    const size_t rows = qcr_row_count(values), columns = qcr_column_count(values);
    const qc_quantize_grid of = qcr_grid_from(grid);
    const qc_quantize_range_rule by = qcr_range_rule_from(rule);
    qc_quantize_grid_options options = qcr_grid_options_from(given);
    const qcr_grid_room room = qcr_grid_room_of(&of, rows, columns, &options);
    const float *weights = NULL;
    if (!Rf_isNull(importance)) {
        qcr_require_length(importance, columns, "importance");
        weights = qcr_singles_of(importance);
    }
    qcr_interrupt interrupt;
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    const float *by_rows = qcr_singles_by_rows(values, rows, columns);
    float *scales = (float *)R_alloc(room.group_count, sizeof(float));
    const bool has_zeros = Rf_asLogical(wants_zeros) == TRUE;
    float *zeros = has_zeros ? (float *)R_alloc(room.group_count, sizeof(float)) : NULL;
    const qc_status status =
        qc_quantize_range_f32(by_rows, rows, columns, weights, &of, &options, &by, scales, zeros);
    qcr_check_interruptible(status, &interrupt);
    SEXP list = PROTECT(qcr_parameter_list(scales, zeros, &room));
    UNPROTECT(2);
    return list;
}
