#include "vectors.h"

static const char *const directions[] = {"increasing", "decreasing", NULL};

static void options_init(run *r) {
    qc_isotonic_distribution_options options;
    if (returned(r, qc_isotonic_distribution_options_init(&options, sizeof options))) {
        expect_choice(r, "direction", options.direction, directions);
    }
}

/* What the case's observations give; NULL if they are refused. */
static qc_status create(run *r, element_type type, qc_isotonic_distribution **made) {
    const array x = input_vector(r, "x", type);
    const array y = input_vector(r, "y", type);
    const array weights = input_vector(r, "weights", type);
    const array events = input_vector(r, "events", TYPE_U8);
    qc_isotonic_distribution_options options;
    qc_isotonic_distribution_options_init(&options, sizeof options);
    options.direction = input_choice(r, "direction", QC_ISOTONIC_INCREASING, directions);
    *made = NULL;
    const size_t n = y.count;
    const size_t dimensions = n == 0 ? 1 : x.count / n;
    return type == TYPE_F32
               ? qc_isotonic_distribution_create_f32(x.data, n, dimensions, y.data, weights.data,
                                                     events.data, &options, made)
               : qc_isotonic_distribution_create_f64(x.data, n, dimensions, y.data, weights.data,
                                                     events.data, &options, made);
}

/* The distribution that the other functions are asked about. */
static qc_isotonic_distribution *given(run *r, element_type type) {
    qc_isotonic_distribution *made = NULL;
    if (create(r, type, &made) != QC_OK) {
        complain(r, "no distribution: %s", qc_last_error());
    }
    return made;
}

static qc_status write_thresholds(const qc_isotonic_distribution *d, array to, size_t *count) {
    return to.type == TYPE_F32
               ? qc_isotonic_distribution_thresholds_f32(d, to.data, to.count, count)
               : qc_isotonic_distribution_thresholds_f64(d, to.data, to.count, count);
}

static array all_thresholds(run *r, const qc_isotonic_distribution *d, element_type type) {
    size_t count = 0;
    qc_isotonic_distribution_thresholds_f64(d, NULL, 0, &count);
    const array result = output_array(r, type, count);
    if (write_thresholds(d, result, NULL) != QC_OK) {
        complain(r, "no thresholds: %s", qc_last_error());
    }
    return result;
}

/* The rows of an input, each as long as a covariate. */
static array rows(run *r, const char *key, element_type type, const qc_isotonic_distribution *d) {
    array queries = input_vector(r, key, type);
    size_t dimensions = 0;
    if (qc_isotonic_distribution_dimensions(d, &dimensions) != QC_OK || dimensions == 0) {
        complain(r, "no dimensions: %s", qc_last_error());
        dimensions = 1;
    }
    queries.rows = queries.count / dimensions;
    queries.columns = dimensions;
    return queries;
}

static qc_status cdf(const qc_isotonic_distribution *d, array queries, array at, array result) {
    return result.type == TYPE_F32
               ? qc_isotonic_distribution_cdf_f32(d, queries.data, queries.rows, at.data, at.count,
                                                  result.data)
               : qc_isotonic_distribution_cdf_f64(d, queries.data, queries.rows, at.data, at.count,
                                                  result.data);
}

/* The thresholds, and the functions of some covariates there. */
static void expect_functions(run *r, const qc_isotonic_distribution *d, array queries) {
    const array at = all_thresholds(r, d, queries.type);
    const array result = output_array(r, queries.type, queries.rows * at.count);
    if (cdf(d, queries, at, result) != QC_OK) {
        complain(r, "no functions: %s", qc_last_error());
    }
    expect_array(r, "thresholds", at);
    expect_array(r, "probabilities", result);
}

static void run_create(run *r) {
    qc_isotonic_distribution *d = NULL;
    if (returned(r, create(r, r->type, &d))) {
        expect_functions(r, d, rows(r, "x", r->type, d));
    }
    qc_isotonic_distribution_destroy(d);
}

static void run_destroy(run *r) {
    qc_isotonic_distribution *d = NULL;
    if (returned(r, create(r, TYPE_F64, &d))) {
        expect_array(r, "thresholds", all_thresholds(r, d, TYPE_F64));
    }
    qc_isotonic_distribution_destroy(d);
    qc_isotonic_distribution_destroy(NULL);
}

static void run_dimensions(run *r) {
    qc_isotonic_distribution *d = given(r, TYPE_F64);
    const array count = output_array(r, TYPE_SIZE, 1);
    if (returned(r, qc_isotonic_distribution_dimensions(d, count.data))) {
        expect_element(r, "dimensions", count);
    }
    qc_isotonic_distribution_destroy(d);
}

static void run_thresholds(run *r) {
    qc_isotonic_distribution *d = given(r, r->type);
    size_t count = 0;
    qc_isotonic_distribution_thresholds_f64(d, NULL, 0, &count);
    const array result = output_array(r, r->type, count);
    if (returned(r, write_thresholds(d, result, NULL))) {
        expect_array(r, "thresholds", result);
    }
    qc_isotonic_distribution_destroy(d);
}

