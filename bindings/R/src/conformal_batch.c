/*
 * Family `conformal`: bounds for batches of test points.
 */
#include "families.h"

SEXP qcr_conformal_order_statistic(SEXP scores, SEXP rank) {
    double value = 0;
    qcr_check(qc_conformal_order_statistic_f64(qcr_doubles(scores), (size_t)XLENGTH(scores),
                                               qcr_size(rank, "rank"), &value));
    return Rf_ScalarReal(value);
}

SEXP qcr_conformal_batch_law(SEXP n, SEXP m, SEXP zeta, SEXP ranks) {
    const size_t count = (size_t)XLENGTH(ranks);
    size_t *sizes = (size_t *)R_alloc(count, sizeof *sizes);
    for (size_t i = 0; i < count; i++) {
        sizes[i] = qcr_size_from(REAL_RO(ranks)[i], "ranks");
    }
    SEXP law = PROTECT(qcr_new_list(3));
    double *pmf = qcr_put_doubles(law, "pmf", count);
    double *at_most = qcr_put_doubles(law, "at_most", count);
    double *at_least = qcr_put_doubles(law, "at_least", count);
    qcr_check(qc_conformal_batch_law(qcr_size(n, "n"), qcr_size(m, "m"), qcr_size(zeta, "zeta"),
                                     sizes, count, pmf, at_most, at_least));
    UNPROTECT(1);
    return law;
}

SEXP qcr_conformal_batch_rank(SEXP n, SEXP m, SEXP zeta, SEXP alpha_lower, SEXP alpha_upper) {
    size_t ranks[2] = {0, 0};
    qcr_check(qc_conformal_batch_rank(qcr_size(n, "n"), qcr_size(m, "m"), qcr_size(zeta, "zeta"),
                                      qcr_double(alpha_lower, "alpha_lower"),
                                      qcr_double(alpha_upper, "alpha_upper"), &ranks[0],
                                      &ranks[1]));
    return qcr_sizes(ranks, 2, 0);
}

SEXP qcr_conformal_batch_bracket(SEXP n, SEXP m, SEXP zeta_low, SEXP zeta_high, SEXP alpha) {
    size_t lower = 0;
    size_t upper = 0;
    double probability = 0;
    qcr_check(qc_conformal_batch_bracket(qcr_size(n, "n"), qcr_size(m, "m"),
                                         qcr_size(zeta_low, "zeta_low"),
                                         qcr_size(zeta_high, "zeta_high"),
                                         qcr_double(alpha, "alpha"), &lower, &upper, &probability));
    SEXP bracket = PROTECT(qcr_new_list(3));
    qcr_put(bracket, "lower", qcr_sizes(&lower, 1, 0));
    qcr_put(bracket, "upper", qcr_sizes(&upper, 1, 0));
    qcr_put(bracket, "probability", Rf_ScalarReal(probability));
    UNPROTECT(1);
    return bracket;
}

SEXP qcr_conformal_batch_rank_sum(SEXP n, SEXP m, SEXP alpha) {
    size_t rank_sum = 0;
    qcr_check(qc_conformal_batch_rank_sum(qcr_size(n, "n"), qcr_size(m, "m"),
                                          qcr_double(alpha, "alpha"), &rank_sum));
    return qcr_sizes(&rank_sum, 1, 0);
}

SEXP qcr_conformal_batch_mean(SEXP scores, SEXP m, SEXP rank_sum, SEXP upper) {
    double bound = 0;
    qcr_check(qc_conformal_batch_mean_f64(qcr_doubles(scores), (size_t)XLENGTH(scores),
                                          qcr_size(m, "m"), qcr_size(rank_sum, "rank_sum"),
                                          qcr_double(upper, "upper"), &bound));
    return Rf_ScalarReal(bound);
}
