/*
 * One run: its inputs from JSON, its outputs against JSON.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vectors.h"

enum {
    PATTERN = 0xa5
};

static const char *type_name(element_type type) {
    static const char *const names[] = {"no type", "f64", "f32", "f16", "bf16"};
    return names[type];
}

void complain(run *r, const char *format, ...) {
    va_list arguments;
    printf("FAILED: %s: %s (%s): ", r->file, r->name, type_name(r->type));
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    r->failed = true;
}

static array new_array(run *r, element_type type, size_t rows, size_t columns) {
    array values = {type, rows, columns, rows * columns, NULL};
    values.data = malloc(values.count * element_size(type));
    if (values.data == NULL || r->memory_count == MEMORY_MAX) {
        fprintf(stderr, "%s: %s: no memory for %zu elements\n", r->file, r->name, values.count);
        exit(2);
    }
    r->memory[r->memory_count++] = values.data;
    return values;
}

/* -- Arrays ------------------------------------------------------------------ */

static const cJSON *member(const cJSON *object, const char *key) {
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static size_t member_size(const cJSON *object, const char *key) {
    return (size_t)member(object, key)->valuedouble;
}

/* The forms of an array: a list, {"repeat", "count"}, and {"rows", "columns"} for one
 * without elements. Elements are numbers, or the rows of a matrix. */
static void find_shape(const cJSON *node, size_t *rows, size_t *columns) {
    const cJSON *first = NULL;
    if (cJSON_IsArray(node)) {
        *rows = (size_t)cJSON_GetArraySize(node);
        first = node->child;
    } else if (member(node, "repeat") != NULL) {
        *rows = member_size(node, "count");
        first = member(node, "repeat");
    } else {
        *rows = member_size(node, "rows");
        *columns = member_size(node, "columns");
        return;
    }
    *columns = cJSON_IsArray(first) ? (size_t)cJSON_GetArraySize(first) : 1;
}

/* Stores a number or a row of numbers; returns the index after it. */
static size_t store(array values, size_t index, const cJSON *node) {
    if (!cJSON_IsArray(node)) {
        store_element(values, index, node);
        return index + 1;
    }
    const cJSON *number = NULL;
    cJSON_ArrayForEach(number, node) { store_element(values, index++, number); }
    return index;
}

/* Every row must have as many numbers as the first. */
static bool is_ragged(const cJSON *node, size_t columns) {
    const cJSON *row = NULL;
    if (cJSON_IsArray(node)) {
        cJSON_ArrayForEach(row, node) {
            if ((cJSON_IsArray(row) ? (size_t)cJSON_GetArraySize(row) : 1) != columns) {
                return true;
            }
        }
    }
    return false;
}

static array read_array(run *r, const cJSON *node, element_type type) {
    size_t rows = 0;
    size_t columns = 0;
    find_shape(node, &rows, &columns);
    array values = new_array(r, type, rows, columns);
    if (is_ragged(node, columns)) {
        complain(r, "the rows of a matrix differ in length");
        memset(values.data, 0, values.count * element_size(type));
        return values;
    }
    const cJSON *repeated = member(node, "repeat");
    const cJSON *item = NULL;
    size_t index = 0;
    if (repeated != NULL) {
        while (index < values.count) {
            index = store(values, index, repeated);
        }
    } else if (cJSON_IsArray(node)) {
        cJSON_ArrayForEach(item, node) { index = store(values, index, item); }
    }
    return values;
}

/* -- Inputs ------------------------------------------------------------------ */

array input_vector(run *r, const char *key, element_type type) {
    const cJSON *node = member(r->in, key);
    if (node == NULL) {
        array none = {type, 0, 0, 0, NULL};
        return none;
    }
    array values = read_array(r, node, type);
    values.columns = 1;
    values.rows = values.count;
    return values;
}

array input_matrix(run *r, const char *key, element_type type) {
    const cJSON *node = member(r->in, key);
    if (node == NULL) {
        complain(r, "the matrix %s is missing", key);
        return new_array(r, type, 0, 0);
    }
    return read_array(r, node, type);
}

/* A single number of any type, by way of an array of one. */
static array scalar(const cJSON *node, element_type type, void *storage) {
    array one = {type, 1, 1, 1, storage};
    store_element(one, 0, node);
    return one;
}

double input_double(const run *r, const char *key, double absent) {
    if (member(r->in, key) != NULL) {
        scalar(member(r->in, key), TYPE_F64, &absent);
    }
    return absent;
}

size_t input_size(const run *r, const char *key, size_t absent) {
    if (member(r->in, key) != NULL) {
        scalar(member(r->in, key), TYPE_SIZE, &absent);
    }
    return absent;
}

int32_t input_int32(const run *r, const char *key, int32_t absent) {
    if (member(r->in, key) != NULL) {
        scalar(member(r->in, key), TYPE_I32, &absent);
    }
    return absent;
}

const char *input_string(const run *r, const char *key) {
    const cJSON *node = member(r->in, key);
    return node == NULL ? NULL : node->valuestring;
}

int32_t input_choice(run *r, const char *key, int32_t absent, const char *const *names) {
    const cJSON *node = member(r->in, key);
    if (node == NULL) {
        return absent;
    }
    for (int32_t i = 0; names[i] != NULL; i++) {
        if (strcmp(node->valuestring, names[i]) == 0) {
            return i;
        }
    }
    complain(r, "%s cannot be \"%s\"", key, node->valuestring);
    return absent;
}

/* -- Outputs ----------------------------------------------------------------- */

array output_array(run *r, element_type type, size_t count) {
    array values = new_array(r, type, count, 1);
    memset(values.data, PATTERN, count * element_size(type));
    if (r->output_count == OUTPUTS_MAX) {
        fprintf(stderr, "%s: more outputs than OUTPUTS_MAX\n", r->file);
        exit(2);
    }
    r->outputs[r->output_count++] = values;
    return values;
}

static bool untouched(array values) {
    const unsigned char *bytes = values.data;
    for (size_t i = 0; i < values.count * element_size(values.type); i++) {
        if (bytes[i] != PATTERN) {
            return false;
        }
    }
    return true;
}

bool returned(run *r, qc_status status) {
    r->judged = true;
    if (strcmp(qc_status_name(status), r->status) != 0) {
        complain(r, "%s, expected %s (the last error: %s)", qc_status_name(status), r->status,
                 qc_last_error());
        return false;
    }
    if (status == QC_OK) {
        return true;
    }
    if (r->message != NULL && strstr(qc_last_error(), r->message) == NULL) {
        complain(r, "the message \"%s\" does not contain \"%s\"", qc_last_error(), r->message);
    }
    for (size_t i = 0; i < r->output_count; i++) {
        if (!untouched(r->outputs[i])) {
            complain(r, "an output was touched, in spite of the error");
        }
    }
    return false;
}

void expect_array(run *r, const char *key, array actual) {
    const cJSON *node = member(r->out, key);
    if (node == NULL) {
        return;
    }
    const array expected = read_array(r, node, actual.type);
    if (expected.count != actual.count) {
        complain(r, "%s has %zu elements, expected %zu", key, actual.count, expected.count);
        return;
    }
    for (size_t i = 0; i < actual.count; i++) {
        if (!elements_agree(actual, expected, i, r->tolerance)) {
            complain(r, "%s[%zu] is %.17g (%a), expected %.17g (%a)", key, i, element(actual, i),
                     element(actual, i), element(expected, i), element(expected, i));
            return;
        }
    }
}

void expect_element(run *r, const char *key, array actual) {
    const cJSON *node = member(r->out, key);
    union {
        double d;
        size_t s;
        int32_t i;
    } storage;
    if (node == NULL) {
        return;
    }
    const array expected = scalar(node, actual.type, &storage);
    if (!elements_agree(actual, expected, 0, r->tolerance)) {
        complain(r, "%s is %.17g, expected %.17g", key, element(actual, 0), element(expected, 0));
    }
}

void expect_double(run *r, const char *key, double actual) {
    const array one = {TYPE_F64, 1, 1, 1, &actual};
    expect_element(r, key, one);
}

void expect_size(run *r, const char *key, size_t actual) {
    const array one = {TYPE_SIZE, 1, 1, 1, &actual};
    expect_element(r, key, one);
}

void expect_int32(run *r, const char *key, int32_t actual) {
    const array one = {TYPE_I32, 1, 1, 1, &actual};
    expect_element(r, key, one);
}

void expect_choice(run *r, const char *key, int32_t actual, const char *const *names) {
    int32_t known = 0;
    while (names[known] != NULL) {
        known++;
    }
    expect_string(r, key, actual >= 0 && actual < known ? names[actual] : "a number without name");
}

/* Against one string; or, of any function, against a list of strings in `one_of`. */
void expect_string(run *r, const char *key, const char *actual) {
    const cJSON *node = member(r->out, key);
    const cJSON *list = member(r->out, "one_of");
    const cJSON *allowed = NULL;
    if (node != NULL && strcmp(node->valuestring, actual) != 0) {
        complain(r, "%s is \"%s\", expected \"%s\"", key, actual, node->valuestring);
    }
    if (node == NULL && list != NULL) {
        cJSON_ArrayForEach(allowed, list) {
            if (strcmp(allowed->valuestring, actual) == 0) {
                return;
            }
        }
        complain(r, "%s is \"%s\", which is none of those allowed", key, actual);
    }
}

void end_run(run *r) {
    while (r->memory_count > 0) {
        free(r->memory[--r->memory_count]);
    }
}
