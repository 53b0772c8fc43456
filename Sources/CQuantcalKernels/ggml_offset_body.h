/*
 * The search of ggml's reference encoders for scales and offsets, sixteen parts at once;
 * GgmlSearch.affine.
 */

/* GgmlSearch.Measure */
enum {
    MEASURE_SQUARES = 0,
    MEASURE_MAGNITUDES = 1,
    MEASURE_GAIN = 2
};

INLINE void offset_weights(const f32x16 *x, ptrdiff_t length, int32_t measure, f32x16 *w) {
    f32x16 squares = {0};
    for (ptrdiff_t i = 0; i < length; i++) {
        squares += x[i] * x[i];
    }
    const f32x16 size = measure == MEASURE_SQUARES
                            ? __builtin_elementwise_sqrt(squares / (float)length)
                            : spread_f32(0);
    for (ptrdiff_t i = 0; i < length; i++) {
        w[i] = measure == MEASURE_GAIN ? spread_f32(1) : size + magnitudes(x[i]);
    }
}

INLINE f32x16 weighted_error(f32x16 x, f32x16 w, f32x16 level, int32_t measure, f32x16 scale,
                             f32x16 minimum) {
    const f32x16 difference = scale * level + minimum - x;
    return w * (measure == MEASURE_MAGNITUDES ? magnitudes(difference) : difference * difference);
}

INLINE f32x16 offset_error(const f32x16 *x, const f32x16 *w, const f32x16 *level, ptrdiff_t length,
                           int32_t measure, f32x16 scale, f32x16 minimum) {
    f32x16 sum = {0};
    for (ptrdiff_t i = 0; i < length; i++) {
        sum += weighted_error(x[i], w[i], level[i], measure, scale, minimum);
    }
    return sum;
}

/* Of a search with an offset: what is best so far, and what its levels came from. */
typedef struct {
    f32x16 scale, minimum, error, inverse, base;
} offset_fit;

/* Sixteen parts, their range, and sums of their weights and of weighted numbers. */
typedef struct {
    f32x16 x[32], w[32], low, high, weights, values;
} offset_parts;

INLINE void load_offset_parts(const float *values, const float *weights, ptrdiff_t length,
                              int32_t measure, offset_parts *parts) {
    load_parts(values, length, parts->x);
    if (weights) {
        load_parts(weights, length, parts->w);
    } else {
        offset_weights(parts->x, length, measure, parts->w);
    }
    parts->low = parts->high = parts->x[0];
    parts->weights = parts->w[0];
    parts->values = parts->w[0] * parts->x[0];
    for (ptrdiff_t i = 1; i < length; i++) {
        const f32x16 x = parts->x[i];
        parts->low = select_f32(x < parts->low, x, parts->low);
        parts->high = select_f32(x > parts->high, x, parts->high);
        parts->weights += parts->w[i];
        parts->values += parts->w[i] * x;
    }
    parts->low = select_f32(parts->low > 0, spread_f32(0), parts->low);
}

INLINE offset_fit first_offset(const offset_parts *parts, ptrdiff_t length, int32_t measure,
                               float top) {
    offset_fit fit = {.minimum = parts->low, .base = parts->low};
    fit.inverse = top / (parts->high - parts->low);
    fit.scale = 1 / fit.inverse;
    fit.error = spread_f32(INFINITY);
    if (measure != MEASURE_GAIN) {
        f32x16 level[32];
        for (ptrdiff_t i = 0; i < length; i++) {
            level[i] = nearest_level(fit.inverse * (parts->x[i] - parts->low), 0, top);
        }
        fit.error = offset_error(parts->x, parts->w, level, length, measure, fit.scale, parts->low);
    }
    return fit;
}

INLINE void keep_offset(offset_fit trial, f32x16 determinant, offset_fit *best) {
    const i32x16 is_better = (determinant > 0) & (trial.error < best->error);
    best->inverse = select_f32(is_better, trial.inverse, best->inverse);
    best->base = select_f32(is_better, trial.base, best->base);
    best->scale = select_f32(is_better, trial.scale, best->scale);
    best->minimum = select_f32(is_better, trial.minimum, best->minimum);
    best->error = select_f32(is_better, trial.error, best->error);
}

