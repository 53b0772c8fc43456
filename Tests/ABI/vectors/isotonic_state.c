#include <string.h>

#include "vectors.h"

static const char *const losses[] = {"squared", "quantile", NULL};
static const char *const directions[] = {"increasing", "decreasing", NULL};
static const char *const solutions[] = {"default", "lower", "upper", NULL};

enum {
    PARTS_MAX = 16
};

/* What the cases of a state have in common. A part holds the points from one cut to the next. */
typedef struct {
    qc_isotonic_state_options options;
    array x;
    array y;
    array weights;
    size_t bounds[PARTS_MAX + 1];
    size_t part_count;
} state_case;

static state_case read_case(run *r) {
    state_case c;
    const array cuts = input_vector(r, "cuts", TYPE_SIZE);
    qc_isotonic_state_options_init(&c.options, sizeof c.options);
    c.options.loss = input_choice(r, "loss", c.options.loss, losses);
    c.options.direction = input_choice(r, "direction", c.options.direction, directions);
    c.options.solution = input_choice(r, "solution", c.options.solution, solutions);
    c.options.level = input_double(r, "level", c.options.level);
    c.x = input_vector(r, "x", r->type == TYPE_F32 ? TYPE_F32 : TYPE_F64);
    c.y = input_vector(r, "y", c.x.type);
    c.weights = input_vector(r, "weights", c.x.type);
    c.bounds[0] = 0;
    c.part_count = 1;
    for (size_t i = 0; i < cuts.count && c.part_count < PARTS_MAX; i++) {
        c.bounds[c.part_count++] = ((const size_t *)cuts.data)[i];
    }
    c.bounds[c.part_count] = c.x.count;
    return c;
}

static const void *from(array values, size_t index) {
    return values.data == NULL ? NULL
                               : (const char *)values.data + index * element_size(values.type);
}

static qc_status add_part(qc_isotonic_state *state, const state_case *c, size_t part) {
    const size_t begin = c->bounds[part];
    const size_t n = c->bounds[part + 1] - begin;
    return c->x.type == TYPE_F32
               ? qc_isotonic_state_update_f32(state, from(c->x, begin), from(c->y, begin),
                                              from(c->weights, begin), n)
               : qc_isotonic_state_update_f64(state, from(c->x, begin), from(c->y, begin),
                                              from(c->weights, begin), n);
}

/* A state of all points, a call for each part; NULL after an error, which `status` has. */
static qc_isotonic_state *new_state(const state_case *c, qc_status *status) {
    qc_isotonic_state *state = NULL;
    *status = qc_isotonic_state_create(&c->options, &state);
    for (size_t part = 0; *status == QC_OK && part < c->part_count; part++) {
        *status = add_part(state, c, part);
    }
    if (*status != QC_OK) {
        qc_isotonic_state_destroy(state);
        state = NULL;
    }
    return state;
}

static void expect_blocks(run *r, const qc_isotonic_state *state) {
    static const char *const names[] = {"first", "last", "values", "weights"};
    array columns[4];
    size_t count = 0;
    if (qc_isotonic_state_fit(state, NULL, NULL, NULL, NULL, 0, &count) != QC_OK) {
        complain(r, "the blocks cannot be counted: %s", qc_last_error());
        return;
    }
    for (size_t i = 0; i < 4; i++) {
        columns[i] = output_array(r, TYPE_F64, count);
    }
    if (returned(r, qc_isotonic_state_fit(state, columns[0].data, columns[1].data, columns[2].data,
                                          columns[3].data, count, NULL))) {
        for (size_t i = 0; i < 4; i++) {
            expect_array(r, names[i], columns[i]);
        }
    }
}

static void options_init(run *r) {
    qc_isotonic_state_options options;
    if (returned(r, qc_isotonic_state_options_init(&options, sizeof options))) {
        expect_choice(r, "loss", options.loss, losses);
        expect_choice(r, "direction", options.direction, directions);
        expect_choice(r, "solution", options.solution, solutions);
        expect_double(r, "level", options.level);
    }
}

