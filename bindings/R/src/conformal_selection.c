/*
 * Family `conformal`: p-values, and the selection of test points.
 */
#include "families.h"

typedef struct points {
    const double *scores;
    const double *weights;
    size_t count;
} points;

static points points_of(SEXP scores, SEXP weights, const char *name) {
    const size_t count = (size_t)XLENGTH(scores);
    return (points){qcr_doubles(scores),
                    Rf_isNull(weights) ? NULL : qcr_points(weights, count, name), count};
}

static uint64_t seed_of(SEXP seed) { return (uint64_t)qcr_size(seed, "seed"); }

/* `options` are the tail and whether p-values are randomised. */
SEXP qcr_conformal_p_values(SEXP calibration, SEXP calibration_weights, SEXP test,
                            SEXP test_weights, SEXP options, SEXP seed, SEXP first_point) {
    const points reference = points_of(calibration, calibration_weights, "calibration_weights");
    const points asked = points_of(test, test_weights, "test_weights");
    qc_conformal_p_value_options given;
    qcr_check(qc_conformal_p_value_options_init(&given, sizeof given));
    given.tail = (int32_t)REAL_RO(options)[0];
    given.randomised = (int32_t)REAL_RO(options)[1];
    given.seed = seed_of(seed);
    given.first_point = qcr_size(first_point, "first_point");
    SEXP p = PROTECT(qcr_new_doubles(asked.count));
    qcr_check(qc_conformal_p_values_f64(reference.scores, reference.weights, reference.count,
                                        asked.scores, asked.weights, asked.count, &given,
                                        qcr_output(p)));
    UNPROTECT(1);
    return p;
}

/* Bytes 0 and 1 as a logical vector. */
static SEXP logical_of(const uint8_t *bytes, size_t count) {
    SEXP values = PROTECT(Rf_allocVector(LGLSXP, (R_xlen_t)count));
    for (size_t i = 0; i < count; i++) {
        LOGICAL(values)[i] = bytes[i];
    }
    UNPROTECT(1);
    return values;
}

SEXP qcr_conformal_benjamini_hochberg(SEXP p, SEXP q) {
    const size_t m = (size_t)XLENGTH(p);
    uint8_t *rejected = (uint8_t *)R_alloc(m, 1);
    qcr_check(
        qc_conformal_benjamini_hochberg(qcr_doubles(p), m, qcr_double(q, "q"), rejected, NULL));
    return logical_of(rejected, m);
}

SEXP qcr_conformal_e_benjamini_hochberg(SEXP e, SEXP q) {
    const size_t m = (size_t)XLENGTH(e);
    uint8_t *rejected = (uint8_t *)R_alloc(m, 1);
    qcr_check(
        qc_conformal_e_benjamini_hochberg(qcr_doubles(e), m, qcr_double(q, "q"), rejected, NULL));
    return logical_of(rejected, m);
}

static qc_conformal_select_options select_options(SEXP pruning, int32_t randomised, SEXP seed) {
    qc_conformal_select_options given;
    qcr_check(qc_conformal_select_options_init(&given, sizeof given));
    given.pruning = (int32_t)REAL_RO(pruning)[0];
    given.randomised = randomised;
    given.seed = seed_of(seed);
    return given;
}

/* `options` are the pruning, whether p-values are randomised, and whether they are asked for. */
SEXP qcr_conformal_select(SEXP calibration, SEXP calibration_weights, SEXP test, SEXP test_weights,
                          SEXP q, SEXP options, SEXP seed) {
    const points reference = points_of(calibration, calibration_weights, "calibration_weights");
    const points asked = points_of(test, test_weights, "test_weights");
    const qc_conformal_select_options given =
        select_options(options, (int32_t)REAL_RO(options)[1], seed);
    uint8_t *selected = (uint8_t *)R_alloc(asked.count, 1);
    const int values = REAL_RO(options)[2] != 0;
    SEXP list = PROTECT(qcr_new_list(values ? 3 : 1));
    qcr_put(list, "selected", R_NilValue);
    double *p = values ? qcr_put_doubles(list, "p", asked.count) : NULL;
    double *e = values ? qcr_put_doubles(list, "e", asked.count) : NULL;
    qcr_check(qc_conformal_select_f64(reference.scores, reference.weights, reference.count,
                                      asked.scores, asked.weights, asked.count, qcr_double(q, "q"),
                                      &given, selected, p, e, NULL));
    SET_VECTOR_ELT(list, 0, logical_of(selected, asked.count));
    UNPROTECT(1);
    return list;
}

