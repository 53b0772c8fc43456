/*
 * Sixteen blocks of 32 with a scale, with a minimum or weights or with both, and little squared
 * error; GgmlFitted.swift.
 */

/* Which blocks they are; constant where these functions are put in place. */
typedef struct {
    int32_t bits, has_minimum, has_weights;
} fit_kind;

INLINE int32_t zero_of(fit_kind kind) { return 1 << (kind.bits - 1); }

typedef int16_t i16x32 __attribute__((vector_size(64)));

INLINE i32x16 add_words(i32x16 a, i32x16 b) { return (i32x16)((i16x32)a + (i16x32)b); }
INLINE i32x16 square_words(i32x16 a) { return (i32x16)((i16x32)a * (i16x32)a); }

/* Small integers of 32 neighbours as words: number i beside number i + 16. */
INLINE i32x16 words_of(f32x32 x) {
    return ((i32x16)(x.low + 12582912.0f) & 0xFFFF) | (i32x16)(x.high + 12582912.0f) << 16;
}

/* Sixteen blocks in words, a block a lane: the numbers, and where there are weights those and the
 * 1024th parts of the products of both. */
typedef struct {
    i32x16 x[16], w[16], wx[16];
    f32x16 weights, values;
    f32x16 unit, middle;
} fit_rows;

/* The lowest and the highest number of each block; without minimum its extreme twice. */
typedef struct {
    f32x16 low, high;
} fit_span;

INLINE fit_span span_blocks(const float *values, int32_t has_minimum) {
    float low[16], high[16];
    for (int block = 0; block < 16; block++) {
        const float *numbers = values + 32 * block;
        const f32x32 x = load_block(numbers);
        low[block] = has_minimum ? lowest_of(numbers, x) : extreme_of(numbers, x);
        high[block] = has_minimum ? highest_of(numbers, x) : low[block];
    }
    fit_span span;
    memcpy(&span.low, low, sizeof low);
    memcpy(&span.high, high, sizeof high);
    return span;
}

/* Of each block the unit of its words and the number that is 0 in them. */
INLINE void span_words(fit_span span, fit_kind kind, fit_rows *rows) {
    if (kind.has_minimum) {
        rows->unit = (span.high - span.low) * (1.0f / 2048);
        rows->middle = span.low + 1024 * rows->unit;
    } else {
        rows->unit = span.high * ((float)zero_of(kind) / 8192);
        rows->middle = spread_f32(0);
    }
}

INLINE f32x16 nearest_word(f32x16 x, float middle, float factor) {
    return nearest_level((x - middle) * factor, -1024, 1024);
}

/* The factor that makes the largest weight of a block 32767. */
INLINE float weight_factor(f32x32 w) { return inverse_of(peak_of(w) * (1.0f / 32767)); }

INLINE f32x16 weighted_word(f32x16 w, f32x16 x) {
    return nearest_level(w * x * (1.0f / 1024), -32767, 32767);
}

INLINE void load_words(const float *values, const float *weights, fit_kind kind, fit_span span,
                       fit_rows *rows) {
    span_words(span, kind, rows);
    float factors[16], middles[16];
    store_lanes(inverse_lanes(rows->unit), factors);
    store_lanes(rows->middle, middles);
    for (int block = 0; block < 16; block++) {
        const f32x32 x = load_block(values + 32 * block);
        const f32x32 word = {nearest_word(x.low, middles[block], factors[block]),
                             nearest_word(x.high, middles[block], factors[block])};
        rows->x[block] = words_of(word);
        if (kind.has_weights) {
            const f32x32 w = load_block(weights + 32 * block);
            const float factor = weight_factor(w);
            const f32x32 weight = {nearest_level(w.low * factor, 0, 32767),
                                   nearest_level(w.high * factor, 0, 32767)};
            rows->w[block] = words_of(weight);
            rows->wx[block] = words_of((f32x32){weighted_word(weight.low, word.low),
                                                weighted_word(weight.high, word.high)});
        }
    }
    TRANSPOSE(i32x16, rows->x)
    if (kind.has_weights) {
        TRANSPOSE(i32x16, rows->w)
        TRANSPOSE(i32x16, rows->wx)
    }
    i32x16 sum_w = {0}, sum_x = {0};
    const i32x16 ones = spread_words(1);
    for (int i = 0; i < 16; i++) {
        sum_w += kind.has_weights ? pair_products(rows->w[i], ones) : spread_i32(2);
        sum_x += pair_products(kind.has_weights ? rows->wx[i] : rows->x[i], ones);
    }
    rows->weights = __builtin_convertvector(sum_w, f32x16);
    rows->values = __builtin_convertvector(sum_x, f32x16);
}

