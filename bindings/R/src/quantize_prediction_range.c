/*
 * Family `quantize`: ranges by predictions, which an R function measures.
 *
 * What the function raises leaves it by a long jump, which must not cross the library. As with
 * interrupts (interrupt.c), the jump is caught where it starts, the library told to stop, and the jump
 * let go on once the library has returned.
 */
#include "families.h"
#include "grids.h"

#include <math.h>
#include <stdbool.h>

typedef struct difference_call {
    qcr_interrupt state;
    SEXP function;
    const qcr_grid_room *room;
    const qc_quantize_range_candidate *candidate;
    double answer;
} difference_call;

static SEXP candidate_to_r(const difference_call *call) {
    const qc_quantize_range_candidate *const given = call->candidate;
    const qcr_grid_room *const room = call->room;
    SEXP list = PROTECT(qcr_new_list(7));
    qcr_put(list, "index", Rf_ScalarReal((double)given->index + 1));
    qcr_put(list, "candidates", Rf_ScalarReal((double)given->candidates));
    qcr_put(list, "factor", Rf_ScalarReal(given->factor));
    qcr_put(list, "error", Rf_ScalarReal(given->error));
    qcr_put(list, "quantized", qcr_single_matrix(given->quantized, given->rows, given->columns));
    qcr_put(list, "scales",
            qcr_single_matrix(given->scales, room->scale_rows, room->scale_columns));
    qcr_put(list, "zeros",
            given->zeros == NULL
                ? R_NilValue
                : qcr_single_matrix(given->zeros, room->scale_rows, room->scale_columns));
    UNPROTECT(1);
    return list;
}

/* Runs R code: whatever it allocates or raises stays within R_UnwindProtect(). */
static SEXP ask(void *data) {
    difference_call *const call = data;
    SEXP candidate = PROTECT(candidate_to_r(call));
    SEXP expression = PROTECT(Rf_lang2(call->function, candidate));
    SEXP answer = PROTECT(Rf_eval(expression, R_GlobalEnv));
    if ((TYPEOF(answer) != REALSXP && TYPEOF(answer) != INTSXP) || XLENGTH(answer) != 1) {
        qcr_refuse(QC_ERR_DOMAIN, "the difference of candidate %.0f must be one number",
                   (double)call->candidate->index + 1);
    }
    call->answer = Rf_asReal(answer);
    UNPROTECT(3);
    return R_NilValue;
}

static void turn_back(void *data, Rboolean jumping) {
    if (jumping) {
        longjmp(((difference_call *)data)->state.back, 1);
    }
}

static int32_t measure(void *context, qc_quantize_range_candidate *candidate) {
    difference_call *const call = context;
    const void *const memory = vmaxget();
    call->candidate = candidate;
    if (setjmp(call->state.back) != 0) {
        call->state.pending = 1;
        return 1;
    }
    R_UnwindProtect(ask, call, turn_back, call, call->state.token);
    vmaxset(memory);
    candidate->difference = call->answer;
    return 0;
}

SEXP qcr_quantize_prediction_range(SEXP values, SEXP grid, SEXP rule, SEXP wants_zeros,
                                   SEXP error_weight, SEXP difference, SEXP given) {
    const size_t rows = qcr_row_count(values), columns = qcr_column_count(values);
    const qc_quantize_grid of = qcr_grid_from(grid);
    const qc_quantize_range_rule by = qcr_range_rule_from(rule);
    qc_quantize_grid_options options = qcr_grid_options_from(given);
    const qcr_grid_room room = qcr_grid_room_of(&of, rows, columns, &options);
    const float *by_rows = qcr_singles_by_rows(values, rows, columns);
    float *scales = (float *)R_alloc(room.group_count, sizeof(float));
    const bool has_zeros = Rf_asLogical(wants_zeros) == TRUE;
    float *zeros = has_zeros ? (float *)R_alloc(room.group_count, sizeof(float)) : NULL;
    const double weight = qcr_double(error_weight, "error_weight");
    qc_quantize_prediction_range_result result = {.struct_size = sizeof result};
    difference_call call = {.function = difference, .room = &room};
    /* Sets the token; R looks for interrupts whenever it evaluates. */
    qcr_interrupt_progress(&call.state);
    PROTECT(call.state.token);
    const qc_quantize_difference asked = {measure, &call};
    const qc_status status = qc_quantize_prediction_range_f32(
        by_rows, rows, columns, &of, &options, &by, weight, &asked, scales, zeros, &result);
    qcr_check_interruptible(status, &call.state);
    SEXP found = PROTECT(qcr_parameter_list(scales, zeros, &room));
    SEXP list = PROTECT(qcr_new_list(7));
    qcr_put(list, "scales", VECTOR_ELT(found, 0));
    qcr_put(list, "zeros", VECTOR_ELT(found, 1));
    qcr_put(list, "index", Rf_ScalarReal((double)result.index + 1));
    qcr_put(list, "factor", Rf_ScalarReal(result.factor));
    qcr_put(list, "difference", Rf_ScalarReal(result.difference));
    qcr_put(list, "error", Rf_ScalarReal(result.error));
    qcr_put(list, "loss", Rf_ScalarReal(result.loss));
    UNPROTECT(3);
    return list;
}
