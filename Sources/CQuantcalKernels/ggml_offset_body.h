/*
 * The search of ggml's reference encoders for scales and offsets, sixteen parts at once;
 * GgmlSearch.affine.
 */

INLINE void offset_weights(const f32x16 *x, ptrdiff_t length, int32_t is_absolute, f32x16 *w) {
    f32x16 squares = {0};
    for (ptrdiff_t i = 0; i < length; i++) {
        squares += x[i] * x[i];
    }
    const f32x16 size =
        is_absolute ? spread_f32(0) : __builtin_elementwise_sqrt(squares / (float)length);
    for (ptrdiff_t i = 0; i < length; i++) {
        w[i] = size + magnitudes(x[i]);
    }
}

INLINE f32x16 offset_error(const f32x16 *x, const f32x16 *w, const f32x16 *level, ptrdiff_t length,
                           int32_t is_absolute, f32x16 scale, f32x16 minimum) {
    f32x16 sum = {0};
    for (ptrdiff_t i = 0; i < length; i++) {
        const f32x16 difference = scale * level[i] + minimum - x[i];
        sum += w[i] * (is_absolute ? magnitudes(difference) : difference * difference);
    }
    return sum;
}

/* Of a search with an offset: what is best so far, and what its levels came from. */
typedef struct {
    f32x16 scale, minimum, error, inverse, base;
} offset_fit;

/* Sums of weights, and of weighted numbers. */
typedef struct {
    f32x16 weights, values;
} offset_sums;

INLINE void try_offset(const f32x16 *x, const f32x16 *w, ptrdiff_t length, int32_t is_absolute,
                       float top, f32x16 inverse, offset_sums sums, offset_fit *best) {
    f32x16 level[32];
    f32x16 levels = {0}, squares = {0}, products = {0};
    for (ptrdiff_t i = 0; i < length; i++) {
        level[i] = nearest_level(inverse * (x[i] - best->minimum), 0, top);
        const f32x16 weighted = w[i] * level[i];
        levels += weighted;
        squares += weighted * level[i];
        products += weighted * x[i];
    }
    const f32x16 determinant = sums.weights * squares - levels * levels;
    f32x16 scale = (sums.weights * products - sums.values * levels) / determinant;
    f32x16 minimum = (squares * sums.values - levels * products) / determinant;
    const i32x16 is_above = minimum > 0;
    scale = select_f32(is_above, products / squares, scale);
    minimum = select_f32(is_above, spread_f32(0), minimum);
    const f32x16 error = offset_error(x, w, level, length, is_absolute, scale, minimum);
    const i32x16 is_better = (determinant > 0) & (error < best->error);
    best->inverse = select_f32(is_better, inverse, best->inverse);
    best->base = select_f32(is_better, best->minimum, best->base);
    best->scale = select_f32(is_better, scale, best->scale);
    best->minimum = select_f32(is_better, minimum, best->minimum);
    best->error = select_f32(is_better, error, best->error);
}

INLINE void offset_search(const float *values, const float *weights, ptrdiff_t length,
                          quantcal_ggml_offsets search, int32_t is_absolute, float *scales,
                          float *minima, uint8_t *levels) {
    f32x16 x[32], w[32], level[32];
    load_parts(values, length, x);
    if (weights) {
        load_parts(weights, length, w);
    } else {
        offset_weights(x, length, is_absolute, w);
    }
    f32x16 low = x[0], high = x[0];
    offset_sums sums = {w[0], w[0] * x[0]};
    for (ptrdiff_t i = 1; i < length; i++) {
        low = select_f32(x[i] < low, x[i], low);
        high = select_f32(x[i] > high, x[i], high);
        sums.weights += w[i];
        sums.values += w[i] * x[i];
    }
    low = select_f32(low > 0, spread_f32(0), low);
    const i32x16 is_flat = high <= low;
    const float top = (float)search.top;
    offset_fit best = {.minimum = low, .inverse = top / (high - low), .base = low};
    best.scale = 1 / best.inverse;
    for (ptrdiff_t i = 0; i < length; i++) {
        level[i] = nearest_level(best.inverse * (x[i] - low), 0, top);
    }
    best.error = offset_error(x, w, level, length, is_absolute, best.scale, low);
    for (int32_t candidate = 0; candidate <= search.count; candidate++) {
        const float steps = search.first + search.step * (float)candidate + top;
        const f32x16 inverse = steps / (high - best.minimum);
        try_offset(x, w, length, is_absolute, top, inverse, sums, &best);
    }
    for (ptrdiff_t i = 0; i < length; i++) {
        level[i] = nearest_level(best.inverse * (x[i] - best.base), 0, top);
        level[i] = select_f32(is_flat, spread_f32(0), level[i]);
    }
    store_levels(level, length, levels);
    store_lanes(select_f32(is_flat, spread_f32(0), best.scale), scales);
    store_lanes(-select_f32(is_flat, low, best.minimum), minima);
}

static void ggml_offsets(const float *values, const float *weights, ptrdiff_t count,
                         ptrdiff_t length, quantcal_ggml_offsets search, float *scales,
                         float *minima, uint8_t *levels) {
    for (ptrdiff_t part = 0; part < count; part += 16) {
        const ptrdiff_t first = part * length;
        const float *w = weights ? weights + first : NULL;
        if (search.is_absolute) {
            offset_search(values + first, w, length, search, 1, scales + part, minima + part,
                          levels + first);
        } else if (length == 16) {
            offset_search(values + first, w, 16, search, 0, scales + part, minima + part,
                          levels + first);
        } else {
            offset_search(values + first, w, 32, search, 0, scales + part, minima + part,
                          levels + first);
        }
    }
}