/* Weighted sums for the levels of a candidate: what fits them best is the covariance over the
 * variance. */
typedef struct {
    f32x16 gain, covariance, variance, levels;
} word_fit;

INLINE word_fit fit_words(const fit_rows *rows, fit_kind kind, i32x16 multiplier, i32x16 offset) {
    const i32x16 low = spread_words(-zero_of(kind)), high = spread_words(zero_of(kind) - 1);
    i32x16 products = {0}, squares = {0}, levels = {0};
    for (int i = 0; i < 16; i++) {
        const i32x16 x = kind.has_minimum ? add_words(rows->x[i], offset) : rows->x[i];
        const i32x16 level = bound_words(round_products(x, multiplier), low, high);
        if (kind.has_weights) {
            products += pair_products(level, rows->wx[i]);
            squares += pair_products(square_words(level), rows->w[i]);
            levels += pair_products(level, rows->w[i]);
        } else {
            products += pair_products(level, rows->x[i]);
            squares += pair_products(level, level);
            levels = add_words(levels, level);
        }
    }
    if (!kind.has_weights) {
        levels = pair_products(levels, spread_words(1));
    }
    word_fit fit = {.covariance = __builtin_convertvector(products, f32x16),
                    .variance = __builtin_convertvector(squares, f32x16),
                    .levels = __builtin_convertvector(levels, f32x16)};
    if (kind.has_minimum) {
        fit.covariance = rows->weights * fit.covariance - rows->values * fit.levels;
        fit.variance = rows->weights * fit.variance - fit.levels * fit.levels;
    }
    fit.gain = fit.covariance * fit.covariance / fit.variance;
    return fit;
}

INLINE void keep_fit(word_fit trial, word_fit *best) {
    const i32x16 is_better = trial.gain > best->gain;
    best->gain = select_f32(is_better, trial.gain, best->gain);
    best->covariance = select_f32(is_better, trial.covariance, best->covariance);
    best->variance = select_f32(is_better, trial.variance, best->variance);
    best->levels = select_f32(is_better, trial.levels, best->levels);
}

/* Of each block what a level counts and what level 0 is, as they are stored. */
typedef struct {
    block_scales scale, minimum;
} fit_scales;

INLINE fit_scales search_words(const fit_rows *rows, fit_kind kind) {
    const int32_t zero = zero_of(kind);
    word_fit best = {{0}, {0}, {0}, {0}};
    if (kind.has_minimum) {
        static const int32_t tenths[3] = {5, 8, 2};
        const int32_t count = kind.bits == 5 ? 12 : 10, gap = kind.bits == 5 ? 3 : 4;
        for (int32_t candidate = 0; candidate < count; candidate++) {
            const int32_t multiplier = 16 * (2 * zero - 1) - 13 + gap * candidate;
            const int32_t offset = -3277 * tenths[candidate % 3] / multiplier;
            keep_fit(fit_words(rows, kind, spread_words(multiplier), spread_words(offset)), &best);
        }
    } else {
        for (int32_t step = -4; step <= 4; step++) {
            const int32_t multiplier = -(4 * zero + step) * zero;
            keep_fit(fit_words(rows, kind, spread_words(multiplier), spread_words(0)), &best);
        }
    }
    const f32x16 unit = kind.has_weights ? rows->unit * 1024 : rows->unit;
    const f32x16 step = best.covariance / best.variance;
    const f32x16 scale = step * unit;
    f32x16 minimum = {0};
    if (kind.has_minimum) {
        const f32x16 centre = (rows->values - step * best.levels) / rows->weights;
        minimum = centre * unit + rows->middle - scale * (float)zero;
    }
    return (fit_scales){stored_scales(scale), stored_scales(minimum)};
}

/* The errors of blocks, and weighted sums of their levels and of what is above the minimum. */
typedef struct {
    f32x16 errors[16], weights[16], values[16], levels[16], squares[16], products[16];
} fit_sums;

