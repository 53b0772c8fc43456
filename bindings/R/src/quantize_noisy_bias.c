/*
 * Family `quantize`: noisy bias. R's doubles are rounded to single precision on the way in.
 */
#include "families.h"
#include "grids.h"

static SEXP singles_to_r(const float *values, size_t count) {
    SEXP result = PROTECT(qcr_new_doubles(count));
    for (size_t i = 0; i < count; i++) {
        REAL(result)[i] = values[i];
    }
    UNPROTECT(1);
    return result;
}

SEXP qcr_quantize_noisy_bias(SEXP values, SEXP weights, SEXP bias, SEXP grid, SEXP scale, SEXP zero,
                             SEXP amplitudes, SEXP seed) {
    const size_t rows = qcr_row_count(values), columns = qcr_column_count(values);
    const size_t outputs = qcr_row_count(weights);
    const qc_quantize_grid of = qcr_grid_from(grid);
    qc_quantize_noisy_bias_options options;
    qc_quantize_noisy_bias_result result = {.struct_size = sizeof result};
    qcr_interrupt interrupt;
    qcr_check(qc_quantize_noisy_bias_options_init(&options, sizeof options));
    options.amplitudes = qcr_int(amplitudes, "amplitudes");
    options.seed = qcr_size(seed, "seed");
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    const float *inputs = qcr_singles_by_rows(values, rows, columns);
    const float *matrix = qcr_singles_by_rows(weights, outputs, columns);
    const float *own = Rf_isNull(bias) ? NULL : qcr_singles_of(bias);
    float *noise = (float *)R_alloc(columns, sizeof(float));
    float *new_bias = (float *)R_alloc(outputs, sizeof(float));
    const qc_status status = qc_quantize_noisy_bias_f32(
        inputs, rows, columns, matrix, outputs, own, &of, (float)qcr_double(scale, "scale"),
        (float)qcr_double(zero, "zero"), &options, noise, new_bias, &result);
    qcr_check_interruptible(status, &interrupt);
    SEXP list = PROTECT(qcr_new_list(7));
    qcr_put(list, "noise", singles_to_r(noise, columns));
    qcr_put(list, "bias", singles_to_r(new_bias, outputs));
    qcr_put(list, "amplitude", Rf_ScalarReal(result.amplitude));
    qcr_put(list, "scale", Rf_ScalarReal(result.scale));
    qcr_put(list, "zero", Rf_ScalarReal(result.zero));
    qcr_put(list, "plain_error", Rf_ScalarReal(result.plain_error));
    qcr_put(list, "error", Rf_ScalarReal(result.error));
    UNPROTECT(2);
    return list;
}
