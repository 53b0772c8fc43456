/*
 * The searches of ggml's reference encoders for scales alone, sixteen parts at once;
 * GgmlSearch.signed and refined, GgmlIQ4.scale.
 */

/* Of a search without an offset: weighted sums of numbers times levels, and of squared levels. */
typedef struct {
    f32x16 products, squares;
} level_sums;

/* The scale that explains most so far, how much, and what its levels came from. */
typedef struct {
    f32x16 scale, gain, inverse;
} level_fit;

INLINE void keep_better(level_sums trial, f32x16 inverse, level_fit *best) {
    const i32x16 is_better =
        (trial.squares > 0) & (trial.products * trial.products > best->gain * trial.squares);
    const f32x16 scale = trial.products / trial.squares;
    best->scale = select_f32(is_better, scale, best->scale);
    best->gain = select_f32(is_better, scale * trial.products, best->gain);
    best->inverse = select_f32(is_better, inverse, best->inverse);
}

INLINE level_sums sum_levels(const f32x16 *x, const f32x16 *w, ptrdiff_t length, float top,
                             f32x16 inverse) {
    level_sums sums = {{0}, {0}};
    for (ptrdiff_t i = 0; i < length; i++) {
        const f32x16 level = nearest_level(inverse * x[i], -top, top - 1);
        sums.products += w[i] * x[i] * level;
        sums.squares += w[i] * level * level;
    }
    return sums;
}

INLINE void square_weights(const f32x16 *x, ptrdiff_t length, f32x16 *w) {
    for (ptrdiff_t i = 0; i < length; i++) {
        w[i] = x[i] * x[i];
    }
}

/* All zeros where the extreme is below what counts as a number. */
INLINE void store_signed(const f32x16 *level, ptrdiff_t length, i32x16 is_nothing, float top,
                         f32x16 scale, float *scales, uint8_t *levels) {
    f32x16 shifted[32];
    for (ptrdiff_t i = 0; i < length; i++) {
        shifted[i] = select_f32(is_nothing, spread_f32(0), level[i] + top);
    }
    store_levels(shifted, length, levels);
    store_lanes(select_f32(is_nothing, spread_f32(0), scale), scales);
}

INLINE void signed_search(const float *values, const float *weights, ptrdiff_t length, float top,
                          float *scales, uint8_t *levels) {
    f32x16 x[32], w[32], level[32];
    load_parts(values, length, x);
    if (weights) {
        load_parts(weights, length, w);
    } else {
        square_weights(x, length, w);
    }
    const f32x16 extreme = extreme_lanes(x, length);
    level_fit best = {.inverse = -top / extreme};
    const level_sums first = sum_levels(x, w, length, top, best.inverse);
    best.scale = select_f32(first.squares != 0, first.products / first.squares, spread_f32(0));
    best.gain = best.scale * first.products;
    for (int step = -9; step <= 9; step++) {
        if (step != 0) {
            const f32x16 inverse = -(top + 0.1f * (float)step) / extreme;
            keep_better(sum_levels(x, w, length, top, inverse), inverse, &best);
        }
    }
    for (ptrdiff_t i = 0; i < length; i++) {
        level[i] = nearest_level(best.inverse * x[i], -top, top - 1);
    }
    store_signed(level, length, magnitudes(extreme) < 1e-15f, top, best.scale, scales, levels);
}

static void ggml_signed(const float *values, const float *weights, ptrdiff_t count,
                        ptrdiff_t length, int32_t top, float *scales, uint8_t *levels) {
    for (ptrdiff_t part = 0; part < count; part += 16) {
        const ptrdiff_t first = part * length;
        const float *w = weights ? weights + first : NULL;
        if (length == 16) {
            signed_search(values + first, w, 16, (float)top, scales + part, levels + first);
        } else {
            signed_search(values + first, w, 32, (float)top, scales + part, levels + first);
        }
    }
}

/* One pass over the levels of parts of 16; all bits of the lanes in which one was changed. */
INLINE i32x16 refine_levels(const f32x16 *x, const f32x16 *w, float top, f32x16 *level,
                            level_sums *total) {
    i32x16 is_changed = {0};
    for (ptrdiff_t i = 0; i < 16; i++) {
        const f32x16 wx = w[i] * x[i];
        level_sums other = {total->products - wx * level[i],
                            total->squares - w[i] * level[i] * level[i]};
        const i32x16 is_open = other.products > 0;
        const f32x16 better = nearest_level(x[i] * other.squares / other.products, -top, top - 1);
        other.products += wx * better;
        other.squares += w[i] * better * better;
        const i32x16 is_better = is_open & (better != level[i]) & (other.squares > 0) &
                                 (other.products * other.products * total->squares >
                                  total->products * total->products * other.squares);
        level[i] = select_f32(is_better, better, level[i]);
        total->products = select_f32(is_better, other.products, total->products);
        total->squares = select_f32(is_better, other.squares, total->squares);
        is_changed |= is_better;
    }
    return is_changed;
}