INLINE f32x16 weighted_errors(f32x32 x, f32x32 w, f32x32 level, float scale, float minimum) {
    const f32x16 low = scale * level.low + minimum - x.low;
    const f32x16 high = scale * level.high + minimum - x.high;
    return w.low * (low * low) + w.high * (high * high);
}

INLINE f32x32 load_weights(const float *weights, fit_kind kind, int block) {
    return kind.has_weights ? load_block(weights + 32 * block)
                            : (f32x32){spread_f32(1), spread_f32(1)};
}

INLINE void add_fit(fit_sums *sums, int block, f32x32 x, f32x32 w, f32x32 level) {
    const f32x16 low = w.low * level.low, high = w.high * level.high;
    sums->weights[block] = w.low + w.high;
    sums->values[block] = w.low * x.low + w.high * x.high;
    sums->levels[block] = low + high;
    sums->squares[block] = low * level.low + high * level.high;
    sums->products[block] = low * x.low + high * x.high;
}

typedef struct {
    uint8_t of[16][20];
} fit_levels;

/* The error of each block with its nearest levels. */
INLINE f32x16 fit_errors(const float *values, const float *weights, fit_kind kind,
                         const fit_scales *scales, fit_levels *levels, fit_sums *sums) {
    const int32_t zero = kind.has_minimum ? 0 : zero_of(kind);
    const float low = (float)-zero, high = (float)(2 * zero_of(kind) - 1 - zero);
    for (int block = 0; block < 16; block++) {
        const f32x32 x = load_block(values + 32 * block), w = load_weights(weights, kind, block);
        const float minimum = scales->minimum.values[block];
        const f32x32 above = {x.low - minimum, x.high - minimum};
        const f32x32 level = near_levels(above, scales->scale.inverses[block], low, high);
        sums->errors[block] = weighted_errors(x, w, level, scales->scale.values[block], minimum);
        if (kind.has_weights) {
            add_fit(sums, block, above, w, level);
        }
        store_integers(__builtin_convertvector(level.low, i32x16) + zero,
                       __builtin_convertvector(level.high, i32x16) + zero, kind.bits,
                       levels->of[block]);
    }
    return fold_blocks(sums->errors);
}

/* What fits the levels best. */
INLINE fit_scales refitted(const fit_scales *scales, fit_kind kind, fit_sums *sums) {
    const f32x16 squares = fold_blocks(sums->squares), products = fold_blocks(sums->products);
    if (!kind.has_minimum) {
        return (fit_scales){stored_scales(products / squares), stored_scales(spread_f32(0))};
    }
    const f32x16 w = fold_blocks(sums->weights), values = fold_blocks(sums->values);
    const f32x16 levels = fold_blocks(sums->levels);
    const f32x16 scale = (w * products - values * levels) / (w * squares - levels * levels);
    f32x16 minimum;
    memcpy(&minimum, scales->minimum.values, sizeof minimum);
    return (fit_scales){stored_scales(scale),
                        stored_scales((values - scale * levels) / w + minimum)};
}

INLINE void store_fit(const fit_scales *scales, const fit_levels *levels, fit_kind kind,
                      ptrdiff_t block, uint8_t *target) {
    memcpy(target, scales->scale.bits + block, 2);
    if (kind.has_minimum) {
        memcpy(target + 2, scales->minimum.bits + block, 2);
    }
    memcpy(target + (kind.has_minimum ? 4 : 2), levels->of[block], kind.bits == 5 ? 20 : 16);
}

/* Writes blocks whose error is surely below a bound. */
INLINE void fit_blocks(const float *values, const float *weights, ptrdiff_t count, fit_kind kind,
                       fit_span span, f32x16 error, uint8_t *blocks) {
    fit_rows rows;
    load_words(values, weights, kind, span, &rows);
    fit_scales scales[2] = {search_words(&rows, kind)};
    fit_levels levels[2];
    fit_sums sums;
    f32x16 least = fit_errors(values, weights, kind, scales, levels, &sums);
    uint32_t are_second = 0;
    if (kind.has_weights) {
        scales[1] = refitted(scales, kind, &sums);
        const f32x16 second = fit_errors(values, weights, kind, scales + 1, levels + 1, &sums);
        const i32x16 is_second = (second < least) | (least != least);
        are_second = lane_bits_f32(is_second);
        least = select_f32(is_second, second, least);
    }
    const uint32_t are_better = lane_bits_f32(least < surely_below(error));
    const ptrdiff_t size = (kind.bits == 5 ? 20 : 16) + (kind.has_minimum ? 4 : 2);
    for (ptrdiff_t block = 0; block < count; block++) {
        if (are_better >> block & 1) {
            const uint32_t which = are_second >> block & 1;
            store_fit(scales + which, levels + which, kind, block, blocks + size * block);
        }
    }
}

