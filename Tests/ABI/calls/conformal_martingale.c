#include "calls.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    /* Larger martingales would only take longer. */
    POINTS_MAX = 300
};

static void must(qc_status status) {
    if (status != QC_OK) {
        fprintf(stderr, "no martingale to test with: %s\n", qc_last_error());
        exit(2);
    }
}

/* Scores of 0 to 4 that go up and down. */
static void *make(size_t size, int32_t betting) {
    qc_conformal_martingale_options options;
    qc_conformal_martingale *martingale = NULL;
    must(qc_conformal_martingale_options_init(&options, sizeof options));
    options.betting = betting;
    must(qc_conformal_martingale_create(&options, &martingale));
    for (size_t i = 0; i < size && i < POINTS_MAX; i++) {
        const double score = (double)(i * 7 % 17) / 4;
        must(qc_conformal_martingale_update(martingale, &score, 1, NULL, NULL));
    }
    return martingale;
}

static void *make_jumper(size_t size) { return make(size, QC_CONFORMAL_MARTINGALE_JUMPER); }
static void *make_composite(size_t size) { return make(size, QC_CONFORMAL_MARTINGALE_COMPOSITE); }
static void *make_power(size_t size) { return make(size, QC_CONFORMAL_MARTINGALE_POWER); }
static void *make_mixture(size_t size) { return make(size, QC_CONFORMAL_MARTINGALE_MIXTURE); }

static void destroy_martingale(void *martingale) { qc_conformal_martingale_destroy(martingale); }

static size_t look(const void *martingale, unsigned char *seen, size_t capacity) {
    size_t size = 0;
    must(qc_conformal_martingale_serialize(martingale, seen, capacity, &size));
    return size;
}

static const handle_kind jumper = {make_jumper, destroy_martingale, look};
static const handle_kind composite = {make_composite, destroy_martingale, look};
static const handle_kind power = {make_power, destroy_martingale, look};
static const handle_kind mixture = {make_mixture, destroy_martingale, look};

/* -- Making and destroying ------------------------------------------------------ */

static qc_status options_init(const value *v) {
    return qc_conformal_martingale_options_init(v[0].pointer, v[1].size);
}

static void build_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_conformal_martingale_options));
}

static qc_status create(const value *v) {
    return qc_conformal_martingale_create(v[0].pointer, v[1].pointer);
}

static const bad_value bad_bettings[] = {{4, QC_ERR_OPTIONS},
                                         {-1, QC_ERR_OPTIONS},
                                         {INT32_MAX, QC_ERR_OPTIONS},
                                         {INT32_MIN, QC_ERR_OPTIONS}};
static const bad_values bettings = BAD_VALUES(bad_bettings);
static const bad_value bad_jumps[] = {{NAN, QC_ERR_OPTIONS},
                                      {INFINITY, QC_ERR_OPTIONS},
                                      {0, QC_ERR_OPTIONS},
                                      {1.5, QC_ERR_OPTIONS},
                                      {-1, QC_ERR_OPTIONS}};
static const bad_values jumps = BAD_VALUES(bad_jumps);
static const bad_value bad_powers[] = {
    {NAN, QC_ERR_OPTIONS}, {INFINITY, QC_ERR_OPTIONS}, {0, QC_ERR_OPTIONS}, {1, QC_ERR_OPTIONS}};
static const bad_values powers = BAD_VALUES(bad_powers);

