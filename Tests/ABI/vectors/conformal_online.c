#include <string.h>

#include "vectors.h"

enum {
    SCORES_MAX = 32
};

static const char *const methods[] = {"aci", "agaci", "dtaci", "sf_ogd", "saocp",
                                      "pid", "enbpi", "nexcp", NULL};
static const char *const sides[] = {"one", "two", NULL};
static const char *const integrators[] = {"tangent", "none", NULL};
static const char *const rates[] = {"scaled", "fixed", NULL};

static qc_conformal_online_options read_options(run *r) {
    qc_conformal_online_options o;
    qc_conformal_online_options_init(&o, sizeof o);
    o.method = input_choice(r, "method", o.method, methods);
    o.sides = input_choice(r, "sides", o.sides, sides);
    o.integrator = input_choice(r, "integrator", o.integrator, integrators);
    o.rate = input_choice(r, "rate", o.rate, rates);
    o.alpha = input_double(r, "alpha", o.alpha);
    o.start = input_double(r, "start", o.start);
    o.horizon = input_double(r, "horizon", o.horizon);
    o.score_bound = input_double(r, "score_bound", o.score_bound);
    o.learning_rate = input_double(r, "learning_rate", o.learning_rate);
    o.saturation = input_double(r, "saturation", o.saturation);
    o.integral_gain = input_double(r, "integral_gain", o.integral_gain);
    o.rho = input_double(r, "rho", o.rho);
    o.cap = input_double(r, "cap", o.cap);
    o.window = input_size(r, "window", o.window);
    o.batch = input_size(r, "batch", o.batch);
    o.lifetime = input_size(r, "lifetime", o.lifetime);
    return o;
}

/* A state with the calibration points of a case; NULL after an error, which `status` has. */
static qc_conformal_online *new_state(run *r, qc_status *status) {
    const qc_conformal_online_options options = read_options(r);
    const array gamma = input_vector(r, "gamma", TYPE_F64);
    const array calibration = input_vector(r, "calibration", TYPE_F64);
    qc_conformal_online *state = NULL;
    *status = qc_conformal_online_create(&options, gamma.data, gamma.count, &state);
    if (*status == QC_OK && calibration.data != NULL) {
        *status = qc_conformal_online_calibrate(state, calibration.data, calibration.count);
    }
    if (*status != QC_OK) {
        qc_conformal_online_destroy(state);
        state = NULL;
    }
    return state;
}

/* The same after the points of the case. */
static qc_conformal_online *after_run(run *r, qc_status *status) {
    qc_conformal_online *state = new_state(r, status);
    const array scores = input_vector(r, "scores", TYPE_F64);
    const array forecasts = input_vector(r, "forecasts", TYPE_F64);
    if (*status == QC_OK) {
        *status = qc_conformal_online_run(state, scores.data, forecasts.data, scores.count, NULL,
                                          NULL, NULL);
    }
    return state;
}

static void options_init(run *r) {
    qc_conformal_online_options o;
    if (returned(r, qc_conformal_online_options_init(&o, sizeof o))) {
        expect_choice(r, "method", o.method, methods);
        expect_choice(r, "sides", o.sides, sides);
        expect_choice(r, "integrator", o.integrator, integrators);
        expect_choice(r, "rate", o.rate, rates);
        expect_double(r, "alpha", o.alpha);
        expect_double(r, "start", o.start);
        expect_double(r, "horizon", o.horizon);
        expect_double(r, "score_bound", o.score_bound);
        expect_double(r, "learning_rate", o.learning_rate);
        expect_double(r, "saturation", o.saturation);
        expect_double(r, "integral_gain", o.integral_gain);
        expect_double(r, "rho", o.rho);
        expect_double(r, "cap", o.cap);
        expect_size(r, "window", o.window);
        expect_size(r, "batch", o.batch);
        expect_size(r, "lifetime", o.lifetime);
    }
}

/* Compares the threshold of the next point. */
static void expect_threshold(run *r, const qc_conformal_online *state, qc_status status) {
    const array lower = output_array(r, TYPE_F64, 1);
    const array upper = output_array(r, TYPE_F64, 1);
    const double forecast = input_double(r, "forecast", 0);
    if (status == QC_OK) {
        status = qc_conformal_online_threshold(state, forecast, lower.data, upper.data);
    }
    if (returned(r, status)) {
        expect_element(r, "lower", lower);
        expect_element(r, "upper", upper);
    }
}

