#include "vectors.h"

static const char *const granularities[] = {"group", "row", "tensor", NULL};

static void options_init(run *r) {
    qc_quantize_elastic_options options;
    if (returned(r, qc_quantize_elastic_options_init(&options, sizeof options))) {
        expect_choice(r, "granularity", options.granularity, granularities);
        expect_size(r, "group_size", options.group_size);
        expect_int32(r, "refit", options.refit);
    }
}

/* Of packed codes; as for 8 bits where the number of bits is what is wrong. */
static size_t packed_bytes(size_t rows, size_t columns, int32_t bits) {
    const size_t width = bits >= 1 && bits <= 8 ? (size_t)bits : 8;
    return rows * ((columns * width + 7) / 8);
}

static void elastic(run *r) {
    const array codes = input_vector(r, "codes", TYPE_U8);
    const array scales = input_vector(r, "scales", TYPE_F32);
    const size_t rows = input_size(r, "rows", 0);
    const size_t columns = input_size(r, "columns", 0);
    const int32_t bits = input_int32(r, "bits", 0);
    const int32_t fewer_bits = input_int32(r, "fewer_bits", 0);
    qc_quantize_elastic_options options;
    qc_quantize_elastic_options_init(&options, sizeof options);
    options.granularity = input_choice(r, "granularity", options.granularity, granularities);
    options.group_size = input_size(r, "group_size", options.group_size);
    options.refit = input_int32(r, "refit", options.refit);
    const array fewer_codes = output_array(r, TYPE_U8, packed_bytes(rows, columns, fewer_bits));
    const array fewer_scales = output_array(r, TYPE_F32, scales.count);
    if (returned(r, qc_quantize_elastic(codes.data, scales.data, rows, columns, bits, fewer_bits,
                                        &options, fewer_codes.data, fewer_scales.data))) {
        expect_array(r, "fewer_codes", fewer_codes);
        expect_array(r, "fewer_scales", fewer_scales);
    }
}

const adapter quantize_elastic_adapters[] = {
    {"qc_quantize_elastic_options_init", options_init},
    {"qc_quantize_elastic", elastic},
    {NULL, NULL},
};
