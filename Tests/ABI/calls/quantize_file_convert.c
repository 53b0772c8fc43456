#include "calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The plan of a conversion, which writes nothing, for a file of one tensor of zeros in F32. */

static const bad_value bad_group_sizes[] = {{0, QC_ERR_OPTIONS}};
static const bad_values group_sizes = BAD_VALUES(bad_group_sizes);
static const bad_value bad_formats[] = {
    {QC_QUANTIZE_FILE_NPY, QC_ERR_OPTIONS}, {-1, QC_ERR_OPTIONS}, {INT32_MAX, QC_ERR_OPTIONS}};
static const bad_values formats = BAD_VALUES(bad_formats);

static const bad_value bad_layouts[] = {
    {-1, QC_ERR_OPTIONS}, {6, QC_ERR_OPTIONS}, {INT32_MAX, QC_ERR_OPTIONS}};
static const bad_values layouts = BAD_VALUES(bad_layouts);
/* This library's own layout has scales per group. */
static const bad_value bad_granularities[] = {
    {-1, QC_ERR_OPTIONS}, {QC_QUANTIZE_PER_ROW, QC_ERR_OPTIONS}, {3, QC_ERR_OPTIONS}};
static const bad_values granularities = BAD_VALUES(bad_granularities);

static const field fields[] = {
    {"group_size", offsetof(qc_quantize_file_convert_options, group_size), TYPE_SIZE, &group_sizes},
    {"format", offsetof(qc_quantize_file_convert_options, format), TYPE_I32, &formats},
    {"mode", offsetof(qc_quantize_file_convert_options, mode), TYPE_I32, &must_be_0_or_1},
    {"overwrite", offsetof(qc_quantize_file_convert_options, overwrite), TYPE_I32, &must_be_0_or_1},
    {"plan_only", offsetof(qc_quantize_file_convert_options, plan_only), TYPE_I32, &must_be_0_or_1},
    {"layout", offsetof(qc_quantize_file_convert_options, layout), TYPE_I32, &layouts},
    {"granularity", offsetof(qc_quantize_file_convert_options, granularity), TYPE_I32,
     &granularities},
    {"requantize", offsetof(qc_quantize_file_convert_options, requantize), TYPE_I32,
     &must_be_0_or_1},
    {"reserved", offsetof(qc_quantize_file_convert_options, reserved), TYPE_I32, &must_be_zero},
};

static const qc_quantize_file_convert_options plan = {.struct_size = sizeof plan,
                                                      .group_size = 128,
                                                      .format = QC_QUANTIZE_FILE_SAFETENSORS,
                                                      .mode = QC_QUANTIZE_GGML_BEST,
                                                      .plan_only = 1};

static void *make(size_t rows) {
    char path[] = "/tmp/quantcal-calls-XXXXXX", header[128];
    const size_t bytes = rows * sizeof(float);
    const int length = snprintf(header, sizeof header,
                                "{\"w\":{\"dtype\":\"F32\",\"shape\":[%zu,1],"
                                "\"data_offsets\":[0,%zu]}}",
                                rows, bytes);
    const uint64_t prefix = (uint64_t)length;
    const int descriptor = mkstemp(path);
    qc_quantize_file *file = NULL;
    if (descriptor < 0 || write(descriptor, &prefix, sizeof prefix) != sizeof prefix ||
        write(descriptor, header, (size_t)length) != length ||
        ftruncate(descriptor, (off_t)(sizeof prefix + (size_t)length + bytes)) != 0 ||
        close(descriptor) != 0 || qc_quantize_file_open(path, &file) != QC_OK) {
        fprintf(stderr, "no file to test with: %s\n", path);
        exit(2);
    }
    unlink(path);
    return file;
}

static void destroy(void *file) { qc_quantize_file_destroy(file); }

static size_t look(const void *file, unsigned char *seen, size_t capacity) {
    size_t count = 0;
    (void)qc_quantize_file_contents(file, NULL, &count);
    if (seen != NULL && capacity >= sizeof count) {
        memcpy(seen, &count, sizeof count);
    }
    return sizeof count;
}

static const handle_kind kind = {make, destroy, look};

static const char path_of_plan[] = "/tmp/quantcal-calls-nothing";

static void fill_path(const argument *self, void *memory) {
    memcpy(memory, path_of_plan, self->count);
}

static void fill_type(const argument *self, void *memory) { memcpy(memory, "int4", self->count); }

static qc_status options_init(const value *v) {
    return qc_quantize_file_convert_options_init(v[0].pointer, v[1].size);
}

static void build_options_init(call *c, element_type type, size_t rows, size_t columns) {
    (void)type;
    (void)rows;
    (void)columns;
    defaults(c, sizeof(qc_quantize_file_convert_options));
}

static qc_status convert(const value *v) {
    return qc_quantize_file_convert(v[0].pointer, v[1].pointer, v[2].pointer, v[3].pointer,
                                    v[4].pointer, v[5].size);
}

static void build_convert(call *c, element_type type, size_t rows, size_t columns) {
    enum {
        NUMBERS = sizeof(qc_quantize_file_outcome) / sizeof(double)
    };
    (void)type;
    handle(c, "file", &kind, rows * columns);
    input(c, "path", TYPE_U8, sizeof path_of_plan, 0, 0)->fill = fill_path;
    input(c, "type", TYPE_U8, sizeof "int4", 0, 0)->fill = fill_type;
    options(c, &plan, sizeof plan, fields, sizeof fields / sizeof fields[0], 0);
    output(c, "outcomes", TYPE_F64, NUMBERS)->optional = true;
    length(c, "outcome_capacity", 1, QC_ERR_SIZE)->bytes_per_unit =
        sizeof(qc_quantize_file_outcome);
}

const row quantize_file_convert_rows[] = {
    {"qc_quantize_file_convert_options_init", "", options_init, build_options_init, TYPE_NONE,
     ANY_WORK},
    {"qc_quantize_file_convert", "", convert, build_convert, TYPE_NONE, MUCH_WORK},
    {0},
};
