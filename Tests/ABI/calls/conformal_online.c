#include "calls.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    /* Larger states would only take longer. */
    POINTS_MAX = 300,
    STEPS = 3
};

static const double steps[STEPS] = {0.01, 0.0625, 0.25};

static void must(qc_status status) {
    if (status != QC_OK) {
        fprintf(stderr, "no state to test with: %s\n", qc_last_error());
        exit(2);
    }
}

/* Scores of 0 to 4 that go up and down. */
static void *make(size_t size, int32_t method, size_t gamma_count) {
    qc_conformal_online_options options;
    qc_conformal_online *state = NULL;
    must(qc_conformal_online_options_init(&options, sizeof options));
    options.method = method;
    options.alpha = 0.25;
    options.window = 40;
    options.batch = 3;
    must(
        qc_conformal_online_create(&options, gamma_count == 0 ? NULL : steps, gamma_count, &state));
    for (size_t i = 0; i < size && i < POINTS_MAX; i++) {
        must(qc_conformal_online_observe(state, (double)(i * 7 % 17) / 4, 0, NULL));
    }
    return state;
}

static void *make_aci(size_t size) { return make(size, QC_CONFORMAL_ONLINE_ACI, 0); }
static void *make_agaci(size_t size) { return make(size, QC_CONFORMAL_ONLINE_AGACI, STEPS); }
static void *make_dtaci(size_t size) { return make(size, QC_CONFORMAL_ONLINE_DTACI, STEPS); }
static void *make_saocp(size_t size) { return make(size, QC_CONFORMAL_ONLINE_SAOCP, 0); }
static void *make_pid(size_t size) { return make(size, QC_CONFORMAL_ONLINE_PID, 0); }
static void *make_enbpi(size_t size) { return make(size, QC_CONFORMAL_ONLINE_ENBPI, 0); }
static void *make_nexcp(size_t size) { return make(size, QC_CONFORMAL_ONLINE_NEXCP, 0); }

static void destroy_state(void *state) { qc_conformal_online_destroy(state); }

static size_t look(const void *state, unsigned char *seen, size_t capacity) {
    size_t size = 0;
    must(qc_conformal_online_serialize(state, seen, capacity, &size));
    return size;
}

static const handle_kind aci = {make_aci, destroy_state, look};
static const handle_kind agaci = {make_agaci, destroy_state, look};
static const handle_kind dtaci = {make_dtaci, destroy_state, look};
static const handle_kind saocp = {make_saocp, destroy_state, look};
static const handle_kind pid = {make_pid, destroy_state, look};
static const handle_kind enbpi = {make_enbpi, destroy_state, look};
static const handle_kind nexcp = {make_nexcp, destroy_state, look};

/* -- Making and destroying ------------------------------------------------------ */

static qc_status options_init(const value *v) {
    return qc_conformal_online_options_init(v[0].pointer, v[1].size);
}

static void build_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_conformal_online_options));
}

static qc_status create(const value *v) {
    return qc_conformal_online_create(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer);
}

static const bad_value bad_methods[] = {{8, QC_ERR_OPTIONS},
                                        {-1, QC_ERR_OPTIONS},
                                        {INT32_MAX, QC_ERR_OPTIONS},
                                        {INT32_MIN, QC_ERR_OPTIONS}};
static const bad_values methods = BAD_VALUES(bad_methods);
static const bad_value bad_levels[] = {{NAN, QC_ERR_OPTIONS},
                                       {INFINITY, QC_ERR_OPTIONS},
                                       {0, QC_ERR_OPTIONS},
                                       {1, QC_ERR_OPTIONS},
                                       {-INFINITY, QC_ERR_OPTIONS}};
static const bad_values levels = BAD_VALUES(bad_levels);
static const bad_value bad_starts[] = {{INFINITY, QC_ERR_OPTIONS}, {-INFINITY, QC_ERR_OPTIONS}};
static const bad_values starts = BAD_VALUES(bad_starts);
static const bad_value bad_positives[] = {
    {NAN, QC_ERR_OPTIONS}, {INFINITY, QC_ERR_OPTIONS}, {0, QC_ERR_OPTIONS}, {-1, QC_ERR_OPTIONS}};
static const bad_values must_be_positive = BAD_VALUES(bad_positives);
static const bad_value bad_amounts[] = {
    {NAN, QC_ERR_OPTIONS}, {INFINITY, QC_ERR_OPTIONS}, {-1, QC_ERR_OPTIONS}};
static const bad_values must_not_be_negative = BAD_VALUES(bad_amounts);
static const bad_value bad_decays[] = {
    {NAN, QC_ERR_OPTIONS}, {0, QC_ERR_OPTIONS}, {1.5, QC_ERR_OPTIONS}};
