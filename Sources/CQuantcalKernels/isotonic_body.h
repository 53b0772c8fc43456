/*
 * The passes of isotonic regression over cells of 64 neighbours; the references are
 * in IsotonicCells.swift, IsotonicSurvivors.swift. `scale` and `weight_scale` are powers of two,
 * `scale` with a sign; weights may be NULL.
 *
 * Needs: NAME(what), REAL.
 */

/* Eight neighbours, widened. */
INLINE f64x8 NAME(load8)(const REAL *p) {
    REAL x __attribute__((vector_size(8 * sizeof(REAL))));
    memcpy(&x, p, sizeof x);
    return __builtin_convertvector(x, f64x8);
}

/* Bounds of up to eight cells; least and most hold a lane for each cell. What comes next is fetched
 * far enough ahead to be there when it is asked for. */
INLINE void NAME(bound_cells)(const REAL *values, int cells, double scale, int32_t *rises,
                              f64x8 *least, f64x8 *most) {
    f64x8 lows[8] = {{0}}, highs[8] = {{0}};
    for (int cell = 0; cell < cells; cell++) {
        f64x8 x[8];
        for (int part = 0; part < 8; part++) {
            __builtin_prefetch(values + 64 * (cell + 3 * cells) + 8 * part);
            x[part] = NAME(load8)(values + 64 * cell + 8 * part) * scale;
            lows[cell] = part == 0 ? x[0] : least_f64x8(lows[cell], x[part]);
            highs[cell] = part == 0 ? x[0] : most_f64x8(highs[cell], x[part]);
        }
        if (*rises) {
            *rises = cell_rises(x);
        }
    }
    *least = fold_leasts(lows);
    *most = fold_mosts(highs);
}

/* The bounds that cells with weights have, a lane for each cell. */
typedef struct {
    f64x8 least, most, lightest, heaviest, largest_product;
} NAME(weighted_bounds);

/* Bounds of up to eight cells with weights. Values are fetched ahead here, weights where sums are taken:
 * so the memory has work all the time. */
INLINE NAME(weighted_bounds)
    NAME(bound_weighted)(const REAL *values, const REAL *weights, int cells, double scale,
                         double weight_scale, int32_t *rises) {
    f64x8 lows[8] = {{0}}, highs[8] = {{0}}, lightest[8] = {{0}}, heaviest[8] = {{0}};
    f64x8 largest[8] = {{0}};
    for (int cell = 0; cell < cells; cell++) {
        f64x8 x[8];
        for (int part = 0; part < 8; part++) {
            const ptrdiff_t i = 64 * cell + 8 * part;
            __builtin_prefetch(values + i + 2 * 64 * cells);
            x[part] = NAME(load8)(values + i) * scale;
            const f64x8 w = NAME(load8)(weights + i) * weight_scale;
            lows[cell] = part == 0 ? x[0] : least_f64x8(lows[cell], x[part]);
            highs[cell] = part == 0 ? x[0] : most_f64x8(highs[cell], x[part]);
            lightest[cell] = part == 0 ? w : least_f64x8(lightest[cell], w);
            heaviest[cell] = part == 0 ? w : most_f64x8(heaviest[cell], w);
            largest[cell] = most_f64x8(largest[cell], __builtin_elementwise_abs(x[part] * w));
        }
        if (*rises) {
            *rises = cell_rises(x);
        }
    }
    return (NAME(weighted_bounds)){fold_leasts(lows), fold_mosts(highs), fold_leasts(lightest),
                                   fold_mosts(heaviest), fold_mosts(largest)};
}

/* Sums with their roundings of up to eight cells of values whose largest magnitudes are given. */
INLINE void NAME(sum_cells)(const REAL *values, int cells, double scale, f64x8 largest, f64x8 *high,
                            f64x8 *low) {
    const f64x8 units = sum_units(largest);
    split_sum sums[8];
    for (int cell = 0; cell < 8; cell++) {
        sums[cell] = (split_sum){spread_f64x8(units[cell]), {0}};
    }
    for (int cell = 0; cell < cells; cell++) {
        for (int part = 0; part < 8; part++) {
            add_split(&sums[cell], NAME(load8)(values + 64 * cell + 8 * part) * scale);
        }
    }
    fold_splits(sums, units, high, low);
}

