/*
 * Sixteen parts at once, a part a lane, whose factors move by one where their error falls, and what
 * is known of them then; GgmlFits.swift.
 */

/* The nearest of the integers, or of the levels of IQ4. */
INLINE f32x16 level_near(f32x16 quotient, int32_t is_iq4, quantcal_ggml_form form) {
    return is_iq4 ? iq4_level(quotient) : nearest_level(quotient, form.low, form.high);
}

INLINE f32x16 step_inverse(f32x16 step) { return select_f32(step != 0, 1 / step, spread_f32(0)); }

/* w is NULL where every weight is 1. */
INLINE f32x16 tuned_error(const f32x16 *x, const f32x16 *w, ptrdiff_t length, int32_t is_iq4,
                          quantcal_ggml_form form, f32x16 step, f32x16 minimum) {
    const f32x16 inverse = step_inverse(step);
    f32x16 sum = {0};
    for (ptrdiff_t i = 0; i < length; i++) {
        const f32x16 level = level_near((x[i] + minimum) * inverse, is_iq4, form);
        const f32x16 difference = step * level - minimum - x[i];
        sum += w ? w[i] * difference * difference : difference * difference;
    }
    return sum;
}

/* Weighted sums of a part, in the order of GgmlFit. */
typedef struct {
    f32x16 error, weights, values, levels, squares, products;
} part_fits;

INLINE part_fits fit_part(const f32x16 *x, const f32x16 *w, ptrdiff_t length, int32_t is_iq4,
                          quantcal_ggml_form form, f32x16 step, f32x16 minimum, f32x16 *level) {
    const f32x16 inverse = step_inverse(step);
    part_fits fits = {{0}, {0}, {0}, {0}, {0}, {0}};
    for (ptrdiff_t i = 0; i < length; i++) {
        level[i] = level_near((x[i] + minimum) * inverse, is_iq4, form);
        const f32x16 difference = step * level[i] - minimum - x[i];
        const f32x16 weighted = w ? w[i] * level[i] : level[i];
        fits.error += w ? w[i] * difference * difference : difference * difference;
        fits.weights += w ? w[i] : spread_f32(1);
        fits.values += w ? w[i] * x[i] : x[i];
        fits.levels += weighted;
        fits.squares += weighted * level[i];
        fits.products += weighted * x[i];
    }
    return fits;
}

INLINE part_fits load_fits(const float *fits, ptrdiff_t count) {
    f32x16 rows[6];
    for (ptrdiff_t k = 0; k < 6; k++) {
        memcpy(rows + k, fits + k * count, sizeof *rows);
    }
    return (part_fits){rows[0], rows[1], rows[2], rows[3], rows[4], rows[5]};
}

INLINE void store_fits(part_fits part, float *fits, ptrdiff_t count) {
    const f32x16 rows[6] = {part.error,  part.weights, part.values,
                            part.levels, part.squares, part.products};
    for (ptrdiff_t k = 0; k < 6; k++) {
        store_lanes(rows[k], fits + k * count);
    }
}

/* Scales and factors of sixteen parts. */
typedef struct {
    f32x16 scale, minimum_scale, factor, minimum_factor;
} part_scales;

INLINE f32x16 step_of(part_scales part) { return part.scale * part.factor; }
INLINE f32x16 minimum_of(part_scales part) { return part.minimum_scale * part.minimum_factor; }

/* From a factor to the next one, towards what fits the levels best. */
INLINE f32x16 factor_step(part_scales part, part_fits fits, quantcal_ggml_form form) {
    f32x16 best = fits.products / fits.squares;
    if (form.minimum_factor_high > 0) {
        best = (fits.weights * fits.products - fits.levels * fits.values) /
               (fits.weights * fits.squares - fits.levels * fits.levels);
    }
    return select_f32(best / part.scale < part.factor, spread_f32(-1), spread_f32(1));
}

INLINE f32x16 bounded_factor(f32x16 factor, quantcal_ggml_form form) {
    factor = select_f32(factor > form.factor_low, factor, spread_f32(form.factor_low));
    return select_f32(factor < form.factor_high, factor, spread_f32(form.factor_high));
}

