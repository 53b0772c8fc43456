/*
 * Blocks of 32 whose one scale spans the numbers; GgmlScalarEncoders.swift. `blocks` gets whole
 * blocks, one after the other.
 */

/* 32 neighbours. */
typedef struct {
    f32x16 low, high;
} f32x32;

INLINE f32x32 load_block(const float *values) {
    f32x32 x;
    memcpy(&x, values, sizeof x);
    return x;
}

/* The first of the numbers whose lane is set. */
INLINE float first_of(const float *values, i32x16 low, i32x16 high) {
    return values[__builtin_ctz(lane_bits_f32(low) | lane_bits_f32(high) << 16)];
}

INLINE float peak_of(f32x32 x) {
    const i32x16 low = (i32x16)magnitudes(x.low), high = (i32x16)magnitudes(x.high);
    const int32_t bits = __builtin_reduce_max(__builtin_elementwise_max(low, high));
    float peak;
    memcpy(&peak, &bits, sizeof peak);
    return peak;
}

/* The first of those with the largest magnitude. */
INLINE float extreme_of(const float *values, f32x32 x) {
    const float peak = peak_of(x);
    return first_of(values, magnitudes(x.low) == peak, magnitudes(x.high) == peak);
}

/* The first of the lowest. */
INLINE float lowest_of(const float *values, f32x32 x) {
    const float lowest = lowest_lane(select_f32(x.low < x.high, x.low, x.high));
    return first_of(values, x.low == lowest, x.high == lowest);
}

INLINE float highest_of(const float *values, f32x32 x) {
    const float highest = -lowest_lane(-select_f32(x.low > x.high, x.low, x.high));
    return first_of(values, x.low == highest, x.high == highest);
}

/* 1 / x; 0 where that is not a finite number. */
INLINE float inverse_of(float x) {
    const float inverse = 1 / x;
    return __builtin_fabsf(inverse) < __builtin_inff() ? inverse : 0;
}

INLINE void store_half(float x, uint8_t *target) {
    const _Float16 half = (_Float16)x;
    memcpy(target, &half, sizeof half);
}

/* The integer part, between 0 and top. */
INLINE i32x16 truncated_level(f32x16 x, float top) {
    x = select_f32(x > 0, x, spread_f32(0));
    x = select_f32(x < top, x, spread_f32(top));
    return __builtin_convertvector(x, i32x16);
}

/* Low nibbles of the first half, high nibbles of the second; before them, of five bits the fifths. */
INLINE void store_integers(i32x16 low, i32x16 high, int32_t bits, uint8_t *target) {
    if (bits == 5) {
        const uint32_t fifths = lane_bits_f32(low > 15) | lane_bits_f32(high > 15) << 16;
        memcpy(target, &fifths, sizeof fifths);
        target += sizeof fifths;
    }
    const u8x16 nibbles = __builtin_convertvector((low & 15) | (high & 15) << 4, u8x16);
    memcpy(target, &nibbles, sizeof nibbles);
}

INLINE void span_extreme(const float *values, int32_t bits, uint8_t *block) {
    const f32x32 x = load_block(values);
    const float zero = (float)(1 << (bits - 1)), top = 2 * zero - 1;
    const float scale = extreme_of(values, x) / -zero;
    const float inverse = inverse_of(scale);
    store_half(scale, block);
    store_integers(truncated_level(x.low * inverse + (zero + 0.5f), top),
                   truncated_level(x.high * inverse + (zero + 0.5f), top), bits, block + 2);
}

INLINE void span_range(const float *values, int32_t bits, uint8_t *block) {
    const f32x32 x = load_block(values);
    const float top = (float)((1 << bits) - 1);
    const float low = lowest_of(values, x);
    const float scale = (highest_of(values, x) - low) / top;
    const float inverse = inverse_of(scale);
    store_half(scale, block);
    store_half(low, block + 2);
    store_integers(truncated_level((x.low - low) * inverse + 0.5f, top),
                   truncated_level((x.high - low) * inverse + 0.5f, top), bits, block + 4);
}

static void ggml_integers(const float *values, ptrdiff_t count, int32_t bits, int32_t has_minimum,
                          uint8_t *blocks) {
    for (ptrdiff_t i = 0; i < count; i++) {
        if (has_minimum && bits == 4) {
            span_range(values + 32 * i, 4, blocks + 20 * i);
        } else if (has_minimum) {
            span_range(values + 32 * i, 5, blocks + 24 * i);
        } else if (bits == 4) {
            span_extreme(values + 32 * i, 4, blocks + 18 * i);
        } else {
            span_extreme(values + 32 * i, 5, blocks + 22 * i);
        }
    }
}

/* To the nearest integer, ties away from zero, up to 127. */
INLINE i32x16 signed_byte(f32x16 x) {
    const f32x16 magnitude = magnitudes(x);
    f32x16 level = (magnitude + 12582912.0f) - 12582912.0f;
    level += select_f32(magnitude - level == 0.5f, spread_f32(1), spread_f32(0));
    level = select_f32(level > 127, spread_f32(127), level);
    return __builtin_convertvector(select_f32(x < 0, -level, level), i32x16);
}

static void ggml_bytes(const float *values, ptrdiff_t count, uint8_t *blocks) {
    for (ptrdiff_t i = 0; i < count; i++) {
        const f32x32 x = load_block(values + 32 * i);
        const float scale = peak_of(x) / 127;
        const float inverse = inverse_of(scale);
        const i8x16 low = __builtin_convertvector(signed_byte(x.low * inverse), i8x16);
        const i8x16 high = __builtin_convertvector(signed_byte(x.high * inverse), i8x16);
        store_half(scale, blocks + 34 * i);
        memcpy(blocks + 34 * i + 2, &low, sizeof low);
        memcpy(blocks + 34 * i + 18, &high, sizeof high);
    }
}
