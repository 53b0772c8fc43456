#include "vectors.h"

static const char *const tails[] = {"upper", "lower", NULL};
static const char *const prunings[] = {"default",     "none",          "heterogeneous",
                                       "homogeneous", "deterministic", NULL};

static void select_options_init(run *r) {
    qc_conformal_select_options options;
    if (returned(r, qc_conformal_select_options_init(&options, sizeof options))) {
        expect_choice(r, "pruning", options.pruning, prunings);
        expect_int32(r, "randomised", options.randomised);
        expect_size(r, "seed", (size_t)options.seed);
    }
}

static uint64_t seed(const run *r) {
    const size_t given = input_size(r, "seed", 0);
    return (uint64_t)given;
}

typedef struct {
    array calibration;
    array calibration_weights;
    array test;
    array test_weights;
} points;

static points input_points(run *r) {
    return (points){input_vector(r, "calibration", r->type),
                    input_vector(r, "calibration_weights", r->type),
                    input_vector(r, "test", r->type), input_vector(r, "test_weights", r->type)};
}

static void p_values(run *r) {
    const points in = input_points(r);
    qc_conformal_p_value_options options;
    qc_conformal_p_value_options_init(&options, sizeof options);
    options.tail = input_choice(r, "tail", options.tail, tails);
    options.randomised = input_int32(r, "randomised", options.randomised);
    options.seed = seed(r);
    options.first_point = input_size(r, "first_point", 0);
    const array p = output_array(r, TYPE_F64, in.test.count);
    const qc_status status =
        r->type == TYPE_F32
            ? qc_conformal_p_values_f32(in.calibration.data, in.calibration_weights.data,
                                        in.calibration.count, in.test.data, in.test_weights.data,
                                        in.test.count, &options, p.data)
            : qc_conformal_p_values_f64(in.calibration.data, in.calibration_weights.data,
                                        in.calibration.count, in.test.data, in.test_weights.data,
                                        in.test.count, &options, p.data);
    if (returned(r, status)) {
        expect_array(r, "p", p);
    }
}

static void step_up(run *r, const char *name,
                    qc_status (*call)(const double *, size_t, double, uint8_t *, size_t *)) {
    const array values = input_vector(r, name, TYPE_F64);
    const array rejected = output_array(r, TYPE_U8, values.count);
    const array count = output_array(r, TYPE_SIZE, 1);
    if (returned(r, call(values.data, values.count, input_double(r, "q", 0), rejected.data,
                         count.data))) {
        expect_array(r, "rejected", rejected);
        expect_element(r, "count", count);
    }
}

static void benjamini_hochberg(run *r) { step_up(r, "p", qc_conformal_benjamini_hochberg); }

static void e_benjamini_hochberg(run *r) { step_up(r, "e", qc_conformal_e_benjamini_hochberg); }

typedef struct {
    array selected;
    array p;
    array e;
    array count;
} selection;

static selection output_selection(run *r, size_t m) {
    return (selection){output_array(r, TYPE_U8, m), output_array(r, TYPE_F64, m),
                       output_array(r, TYPE_F64, m), output_array(r, TYPE_SIZE, 1)};
}

static void expect_selection(run *r, selection out) {
    expect_array(r, "selected", out.selected);
    expect_array(r, "p", out.p);
    expect_array(r, "e", out.e);
    expect_element(r, "count", out.count);
}

static qc_conformal_select_options select_options(run *r) {
    qc_conformal_select_options options;
    qc_conformal_select_options_init(&options, sizeof options);
    options.pruning = input_choice(r, "pruning", options.pruning, prunings);
    options.randomised = input_int32(r, "randomised", options.randomised);
    options.seed = seed(r);
    return options;
}

static void select_points(run *r) {
    const points in = input_points(r);
    const double q = input_double(r, "q", 0);
    const qc_conformal_select_options options = select_options(r);
    const selection out = output_selection(r, in.test.count);
    const qc_status status =
        r->type == TYPE_F32
            ? qc_conformal_select_f32(in.calibration.data, in.calibration_weights.data,
                                      in.calibration.count, in.test.data, in.test_weights.data,
                                      in.test.count, q, &options, out.selected.data, out.p.data,
                                      out.e.data, out.count.data)
            : qc_conformal_select_f64(in.calibration.data, in.calibration_weights.data,
                                      in.calibration.count, in.test.data, in.test_weights.data,
                                      in.test.count, q, &options, out.selected.data, out.p.data,
                                      out.e.data, out.count.data);
    if (returned(r, status)) {
        expect_selection(r, out);
    }
}

static void select_models(run *r) {
    const array calibration = input_matrix(r, "calibration", r->type);
    const array test = input_matrix(r, "test", r->type);
    const double q = input_double(r, "q", 0);
    const qc_conformal_select_options options = select_options(r);
    const selection out = output_selection(r, test.rows);
    const array chosen = output_array(r, TYPE_SIZE, test.rows);
    const qc_status status =
        r->type == TYPE_F32
            ? qc_conformal_select_models_f32(
                  calibration.data, calibration.rows, test.data, test.rows, test.columns, q,
                  &options, out.selected.data, out.p.data, out.e.data, chosen.data, out.count.data)
            : qc_conformal_select_models_f64(
                  calibration.data, calibration.rows, test.data, test.rows, test.columns, q,
                  &options, out.selected.data, out.p.data, out.e.data, chosen.data, out.count.data);
    if (returned(r, status)) {
        expect_selection(r, out);
        expect_array(r, "chosen", chosen);
    }
}

static void select_ridge(run *r) {
    const array x = input_matrix(r, "x", r->type);
    const array outcomes = input_vector(r, "outcomes", r->type);
    const array test = input_matrix(r, "test", r->type);
    const array penalties = input_vector(r, "penalties", TYPE_F64);
    const double q = input_double(r, "q", 0);
    const qc_conformal_select_options options = select_options(r);
    const selection out = output_selection(r, test.rows);
    const array chosen = output_array(r, TYPE_SIZE, test.rows);
    const qc_status status =
        r->type == TYPE_F32
            ? qc_conformal_select_ridge_f32(x.data, outcomes.data, x.rows, test.data, test.rows,
                                            test.columns, penalties.data, penalties.count, q,
                                            &options, out.selected.data, out.p.data, out.e.data,
                                            chosen.data, out.count.data)
            : qc_conformal_select_ridge_f64(x.data, outcomes.data, x.rows, test.data, test.rows,
                                            test.columns, penalties.data, penalties.count, q,
                                            &options, out.selected.data, out.p.data, out.e.data,
                                            chosen.data, out.count.data);
    if (returned(r, status)) {
        expect_selection(r, out);
        expect_array(r, "chosen", chosen);
    }
}

const adapter conformal_selection_adapters[] = {
    {"qc_conformal_p_values", p_values},
    {"qc_conformal_benjamini_hochberg", benjamini_hochberg},
    {"qc_conformal_e_benjamini_hochberg", e_benjamini_hochberg},
    {"qc_conformal_select_options_init", select_options_init},
    {"qc_conformal_select", select_points},
    {"qc_conformal_select_models", select_models},
    {"qc_conformal_select_ridge", select_ridge},
    {NULL, NULL},
};
