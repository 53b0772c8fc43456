#include "calls.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file of two tensors in F32: "ab" of shape n x 1, with the numbers 0 to n - 1, and "c" of none. */

enum {
    PATH_MAX_BYTES = 40,
    TENSORS = 2
};

static void must(bool held, const char *what) {
    if (!held) {
        fprintf(stderr, "no file to test with: %s\n", what);
        exit(2);
    }
}

static void write_file(char *path, size_t rows) {
    char header[256];
    const int length =
        snprintf(header, sizeof header,
                 "{\"ab\":{\"dtype\":\"F32\",\"shape\":[%zu,1],\"data_offsets\":[0,%zu]},"
                 "\"c\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[%zu,%zu]}}",
                 rows, rows * sizeof(float), rows * sizeof(float), rows * sizeof(float));
    const uint64_t prefix = (uint64_t)length;
    float *values = exact_allocator.get(rows * sizeof(float));
    for (size_t i = 0; i < rows; i++) {
        values[i] = (float)i;
    }
    const int descriptor = mkstemp(path);
    must(descriptor >= 0, path);
    FILE *file = fdopen(descriptor, "wb");
    must(file != NULL && fwrite(&prefix, sizeof prefix, 1, file) == 1 &&
             fwrite(header, (size_t)length, 1, file) == 1 &&
             fwrite(values, sizeof(float), rows, file) == rows && fclose(file) == 0,
         path);
    exact_allocator.release(values, rows * sizeof(float));
}

/* The content of a file stays while it is open. */
static void *make(size_t rows) {
    char path[PATH_MAX_BYTES] = "/tmp/quantcal-calls-XXXXXX";
    qc_quantize_file *file = NULL;
    write_file(path, rows);
    must(qc_quantize_file_open(path, &file) == QC_OK, qc_last_error());
    unlink(path);
    return file;
}

static void destroy_file(void *file) { qc_quantize_file_destroy(file); }

static size_t look(const void *file, unsigned char *seen, size_t capacity) {
    qc_quantize_file_tensor tensor = {.struct_size = sizeof tensor};
    must(qc_quantize_file_describe(file, 0, NULL, 0, NULL, 0, &tensor) == QC_OK, qc_last_error());
    if (seen != NULL && capacity >= tensor.bytes) {
        float *values = exact_allocator.get(tensor.bytes);
        must(qc_quantize_file_decode_f32(file, 0, 0, tensor.rows, values) == QC_OK,
             qc_last_error());
        memcpy(seen, values, tensor.bytes);
        exact_allocator.release(values, tensor.bytes);
    }
    return tensor.bytes;
}

static const handle_kind kind = {make, destroy_file, look};

/* One that stays until the program ends, for its path. */
static char kept_path[PATH_MAX_BYTES] = "/tmp/quantcal-calls-XXXXXX";

static void remove_kept(void) { unlink(kept_path); }

static const char *path_of_file(void) {
    static bool is_there;
    if (!is_there) {
        write_file(kept_path, 4);
        atexit(remove_kept);
        is_there = true;
    }
    return kept_path;
}

static qc_status open_file(const value *v) {
    return qc_quantize_file_open(v[0].pointer, v[1].pointer);
}

static void fill_path(const argument *self, void *memory) {
    memcpy(memory, path_of_file(), self->count);
}

static void build_open(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    input(c, "path", TYPE_U8, strlen(path_of_file()) + 1, 0, 0)->fill = fill_path;
    new_handle(c, "file", &kind);
}

static qc_status destroy(const value *v) {
    qc_quantize_file_destroy(v[0].pointer);
    return QC_OK;
}

static void build_destroy(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    argument *file = handle(c, "file", &kind, rows * columns);
    file->is_destroyed = true;
    file->optional = true;
}

static qc_status contents(const value *v) {
    return qc_quantize_file_contents(v[0].pointer, v[1].pointer, v[2].pointer);
}

static void build_contents(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    handle(c, "file", &kind, rows * columns);
    output(c, "format", TYPE_I32, 1)->optional = true;
    output(c, "tensor_count", TYPE_SIZE, 1)->optional = true;
}

static qc_status describe(const value *v) {
    return qc_quantize_file_describe(v[0].pointer, v[1].size, v[2].pointer, v[3].size, v[4].pointer,
                                     v[5].size, v[6].pointer);
}

