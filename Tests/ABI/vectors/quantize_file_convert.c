#define _POSIX_C_SOURCE 200809L /* mkstemp */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "vectors.h"

static const char *const formats[] = {"gguf", "safetensors", NULL};
static const char *const layouts[] = {"quantcal", "compressed-tensors", "gptq", "gptq_v2",
                                      "awq",      "int-quantized",      NULL};
static const char *const granularities[] = {"group", "row", "tensor", NULL};
static const char *const modes[] = {"reference", "best", NULL};
static const char *const actions[] = {"kept", "decoded", "quantized", NULL};

enum {
    MOST_TENSORS = 8
};

static void options_init(run *r) {
    qc_quantize_file_convert_options options;
    if (returned(r, qc_quantize_file_convert_options_init(&options, sizeof options))) {
        expect_choice(r, "mode", options.mode, modes);
        expect_size(r, "group_size", options.group_size);
    }
}

/* The model of a case, whose content stays while it is open. */
static qc_quantize_file *open_model(run *r, const char *path, int descriptor) {
    const array bytes = input_vector(r, "bytes", TYPE_U8);
    qc_quantize_file *file = NULL;
    if (descriptor < 0 || write(descriptor, bytes.data, bytes.count) != (ssize_t)bytes.count ||
        close(descriptor) != 0 || qc_quantize_file_open(path, &file) != QC_OK) {
        fprintf(stderr, "no file to test with at %s\n", path);
        exit(2);
    }
    unlink(path);
    return file;
}

static void convert(run *r) {
    char path[] = "/tmp/quantcal-vectors-XXXXXX";
    const int descriptor = mkstemp(path);
    qc_quantize_file *file = open_model(r, path, descriptor);
    qc_quantize_file_convert_options options;
    (void)qc_quantize_file_convert_options_init(&options, sizeof options);
    options.format = input_choice(r, "format", options.format, formats);
    options.mode = input_choice(r, "mode", options.mode, modes);
    options.group_size = input_size(r, "group_size", options.group_size);
    options.layout = input_choice(r, "layout", options.layout, layouts);
    options.granularity = input_choice(r, "granularity", options.granularity, granularities);
    options.requantize = input_int32(r, "requantize", 0);
    options.plan_only = input_int32(r, "plan_only", 0);
    qc_quantize_file_outcome outcomes[MOST_TENSORS];
    if (returned(r, qc_quantize_file_convert(file, path, input_string(r, "type"), &options,
                                             outcomes, MOST_TENSORS))) {
        const qc_quantize_file_outcome *one = &outcomes[input_size(r, "index", 0)];
        expect_string(r, "type", one->type);
        expect_choice(r, "action", one->action, actions);
        expect_size(r, "bytes", one->bytes);
        expect_double(r, "error", one->error);
        expect_double(r, "square", one->square);
        expect_string(r, "reason", one->reason);
        if ((access(path, F_OK) == 0) == (options.plan_only == 1)) {
            complain(r, "a plan has written a file, or a conversion none");
        }
    } else if (access(path, F_OK) == 0) {
        complain(r, "there is a file, in spite of the error");
    }
    unlink(path);
    qc_quantize_file_destroy(file);
}

const adapter quantize_file_convert_adapters[] = {
    {"qc_quantize_file_convert_options_init", options_init},
    {"qc_quantize_file_convert", convert},
    {0},
};
