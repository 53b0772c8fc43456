#include "calls.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const row *const families[] = {
    base_rows,
    isotonic_regression_rows,
    isotonic_prediction_rows,
    isotonic_shape_rows,
    isotonic_nearly_rows,
    isotonic_centered_rows,
    isotonic_order_rows,
    isotonic_distribution_rows,
    isotonic_reward_rows,
    isotonic_state_rows,
    calibration_rows,
    conformal_split_rows,
    conformal_calibrator_rows,
    conformal_planning_rows,
    conformal_risk_rows,
    conformal_selection_rows,
    conformal_refit_selection_rows,
    conformal_holdout_rows,
    conformal_online_rows,
    conformal_batch_rows,
    conformal_clusters_rows,
    conformal_cross_rows,
    conformal_regression_scores_rows,
    conformal_class_scores_rows,
    conformal_robust_rows,
    conformal_circuit_rows,
    conformal_censoring_rows,
    conformal_abstention_rows,
    conformal_policy_rows,
    conformal_pursuit_rows,
    conformal_distribution_rows,
    conformal_martingale_rows,
    quantize_integer_rows,
    quantize_checkpoint_rows,
    quantize_ggml_rows,
    quantize_file_rows,
    quantize_file_convert_rows,
    quantize_grid_rows,
    quantize_grid_training_rows,
    quantize_diagnostics_rows,
    quantize_divergence_rows,
    quantize_range_rows,
    quantize_observer_rows,
    quantize_prediction_range_rows,
    quantize_samples_rows,
    quantize_shared_range_rows,
    quantize_vector_rows,
    quantize_candidates_rows,
    quantize_trellis_rows,
    quantize_masked_rows,
    quantize_outlier_victim_rows,
    quantize_twin_log_rows,
    quantize_noisy_bias_rows,
    quantize_training_rows,
    quantize_elastic_rows,
};

void for_each_row(void (*visit)(const row *r, void *context), void *context) {
    for (size_t f = 0; f < sizeof families / sizeof families[0]; f++) {
        for (const row *r = families[f]; r->function != NULL; r++) {
            visit(r, context);
        }
    }
}

call build_call(const row *r, size_t rows, size_t columns) {
    call c = {.of = r};
    r->build(&c, r->type, rows, columns);
    return c;
}

call build_long_call(const row *r, size_t elements, size_t columns) {
    if (r->most_work != ANY_WORK && elements > r->most_work) {
        elements = r->most_work;
    }
    return build_call(r, elements / columns, columns);
}

/* -- Building ------------------------------------------------------------------ */

static argument *add(call *c, argument_kind kind, const char *name) {
    if (c->argument_count == ARGUMENTS_MAX) {
        fprintf(stderr, "%s has more arguments than ARGUMENTS_MAX\n", c->of->function);
        exit(2);
    }
    argument *a = &c->arguments[c->argument_count++];
    a->kind = kind;
    a->name = name;
    return a;
}

static argument *add_array(call *c, argument_kind kind, const char *name, element_type type,
                           size_t count) {
    argument *a = add(c, kind, name);
    a->type = type;
    a->count = count;
    return a;
}

argument *input(call *c, const char *name, element_type type, size_t count, double low,
                double high) {
    argument *a = add_array(c, INPUT, name, type, count);
    a->low = low;
    a->high = high;
    return a;
}

argument *output(call *c, const char *name, element_type type, size_t count) {
    return add_array(c, OUTPUT, name, type, count);
}

argument *length(call *c, const char *name, size_t good, qc_status when_zero) {
    argument *a = add(c, LENGTH, name);
    a->good.size = good;
    a->when_zero = when_zero;
    return a;
}

argument *number(call *c, const char *name, double good, const bad_values *bad) {
    argument *a = add(c, NUMBER, name);
    a->good.number = good;
    a->bad = bad;
    return a;
}

argument *integer(call *c, const char *name, int32_t good, const bad_values *bad) {
    argument *a = add(c, INTEGER, name);
    a->good.integer = good;
    a->bad = bad;
    return a;
}

argument *options(call *c, const void *contents, size_t size, const field *fields,
                  size_t field_count, size_t progress_offset) {
    argument *a = add(c, OPTIONS, "options");
    memcpy(a->contents, contents, size);
    a->struct_size = size;
    a->fields = fields;
    a->field_count = field_count;
    a->progress_offset = progress_offset;
    return a;
}

void defaults(call *c, size_t size) {
    add(c, DEFAULTS, "options")->struct_size = size;
    add(c, STRUCT_SIZE, "struct_size")->good.size = size;
}

argument *result(call *c, size_t size) {
    argument *a = add(c, RESULT, "result");
    memset(a->contents, OUTPUT_PATTERN, size);
    memcpy(a->contents, &size, sizeof size);
    a->struct_size = size;
    return a;
}

argument *handle(call *c, const char *name, const handle_kind *kind, size_t size) {
    argument *a = add(c, HANDLE, name);
    a->handle = kind;
    a->count = size;
    return a;
}

argument *new_handle(call *c, const char *name, const handle_kind *kind) {
    argument *a = add(c, NEW_HANDLE, name);
    a->handle = kind;
    return a;
}

static const bad_value finite_list[] = {
    {NAN, QC_ERR_NOT_FINITE}, {INFINITY, QC_ERR_NOT_FINITE}, {-INFINITY, QC_ERR_NOT_FINITE}};
static const bad_value not_nan_list[] = {{NAN, QC_ERR_NOT_FINITE}};
static const bad_value weights_list[] = {{NAN, QC_ERR_NOT_FINITE},
                                         {INFINITY, QC_ERR_NOT_FINITE},
                                         {-INFINITY, QC_ERR_NOT_FINITE},
                                         {-1, QC_ERR_DOMAIN}};
