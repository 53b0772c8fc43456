#include <string.h>

#include "vectors.h"

static const char *const last_groups[] = {"own", "all", NULL};
static const char *const tails[] = {"upper", "lower", NULL};

enum {
    PARTS_MAX = 16
};

/* What the cases of a calibrator have in common. A part holds the points between two cuts. */
typedef struct {
    qc_conformal_calibrator_options options;
    array scores;
    array weights;
    array groups;
    size_t bounds[PARTS_MAX + 1];
    size_t part_count;
} calibrator_case;

static calibrator_case read_case(run *r) {
    calibrator_case c;
    const array cuts = input_vector(r, "cuts", TYPE_SIZE);
    qc_conformal_calibrator_options_init(&c.options, sizeof c.options);
    c.scores = input_vector(r, "scores", r->type == TYPE_F32 ? TYPE_F32 : TYPE_F64);
    c.weights = input_vector(r, "weights", c.scores.type);
    c.groups = input_vector(r, "groups", TYPE_I64);
    c.options.group_count = input_int32(r, "group_count", c.options.group_count);
    c.options.weighted = input_int32(r, "weighted", c.weights.data != NULL);
    c.options.last_group = input_choice(r, "last_group", c.options.last_group, last_groups);
    c.bounds[0] = 0;
    c.part_count = 1;
    for (size_t i = 0; i < cuts.count && c.part_count < PARTS_MAX; i++) {
        c.bounds[c.part_count++] = ((const size_t *)cuts.data)[i];
    }
    c.bounds[c.part_count] = c.scores.count;
    return c;
}

static const void *from(array values, size_t index) {
    return values.data == NULL ? NULL
                               : (const char *)values.data + index * element_size(values.type);
}

static qc_status add_part(qc_conformal_calibrator *calibrator, const calibrator_case *c,
                          size_t part) {
    const size_t begin = c->bounds[part];
    const size_t n = c->bounds[part + 1] - begin;
    return c->scores.type == TYPE_F32
               ? qc_conformal_calibrator_update_f32(calibrator, from(c->scores, begin),
                                                    from(c->weights, begin), from(c->groups, begin),
                                                    n)
               : qc_conformal_calibrator_update_f64(calibrator, from(c->scores, begin),
                                                    from(c->weights, begin), from(c->groups, begin),
                                                    n);
}

/* A calibrator of all points, a call for each part; NULL after an error, which `status` has. */
static qc_conformal_calibrator *new_calibrator(const calibrator_case *c, qc_status *status) {
    qc_conformal_calibrator *calibrator = NULL;
    *status = qc_conformal_calibrator_create(&c->options, &calibrator);
    for (size_t part = 0; *status == QC_OK && part < c->part_count; part++) {
        *status = add_part(calibrator, c, part);
    }
    if (*status != QC_OK) {
        qc_conformal_calibrator_destroy(calibrator);
        calibrator = NULL;
    }
    return calibrator;
}

/* The number of groups, or 1; a calibrator that is there cannot fail to say it. */
static size_t row_count(const qc_conformal_calibrator *calibrator) {
    size_t count = 0;
    qc_conformal_calibrator_counts(calibrator, NULL, 0, &count);
    return count;
}

static void expect_thresholds(run *r, const qc_conformal_calibrator *calibrator,
                              const double *alphas, size_t alpha_count) {
    const array thresholds = output_array(r, TYPE_F64, row_count(calibrator) * alpha_count);
    if (returned(r, qc_conformal_calibrator_thresholds(calibrator, alphas, alpha_count,
                                                       thresholds.data))) {
        expect_array(r, "thresholds", thresholds);
    }
}

static void expect_counts(run *r, const qc_conformal_calibrator *calibrator) {
    const array counts = output_array(r, TYPE_I64, row_count(calibrator));
    if (returned(r, qc_conformal_calibrator_counts(calibrator, counts.data, counts.count, NULL))) {
        expect_array(r, "counts", counts);
    }
}

static void expect_seen(run *r, const qc_conformal_calibrator *calibrator) {
    static const double alphas[] = {0.1, 0.3, 0.5};
    expect_counts(r, calibrator);
    expect_thresholds(r, calibrator, alphas, sizeof alphas / sizeof alphas[0]);
}

static void options_init(run *r) {
    qc_conformal_calibrator_options options;
    if (returned(r, qc_conformal_calibrator_options_init(&options, sizeof options))) {
        expect_int32(r, "group_count", options.group_count);
        expect_int32(r, "weighted", options.weighted);
        expect_choice(r, "last_group", options.last_group, last_groups);
    }
}

static void p_value_options_init(run *r) {
    qc_conformal_p_value_options options;
    if (returned(r, qc_conformal_p_value_options_init(&options, sizeof options))) {
        expect_choice(r, "tail", options.tail, tails);
        expect_int32(r, "randomised", options.randomised);
        expect_size(r, "seed", (size_t)options.seed);
        expect_size(r, "first_point", (size_t)options.first_point);
    }
}

/* A calibrator, and then what `use` does with it. */
static void with_calibrator(run *r, void (*use)(run *r, const qc_conformal_calibrator *)) {
    const calibrator_case c = read_case(r);
    qc_status status = QC_OK;
    qc_conformal_calibrator *calibrator = new_calibrator(&c, &status);
    if (status != QC_OK) {
        returned(r, status);
    } else {
        use(r, calibrator);
    }
    qc_conformal_calibrator_destroy(calibrator);
}

static void seen(run *r) { with_calibrator(r, expect_seen); }

static void counts(run *r) { with_calibrator(r, expect_counts); }

