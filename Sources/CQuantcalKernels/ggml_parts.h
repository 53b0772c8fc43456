/*
 * Sixteen parts of blocks of ggml at once, a part a lane: each lane does for its part what the
 * references in GgmlSearch.swift and GgmlIQ4Encoders.swift do, operation by operation.
 */

/* Lanes of two vectors in turn, from the lower or the upper half of each. */
#define ZIP_LOWER(a, b)                                                                            \
    __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define ZIP_UPPER(a, b)                                                                            \
    __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)

/* Sixteen rows of sixteen as columns: each step rotates the bits of all places by one. */
#define TRANSPOSE(VECTOR, x)                                                                       \
    for (int step = 0; step < 4; step++) {                                                         \
        VECTOR zipped[16];                                                                         \
        for (int i = 0; i < 8; i++) {                                                              \
            zipped[2 * i] = ZIP_LOWER((x)[i], (x)[i + 8]);                                         \
            zipped[2 * i + 1] = ZIP_UPPER((x)[i], (x)[i + 8]);                                     \
        }                                                                                          \
        memcpy(x, zipped, sizeof zipped);                                                          \
    }

/* Element i of each of sixteen parts of `length` neighbours. */
OUTLINE void load_parts(const float *values, ptrdiff_t length, f32x16 *x) {
    for (ptrdiff_t first = 0; first < length; first += 16) {
        for (ptrdiff_t part = 0; part < 16; part++) {
            memcpy(x + first + part, values + part * length + first, sizeof *x);
        }
        TRANSPOSE(f32x16, x + first)
    }
}

OUTLINE void store_levels(const f32x16 *level, ptrdiff_t length, uint8_t *levels) {
    for (ptrdiff_t first = 0; first < length; first += 16) {
        u8x16 bytes[16];
        for (ptrdiff_t i = 0; i < 16; i++) {
            const i32x16 integers = __builtin_convertvector(level[first + i], i32x16);
            bytes[i] = __builtin_convertvector(integers, u8x16);
        }
        TRANSPOSE(u8x16, bytes)
        for (ptrdiff_t part = 0; part < 16; part++) {
            memcpy(levels + part * length + first, bytes + part, sizeof *bytes);
        }
    }
}

INLINE void store_lanes(f32x16 x, float *target) { memcpy(target, &x, sizeof x); }

INLINE f32x16 magnitudes(f32x16 x) { return (f32x16)((i32x16)x & 0x7FFFFFFF); }

/* The nearest integer from low to high, ties to even; low for NaN. */
INLINE f32x16 nearest_level(f32x16 x, float low, float high) {
    x = select_f32(x > low, x, spread_f32(low));
    x = select_f32(x < high, x, spread_f32(high));
    return (x + 12582912.0f) - 12582912.0f;
}

/* The first of the numbers with the largest magnitude. */
INLINE f32x16 extreme_lanes(const f32x16 *x, ptrdiff_t length) {
    f32x16 extreme = x[0];
    for (ptrdiff_t i = 1; i < length; i++) {
        extreme = select_f32(magnitudes(x[i]) > magnitudes(extreme), x[i], extreme);
    }
    return extreme;
}