static void build_describe(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    handle(c, "file", &kind, rows * columns);
    length(c, "index", 0, QC_OK)->limit = TENSORS - 1;
    output(c, "name", TYPE_U8, sizeof "ab")->optional = true;
    length(c, "name_capacity", sizeof "ab", QC_ERR_SIZE)->bytes_per_unit = 1;
    output(c, "shape", TYPE_SIZE, 2)->optional = true;
    length(c, "shape_capacity", 2, QC_ERR_SIZE)->bytes_per_unit = sizeof(size_t);
    result(c, sizeof(qc_quantize_file_tensor));
}

static qc_status find(const value *v) {
    return qc_quantize_file_find(v[0].pointer, v[1].pointer, v[2].pointer);
}

static void fill_name(const argument *self, void *memory) { memcpy(memory, "ab", self->count); }

static void build_find(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    handle(c, "file", &kind, rows * columns);
    input(c, "name", TYPE_U8, sizeof "ab", 0, 0)->fill = fill_name;
    output(c, "index", TYPE_SIZE, 1);
}

static qc_status file_decode(const value *v) {
    return qc_quantize_file_decode_f32(v[0].pointer, v[1].size, v[2].size, v[3].size, v[4].pointer);
}

static void build_decode(call *c, element_type type, size_t rows, size_t columns) {
    const size_t n = rows * columns;
    (void)type;
    handle(c, "file", &kind, n + 1);
    length(c, "index", 0, QC_OK)->limit = TENSORS - 1;
    length(c, "first_row", 0, QC_OK)->limit = 1;
    length(c, "row_count", n, QC_OK)->limit = n + 1;
    output(c, "values", TYPE_F32, n);
}

static char array_path[PATH_MAX_BYTES] = "/tmp/quantcal-calls-XXXXXX";

static void remove_array(void) { unlink(array_path); }

static void fill_array_path(const argument *self, void *memory) {
    static bool is_there;
    if (!is_there) {
        const int descriptor = mkstemp(array_path);
        must(descriptor >= 0 && close(descriptor) == 0, array_path);
        atexit(remove_array);
        is_there = true;
    }
    memcpy(memory, array_path, self->count);
}

static void fill_type(const argument *self, void *memory) { memcpy(memory, "U8", self->count); }

static size_t array_shape[2];

static void fill_shape(const argument *self, void *memory) {
    memcpy(memory, array_shape, self->count * sizeof(size_t));
}

/* All callers have the same path, and a file that is being written is refused to others. */
static pthread_mutex_t writing = PTHREAD_MUTEX_INITIALIZER;

static qc_status write_npy(const value *v) {
    pthread_mutex_lock(&writing);
    const qc_status status = qc_quantize_file_write_npy(
        v[0].pointer, v[1].pointer, v[2].pointer, v[3].size, v[4].pointer, v[5].size, v[6].integer);
    pthread_mutex_unlock(&writing);
    return status;
}

static void build_write_npy(call *c, element_type type, size_t rows, size_t columns) {
    const size_t n = rows * columns;
    (void)type;
    array_shape[0] = rows;
    array_shape[1] = columns;
    input(c, "path", TYPE_U8, sizeof array_path, 0, 0)->fill = fill_array_path;
    input(c, "type", TYPE_U8, sizeof "U8", 0, 0)->fill = fill_type;
    input(c, "shape", TYPE_SIZE, 2, 0, 0)->fill = fill_shape;
    /* One number less makes a scalar, of one byte. */
    length(c, "rank", 2, n == 1 ? QC_OK : QC_ERR_SIZE)->bytes_per_unit = sizeof(size_t);
    input(c, "values", TYPE_U8, n, 0, 255);
    length(c, "value_bytes", n, n == 0 ? QC_OK : QC_ERR_SIZE)->bytes_per_unit = 1;
    integer(c, "overwrite", 1, &must_be_0_or_1);
}

const row quantize_file_rows[] = {
    {"qc_quantize_file_open", "", open_file, build_open, TYPE_NONE, MUCH_WORK},
    {"qc_quantize_file_destroy", "", destroy, build_destroy, TYPE_NONE, MUCH_WORK},
    {"qc_quantize_file_contents", "", contents, build_contents, TYPE_NONE, MUCH_WORK},
    {"qc_quantize_file_describe", "", describe, build_describe, TYPE_NONE, MUCH_WORK},
    {"qc_quantize_file_find", "", find, build_find, TYPE_NONE, MUCH_WORK},
    {"qc_quantize_file_decode_f32", "", file_decode, build_decode, TYPE_F32, MUCH_WORK},
    {"qc_quantize_file_write_npy", "", write_npy, build_write_npy, TYPE_NONE, MUCH_WORK},
    {0},
};
