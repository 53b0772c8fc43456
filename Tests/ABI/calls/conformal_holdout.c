#include "calls.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void must(qc_status status) {
    if (status != QC_OK) {
        fprintf(stderr, "no holdout to test with: %s\n", qc_last_error());
        exit(2);
    }
}

/* One with the largest budget, of which a few answers are gone. */
static void *make(size_t size) {
    const double training[] = {0.5, 0, 1};
    const double holdout[] = {0.5, 1, 0};
    double answers[3];
    size_t answered = 0;
    qc_conformal_holdout_options given;
    qc_conformal_holdout *state = NULL;
    (void)size;
    must(qc_conformal_holdout_options_init(&given, sizeof given));
    given.budget = (size_t)1 << 20;
    must(qc_conformal_holdout_create(&given, &state));
    must(qc_conformal_holdout_ask(state, training, holdout, 3, answers, NULL, &answered));
    return state;
}

static void destroy_holdout(void *state) { qc_conformal_holdout_destroy(state); }

static size_t look(const void *state, unsigned char *seen, size_t capacity) {
    size_t size = 0;
    must(qc_conformal_holdout_serialize(state, seen, capacity, &size));
    return size;
}

static const handle_kind kind = {make, destroy_holdout, look};

static qc_status options_init(const value *v) {
    return qc_conformal_holdout_options_init(v[0].pointer, v[1].size);
}

static void build_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_conformal_holdout_options));
}

static qc_status create(const value *v) {
    return qc_conformal_holdout_create(v[0].pointer, v[1].pointer);
}

static const bad_value bad_thresholds[] = {
    {NAN, QC_ERR_OPTIONS}, {-0.5, QC_ERR_OPTIONS}, {1.5, QC_ERR_OPTIONS}, {0, QC_OK}, {1, QC_OK}};
static const bad_values thresholds = BAD_VALUES(bad_thresholds);

static const bad_value bad_scales[] = {
    {NAN, QC_ERR_OPTIONS}, {0, QC_ERR_OPTIONS}, {1.5, QC_ERR_OPTIONS}, {-1, QC_ERR_OPTIONS}};
static const bad_values scales = BAD_VALUES(bad_scales);

static const bad_value bad_budgets[] = {{0, QC_ERR_OPTIONS}, {1048577, QC_ERR_OPTIONS}};
static const bad_values budgets = BAD_VALUES(bad_budgets);

static const bad_value bad_grids[] = {
    {0, QC_ERR_OPTIONS}, {1, QC_ERR_OPTIONS}, {1048577, QC_ERR_OPTIONS}};
static const bad_values grids = BAD_VALUES(bad_grids);

static const field fields[] = {
    {"mechanism", offsetof(qc_conformal_holdout_options, mechanism), TYPE_I32, &must_be_0_or_1},
    {"reserved", offsetof(qc_conformal_holdout_options, reserved), TYPE_I32, &must_be_zero},
    {"threshold", offsetof(qc_conformal_holdout_options, threshold), TYPE_F64, &thresholds},
    {"sigma", offsetof(qc_conformal_holdout_options, sigma), TYPE_F64, &scales},
    {"grid", offsetof(qc_conformal_holdout_options, grid), TYPE_SIZE, &grids},
    {"budget", offsetof(qc_conformal_holdout_options, budget), TYPE_SIZE, &budgets},
};

static void build_create(call *c, element_type type, size_t rows, size_t columns) {
    qc_conformal_holdout_options given;
    (void)type;
    (void)rows;
    (void)columns;
    must(qc_conformal_holdout_options_init(&given, sizeof given));
    options(c, &given, sizeof given, fields, sizeof fields / sizeof fields[0], 0)->optional = true;
    new_handle(c, "holdout", &kind);
}

static qc_status destroy(const value *v) {
    qc_conformal_holdout_destroy(v[0].pointer);
    return QC_OK;
}

static void build_destroy(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    argument *state = handle(c, "holdout", &kind, rows * columns);
    state->is_destroyed = true;
    state->optional = true;
}

static const bad_value bad_means[] = {{NAN, QC_ERR_NOT_FINITE},
                                      {INFINITY, QC_ERR_DOMAIN},
                                      {-0.1, QC_ERR_DOMAIN},
                                      {1.5, QC_ERR_DOMAIN}};
static const bad_values means = BAD_VALUES(bad_means);

static qc_status ask(const value *v) {
    return qc_conformal_holdout_ask(v[0].pointer, v[1].pointer, v[2].pointer, v[3].size,
                                    v[4].pointer, v[5].pointer, v[6].pointer);
}

