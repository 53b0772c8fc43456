/*
 * Family `conformal`: what a calibration set can promise, and how large it must be.
 */
#include "families.h"

SEXP qcr_conformal_coverage_law(SEXP n, SEXP rank, SEXP values) {
    const size_t count = (size_t)XLENGTH(values);
    SEXP law = PROTECT(qcr_new_list(2));
    double *at_most = qcr_put_doubles(law, "at_most", count);
    double *at_least = qcr_put_doubles(law, "at_least", count);
    qcr_check(qc_conformal_coverage_law(qcr_size(n, "n"), qcr_size(rank, "rank"),
                                        qcr_doubles(values), count, at_most, at_least));
    UNPROTECT(1);
    return law;
}

SEXP qcr_conformal_coverage_quantile(SEXP n, SEXP rank, SEXP levels) {
    const size_t count = (size_t)XLENGTH(levels);
    SEXP quantiles = PROTECT(qcr_new_doubles(count));
    qcr_check(qc_conformal_coverage_quantile(qcr_size(n, "n"), qcr_size(rank, "rank"),
                                             qcr_doubles(levels), count, qcr_output(quantiles)));
    UNPROTECT(1);
    return quantiles;
}

SEXP qcr_conformal_covered_law(SEXP n, SEXP rank, SEXP m, SEXP counts) {
    const size_t count = (size_t)XLENGTH(counts);
    size_t *sizes = (size_t *)R_alloc(count, sizeof *sizes);
    for (size_t i = 0; i < count; i++) {
        sizes[i] = qcr_size_from(REAL_RO(counts)[i], "counts");
    }
    SEXP law = PROTECT(qcr_new_list(3));
    double *pmf = qcr_put_doubles(law, "pmf", count);
    double *at_most = qcr_put_doubles(law, "at_most", count);
    double *at_least = qcr_put_doubles(law, "at_least", count);
    qcr_check(qc_conformal_covered_law(qcr_size(n, "n"), qcr_size(rank, "rank"), qcr_size(m, "m"),
                                       sizes, count, pmf, at_most, at_least));
    UNPROTECT(1);
    return law;
}

SEXP qcr_conformal_covered_quantile(SEXP n, SEXP rank, SEXP m, SEXP levels) {
    const size_t count = (size_t)XLENGTH(levels);
    size_t *quantiles = (size_t *)R_alloc(count, sizeof *quantiles);
    qcr_check(qc_conformal_covered_quantile(qcr_size(n, "n"), qcr_size(rank, "rank"),
                                            qcr_size(m, "m"), qcr_doubles(levels), count,
                                            quantiles));
    return qcr_sizes(quantiles, count, 0);
}

SEXP qcr_conformal_pac_rank(SEXP n, SEXP alpha, SEXP delta) {
    size_t rank = 0;
    qcr_check(qc_conformal_pac_rank(qcr_size(n, "n"), qcr_double(alpha, "alpha"),
                                    qcr_double(delta, "delta"), &rank));
    return qcr_sizes(&rank, 1, 0);
}

SEXP qcr_conformal_pac_sample_size(SEXP alpha, SEXP delta) {
    size_t n = 0;
    qcr_check(
        qc_conformal_pac_sample_size(qcr_double(alpha, "alpha"), qcr_double(delta, "delta"), &n));
    return qcr_sizes(&n, 1, 0);
}

SEXP qcr_conformal_sample_size(SEXP alpha, SEXP tolerance, SEXP delta) {
    size_t n = 0;
    qcr_check(qc_conformal_sample_size(qcr_double(alpha, "alpha"),
                                       qcr_double(tolerance, "tolerance"),
                                       qcr_double(delta, "delta"), &n));
    return qcr_sizes(&n, 1, 0);
}