static void ggml_refined(const float *values, ptrdiff_t count, int32_t top, float *scales,
                         uint8_t *levels) {
    const float highest = (float)top;
    for (ptrdiff_t part = 0; part < count; part += 16) {
        f32x16 x[16], w[16], level[16];
        load_parts(values + 16 * part, 16, x);
        square_weights(x, 16, w);
        const f32x16 extreme = extreme_lanes(x, 16);
        const f32x16 inverse = -highest / extreme;
        level_sums total = sum_levels(x, w, 16, highest, inverse);
        for (ptrdiff_t i = 0; i < 16; i++) {
            level[i] = nearest_level(inverse * x[i], -highest, highest - 1);
        }
        for (int pass = 0; pass < 5; pass++) {
            if (lane_bits_f32(refine_levels(x, w, highest, level, &total)) == 0) {
                break;
            }
        }
        const f32x16 scale =
            select_f32(total.squares > 0, total.products / total.squares, spread_f32(0));
        store_signed(level, 16, magnitudes(extreme) < 1e-15f, highest, scale, scales + part,
                     levels + 16 * part);
    }
}

/* Between two of the sixteen levels of IQ4 lies where the upper one begins to be the nearest. */
#define IQ4_LEVELS(STEP)                                                                           \
    STEP(-127, -104)                                                                               \
    STEP(-104, -83)                                                                                \
    STEP(-83, -65)                                                                                 \
    STEP(-65, -49)                                                                                 \
    STEP(-49, -35)                                                                                 \
    STEP(-35, -22)                                                                                 \
    STEP(-22, -10)                                                                                 \
    STEP(-10, 1)                                                                                   \
    STEP(1, 13) STEP(13, 25) STEP(25, 38) STEP(38, 53) STEP(53, 69) STEP(69, 89) STEP(89, 113)

/* The nearest level. */
INLINE f32x16 iq4_level(f32x16 x) {
    f32x16 level = spread_f32(-127);
#define STEP(below, above)                                                                         \
    level += select_f32(x >= (below + above) * 0.5f, spread_f32(above - below), spread_f32(0));
    IQ4_LEVELS(STEP)
#undef STEP
    return level;
}

/* How many levels are below one. */
INLINE f32x16 iq4_index(f32x16 level) {
    f32x16 index = {0};
#define STEP(below, above) index += select_f32(level > below, spread_f32(1), spread_f32(0));
    IQ4_LEVELS(STEP)
#undef STEP
    return index;
}

INLINE level_sums sum_iq4_levels(const f32x16 *x, const f32x16 *w, f32x16 inverse) {
    level_sums sums = {{0}, {0}};
    for (ptrdiff_t i = 0; i < 32; i++) {
        const f32x16 level = iq4_level(inverse * x[i]);
        sums.products += w[i] * level * x[i];
        sums.squares += w[i] * level * level;
    }
    return sums;
}

static void ggml_iq4(const float *values, const float *weights, ptrdiff_t count, float *scales) {
    for (ptrdiff_t part = 0; part < count; part += 16) {
        f32x16 x[32], w[32];
        load_parts(values + 32 * part, 32, x);
        if (weights) {
            load_parts(weights + 32 * part, 32, w);
        } else {
            square_weights(x, 32, w);
        }
        const f32x16 extreme = extreme_lanes(x, 32);
        const level_sums first = sum_iq4_levels(x, w, 1 / (extreme / 127));
        level_fit best = {.scale = first.products / first.squares};
        best.gain = best.scale * first.products;
        for (int step = -7; step <= 7; step++) {
            const f32x16 inverse = (float)(step - 127) / extreme;
            keep_better(sum_iq4_levels(x, w, inverse), inverse, &best);
        }
        const i32x16 is_something = (magnitudes(extreme) >= 1e-15f) & (first.squares > 0);
        store_lanes(select_f32(is_something, best.scale, spread_f32(0)), scales + part);
    }
}