static void use_thresholds(run *r, const qc_conformal_calibrator *calibrator) {
    const array alphas = input_vector(r, "alphas", TYPE_F64);
    expect_thresholds(r, calibrator, alphas.data, alphas.count);
}

static void thresholds(run *r) { with_calibrator(r, use_thresholds); }

static void use_point_thresholds(run *r, const qc_conformal_calibrator *calibrator) {
    const array weights = input_vector(r, "test_weights", TYPE_F64);
    const array groups = input_vector(r, "test_groups", TYPE_I64);
    const size_t m = input_size(r, "m", weights.data != NULL ? weights.count : groups.count);
    const array thresholds = output_array(r, TYPE_F64, m);
    if (returned(r, qc_conformal_calibrator_point_thresholds(calibrator, weights.data, groups.data,
                                                             m, input_double(r, "alpha", 0),
                                                             thresholds.data))) {
        expect_array(r, "thresholds", thresholds);
    }
}

static void point_thresholds(run *r) { with_calibrator(r, use_point_thresholds); }

static void use_p_values(run *r, const qc_conformal_calibrator *calibrator) {
    const array scores = input_vector(r, "test_scores", r->type);
    const array weights = input_vector(r, "test_weights", TYPE_F64);
    const array groups = input_vector(r, "test_groups", TYPE_I64);
    const array p_values = output_array(r, TYPE_F64, scores.count);
    qc_conformal_p_value_options options;
    qc_conformal_p_value_options_init(&options, sizeof options);
    options.tail = input_choice(r, "tail", options.tail, tails);
    options.randomised = input_int32(r, "randomised", options.randomised);
    options.seed = input_size(r, "seed", (size_t)options.seed);
    options.first_point = input_size(r, "first_point", (size_t)options.first_point);
    if (returned(r, r->type == TYPE_F32 ? qc_conformal_calibrator_p_values_f32(
                                              calibrator, scores.data, weights.data, groups.data,
                                              scores.count, &options, p_values.data)
                                        : qc_conformal_calibrator_p_values_f64(
                                              calibrator, scores.data, weights.data, groups.data,
                                              scores.count, &options, p_values.data))) {
        expect_array(r, "p_values", p_values);
    }
}

static void p_values(run *r) { with_calibrator(r, use_p_values); }

static void use_serialize(run *r, const qc_conformal_calibrator *calibrator) {
    size_t size = 0;
    if (returned(r, qc_conformal_calibrator_serialize(calibrator, NULL, 0, &size))) {
        const array bytes = output_array(r, TYPE_U8, size);
        if (returned(r, qc_conformal_calibrator_serialize(calibrator, bytes.data, size, NULL))) {
            expect_array(r, "bytes", bytes);
        }
    }
}

static void serialize(run *r) { with_calibrator(r, use_serialize); }

/* Merges the parts two by two, from the left or from the right. */
static qc_status fold(qc_conformal_calibrator **calibrators, size_t count, bool from_the_right) {
    while (count > 1) {
        const size_t at = from_the_right ? count - 2 : 0;
        const qc_status status =
            qc_conformal_calibrator_merge(calibrators[at], calibrators[at + 1]);
        if (status != QC_OK) {
            return status;
        }
        qc_conformal_calibrator_destroy(calibrators[at + 1]);
        memmove(&calibrators[at + 1], &calibrators[at + 2],
                (count - at - 2) * sizeof(qc_conformal_calibrator *));
        calibrators[--count] = NULL;
    }
    return QC_OK;
}

static void merge(run *r) {
    static const char *const sides[] = {"left", "right", NULL};
    const calibrator_case c = read_case(r);
    const bool from_the_right = input_choice(r, "fold", 0, sides) == 1;
    qc_conformal_calibrator *calibrators[PARTS_MAX] = {NULL};
    qc_status status = QC_OK;
    for (size_t part = 0; status == QC_OK && part < c.part_count; part++) {
        status = qc_conformal_calibrator_create(&c.options, &calibrators[part]);
        if (status == QC_OK) {
            status = add_part(calibrators[part], &c, part);
        }
    }
    if (status == QC_OK) {
        status = fold(calibrators, c.part_count, from_the_right);
    }
    if (returned(r, status)) {
        expect_seen(r, calibrators[0]);
    }
    for (size_t part = 0; part < PARTS_MAX; part++) {
        qc_conformal_calibrator_destroy(calibrators[part]);
    }
}

static void deserialize(run *r) {
    const array bytes = input_vector(r, "bytes", TYPE_U8);
    qc_conformal_calibrator *calibrator = NULL;
    const qc_status status =
        qc_conformal_calibrator_deserialize(bytes.data, bytes.count, &calibrator);
    if (returned(r, status)) {
        expect_seen(r, calibrator);
    }
    if (status != QC_OK && calibrator != NULL) {
        complain(r, "there is a handle, in spite of the error");
    }
    qc_conformal_calibrator_destroy(calibrator);
}

const adapter conformal_calibrator_adapters[] = {
    {"qc_conformal_calibrator_options_init", options_init},
    {"qc_conformal_p_value_options_init", p_value_options_init},
    {"qc_conformal_calibrator_create", seen},
    {"qc_conformal_calibrator_destroy", seen},
    {"qc_conformal_calibrator_update", seen},
    {"qc_conformal_calibrator_merge", merge},
    {"qc_conformal_calibrator_counts", counts},
    {"qc_conformal_calibrator_thresholds", thresholds},
    {"qc_conformal_calibrator_point_thresholds", point_thresholds},
    {"qc_conformal_calibrator_p_values", p_values},
    {"qc_conformal_calibrator_serialize", serialize},
    {"qc_conformal_calibrator_deserialize", deserialize},
    {0},
};