#define FIELD(name, type, bad)                                                                     \
    { #name, offsetof(qc_conformal_martingale_options, name), type, bad }

static const field fields[] = {
    FIELD(betting, TYPE_I32, &bettings),
    FIELD(reserved, TYPE_I32, &must_be_zero),
    FIELD(jump, TYPE_F64, &jumps),
    FIELD(epsilon, TYPE_F64, &powers),
};

static void build_create(call *c, element_type type, size_t rows, size_t columns) {
    qc_conformal_martingale_options given;
    (void)type;
    (void)rows;
    (void)columns;
    must(qc_conformal_martingale_options_init(&given, sizeof given));
    options(c, &given, sizeof given, fields, sizeof fields / sizeof fields[0], 0)->optional = true;
    new_handle(c, "martingale", &jumper);
}

static qc_status destroy(const value *v) {
    qc_conformal_martingale_destroy(v[0].pointer);
    return QC_OK;
}

static void build_destroy(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    argument *martingale = handle(c, "martingale", &composite, rows * columns);
    martingale->is_destroyed = true;
    martingale->optional = true;
}

/* -- Bets ------------------------------------------------------------------------- */

static const bad_value bad_scores[] = {{NAN, QC_ERR_NOT_FINITE}};
static const bad_values scores = BAD_VALUES(bad_scores);

static qc_status update(const value *v) {
    return qc_conformal_martingale_update(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer,
                                          v[4].pointer);
}

static void build_update(call *c, const handle_kind *kind, size_t n) {
    handle(c, "martingale", kind, 20)->may_change = true;
    input(c, "scores", TYPE_F64, n, -1, 4)->bad = &scores;
    length(c, "n", n, QC_OK);
    output(c, "p_values", TYPE_F64, n)->optional = true;
    output(c, "log_martingale", TYPE_F64, n)->optional = true;
}

static void build_update_jumper(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    build_update(c, &jumper, rows * columns);
}

static void build_update_mixture(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    build_update(c, &mixture, rows * columns);
}

static const bad_value bad_p_values[] = {{NAN, QC_ERR_NOT_FINITE},
                                         {-0.5, QC_ERR_DOMAIN},
                                         {1.5, QC_ERR_DOMAIN},
                                         {INFINITY, QC_ERR_DOMAIN}};
static const bad_values p_values = BAD_VALUES(bad_p_values);

static qc_status bet(const value *v) {
    return qc_conformal_martingale_bet(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer);
}

static void build_bet(call *c, const handle_kind *kind, size_t n) {
    handle(c, "martingale", kind, 20)->may_change = true;
    input(c, "p_values", TYPE_F64, n, 0, 1)->bad = &p_values;
    length(c, "n", n, QC_OK);
    output(c, "log_martingale", TYPE_F64, n)->optional = true;
}

static void build_bet_power(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    build_bet(c, &power, rows * columns);
}

static void build_bet_composite(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    build_bet(c, &composite, rows * columns);
}

static qc_status summarize(const value *v) {
    return qc_conformal_martingale_summarize(v[0].pointer, v[1].pointer);
}

static void build_summarize(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    handle(c, "martingale", &mixture, rows * columns);
    result(c, sizeof(qc_conformal_martingale_summary));
}

/* -- Bytes ------------------------------------------------------------------------ */

static qc_status serialize(const value *v) {
    return qc_conformal_martingale_serialize(v[0].pointer, v[1].pointer, v[2].size, v[3].pointer);
}

static size_t size_of(const handle_kind *kind, size_t points) {
    void *martingale = kind->make(points);
    const size_t size = look(martingale, NULL, 0);
    kind->destroy(martingale);
    return size;
}

static void build_serialize(call *c, element_type type, size_t rows, size_t columns) {
    const size_t size = size_of(&composite, rows * columns);
    (void)type;
    handle(c, "martingale", &composite, rows * columns);
    output(c, "bytes", TYPE_U8, size)->optional = true;
    length(c, "capacity", size, QC_ERR_SIZE)->bytes_per_unit = 1;
    output(c, "size", TYPE_SIZE, 1)->optional = true;
}

static qc_status deserialize(const value *v) {
    return qc_conformal_martingale_deserialize(v[0].pointer, v[1].size, v[2].pointer);
}

static void fill_with_martingale(const argument *self, void *memory) {
    void *martingale = self->handle->make((size_t)self->low);
    look(martingale, memory, self->count);
    self->handle->destroy(martingale);
}

static const bad_value bad_bytes[] = {{0xa6, QC_ERR_FORMAT}};
static const bad_values any_other_byte = BAD_VALUES(bad_bytes);

static void build_deserialize(call *c, element_type type, size_t rows, size_t columns) {
    const size_t points = rows * columns;
    const size_t size = size_of(&power, points);
    (void)type;
    argument *bytes = input(c, "bytes", TYPE_U8, size, (double)points, 0);
    bytes->fill = fill_with_martingale;
    bytes->handle = &power;
    bytes->bad = &any_other_byte;
    length(c, "size", size, QC_ERR_FORMAT);
    new_handle(c, "martingale", &power);
}

const row conformal_martingale_rows[] = {
    {"qc_conformal_martingale_options_init", "", options_init, build_options_init, TYPE_NONE,
     MUCH_WORK},
    {"qc_conformal_martingale_create", "", create, build_create, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_martingale_destroy", "", destroy, build_destroy, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_martingale_update", "jumper", update, build_update_jumper, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_martingale_update", "mixture", update, build_update_mixture, TYPE_NONE,
     MUCH_WORK},
    {"qc_conformal_martingale_bet", "power", bet, build_bet_power, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_martingale_bet", "composite", bet, build_bet_composite, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_martingale_summarize", "", summarize, build_summarize, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_martingale_serialize", "", serialize, build_serialize, TYPE_NONE, MUCH_WORK},
    {"qc_conformal_martingale_deserialize", "", deserialize, build_deserialize, TYPE_NONE,
     MUCH_WORK},
    {0},
};