INLINE void near_ranges(const float *values, ptrdiff_t count, int32_t bits, uint8_t *blocks) {
    const float top = (float)((1 << bits) - 1);
    const fit_kind kind = {bits, 1, 0};
    const ptrdiff_t size = bits == 5 ? 24 : 20;
    const fit_span span = span_blocks(values, 1);
    const f32x16 scale = (span.high - span.low) / top;
    const fit_scales spans = {stored_scales(scale), stored_scales(span.low)};
    float low[16], inverses[16];
    store_lanes(span.low, low);
    store_lanes(inverse_lanes(scale), inverses);
    f32x16 errors[16];
    for (int block = 0; block < 16; block++) {
        const f32x32 x = load_block(values + 32 * block);
        const i32x16 lower = truncated_level((x.low - low[block]) * inverses[block] + 0.5f, top);
        const i32x16 upper = truncated_level((x.high - low[block]) * inverses[block] + 0.5f, top);
        const f32x32 level = {__builtin_convertvector(lower, f32x16),
                              __builtin_convertvector(upper, f32x16)};
        errors[block] = weighted_errors(x, load_weights(NULL, kind, block), level,
                                        spans.scale.values[block], spans.minimum.values[block]);
        if (block < count) {
            uint8_t *target = blocks + size * block;
            memcpy(target, spans.scale.bits + block, 2);
            memcpy(target + 2, spans.minimum.bits + block, 2);
            store_integers(lower, upper, bits, target + 4);
        }
    }
    fit_blocks(values, NULL, count, kind, span, fold_blocks(errors), blocks);
}

static void ggml_near_ranges(const float *values, ptrdiff_t count, int32_t bits, uint8_t *blocks) {
    if (bits == 4) {
        near_ranges(values, count, 4, blocks);
    } else {
        near_ranges(values, count, 5, blocks);
    }
}

INLINE f32x16 levels_of(const uint8_t *levels) {
    u8x16 bytes;
    memcpy(&bytes, levels, sizeof bytes);
    return __builtin_convertvector(__builtin_convertvector(bytes, i32x16), f32x16);
}

INLINE void near_weighted(const float *values, const float *weights, ptrdiff_t count, fit_kind kind,
                          const uint8_t *levels, uint8_t *blocks) {
    const ptrdiff_t size = (kind.bits == 5 ? 20 : 16) + (kind.has_minimum ? 4 : 2);
    const float zero = kind.has_minimum ? 0 : (float)zero_of(kind);
    u16x16 scale = {0}, minimum = {0};
    for (ptrdiff_t block = 0; block < count; block++) {
        uint16_t halves[2];
        memcpy(halves, blocks + size * block, sizeof halves);
        scale[block] = halves[0];
        minimum[block] = kind.has_minimum ? halves[1] : 0;
    }
    float scales[16], minima[16];
    store_lanes(single_of_f16(scale), scales);
    store_lanes(single_of_f16(minimum), minima);
    f32x16 errors[16];
    for (int block = 0; block < 16; block++) {
        const f32x32 level = {levels_of(levels + 32 * block) - zero,
                              levels_of(levels + 32 * block + 16) - zero};
        errors[block] =
            weighted_errors(load_block(values + 32 * block), load_block(weights + 32 * block),
                            level, scales[block], minima[block]);
    }
    const fit_span span = span_blocks(values, kind.has_minimum);
    fit_blocks(values, weights, count, kind, span, fold_blocks(errors), blocks);
}

static void ggml_near_weighted(const float *values, const float *weights, ptrdiff_t count,
                               int32_t bits, int32_t has_minimum, const uint8_t *levels,
                               uint8_t *blocks) {
    if (has_minimum) {
        near_weighted(values, weights, count, (fit_kind){bits, 1, 1}, levels, blocks);
    } else {
        near_weighted(values, weights, count, (fit_kind){bits, 0, 1}, levels, blocks);
    }
}