/* A candidate, for one or two times sixteen parts side by side: each waits for its own sums. */
INLINE void try_offset(const offset_parts *parts, int groups, ptrdiff_t length, int32_t measure,
                       float top, float steps, offset_fit *best) {
    f32x16 level[2][32];
    f32x16 levels[2] = {{0}}, squares[2] = {{0}}, products[2] = {{0}}, determinant[2];
    offset_fit trial[2];
    for (int g = 0; g < groups; g++) {
        trial[g].base = measure == MEASURE_GAIN ? parts[g].low : best[g].minimum;
        trial[g].inverse = steps / (parts[g].high - trial[g].base);
        trial[g].error = spread_f32(0);
    }
    for (ptrdiff_t i = 0; i < length; i++) {
        for (int g = 0; g < groups; g++) {
            const f32x16 x = parts[g].x[i];
            level[g][i] = nearest_level(trial[g].inverse * (x - trial[g].base), 0, top);
            const f32x16 weighted = parts[g].w[i] * level[g][i];
            levels[g] += weighted;
            squares[g] += weighted * level[g][i];
            products[g] += weighted * x;
        }
    }
    for (int g = 0; g < groups; g++) {
        const f32x16 weights = parts[g].weights, values = parts[g].values;
        determinant[g] = weights * squares[g] - levels[g] * levels[g];
        trial[g].scale = (weights * products[g] - values * levels[g]) / determinant[g];
        trial[g].minimum = (squares[g] * values - levels[g] * products[g]) / determinant[g];
        const i32x16 is_above = trial[g].minimum > 0;
        trial[g].scale = select_f32(is_above, products[g] / squares[g], trial[g].scale);
        trial[g].minimum = select_f32(is_above, spread_f32(0), trial[g].minimum);
    }
    for (ptrdiff_t i = 0; i < length && measure != MEASURE_GAIN; i++) {
        for (int g = 0; g < groups; g++) {
            trial[g].error += weighted_error(parts[g].x[i], parts[g].w[i], level[g][i], measure,
                                             trial[g].scale, trial[g].minimum);
        }
    }
    for (int g = 0; g < groups; g++) {
        if (measure == MEASURE_GAIN) {
            trial[g].error = -(trial[g].scale * products[g] + trial[g].minimum * parts[g].values);
        }
        keep_offset(trial[g], determinant[g], best + g);
    }
}

INLINE void store_offsets(const offset_parts *parts, ptrdiff_t length, int32_t measure, float top,
                          offset_fit best, float *scales, float *minima, uint8_t *levels) {
    const i32x16 is_flat = parts->high <= parts->low;
    if (measure != MEASURE_GAIN) {
        f32x16 level[32];
        for (ptrdiff_t i = 0; i < length; i++) {
            level[i] = nearest_level(best.inverse * (parts->x[i] - best.base), 0, top);
            level[i] = select_f32(is_flat, spread_f32(0), level[i]);
        }
        store_levels(level, length, levels);
    }
    store_lanes(select_f32(is_flat, spread_f32(0), best.scale), scales);
    store_lanes(-select_f32(is_flat, parts->low, best.minimum), minima);
}

INLINE void offset_search(const float *values, const float *weights, int groups, ptrdiff_t length,
                          quantcal_ggml_offsets search, int32_t measure, float *scales,
                          float *minima, uint8_t *levels) {
    offset_parts parts[2];
    offset_fit best[2];
    const float top = (float)search.top;
    for (int g = 0; g < groups; g++) {
        const ptrdiff_t first = 16 * g * length;
        load_offset_parts(values + first, weights ? weights + first : NULL, length, measure,
                          parts + g);
        best[g] = first_offset(parts + g, length, measure, top);
    }
    for (int32_t candidate = 0; candidate <= search.count; candidate++) {
        try_offset(parts, groups, length, measure, top,
                   search.first + search.step * (float)candidate + top, best);
    }
    for (int g = 0; g < groups; g++) {
        store_offsets(parts + g, length, measure, top, best[g], scales + 16 * g, minima + 16 * g,
                      levels + 16 * g * length);
    }
}

#define SEARCH(groups, length, measure)                                                            \
    offset_search(values + first, w, groups, length, search, measure, scales + part,               \
                  minima + part, levels + first)

static void ggml_offsets(const float *values, const float *weights, ptrdiff_t count,
                         ptrdiff_t length, quantcal_ggml_offsets search, float *scales,
                         float *minima, uint8_t *levels) {
    ptrdiff_t part = 0;
    while (part < count) {
        const ptrdiff_t first = part * length;
        const float *w = weights ? weights + first : NULL;
        const int are_two = length == 16 && count - part >= 32;
        if (search.measure == MEASURE_MAGNITUDES) {
            are_two ? SEARCH(2, 16, MEASURE_MAGNITUDES) : SEARCH(1, length, MEASURE_MAGNITUDES);
        } else if (search.measure == MEASURE_GAIN) {
            are_two ? SEARCH(2, 16, MEASURE_GAIN) : SEARCH(1, length, MEASURE_GAIN);
        } else if (length == 32) {
            SEARCH(1, 32, MEASURE_SQUARES);
        } else {
            are_two ? SEARCH(2, 16, MEASURE_SQUARES) : SEARCH(1, 16, MEASURE_SQUARES);
        }
        part += are_two ? 32 : 16;
    }
}
#undef SEARCH
