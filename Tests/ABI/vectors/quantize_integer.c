#include "vectors.h"

static const char *const schemes[] = {"symmetric", "affine", NULL};
static const char *const granularities[] = {"group", "row", "tensor", NULL};

static void integer_options_init(run *r) {
    qc_quantize_integer_options options;
    if (returned(r, qc_quantize_integer_options_init(&options, sizeof options))) {
        expect_int32(r, "bits", options.bits);
        expect_choice(r, "scheme", options.scheme, schemes);
        expect_choice(r, "granularity", options.granularity, granularities);
        expect_size(r, "group_size", options.group_size);
    }
}

static qc_quantize_integer_options input_options(run *r) {
    qc_quantize_integer_options options;
    qc_quantize_integer_options_init(&options, sizeof options);
    options.bits = input_int32(r, "bits", options.bits);
    options.scheme = input_choice(r, "scheme", options.scheme, schemes);
    options.granularity = input_choice(r, "granularity", options.granularity, granularities);
    options.group_size = input_size(r, "group_size", options.group_size);
    return options;
}

static void integer_layout(run *r) {
    const qc_quantize_integer_options options = input_options(r);
    const array code_bytes = output_array(r, TYPE_SIZE, 1);
    const array group_count = output_array(r, TYPE_SIZE, 1);
    if (returned(r,
                 qc_quantize_integer_layout(input_size(r, "rows", 0), input_size(r, "columns", 0),
                                            &options, code_bytes.data, group_count.data))) {
        expect_size(r, "code_bytes", *(const size_t *)code_bytes.data);
        expect_size(r, "group_count", *(const size_t *)group_count.data);
    }
}

static void integer_encode(run *r) {
    const array values = input_matrix(r, "values", r->type);
    const qc_quantize_integer_options options = input_options(r);
    size_t code_bytes = 0; /* and no groups, if the options are what is wrong */
    size_t group_count = 0;
    qc_quantize_integer_layout(values.rows, values.columns, &options, &code_bytes, &group_count);
    const array codes = output_array(r, TYPE_U8, code_bytes);
    const array scales = output_array(r, TYPE_F32, group_count);
    const array zeros = output_array(r, TYPE_U8, group_count);
    qc_status (*const half)(const uint16_t *, size_t, size_t, const qc_quantize_integer_options *,
                            uint8_t *, float *, uint8_t *) =
        r->type == TYPE_F16 ? qc_quantize_integer_encode_f16 : qc_quantize_integer_encode_bf16;
    const qc_status status =
        r->type == TYPE_F32
            ? qc_quantize_integer_encode_f32(values.data, values.rows, values.columns, &options,
                                             codes.data, scales.data, zeros.data)
            : half(values.data, values.rows, values.columns, &options, codes.data, scales.data,
                   zeros.data);
    if (!returned(r, status)) {
        return;
    }
    expect_array(r, "codes", codes);
    expect_array(r, "scales", scales);
    if (options.scheme == QC_QUANTIZE_AFFINE) {
        expect_array(r, "zeros", zeros);
    }
    const array unpacked = output_array(r, TYPE_U8, values.count);
    if (qc_quantize_unpack(codes.data, values.rows, values.columns, options.bits,
                           options.scheme == QC_QUANTIZE_SYMMETRIC, unpacked.data) == QC_OK) {
        expect_array(r, "unpacked", unpacked);
    } else {
        complain(r, "the codes do not unpack: %s", qc_last_error());
    }
}

static void integer_decode(run *r) {
    const array codes = input_vector(r, "codes", TYPE_U8);
    const array scales = input_vector(r, "scales", TYPE_F32);
    const array zeros = input_vector(r, "zeros", TYPE_U8);
    const size_t rows = input_size(r, "rows", 0);
    const size_t columns = input_size(r, "columns", 0);
    const qc_quantize_integer_options options = input_options(r);
    const array values = output_array(r, r->type, rows * columns);
    qc_status (*const half)(const uint8_t *, const float *, const uint8_t *, size_t, size_t,
                            const qc_quantize_integer_options *, uint16_t *) =
        r->type == TYPE_F16 ? qc_quantize_integer_decode_f16 : qc_quantize_integer_decode_bf16;
    if (returned(r, r->type == TYPE_F32
                        ? qc_quantize_integer_decode_f32(codes.data, scales.data, zeros.data, rows,
                                                         columns, &options, values.data)
                        : half(codes.data, scales.data, zeros.data, rows, columns, &options,
                               values.data))) {
        expect_array(r, "values", values);
    }
}

/* The bytes of packed codes; as for 8 bits where the number of bits is what is wrong. */
static size_t packed_bytes(size_t rows, size_t columns, int32_t bits) {
    const size_t width = bits >= 1 && bits <= 8 ? (size_t)bits : 8;
    return rows * ((columns * width + 7) / 8);
}

static void pack(run *r) {
    const array unpacked = input_matrix(r, "unpacked", TYPE_U8);
    const int32_t bits = input_int32(r, "bits", 0);
    const array packed =
        output_array(r, TYPE_U8, packed_bytes(unpacked.rows, unpacked.columns, bits));
    if (returned(r, qc_quantize_pack(unpacked.data, unpacked.rows, unpacked.columns, bits,
                                     input_int32(r, "is_signed", 0), packed.data))) {
        expect_array(r, "packed", packed);
    }
}

static void unpack(run *r) {
    const array packed = input_vector(r, "packed", TYPE_U8);
    const size_t rows = input_size(r, "rows", 0);
    const size_t columns = input_size(r, "columns", 0);
    const array unpacked = output_array(r, TYPE_U8, rows * columns);
    if (returned(r, qc_quantize_unpack(packed.data, rows, columns, input_int32(r, "bits", 0),
                                       input_int32(r, "is_signed", 0), unpacked.data))) {
        expect_array(r, "unpacked", unpacked);
    }
}

const adapter quantize_integer_adapters[] = {
    {"qc_quantize_integer_options_init", integer_options_init},
    {"qc_quantize_integer_layout", integer_layout},
    {"qc_quantize_integer_encode", integer_encode},
    {"qc_quantize_integer_decode", integer_decode},
    {"qc_quantize_pack", pack},
    {"qc_quantize_unpack", unpack},
    {NULL, NULL},
};