static void build_ask(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    handle(c, "state", &kind, 3)->may_change = true;
    input(c, "training", TYPE_F64, rows * columns, 0, 1)->bad = &means;
    input(c, "holdout", TYPE_F64, rows * columns, 1, 0)->bad = &means;
    length(c, "count", rows * columns, QC_OK);
    output(c, "answers", TYPE_F64, rows * columns);
    output(c, "from_holdout", TYPE_U8, rows * columns)->optional = true;
    output(c, "answered", TYPE_SIZE, 1);
}

static qc_status remaining(const value *v) {
    return qc_conformal_holdout_remaining(v[0].pointer, v[1].pointer, v[2].pointer);
}

static void build_remaining(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    handle(c, "state", &kind, 3);
    output(c, "budget", TYPE_SIZE, 1)->optional = true;
    output(c, "asked", TYPE_SIZE, 1)->optional = true;
}

static qc_status serialize(const value *v) {
    return qc_conformal_holdout_serialize(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer);
}

enum {
    BYTES = 88
};

static void build_serialize(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    handle(c, "state", &kind, 3);
    output(c, "bytes", TYPE_U8, BYTES)->optional = true;
    length(c, "capacity", BYTES, QC_ERR_SIZE)->bytes_per_unit = 1;
    output(c, "size", TYPE_SIZE, 1)->optional = true;
}

static qc_status deserialize(const value *v) {
    return qc_conformal_holdout_deserialize(v[0].pointer, v[1].size, v[2].pointer);
}

static void fill_with_holdout(const argument *self, void *memory) {
    void *state = make(0);
    look(state, memory, self->count);
    destroy_holdout(state);
}

static const bad_value bad_bytes[] = {{0xa6, QC_ERR_FORMAT}};
static const bad_values any_other_byte = BAD_VALUES(bad_bytes);

static void build_deserialize(call *c, element_type type, size_t rows, size_t columns) {
    argument *bytes = input(c, "bytes", TYPE_U8, BYTES, 0, 0);
    (void)type;
    (void)rows;
    (void)columns;
    bytes->fill = fill_with_holdout;
    bytes->bad = &any_other_byte;
    length(c, "size", BYTES, QC_ERR_FORMAT)->bytes_per_unit = 1;
    new_handle(c, "holdout", &kind);
}

static const bad_value bad_chances[] = {{NAN, QC_ERR_NOT_FINITE},
                                        {INFINITY, QC_ERR_DOMAIN},
                                        {0, QC_ERR_DOMAIN},
                                        {1, QC_ERR_DOMAIN},
                                        {-0.1, QC_ERR_DOMAIN}};
static const bad_values chances = BAD_VALUES(bad_chances);

static void bound_arguments(call *c, bool with_questions) {
    length(c, "n", 10000, QC_ERR_SIZE);
    if (with_questions) {
        length(c, "questions", 1000, QC_ERR_SIZE)->limit = (size_t)1 << 40;
    }
    length(c, "budget", 10, QC_OK)->limit = (size_t)1 << 20;
    length(c, "grid", 101, QC_ERR_SIZE)->limit = (size_t)1 << 20;
    number(c, "threshold", 0.04, &means);
    number(c, "delta", 0.05, &chances);
}

static qc_status bound_error(const value *v) {
    return qc_conformal_holdout_error(v[0].size, v[1].size, v[2].size, v[3].size, v[4].number,
                                      v[5].number, v[6].pointer);
}

static void build_error(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    bound_arguments(c, true);
    output(c, "error", TYPE_F64, 1);
}

static qc_status questions(const value *v) {
    return qc_conformal_holdout_questions(v[0].size, v[1].size, v[2].size, v[3].number, v[4].number,
                                          v[5].number, v[6].pointer);
}

static void build_questions(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    bound_arguments(c, false);
    number(c, "accuracy", 0.2, &chances);
    output(c, "questions", TYPE_SIZE, 1);
}

const row conformal_holdout_rows[] = {
    {"qc_conformal_holdout_options_init", "", options_init, build_options_init, TYPE_NONE,
     ANY_WORK},
    {"qc_conformal_holdout_create", "", create, build_create, TYPE_NONE, ANY_WORK},
    {"qc_conformal_holdout_destroy", "", destroy, build_destroy, TYPE_NONE, ANY_WORK},
    {"qc_conformal_holdout_ask", "", ask, build_ask, TYPE_NONE, ANY_WORK},
    {"qc_conformal_holdout_remaining", "", remaining, build_remaining, TYPE_NONE, ANY_WORK},
    {"qc_conformal_holdout_serialize", "", serialize, build_serialize, TYPE_NONE, ANY_WORK},
    {"qc_conformal_holdout_deserialize", "", deserialize, build_deserialize, TYPE_NONE, ANY_WORK},
    {"qc_conformal_holdout_error", "", bound_error, build_error, TYPE_NONE, ANY_WORK},
    {"qc_conformal_holdout_questions", "", questions, build_questions, TYPE_NONE, ANY_WORK},
    {0},
};