/* A state, and then the blocks of its fit. */
static void blocks(run *r) {
    const state_case c = read_case(r);
    qc_status status = QC_OK;
    qc_isotonic_state *state = new_state(&c, &status);
    if (returned(r, status)) {
        expect_blocks(r, state);
    }
    qc_isotonic_state_destroy(state);
}

/* Merges the parts two by two, from the left or from the right. */
static qc_status fold(qc_isotonic_state **states, size_t count, bool from_the_right) {
    while (count > 1) {
        const size_t at = from_the_right ? count - 2 : 0;
        const qc_status status = qc_isotonic_state_merge(states[at], states[at + 1]);
        if (status != QC_OK) {
            return status;
        }
        qc_isotonic_state_destroy(states[at + 1]);
        memmove(&states[at + 1], &states[at + 2], (count - at - 2) * sizeof *states);
        states[--count] = NULL;
    }
    return QC_OK;
}

static void merge(run *r) {
    static const char *const sides[] = {"left", "right", NULL};
    const state_case c = read_case(r);
    const bool from_the_right = input_choice(r, "fold", 0, sides) == 1;
    qc_isotonic_state *states[PARTS_MAX] = {NULL};
    qc_status status = QC_OK;
    for (size_t part = 0; status == QC_OK && part < c.part_count; part++) {
        status = qc_isotonic_state_create(&c.options, &states[part]);
        if (status == QC_OK) {
            status = add_part(states[part], &c, part);
        }
    }
    if (status == QC_OK) {
        status = fold(states, c.part_count, from_the_right);
    }
    if (returned(r, status)) {
        expect_blocks(r, states[0]);
    }
    for (size_t part = 0; part < PARTS_MAX; part++) {
        qc_isotonic_state_destroy(states[part]);
    }
}

static void knots(run *r) {
    const state_case c = read_case(r);
    qc_status status = QC_OK;
    qc_isotonic_state *state = new_state(&c, &status);
    size_t count = 0;
    if (status == QC_OK) {
        status = qc_isotonic_state_knots(state, NULL, NULL, 0, &count);
    }
    if (returned(r, status)) {
        const array x = output_array(r, TYPE_F64, count);
        const array y = output_array(r, TYPE_F64, count);
        if (returned(r, qc_isotonic_state_knots(state, x.data, y.data, count, NULL))) {
            expect_array(r, "x", x);
            expect_array(r, "y", y);
        }
    }
    qc_isotonic_state_destroy(state);
}

static void serialize(run *r) {
    const state_case c = read_case(r);
    qc_status status = QC_OK;
    qc_isotonic_state *state = new_state(&c, &status);
    size_t size = 0;
    if (status == QC_OK) {
        status = qc_isotonic_state_serialize(state, NULL, 0, &size);
    }
    if (returned(r, status)) {
        const array bytes = output_array(r, TYPE_U8, size);
        if (returned(r, qc_isotonic_state_serialize(state, bytes.data, size, NULL))) {
            expect_array(r, "bytes", bytes);
        }
    }
    qc_isotonic_state_destroy(state);
}

static void deserialize(run *r) {
    const array bytes = input_vector(r, "bytes", TYPE_U8);
    qc_isotonic_state *state = NULL;
    const qc_status status = qc_isotonic_state_deserialize(bytes.data, bytes.count, &state);
    if (returned(r, status)) {
        expect_blocks(r, state);
    }
    if (status != QC_OK && state != NULL) {
        complain(r, "there is a handle, in spite of the error");
    }
    qc_isotonic_state_destroy(state);
}

const adapter isotonic_state_adapters[] = {
    {"qc_isotonic_state_options_init", options_init},
    {"qc_isotonic_state_create", blocks},
    {"qc_isotonic_state_destroy", blocks},
    {"qc_isotonic_state_update", blocks},
    {"qc_isotonic_state_merge", merge},
    {"qc_isotonic_state_fit", blocks},
    {"qc_isotonic_state_knots", knots},
    {"qc_isotonic_state_serialize", serialize},
    {"qc_isotonic_state_deserialize", deserialize},
    {NULL, NULL},
};