static const bad_values decays = BAD_VALUES(bad_decays);
static const bad_value bad_windows[] = {{0x1p41, QC_ERR_OPTIONS}, {0x1p63, QC_ERR_OPTIONS}};
static const bad_values windows = BAD_VALUES(bad_windows);
static const bad_value bad_counts[] = {{0, QC_ERR_OPTIONS}, {0x1p63, QC_ERR_OPTIONS}};
static const bad_values must_be_a_count = BAD_VALUES(bad_counts);
static const bad_value bad_steps[] = {{NAN, QC_ERR_NOT_FINITE},
                                      {INFINITY, QC_ERR_NOT_FINITE},
                                      {0, QC_ERR_DOMAIN},
                                      {-1, QC_ERR_DOMAIN}};
static const bad_values must_be_steps = BAD_VALUES(bad_steps);

#define FIELD(name, type, bad)                                                                     \
    { #name, offsetof(qc_conformal_online_options, name), type, bad }

static const field fields[] = {
    FIELD(method, TYPE_I32, &methods),
    FIELD(sides, TYPE_I32, &must_be_0_or_1),
    FIELD(integrator, TYPE_I32, &must_be_0_or_1),
    FIELD(rate, TYPE_I32, &must_be_0_or_1),
    FIELD(alpha, TYPE_F64, &levels),
    FIELD(start, TYPE_F64, &starts),
    FIELD(horizon, TYPE_F64, &must_be_positive),
    FIELD(score_bound, TYPE_F64, &must_be_positive),
    FIELD(learning_rate, TYPE_F64, &must_be_positive),
    FIELD(saturation, TYPE_F64, &must_be_positive),
    FIELD(integral_gain, TYPE_F64, &must_not_be_negative),
    FIELD(rho, TYPE_F64, &decays),
    FIELD(cap, TYPE_F64, &must_not_be_negative),
    FIELD(window, TYPE_SIZE, &windows),
    FIELD(batch, TYPE_SIZE, &must_be_a_count),
    FIELD(lifetime, TYPE_SIZE, &must_be_a_count),
};

static void build_create(call *c, element_type type, size_t rows, size_t columns) {
    qc_conformal_online_options given;
    (void)type;
    (void)rows;
    (void)columns;
    must(qc_conformal_online_options_init(&given, sizeof given));
    given.method = QC_CONFORMAL_ONLINE_AGACI;
    options(c, &given, sizeof given, fields, sizeof fields / sizeof fields[0], 0);
    input(c, "gamma", TYPE_F64, STEPS, 0.01, 0.5)->bad = &must_be_steps;
    length(c, "gamma_count", STEPS, QC_OK)->limit = 1024;
    new_handle(c, "state", &agaci);
}

static void build_create_alone(call *c, element_type type, size_t rows, size_t columns) {
    qc_conformal_online_options given;
    (void)type;
    (void)rows;
    (void)columns;
    must(qc_conformal_online_options_init(&given, sizeof given));
    options(c, &given, sizeof given, fields, sizeof fields / sizeof fields[0], 0)->optional = true;
    input(c, "gamma", TYPE_F64, 1, 0.01, 0.5)->bad = &must_be_steps;
    length(c, "gamma_count", 1, QC_OK)->limit = 1;
    new_handle(c, "state", &aci);
}

static qc_status destroy(const value *v) {
    qc_conformal_online_destroy(v[0].pointer);
    return QC_OK;
}

static void build_destroy(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    argument *state = handle(c, "state", &dtaci, rows * columns);
    state->is_destroyed = true;
    state->optional = true;
}

/* -- Points ----------------------------------------------------------------------- */

static const bad_value bad_scores[] = {{-INFINITY, QC_ERR_NOT_FINITE}};
static const bad_values scores = BAD_VALUES(bad_scores);

static qc_status calibrate(const value *v) {
    return qc_conformal_online_calibrate(v[0].pointer, v[1].pointer, v[2].size);
}

static const bad_value bad_calibration[] = {{NAN, QC_ERR_NOT_FINITE},
                                            {-INFINITY, QC_ERR_NOT_FINITE}};
static const bad_values calibration_scores = BAD_VALUES(bad_calibration);

static void build_calibrate(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    handle(c, "state", &nexcp, 20)->may_change = true;
    input(c, "scores", TYPE_F64, rows * columns, -1, 4)->bad = &calibration_scores;
    length(c, "n", rows * columns, QC_OK);
}

static qc_status threshold(const value *v) {
    return qc_conformal_online_threshold(v[0].pointer, v[1].number, v[2].pointer, v[3].pointer);
}

static void build_threshold_of(call *c, const handle_kind *kind, double forecast, size_t points) {
    handle(c, "state", kind, points);
    number(c, "forecast", forecast, &must_be_finite);
    output(c, "lower", TYPE_F64, 1)->optional = true;
    output(c, "upper", TYPE_F64, 1)->optional = true;
}

static void build_threshold(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    build_threshold_of(c, &pid, 1.5, rows * columns);
}

static void build_threshold_two(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    build_threshold_of(c, &enbpi, 0, rows * columns);
}

static qc_status observe(const value *v) {
    return qc_conformal_online_observe(v[0].pointer, v[1].number, v[2].number, v[3].pointer);
}

static void build_observe(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    handle(c, "state", &saocp, rows * columns)->may_change = true;
    number(c, "score", 2.5, &scores);
    number(c, "forecast", 0, &must_be_finite);
    output(c, "covered", TYPE_I32, 1)->optional = true;
}

static qc_status run(const value *v) {
    return qc_conformal_online_run(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size,
                                   v[4].pointer, v[5].pointer, v[6].pointer);
}

static void build_run(call *c, const handle_kind *kind, double forecast, size_t n) {
    handle(c, "state", kind, 20)->may_change = true;
    input(c, "scores", TYPE_F64, n, -1, 4)->bad = &scores;
    argument *forecasts = input(c, "forecasts", TYPE_F64, n, 0, forecast);
    forecasts->bad = &must_be_finite;
    forecasts->optional = true;
    length(c, "n", n, QC_OK);
    output(c, "lower", TYPE_F64, n)->optional = true;
    output(c, "upper", TYPE_F64, n)->optional = true;
    output(c, "covered", TYPE_I32, n)->optional = true;
}

static void build_run_pid(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    build_run(c, &pid, 2, rows * columns);
}

static void build_run_aci(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    build_run(c, &aci, 0, rows * columns);
}

static void build_run_dtaci(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    build_run(c, &dtaci, 0, rows * columns);
}

static void build_run_agaci(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    build_run(c, &agaci, 0, rows * columns);
}

static qc_status summarize(const value *v) {
    return qc_conformal_online_summarize(v[0].pointer, v[1].pointer);
}

static void build_summarize(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    handle(c, "state", &dtaci, rows * columns);
    result(c, sizeof(qc_conformal_online_summary));
}

/* -- Bytes ------------------------------------------------------------------------ */

static qc_status serialize(const value *v) {
    return qc_conformal_online_serialize(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer);
}

static size_t size_of(const handle_kind *kind, size_t points) {
    void *state = kind->make(points);
    const size_t size = look(state, NULL, 0);
    kind->destroy(state);
    return size;
}

static void build_serialize(call *c, element_type type, size_t rows, size_t columns) {
    const size_t size = size_of(&agaci, rows * columns);
    (void)type;
    handle(c, "state", &agaci, rows * columns);
    output(c, "bytes", TYPE_U8, size)->optional = true;
    length(c, "capacity", size, QC_ERR_SIZE)->bytes_per_unit = 1;
    output(c, "size", TYPE_SIZE, 1)->optional = true;
}

static qc_status deserialize(const value *v) {
    return qc_conformal_online_deserialize(v[0].pointer, v[1].size, v[2].pointer);
}

static void fill_with_state(const argument *self, void *memory) {
    void *state = self->handle->make((size_t)self->low);
    look(state, memory, self->count);
    self->handle->destroy(state);
}

static const bad_value bad_bytes[] = {{0xa6, QC_ERR_FORMAT}};
static const bad_values any_other_byte = BAD_VALUES(bad_bytes);

static void build_deserialize_of(call *c, const handle_kind *kind, size_t points) {
    const size_t size = size_of(kind, points);
    argument *bytes = input(c, "bytes", TYPE_U8, size, (double)points, 0);
    bytes->fill = fill_with_state;
    bytes->handle = kind;
    bytes->bad = &any_other_byte;
    length(c, "size", size, QC_ERR_FORMAT);
    new_handle(c, "state", kind);
}

static void build_deserialize(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    build_deserialize_of(c, &saocp, rows * columns);
}

static void build_deserialize_aci(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    build_deserialize_of(c, &aci, rows * columns);
}

const row conformal_online_rows[] = {
    {"qc_conformal_online_options_init", "", options_init, build_options_init, TYPE_NONE,
     MUCH_WORK},
    {"qc_conformal_online_create", "grid", create, build_create, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_online_create", "one gamma", create, build_create_alone, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_online_destroy", "", destroy, build_destroy, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_online_calibrate", "", calibrate, build_calibrate, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_online_threshold", "pid", threshold, build_threshold, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_online_threshold", "enbpi", threshold, build_threshold_two, TYPE_NONE,
     MUCH_WORK},
    {"qc_conformal_online_observe", "", observe, build_observe, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_online_run", "pid", run, build_run_pid, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_online_run", "aci", run, build_run_aci, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_online_run", "dtaci", run, build_run_dtaci, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_online_run", "agaci", run, build_run_agaci, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_online_summarize", "", summarize, build_summarize, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_online_serialize", "", serialize, build_serialize, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_online_deserialize", "saocp", deserialize, build_deserialize, TYPE_NONE,
     MUCH_WORK},
    {"qc_conformal_online_deserialize", "aci", deserialize, build_deserialize_aci, TYPE_NONE,
     MUCH_WORK},
    {0},
};