static void run_cdf(run *r) {
    qc_isotonic_distribution *d = given(r, r->type);
    const array queries = rows(r, "queries", r->type, d);
    const array at = input_vector(r, "thresholds", r->type);
    const array result = output_array(r, r->type, queries.rows * at.count);
    if (returned(r, cdf(d, queries, at, result))) {
        expect_array(r, "probabilities", result);
    }
    qc_isotonic_distribution_destroy(d);
}

static void run_quantile(run *r) {
    qc_isotonic_distribution *d = given(r, r->type);
    const array queries = rows(r, "queries", r->type, d);
    const array levels = input_vector(r, "levels", TYPE_F64);
    const array result = output_array(r, r->type, queries.rows * levels.count);
    if (returned(r, r->type == TYPE_F32
                        ? qc_isotonic_distribution_quantile_f32(
                              d, queries.data, queries.rows, levels.data, levels.count, result.data)
                        : qc_isotonic_distribution_quantile_f64(d, queries.data, queries.rows,
                                                                levels.data, levels.count,
                                                                result.data))) {
        expect_array(r, "quantiles", result);
    }
    qc_isotonic_distribution_destroy(d);
}

static void run_crps(run *r) {
    qc_isotonic_distribution *d = given(r, r->type);
    const array queries = rows(r, "queries", r->type, d);
    const array y = input_vector(r, "outcomes", r->type);
    const array result = output_array(r, r->type, queries.rows);
    if (returned(r, r->type == TYPE_F32
                        ? qc_isotonic_distribution_crps_f32(d, queries.data, y.data, queries.rows,
                                                            result.data)
                        : qc_isotonic_distribution_crps_f64(d, queries.data, y.data, queries.rows,
                                                            result.data))) {
        expect_array(r, "crps", result);
    }
    qc_isotonic_distribution_destroy(d);
}

static uint64_t seed(const run *r) {
    const size_t given_seed = input_size(r, "seed", 0);
    return (uint64_t)given_seed;
}

static void run_pit(run *r) {
    qc_isotonic_distribution *d = given(r, r->type);
    const array queries = rows(r, "queries", r->type, d);
    const array y = input_vector(r, "outcomes", r->type);
    const array lower = output_array(r, r->type, queries.rows);
    const array upper = output_array(r, r->type, queries.rows);
    const array pit = output_array(r, r->type, queries.rows);
    if (returned(
            r, r->type == TYPE_F32
                   ? qc_isotonic_distribution_pit_f32(d, queries.data, y.data, queries.rows,
                                                      seed(r), lower.data, upper.data, pit.data)
                   : qc_isotonic_distribution_pit_f64(d, queries.data, y.data, queries.rows,
                                                      seed(r), lower.data, upper.data, pit.data))) {
        expect_array(r, "lower", lower);
        expect_array(r, "upper", upper);
        expect_array(r, "pit", pit);
    }
    qc_isotonic_distribution_destroy(d);
}

static void run_serialize(run *r) {
    qc_isotonic_distribution *d = given(r, TYPE_F64);
    size_t size = 0;
    qc_isotonic_distribution_serialize(d, NULL, 0, &size);
    const array bytes = output_array(r, TYPE_U8, size);
    if (returned(r, qc_isotonic_distribution_serialize(d, bytes.data, bytes.count, NULL))) {
        expect_array(r, "bytes", bytes);
    }
    qc_isotonic_distribution_destroy(d);
}

static void run_deserialize(run *r) {
    const array bytes = input_vector(r, "bytes", TYPE_U8);
    qc_isotonic_distribution *d = NULL;
    if (returned(r, qc_isotonic_distribution_deserialize(bytes.data, bytes.count, &d))) {
        expect_functions(r, d, rows(r, "queries", TYPE_F64, d));
    } else if (d != NULL) {
        complain(r, "an object was made, in spite of the error");
    }
    qc_isotonic_distribution_destroy(d);
}

const adapter isotonic_distribution_adapters[] = {
    {"qc_isotonic_distribution_options_init", options_init},
    {"qc_isotonic_distribution_create", run_create},
    {"qc_isotonic_distribution_destroy", run_destroy},
    {"qc_isotonic_distribution_dimensions", run_dimensions},
    {"qc_isotonic_distribution_thresholds", run_thresholds},
    {"qc_isotonic_distribution_cdf", run_cdf},
    {"qc_isotonic_distribution_quantile", run_quantile},
    {"qc_isotonic_distribution_crps", run_crps},
    {"qc_isotonic_distribution_pit", run_pit},
    {"qc_isotonic_distribution_serialize", run_serialize},
    {"qc_isotonic_distribution_deserialize", run_deserialize},
    {NULL, NULL},
};
