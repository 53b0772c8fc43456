/*
 * Runs of values with one integer grid; the references are in IntegerGrid.swift
 * and PackedCodes.swift. Sixteen lanes at a time, in the compiler's own vectors.
 */

/* The lowest of sixteen numbers, by halves. */
INLINE float lowest_lane(f32x16 x) {
    x = select_f32(x < swap8(x), x, swap8(x));
    x = select_f32(x < swap4(x), x, swap4(x));
    x = select_f32(x < swap2(x), x, swap2(x));
    x = select_f32(x < swap1(x), x, swap1(x));
    return x[0];
}

static void range(const float *values, ptrdiff_t count, float *minimum, float *maximum,
                  int32_t *is_finite) {
    f32x16 low = {0}, high = {0};
    i32x16 largest = {0};
    ptrdiff_t i = 0;
    for (; i + 16 <= count; i += 16) {
        f32x16 x;
        memcpy(&x, values + i, sizeof x);
        const i32x16 magnitude = (i32x16)x & 0x7FFFFFFF;
        low = select_f32(x < low, x, low);
        high = select_f32(x > high, x, high);
        largest = __builtin_elementwise_max(magnitude, largest);
    }
    float least = lowest_lane(low), most = -lowest_lane(-high);
    int32_t greatest = __builtin_reduce_max(largest);
    for (; i < count; i++) {
        int32_t bits;
        memcpy(&bits, values + i, sizeof bits);
        bits &= 0x7FFFFFFF;
        least = values[i] < least ? values[i] : least;
        most = values[i] > most ? values[i] : most;
        greatest = bits > greatest ? bits : greatest;
    }
    *minimum = least;
    *maximum = most;
    *is_finite = greatest < 0x7F800000;
}

INLINE void encode_lanes(const float *values, quantcal_integer_grid grid, uint8_t *codes) {
    f32x16 x;
    memcpy(&x, values, sizeof x);
    const f32x16 quotient = x / grid.scale;
    f32x16 bounded = select_f32(quotient < -1024.0f, spread_f32(-1024.0f), quotient);
    bounded = select_f32(bounded > 1024.0f, spread_f32(1024.0f), bounded);
    const f32x16 shifted = bounded + 12582912.0f;
    i32x16 code = (i32x16)shifted - 0x4B400000 + grid.zero;
    code = __builtin_elementwise_max(code, spread_i32(grid.low));
    code = __builtin_elementwise_min(code, spread_i32(grid.high));
    const u8x16 bytes = __builtin_convertvector(code, u8x16);
    memcpy(codes, &bytes, sizeof bytes);
}

static void integer_encode(const float *values, ptrdiff_t count, quantcal_integer_grid grid,
                           uint8_t *codes) {
    ptrdiff_t i = 0;
    for (; i + 16 <= count; i += 16) {
        encode_lanes(values + i, grid, codes + i);
    }
    if (i < count) {
        float padded[16] = {0};
        uint8_t bytes[16];
        memcpy(padded, values + i, (size_t)(count - i) * sizeof(float));
        encode_lanes(padded, grid, bytes);
        memcpy(codes + i, bytes, (size_t)(count - i));
    }
}

INLINE void decode_lanes(const uint8_t *codes, quantcal_integer_grid grid, int32_t is_signed,
                         float *values) {
    u8x16 bytes;
    memcpy(&bytes, codes, sizeof bytes);
    const i32x16 code = is_signed ? __builtin_convertvector((i8x16)bytes, i32x16)
                                  : __builtin_convertvector(bytes, i32x16);
    const f32x16 x = __builtin_convertvector(code - grid.zero, f32x16) * grid.scale;
    memcpy(values, &x, sizeof x);
}

static void integer_decode(const uint8_t *codes, ptrdiff_t count, quantcal_integer_grid grid,
                           int32_t is_signed, float *values) {
    ptrdiff_t i = 0;
    for (; i + 16 <= count; i += 16) {
        decode_lanes(codes + i, grid, is_signed, values + i);
    }
    if (i < count) {
        uint8_t padded[16] = {0};
        float decoded[16];
        memcpy(padded, codes + i, (size_t)(count - i));
        decode_lanes(padded, grid, is_signed, decoded);
        memcpy(values + i, decoded, (size_t)(count - i) * sizeof(float));
    }
}

static void pack4(const uint8_t *codes, ptrdiff_t count, uint8_t *packed) {
    for (ptrdiff_t i = 0; i < count; i += 32) {
        u16x16 pairs;
        memcpy(&pairs, codes + i, sizeof pairs);
        const u16x16 joined = (pairs & 0x000F) | ((pairs >> 4) & 0x00F0);
        const u8x16 bytes = __builtin_convertvector(joined, u8x16);
        memcpy(packed + i / 2, &bytes, sizeof bytes);
    }
}

static void unpack4(const uint8_t *packed, ptrdiff_t count, int32_t is_signed, uint8_t *codes) {
    const uint8_t sign = is_signed ? 8 : 0;
    for (ptrdiff_t i = 0; i < count; i += 32) {
        u8x16 bytes;
        memcpy(&bytes, packed + i / 2, sizeof bytes);
        const u16x16 wide = __builtin_convertvector(bytes, u16x16);
        const u16x16 pairs = (wide & 0x000F) | ((wide & 0x00F0) << 4);
        const u8x32 code = ((u8x32)pairs ^ sign) - sign;
        memcpy(codes + i, &code, sizeof code);
    }
}
