/*
 * Family `conformal`: smoothed scores, and bounds of them under an attack.
 */
#include "families.h"

/* `earlier` is list(means, variances, draws). */
SEXP qcr_conformal_smoothed_scores(SEXP samples, SEXP earlier) {
    const qcr_matrix matrix = qcr_rows(samples);
    const size_t draws = qcr_size(VECTOR_ELT(earlier, 2), "earlier$draws");
    const size_t kept = draws == 0 ? 0 : matrix.rows;
    const double *means = qcr_points(VECTOR_ELT(earlier, 0), kept, "earlier$means");
    const double *variances = qcr_points(VECTOR_ELT(earlier, 1), kept, "earlier$variances");
    SEXP list = PROTECT(qcr_new_list(3));
    double *all_means = qcr_put_doubles(list, "means", matrix.rows);
    double *all_variances = qcr_put_doubles(list, "variances", matrix.rows);
    qcr_check(qc_conformal_smoothed_scores_f64(matrix.values, matrix.rows, matrix.columns, means,
                                               variances, draws, all_means, all_variances));
    const size_t all_draws = matrix.columns + draws;
    qcr_put(list, "draws", qcr_sizes(&all_draws, 1, 0));
    UNPROTECT(1);
    return list;
}

SEXP qcr_conformal_robust_bounds(SEXP means, SEXP variances, SEXP draws, SEXP side, SEXP correction,
                                 SEXP beta, SEXP radius, SEXP sigma) {
    const size_t n = (size_t)XLENGTH(means);
    qc_conformal_robust_options options;
    qcr_check(qc_conformal_robust_options_init(&options, sizeof options));
    options.side = qcr_int(side, "side");
    options.correction = qcr_int(correction, "correction");
    options.beta = qcr_double(beta, "beta");
    options.radius = qcr_double(radius, "radius");
    options.sigma = qcr_double(sigma, "sigma");
    const double *spread = Rf_isNull(variances) ? NULL : qcr_points(variances, n, "variances");
    SEXP bounds = PROTECT(qcr_new_doubles(n));
    qcr_check(qc_conformal_robust_bounds(qcr_doubles(means), spread, n, qcr_size(draws, "draws"),
                                         &options, qcr_output(bounds)));
    UNPROTECT(1);
    return bounds;
}

SEXP qcr_conformal_robust_threshold(SEXP scores, SEXP draws, SEXP alpha, SEXP beta) {
    double threshold = 0;
    qcr_check(qc_conformal_robust_threshold(qcr_doubles(scores), (size_t)XLENGTH(scores),
                                            qcr_size(draws, "draws"), qcr_double(alpha, "alpha"),
                                            qcr_double(beta, "beta"), &threshold));
    return Rf_ScalarReal(threshold);
}

SEXP qcr_conformal_transformed_scores(SEXP scores, SEXP reference, SEXP steepness, SEXP centre) {
    const size_t n = (size_t)XLENGTH(scores);
    qc_conformal_transform_options options;
    qcr_check(qc_conformal_transform_options_init(&options, sizeof options));
    options.steepness = qcr_double(steepness, "steepness");
    options.centre = qcr_double(centre, "centre");
    SEXP transformed = PROTECT(qcr_new_doubles(n));
    qcr_check(qc_conformal_transformed_scores_f64(qcr_doubles(scores), n, qcr_doubles(reference),
                                                  (size_t)XLENGTH(reference), &options,
                                                  qcr_output(transformed)));
    UNPROTECT(1);
    return transformed;
}