/* The same of weights and of products of values and weights. */
INLINE void NAME(sum_products)(const REAL *values, const REAL *weights, int cells, double scale,
                               double weight_scale, const NAME(weighted_bounds) * bounds,
                               f64x8 *weight_high, f64x8 *weight_low, f64x8 *high, f64x8 *low) {
    const f64x8 units = sum_units(bounds->largest_product);
    const f64x8 weight_units = sum_units(most_f64x8((f64x8){0}, bounds->heaviest));
    split_sum sums[8], weight_sums[8];
    for (int cell = 0; cell < 8; cell++) {
        sums[cell] = (split_sum){spread_f64x8(units[cell]), {0}};
        weight_sums[cell] = (split_sum){spread_f64x8(weight_units[cell]), {0}};
    }
    for (int cell = 0; cell < cells; cell++) {
        for (int part = 0; part < 8; part++) {
            const ptrdiff_t i = 64 * cell + 8 * part;
            __builtin_prefetch(weights + i + 2 * 64 * cells);
            const f64x8 x = NAME(load8)(values + i) * scale;
            const f64x8 w = NAME(load8)(weights + i) * weight_scale;
            const f64x8 product = x * w;
            add_split(&sums[cell], product);
            sums[cell].fine += __builtin_elementwise_fma(x, w, -product);
            add_split(&weight_sums[cell], w);
        }
    }
    fold_splits(weight_sums, weight_units, weight_high, weight_low);
    fold_splits(sums, units, high, low);
}

/* Sums with their roundings, and bounds, of each cell. Eight cells at a time: what is folded out of
 * each is folded side by side, and no step waits for the one before. */
INLINE void NAME(scaled_cells)(const REAL *values, const REAL *weights, ptrdiff_t count,
                               double scale, double weight_scale,
                               const quantcal_isotonic_cells *cells,
                               quantcal_isotonic_survey *survey) {
    f64x8 least_weight = spread_f64x8(INFINITY);
    f64x8 least_of_all = spread_f64x8(INFINITY), most_of_all = -least_of_all, unbounded = {0};
    double total = 0;
    survey->rises = 1;
    for (ptrdiff_t first = 0; first < count; first += 8) {
        const int group = count - first < 8 ? (int)(count - first) : 8;
        const REAL *x = values + 64 * first;
        f64x8 least, most, high, low;
        if (weights) {
            const REAL *w = weights + 64 * first;
            const NAME(weighted_bounds) bounds =
                NAME(bound_weighted)(x, w, group, scale, weight_scale, &survey->rises);
            f64x8 weight_high, weight_low;
            NAME(sum_products)
            (x, w, group, scale, weight_scale, &bounds, &weight_high, &weight_low, &high, &low);
            least = bounds.least;
            most = bounds.most;
            least_weight =
                least_f64x8(least_weight, first_lanes(group, bounds.lightest, least_weight));
            store_first(group, weight_high, cells->weight_high + first);
            store_first(group, weight_low, cells->weight_low + first);
            for (int cell = 0; cell < group; cell++) {
                total += weight_high[cell];
            }
        } else {
            NAME(bound_cells)(x, group, scale, &survey->rises, &least, &most);
            NAME(sum_cells)(x, group, scale, most_f64x8(-least, most), &high, &low);
            total += 64 * group;
        }
        least_of_all = least_f64x8(least_of_all, first_lanes(group, least, least_of_all));
        most_of_all = most_f64x8(most_of_all, first_lanes(group, most, most_of_all));
        unbounded += high * 0;
        store_first(group, high, cells->high + first);
        store_first(group, low, cells->low + first);
        store_first(group, least, cells->least + first);
        store_first(group, most, cells->most + first);
    }
    survey->least = fold_least(least_of_all);
    survey->most = -fold_least(-most_of_all);
    survey->least_weight = fold_least(least_weight);
    survey->weight = total;
    survey->is_finite = fold_lanes(unbounded) == 0;
}

/* Nearly always there is no scale: then nothing is multiplied. */
static void NAME(cells)(const REAL *values, const REAL *weights, ptrdiff_t count, double scale,
                        double weight_scale, const quantcal_isotonic_cells *cells,
                        quantcal_isotonic_survey *survey) {
    if (scale == 1 && weight_scale == 1) {
        NAME(scaled_cells)(values, weights, count, 1, 1, cells, survey);
    } else {
        NAME(scaled_cells)(values, weights, count, scale, weight_scale, cells, survey);
    }
}

/* The points of a cell that are below the next; the last counts as such. */
INLINE uint64_t NAME(rises)(const REAL *values, double scale) {
    uint64_t bits = 1ull << 63;
    f64x8 x = NAME(load8)(values) * scale;
    for (int part = 0; part < 8; part++) {
        const f64x8 next = part < 7 ? NAME(load8)(values + 8 * part + 8) * scale : x;
        const f64x8 after = __builtin_shufflevector(x, next, 1, 2, 3, 4, 5, 6, 7, 8);
        bits |= (uint64_t)(lane_bits(x < after) & (part < 7 ? 0xff : 0x7f)) << (8 * part);
        x = next;
    }
    return bits;
}

/* Whether the path through a cell, the weighted sums of what its values are above the chord's
 * slope, falls to the limit; if so, where it is lowest. */