static void threshold(run *r) {
    qc_status status = QC_OK;
    qc_conformal_online *state = after_run(r, &status);
    expect_threshold(r, state, status);
    qc_conformal_online_destroy(state);
}

static void observe(run *r) {
    int32_t outcomes[SCORES_MAX] = {0};
    qc_status status = QC_OK;
    qc_conformal_online *state = new_state(r, &status);
    const array scores = input_vector(r, "scores", TYPE_F64);
    if (scores.count > SCORES_MAX) {
        complain(r, "there are more than %d scores", SCORES_MAX);
    }
    for (size_t i = 0; status == QC_OK && i < scores.count && i < SCORES_MAX; i++) {
        status = qc_conformal_online_observe(state, element(scores, i), 0, &outcomes[i]);
    }
    expect_threshold(r, state, status);
    if (status == QC_OK) {
        const array covered = output_array(r, TYPE_I32, scores.count);
        memcpy(covered.data, outcomes, scores.count * sizeof outcomes[0]);
        expect_array(r, "covered", covered);
    }
    qc_conformal_online_destroy(state);
}

/* Runs the scores of a case through a state, and compares the path. */
static void expect_path(run *r, qc_conformal_online *state, qc_status status) {
    const array scores = input_vector(r, "scores", TYPE_F64);
    const array forecasts = input_vector(r, "forecasts", TYPE_F64);
    const array lower = output_array(r, TYPE_F64, scores.count);
    const array upper = output_array(r, TYPE_F64, scores.count);
    const array covered = output_array(r, TYPE_I32, scores.count);
    if (status == QC_OK) {
        status = qc_conformal_online_run(state, scores.data, forecasts.data, scores.count,
                                         lower.data, upper.data, covered.data);
    }
    if (returned(r, status)) {
        expect_array(r, "lower", lower);
        expect_array(r, "upper", upper);
        expect_array(r, "covered", covered);
    }
}

static void run_points(run *r) {
    qc_status status = QC_OK;
    qc_conformal_online *state = new_state(r, &status);
    expect_path(r, state, status);
    qc_conformal_online_destroy(state);
}

static void summarize(run *r) {
    qc_conformal_online_summary s = {.struct_size = sizeof s};
    qc_status status = QC_OK;
    qc_conformal_online *state = after_run(r, &status);
    if (status == QC_OK) {
        status = qc_conformal_online_summarize(state, &s);
    }
    if (returned(r, status)) {
        expect_size(r, "observed", s.observed);
        expect_size(r, "misses", s.misses);
        expect_size(r, "missing", s.missing);
        expect_size(r, "score_count", s.score_count);
        expect_size(r, "expert_count", s.expert_count);
        expect_double(r, "lower_position", s.lower_position);
        expect_double(r, "upper_position", s.upper_position);
        expect_double(r, "step_size", s.step_size);
    }
    qc_conformal_online_destroy(state);
}

static void serialize(run *r) {
    qc_status status = QC_OK;
    qc_conformal_online *state = after_run(r, &status);
    size_t size = 0;
    if (status == QC_OK) {
        status = qc_conformal_online_serialize(state, NULL, 0, &size);
    }
    if (returned(r, status)) {
        const array bytes = output_array(r, TYPE_U8, size);
        if (returned(r, qc_conformal_online_serialize(state, bytes.data, size, NULL))) {
            expect_array(r, "bytes", bytes);
        }
    }
    qc_conformal_online_destroy(state);
}

static void deserialize(run *r) {
    const array bytes = input_vector(r, "bytes", TYPE_U8);
    qc_conformal_online *state = NULL;
    const qc_status status = qc_conformal_online_deserialize(bytes.data, bytes.count, &state);
    if (status != QC_OK && state != NULL) {
        complain(r, "there is a handle, in spite of the error");
    }
    expect_path(r, state, status);
    qc_conformal_online_destroy(state);
}

const adapter conformal_online_adapters[] = {
    {"qc_conformal_online_options_init", options_init},
    {"qc_conformal_online_create", threshold},
    {"qc_conformal_online_destroy", threshold},
    {"qc_conformal_online_calibrate", threshold},
    {"qc_conformal_online_threshold", threshold},
    {"qc_conformal_online_observe", observe},
    {"qc_conformal_online_run", run_points},
    {"qc_conformal_online_summarize", summarize},
    {"qc_conformal_online_serialize", serialize},
    {"qc_conformal_online_deserialize", deserialize},
    {NULL, NULL},
};