static const bad_value zero_list[] = {
    {1, QC_ERR_OPTIONS}, {-1, QC_ERR_OPTIONS}, {INT32_MIN, QC_ERR_OPTIONS}};
static const bad_value below_2_list[] = {{2, QC_ERR_OPTIONS},
                                         {-1, QC_ERR_OPTIONS},
                                         {INT32_MAX, QC_ERR_OPTIONS},
                                         {INT32_MIN, QC_ERR_OPTIONS}};
static const bad_value below_3_list[] = {{3, QC_ERR_OPTIONS},
                                         {-1, QC_ERR_OPTIONS},
                                         {INT32_MAX, QC_ERR_OPTIONS},
                                         {INT32_MIN, QC_ERR_OPTIONS}};
const bad_values must_be_finite = BAD_VALUES(finite_list);
const bad_values must_not_be_nan = BAD_VALUES(not_nan_list);
const bad_values must_be_weights = BAD_VALUES(weights_list);
const bad_values must_be_zero = BAD_VALUES(zero_list);
const bad_values must_be_0_or_1 = BAD_VALUES(below_2_list);
const bad_values must_be_0_to_2 = BAD_VALUES(below_3_list);

/* -- Memory -------------------------------------------------------------------- */

static void *get_exactly(size_t bytes) {
    void *memory = malloc(bytes);
    if (memory == NULL) {
        fprintf(stderr, "no memory for %zu bytes\n", bytes);
        exit(2);
    }
    return memory;
}

static void release_exactly(void *memory, size_t bytes) {
    (void)bytes;
    free(memory);
}

const allocator exact_allocator = {get_exactly, release_exactly};

bool has_memory(const argument *a) {
    return a->kind == INPUT || a->kind == OUTPUT || a->kind == NEW_HANDLE || a->struct_size != 0;
}

size_t memory_bytes(const argument *a) {
    if (a->kind == NEW_HANDLE) {
        return sizeof(void *);
    }
    return a->struct_size != 0 ? a->struct_size : a->count * element_size(a->type);
}

size_t memory_alignment(const argument *a) {
    if (a->kind == NEW_HANDLE) {
        return sizeof(void *);
    }
    return a->struct_size != 0 ? sizeof(size_t) : element_size(a->type);
}

void fill_memory(const argument *a, void *memory) {
    const double golden = 0.6180339887498949; /* its multiples spread evenly over 0 to 1 */
    if (a->fill != NULL) {
        a->fill(a, memory);
        return;
    }
    switch (a->kind) {
    case INPUT:
        for (size_t i = 0; i < a->count; i++) {
            const double along = fmod((double)i * golden, 1);
            set_element(memory, a->type, i, a->low + (a->high - a->low) * along);
        }
        break;
    case OPTIONS:
    case RESULT:
        memcpy(memory, a->contents, a->struct_size);
        break;
    default:
        memset(memory, OUTPUT_PATTERN, memory_bytes(a));
    }
}

void get_values(const call *c, const allocator *from, value *values) {
    for (size_t i = 0; i < c->argument_count; i++) {
        const argument *a = &c->arguments[i];
        values[i] = a->good;
        if (a->kind == HANDLE) {
            values[i].pointer = a->handle->make(a->count);
        }
        if (has_memory(a)) {
            values[i].pointer = from->get(memory_bytes(a));
            fill_memory(a, values[i].pointer);
        }
    }
}

void release_values(const call *c, const allocator *to, const value *values) {
    for (size_t i = 0; i < c->argument_count; i++) {
        const argument *a = &c->arguments[i];
        if (a->kind == HANDLE && !a->is_destroyed) {
            a->handle->destroy(values[i].pointer);
        }
        if (a->kind == NEW_HANDLE) {
            a->handle->destroy(made_handle(values[i].pointer));
        }
        if (has_memory(a)) {
            to->release(values[i].pointer, memory_bytes(a));
        }
    }
}

static bool same_objects(const handle_kind *kind, const void *a, const void *b) {
    const sight of_a = look_at(kind, a);
    const sight of_b = look_at(kind, b);
    const bool same = same_sight(of_a, of_b);
    release_sight(of_a);
    release_sight(of_b);
    return same;
}

static bool same_argument(const argument *one, value a, value b) {
    switch (one->kind) {
    case HANDLE:
        return one->is_destroyed || same_objects(one->handle, a.pointer, b.pointer);
    case NEW_HANDLE:
        return same_objects(one->handle, made_handle(a.pointer), made_handle(b.pointer));
    default:
        return !has_memory(one) || memcmp(a.pointer, b.pointer, memory_bytes(one)) == 0;
    }
}

bool same_values(const call *c, const value *a, const value *b) {
    for (size_t i = 0; i < c->argument_count; i++) {
        if (!same_argument(&c->arguments[i], a[i], b[i])) {
            return false;
        }
    }
    return true;
}

/* -- Handles ------------------------------------------------------------------- */

sight look_at(const handle_kind *kind, const void *handle) {
    sight seen = {NULL, 0};
    if (handle != NULL) {
        seen.count = kind->look(handle, NULL, 0);
        seen.bytes = get_exactly(seen.count);
        kind->look(handle, seen.bytes, seen.count);
    }
    return seen;
}

bool same_sight(sight a, sight b) {
    return a.count == b.count && (a.count == 0 || memcmp(a.bytes, b.bytes, a.count) == 0);
}

void release_sight(sight seen) { free(seen.bytes); }

void *made_handle(const void *memory) {
    void *handle = NULL;
    void *pattern = NULL;
    memcpy(&handle, memory, sizeof handle);
    memset(&pattern, OUTPUT_PATTERN, sizeof pattern);
    return handle == pattern ? NULL : handle;
}
