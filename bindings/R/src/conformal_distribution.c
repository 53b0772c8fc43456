/*
 * Family `conformal`: predictive distributions.
 */
#include "families.h"

#include <math.h>

/* What every call takes: residuals, mean, scale, and the groups of residuals and predictions. */
typedef struct distributions {
    const double *residuals;
    const int64_t *residual_groups;
    size_t n;
    const double *mean;
    const double *scale;
    const int64_t *groups;
    size_t m;
} distributions;

/* Groups of `count` points; NULL for R's NULL. */
static const int64_t *groups_of(SEXP groups, size_t count, const char *name) {
    if (Rf_isNull(groups)) {
        return NULL;
    }
    const double *given = qcr_points(groups, count, name);
    int64_t *labels = (int64_t *)R_alloc(count + 1, sizeof *labels);
    for (size_t i = 0; i < count; i++) {
        if (!(fabs(given[i]) <= 0x1p53) || given[i] != floor(given[i])) {
            qcr_refuse(QC_ERR_DOMAIN, "%s[%.0f] is %g; groups must be whole numbers", name,
                       (double)i + 1, given[i]);
        }
        labels[i] = (int64_t)given[i];
    }
    return labels;
}

static distributions distributions_of(SEXP given) {
    SEXP residuals = VECTOR_ELT(given, 0);
    SEXP mean = VECTOR_ELT(given, 1);
    SEXP scale = VECTOR_ELT(given, 2);
    const size_t n = (size_t)XLENGTH(residuals);
    const size_t m = (size_t)XLENGTH(mean);
    return (distributions){
        .residuals = qcr_doubles(residuals),
        .residual_groups = groups_of(VECTOR_ELT(given, 3), n, "residual_groups"),
        .n = n,
        .mean = qcr_doubles(mean),
        .scale = Rf_isNull(scale) ? NULL : qcr_points(scale, m, "scale"),
        .groups = groups_of(VECTOR_ELT(given, 4), m, "groups"),
        .m = m,
    };
}

/* Gives a list an R matrix made of one by rows. */
static void put_matrix(SEXP list, const char *name, const double *by_rows, size_t rows,
                       size_t columns) {
    if (rows > INT32_MAX || columns > INT32_MAX) {
        qcr_refuse(QC_ERR_SIZE, "an R matrix has at most 2^31 - 1 rows and columns");
    }
    SEXP matrix = PROTECT(Rf_allocMatrix(REALSXP, (int)rows, (int)columns));
    qcr_transpose_f64(by_rows, columns, rows, REAL(matrix));
    qcr_put(list, name, matrix);
    UNPROTECT(1);
}

SEXP qcr_conformal_distribution_cdf(SEXP given, SEXP thresholds, SEXP seed) {
    const distributions d = distributions_of(given);
    const size_t k = (size_t)XLENGTH(thresholds);
    const size_t count = d.m * k;
    double *values = (double *)R_alloc(count, 3 * sizeof(double));
    qcr_check(qc_conformal_distribution_cdf_f64(d.residuals, d.residual_groups, d.n, d.mean,
                                                d.scale, d.groups, d.m, qcr_doubles(thresholds), k,
                                                (uint64_t)qcr_size(seed, "seed"), values,
                                                values + count, values + 2 * count));
    SEXP band = PROTECT(qcr_new_list(3));
    put_matrix(band, "lower", values, d.m, k);
    put_matrix(band, "upper", values + count, d.m, k);
    put_matrix(band, "smoothed", values + 2 * count, d.m, k);
    UNPROTECT(1);
    return band;
}

SEXP qcr_conformal_distribution_quantile(SEXP given, SEXP levels) {
    const distributions d = distributions_of(given);
    const size_t k = (size_t)XLENGTH(levels);
    const size_t count = d.m * k;
    double *values = (double *)R_alloc(count, 2 * sizeof(double));
    qcr_check(qc_conformal_distribution_quantile_f64(d.residuals, d.residual_groups, d.n, d.mean,
                                                     d.scale, d.groups, d.m, qcr_doubles(levels), k,
                                                     values, values + count));
    SEXP quantiles = PROTECT(qcr_new_list(2));
    put_matrix(quantiles, "lower", values, d.m, k);
    put_matrix(quantiles, "upper", values + count, d.m, k);
    UNPROTECT(1);
    return quantiles;
}

SEXP qcr_conformal_distribution_crps(SEXP given, SEXP y) {
    const distributions d = distributions_of(given);
    const double *outcomes = qcr_points(y, d.m, "y");
    SEXP scores = PROTECT(qcr_new_doubles(d.m));
    qcr_check(qc_conformal_distribution_crps_f64(d.residuals, d.residual_groups, d.n, d.mean,
                                                 d.scale, d.groups, outcomes, d.m,
                                                 qcr_output(scores)));
    UNPROTECT(1);
    return scores;
}

SEXP qcr_conformal_distribution_pit(SEXP given, SEXP y, SEXP seed) {
    const distributions d = distributions_of(given);
    const double *outcomes = qcr_points(y, d.m, "y");
    SEXP where = PROTECT(qcr_new_list(3));
    double *lower = qcr_put_doubles(where, "lower", d.m);
    double *upper = qcr_put_doubles(where, "upper", d.m);
    double *pit = qcr_put_doubles(where, "pit", d.m);
    qcr_check(qc_conformal_distribution_pit_f64(
        d.residuals, d.residual_groups, d.n, d.mean, d.scale, d.groups, outcomes, d.m,
        (uint64_t)qcr_size(seed, "seed"), lower, upper, pit));
    UNPROTECT(1);
    return where;
}
