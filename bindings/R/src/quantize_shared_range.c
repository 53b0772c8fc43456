/*
 * Family `quantize`: ranges that are shared. The library's layers are single precision, by rows, and
 * changed in place: here in copies.
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

static float *singles_or_null(SEXP numbers) {
    return Rf_isNull(numbers) ? NULL : qcr_singles_of(numbers);
}

SEXP qcr_quantize_reparameterize(SEXP scales, SEXP zeros, SEXP gamma, SEXP beta, SEXP weights,
                                 SEXP bias, SEXP common, SEXP real_zero) {
    const size_t channels = (size_t)XLENGTH(scales);
    const size_t rows = (size_t)Rf_nrows(weights);
    qc_quantize_reparameterize_options options;
    float scale = 0, zero = 0;
    qcr_check(qc_quantize_reparameterize_options_init(&options, sizeof options));
    options.common = qcr_int(common, "common");
    options.real_zero = Rf_asLogical(real_zero) == TRUE;
    float *const gammas = qcr_singles_of(gamma);
    float *const betas = singles_or_null(beta);
    float *const matrix = qcr_singles_by_rows(weights, rows, channels);
    float *const biases = singles_or_null(bias);
    qcr_check(qc_quantize_reparameterize_f32(qcr_singles_of(scales), singles_or_null(zeros),
                                             channels, gammas, betas, matrix, rows, biases,
                                             &options, &scale, &zero));
    SEXP list = PROTECT(qcr_new_list(6));
    qcr_put(list, "scale", Rf_ScalarReal(scale));
    qcr_put(list, "zero", Rf_ScalarReal(zero));
    qcr_put(list, "gamma", singles_to_r(gammas, channels));
    qcr_put(list, "beta", betas == NULL ? R_NilValue : singles_to_r(betas, channels));
    qcr_put(list, "weights", qcr_single_matrix(matrix, rows, channels));
    qcr_put(list, "bias", biases == NULL ? R_NilValue : singles_to_r(biases, rows));
    UNPROTECT(1);
    return list;
}

/* Room for `count` numbers, also if there are none. */
static size_t *new_sizes(size_t count) {
    return (size_t *)R_alloc(count == 0 ? 1 : count, sizeof(size_t));
}

SEXP qcr_quantize_range_groups(SEXP minimum, SEXP maximum, SEXP groups, SEXP method, SEXP restarts,
                               SEXP seed) {
    const size_t n = (size_t)XLENGTH(minimum);
    const size_t room = qcr_size(groups, "groups");
    qc_quantize_range_groups_options options;
    qcr_interrupt interrupt;
    size_t count = 0;
    qcr_check(qc_quantize_range_groups_options_init(&options, sizeof options));
    options.method = qcr_int(method, "method");
    options.restarts = qcr_int(restarts, "restarts");
    options.seed = qcr_size(seed, "seed");
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    size_t *const group_of = new_sizes(n);
    SEXP low = PROTECT(qcr_new_doubles(room));
    SEXP high = PROTECT(qcr_new_doubles(room));
    qcr_check_interruptible(qc_quantize_range_groups(qcr_doubles(minimum), qcr_doubles(maximum), n,
                                                     room, &options, group_of, qcr_output(low),
                                                     qcr_output(high), &count),
                            &interrupt);
    SEXP list = PROTECT(qcr_new_list(3));
    qcr_put(list, "group_of", qcr_sizes(group_of, n, 1));
    qcr_put(list, "minimum", qcr_doubles_of(REAL(low), count));
    qcr_put(list, "maximum", qcr_doubles_of(REAL(high), count));
    UNPROTECT(4);
    return list;
}

SEXP qcr_quantize_step_places(SEXP calibrated, SEXP steps) {
    const size_t n = (size_t)XLENGTH(steps);
    size_t *const places = new_sizes(n);
    qcr_check(qc_quantize_step_places(qcr_doubles(calibrated), (size_t)XLENGTH(calibrated),
                                      qcr_doubles(steps), n, places));
    return qcr_sizes(places, n, 1);
}