/* Where a selection with a choice for each point goes. */
typedef struct choices {
    uint8_t *selected;
    double *p;
    double *e;
    size_t *chosen;
} choices;

/* In a new list of 4, which is protected. */
static choices put_choices(SEXP list, size_t m) {
    choices found;
    found.selected = (uint8_t *)R_alloc(m, 1);
    found.chosen = (size_t *)R_alloc(m, sizeof *found.chosen);
    qcr_put(list, "selected", R_NilValue);
    found.p = qcr_put_doubles(list, "p", m);
    found.e = qcr_put_doubles(list, "e", m);
    return found;
}

static void finish_choices(SEXP list, choices found, size_t m) {
    SET_VECTOR_ELT(list, 0, logical_of(found.selected, m));
    qcr_put(list, "chosen", qcr_sizes(found.chosen, m, 1));
}

SEXP qcr_conformal_select_models(SEXP calibration, SEXP test, SEXP q, SEXP pruning, SEXP seed) {
    const qcr_matrix reference = qcr_rows(calibration);
    const qcr_matrix asked = qcr_rows(test);
    const qc_conformal_select_options given = select_options(pruning, 0, seed);
    SEXP list = PROTECT(qcr_new_list(4));
    const choices found = put_choices(list, asked.rows);
    qcr_check(qc_conformal_select_models_f64(reference.values, reference.rows, asked.values,
                                             asked.rows, asked.columns, qcr_double(q, "q"), &given,
                                             found.selected, found.p, found.e, found.chosen, NULL));
    finish_choices(list, found, asked.rows);
    UNPROTECT(1);
    return list;
}

SEXP qcr_conformal_select_ridge(SEXP x, SEXP outcomes, SEXP test, SEXP penalties, SEXP q,
                                SEXP pruning, SEXP seed) {
    const qcr_matrix known = qcr_rows(x);
    const qcr_matrix asked = qcr_rows(test);
    const qc_conformal_select_options given = select_options(pruning, 0, seed);
    SEXP list = PROTECT(qcr_new_list(4));
    const choices found = put_choices(list, asked.rows);
    qcr_check(qc_conformal_select_ridge_f64(
        known.values, qcr_doubles(outcomes), known.rows, asked.values, asked.rows, known.columns,
        qcr_doubles(penalties), (size_t)XLENGTH(penalties), qcr_double(q, "q"), &given,
        found.selected, found.p, found.e, found.chosen, NULL));
    finish_choices(list, found, asked.rows);
    UNPROTECT(1);
    return list;
}

/* `j` counts from 1. */
SEXP qcr_conformal_refit_rank(SEXP calibration, SEXP test, SEXP j, SEXP q) {
    size_t found[2] = {0, 0};
    qcr_check(qc_conformal_refit_rank_f64(
        qcr_doubles(calibration), (size_t)XLENGTH(calibration), qcr_doubles(test),
        (size_t)XLENGTH(test), qcr_size(j, "j") - 1, qcr_double(q, "q"), &found[0], &found[1]));
    return qcr_sizes(found, 2, 0);
}

/* Rows of whole numbers. */
static const size_t *sizes_of(SEXP matrix, const char *name) {
    const qcr_matrix rows = qcr_rows(matrix);
    const size_t count = rows.rows * rows.columns;
    size_t *sizes = (size_t *)R_alloc(count, sizeof *sizes);
    for (size_t i = 0; i < count; i++) {
        sizes[i] = qcr_size_from(rows.values[i], name);
    }
    return sizes;
}

SEXP qcr_conformal_select_refitted(SEXP ranks, SEXP rejections, SEXP n, SEXP q, SEXP pruning,
                                   SEXP seed) {
    const size_t m = qcr_row_count(ranks);
    const qc_conformal_select_options given = select_options(pruning, 0, seed);
    SEXP list = PROTECT(qcr_new_list(4));
    const choices found = put_choices(list, m);
    qcr_check(qc_conformal_select_refitted(
        sizes_of(ranks, "ranks"), sizes_of(rejections, "rejections"), m, qcr_column_count(ranks),
        qcr_size(n, "n"), qcr_double(q, "q"), &given, found.selected, found.p, found.e,
        found.chosen, NULL));
    finish_choices(list, found, m);
    UNPROTECT(1);
    return list;
}