INLINE int NAME(falls)(const REAL *values, const REAL *weights, double scale, double weight_scale,
                       quantcal_isotonic_chord chord, quantcal_isotonic_dip *dip) {
    f64x8 x[8];
    for (int part = 0; part < 8; part++) {
        x[part] = NAME(load8)(values + 8 * part) * scale - chord.slope;
        if (weights) {
            x[part] *= NAME(load8)(weights + 8 * part) * weight_scale;
        }
    }
    /* Now lane j of x[k] is point 8 * j + k: eight sums run side by side. */
    transpose_f64x8(x);
    f64x8 sum = x[0], least = x[0];
    i64x8 place = {0, 8, 16, 24, 32, 40, 48, 56};
    const i64x8 first = place;
    for (int k = 1; k < 8; k++) {
        sum += x[k];
        place = select_i64x8(sum < least, first + k, place);
        least = least_f64x8(least, sum);
    }
    const f64x8 heights = sums_before(sum) + least;
    if (!lane_bits(heights <= chord.limit)) {
        return 0;
    }
    dip->height = fold_least(heights);
    /* Where sums overflow there may be none; the result is not used then. */
    dip->place = place[__builtin_ctz(lane_bits(heights == dip->height) | 0x80)];
    return 1;
}

/* The weight of the points of a cell up to a place. */
INLINE double NAME(weight_to)(const REAL *weights, double weight_scale, int64_t place) {
    const i64x8 lanes = {0, 1, 2, 3, 4, 5, 6, 7};
    f64x8 sum = {0};
    for (int part = 0; part < 8; part++) {
        const f64x8 w = NAME(load8)(weights + 8 * part) * weight_scale;
        sum += select_f64x8(lanes + 8 * part <= place, w, (f64x8){0});
    }
    return fold_lanes(sum);
}

/* The lowest points of the cells whose path falls to the limit. */
INLINE ptrdiff_t NAME(scaled_dips)(const REAL *values, const REAL *weights, ptrdiff_t count,
                                   double scale, double weight_scale,
                                   const quantcal_isotonic_chord *chords,
                                   quantcal_isotonic_dip *dips) {
    ptrdiff_t found = 0;
    for (ptrdiff_t index = 0; index < count; index++) {
        const quantcal_isotonic_chord chord = chords[index];
        const REAL *w = weights ? weights + 64 * chord.cell : NULL;
        quantcal_isotonic_dip *dip = &dips[found];
        if (!NAME(falls)(values + 64 * chord.cell, w, scale, weight_scale, chord, dip)) {
            continue;
        }
        dip->cell = chord.cell;
        dip->slope = chord.slope;
        dip->weight = w ? NAME(weight_to)(w, weight_scale, dip->place) : (double)(dip->place + 1);
        found++;
    }
    return found;
}

static ptrdiff_t NAME(dips)(const REAL *values, const REAL *weights, ptrdiff_t count, double scale,
                            double weight_scale, const quantcal_isotonic_chord *chords,
                            quantcal_isotonic_dip *dips) {
    if (scale == 1 && weight_scale == 1) {
        return NAME(scaled_dips)(values, weights, count, 1, 1, chords, dips);
    }
    return NAME(scaled_dips)(values, weights, count, scale, weight_scale, chords, dips);
}

/* The points of some cells up to which the weighted sum of what the values are above the slope,
 * which is another after a place, is at most the limit: a bit each. If all weights are positive, a
 * point that is not below the next is none: at it no block can end. */
static void NAME(survivors)(const REAL *values, const REAL *weights, ptrdiff_t count, double scale,
                            double weight_scale, int32_t are_positive,
                            const quantcal_isotonic_bend *bends, uint64_t *masks) {
    /* A zero that the compiler does not know, or it would shift lanes by slower means. */
    const f64x8 zero = spread_f64x8(scale * 0);
    const i64x8 lanes = {0, 1, 2, 3, 4, 5, 6, 7};
    for (ptrdiff_t index = 0; index < count; index++) {
        const quantcal_isotonic_bend bend = bends[index];
        const REAL *v = values + 64 * bend.cell, *w = weights ? weights + 64 * bend.cell : NULL;
        const f64x8 before = spread_f64x8(bend.slope), after = spread_f64x8(bend.after);
        uint64_t mask = 0;
        f64x8 below = {0};
        for (int part = 0; part < 8; part++) {
            const f64x8 slope = select_f64x8(lanes + 8 * part <= bend.place, before, after);
            f64x8 x = NAME(load8)(v + 8 * part) * scale - slope;
            if (w) {
                x *= NAME(load8)(w + 8 * part) * weight_scale;
            }
            x += __builtin_shufflevector(x, zero, 8, 0, 1, 2, 3, 4, 5, 6);
            x += __builtin_shufflevector(x, zero, 8, 8, 0, 1, 2, 3, 4, 5);
            x += __builtin_shufflevector(x, zero, 8, 8, 8, 8, 0, 1, 2, 3);
            x += below;
            below = __builtin_shufflevector(x, x, 7, 7, 7, 7, 7, 7, 7, 7);
            mask |= (uint64_t)lane_bits(x <= bend.limit) << (8 * part);
        }
        masks[bend.cell] = mask != 0 && are_positive ? mask & NAME(rises)(v, scale) : mask;
    }
}
#undef NAME
#undef REAL
