/*
 * Family `conformal`: policies of abstention.
 */
#include "families.h"

/* `costs` is c(wrong_cost, size_cost, abstention_cost). */
static qc_conformal_policy_options options_from(SEXP costs) {
    qc_conformal_policy_options options;
    qcr_check(qc_conformal_policy_options_init(&options, sizeof options));
    qcr_require_length(costs, 3, "costs");
    options.wrong_cost = REAL(costs)[0];
    options.size_cost = REAL(costs)[1];
    options.abstention_cost = REAL(costs)[2];
    return options;
}

static SEXP list_of(const qc_conformal_policy *policy) {
    const size_t counts[] = {policy->abstained, policy->singles,    policy->singles_right,
                             policy->sets,      policy->sets_right, policy->set_sizes};
    static const char *const names[] = {"abstained", "singles",    "singles_right",
                                        "sets",      "sets_right", "set_sizes"};
    SEXP list = PROTECT(qcr_new_list(9));
    qcr_put(list, "single_alpha", qcr_doubles_of(&policy->single_alpha, 1));
    qcr_put(list, "abstention_alpha", qcr_doubles_of(&policy->abstention_alpha, 1));
    qcr_put(list, "value", qcr_doubles_of(&policy->value, 1));
    for (size_t i = 0; i < 6; i++) {
        qcr_put(list, names[i], qcr_sizes(&counts[i], 1, 0));
    }
    UNPROTECT(1);
    return list;
}

SEXP qcr_conformal_policy_value(SEXP scores, SEXP labels, SEXP single_alpha, SEXP abstention_alpha,
                                SEXP costs) {
    const qc_conformal_policy_options options = options_from(costs);
    const double single = qcr_double(single_alpha, "single_alpha");
    const double abstention = qcr_double(abstention_alpha, "abstention_alpha");
    const size_t rows = qcr_row_count(scores);
    const int64_t *from_zero = qcr_labels(labels, rows, 1, qcr_column_count(scores));
    const qcr_matrix matrix = qcr_rows(scores);
    qc_conformal_policy policy = {.struct_size = sizeof policy};
    qcr_check(qc_conformal_policy_value_f64(matrix.values, from_zero, rows, matrix.columns, single,
                                            abstention, &options, &policy));
    return list_of(&policy);
}

/* `ranges` is c(single_range, abstention_range), `search` list(candidates, rounds, seed). */
SEXP qcr_conformal_policy_learn(SEXP scores, SEXP labels, SEXP costs, SEXP ranges, SEXP search) {
    qc_conformal_policy_options options = options_from(costs);
    qcr_interrupt interrupt;
    qcr_require_length(ranges, 4, "ranges");
    options.single_low = REAL(ranges)[0];
    options.single_high = REAL(ranges)[1];
    options.abstention_low = REAL(ranges)[2];
    options.abstention_high = REAL(ranges)[3];
    options.candidates = qcr_int(VECTOR_ELT(search, 0), "candidates");
    options.rounds = qcr_int(VECTOR_ELT(search, 1), "rounds");
    options.seed = qcr_size(VECTOR_ELT(search, 2), "seed");
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    const size_t rows = qcr_row_count(scores);
    const int64_t *from_zero = qcr_labels(labels, rows, 1, qcr_column_count(scores));
    const qcr_matrix matrix = qcr_rows(scores);
    qc_conformal_policy policy = {.struct_size = sizeof policy};
    const qc_status status = qc_conformal_policy_learn_f64(matrix.values, from_zero, rows,
                                                           matrix.columns, &options, &policy);
    qcr_check_interruptible(status, &interrupt);
    UNPROTECT(1);
    return list_of(&policy);
}
