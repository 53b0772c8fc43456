#define _POSIX_C_SOURCE 200809L /* mkstemp */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vectors.h"

static const char *const formats[] = {"gguf", "safetensors", "npy", NULL};

/* The file of a case is written, opened and taken away again; its content stays while it is open. */
static qc_status open_file(run *r, qc_quantize_file **file) {
    const array bytes = input_vector(r, "bytes", TYPE_U8);
    char path[] = "/tmp/quantcal-vectors-XXXXXX";
    const int descriptor = mkstemp(path);
    if (descriptor < 0 || write(descriptor, bytes.data, bytes.count) != (ssize_t)bytes.count ||
        close(descriptor) != 0) {
        fprintf(stderr, "no file to test with at %s\n", path);
        exit(2);
    }
    const qc_status status = qc_quantize_file_open(path, file);
    unlink(path);
    return status;
}

static void with_file(run *r, void (*use)(run *r, const qc_quantize_file *file)) {
    qc_quantize_file *file = NULL;
    const qc_status status = open_file(r, &file);
    if (status != QC_OK && file != NULL) {
        complain(r, "there is a handle, in spite of the error");
    }
    if (status == QC_OK) {
        use(r, file);
    } else {
        returned(r, status);
    }
    qc_quantize_file_destroy(file);
}

static void use_contents(run *r, const qc_quantize_file *file) {
    int32_t format = -1;
    size_t count = 0;
    if (returned(r, qc_quantize_file_contents(file, &format, &count))) {
        expect_choice(r, "format", format, formats);
        expect_size(r, "tensor_count", count);
    }
}

static void contents(run *r) { with_file(r, use_contents); }

static void use_describe(run *r, const qc_quantize_file *file) {
    const size_t index = input_size(r, "index", 0);
    qc_quantize_file_tensor tensor = {.struct_size = sizeof tensor};
    char name[100] = "";
    if (!returned(r, qc_quantize_file_describe(file, index, NULL, 0, NULL, 0, &tensor))) {
        return;
    }
    const array shape = output_array(r, TYPE_SIZE, tensor.rank);
    if (returned(r, qc_quantize_file_describe(file, index, name, sizeof name, shape.data,
                                              tensor.rank, &tensor))) {
        expect_string(r, "name", name);
        expect_string(r, "type", tensor.type);
        expect_array(r, "shape", shape);
        expect_size(r, "columns", tensor.columns);
        expect_size(r, "bytes", tensor.bytes);
        expect_int32(r, "decodable", tensor.decodable);
        if (strlen(name) != tensor.name_bytes) {
            complain(r, "the name has another length than name_bytes");
        }
    }
}

static void describe(run *r) { with_file(r, use_describe); }

static void use_find(run *r, const qc_quantize_file *file) {
    const array index = output_array(r, TYPE_SIZE, 1);
    if (returned(r, qc_quantize_file_find(file, input_string(r, "tensor"), index.data))) {
        expect_element(r, "index", index);
    }
}

static void find(run *r) { with_file(r, use_find); }

static void use_decode(run *r, const qc_quantize_file *file) {
    const size_t index = input_size(r, "index", 0);
    const size_t rows = input_size(r, "row_count", 0);
    qc_quantize_file_tensor tensor = {.struct_size = sizeof tensor};
    if (qc_quantize_file_describe(file, index, NULL, 0, NULL, 0, &tensor) != QC_OK) {
        complain(r, "%s", qc_last_error());
        return;
    }
    const array values = output_array(r, TYPE_F32, rows * tensor.columns);
    if (returned(r, qc_quantize_file_decode_f32(file, index, input_size(r, "first_row", 0), rows,
                                                values.data))) {
        expect_array(r, "values", values);
    }
}

static void file_decode(run *r) { with_file(r, use_decode); }

/* What is written, read again; no more than the largest case has. */
static void expect_written(run *r, const char *path) {
    unsigned char bytes[4096];
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        complain(r, "there is no file at %s", path);
        return;
    }
    const size_t count = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    const array written = output_array(r, TYPE_U8, count);
    memcpy(written.data, bytes, count);
    expect_array(r, "written", written);
}

static void write_npy(run *r) {
    const array shape = input_vector(r, "shape", TYPE_SIZE);
    const array bytes = input_vector(r, "bytes", TYPE_U8);
    char path[] = "/tmp/quantcal-vectors-XXXXXX";
    const int descriptor = mkstemp(path);
    if (descriptor < 0 || close(descriptor) != 0 || unlink(path) != 0) {
        fprintf(stderr, "no place to write to at %s\n", path);
        exit(2);
    }
    const char *type = input_string(r, "type");
    if (returned(r, qc_quantize_file_write_npy(path, type, shape.data, shape.count, bytes.data,
                                               bytes.count, 0))) {
        expect_written(r, path);
        if (qc_quantize_file_write_npy(path, type, shape.data, shape.count, bytes.data, bytes.count,
                                       0) != QC_ERR_IO) {
            complain(r, "a file that is there has been overwritten");
        }
    } else if (access(path, F_OK) == 0) {
        complain(r, "there is a file, in spite of the error");
    }
    unlink(path);
}

const adapter quantize_file_adapters[] = {
    {"qc_quantize_file_open", contents},       {"qc_quantize_file_contents", contents},
    {"qc_quantize_file_destroy", contents},    {"qc_quantize_file_describe", describe},
    {"qc_quantize_file_find", find},           {"qc_quantize_file_decode", file_decode},
    {"qc_quantize_file_write_npy", write_npy}, {0},
};