/* The minimum's factor that fits the levels best for a factor. */
INLINE f32x16 fitting_minimum(part_scales part, part_fits fits, quantcal_ggml_form form) {
    const f32x16 minimum = (step_of(part) * fits.levels - fits.values) / fits.weights;
    return nearest_level(minimum / part.minimum_scale, 0, form.minimum_factor_high);
}

INLINE void try_factor(const f32x16 *x, const f32x16 *w, ptrdiff_t length, int32_t is_iq4,
                       quantcal_ggml_form form, part_fits fits, part_scales trial, f32x16 *least,
                       part_scales *best) {
    if (form.minimum_factor_high > 0) {
        trial.minimum_factor = fitting_minimum(trial, fits, form);
    }
    const f32x16 error = tuned_error(x, w, length, is_iq4, form, step_of(trial), minimum_of(trial));
    const i32x16 is_better = error < *least;
    *least = select_f32(is_better, error, *least);
    best->factor = select_f32(is_better, trial.factor, best->factor);
    best->minimum_factor = select_f32(is_better, trial.minimum_factor, best->minimum_factor);
}

INLINE void move_factors(const f32x16 *x, const f32x16 *w, ptrdiff_t length, int32_t is_iq4,
                         quantcal_ggml_form form, part_fits fits, part_scales *part) {
    f32x16 least = fits.error;
    const part_scales start = *part;
    const f32x16 step = factor_step(start, fits, form);
    /* One step, and where there is a minimum none and the other way: a loop, as its body is large. */
    const int32_t count = form.minimum_factor_high > 0 ? 3 : 1;
#pragma clang loop unroll(disable)
    for (int32_t i = 0; i < count; i++) {
        part_scales trial = start;
        if (i != 1) {
            trial.factor = bounded_factor(i == 0 ? start.factor + step : start.factor - step, form);
        }
        try_factor(x, w, length, is_iq4, form, fits, trial, &least, part);
    }
}

INLINE void tune_parts(const float *values, const float *weights, ptrdiff_t count, ptrdiff_t length,
                       int32_t is_iq4, quantcal_ggml_form form, quantcal_ggml_scales scales,
                       float *fits, uint8_t *levels) {
    f32x16 x[32], weight[32], level[32];
    load_parts(values, length, x);
    const f32x16 *w = NULL;
    if (weights) {
        load_parts(weights, length, weight);
        w = weight;
    }
    part_scales part;
    memcpy(&part.scale, scales.scales, sizeof part.scale);
    memcpy(&part.minimum_scale, scales.minimum_scales, sizeof part.scale);
    memcpy(&part.factor, scales.factors, sizeof part.scale);
    memcpy(&part.minimum_factor, scales.minimum_factors, sizeof part.scale);
    if (form.can_move) {
        move_factors(x, w, length, is_iq4, form, load_fits(fits, count), &part);
        store_lanes(part.factor, scales.factors);
        store_lanes(part.minimum_factor, scales.minimum_factors);
    }
    store_fits(fit_part(x, w, length, is_iq4, form, step_of(part), minimum_of(part), level), fits,
               count);
    if (levels) {
        for (ptrdiff_t i = 0; i < length; i++) {
            level[i] = is_iq4 ? iq4_index(level[i]) : level[i] - form.low;
        }
        store_levels(level, length, levels);
    }
}

/* So that each of them is a function without a choice inside its loops. */
#define TUNE(weights, length, is_iq4)                                                              \
    tune_parts(values + first, weights, count, length, is_iq4, form, own, fits + part, stored)

static void ggml_tune(const float *values, const float *weights, ptrdiff_t count, ptrdiff_t length,
                      quantcal_ggml_form form, quantcal_ggml_scales scales, float *fits,
                      uint8_t *levels) {
    for (ptrdiff_t part = 0; part < count; part += 16) {
        const ptrdiff_t first = part * length;
        const quantcal_ggml_scales own = {scales.scales + part, scales.minimum_scales + part,
                                          scales.factors + part, scales.minimum_factors + part};
        uint8_t *stored = levels ? levels + first : NULL;
        if (form.is_iq4) {
            weights ? TUNE(weights + first, 32, 1) : TUNE(NULL, 32, 1);
        } else if (length == 16) {
            weights ? TUNE(weights + first, 16, 0) : TUNE(NULL, 16, 0);
        } else {
            weights ? TUNE(weights + first, 32, 0) : TUNE(NULL, 32, 0);
        }
    }
}
#undef TUNE
